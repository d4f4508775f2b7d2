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

        string minutes = ListsTimes(schedule) ? TimesOfDay(schedule) : MinutesAndHours(schedule);
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

    private static string MinutesAndHours(CronSchedule schedule)
    {
        bool everyHour = schedule.Hours == CronField.Hour.All;
        string eachHour = $"each of these hours: {Prose.List(schedule.Hours, hour => $"{hour:00}:00")} UTC";
        (int Low, int High, int Step)? hours = Bits.AsSpan(schedule.Hours);

        if (Rhythm(schedule.Minutes, CronField.Minute) is string rhythm)
            return rhythm + (everyHour ? "" : hours is (int from, int to, 1) ? $" from {from:00}:00 to {to:00}:59 UTC" : $" in {eachHour}");

        if (Bits.Count(schedule.Minutes) == 1 && !everyHour)
        {
            int minute = Bits.Lowest(schedule.Minutes);
            return hours is (int low, int high, int step)
                ? $"{Every(step, "hour")} from {low:00}:{minute:00} to {high:00}:{minute:00} UTC"
                : TimesOfDay(schedule);
        }

        if (schedule.Minutes == 1)
            return "Every hour, on the hour";
        return $"At {Counted(schedule.Minutes, "minute")} past {(everyHour ? "every hour" : eachHour)}";
    }

    /// <summary><c>Every 5 minutes</c>, if the interval also holds across the end of the hour; otherwise null.</summary>
    private static string? Rhythm(ulong mask, CronField field) =>
        Bits.AsSpan(mask) is (0, _, int step) && step * Bits.Count(mask) == field.Size ? Every(step, field.Name) : null;

    private static string Every(int step, string unit) => step == 1 ? $"Every {unit}" : $"Every {step} {unit}s";

    private static string Counted(ulong mask, string unit) => $"{CronField.Minute.InWords(mask)} {unit}{(mask == 2 ? "" : "s")}";

    private static string Days(CronSchedule schedule)
    {
        bool everyMonth = schedule.Months == CronField.Month.All;
        string months = CronField.Month.InWords(schedule.Months);
        string inMonths = everyMonth ? "" : $" in {months}";
        string ofMonths = everyMonth ? "of the month" : $"of {months}";

        if (schedule.Ordinals.Count > 0)
            return $" on the {Prose.Join(schedule.Ordinals.Select(Ordinal).ToList())} {ofMonths}";
        if (schedule.RunsByDate && !schedule.RunsByWeekday)
            return $" on {Dates(schedule)} {ofMonths}";
        if (!schedule.RunsByWeekday)
            return everyMonth && !ListsTimes(schedule) ? "" : $", every day{inMonths}";

        string weekdays = CronField.DayOfWeek.InWords(schedule.Weekdays);
        bool isRange = weekdays.Contains(" to "); // "every" would mislead before "Monday to Friday".
        return schedule.RunsByDate
            ? $" on {Dates(schedule)} of the month and also {(isRange ? "" : "on every ")}{weekdays}{(everyMonth ? "" : ",")}{inMonths}"
            : $", {(isRange ? "" : "every ")}{weekdays}{inMonths}";
    }

    private static string Dates(CronSchedule schedule)
    {
        if (Bits.Count(schedule.Dates) > MostTimesListed && Bits.AsSpan(schedule.Dates) is (int low, int high, > 1 and int step))
            return $"every {Prose.Ordinal(step)} day from the {Prose.Ordinal(low)} to the {Prose.Ordinal(high)}{(schedule.LastDay ? " and last day" : "")}";

        List<string> dates = Prose.Parts(schedule.Dates, Prose.Ordinal);
        if (schedule.LastDay)
            dates.Add("last day");
        return "the " + Prose.Join(dates);
    }

    private static string Ordinal((int Week, int Weekday) day) =>
        $"{(day.Week == CronSchedule.LastWeek ? "last" : Prose.Ordinal(day.Week))} {CronField.DayOfWeek.Word(day.Weekday)}";
}
