using System;
using System.Collections.Generic;
using System.Linq;
using Cronos;

namespace TroveSchedules.Cron;

/// <summary>The values that a pattern lists, as bit masks, and the times that follow from them. Cronos computes the times, from text that is built from the masks.</summary>
internal sealed class CronSchedule
{
    /// <summary>The number of the last week of the month (<c>Lx</c>) in <see cref="Ordinals"/>, after the first to fifth.</summary>
    public const int LastWeek = 6;

    public required bool HasSeconds { get; init; }

    public required ulong Seconds { get; init; }

    public required ulong Minutes { get; init; }

    public required ulong Hours { get; init; }

    public required ulong Months { get; init; }

    /// <summary>Days of the month by number; all of them if <see cref="RunsByDate"/> is false.</summary>
    public required ulong Dates { get; init; }

    /// <summary>Whether the last day of the month, <c>L</c>, counts in addition to <see cref="Dates"/>.</summary>
    public required bool LastDay { get; init; }

    /// <summary>Days of the week; bit 0 is Sunday. They count only if <see cref="RunsByWeekday"/> is true and <see cref="Ordinals"/> is empty.</summary>
    public required ulong Weekdays { get; init; }

    /// <summary>The first to fifth and last weekdays of the month, in order; weekday 0 is Sunday.</summary>
    public required IReadOnlyCollection<(int Week, int Weekday)> Ordinals { get; init; }

    public required bool RunsByDate { get; init; }

    public required bool RunsByWeekday { get; init; }

    /// <summary>
    /// Whether to skip days as croniter 1.3.0 to 6.0.0 does. In a month that lacks the 29th, 30th or 31st, these versions go on as many days into the next month.
    /// They miss an <c>L</c> of the short month and the first days of the next month. So <c>*/10</c> misses 1 March.
    /// </summary>
    public required bool SkipsAfterShortMonth { get; init; }

    // Cronos takes no L and no x#n in a list, so each of them is an expression of its own.
    private CronExpression[] ByDate => field ??=
        [.. new[] { List(Dates), LastDay ? "L" : "" }.Where(days => days.Length > 0).Select(days => Expression(days, "*"))];

    private CronExpression[] ByWeekday => field ??= Ordinals.Count == 0
        ? [Expression("*", List(Weekdays))]
        : [.. Ordinals.Select(day => Expression("*", day.Weekday + (day.Week == LastWeek ? "L" : "#" + day.Week)))];

    /// <summary>The first time after another; null if there is none up to the end of the year 9999. A pattern with two restricted day fields runs on every day that matches one of them.</summary>
    public DateTime? Next(DateTime after)
    {
        if (after == DateTime.MaxValue)
            return null; // Cronos throws near the end of the year 9999.
        DateTime? byDate = RunsByWeekday && !RunsByDate ? null : NextByDate(after);
        DateTime? byWeekday = RunsByWeekday ? Earliest(ByWeekday, after) : null;
        return byDate is null || byWeekday < byDate ? byWeekday : byDate;
    }

    private DateTime? NextByDate(DateTime after)
    {
        DateTime? next = Earliest(ByDate, after);
        if (!SkipsAfterShortMonth || next is not { } time)
            return next;
        DateTime today = after.AddSeconds(HasSeconds ? 1 : 60).Date;
        return time.Date == today ? next : Earliest(ByDate, SkipPastShortMonth(today));
    }

    // croniter starts its search at today even if the times of today have passed, unless today is one of the days.
    private DateTime SkipPastShortMonth(DateTime today)
    {
        DateTime day = IsDate(today) ? today.AddDays(1) : today;
        while (day is not { Year: 9999, Month: 12 })
        {
            ulong rest = Dates >> day.Day << day.Day;
            int beyond = rest == 0 ? 0 : Bits.Lowest(rest) - DateTime.DaysInMonth(day.Year, day.Month);
            bool isMonth = Bits.Has(Months, day.Month);
            if (isMonth && (beyond <= 0 || IsDate(day)))
                break;
            day = day.AddDays(1 - day.Day).AddMonths(1).AddDays(isMonth ? beyond - 1 : 0);
        }
        return day.AddTicks(-1);
    }

    private bool IsDate(DateTime day) => Bits.Has(Dates, day.Day) || (LastDay && day.Day == DateTime.DaysInMonth(day.Year, day.Month));

    private static DateTime? Earliest(CronExpression[] expressions, DateTime after)
    {
        DateTime? earliest = null;
        foreach (CronExpression expression in expressions)
        {
            if (expression.GetNextOccurrence(after) is { } time && !(earliest <= time))
                earliest = time;
        }
        return earliest;
    }

    private CronExpression Expression(string days, string weekdays) =>
        CronExpression.Parse($"{List(Seconds)} {List(Minutes)} {List(Hours)} {days} {List(Months)} {weekdays}", CronFormat.IncludeSeconds);

    private static string List(ulong mask) => string.Join(",", Bits.Values(mask));
}
