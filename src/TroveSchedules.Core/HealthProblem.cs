namespace TroveSchedules;

/// <summary>One reason why a schedule is not healthy, and what to do about it.</summary>
public sealed class HealthProblem
{
    /// <summary>What kind of problem it is.</summary>
    public required HealthProblemKind Kind { get; init; }

    /// <summary>How bad it is; never <see cref="HealthState.Healthy"/>.</summary>
    public required HealthState State { get; init; }

    /// <summary>The facts, in one English sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>What to do, in one English sentence.</summary>
    public required string RecommendedAction { get; init; }

    /// <summary>The reason, followed by what to do.</summary>
    public override string ToString() => $"{Reason} {RecommendedAction}";
}

/// <summary>The kinds of problems of a schedule: <see cref="HealthProblem.Kind"/>.</summary>
public enum HealthProblemKind
{
    /// <summary>The instance does not exist any more. Critical.</summary>
    InstanceGone,

    /// <summary>The instance is in a status in which Trove may refuse backups. Warning.</summary>
    InstanceNotActive,

    /// <summary>The status of the instance, or the schedule's pattern, could not be read. Unknown.</summary>
    NotChecked,

    /// <summary>The parent of the schedule's backups does not exist any more. Critical.</summary>
    ParentGone,

    /// <summary>The next time has passed, and Mistral did not start an execution. Critical.</summary>
    Overdue,

    /// <summary>A change of the schedule was cut off, and the schedule does not run. Critical.</summary>
    Interrupted,

    /// <summary>The schedule is suspended, and it was to be resumed earlier, or no time was given for it. Warning.</summary>
    Suspended,

    /// <summary>Executions failed. Critical if the last one did, else a warning.</summary>
    Failed,

    /// <summary>Mistral did not start executions that were due. Critical if the last one that was due is among them, else a warning.</summary>
    Missed,

    /// <summary>Mistral started executions more than a minute late. Warning.</summary>
    Late,

    /// <summary>The last backup of the schedule failed in Trove, after the execution had succeeded. Critical.</summary>
    BackupFailed,

    /// <summary>Executions succeeded, but Trove has no completed backup of the schedule. Critical.</summary>
    NoBackup,

    /// <summary>The last completed backup of the instance is older than was asked for, or there is none. Critical.</summary>
    BackupTooOld,

    /// <summary>The project has used nine tenths of its quota of backups, or more. Warning.</summary>
    QuotaNearlyUsed,

    /// <summary>The instance has no schedule. Warning.</summary>
    NotScheduled,
}
