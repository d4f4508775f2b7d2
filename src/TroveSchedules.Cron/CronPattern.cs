using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace TroveSchedules.Cron;

/// <summary>A cron pattern as Mistral means it: <c>minute hour day-of-month month day-of-week</c>, in UTC, evaluated by Python's croniter.</summary>
/// <remarks>
/// Mistral computes a trigger's next time with <c>croniter(pattern, utcnow).get_next()</c>. Where versions of croniter
/// differ, this class follows 1.3.5 where that version accepts the pattern, the newer ones where it does not, and
/// tells of the difference in <see cref="Warnings"/>. A pattern never changes, and may be shared between threads.
/// </remarks>
public sealed class CronPattern
{
    private readonly CronSchedule _schedule;

    private CronPattern(string text, CronSchedule schedule, IReadOnlyList<string> warnings)
    {
        Text = text;
        _schedule = schedule;
        Warnings = warnings;
    }

    /// <summary>The pattern exactly as given, white space included: what is sent to Mistral.</summary>
    public string Text { get; }

    /// <summary>The pattern has a sixth field, the seconds, which Mistral takes last.</summary>
    public bool HasSeconds => _schedule.HasSeconds;

    /// <summary>Day-of-month and day-of-week are both restricted, so that the pattern runs on the days of either: the union, not the intersection.</summary>
    public bool JoinsDays => _schedule.RunsByDate && _schedule.RunsByWeekday;

    /// <summary>One sentence for each thing in the pattern that servers of different versions do differently; empty when all agree.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>One sentence for each thing that the pattern does and its writer may not expect: <see cref="Warnings"/>, and that <see cref="JoinsDays"/>.</summary>
    public IReadOnlyList<string> Surprises =>
        JoinsDays ? [.. Warnings, $"Restricted in both day-of-month and day-of-week, it runs on the days of either: {Explain()}."] : Warnings;

    /// <summary>croniter 1.3.5 refuses the pattern, which newer versions take.</summary>
    internal bool IsRefusedByCroniter135 => _schedule.IsRefusedByCroniter135;

    /// <summary>croniter 1.3.5 takes the pattern and finds no time for it; newer versions do.</summary>
    internal bool NeverOccursInCroniter135 => _schedule.NeverOccursInCroniter135;

    /// <summary>Reads a pattern.</summary>
    /// <param name="pattern">Five fields, or an alias such as <c>@daily</c>; at most 100 characters.</param>
    /// <param name="allowSeconds">Accept a sixth field, the seconds. Mistral does; but whoever writes seconds first, as other schedulers have it, means something else.</param>
    /// <returns>The pattern, which has at least one occurrence.</returns>
    /// <exception cref="CronPatternException">Mistral would refuse the pattern, it would never run, or versions differ too much to say what it means.</exception>
    public static CronPattern Parse(string? pattern, bool allowSeconds = false)
    {
        var warnings = new List<string>();
        CronSchedule schedule = new CronParser(pattern, allowSeconds, warnings).Parse();
        return new CronPattern(pattern!, schedule, warnings.AsReadOnly());
    }

    /// <summary>Reads a pattern, and tells why it is refused instead of throwing.</summary>
    /// <param name="pattern">As for <see cref="Parse"/>.</param>
    /// <param name="allowSeconds">As for <see cref="Parse"/>.</param>
    /// <param name="result">The pattern; null when it is refused.</param>
    /// <param name="error">Why it is refused; null when it is not.</param>
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
        catch (CronPatternException refusal)
        {
            result = null;
            error = refusal;
            return false;
        }
    }

    /// <summary>What the pattern does, in English: <c>At 03:00 UTC, Monday to Friday</c>. It tells the effect, not the spelling.</summary>
    /// <returns>A phrase without a full stop.</returns>
    public string Explain() => CronExplainer.Explain(_schedule);

    /// <summary>The first time that the pattern runs strictly after another.</summary>
    /// <param name="after">The time to start from, in any offset.</param>
    /// <returns>A whole minute (a whole second when <see cref="HasSeconds"/>) in UTC; null when there is none before the end of the year 9999.</returns>
    public DateTimeOffset? Next(DateTimeOffset after) => _schedule.Next(after.UtcDateTime) is { } time ? new DateTimeOffset(time) : null;

    /// <summary>The times that the pattern runs strictly after another, in their order, found as they are asked for.</summary>
    /// <param name="after">The time to start from, in any offset.</param>
    /// <returns>Times as <see cref="Next"/> gives them, to the end of the year 9999: take as many as are wanted.</returns>
    public IEnumerable<DateTimeOffset> Occurrences(DateTimeOffset after)
    {
        for (DateTimeOffset? next = Next(after); next is DateTimeOffset time; next = Next(time))
            yield return time;
    }

    /// <summary>The pattern as given.</summary>
    /// <returns><see cref="Text"/>.</returns>
    public override string ToString() => Text;
}
