namespace TroveSchedules;

/// <summary>What a plan does to a schedule: <see cref="ScheduleSyncStep.Action"/>.</summary>
public enum ScheduleSyncAction
{
    /// <summary>It is as the plan says, or the plan does not change it.</summary>
    Keep,

    /// <summary>It does not exist yet.</summary>
    Create,

    /// <summary>It differs from the plan, or an earlier change of it was cut off.</summary>
    Change,

    /// <summary>It runs, and is suspended in the plan. Nothing else differs.</summary>
    Suspend,

    /// <summary>It is suspended, and not so in the plan. Nothing else differs.</summary>
    Resume,

    /// <summary>The plan's owner owns it, and the plan does not contain it.</summary>
    Remove,
}
