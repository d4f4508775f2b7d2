using System;
using System.Management.Automation;

namespace TroveSchedules.Binding;

/// <summary>Restores schedules that came through Select-Object, a file, a job or another machine.</summary>
internal static class ScheduleSnapshot
{
    /// <summary>The schedule with its pattern, next time, number of executions, state and instance; null if the row has no next time.</summary>
    /// <exception cref="ArgumentTransformationMetadataException">The next time or the number of executions cannot be read.</exception>
    public static BackupSchedule? ForOccurrences(PSObject thing) =>
        Text(thing, nameof(BackupSchedule.Id)) is { } id && thing.Properties[nameof(BackupSchedule.Pattern)] is not null && thing.Properties[nameof(BackupSchedule.NextExecutionTime)] is not null
            ? new BackupSchedule
            {
                Id = id,
                TriggerId = "",
                Input = "",
                InstanceId = Text(thing, nameof(BackupSchedule.InstanceId)),
                State = Enum.TryParse(Text(thing, nameof(BackupSchedule.State)), out ScheduleState state) ? state : ScheduleState.Active,
                Pattern = Text(thing, nameof(BackupSchedule.Pattern)),
                NextExecutionTime = Read(thing, nameof(BackupSchedule.NextExecutionTime), new TimeCellAttribute()) switch { DateTime time => new DateTimeOffset(time), var time => (DateTimeOffset?)time },
                RemainingExecutions = (int?)Read(thing, nameof(BackupSchedule.RemainingExecutions), new NumberCellAttribute()),
                ProjectId = Text(thing, nameof(BackupSchedule.ProjectId)),
                Origin = Text(thing, nameof(BackupSchedule.Origin)),
            }
            : null;

    private static string? Text(PSObject thing, string name) => thing.Properties[name]?.Value?.ToString() is { Length: > 0 } text ? text : null;

    private static object? Read(PSObject thing, string name, CellAttribute cell)
    {
        try
        {
            return cell.Transform(null!, thing.Properties[name]?.Value!);
        }
        catch (ArgumentTransformationMetadataException e)
        {
            throw new ArgumentTransformationMetadataException($"The schedule '{Text(thing, nameof(BackupSchedule.Id))}' has a {name} that cannot be read. {e.Message}");
        }
    }
}
