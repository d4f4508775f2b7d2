namespace TroveSchedules;

/// <summary>Whether a schedule runs: <see cref="BackupSchedule.State"/>.</summary>
public enum ScheduleState
{
    /// <summary>Mistral runs it at its times.</summary>
    Active,

    /// <summary>Suspend-TroveBackupSchedule stopped it. It does not run until it is resumed.</summary>
    Suspended,

    /// <summary>Its next time was more than a minute in the past at the time of reading. Mistral does not run triggers, or the owner of the schedule lost the role.</summary>
    Stuck,

    /// <summary>A change was cut off after the old definition was deleted. It does not run until any change or a resumption finishes the job.</summary>
    Interrupted,
}
