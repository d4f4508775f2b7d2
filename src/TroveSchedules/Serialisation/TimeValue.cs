using System;
using System.Globalization;
using System.Management.Automation;

namespace TroveSchedules.Serialisation;

/// <summary>A time, whatever PowerShell's serialisation has made of it.</summary>
internal static class TimeValue
{
    /// <summary>The time; null for null and for what is none.</summary>
    public static DateTimeOffset? Read(object? value) => value switch
    {
        DateTimeOffset time => time,
        // As deep as serialisation goes it keeps a time's properties, and below that its text in the invariant culture.
        PSObject { BaseObject: PSCustomObject } bag => bag.Properties["Ticks"]?.Value is long ticks && bag.Properties["Offset"]?.Value is TimeSpan offset
            ? new DateTimeOffset(ticks, offset)
            : null,
        PSObject wrapped => Read(wrapped.BaseObject),
        string text => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null,
        _ => null,
    };
}
