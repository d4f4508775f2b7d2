using System;
using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.Cron;

/// <summary>Days of the month that some of a pattern's months do not have.</summary>
internal sealed class ShortMonths(CronFieldValues dates, ulong months)
{
    private const int February = 2;

    /// <summary>Whether days are listed by number and none of the months has any of them, not even in a leap year. croniter up to 6.0.0 then ignores an <c>L</c> in the list, and finds no time.</summary>
    public bool HaveNone => dates.Mask != 0 && !MonthLengths.Any(month => Bits.Has(months, month.Month) && (dates.Mask & Bits.Span(1, month.Length)) != 0);

    /// <summary>Whether croniter skips days as <see cref="CronSchedule.SkipsAfterShortMonth"/> describes. Adds a warning if it does, and if <see cref="HaveNone"/> is true.</summary>
    public bool AreSkipped(List<string> warnings)
    {
        string place = $"In day-of-month, '{dates.Text}' lists days that short months lack: croniter 1.3.0 to 6.0.0";
        if (HaveNone)
        {
            warnings.Add($"{place} then does not see the L, and Mistral answers with an internal error; 6.1.0 to 6.2.4 runs on the last day. Write L alone.");
            return false;
        }

        if (!MonthLengths.Any(month => AreSkippedAfter(month.Month, month.Length)))
            return false;

        warnings.Add(dates.HasLastDay
            ? $"{place} then does not see the L, and skips the last day of such a month and the first days after it; 6.1.0 to 6.2.4 does not. Write L alone for the end of the month."
            : $"{place} loses count at the end of February, and skips the first days of March; 6.1.0 to 6.2.4 does not.");
        return true;
    }

    private static IEnumerable<(int Month, int Length)> MonthLengths =>
        Enumerable.Range(1, 12).Select(month => (month, DateTime.DaysInMonth(2000, month))).Append((February, 28));

    private bool AreSkippedAfter(int month, int length)
    {
        ulong missing = dates.Mask & ~Bits.Span(0, length);
        if (!Bits.Has(months, month) || missing == 0 || Bits.Has(dates.Mask, length))
            return false;

        ulong skipped = Bits.Span(1, Bits.Lowest(missing) - length - 1);
        // If the day before the last one is listed, croniter goes from there to the last day, and finds the L.
        return dates.HasLastDay ? !Bits.Has(dates.Mask, length - 1) : (Bits.Has(months, month + 1) && (dates.Mask & skipped) != 0);
    }
}
