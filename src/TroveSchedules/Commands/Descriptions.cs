using TroveSchedules.OpenStack;

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

    /// <summary>The instance of a new schedule in words.</summary>
    public static string InWords(this PreparedSchedule schedule) => $"instance '{schedule.Instance.Name}' ({schedule.Instance.Id})";

    /// <summary>The creation of a schedule in words.</summary>
    public static string Operation(this PreparedSchedule schedule) => $"Schedule backup '{schedule.Name}': {schedule.Explain()}";
}
