using System;
using System.Collections.Generic;

namespace TroveSchedules.Cron;

/// <summary>What can be said of a cron pattern without asking a server.</summary>
public sealed class CronPatternReport
{
    /// <summary>The pattern as it was given.</summary>
    public string? Pattern { get; init; }

    /// <summary>Whether a schedule can be made with it.</summary>
    public bool IsValid { get; init; }

    /// <summary>What it means, in English; null where it is not valid.</summary>
    public string? Explanation { get; init; }

    /// <summary>Why it is not valid, and what to do instead; null where it is.</summary>
    public string? Reason { get; set; }

    /// <summary>The field at fault; null where it is valid or the fault is in the whole.</summary>
    public string? Field { get; init; }

    /// <summary>The position of the fault, counted in characters from 1; null where it is valid or the fault is in the whole.</summary>
    public int? Position { get; init; }

    /// <summary>Where versions of Mistral's croniter differ; empty where they agree.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = new Listed<string>(value); } = new Listed<string>([]);

    /// <summary>The next times, in UTC; empty where it is not valid.</summary>
    public IReadOnlyList<DateTimeOffset> NextExecutionTimes { get; init => field = new Listed<DateTimeOffset>(value); } = new Listed<DateTimeOffset>([]);
}
