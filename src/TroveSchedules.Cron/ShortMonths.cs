using System;
using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.Cron;

/// <summary>Days of the month set against months that are too short for them.</summary>
internal sealed class ShortMonths(CronFieldValues dates, ulong months)
{
    private const int February = 2;

    /// <summary>Some month, leap years included, has one of the days.</summary>
    public static bool Hold(CronFieldValues dates, ulong months) => dates.HasLastDay || HoldNumbers(dates, months);

    /// <summary>Whether <see cref="CronSchedule.Overruns"/> makes a difference and is to be followed; the user is told either way.</summary>
    public bool AreOverrun(List<string> warnings)
    {
        string place = $"In day-of-month, '{dates.Text}' lists days that short months lack: croniter before 6.1 (Mistral before 2026.2)";
        if (dates.HasLastDay && dates.Mask != 0 && !HoldNumbers(dates, months))
        {
            warnings.Add($"{place} then does not see the L, and Mistral answers with an internal error; later versions run on the last day. Write L alone.");
            return false;
        }

        if (!Overruns.Any(overrun => IsMissed(overrun.Month, overrun.Length)))
            return false;

        warnings.Add(dates.HasLastDay
            ? $"{place} then does not see the L, and skips the last day of such a month and the first days after it; later versions do not. Write L alone for the end of the month."
            : $"{place} loses count at the end of February, and skips the first days of March; later versions do not.");
        return true;
    }

    private static IEnumerable<(int Month, int Length)> Overruns =>
        Enumerable.Range(1, 12).Select(month => (month, DateTime.DaysInMonth(2000, month))).Append((February, 28));

    private static bool HoldNumbers(CronFieldValues dates, ulong months) =>
        Overruns.Any(month => Bits.Has(months, month.Month) && (dates.Mask & Bits.Span(1, month.Length)) != 0);

    private bool IsMissed(int month, int length)
    {
        ulong beyond = dates.Mask & ~Bits.Span(0, length);
        if (!Bits.Has(months, month) || beyond == 0 || Bits.Has(dates.Mask, length))
            return false;

        ulong skipped = Bits.Span(1, Bits.Lowest(beyond) - length - 1);
        return dates.HasLastDay || (Bits.Has(months, month + 1) && (dates.Mask & skipped) != 0);
    }
}
