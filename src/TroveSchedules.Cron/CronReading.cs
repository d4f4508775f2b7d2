namespace TroveSchedules.Cron;

/// <summary>
/// The meaning of one list item in three generations of croniter, which <see cref="CroniterVersions"/> names. If they differ, the oldest one that accepts the
/// whole pattern decides, and a warning describes the others.
/// </summary>
/// <remarks>Croniter3 versions count days of the week to 7: bit 7 is Sunday too. In a pattern with seconds it is a day that never occurs.</remarks>
/// <param name="Croniter3">The values in <see cref="CroniterVersions.Croniter3"/>; null if these versions refuse the item.</param>
/// <param name="Croniter6">The values in <see cref="CroniterVersions.Croniter6"/>.</param>
/// <param name="CroniterDev">The values in <see cref="CroniterVersions.CroniterDev"/>.</param>
internal readonly record struct CronReading(ulong? Croniter3, ulong Croniter6, ulong CroniterDev)
{
    private const int EarlyEndOfWeek = 7;

    public static CronReading Agreed(ulong mask) => new(mask, mask, mask);

    /// <summary><c>*/step</c>.</summary>
    public static CronReading Every(CronField field, int step) =>
        Agreed(Bits.Span(field.Min, field.Max, step)) with { Croniter3 = EarlySpan(field, field.Min, EarlyEnd(field), step) };

    /// <summary><c>a-b</c> or <c>a-b/step</c>.</summary>
    /// <param name="field">The field of the item.</param>
    /// <param name="low">The first value of the range.</param>
    /// <param name="high">The last value of the range.</param>
    /// <param name="step">The step; 1 if the item has none.</param>
    /// <param name="runsToSunday">Whether the end is written <c>0</c> or <c>sun</c>. Only then do early versions accept an end below the beginning.</param>
    public static CronReading Range(CronField field, int low, int high, int step, bool runsToSunday = false)
    {
        int end = runsToSunday && low > high ? EarlyEndOfWeek : high;
        ulong? early = low <= end ? EarlySpan(field, low, end, step) : null;
        ulong late = LateRange(field, SundayIsZero(field, low), SundayIsZero(field, high), step);
        return new CronReading(early, late, late);
    }

    /// <summary><c>a/step</c>: to the field's end, which early versions put at 7 for the day of the week.</summary>
    public static CronReading From(CronField field, int low, int step)
    {
        int lateLow = SundayIsZero(field, low);
        return new CronReading(
            EarlySpan(field, low, EarlyEnd(field), step),
            LateRange(field, lateLow, field.Max, step),
            Bits.Span(lateLow, field.Max, step));
    }

    /// <summary>The warning for an item that versions read differently; null if all versions agree.</summary>
    public string? DescribeDifferences(CronField field, string item)
    {
        ulong? early = Croniter3 is ulong mask ? Days(field, mask) : null;
        if (early == Croniter6 && Croniter6 == CroniterDev)
            return null;

        string before = early is ulong days ? "takes " + Words(field, days) : "refuses it";
        string latest = Croniter6 == CroniterDev ? "" : $"; {CroniterVersions.CroniterDev} takes {Words(field, CroniterDev)}";
        return $"In {field.Name}, '{item}' means different things to different servers: croniter {CroniterVersions.Croniter3} {before}; "
            + $"{CroniterVersions.Croniter6} takes {Words(field, Croniter6)}{latest}.";
    }

    // Later versions accept a range beyond the end of the field. To them a range with equal ends is the whole field.
    private static ulong LateRange(CronField field, int low, int high, int step)
    {
        if (low == high)
            return Bits.Span(field.Min, field.Max, step);
        if (low < high)
            return Bits.Span(low, high, step);

        ulong untilEnd = Bits.Span(low, field.Max, step);
        int beyondLast = (field.Max - low) % step;
        bool skips = field.Max - beyondLast - field.Min + step > field.Size && beyondLast < step;
        return untilEnd | Bits.Span(field.Min + (skips ? step - beyondLast : 0), high, step);
    }

    private static int EarlyEnd(CronField field) => field.IsDayOfWeek ? EarlyEndOfWeek : field.Max;

    private static ulong EarlySpan(CronField field, int low, int high, int step)
    {
        ulong mask = Bits.Span(low, high, step);
        return field.SevenIsSunday ? (mask | mask >> EarlyEndOfWeek) & field.All : mask;
    }

    // croniter compares the number of values only: a list as long as the field counts as the whole field.
    private static ulong Days(CronField field, ulong mask) => Bits.Count(mask) == field.Size ? field.All : mask & field.All;

    private static int SundayIsZero(CronField field, int value) => field.SevenIsSunday && value == EarlyEndOfWeek ? 0 : value;

    private static string Words(CronField field, ulong mask) => mask == field.All
        ? "every " + field.Unit
        : field.InWords(mask);
}
