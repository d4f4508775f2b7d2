using System;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;

namespace TroveSchedules.Binding;

/// <summary>
/// Reads a time from text. ISO 8601 means the same in every culture. PowerShell itself reads it by the calendar of the current culture, in which
/// 2020-01-01 is a day of the year 2641 (fa-IR) or 1477 (th-TH).
/// </summary>
internal static class TimeText
{
    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFFF"];

    private static readonly Regex Iso = new(
        @"^\s*(?<day>[0-9]{4}-[0-9]{2}-[0-9]{2})((T|\s+)(?<time>[0-9]{2}:[0-9]{2}(:[0-9]{2}([.,](?<fraction>[0-9]+))?)?))?(\s*(?<offset>Z|[+-][0-9]{2}(:?[0-9]{2})?))?\s*$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture);

    private static readonly CultureInfo[] OtherOrders =
    [
        CultureInfo.InvariantCulture,
        new CultureInfo("") { DateTimeFormat = { ShortDatePattern = "dd/MM/yyyy", MonthDayPattern = "dd MMMM" } },
        new CultureInfo("") { DateTimeFormat = { ShortDatePattern = "yyyy/MM/dd" } },
    ];

    // Text that begins like this is meant as ISO 8601, even if the rest is invalid.
    private static readonly Regex IsoLike = new(@"^\s*[0-9]{4}-[0-9]", RegexOptions.CultureInvariant);

    public const string Advice = "Write it in ISO 8601, like 2030-01-07, 2030-01-07 03:00 or 2030-01-07T03:00:00Z.";

    /// <summary>Reads ISO 8601 by the Gregorian calendar, and other text in the format of the culture.</summary>
    /// <param name="text">The text. A time without an offset is local.</param>
    /// <param name="culture">The culture for text that is not ISO 8601.</param>
    /// <param name="zone">The local time zone.</param>
    /// <returns>The time; null if the text is not a time.</returns>
    /// <exception cref="FormatException">
    /// The local time does not exist or occurs twice (daylight saving time); the text begins like ISO 8601 and is invalid; the date is centuries away in ISO 8601, but
    /// close in the culture's own calendar; or the text is ambiguous: another order of day, month and year, or the Gregorian calendar, gives another time.
    /// </exception>
    public static DateTimeOffset? Read(string text, CultureInfo culture, TimeZoneInfo zone)
    {
        Match iso = Iso.Match(text);
        if (!iso.Success)
            return IsoLike.IsMatch(text) ? throw NotIso() : ReadByCulture();
        string whole = iso.Groups["day"].Value;
        if (iso.Groups["time"] is { Success: true, Value: var timeOfDay })
        {
            string fraction = iso.Groups["fraction"].Value;
            whole += " " + timeOfDay.Substring(0, Math.Min(8, timeOfDay.Length)) + (fraction == "" ? "" : "." + fraction.Substring(0, Math.Min(7, fraction.Length)));
        }
        if (!DateTime.TryParseExact(whole, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime local))
            throw NotIso();
        if (InCalendar(local, culture.Calendar) is { } meant)
            throw new FormatException($"'{text.Trim()}' is a day of the year {local.Year} in ISO 8601. By this culture's calendar it can be read as {meant}. Write that, or pass a DateTimeOffset.");
        try
        {
            return new DateTimeOffset(local, iso.Groups["offset"] is { Success: true, Value: var offset } ? Offset(offset) : LocalOffset(local, text.Trim(), zone));
        }
        catch (ArgumentException)
        {
            throw NotIso(); // The offset is invalid, or the time is outside the range of DateTimeOffset.
        }

        DateTimeOffset? ReadByCulture()
        {
            if (Parse(text, culture) is not { } read)
                return null;
            foreach (CultureInfo other in OtherOrders)
            {
                if (Parse(text, other) is { } otherwise && otherwise.Time != read.Time)
                {
                    // Most likely the year that is closer to now.
                    DateTime likely = new[] { read.Time, otherwise.Time }.OrderBy(time => Math.Abs(time.Year - DateTime.UtcNow.Year)).First();
                    throw new FormatException($"'{text.Trim()}' can be read as {Iso8601(read.Time)} or as {Iso8601(otherwise.Time)}. Write it in ISO 8601, like {Iso8601(likely)}.");
                }
            }
            return new DateTimeOffset(read.Time, read.Offset ?? LocalOffset(read.Time, text.Trim(), zone));
        }

        FormatException NotIso() => new($"'{text.Trim()}' is no time in ISO 8601. Write it like 2030-01-07, 2030-01-07 03:00 or 2030-01-07T03:00:00Z.");
    }

    /// <summary>The offset of a local time.</summary>
    /// <param name="time">The time.</param>
    /// <param name="text">The time as the user wrote it, for messages.</param>
    /// <param name="zone">The local time zone.</param>
    /// <exception cref="FormatException">The time does not exist or occurs twice (daylight saving time).</exception>
    public static TimeSpan LocalOffset(DateTime time, string text, TimeZoneInfo zone)
    {
        if (zone.IsInvalidTime(time))
            throw new FormatException($"There is no '{text}' in the time zone {zone.Id}, whose clock skips it. Add an offset, such as {Shown(zone.BaseUtcOffset)}.");
        if (!zone.IsAmbiguousTime(time))
            return zone.GetUtcOffset(time);
        TimeSpan[] offsets = zone.GetAmbiguousTimeOffsets(time);
        throw new FormatException($"'{text}' comes twice in the time zone {zone.Id}: with the offsets {Shown(offsets[1])} and {Shown(offsets[0])}. Add the one that you mean.");
    }

    private static (DateTime Time, TimeSpan? Offset)? Parse(string text, CultureInfo culture) =>
        DateTimeOffset.TryParse(text, culture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) && DateTime.TryParse(text, culture, DateTimeStyles.RoundtripKind, out DateTime kind)
            ? (time.DateTime, kind.Kind == DateTimeKind.Unspecified ? null : time.Offset)
            : null;

    // What (Get-Date).ToString('yyyy-MM-dd') writes under th-TH or fa-IR looks like ISO 8601 and is centuries away.
    private static string? InCalendar(DateTime read, Calendar calendar)
    {
        const int Near = 100;
        DateTime now = DateTime.UtcNow;
        if (Math.Abs(read.Year - now.Year) <= Near || Math.Abs(read.Year - calendar.GetYear(now)) > Near)
            return null;
        try
        {
            return Iso8601(calendar.ToDateTime(read.Year, read.Month, read.Day, read.Hour, read.Minute, read.Second, 0));
        }
        catch (ArgumentOutOfRangeException)
        {
            return null; // No day of that calendar.
        }
    }

    private static string Iso8601(DateTime time) =>
        time.ToString(time.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : time.Second == 0 ? "yyyy-MM-dd HH:mm" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static TimeSpan Offset(string text)
    {
        if (text is "Z" or "z")
            return TimeSpan.Zero;
        string digits = text.Substring(1).Replace(":", "").PadRight(4, '0');
        var offset = new TimeSpan(int.Parse(digits.Substring(0, 2), CultureInfo.InvariantCulture), int.Parse(digits.Substring(2), CultureInfo.InvariantCulture), 0);
        return text[0] == '-' ? -offset : offset;
    }

    private static string Shown(TimeSpan offset) => (offset < TimeSpan.Zero ? "-" : "+") + offset.ToString(@"hh\:mm", CultureInfo.InvariantCulture);
}
