namespace TroveSchedules;

/// <summary>A Trove database instance.</summary>
public sealed class Instance
{
    /// <summary>The instance's id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name, which need not be unique.</summary>
    public string? Name { get; init; }

    /// <summary>Trove's status, such as ACTIVE, BACKUP or SHUTDOWN. Trove accepts a backup of an ACTIVE instance only.</summary>
    public string? Status { get; init; }

    /// <summary>The kind of database, such as mysql.</summary>
    public string? Datastore { get; init; }

    /// <summary>The database's version.</summary>
    public string? DatastoreVersion { get; init; }

    /// <summary>The name of its region; null if Trove does not return it.</summary>
    public string? Region { get; init; }

    /// <summary>The size of its volume in GiB; null for an instance without a volume.</summary>
    public int? VolumeSize { get; init; }

    /// <summary>The id of the project that owns it; null for an object that a cmdlet did not create.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The cloud that it was read from: Keystone's public address in the catalog, or else the auth URL, and the region. Cmdlets refuse it in a session of another cloud. Null for an object that a cmdlet did not create.</summary>
    public string? Origin { get; init; }

    /// <summary>The instance's id.</summary>
    public override string ToString() => Id;
}
