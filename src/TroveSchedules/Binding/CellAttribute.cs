using System;
using System.Globalization;
using System.Management.Automation;
using TroveSchedules.Serialisation;

namespace TroveSchedules.Binding;

/// <summary>
/// Reads a value that may be a cell of a CSV file, where an empty one means nothing. PowerShell on its own passes over a property that it cannot convert, so that a schedule
/// to be run "ten" times would run without end.
/// </summary>
public abstract class CellAttribute : ArgumentTransformationAttribute
{
    private readonly string _takes;

    private readonly string _advice;

    private protected CellAttribute(string takes, string? advice = null)
    {
        _takes = takes;
        _advice = advice is null ? "" : " " + advice;
    }

    /// <inheritdoc/>
    public sealed override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? input = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (input is not string text)
            return ReadOther(inputData);
        return text == "" ? Nothing! : Read(text) ?? throw new ArgumentTransformationMetadataException($"This takes {_takes} or nothing, not '{TerminalText.SanitizeLine(text)}'.{_advice}");
    }

    /// <summary>What an empty cell means.</summary>
    private protected virtual object? Nothing => null;

    /// <summary>What a text means; null where it is none of what is taken.</summary>
    private protected abstract object? Read(string text);

    /// <summary>Converts a value that is not text. The value can be null.</summary>
    private protected virtual object ReadOther(object value) => value;
}

/// <summary>Reads a whole number.</summary>
public sealed class NumberCellAttribute() : CellAttribute("a whole number")
{
    private protected override object? Read(string text) => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int number) ? number : null;

    // PowerShell would round 1.5 to 2, and take the character 5 for 53.
    private protected override object ReadOther(object value)
    {
        object? bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        return bare switch
        {
            null => bare!,
            decimal whole => Read(decimal.Truncate(whole) == whole ? decimal.Truncate(whole).ToString(CultureInfo.InvariantCulture) : ""),
            sbyte or byte or short or ushort or int or uint or long or ulong or float or double => Read(Convert.ToString(bare, CultureInfo.InvariantCulture)!),
            _ => null,
        } ?? (bare is null ? null! : throw new ArgumentTransformationMetadataException($"This takes a whole number or nothing, not the {bare.GetType().Name} '{TerminalText.SanitizeLine(bare.ToString() ?? "")}'."));
    }
}

/// <summary>Reads a time in ISO 8601, or as the current culture writes it where that has one meaning only; one without an offset is local.</summary>
public sealed class TimeCellAttribute() : CellAttribute("a time", TimeText.Advice)
{
    private protected override object? Read(string text)
    {
        try
        {
            return TimeText.Read(text, CultureInfo.CurrentCulture, TimeZoneInfo.Local);
        }
        catch (FormatException e)
        {
            throw new ArgumentTransformationMetadataException(TerminalText.SanitizeLine(e.Message));
        }
    }

    // PowerShell would convert the number 2030.01 to a time, too.
    private protected override object ReadOther(object value) => value switch
    {
        null or DateTimeOffset or PSObject { BaseObject: DateTimeOffset } => value!,
        DateTime time => Checked(value, time),
        PSObject { BaseObject: DateTime time } => Checked(value, time),
        _ => TimeValue.Read(value) ?? throw new ArgumentTransformationMetadataException(
            $"This takes a time, not a {(value is PSObject wrapped ? wrapped.BaseObject : value).GetType().Name}. {TimeText.Advice}"),
    };

    // ConvertFrom-Json makes such a DateTime of a text without an offset.
    private static object Checked(object value, DateTime time)
    {
        try
        {
            if (time.Kind == DateTimeKind.Unspecified)
                TimeText.LocalOffset(time, time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), TimeZoneInfo.Local);
            return value;
        }
        catch (FormatException e)
        {
            throw new ArgumentTransformationMetadataException(e.Message);
        }
    }
}

/// <summary>Reads a length of time. PowerShell on its own reads 24:00:00 as 24 days, and the number 10 as a millionth of a second.</summary>
public sealed class DurationCellAttribute() : CellAttribute("a length of time such as 00:10:00, or 1.00:00:00 for a day,")
{
    private static readonly string[] Formats = [@"h\:mm", @"h\:mm\:ss", @"h\:mm\:ss\.FFFFFFF", @"d\.hh\:mm\:ss", @"d\.hh\:mm\:ss\.FFFFFFF"];

    private protected override object? Read(string text)
    {
        bool isNegative = text.StartsWith("-", StringComparison.Ordinal);
        return TimeSpan.TryParseExact(isNegative ? text.Substring(1) : text, Formats, CultureInfo.InvariantCulture, isNegative ? TimeSpanStyles.AssumeNegative : TimeSpanStyles.None, out TimeSpan length) ? length : null;
    }

    private protected override object ReadOther(object value) => value switch
    {
        TimeSpan or PSObject { BaseObject: TimeSpan } => value,
        0 => TimeSpan.Zero,
        _ => Read(value?.ToString() ?? "") ?? throw new ArgumentTransformationMetadataException($"This takes a length of time such as 00:10:00, or 1.00:00:00 for a day, not {value ?? "null"}. Write one as text, or use New-TimeSpan."),
    };
}

/// <summary>Reads True or False for a switch, which an empty cell leaves off. PowerShell on its own takes null for True.</summary>
public sealed class SwitchCellAttribute() : CellAttribute("True, False")
{
    private protected override object ReadOther(object value) => value ?? Nothing!;

    private protected override object? Nothing => new SwitchParameter(false);

    private protected override object? Read(string text) => bool.TryParse(text, out bool flag) ? new SwitchParameter(flag) : null;
}
