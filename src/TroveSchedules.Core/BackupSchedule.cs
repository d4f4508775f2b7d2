using System;

namespace TroveSchedules;

/// <summary>
/// A schedule of backups: a cron trigger in Mistral that runs the workflow <c>trove.backup_create</c>
/// (the spec's <c>Schedule</c>). A snapshot of what the service said when it was read.
/// </summary>
public sealed class BackupSchedule
{
    /// <summary>The schedule's id: the cron trigger's <em>name</em>, a UUID chosen by whoever made the schedule. What every cmdlet and python-troveclient call its id.</summary>
    public required string Id { get; init; }

    /// <summary>The name that each backup gets; null when the trigger's input holds none.</summary>
    public string? Name { get; init; }

    /// <summary>The id of the instance that is backed up; null when the trigger's input holds none.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Five cron fields or an alias, in UTC; null for a schedule that runs once, at <see cref="FirstExecutionTime"/>.</summary>
    public string? Pattern { get; init; }

    /// <summary>When Mistral will run it next, in UTC. A time in the past means that nobody runs it: see <see cref="IsStuck"/>.</summary>
    public DateTimeOffset? NextExecutionTime { get; init; }

    /// <summary>The first run as asked for at creation, in UTC; null when none was asked for.</summary>
    public DateTimeOffset? FirstExecutionTime { get; init; }

    /// <summary>How many runs are left, 1 or more; null for no end. After the last run Mistral deletes the trigger.</summary>
    public int? RemainingExecutions { get; init; }

    /// <summary>The description that each backup gets; null for none.</summary>
    public string? Description { get; init; }

    /// <summary>The backup of which every run is an increment; null for full backups, or where <see cref="Incremental"/> is set.</summary>
    public string? ParentId { get; init; }

    /// <summary>Whether each run is an increment of the newest completed backup; null where the workbook knows no such input.</summary>
    public bool? Incremental { get; init; }

    /// <summary>Whether the next run lay in the past by more than a minute when this was read: Mistral is not running triggers, or the schedule's owner lost the role.</summary>
    public bool IsStuck { get; init; }

    /// <summary>When the schedule was made, in UTC; null when the service did not say.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it last ran or changed, in UTC; null when it never did.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>Mistral's own id of the cron trigger: what executions name as their cause.</summary>
    public required string TriggerId { get; init; }

    /// <summary>The id of the project that owns the schedule.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The cloud that it was read from: Keystone's public address in the catalog, or else the auth URL, and the region. Cmdlets refuse it in a session of another cloud. Null for one that was made by hand.</summary>
    public string? Origin { get; init; }

    /// <summary>The workflow's input as JSON text, to the letter as Mistral keeps it.</summary>
    public required string Input { get; init; }

    /// <summary>The schedule's id.</summary>
    public override string ToString() => Id;
}
