using System.Text.RegularExpressions;

namespace TroveSchedules.Cron;

/// <summary>Syntax of other schedulers that Mistral does not accept, or only in some versions, and what to write instead.</summary>
internal static class ForeignSyntax
{
    private const RegexOptions AnyCase = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    private static readonly Regex Made = new(@"^[HR](\(.*|/.*)?$", AnyCase);
    private static readonly Regex NearestWeekday = new("^(L?W|[0-9]+W|W[0-9]+)$", AnyCase);
    private static readonly Regex FromEndOfMonth = new("^L.+$", AnyCase);
    private static readonly Regex LastWeekday = new("^(?:(?<day>[0-7]|[A-Z]{3})L|L(?<day>[A-Z]{3}))$", AnyCase);

    /// <summary>Why the text is refused and what to write instead; null if it is not a known syntax of another scheduler.</summary>
    public static (string Reason, string Action)? Refuse(CronField field, string text)
    {
        if (text.IndexOf('?') >= 0)
            return ($"'{text}' is another scheduler's sign for a field that does not matter, and most versions of Mistral refuse it", "Use '*'.");
        if (Made.IsMatch(text))
            return ($"'{text}' leaves the value to the server, which refuses it or takes another one at every evaluation", "Choose a number.");
        if (field.ShortNameOf(text) is string name)
            return ($"'{text}' is not a name that Mistral knows: names have three letters", $"Use {name}.");
        if (field == CronField.DayOfMonth)
            return RefuseDay(text);
        return field.IsDayOfWeek ? RefuseWeekday(field, text) : null;
    }

    private static (string Reason, string Action)? RefuseDay(string text)
    {
        if (NearestWeekday.IsMatch(text))
            return ($"'{text}' asks for the weekday nearest to a day, which most versions of Mistral refuse", "There is no equivalent: choose a day, or write '*' here and mon-fri in day-of-week.");
        if (FromEndOfMonth.IsMatch(text))
            return ($"'{text}' counts from the end of the month, which Mistral cannot", "Use L, the last day of the month, by itself.");
        return null;
    }

    private static (string Reason, string Action)? RefuseWeekday(CronField field, string text)
    {
        if (text is "L" or "l")
            return ("'L' does not say which weekday", "Use L5 for the last Friday of the month, sat for every Saturday.");

        string weekday = LastWeekday.Match(text).Groups["day"].Value;
        int? number = weekday.Length == 1 ? weekday[0] - '0' : field.Named(weekday);
        return number is int day
            ? ($"'{text}' is not how Mistral writes the last weekday of a month", $"Use L{day}.")
            : null;
    }
}
