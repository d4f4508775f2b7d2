using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace TroveSchedules.OpenStack;

/// <summary>Writes a plan of schedules.</summary>
internal static class PlanWriter
{
    // Everything else is quoted, so that no reader of YAML takes it for a number, a time, a word such as yes, or syntax.
    private static readonly Regex Plain = new("^[A-Za-z][A-Za-z0-9_-]*$", RegexOptions.CultureInvariant);
    private static readonly Regex Word = new("^(true|false|yes|no|on|off|y|n|null)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    public static string ToYaml(SchedulePlan plan)
    {
        var yaml = new StringBuilder();
        Line($"version: {SchedulePlan.CurrentVersion}");
        Line($"owner: {Scalar(plan.Owner)}");
        Line(plan.Schedules.Count == 0 ? "schedules: []" : "schedules:");
        foreach (PlannedSchedule schedule in plan.Schedules)
        {
            string start = "  - ";
            foreach ((string key, object value) in Entries(schedule))
            {
                if (value is IEnumerable<(string Key, object Value)> inner)
                {
                    Line($"{start}{key}:");
                    foreach ((string innerKey, object innerValue) in inner)
                        Line($"      {innerKey}: {Scalar(innerValue)}");
                }
                else
                {
                    Line($"{start}{key}: {Scalar(value)}");
                }
                start = "    ";
            }
        }
        return yaml.ToString();

        void Line(string text) => yaml.Append(text).Append('\n');
    }

    public static string ToJson(SchedulePlan plan)
    {
        string schedules = string.Join(",\n", plan.Schedules.Select(schedule => "    " + Object(Entries(schedule), "    ")));
        return $"{{\n  \"version\": {SchedulePlan.CurrentVersion},\n  \"owner\": {Quoted(plan.Owner)},\n  \"schedules\": [{(schedules.Length == 0 ? "" : $"\n{schedules}\n  ")}]\n}}\n";

        static string Object(IEnumerable<(string Key, object Value)> entries, string indent) =>
            $"{{\n{string.Join(",\n", entries.Select(entry => $"{indent}  {Quoted(entry.Key)}: {(entry.Value is IEnumerable<(string, object)> inner ? Object(inner, indent + "  ") : entry.Value is string text ? Quoted(text) : Scalar(entry.Value))}"))}\n{indent}}}";
    }

    private static IEnumerable<(string Key, object Value)> Entries(PlannedSchedule schedule)
    {
        yield return ("instance", schedule.Instance);
        yield return ("name", schedule.Name);
        if (schedule.Pattern is { } pattern)
            yield return ("pattern", pattern);
        if (schedule.AllowSeconds)
            yield return ("allowSeconds", true);
        if (schedule.FirstExecutionTime is { } first)
            yield return ("firstExecutionTime", Time(first));
        if (schedule.RemainingExecutions is { } remaining)
            yield return ("remainingExecutions", remaining);
        if (schedule.Description is { } description)
            yield return ("description", description);
        if (schedule.Incremental)
            yield return ("incremental", true);
        if (schedule.ParentId is { } parent)
            yield return ("parentId", parent);
        if (schedule.Suspended)
            yield return ("suspended", schedule.Suspension is { } suspension && Suspension(suspension).Any() ? Suspension(suspension) : true);
    }

    private static IEnumerable<(string Key, object Value)> Suspension(NewSuspension suspension)
    {
        if (suspension.Reason is { } reason)
            yield return ("reason", reason);
        if (suspension.Until is { } until)
            yield return ("until", Time(until));
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Scalar(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        int number => number.ToString(CultureInfo.InvariantCulture),
        string text when Plain.IsMatch(text) && !Word.IsMatch(text) => text,
        _ => Quoted((string)value),
    };

    // Means the same in JSON and in YAML.
    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (TerminalText.IsUnsafe(c) || c is '\ufeff' or >= '\ufffe')
                quoted.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            else
                quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }
}
