using System;

namespace TroveSchedules;

/// <summary>What the executions of a schedule did on one day: <see cref="ScheduleHealth.Days"/>.</summary>
public sealed class ScheduleDay
{
    /// <summary>The beginning of the day, in UTC.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>The number of executions that were due on the day, or were started by a user on it, and succeeded. The backup of each can still have failed.</summary>
    public int Succeeded { get; init; }

    /// <summary>The number of executions that were due on the day, or were started by a user on it, and failed.</summary>
    public int Failed { get; init; }

    /// <summary>The number of times that were due on the day and at which no execution started.</summary>
    public int Missed { get; init; }

    /// <summary>The day and the three numbers.</summary>
    public override string ToString() => FormattableString.Invariant($"{Date.UtcDateTime:yyyy-MM-dd}: {Succeeded} succeeded, {Failed} failed, {Missed} missed");
}
