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
    private const int Croniter3EndOfWeek = 7;

    /// <summary>A single value, which all versions read alike.</summary>
    public static CronReading Single(CronField field, int value)
    {
        ulong mask = 1UL << SundayIsZero(field, value);
        return new CronReading(mask, mask, mask);
    }

    /// <summary><c>a-b</c> or <c>a-b/step</c>.</summary>
    /// <param name="field">The field of the item.</param>
    /// <param name="low">The first value of the range.</param>
    /// <param name="high">The last value of the range.</param>
    /// <param name="step">The step; 1 if the item has none.</param>
    /// <param name="runsToSunday">Whether the end is written <c>0</c> or <c>sun</c>. Only then do Croniter3 versions accept an end below the beginning.</param>
    public static CronReading Range(CronField field, int low, int high, int step, bool runsToSunday = false)
    {
        int end = runsToSunday && low > high ? Croniter3EndOfWeek : high;
        ulong? croniter3 = low <= end ? Croniter3Span(field, low, end, step) : null;
        ulong croniter6 = Croniter6Range(field, SundayIsZero(field, low), SundayIsZero(field, high), step);
        return new CronReading(croniter3, croniter6, croniter6);
    }

    /// <summary><c>a/step</c> or <c>*/step</c>: to the field's end, which Croniter3 versions put at 7 for the day of the week.</summary>
    public static CronReading From(CronField field, int low, int step) => Range(field, low, field.Max, step) with
    {
        Croniter3 = Croniter3Span(field, low, field.IsDayOfWeek ? Croniter3EndOfWeek : field.Max, step),
        CroniterDev = Bits.Span(SundayIsZero(field, low), field.Max, step),
    };

    /// <summary>The warning for an item that versions read differently; null if all versions agree.</summary>
    public string? DescribeDifferences(CronField field, string item)
    {
        ulong? croniter3 = Croniter3 is ulong mask ? InField(field, mask) : null;
        if (croniter3 == Croniter6 && Croniter6 == CroniterDev)
            return null;

        string before = croniter3 is ulong values ? "takes " + InWords(field, values) : "refuses it";
        string latest = Croniter6 == CroniterDev ? "" : $"; {CroniterVersions.CroniterDev} takes {InWords(field, CroniterDev)}";
        return $"In {field.Name}, '{item}' means different things to different servers: croniter {CroniterVersions.Croniter3} {before}; "
            + $"{CroniterVersions.Croniter6} takes {InWords(field, Croniter6)}{latest}.";
    }

    private static ulong Croniter3Span(CronField field, int low, int high, int step)
    {
        ulong mask = Bits.Span(low, high, step);
        return field.SevenIsSunday ? (mask | mask >> Croniter3EndOfWeek) & field.All : mask;
    }

    // These versions accept a range beyond the end of the field. To them a range with equal ends is the whole field.
    private static ulong Croniter6Range(CronField field, int low, int high, int step)
    {
        if (low == high)
            return Bits.Span(field.Min, field.Max, step);
        if (low < high)
            return Bits.Span(low, high, step);

        // After the end of the field they continue at the beginning, one value too late unless that is the first value.
        int skipped = step - (field.Max - low) % step;
        return Bits.Span(low, field.Max, step) | Bits.Span(field.Min + (skipped > 1 ? skipped : 0), high, step);
    }

    // croniter compares the number of values only: a list as long as the field counts as the whole field.
    private static ulong InField(CronField field, ulong mask) => Bits.Count(mask) == field.Size ? field.All : mask & field.All;

    private static int SundayIsZero(CronField field, int value) => field.SevenIsSunday ? value % 7 : value;

    private static string InWords(CronField field, ulong mask) => mask == field.All ? "every " + field.Unit : field.InWords(mask);
}
