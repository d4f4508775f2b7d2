using System;
using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.Cron;

/// <summary>What can be said of a cron pattern without asking a server.</summary>
public sealed class CronPatternReport
{
    private CronPatternReport()
    {
    }

    /// <summary>The pattern as it was given.</summary>
    public string? Pattern { get; private init; }

    /// <summary>Whether a schedule can be made with it.</summary>
    public bool IsValid { get; private init; }

    /// <summary>What it means, in English; null where it is not valid.</summary>
    public string? Explanation { get; private init; }

    /// <summary>Why it is not valid, and what to do instead; null where it is.</summary>
    public string? Reason { get; internal set; }

    /// <summary>The field at fault; null where it is valid or the fault is in the whole.</summary>
    public string? Field { get; private init; }

    /// <summary>The position of the fault, counted in characters from 1; null where it is valid or the fault is in the whole.</summary>
    public int? Position { get; private init; }

    /// <summary>Where versions of Mistral's croniter differ; empty where they agree.</summary>
    public IReadOnlyList<string> Warnings { get; private init => field = new Listed<string>(value); } = new Listed<string>([]);

    /// <summary>The next times, in UTC; empty where it is not valid.</summary>
    public IReadOnlyList<DateTimeOffset> NextExecutionTimes { get; private init => field = new Listed<DateTimeOffset>(value); } = new Listed<DateTimeOffset>([]);

    /// <summary>Looks at a pattern.</summary>
    /// <param name="pattern">Any text.</param>
    /// <param name="allowSeconds">Whether a sixth field, which Mistral reads as seconds, is allowed.</param>
    /// <param name="now">The moment from which the next times are counted.</param>
    /// <returns>What was found; a bad pattern is no exception.</returns>
    public static CronPatternReport Of(string? pattern, bool allowSeconds, DateTimeOffset now) =>
        CronPattern.TryParse(pattern, allowSeconds, out CronPattern? good, out CronPatternException? fault)
            ? new CronPatternReport
            {
                Pattern = pattern,
                IsValid = true,
                Explanation = good.Explain(),
                Warnings = good.Warnings,
                NextExecutionTimes = [.. good.Occurrences(now).Take(3)],
            }
            : new CronPatternReport
            {
                Pattern = pattern,
                Reason = fault.Message,
                Field = fault.Field,
                Position = fault.Position,
            };
}
