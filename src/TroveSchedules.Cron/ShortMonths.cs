using System;
using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.Cron;

/// <summary>Days of the month set against months that are too short for them.</summary>
internal sealed class ShortMonths(CronFieldValues dates, ulong months)
{
    private const int February = 2;

    /// <summary>Days are listed by number, and none of the months has one of them, not even in a leap year. croniter up to 6.0.0 then ignores an <c>L</c> beside them, and finds no time.</summary>
    public bool HaveNone => dates.Mask != 0 && !MonthLengths.Any(month => Bits.Has(months, month.Month) && (dates.Mask & Bits.Span(1, month.Length)) != 0);

    /// <summary>Whether <see cref="CronSchedule.SkipsAfterShortMonth"/> makes a difference and is followed. Both cases cause a warning.</summary>
    public bool AreSkipped(List<string> warnings)
    {
        string place = $"In day-of-month, '{dates.Text}' lists days that short months lack: croniter 1.3.0 to 6.0.0";
        if (HaveNone)
        {
            warnings.Add($"{place} then does not see the L, and Mistral answers with an internal error; 6.1.0 to 6.2.4 runs on the last day. Write L alone.");
            return false;
        }

        if (!MonthLengths.Any(month => IsMissed(month.Month, month.Length)))
            return false;

        warnings.Add(dates.HasLastDay
            ? $"{place} then does not see the L, and skips the last day of such a month and the first days after it; 6.1.0 to 6.2.4 does not. Write L alone for the end of the month."
            : $"{place} loses count at the end of February, and skips the first days of March; 6.1.0 to 6.2.4 does not.");
        return true;
    }

    private static IEnumerable<(int Month, int Length)> MonthLengths =>
        Enumerable.Range(1, 12).Select(month => (month, DateTime.DaysInMonth(2000, month))).Append((February, 28));

    private bool IsMissed(int month, int length)
    {
        ulong beyond = dates.Mask & ~Bits.Span(0, length);
        if (!Bits.Has(months, month) || beyond == 0 || Bits.Has(dates.Mask, length))
            return false;

        ulong skipped = Bits.Span(1, Bits.Lowest(beyond) - length - 1);
        // From the day before the last one, which is listed, croniter comes to the last day and sees the L.
        return dates.HasLastDay ? !Bits.Has(dates.Mask, length - 1) : (Bits.Has(months, month + 1) && (dates.Mask & skipped) != 0);
    }
}
