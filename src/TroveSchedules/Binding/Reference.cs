using TroveSchedules.OpenStack;

namespace TroveSchedules.Binding;

/// <summary>The value of a parameter that accepts an object, or its id or name as text.</summary>
public abstract class Reference
{
    private readonly string _kind;

    private protected Reference(string kind, string id)
    {
        _kind = kind;
        Id = id;
    }

    /// <summary>The id, or the name if the parameter accepts names.</summary>
    public string Id { get; }

    /// <summary>The cloud that the object was read from; null if unknown.</summary>
    internal string? Origin { get; private set; }

    /// <summary>The project of the object; null if unknown.</summary>
    internal string? ProjectId { get; private set; }

    /// <summary>The id or name.</summary>
    public override string ToString() => Id;

    /// <summary>Stores the cloud and the project that the object was read from; null if unknown.</summary>
    internal Reference From(string? origin, string? projectId)
    {
        (Origin, ProjectId) = (origin, projectId);
        return this;
    }

    /// <summary>Checks that the session may use the object, and returns its id.</summary>
    /// <exception cref="TroveScheduleException">Forbidden: <c>OtherCloud</c> or <c>OtherProject</c>.</exception>
    internal string IdFor(CloudSession session, bool allProjects = false)
    {
        session.CheckOrigin(Origin, ProjectId, allProjects, $"The {_kind} '{Id}'", this);
        return Id;
    }
}

/// <summary>An instance, or the name or id of one.</summary>
public sealed class InstanceReference : Reference
{
    internal InstanceReference(string nameOrId) : base("instance", nameOrId) { }
}

/// <summary>A backup, or the id of one.</summary>
public sealed class BackupReference : Reference
{
    internal BackupReference(string id, bool isKept = false) : base("backup", id)
    {
        IsKept = isKept;
    }

    /// <summary>Whether a decision about the backup says that it is kept.</summary>
    public bool IsKept { get; }
}

/// <summary>A schedule, or the id of one.</summary>
public sealed class ScheduleReference : Reference
{
    internal ScheduleReference(string id, BackupSchedule? schedule) : base("schedule", id)
    {
        Schedule = schedule;
    }

    /// <summary>The schedule itself; null if only its id was given.</summary>
    public BackupSchedule? Schedule { get; }
}

/// <summary>An execution, or the id of one.</summary>
public sealed class ExecutionReference : Reference
{
    internal ExecutionReference(string id, ScheduleExecution? execution) : base("execution", id)
    {
        Execution = execution;
    }

    /// <summary>The execution itself; null if only its id was given.</summary>
    public ScheduleExecution? Execution { get; }
}
