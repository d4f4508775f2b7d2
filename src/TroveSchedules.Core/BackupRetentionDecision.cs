using System;

namespace TroveSchedules;

/// <summary>Whether rules of retention keep a backup, and why.</summary>
public sealed class BackupRetentionDecision
{
    /// <summary>The backup's id.</summary>
    public required string Id { get; init; }

    /// <summary>The backup's name, which every backup of one schedule shares; null for none.</summary>
    public string? Name { get; init; }

    /// <summary>The id of the instance that was backed up.</summary>
    public string? InstanceId { get; init; }

    /// <summary>When Trove started the backup, in UTC; null if Trove does not return it.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Trove's status of the backup: NEW, BUILDING, SAVING, COMPLETED, FAILED or DELETE_FAILED.</summary>
    public required string Status { get; init; }

    /// <summary>The backup's size in GiB; null until Trove knows it.</summary>
    public double? Size { get; init; }

    /// <summary>The id of the parent backup of this increment; null for a full backup.</summary>
    public string? ParentId { get; init; }

    /// <summary>Whether the backup is kept or can be removed.</summary>
    public required RetentionAction Action { get; init; }

    /// <summary>The rule that decided.</summary>
    public required RetentionRule Rule { get; init; }

    /// <summary>The decision in English, such as <c>newest of 2026-W48 (KeepWeekly 2 of 4)</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>Number of the backup's increments, and their increments; 0 or more. Trove deletes them together with the backup.</summary>
    public int IncrementCount { get; init; }

    /// <summary>The id of the schedule whose backups were compared; null if all backups of the instance were compared.</summary>
    public string? ScheduleId { get; init; }

    /// <summary>The id of the project that owns the backup; null for an object that a cmdlet did not create.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The cloud that the backup was read from: Keystone's public address in the catalog, or else the auth URL, and the region. Cmdlets refuse it in a session of another cloud. Null for an object that a cmdlet did not create.</summary>
    public string? Origin { get; init; }

    /// <summary>The backup's id.</summary>
    public override string ToString() => Id;
}
