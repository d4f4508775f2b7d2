using System;
using System.Globalization;
using System.Management.Automation;
using TroveSchedules.Serialisation;

namespace TroveSchedules.Binding;

/// <summary>Makes schedules of what is left of them after Select-Object, a file, a job or another machine.</summary>
internal static class ScheduleSnapshot
{
    /// <summary>The schedule, with what tells when it runs; null where some of that is missing.</summary>
    public static BackupSchedule? ForTimes(PSObject thing) =>
        Text(thing, nameof(BackupSchedule.Id)) is { } id && thing.Properties[nameof(BackupSchedule.Pattern)] is not null
        && TryRead(thing, nameof(BackupSchedule.NextExecutionTime), out DateTimeOffset? next)
        && TryRead(thing, nameof(BackupSchedule.RemainingExecutions), out int? left)
            ? new BackupSchedule
            {
                Id = id,
                TriggerId = "",
                Input = "",
                Pattern = Text(thing, nameof(BackupSchedule.Pattern)),
                NextExecutionTime = next,
                RemainingExecutions = left,
                ProjectId = Text(thing, nameof(BackupSchedule.ProjectId)),
                Origin = Text(thing, nameof(BackupSchedule.Origin)),
            }
            : null;

    private static string? Text(PSObject thing, string name) => thing.Properties[name]?.Value?.ToString() is { Length: > 0 } text ? text : null;

    private static bool TryRead<T>(PSObject thing, string name, out T? value) where T : struct
    {
        value = null;
        if (thing.Properties[name] is not { } property)
            return false;
        if (property.Value is null or "" or PSObject { BaseObject: "" })
            return true;
        if (typeof(T) == typeof(DateTimeOffset) && (property.Value as string ?? (property.Value as PSObject)?.BaseObject as string) is { } text)
            return TryReadTime(text, out value);
        object given = property.Value is PSObject { BaseObject: PSCustomObject } parts && TimeValue.Read(parts) is { } time ? time : property.Value;
        if (!LanguagePrimitives.TryConvertTo(given, CultureInfo.CurrentCulture, out T read))
            return false;
        value = read;
        return true;
    }

    // Not as PowerShell does, which reads ISO 8601 by the culture's calendar.
    private static bool TryReadTime<T>(string text, out T? value) where T : struct
    {
        value = null;
        try
        {
            value = (T?)(object?)TimeText.Read(text, CultureInfo.CurrentCulture, TimeZoneInfo.Local);
        }
        catch (FormatException)
        {
        }
        return value is not null;
    }
}
