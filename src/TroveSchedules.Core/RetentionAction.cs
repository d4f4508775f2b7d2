namespace TroveSchedules;

/// <summary>What is to happen to a backup: <see cref="BackupRetentionDecision.Action"/>.</summary>
public enum RetentionAction
{
    /// <summary>The backup stays. Remove-TroveBackup skips it.</summary>
    Keep,

    /// <summary>The backup can be removed.</summary>
    Remove,
}
