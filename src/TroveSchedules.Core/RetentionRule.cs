namespace TroveSchedules;

/// <summary>The rule that decided about a backup: <see cref="BackupRetentionDecision.Rule"/>.</summary>
public enum RetentionRule
{
    /// <summary>No rule keeps the backup.</summary>
    None,

    /// <summary>It is one of the last backups.</summary>
    KeepLast,

    /// <summary>It is the newest backup of an hour.</summary>
    KeepHourly,

    /// <summary>It is the newest backup of a day.</summary>
    KeepDaily,

    /// <summary>It is the newest backup of an ISO week, which begins on Monday.</summary>
    KeepWeekly,

    /// <summary>It is the newest backup of a month.</summary>
    KeepMonthly,

    /// <summary>It is the newest backup of a year.</summary>
    KeepYearly,

    /// <summary>It was made within a length of time before the newest backup.</summary>
    KeepWithin,

    /// <summary>An increment of it is kept.</summary>
    KeptIncrement,

    /// <summary>Trove is making it.</summary>
    InProgress,

    /// <summary>It is not COMPLETED, so it is kept or removed without counting for the other rules.</summary>
    NotCompleted,

    /// <summary>Trove does not tell when it was created.</summary>
    NoTime,
}
