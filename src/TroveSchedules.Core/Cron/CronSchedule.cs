using System;

namespace TroveSchedules.Cron;

/// <summary>A pattern made ready to be asked for its next time: a bit for each value.</summary>
internal sealed class CronSchedule
{
    /// <summary>Where the last weekdays of the month (<c>Lx</c>) stand in <see cref="Ordinals"/>, after the five that are counted.</summary>
    public const int LastOrdinal = 6;

    private const int SecondsPerDay = 86_400;
    private const int DaysPerWeek = 7;
    private const int LastDayNumber = 3_652_058;
    private const long LastSecond = ((LastDayNumber + 1L) * SecondsPerDay) - 1;
    private const int Never = int.MaxValue;

    public bool HasSeconds { get; init; }

    public ulong Seconds { get; init; } = 1;

    public required ulong Minutes { get; init; }

    public required ulong Hours { get; init; }

    public required ulong Months { get; init; }

    /// <summary>Days of the month by number; looked at when <see cref="RunsByDate"/>.</summary>
    public ulong Dates { get; init; }

    /// <summary>The last day of the month, <c>L</c>, besides <see cref="Dates"/>.</summary>
    public bool LastDay { get; init; }

    /// <summary>Days of the week, bit 0 being Sunday; looked at when <see cref="RunsByWeekday"/> and there are no <see cref="Ordinals"/>.</summary>
    public ulong Weekdays { get; init; }

    /// <summary>The first to fifth and last weekdays of the month, seven bits each; 0 when there are none.</summary>
    public ulong Ordinals { get; init; }

    public bool RunsByDate { get; init; }

    public bool RunsByWeekday { get; init; }

    /// <summary>
    /// croniter 1.3.0 to 6.0.0 looks for the 29th to 31st in a month too short for it and ends up as many days into the next one:
    /// past an <c>L</c> of the short month, and past the first days of the next. <c>*/10</c> so misses 1 March.
    /// </summary>
    public bool Overruns { get; init; }

    /// <summary>croniter 1.3.5 refuses the pattern, which newer versions take.</summary>
    public bool IsRefusedAt135 { get; init; }

    /// <summary>croniter 1.3.5 takes the pattern and finds no time for it; newer versions do.</summary>
    public bool IsNeverAt135 { get; init; }

    private bool RunsEveryDay => !RunsByDate && !RunsByWeekday && Months == CronField.Month.All;

    /// <summary>The first time after <paramref name="ticks"/> (UTC), as ticks; -1 when there is none up to the end of the year 9999.</summary>
    public long Next(long ticks)
    {
        long earliest = HasSeconds
            ? (ticks / TimeSpan.TicksPerSecond) + 1
            : ((ticks / TimeSpan.TicksPerMinute) + 1) * 60;

        // Restricted in both day fields, a pattern is the union of two, each searched by itself.
        long next = RunsByDate && RunsByWeekday
            ? Math.Min(Search(earliest, byWeekday: false), Search(earliest, byWeekday: true))
            : Search(earliest, RunsByWeekday);
        return next > LastSecond ? -1 : next * TimeSpan.TicksPerSecond;
    }

    private long Search(long earliest, bool byWeekday)
    {
        int today = (int)(earliest / SecondsPerDay);
        int second = NextSecond((int)(earliest - ((long)today * SecondsPerDay)));

        // A search that overruns sets out from today even when today is over, since that decides where it lands.
        int day = NextDay(second == Never && !Overruns ? today + 1 : today, byWeekday);
        if (day == today && second == Never)
            day = NextDay(today + 1, byWeekday);
        return ((long)day * SecondsPerDay) + (day == today ? second : FirstSecond);
    }

    private int FirstSecond => (Bits.Lowest(Hours) * 3600) + (Bits.Lowest(Minutes) * 60) + Bits.Lowest(Seconds);

    // Each unit is first tried as it is, then moved on with all below it set back to their first.
    private int NextSecond(int earliest)
    {
        int hour = (int)((uint)earliest / 3600);
        int minute = (int)((uint)earliest / 60) - (hour * 60);
        int second = earliest - (hour * 3600) - (minute * 60);

        if (Bits.Has(Hours, hour))
        {
            ulong seconds = Bits.Has(Minutes, minute) ? Seconds >> second : 0;
            if (seconds != 0)
                return earliest + Bits.Lowest(seconds);

            ulong minutes = Minutes >> minute >> 1;
            if (minutes != 0)
                return (hour * 3600) + ((minute + 1 + Bits.Lowest(minutes)) * 60) + Bits.Lowest(Seconds);
        }

        ulong hours = Hours >> hour >> 1;
        return hours == 0
            ? Never
            : ((hour + 1 + Bits.Lowest(hours)) * 3600) + (Bits.Lowest(Minutes) * 60) + Bits.Lowest(Seconds);
    }

    private int NextDay(int earliest, bool byWeekday)
    {
        if (RunsEveryDay)
            return earliest;
        if (earliest > LastDayNumber)
            return Never;

        (int year, int month, int day) = CivilCalendar.Date(earliest);
        while (year <= CivilCalendar.LastYear)
        {
            if (Bits.Has(Months, month))
            {
                int length = CivilCalendar.DaysIn(year, month);
                ulong days = byWeekday ? DaysByWeekday(year, month, length) : DaysByDate(day, length);
                days = days >> day << day;
                int found = days == 0 ? Never : Bits.Lowest(days);
                if (found <= length)
                    return CivilCalendar.DayNumber(year, month, found);

                day = Overruns && found != Never ? found - length : 1;
                month++;
            }
            else
            {
                day = 1;
                month += Bits.Lowest(Months >> month | 1UL << (CronField.Month.Max + 1 - month));
            }

            if (month > CronField.Month.Max)
            {
                month = 1;
                year++;
            }
        }

        return Never;
    }

    private ulong DaysByDate(int from, int length)
    {
        if (!RunsByDate)
            return CronField.DayOfMonth.All;

        // What overruns never gets to see the last day, unless it starts there or has nothing else to look for.
        bool seesLastDay = LastDay && (!Overruns || from == length || Dates >> from == 0);
        return seesLastDay ? Dates | 1UL << length : Dates;
    }

    private ulong DaysByWeekday(int year, int month, int length)
    {
        int first = CivilCalendar.Weekday(CivilCalendar.DayNumber(year, month, 1));
        ulong days = Ordinals == 0 ? EachWeek(Weekdays, first) : 0;
        for (ulong rest = Ordinals, week = 1; rest != 0; rest >>= DaysPerWeek, week++)
        {
            int begins = (int)week == LastOrdinal ? length - DaysPerWeek : ((int)week - 1) * DaysPerWeek;
            days |= EachWeek(rest & CronField.DayOfWeek.All, first) & (CronField.DayOfWeek.All << (begins + 1));
        }

        return days & (((1UL << length) - 1) << 1);
    }

    // The weekdays written six times in a row, begun at the month's first day, which is bit 1.
    private static ulong EachWeek(ulong weekdays, int first) =>
        weekdays * 0b1_0000001_0000001_0000001_0000001_0000001 >> first << 1;
}
