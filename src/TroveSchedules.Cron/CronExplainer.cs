using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.Cron;

/// <summary>Describes a schedule in English. It uses the parsed values, not the text, so that an error of the parser becomes visible.</summary>
internal static class CronExplainer
{
    // A longer list of times of the day is described by its rule.
    private const int MostTimesListed = 6;

    public static string Explain(CronSchedule schedule) => Times(schedule) + Days(schedule);

    private static string Times(CronSchedule schedule)
    {
        bool runsAtOneSecond = Bits.Count(schedule.Seconds) == 1;
        if (ListsTimes(schedule) && runsAtOneSecond)
            return TimesOfDay(schedule, schedule.Seconds == 1 ? "" : $":{Bits.Lowest(schedule.Seconds):00}");

        string minutes = ListsTimes(schedule) ? TimesOfDay(schedule) : MinutesAndHours(schedule.Minutes, schedule.Hours);
        if (schedule.Seconds == 1)
            return minutes;

        string seconds = Rhythm(schedule.Seconds, CronField.Second) ?? $"At {Counted(schedule.Seconds, "second")} past the minute";
        bool runsEveryMinute = schedule.Minutes == CronField.Minute.All && schedule.Hours == CronField.Hour.All;
        return runsEveryMinute ? seconds : $"{seconds}, in these minutes: {char.ToLowerInvariant(minutes[0])}{minutes.Substring(1)}";
    }

    private static bool ListsTimes(CronSchedule schedule) =>
        Bits.Count(schedule.Minutes) * Bits.Count(schedule.Hours) <= MostTimesListed;

    private static string TimesOfDay(CronSchedule schedule, string seconds = "")
    {
        IEnumerable<string> times =
            from hour in Bits.Values(schedule.Hours)
            from minute in Bits.Values(schedule.Minutes)
            select $"{hour:00}:{minute:00}{seconds}";
        return $"At {Prose.Join(times.ToList())} UTC";
    }

    private static string MinutesAndHours(ulong minutes, ulong hours)
    {
        bool everyHour = hours == CronField.Hour.All;
        if (Rhythm(minutes, CronField.Minute) is string rhythm)
            return everyHour ? rhythm : $"{rhythm} {DuringHours(hours)}";

        if (Bits.Count(minutes) == 1 && !everyHour)
            return OnceInHours(Bits.Lowest(minutes), hours);

        if (minutes == 1)
            return "Every hour, on the hour";
        return $"At {Counted(minutes, "minute")} past {(everyHour ? "every hour" : EachOf(hours))}";
    }

    private static string OnceInHours(int minute, ulong hours)
    {
        List<int> values = Bits.Values(hours).ToList();
        int step = values[1] - values[0];
        return hours == Bits.Span(values[0], values[values.Count - 1], step)
            ? $"Every {(step == 1 ? "hour" : step + " hours")} from {values[0]:00}:{minute:00} to {values[values.Count - 1]:00}:{minute:00} UTC"
            : $"At {Prose.Join(values.ConvertAll(hour => $"{hour:00}:{minute:00}"))} UTC";
    }

    private static string DuringHours(ulong hours)
    {
        (int first, int last) = Prose.FirstRun(hours);
        return hours == Bits.Span(first, last) ? $"from {first:00}:00 to {last:00}:59 UTC" : $"in {EachOf(hours)}";
    }

    private static string EachOf(ulong hours) => $"each of these hours: {Prose.List(hours, hour => $"{hour:00}:00")} UTC";

    /// <summary><c>Every 5 minutes</c>, if the interval also holds across the end of the hour; otherwise null.</summary>
    private static string? Rhythm(ulong mask, CronField field)
    {
        if (mask == field.All)
            return $"Every {field.Name}";

        int step = field.Size / Bits.Count(mask);
        return step < field.Size && mask == Bits.Span(0, field.Max, step) && field.Size % step == 0 ? $"Every {step} {field.Name}s" : null;
    }

    private static string Counted(ulong mask, string unit) => $"{CronField.Minute.InWords(mask)} {unit}{(mask == 2 ? "" : "s")}";

    private static string Days(CronSchedule schedule)
    {
        bool everyMonth = schedule.Months == CronField.Month.All;
        string months = CronField.Month.InWords(schedule.Months);
        string inMonths = everyMonth ? "" : $" in {months}";
        string ofMonths = everyMonth ? "of the month" : $"of {months}";

        if (schedule.RunsByDate && schedule.RunsByWeekday)
            return $" on {Dates(schedule)} of the month and also{(IsRange(schedule.Weekdays) ? " " : " on ")}{Weekdays(schedule.Weekdays)}{(everyMonth ? "" : ",")}{inMonths}";
        if (schedule.RunsByDate)
            return $" on {Dates(schedule)} {ofMonths}";
        if (schedule.Ordinals != 0)
            return $" on the {Ordinals(schedule.Ordinals)} {ofMonths}";
        if (schedule.RunsByWeekday)
            return $", {Weekdays(schedule.Weekdays)}{inMonths}";
        return everyMonth && !ListsTimes(schedule) ? "" : $", every day{inMonths}";
    }

    private static string Dates(CronSchedule schedule)
    {
        List<int> days = Bits.Values(schedule.Dates).ToList();
        int step = days.Count < 2 ? 0 : days[1] - days[0];
        bool isStepped = step > 1 && days.Count > MostTimesListed && schedule.Dates == Bits.Span(days[0], days[days.Count - 1], step);
        List<string> dates = isStepped
            ? [$"every {Prose.Ordinal(step)} day from the {Prose.Ordinal(days[0])} to the {Prose.Ordinal(days[days.Count - 1])}"]
            : Prose.Parts(schedule.Dates, Prose.Ordinal);
        if (schedule.LastDay)
            dates.Add("last day");
        return (isStepped ? "" : "the ") + Prose.Join(dates);
    }

    private static string Ordinals(ulong ordinals) => Prose.Join(
        (from bit in Bits.Values(ordinals)
         let week = (bit / 7) + 1
         select $"{(week == CronSchedule.LastOrdinal ? "last" : Prose.Ordinal(week))} {CronField.DayOfWeek.Word(bit % 7)}").ToList());

    private static string Weekdays(ulong weekdays) => (IsRange(weekdays) ? "" : "every ") + CronField.DayOfWeek.InWords(weekdays);

    // "Monday to Friday", before which "every" would mislead.
    private static bool IsRange(ulong weekdays) => CronField.DayOfWeek.InWords(weekdays).Contains(" to ");
}
