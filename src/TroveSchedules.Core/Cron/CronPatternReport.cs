using System;
using System.Collections.Generic;

namespace TroveSchedules.Cron;

/// <summary>The result of checking a cron pattern without a server.</summary>
public sealed class CronPatternReport
{
    /// <summary>The pattern as it was given.</summary>
    public string? Pattern { get; init; }

    /// <summary>Whether a schedule can use the pattern.</summary>
    public bool IsValid { get; init; }

    /// <summary>The meaning in English; null if the pattern is invalid.</summary>
    public string? Explanation { get; init; }

    /// <summary>Why the pattern is invalid, and what to write instead; null if it is valid.</summary>
    public string? Reason { get; set; }

    /// <summary>The invalid field; null if the pattern is valid or no single field is invalid.</summary>
    public string? Field { get; init; }

    /// <summary>The position of the invalid text, in characters from 1; null if the pattern is valid or no single field is invalid.</summary>
    public int? Position { get; init; }

    /// <summary>Differences between versions of Mistral's croniter, one sentence each; empty if there are none.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = new TextList<string>(value); } = new TextList<string>([]);

    /// <summary>The next times, in UTC; empty if the pattern is invalid.</summary>
    public IReadOnlyList<DateTimeOffset> NextExecutionTimes { get; init => field = new TextList<DateTimeOffset>(value); } = new TextList<DateTimeOffset>([]);
}
