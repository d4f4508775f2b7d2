namespace TroveSchedules.OpenStack;

/// <summary>Trove's states of a backup (<c>trove/backup/state.py</c>).</summary>
internal static class BackupStatus
{
    /// <summary>Whether the backup can be restored. RESTORED is the state of one that was copied from another region.</summary>
    public static bool IsCompleted(string status) => status is "COMPLETED" or "RESTORED";

    /// <summary>Whether Trove is making the backup. Trove refuses to delete it.</summary>
    public static bool IsInProgress(string status) => status is "NEW" or "BUILDING" or "SAVING";

    /// <summary>Whether making or deleting the backup failed.</summary>
    public static bool IsFailed(string status) => status is "FAILED" or "DELETE_FAILED";
}
