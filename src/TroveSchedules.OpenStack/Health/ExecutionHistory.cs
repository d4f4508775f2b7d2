using System;
using System.Collections.Generic;
using TroveSchedules.OpenStack.Mistral;

namespace TroveSchedules.OpenStack.Health;

/// <summary>What the executions of one schedule tell about its health. They are added newest first. Only their times are kept, so that a long history needs little memory.</summary>
internal sealed class ExecutionHistory(DateTimeOffset since)
{
    private bool _streakEnded;

    /// <summary>When the executions that Mistral started by itself began, newest first.</summary>
    public List<DateTimeOffset> Started { get; } = [];

    /// <summary>The numbers of executions that succeeded and that failed, by the day in UTC on which they were due or, if a user started them, began.</summary>
    public Dictionary<DateTime, (int Succeeded, int Failed)> Days { get; } = [];

    public int Succeeded { get; private set; }

    public int Failed { get; private set; }

    public int FailureStreak { get; private set; }

    public DateTimeOffset? LastTime { get; private set; }

    public DateTimeOffset? LastSuccess { get; private set; }

    /// <summary>The reason of the last failure; null for none.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>Whether there is an execution before the period, so that none of the period's was deleted together with all older ones.</summary>
    public bool HasOlder { get; private set; }

    public void Add(Execution row, bool isManual)
    {
        if (row.CreatedAt is not { } time)
            return;
        if (time < since)
        {
            HasOlder = true;
            return;
        }
        LastTime ??= time;
        if (!isManual)
            Started.Add(time);
        DateTime date = (isManual ? time : time + DueTimes.Early).UtcDateTime.Date; // An execution that is due at midnight starts before it.
        Days.TryGetValue(date, out (int Succeeded, int Failed) day);
        switch (row.State)
        {
            case "SUCCESS":
                Succeeded++;
                day.Succeeded++;
                LastSuccess ??= time;
                _streakEnded = true;
                break;
            case "ERROR" or "CANCELLED":
                Failed++;
                day.Failed++;
                if (!_streakEnded)
                    FailureStreak++;
                LastFailure ??= FailureReason.Of(row.State, row.StateInfo) ?? row.State;
                break;
        }
        Days[date] = day;
    }
}
