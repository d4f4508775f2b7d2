using System;

namespace TroveSchedules;

/// <summary>
/// A schedule of backups: a cron trigger in Mistral that runs the workflow <c>trove.backup_create</c>
/// (the spec's <c>Schedule</c>). A snapshot of the service's state at the time of reading.
/// </summary>
public sealed class BackupSchedule
{
    /// <summary>The schedule's id: the cron trigger's <em>name</em>, a UUID that the client chose. Cmdlets and python-troveclient call it the id.</summary>
    public required string Id { get; init; }

    /// <summary>The name that each backup gets; null if the trigger's input does not name one.</summary>
    public string? Name { get; init; }

    /// <summary>The id of the instance that is backed up; null if the trigger's input does not name one.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Five cron fields or an alias, in UTC; null for a schedule that runs once, at <see cref="FirstExecutionTime"/>.</summary>
    public string? Pattern { get; init; }

    /// <summary>The next time in UTC; null if the schedule is suspended. A time in the past means that Mistral does not run the schedule: see <see cref="IsStuck"/>.</summary>
    public DateTimeOffset? NextExecutionTime { get; init; }

    /// <summary>The first time from the request, in UTC; null if none was given.</summary>
    public DateTimeOffset? FirstExecutionTime { get; init; }

    /// <summary>The number of executions that are left, 1 or more; null for no limit. After the last one Mistral deletes the trigger.</summary>
    public int? RemainingExecutions { get; init; }

    /// <summary>The description that each backup gets; null for none.</summary>
    public string? Description { get; init; }

    /// <summary>The id of the parent of every backup; null for full backups and if <see cref="Incremental"/> is true.</summary>
    public string? ParentId { get; init; }

    /// <summary>Whether each backup is an increment of the newest completed backup; null if the workbook has no such input.</summary>
    public bool? Incremental { get; init; }

    /// <summary>Whether the next time was more than a minute in the past at the time of reading. Then Mistral does not run triggers, or the owner of the schedule lost the role.</summary>
    public bool IsStuck { get; init; }

    /// <summary>Whether the schedule runs.</summary>
    public ScheduleState State { get; init; }

    /// <summary>When the schedule was suspended, in UTC; null if it is not suspended.</summary>
    public DateTimeOffset? SuspendedAt { get; init; }

    /// <summary>The reason from the suspension; null if none was given or the schedule is not suspended.</summary>
    public string? SuspendedReason { get; init; }

    /// <summary>When the schedule is to be resumed, in UTC; null for no time. Nothing resumes it by itself: see <see cref="IsResumeOverdue"/>.</summary>
    public DateTimeOffset? SuspendedUntil { get; init; }

    /// <summary>Whether <see cref="SuspendedUntil"/> was in the past at the time of reading.</summary>
    public bool IsResumeOverdue { get; init; }

    /// <summary>The owner from the plan that the schedule belongs to; null if it belongs to none.</summary>
    public string? Owner { get; init; }

    /// <summary>When the schedule was created, in UTC; null if the service did not return it.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it last ran or changed, in UTC; null before the first time.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>Mistral's own id of the cron trigger. Executions refer to the trigger by it.</summary>
    public required string TriggerId { get; init; }

    /// <summary>
    /// Mistral's ids of the triggers that the schedule had before it was changed, suspended or resumed, newest first, separated by blanks, so that a row of a CSV file holds them. Older executions refer to
    /// them. Null if the schedule was never changed.
    /// </summary>
    public string? EarlierTriggerIds { get; init; }

    /// <summary>Mistral's id of the trigger that keeps the new definition while the schedule is changed; null except during a change and after one that was cut off.</summary>
    public string? ReplacementTriggerId { get; init; }

    /// <summary>The id of the project that owns the schedule.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The cloud that it was read from: Keystone's public address in the catalog, or else the auth URL, and the region. Cmdlets refuse it in a session of another cloud. Null for an object that a cmdlet did not create.</summary>
    public string? Origin { get; init; }

    /// <summary>The workflow's input as JSON text, exactly as Mistral stores it.</summary>
    public required string Input { get; init; }

    /// <summary>The schedule's id.</summary>
    public override string ToString() => Id;
}
