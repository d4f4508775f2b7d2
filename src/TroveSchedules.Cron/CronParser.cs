using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace TroveSchedules.Cron;

/// <summary>Parses a whole pattern. <see cref="CronFieldParser"/> parses each field.</summary>
internal sealed class CronParser(string? pattern, bool allowSeconds)
{
    /// <summary>The maximum length of a pattern: the width of the column in Mistral's database.</summary>
    private const int LongestPattern = 100;

    private const string FieldNames = "minute hour day-of-month month day-of-week";

    private static readonly Regex Column = new(@"\S+", RegexOptions.CultureInvariant);

    private static readonly Dictionary<string, string> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@hourly"] = "0 * * * *",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@weekly"] = "0 0 * * 0",
        ["@monthly"] = "0 0 1 * *",
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
    };

    private readonly List<string> _warnings = [];

    public CronPattern Parse()
    {
        List<(string Text, int Position)> columns = SplitFields(ExpandAlias());
        bool hasSeconds = columns.Count == CronField.SixFields.Count;
        List<CronFieldValues> fields = (hasSeconds ? CronField.SixFields : CronField.FiveFields)
            .Zip(columns, (field, column) => new CronFieldParser(field, pattern!, column.Position, _warnings).Parse(column.Text))
            .ToList();

        bool isRefusedByCroniter135 = fields.Exists(field => field.Croniter3 is null);
        if (isRefusedByCroniter135)
            fields = fields.ConvertAll(field => field with { Mask = field.Croniter6 });

        CronFieldValues dates = fields[2], months = fields[3], weekdays = fields[4];
        RefuseDatesWithOrdinals(dates, weekdays);
        WarnOfWeekBeyondSeven(dates, weekdays);
        bool everyDay = WarnOfFullList(dates, weekdays) && isRefusedByCroniter135;
        var shortMonths = new ShortMonths(dates, months.Values);
        bool runsByDate = dates.IsRestricted && !everyDay && DatesOccur(shortMonths, dates, months, weekdays);

        var schedule = new CronSchedule
        {
            HasSeconds = hasSeconds,
            Seconds = hasSeconds ? fields[5].Values : 1,
            Minutes = fields[0].Values,
            Hours = fields[1].Values,
            Months = months.Values,
            Dates = runsByDate ? dates.Values : CronField.DayOfMonth.All,
            LastDay = runsByDate && dates.HasLastDay,
            RunsByDate = runsByDate,
            SkipsAfterShortMonth = runsByDate && shortMonths.AreSkipped(_warnings),
            Weekdays = weekdays.Values,
            Ordinals = weekdays.Ordinals,
            RunsByWeekday = (weekdays.IsRestricted && !everyDay) || weekdays.Ordinals.Count > 0,
        };
        return new CronPattern(pattern!, schedule, _warnings.AsReadOnly())
        {
            IsRefusedByCroniter135 = isRefusedByCroniter135,
            NeverOccursInCroniter135 = dates.IsRestricted && shortMonths.HaveNone,
        };
    }

    private string ExpandAlias()
    {
        if (string.IsNullOrWhiteSpace(pattern))
            throw Refusal("it is empty", $"Give five fields, {FieldNames}: '0 3 * * *' is every day at 03:00 UTC.");

        string text = pattern!;
        if (text.Length > LongestPattern)
            throw Refusal($"it has {text.Length} characters, and Mistral stores at most {LongestPattern}", "Shorten it with ranges and steps, or make two schedules of it.");
        if (text.IndexOf("TZ=", StringComparison.OrdinalIgnoreCase) >= 0)
            throw Refusal("it names a time zone, and Mistral runs every pattern in UTC", "Leave the time zone out, and write the times in UTC.");
        if (!text.TrimStart().StartsWith("@", StringComparison.Ordinal))
            return text;
        if (Aliases.TryGetValue(text, out string? fields))
            return fields;

        string alias = text.Trim();
        throw Aliases.ContainsKey(alias)
            ? Refusal($"the alias {alias} has white space around it, which Mistral takes for a missing field", $"Write {alias} alone.")
            : Refusal(
                $"'{alias}' is not an alias that Mistral knows: those are {string.Join(", ", Aliases.Keys)}",
                alias.StartsWith("@every", StringComparison.OrdinalIgnoreCase)
                    ? "Write the interval as a step: '*/5 * * * *' is every 5 minutes."
                    : $"Choose a time, and write it as {FieldNames}.");
    }

    private List<(string Text, int Position)> SplitFields(string text)
    {
        List<(string Text, int Position)> columns = [.. Column.Matches(text).Cast<Match>().Select(column => (column.Value, column.Index + 1))];
        return columns.Count switch
        {
            5 => columns,
            6 when allowSeconds => columns,
            6 => throw Refusal(
                "it has six fields, and Mistral takes the sixth for seconds, so that '0 0 2 * * *' would run 60 times in a minute",
                $"Leave the seconds out ({FieldNames}), or allow them (AllowSeconds) and write them last."),
            > 6 => throw Refusal($"it has {columns.Count} fields, and Mistral takes five", $"Leave seconds and years out: {FieldNames}."),
            _ => throw Refusal($"it has {columns.Count} of the five fields {FieldNames}", "Write '*' for a field that does not matter."),
        };
    }

    private void RefuseDatesWithOrdinals(CronFieldValues dates, CronFieldValues weekdays)
    {
        if (dates.IsRestricted && weekdays.Ordinals.Count > 0)
        {
            throw Refusal(
                $"'{weekdays.Text}' stands beside the day-of-month '{dates.Text}', and Mistral makes of the two neither the days of either nor the days of both",
                "Write '*' in one of the two fields, or make two schedules.",
                weekdays);
        }
    }

    /// <summary>Warns that versions differ if one day field lists every day without a star and the other is restricted. Returns whether they do.</summary>
    private bool WarnOfFullList(CronFieldValues dates, CronFieldValues weekdays)
    {
        (CronFieldValues full, CronFieldValues other) = dates.IsFullWithoutStar ? (dates, weekdays) : (weekdays, dates);

        // Later versions look for a star in the other field's text, not in its meaning.
        if (!full.IsFullWithoutStar || !other.IsRestricted || weekdays.Ordinals.Count > 0 || other.Text.Contains('*'))
            return false;

        _warnings.Add(
            $"In {full.Field.Name}, '{full.Text}' lists every day without being '*': croniter 1.3.0 to 2.0.2 takes it for '*' and runs on the days of "
            + $"{other.Field.Name} '{other.Text}' alone; 2.0.4 to 6.2.4 runs every day. Write '*': here for the first, in both fields for the second.");
        return true;
    }

    /// <summary>In a pattern with seconds, early versions give <c>*/1</c> an eighth day, so it restricts the days as a star does not. Later versions look at the star in the other day field only.</summary>
    private void WarnOfWeekBeyondSeven(CronFieldValues dates, CronFieldValues weekdays)
    {
        if (Bits.Count(weekdays.Mask) > weekdays.Field.Size && weekdays.Croniter6 == weekdays.Field.All && dates.IsRestricted && dates.Text.Contains('*'))
        {
            _warnings.Add(
                $"In day-of-week, '{weekdays.Text}' lists every day without being '*': beside seconds, croniter {CroniterVersions.Croniter3} runs every day; "
                + $"{CroniterVersions.Croniter6} runs on the days of day-of-month '{dates.Text}' alone. Write '*': here for the second, in both fields for the first.");
        }
    }

    private bool DatesOccur(ShortMonths shortMonths, CronFieldValues dates, CronFieldValues months, CronFieldValues weekdays)
    {
        if (dates.HasLastDay || !shortMonths.HaveNone)
            return true;

        string never = $"'{dates.Text}' never comes in month '{months.Text}'";
        if (weekdays.HasStar)
            throw Refusal(never + ", and Mistral answers that with an internal error", "Choose a day that the month has; L is its last day.", dates, neverOccurs: true);

        _warnings.Add(
            $"In day-of-month, {never}: croniter 1.3.0 to 6.2.4 fails on that, and Mistral answers with an internal error; {CroniterVersions.CroniterDev} runs on the days of "
            + $"day-of-week '{weekdays.Text}' alone. Write '*' in day-of-month for that.");
        return false;
    }

    private CronPatternException Refusal(string reason, string action, CronFieldValues? at = null, bool neverOccurs = false) =>
        new(pattern, reason, action, at?.Field.Name, at?.Position) { NeverOccurs = neverOccurs };
}
