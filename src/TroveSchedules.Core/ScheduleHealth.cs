using System;
using System.Collections.Generic;

namespace TroveSchedules;

/// <summary>Whether a schedule makes good backups: what was due in a period, what happened, and what is wrong. For an instance without a schedule, whether it has a backup.</summary>
public sealed record ScheduleHealth
{
    /// <summary>The worst state of the <see cref="Problems"/>; Healthy if there are none.</summary>
    public HealthState State { get; init; }

    /// <summary>What is wrong, worst first; empty if nothing is.</summary>
    public IReadOnlyList<HealthProblem> Problems { get; init => field = new TextList<HealthProblem>(value); } = new TextList<HealthProblem>([]);

    /// <summary>The id of the schedule; null for an instance without a schedule.</summary>
    public string? ScheduleId { get; init; }

    /// <summary>The name that each backup of the schedule gets; null if there is none.</summary>
    public string? Name { get; init; }

    /// <summary>The id of the instance; null if the schedule's input does not name one.</summary>
    public string? InstanceId { get; init; }

    /// <summary>The name of the instance; null if the instance is gone or could not be read.</summary>
    public string? InstanceName { get; init; }

    /// <summary>Trove's status of the instance, such as ACTIVE; null if the instance is gone or could not be read.</summary>
    public string? InstanceStatus { get; init; }

    /// <summary>The cron pattern in UTC; null for a schedule that runs once and for an instance without a schedule.</summary>
    public string? Pattern { get; init; }

    /// <summary>The beginning of the period, in UTC: executions and backups before it were not looked at.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The time of the check by the cloud's clock, in UTC, which is the end of the period.</summary>
    public required DateTimeOffset CheckedAt { get; init; }

    /// <summary>
    /// The time from which missed executions were counted, in UTC: the latest of <see cref="Since"/>, the last change of the schedule, and the oldest execution that Mistral still has. Null if none were counted,
    /// for example because the schedule is suspended.
    /// </summary>
    public DateTimeOffset? CountedSince { get; init; }

    /// <summary>The number of executions that were due since <see cref="CountedSince"/>, up to a minute ago.</summary>
    public int Expected { get; init; }

    /// <summary>The number of due times at which no execution started. A <see cref="Late"/> one is not missed.</summary>
    public int Missed { get; init; }

    /// <summary>The times of the missed executions in UTC, newest first, 100 at most.</summary>
    public IReadOnlyList<DateTimeOffset> MissedTimes { get; init => field = new TextList<DateTimeOffset>(value); } = new TextList<DateTimeOffset>([]);

    /// <summary>The number of executions that Mistral started more than a minute late.</summary>
    public int Late { get; init; }

    /// <summary>The number of executions in the period in the state SUCCESS, those started by hand included. The backup of each can still have failed.</summary>
    public int Succeeded { get; init; }

    /// <summary>The number of executions in the period in the state ERROR or CANCELLED, those started by hand included.</summary>
    public int Failed { get; init; }

    /// <summary>How many of the last executions failed one after the other; 0 if the last one succeeded.</summary>
    public int FailureStreak { get; init; }

    /// <summary>The days of the period in UTC, oldest first; empty for an instance without a schedule. The first and the last are not whole days.</summary>
    public IReadOnlyList<ScheduleDay> Days { get; init => field = new TextList<ScheduleDay>(value); } = new TextList<ScheduleDay>([]);

    /// <summary>When the last execution started, in UTC, whether it succeeded or not; null for none in the period.</summary>
    public DateTimeOffset? LastExecutionTime { get; init; }

    /// <summary>When the last execution that succeeded started, in UTC; null for none in the period.</summary>
    public DateTimeOffset? LastSuccessTime { get; init; }

    /// <summary>When the last completed backup of the schedule was started, in UTC; null for none in the period. Backups belong to a schedule by their name and instance.</summary>
    public DateTimeOffset? LastBackupTime { get; init; }

    /// <summary>The id of that backup; null for none.</summary>
    public string? LastBackupId { get; init; }

    /// <summary>The size of that backup in GiB; null for none.</summary>
    public double? LastBackupSize { get; init; }

    /// <summary>How long that backup took, in whole seconds; null for none.</summary>
    public TimeSpan? LastBackupDuration { get; init; }

    /// <summary>When the last completed backup of the instance was started, by whatever schedule or user, in UTC; null for none in the period.</summary>
    public DateTimeOffset? InstanceBackupTime { get; init; }

    /// <summary>The next time in UTC; null if there is none.</summary>
    public DateTimeOffset? NextExecutionTime { get; init; }

    /// <summary>The id of the project.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The cloud that it was read from: Keystone's public address in the catalog, or else the auth URL, and the region. Null for an object that a cmdlet did not create.</summary>
    public string? Origin { get; init; }

    /// <summary>The id of the schedule, or of the instance if there is no schedule.</summary>
    public override string ToString() => ScheduleId ?? InstanceId ?? "";
}
