namespace TroveSchedules.OpenStack;

/// <summary>Which schedules a plan may touch.</summary>
public enum ScheduleSyncMode
{
    /// <summary>It creates schedules that do not exist, and touches no other.</summary>
    CreateOnly,

    /// <summary>It creates schedules, and changes and removes those of its owner. A schedule with the same instance and name and another owner, or none, is an error.</summary>
    Own,

    /// <summary>As <see cref="Own"/>, but it takes over schedules with the same instance and name from another owner or none.</summary>
    Adopt,
}

/// <summary>One step of a plan: the result of <see cref="ScheduleSync.PlanAsync"/>.</summary>
public sealed class PlannedStep
{
    internal PlannedStep(ScheduleSyncStep step) => Step = step;

    /// <summary>What happens to which schedule.</summary>
    public ScheduleSyncStep Step { get; }

    /// <summary>The schedule as it is now; null if it does not exist.</summary>
    public BackupSchedule? Schedule { get; internal init; }

    internal PlannedSchedule? Wanted { get; init; }

    internal ScheduleChange? Change { get; init; }

    internal TroveScheduleException? Error { get; init; }
}

/// <summary>A step that has passed every check: the result of <see cref="ScheduleSync.PrepareAsync"/>.</summary>
public sealed class PreparedStep
{
    internal PreparedStep(PlannedStep planned) => Planned = planned;

    /// <summary>The step.</summary>
    public PlannedStep Planned { get; }

    /// <summary>The schedule that is created; null for another action.</summary>
    public PreparedSchedule? Creation { get; internal init; }

    /// <summary>The change; null for another action.</summary>
    public PreparedScheduleChange? Change { get; internal init; }
}
