using System;

namespace TroveSchedules;

/// <summary>A backup in Trove, made by a schedule or by hand.</summary>
public sealed class Backup
{
    /// <summary>The backup's id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name, which every backup of one schedule shares.</summary>
    public string? Name { get; init; }

    /// <summary>Trove's status: NEW, BUILDING, SAVING, COMPLETED, FAILED or DELETE_FAILED.</summary>
    public required string Status { get; init; }

    /// <summary>The id of the instance that was backed up.</summary>
    public string? InstanceId { get; init; }

    /// <summary>When Trove started it, in UTC.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When its status last changed, in UTC.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>Its size in GiB; null until Trove knows it.</summary>
    public double? Size { get; init; }

    /// <summary>The id of the parent backup of this increment; null for a full backup.</summary>
    public string? ParentId { get; init; }

    /// <summary>The description given at creation; null for none.</summary>
    public string? Description { get; init; }

    /// <summary>The kind of database, such as mysql; null if Trove does not return it.</summary>
    public string? Datastore { get; init; }

    /// <summary>The database's version; null if Trove does not return it.</summary>
    public string? DatastoreVersion { get; init; }

    /// <summary>The id of the project that owns it; null for an object that a cmdlet did not create.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The cloud that it was read from: Keystone's public address in the catalog, or else the auth URL, and the region. Cmdlets refuse it in a session of another cloud. Null for an object that a cmdlet did not create.</summary>
    public string? Origin { get; init; }

    /// <summary>The backup's id.</summary>
    public override string ToString() => Id;
}
