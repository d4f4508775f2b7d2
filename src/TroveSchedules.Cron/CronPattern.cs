using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace TroveSchedules.Cron;

/// <summary>A cron pattern with the meaning that it has in Mistral: <c>minute hour day-of-month month day-of-week</c>, in UTC, evaluated by Python's croniter.</summary>
/// <remarks>
/// Mistral computes a trigger's next time with <c>croniter(pattern, utcnow).get_next()</c>. Where versions of croniter
/// differ, this class follows 1.3.5 where that version accepts the pattern, the newer ones where it does not, and
/// <see cref="Warnings"/> describes the difference. Immutable and thread-safe.
/// </remarks>
public sealed class CronPattern
{
    private readonly CronSchedule _schedule;

    internal CronPattern(string text, CronSchedule schedule, IReadOnlyList<string> warnings)
    {
        Text = text;
        _schedule = schedule;
        Warnings = warnings;
    }

    /// <summary>The pattern exactly as given, white space included. Mistral receives this text.</summary>
    public string Text { get; }

    /// <summary>Whether the pattern has a sixth field, the seconds. In Mistral it is the last field.</summary>
    public bool HasSeconds => _schedule.HasSeconds;

    /// <summary>Whether day-of-month and day-of-week are both restricted. The pattern then runs on every day that matches one of the two fields.</summary>
    public bool JoinsDays => _schedule.RunsByDate && _schedule.RunsByWeekday;

    /// <summary>Differences between versions of croniter that affect the pattern, one sentence each; empty if there are none.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Effects of the pattern that its author may not expect, one sentence each: <see cref="Warnings"/>, and a sentence if <see cref="JoinsDays"/> is true.</summary>
    public IReadOnlyList<string> Surprises =>
        JoinsDays ? [.. Warnings, $"Restricted in both day-of-month and day-of-week, it runs on the days of either: {Explain()}."] : Warnings;

    /// <summary>Whether croniter 1.3.5 refuses the pattern and newer versions accept it.</summary>
    internal bool IsRefusedByCroniter135 { get; init; }

    /// <summary>Whether croniter 1.3.5 accepts the pattern and finds no time for it, unlike newer versions.</summary>
    internal bool NeverOccursInCroniter135 { get; init; }

    /// <summary>Reads a pattern.</summary>
    /// <param name="pattern">Five fields, or an alias such as <c>@daily</c>; at most 100 characters.</param>
    /// <param name="allowSeconds">Whether to accept a sixth field, the seconds. Mistral accepts it, but other schedulers have the seconds first, so that a copied pattern means something else.</param>
    /// <returns>The pattern, which has at least one occurrence.</returns>
    /// <exception cref="CronPatternException">Mistral would refuse the pattern, it would never run, or its meaning depends too much on the version of croniter.</exception>
    public static CronPattern Parse(string? pattern, bool allowSeconds = false) => new CronParser(pattern, allowSeconds).Parse();

    /// <summary>Reads a pattern without throwing.</summary>
    /// <param name="pattern">As for <see cref="Parse"/>.</param>
    /// <param name="allowSeconds">As for <see cref="Parse"/>.</param>
    /// <param name="result">The pattern; null if it is refused.</param>
    /// <param name="error">Why it is refused; null if it is accepted.</param>
    /// <returns>Whether the pattern is accepted.</returns>
    public static bool TryParse(
        string? pattern, bool allowSeconds, [NotNullWhen(true)] out CronPattern? result, [NotNullWhen(false)] out CronPatternException? error)
    {
        try
        {
            result = Parse(pattern, allowSeconds);
            error = null;
            return true;
        }
        catch (CronPatternException exception)
        {
            result = null;
            error = exception;
            return false;
        }
    }

    /// <summary>What the pattern does, in English: <c>At 03:00 UTC, Monday to Friday</c>. Patterns that mean the same have the same text.</summary>
    /// <returns>A phrase without a full stop.</returns>
    public string Explain() => CronExplainer.Explain(_schedule);

    /// <summary>The first time that the pattern runs strictly after another.</summary>
    /// <param name="after">The time to start from, in any offset.</param>
    /// <returns>A whole minute (a whole second when <see cref="HasSeconds"/>) in UTC; null if there is none before the end of the year 9999.</returns>
    public DateTimeOffset? Next(DateTimeOffset after) => _schedule.Next(after.UtcDateTime) is { } time ? new DateTimeOffset(time) : null;

    /// <summary>The times that the pattern runs strictly after another, in order. Each is computed when the caller reads it.</summary>
    /// <param name="after">The time to start from, in any offset.</param>
    /// <returns>Times as <see cref="Next"/> returns them, up to the end of the year 9999.</returns>
    public IEnumerable<DateTimeOffset> Occurrences(DateTimeOffset after)
    {
        for (DateTimeOffset? next = Next(after); next is DateTimeOffset time; next = Next(time))
            yield return time;
    }

    /// <summary>The pattern as given.</summary>
    /// <returns><see cref="Text"/>.</returns>
    public override string ToString() => Text;
}
