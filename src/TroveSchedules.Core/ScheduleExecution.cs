using System;

namespace TroveSchedules;

/// <summary>One run of a schedule: a workflow execution in Mistral (the spec's <c>ScheduleExecution</c>). A snapshot of what the service said when it was read.</summary>
public sealed record ScheduleExecution
{
    /// <summary>Mistral's id of the execution.</summary>
    public required string Id { get; init; }

    /// <summary>When Mistral started it, in UTC: up to two seconds before the minute it was due.</summary>
    public DateTimeOffset? ExecutionTime { get; init; }

    /// <summary>
    /// The state of the run in Mistral: IDLE, RUNNING, PAUSED, SUCCESS, ERROR or CANCELLED. SUCCESS says that Trove accepted
    /// the backup, not that the backup is good: see <see cref="BackupStatus"/>.
    /// </summary>
    public required string State { get; init; }

    /// <summary>What the workflow gave back, as JSON text; null where it has not ended.</summary>
    public string? Output { get; init; }

    /// <summary>Why the run failed, in the service's own words without Mistral's frame around them; null when it did not.</summary>
    public string? Reason { get; init; }

    /// <summary>The id of the backup that Trove made; null when there is none or the installed workbook does not tell.</summary>
    public string? BackupId { get; init; }

    /// <summary>
    /// The state of that backup in Trove: NEW, BUILDING, SAVING, COMPLETED, FAILED or DELETE_FAILED, or NOT_FOUND where it was deleted; null when it was
    /// not asked for or there is no <see cref="BackupId"/>. Never inferred from <see cref="State"/>.
    /// </summary>
    public string? BackupStatus { get; init; }

    /// <summary>The id of the schedule that caused the run; null when the run names no cause.</summary>
    public string? ScheduleId { get; init; }

    /// <summary>Mistral's id of the cron trigger that caused the run; null when the run names no cause.</summary>
    public string? TriggerId { get; init; }

    /// <summary>The id of the instance that was backed up; null when the input holds none.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Mistral's whole account of the state, as it keeps it; null when there is none.</summary>
    public string? StateInfo { get; init; }

    /// <summary>When the state last changed, in UTC.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>The id of the project that owns the execution.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The cloud that it was read from: Keystone's public address in the catalog, or else the auth URL, and the region. Cmdlets refuse it in a session of another cloud. Null for one that was made by hand.</summary>
    public string? Origin { get; init; }

    /// <summary>The workflow's input as JSON text, to the letter as Mistral keeps it.</summary>
    public string? Input { get; init; }

    /// <summary>The execution's id.</summary>
    public override string ToString() => Id;
}
