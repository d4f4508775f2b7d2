using System;

namespace TroveSchedules;

/// <summary>One execution of a schedule: a workflow execution in Mistral (the spec's <c>ScheduleExecution</c>). A snapshot of the service's state at the time of reading.</summary>
public sealed record ScheduleExecution
{
    /// <summary>Mistral's id of the execution.</summary>
    public required string Id { get; init; }

    /// <summary>When Mistral started it, in UTC: up to two seconds before the due time.</summary>
    public DateTimeOffset? ExecutionTime { get; init; }

    /// <summary>
    /// Mistral's state: IDLE, RUNNING, PAUSED, SUCCESS, ERROR or CANCELLED. SUCCESS means that Trove accepted
    /// the backup, not that the backup is good: see <see cref="BackupStatus"/>.
    /// </summary>
    public required string State { get; init; }

    /// <summary>The workflow's output as JSON text; null until the execution ends.</summary>
    public string? Output { get; init; }

    /// <summary>The service's error message, without the text that Mistral adds around it; null if the execution did not fail.</summary>
    public string? Reason { get; init; }

    /// <summary>The id of the backup that Trove made; null if there is none or the installed workbook does not return it.</summary>
    public string? BackupId { get; init; }

    /// <summary>
    /// The state of that backup in Trove: NEW, BUILDING, SAVING, COMPLETED, FAILED or DELETE_FAILED, or NOT_FOUND after its deletion; null if it was
    /// not requested or there is no <see cref="BackupId"/>. Never inferred from <see cref="State"/>.
    /// </summary>
    public string? BackupStatus { get; init; }

    /// <summary>The id of the schedule that started the execution; null if the execution does not name it.</summary>
    public string? ScheduleId { get; init; }

    /// <summary>Mistral's id of the cron trigger that started the execution; null if the execution does not name it.</summary>
    public string? TriggerId { get; init; }

    /// <summary>Whether <c>Start-TroveBackupSchedule</c> started the execution, or the library's own <c>StartAsync</c>. False if the trigger did, or another client.</summary>
    public bool IsManual { get; init; }

    /// <summary>The id of the instance that was backed up; null if the input does not name one.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Mistral's full text about the state, unchanged; null if there is none.</summary>
    public string? StateInfo { get; init; }

    /// <summary>When the state last changed, in UTC.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>The id of the project that owns the execution.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The cloud that it was read from: Keystone's public address in the catalog, or else the auth URL, and the region. Cmdlets refuse it in a session of another cloud. Null for an object that a cmdlet did not create.</summary>
    public string? Origin { get; init; }

    /// <summary>The workflow's input as JSON text, exactly as Mistral stores it.</summary>
    public string? Input { get; init; }

    /// <summary>The execution's id.</summary>
    public override string ToString() => Id;
}
