using System;
using System.Collections;
using System.Globalization;
using System.IO;
using System.Management.Automation;
using System.Security;
using TroveSchedules.Serialisation;

namespace TroveSchedules.Binding;

/// <summary>
/// Reads a value that may be a cell of a CSV file. An empty cell means no value. Without the attribute, PowerShell ignores a property that it cannot convert, so that a
/// schedule with "ten" remaining executions would run without end.
/// </summary>
public abstract class CellAttribute : ArgumentTransformationAttribute
{
    private readonly string _takes;
    private readonly string _advice;

    /// <summary>Creates the attribute.</summary>
    /// <param name="takes">What the parameter accepts, for messages: "a time".</param>
    /// <param name="advice">What to write instead of an invalid value; null for no advice.</param>
    private protected CellAttribute(string takes, string? advice = null)
    {
        _takes = takes;
        _advice = advice is null ? "" : " " + advice;
    }

    /// <inheritdoc/>
    public sealed override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? bare = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (bare is null or "")
            return Nothing!;
        object? read;
        try
        {
            read = bare is string text ? Read(text) : ReadOther(bare is PSCustomObject ? inputData : bare);
        }
        catch (FormatException e)
        {
            throw new ArgumentTransformationMetadataException(TerminalText.SanitizeLine(e.Message));
        }
        if (ReferenceEquals(read, bare))
            return inputData; // A number on the command line keeps the text that was typed, such as 007.
        return read ?? throw new ArgumentTransformationMetadataException(
            TerminalText.SanitizeLine($"This takes {_takes}, not {(bare is ICollection { Count: var count } and not IDictionary ? $"a list of {count}" : bare is string ? $"'{bare}'" : $"the {bare.GetType().Name} '{bare}'")}.{_advice}"));
    }

    /// <summary>The value that null or an empty cell stands for.</summary>
    private protected virtual object? Nothing => null;

    /// <summary>Reads a text; null if it is invalid.</summary>
    /// <exception cref="FormatException">The value is invalid, for the reason in the message.</exception>
    private protected abstract object? Read(string text);

    /// <summary>Converts a value that is neither text nor null; null if it is invalid.</summary>
    /// <exception cref="FormatException">The value is invalid, for the reason in the message.</exception>
    private protected abstract object? ReadOther(object value);
}

/// <summary>Reads a whole number.</summary>
public sealed class NumberCellAttribute() : CellAttribute("a whole number")
{
    private protected override object? Read(string text) => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int number) ? number : null;

    // PowerShell would round 1.5 to 2, and convert the character 5 to 53.
    private protected override object? ReadOther(object value) => value switch
    {
        decimal number => decimal.Truncate(number) == number ? Read(decimal.Truncate(number).ToString(CultureInfo.InvariantCulture)) : null,
        sbyte or byte or short or ushort or int or uint or long or ulong or float or double => Read(Convert.ToString(value, CultureInfo.InvariantCulture)!),
        _ => null,
    };
}

/// <summary>Reads a time in ISO 8601, or in the format of the current culture if that has only one meaning. A time without an offset is local.</summary>
public sealed class TimeCellAttribute() : CellAttribute("a time", TimeText.Advice)
{
    private protected override object? Read(string text) => TimeText.Read(text, CultureInfo.CurrentCulture, TimeZoneInfo.Local);

    // PowerShell would convert the number 2030.01 to a time, too.
    private protected override object? ReadOther(object value)
    {
        if (value is not DateTime time)
            return TimeValue.Read(value);
        try
        {
            _ = new DateTimeOffset(time);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new FormatException($"{time:s} in the time zone {TimeZoneInfo.Local.Id} is before the first time in UTC, or after the last one. {TimeText.Advice}");
        }
        // ConvertFrom-Json makes such a DateTime of a text without an offset.
        if (time.Kind == DateTimeKind.Unspecified)
            TimeText.LocalOffset(time, time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), TimeZoneInfo.Local);
        return value;
    }
}

/// <summary>Reads the id of a time zone.</summary>
public sealed class TimeZoneCellAttribute() : CellAttribute("a time zone or its id", "Get-TimeZone -ListAvailable lists the ids.")
{
    private protected override object? Read(string text)
    {
        try
        {
            return TimeZoneInfo.FindSystemTimeZoneById(text);
        }
        catch (Exception e) when (e is TimeZoneNotFoundException or InvalidTimeZoneException or SecurityException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null; // On Unix an id is the name of a file, which may also be one that cannot be read.
        }
    }

    private protected override object? ReadOther(object value) => value as TimeZoneInfo;
}

/// <summary>Reads a duration. Without the attribute, PowerShell reads 24:00:00 as 24 days, and the number 10 as a millionth of a second.</summary>
public sealed class DurationCellAttribute() : CellAttribute("a length of time such as 00:10:00, or 1.00:00:00 for a day", "New-TimeSpan makes one of days, hours and minutes.")
{
    private static readonly string[] Formats = [@"h\:mm", @"h\:mm\:ss", @"h\:mm\:ss\.FFFFFFF", @"d\.hh\:mm\:ss", @"d\.hh\:mm\:ss\.FFFFFFF"];

    private protected override object? Read(string text)
    {
        bool isNegative = text[0] == '-';
        return TimeSpan.TryParseExact(
            isNegative ? text.Substring(1) : text, Formats, CultureInfo.InvariantCulture, isNegative ? TimeSpanStyles.AssumeNegative : TimeSpanStyles.None, out TimeSpan length) ? length : null;
    }

    private protected override object? ReadOther(object value) => value switch
    {
        TimeSpan => value,
        0 => TimeSpan.Zero,
        _ => null,
    };
}

/// <summary>Reads True or False for a switch. Null and an empty cell mean False; without the attribute, null means True.</summary>
public sealed class SwitchCellAttribute() : CellAttribute("True or False")
{
    private protected override object? Nothing => new SwitchParameter(false);

    private protected override object? Read(string text) => bool.TryParse(text, out bool flag) ? new SwitchParameter(flag) : null;

    private protected override object? ReadOther(object value) => value switch
    {
        bool or SwitchParameter => value,
        int or long or byte or double or decimal when Convert.ToDecimal(value, CultureInfo.InvariantCulture) is 0 or 1 => value,
        _ => null,
    };
}

/// <summary>Reads text. Without the attribute, PowerShell ignores a list in a row, and makes text such as "System.Collections.Hashtable" of any object.</summary>
public class TextCellAttribute() : CellAttribute("text")
{
    private protected override object? Nothing => "";

    private protected override object? Read(string text) => text;

    private protected override object? ReadOther(object value) => value is not PSObject and (ValueType or IFormattable or IComparable) ? value : null;
}

/// <summary>Reads the id of a backup, or takes it from the backup.</summary>
public sealed class BackupIdCellAttribute : TextCellAttribute
{
    private protected override object? ReadOther(object value) => value switch
    {
        Backup backup => backup.Id,
        PSObject thing when ObjectKind.Of(thing) == typeof(Backup).FullName => thing.Properties["Id"]?.Value?.ToString(),
        _ => base.ReadOther(value),
    };
}
