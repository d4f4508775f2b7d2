using System.Text.RegularExpressions;

namespace TroveSchedules.Cron;

/// <summary>Syntax of other schedulers that Mistral does not accept, or only in some versions, and what to write instead.</summary>
internal static class ForeignSyntax
{
    // The field is null for a rule that applies to all fields.
    private static readonly (CronField? Field, Regex Syntax, string Reason, string Action)[] Rules =
    [
        (null, AnyCase(@"\?"), "is another scheduler's sign for a field that does not matter, and most versions of Mistral refuse it", "Use '*'."),
        (null, AnyCase(@"^[HR](\(.*|/.*)?$"), "leaves the value to the server, which refuses it or takes another one at every evaluation", "Choose a number."),
        (CronField.DayOfMonth, AnyCase("^(L?W|[0-9]+W|W[0-9]+)$"), "asks for the weekday nearest to a day, which most versions of Mistral refuse",
            "There is no equivalent: choose a day, or write '*' here and mon-fri in day-of-week."),
        (CronField.DayOfMonth, AnyCase("^L.+$"), "counts from the end of the month, which Mistral cannot", "Use L, the last day of the month, by itself."),
    ];

    private static readonly Regex LastWeekday = AnyCase("^(?:(?<day>[0-7]|[A-Z]{3})L|L(?<day>[A-Z]{3}))$");

    /// <summary>Why the text is refused and what to write instead; null if it is not a known syntax of another scheduler.</summary>
    public static (string Reason, string Action)? Recognize(CronField field, string text)
    {
        foreach ((CronField? ruled, Regex syntax, string reason, string action) in Rules)
        {
            if ((ruled is null || ruled == field) && syntax.IsMatch(text))
                return ($"'{text}' {reason}", action);
        }

        if (field.ShortNameOf(text) is string name)
            return ($"'{text}' is not a name that Mistral knows: names have three letters", $"Use {name}.");
        if (!field.IsDayOfWeek)
            return null;
        if (text is "L" or "l")
            return ("'L' does not say which weekday", "Use L5 for the last Friday of the month, sat for every Saturday.");

        string weekday = LastWeekday.Match(text).Groups["day"].Value;
        int? number = weekday.Length == 1 ? weekday[0] - '0' : field.Named(weekday);
        return number is int day ? ($"'{text}' is not how Mistral writes the last weekday of a month", $"Use L{day}.") : null;
    }

    private static Regex AnyCase(string syntax) => new(syntax, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
}
