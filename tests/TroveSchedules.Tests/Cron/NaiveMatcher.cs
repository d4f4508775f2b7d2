using System;
using System.Linq;

namespace TroveSchedules.Tests.Cron;

/// <summary>
/// Tests whether a single time matches a pattern, directly from the text: no masks, no search, no code
/// shared with the product. It supports the grammar that all versions of croniter agree on.
/// </summary>
internal static class NaiveMatcher
{
    private static readonly string[] Weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    private static readonly string[] Months = ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    public static bool Matches(string pattern, DateTime time)
    {
        string[] fields = pattern.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        bool date = IsListed(fields[2], item => IsDate(item, time));
        bool weekday = IsListed(fields[4], item => IsWeekday(item, time));
        bool bothRestrict = !fields[2].Split(',').Contains("*") && !fields[4].Split(',').Contains("*");

        return IsListed(fields[0], item => IsIn(item, time.Minute, 0, 59))
            && IsListed(fields[1], item => IsIn(item, time.Hour, 0, 23))
            && IsListed(fields[3], item => IsIn(item, time.Month, 1, 12, Months))
            && (bothRestrict ? date || weekday : date && weekday)
            && (fields.Length == 6 ? IsListed(fields[5], item => IsIn(item, time.Second, 0, 59)) : time.Second == 0);
    }

    private static bool IsListed(string field, Func<string, bool> isItem) => field.Split(',').Any(isItem);

    private static bool IsDate(string item, DateTime time) => item == "l"
        ? time.AddDays(1).Day == 1
        : IsIn(item, time.Day, 1, 31);

    private static bool IsWeekday(string item, DateTime time)
    {
        int today = (int)time.DayOfWeek;
        if (item[0] == 'l')
            return int.Parse(item[1..]) % 7 == today && time.AddDays(7).Month != time.Month;
        if (item.Contains('#'))
            return Number(item.Split('#')[0], Weekdays) % 7 == today && (time.Day + 6) / 7 == int.Parse(item.Split('#')[1]);
        return IsIn(item, today, 0, 6, Weekdays) || (today == 0 && IsIn(item, 7, 0, 7, Weekdays));
    }

    private static bool IsIn(string item, int value, int min, int max, string[]? names = null)
    {
        string[] stepped = item.Split('/');
        string[] ends = stepped[0].Split('-');
        int low = ends[0] == "*" ? min : Number(ends[0], names);
        int high = ends.Length == 2 ? Number(ends[1], names) : ends[0] == "*" || stepped.Length == 2 ? max : low;
        if (high < low)
            high = 7; // fri-sun: the only range of this kind that all versions accept
        int step = stepped.Length == 2 ? int.Parse(stepped[1]) : 1;
        return value >= low && value <= high && (value - low) % step == 0;
    }

    private static int Number(string text, string[]? names) =>
        names is not null && Array.IndexOf(names, text) is >= 0 and int index ? index : int.Parse(text);
}
