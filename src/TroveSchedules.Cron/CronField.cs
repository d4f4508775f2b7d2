using System;
using System.Collections.Generic;
using System.Globalization;

namespace TroveSchedules.Cron;

/// <summary>One of a pattern's columns: its name, the values it may hold and the words for them.</summary>
internal sealed class CronField
{
    public static readonly CronField Minute = new("minute", 0, 59);
    public static readonly CronField Hour = new("hour", 0, 23);
    public static readonly CronField DayOfMonth = new("day-of-month", 1, 31);
    public static readonly CronField Month = new("month", 1, 12, CultureInfo.InvariantCulture.DateTimeFormat.MonthNames);
    public static readonly CronField DayOfWeek = new("day-of-week", 0, 6, CultureInfo.InvariantCulture.DateTimeFormat.DayNames) { SevenIsSunday = true };

    /// <summary>In a pattern with seconds croniter forgets that 7 is Sunday: early versions never run on it, later ones refuse it.</summary>
    public static readonly CronField DayOfWeekBeforeSeconds = new("day-of-week", 0, 6, CultureInfo.InvariantCulture.DateTimeFormat.DayNames);

    public static readonly CronField Second = new("second", 0, 59);

    /// <summary>The columns of a pattern in their order, in which croniter takes seconds last.</summary>
    public static IReadOnlyList<CronField> InOrder(bool withSeconds) => withSeconds ? WithSeconds : WithoutSeconds;

    private static readonly CronField[] WithoutSeconds = [Minute, Hour, DayOfMonth, Month, DayOfWeek];
    private static readonly CronField[] WithSeconds = [Minute, Hour, DayOfMonth, Month, DayOfWeekBeforeSeconds, Second];

    private readonly string[] _words;

    private CronField(string name, int min, int max, params string[] words)
    {
        Name = name;
        Min = min;
        Max = max;
        _words = words;
        All = Bits.Span(min, max);
    }

    public string Name { get; }

    /// <summary>What the field counts, in a sentence: <c>minute</c>, <c>day</c>.</summary>
    public string Unit => Name.StartsWith("day", StringComparison.Ordinal) ? "day" : Name;

    public int Min { get; }

    /// <summary>The greatest value that is a thing of its own: 6 for the day of the week, whose 7 is 0 again.</summary>
    public int Max { get; }

    public bool SevenIsSunday { get; private init; }

    public bool IsDayOfWeek => Name == DayOfWeek.Name;

    /// <summary>The greatest number that may be written.</summary>
    public int Greatest => SevenIsSunday ? 7 : Max;

    public int Size => Max - Min + 1;

    public ulong All { get; }

    /// <summary>What a user may write, for an error message.</summary>
    public string Allowed => $"{Min} to {Greatest}"
        + (this == DayOfMonth ? " or L (the last day)" : "")
        + (SevenIsSunday ? " (0 and 7 are Sunday)" : "")
        + (_words.Length == 0 ? "" : $" or {ShortName(Min)} to {ShortName(Max)}");

    /// <summary>Some of the field's values in words: <c>Monday to Friday</c>, <c>0, 15 and 30</c>, the week begun on Monday.</summary>
    public string InWords(ulong mask) => IsDayOfWeek
        ? Prose.List((mask & ~1UL) | (mask & 1) << Size, day => Word(day % Size))
        : Prose.List(mask, Word);

    /// <summary>The value in words where there are words: <c>Friday</c>, <c>March</c>, <c>59</c>.</summary>
    public string Word(int value) => _words.Length == 0 ? value.ToString(CultureInfo.InvariantCulture) : _words[value - Min];

    /// <summary>The value of a three-letter name in any case; null when it is none of this field's.</summary>
    public int? Named(string text) => text.Length == 3 ? IndexOf(text) + Min : null;

    /// <summary>The three-letter name of a longer spelling (<c>Sunday</c>, <c>sept</c>), for an error's way out; null when there is none.</summary>
    public string? ShortNameOf(string text) =>
        text.Length > 3 && IndexOf(text) is int index ? ShortName(index + Min) : null;

    private string ShortName(int value) => Word(value).Substring(0, 3).ToLowerInvariant();

    private int? IndexOf(string beginning)
    {
        int index = Array.FindIndex(_words, word => word.StartsWith(beginning, StringComparison.OrdinalIgnoreCase));
        return index < 0 ? null : index;
    }
}
