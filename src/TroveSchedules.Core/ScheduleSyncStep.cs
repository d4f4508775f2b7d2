namespace TroveSchedules;

/// <summary>What a plan of schedules does to one schedule.</summary>
public sealed class ScheduleSyncStep
{
    /// <summary>What happens to the schedule.</summary>
    public required ScheduleSyncAction Action { get; init; }

    /// <summary>The name that each backup gets. The instance and the name identify a schedule among those of its owner.</summary>
    public required string Name { get; init; }

    /// <summary>The id of the instance that is backed up.</summary>
    public required string InstanceId { get; init; }

    /// <summary>The instance's name, which need not be unique; null if it has none or was not looked up.</summary>
    public string? InstanceName { get; init; }

    /// <summary>The schedule's id. It follows from the project, the owner, the instance and the name, so a schedule that is yet to be created has one too.</summary>
    public required string ScheduleId { get; init; }

    /// <summary>The differences in English, such as <c>Pattern '0 3 * * *' to '0 4 * * *'</c>; null if there are none, and for a schedule that is created or removed.</summary>
    public string? Changes { get; init; }

    /// <summary>The owner that the plan names.</summary>
    public required string Owner { get; init; }

    /// <summary>The id of the project that owns the schedule.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The cloud that it was read from: Keystone's public address in the catalog, or else the auth URL, and the region. Null for an object that a cmdlet did not create.</summary>
    public string? Origin { get; init; }

    /// <summary>The action and the name, such as <c>Create nightly</c>.</summary>
    public override string ToString() => $"{Action} {Name}";
}
