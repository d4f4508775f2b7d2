using System;
using System.Globalization;
using System.Management.Automation;

namespace TroveSchedules.Serialisation;

/// <summary>Reads a time that may have been through PowerShell's serialisation.</summary>
internal static class TimeValue
{
    /// <summary>The time; null for null and for any other value.</summary>
    public static DateTimeOffset? Read(object? value) => value switch
    {
        DateTimeOffset time => time,
        // Serialisation keeps the properties of a time down to its depth limit. Below that it keeps the text in the invariant culture.
        PSObject { BaseObject: PSCustomObject } bag => bag.Properties["Ticks"]?.Value is long ticks && bag.Properties["Offset"]?.Value is TimeSpan offset
            ? new DateTimeOffset(ticks, offset)
            : null,
        PSObject wrapped => Read(wrapped.BaseObject),
        string text => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null,
        _ => null,
    };
}
