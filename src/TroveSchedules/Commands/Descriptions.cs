namespace TroveSchedules.Commands;

/// <summary>Objects in words, for -WhatIf, -Confirm and warnings.</summary>
internal static class Descriptions
{
    /// <summary>A schedule in words.</summary>
    public static string InWords(this BackupSchedule schedule)
    {
        string which = schedule.Name is null ? schedule.Id : $"'{schedule.Name}' ({schedule.Id})";
        return schedule.InstanceId is null ? $"schedule {which}" : $"schedule {which} of instance {schedule.InstanceId}";
    }
}
