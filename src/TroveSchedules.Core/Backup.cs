using System;

namespace TroveSchedules;

/// <summary>A backup in Trove: what the schedules made.</summary>
public sealed class Backup
{
    /// <summary>The backup's id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name, which every backup of one schedule shares.</summary>
    public string? Name { get; init; }

    /// <summary>Its status in Trove's words: NEW, BUILDING, SAVING, COMPLETED, FAILED or DELETE_FAILED.</summary>
    public required string Status { get; init; }

    /// <summary>The id of the instance that was backed up.</summary>
    public string? InstanceId { get; init; }

    /// <summary>When it was begun, in UTC.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When its status last changed, in UTC.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>Its size in GiB; null until it is known.</summary>
    public double? Size { get; init; }

    /// <summary>The backup of which this is an increment; null for a full one.</summary>
    public string? ParentId { get; init; }

    /// <summary>What was said of it at creation; null for nothing.</summary>
    public string? Description { get; init; }

    /// <summary>The kind of database, such as mysql; null where Trove does not tell.</summary>
    public string? Datastore { get; init; }

    /// <summary>The database's version; null where Trove does not tell.</summary>
    public string? DatastoreVersion { get; init; }

    /// <summary>The id of the project that it belongs to; null for one that was made by hand.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The cloud that it was read from: Keystone's public address in the catalog, or else the auth URL, and the region. Cmdlets refuse it in a session of another cloud. Null for one that was made by hand.</summary>
    public string? Origin { get; init; }

    /// <summary>The backup's id.</summary>
    public override string ToString() => Id;
}
