using System;
using System.Collections.Generic;
using System.Globalization;

namespace TroveSchedules.Cron;

/// <summary>A field of a pattern: its name, its range of values, and their names.</summary>
internal sealed class CronField(string name, int min, int max, params string[] words)
{
    public static readonly CronField Minute = new("minute", 0, 59);
    public static readonly CronField Hour = new("hour", 0, 23);
    public static readonly CronField DayOfMonth = new("day-of-month", 1, 31);
    public static readonly CronField Month = new("month", 1, 12, CultureInfo.InvariantCulture.DateTimeFormat.MonthNames);
    public static readonly CronField DayOfWeek = new("day-of-week", 0, 6, CultureInfo.InvariantCulture.DateTimeFormat.DayNames) { SevenIsSunday = true };

    /// <summary>The day of the week in a pattern with seconds. There 7 does not mean Sunday: early versions of croniter never run on it, later ones refuse it.</summary>
    public static readonly CronField DayOfWeekBeforeSeconds = new("day-of-week", 0, 6, CultureInfo.InvariantCulture.DateTimeFormat.DayNames);

    public static readonly CronField Second = new("second", 0, 59);

    /// <summary>The fields of a pattern in order.</summary>
    public static readonly IReadOnlyList<CronField> FiveFields = [Minute, Hour, DayOfMonth, Month, DayOfWeek];

    /// <summary>The fields of a pattern with seconds. In croniter the seconds are the last field.</summary>
    public static readonly IReadOnlyList<CronField> SixFields = [Minute, Hour, DayOfMonth, Month, DayOfWeekBeforeSeconds, Second];

    public string Name { get; } = name;

    /// <summary>The unit of the field for use in a sentence: <c>minute</c>, <c>day</c>.</summary>
    public string Unit => Name.StartsWith("day", StringComparison.Ordinal) ? "day" : Name;

    public int Min { get; } = min;

    /// <summary>The greatest distinct value: 6 for the day of the week, because 7 means the same as 0.</summary>
    public int Max { get; } = max;

    public bool SevenIsSunday { get; private init; }

    public bool IsDayOfWeek => Name == DayOfWeek.Name;

    /// <summary>The greatest number that may be written.</summary>
    public int Greatest => SevenIsSunday ? 7 : Max;

    public int Size => Max - Min + 1;

    public ulong All { get; } = Bits.Span(min, max);

    /// <summary>What a user may write, for an error message.</summary>
    public string Allowed => $"{Min} to {Greatest}"
        + (this == DayOfMonth ? " or L (the last day)" : "")
        + (SevenIsSunday ? " (0 and 7 are Sunday)" : "")
        + (words.Length == 0 ? "" : $" or {ShortName(Min)} to {ShortName(Max)}");

    /// <summary>Some of the field's values in words: <c>Monday to Friday</c>, <c>0, 15 and 30</c>, with Monday as the first day.</summary>
    public string InWords(ulong mask) => IsDayOfWeek
        ? Prose.List((mask & ~1UL) | (mask & 1) << Size, day => Word(day % Size))
        : Prose.List(mask, Word);

    /// <summary>The name of the value, or its number if it has no name: <c>Friday</c>, <c>March</c>, <c>59</c>.</summary>
    public string Word(int value) => words.Length == 0 ? value.ToString(CultureInfo.InvariantCulture) : words[value - Min];

    /// <summary>The value of a three-letter name in any case; null if the field has no such name.</summary>
    public int? Named(string text) => text.Length == 3 ? IndexOf(text) + Min : null;

    /// <summary>The three-letter name of a longer spelling (<c>Sunday</c>, <c>sept</c>), for the advice of an error; null if there is none.</summary>
    public string? ShortNameOf(string text) =>
        text.Length > 3 && IndexOf(text) is int index ? ShortName(index + Min) : null;

    private string ShortName(int value) => Word(value).Substring(0, 3).ToLowerInvariant();

    private int? IndexOf(string beginning)
    {
        int index = Array.FindIndex(words, word => word.StartsWith(beginning, StringComparison.OrdinalIgnoreCase));
        return index < 0 ? null : index;
    }
}
