namespace TroveSchedules.Commands;

/// <summary>Schedules in messages.</summary>
internal static class ScheduleText
{
    /// <summary>The schedule by name, id and instance.</summary>
    public static string Describe(BackupSchedule schedule)
    {
        string which = schedule.Name is null ? schedule.Id : $"'{schedule.Name}' ({schedule.Id})";
        return schedule.InstanceId is null ? $"schedule {which}" : $"schedule {which} of instance {schedule.InstanceId}";
    }
}
