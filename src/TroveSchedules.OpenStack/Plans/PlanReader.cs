using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using TroveSchedules.OpenStack.Keystone;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace TroveSchedules.OpenStack;

/// <summary>Reads a plan of schedules, and collects the errors of the whole file. JSON is valid YAML, so one reader handles both.</summary>
/// <param name="path">The file's path, for errors.</param>
internal sealed class PlanReader(string path)
{
    private const string ErrorId = "InvalidSchedulePlan";
    private const int MostErrors = 20;
    private const int LongestOwner = 255;

    private static readonly string[] PlanKeys = ["version", "owner", "schedules"];
    private static readonly string[] ScheduleKeys =
        ["instance", "name", "pattern", "allowSeconds", "firstExecutionTime", "remainingExecutions", "description", "incremental", "parentId", "suspended"];
    private static readonly string[] SuspensionKeys = ["reason", "until"];

    private static readonly Regex Zone = new("(Z|[+-][0-9]{2}:[0-9]{2})$", RegexOptions.CultureInvariant);
    private static readonly string[] TimeFormats = [.. from separator in new[] { "'T'", "' '" } from time in new[] { "HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF" } select $"yyyy-MM-dd{separator}{time}K"];

    private readonly List<(long Line, string Problem)> _errors = [];

    public SchedulePlan Read(byte[] contents)
    {
        YamlNode? root = Parse(contents);
        if (root is not YamlMappingNode)
            throw Invalid([(root?.Start.Line ?? 1, "the file must be a mapping with the keys version, owner and schedules")]);
        Dictionary<string, YamlNode> keys = Keys(root, PlanKeys, "a plan");
        ReadVersion(root, keys);
        string owner = ReadOwner(root, keys);
        List<PlannedSchedule> schedules = ReadSchedules(root, keys);
        foreach (IGrouping<(string, string), PlannedSchedule> same in schedules.GroupBy(schedule => (schedule.Instance, schedule.Name)).Where(same => same.Count() > 1))
            Add(same.Last().Line, $"the schedule {Quoted(same.Key.Item2)} of the instance {Quoted(same.Key.Item1)} is listed in line {same.First().Line}, too. Give each schedule of an instance its own name");
        return _errors.Count == 0 ? new SchedulePlan { Path = path, Owner = owner, Schedules = schedules } : throw Invalid(_errors);
    }

    /// <summary>The error for one or more problems of a plan.</summary>
    public TroveScheduleException Invalid(IReadOnlyCollection<(long Line, string Problem)> problems)
    {
        (long Line, string Problem)[] shown = [.. problems.OrderBy(problem => problem.Line).Take(MostErrors)];
        string text = problems.Count == 1
            ? $"In the file '{path}', line {shown[0].Line}: {Sentence(shown[0].Problem)}"
            : $"The file '{path}' has {problems.Count} errors.{string.Concat(shown.Select(problem => $" Line {problem.Line}: {Sentence(problem.Problem)}"))}{(problems.Count > MostErrors ? $" The other {problems.Count - MostErrors} are not shown." : "")}";
        return new TroveScheduleException(TroveErrorKind.Invalid, TerminalText.SanitizeLine(text)) { ErrorId = ErrorId, Target = path };
    }

    private YamlNode? Parse(byte[] contents)
    {
        PlainYaml? parser = null;
        try
        {
            parser = new PlainYaml(path, contents, ErrorId, allowsAnchors: false);
            var yaml = new YamlStream();
            yaml.Load(parser);
            return yaml.Documents.FirstOrDefault()?.RootNode;
        }
        catch (Exception e) when (e is YamlException or InvalidOperationException)
        {
            long line = e is YamlException { Start: { Index: > 0 } start } ? start.Line : parser?.Current?.Start.Line ?? 1;
            throw Invalid([(line, e is YamlException duplicate && e.Message.StartsWith("Duplicate key", StringComparison.Ordinal)
                ? $"{(parser!.KeyAt(duplicate.Start) is { } name ? $"the key {Quoted(name)}" : "a key")} appears twice in one mapping. Keep one"
                : "this is not valid YAML or JSON, here or in a line beside it. Quote values that begin with *, @ or another sign, such as '*/5 * * * *'")]);
        }
    }

    private void ReadVersion(YamlNode root, Dictionary<string, YamlNode> keys)
    {
        if (Present(keys, "version") is not { } node)
            Add(root.Start.Line, $"'version' is missing. Write version: {SchedulePlan.CurrentVersion}");
        else if (Number(node, "version") is { } version && version != SchedulePlan.CurrentVersion)
            Add(node.Start.Line, $"the version {version} is not known. This module reads version {SchedulePlan.CurrentVersion}");
    }

    private string ReadOwner(YamlNode root, Dictionary<string, YamlNode> keys)
    {
        if (Present(keys, "owner") is not { } node)
        {
            Add(root.Start.Line, "'owner' is missing. Write who owns the schedules, such as owner: dba-team");
            return "";
        }
        string owner = Text(node, "owner") ?? "";
        if (CheckOwner(owner) is { } problem)
            Add(node.Start.Line, problem);
        return owner;
    }

    /// <summary>What is wrong with an owner; null for a valid one.</summary>
    public static string? CheckOwner(string owner) =>
        owner.Trim().Length == 0 ? "the owner is empty. Write who owns the schedules, such as owner: dba-team"
        : owner.Length > LongestOwner ? $"the owner {Quoted(owner)} has {owner.Length} characters. At most {LongestOwner} are allowed"
        : owner.Any(TerminalText.IsUnsafe) || !Http.ResourceId.HasNoLoneSurrogate(owner) ? $"the owner {Quoted(owner)} has a control character. Use one line of text"
        : null;

    private List<PlannedSchedule> ReadSchedules(YamlNode root, Dictionary<string, YamlNode> keys)
    {
        if (!keys.TryGetValue("schedules", out YamlNode? node))
            Add(root.Start.Line, "'schedules' is missing. Write a list, or schedules: [] for none");
        else if (node is not YamlSequenceNode list)
            Add(node.Start.Line, "'schedules' must be a list. Write schedules: [] for none");
        else
            return [.. list.Select(ReadSchedule).OfType<PlannedSchedule>()];
        return [];
    }

    private PlannedSchedule? ReadSchedule(YamlNode node)
    {
        int before = _errors.Count;
        if (node is not YamlMappingNode)
        {
            Add(node.Start.Line, $"a schedule must be a mapping with the keys {string.Join(", ", ScheduleKeys)}");
            return null;
        }
        Dictionary<string, YamlNode> keys = Keys(node, ScheduleKeys, "a schedule");
        string? instance = Required("instance"), name = Required("name");
        NewSuspension? suspension = null;
        bool isSuspended = Present(keys, "suspended") is { } suspended && ReadSuspension(suspended, out suspension);
        var schedule = new PlannedSchedule
        {
            Instance = instance ?? "",
            Name = name ?? "",
            Pattern = Optional("pattern", Text),
            AllowSeconds = Optional("allowSeconds", Flag) ?? false,
            FirstExecutionTime = Optional("firstExecutionTime", Time),
            RemainingExecutions = Optional("remainingExecutions", Number),
            Description = Optional("description", Text),
            Incremental = Optional("incremental", Flag) ?? false,
            ParentId = Optional("parentId", Text),
            Suspended = isSuspended,
            Suspension = suspension,
            Line = node.Start.Line,
        };
        if (_errors.Count == before && schedule is { Pattern: null, FirstExecutionTime: null })
            Add(node.Start.Line, "the schedule has neither 'pattern' nor 'firstExecutionTime'. Add one of them");
        if (_errors.Count == before)
            CheckValues(schedule, key => keys.TryGetValue(key, out YamlNode? value) ? value.Start.Line : node.Start.Line);
        return _errors.Count == before ? schedule : null;

        string? Required(string key)
        {
            if (Present(keys, key) is not { } value)
                Add(node.Start.Line, $"the schedule has no '{key}'. Add it");
            else if (Text(value, key) is { } text && (text.Length > 0 || key == "name"))
                return text;
            else if (value is YamlScalarNode)
                Add(value.Start.Line, $"'{key}' is empty. Give the name or the id of an instance, or a name with wildcards");
            return null;
        }

        T? Optional<T>(string key, Func<YamlNode, string, T?> read) => Present(keys, key) is { } value ? read(value, key) : default;
    }

    // Checks again without the wrong value, until all errors are found.
    private void CheckValues(PlannedSchedule schedule, Func<string, long> lineOf)
    {
        ScheduleRequest request = ScheduleSync.RequestOf(schedule);
        for (int i = 0; i < ScheduleKeys.Length; i++)
        {
            try
            {
                ScheduleRules.Check(request, DateTimeOffset.MinValue);
                return;
            }
            catch (TroveScheduleException e)
            {
                (string key, request) = e.ErrorId switch
                {
                    "InvalidName" => ("name", request with { Name = "name" }),
                    "InvalidDescription" => ("description", request with { Description = null }),
                    "InvalidParent" => ("parentId", request with { ParentId = null }),
                    "InvalidRemainingExecutions" => ("remainingExecutions", request with { RemainingExecutions = null }),
                    "InvalidFirstExecutionTime" => ("firstExecutionTime", request with { FirstExecutionTime = null, Pattern = request.Pattern ?? "@daily" }),
                    _ => ("pattern", request with { Pattern = "@daily" }),
                };
                Add(lineOf(key), $"{e.Message.TrimEnd('.')}{(key == "pattern" && e.Message.Contains("seconds") ? ". If you mean seconds, add allowSeconds: true" : "")}");
            }
        }
    }

    private bool ReadSuspension(YamlNode node, out NewSuspension? suspension)
    {
        suspension = null;
        if (node is not YamlMappingNode)
            return Flag(node, "suspended") ?? false;
        Dictionary<string, YamlNode> keys = Keys(node, SuspensionKeys, "a suspension");
        suspension = new NewSuspension
        {
            Reason = Present(keys, "reason") is { } reason ? Text(reason, "reason") : null,
            Until = Present(keys, "until") is { } until ? Time(until, "until") : null,
            MayBeOverdue = true,
        };
        return true;
    }

    private Dictionary<string, YamlNode> Keys(YamlNode node, string[] known, string what)
    {
        var keys = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        foreach (KeyValuePair<YamlNode, YamlNode> entry in ((YamlMappingNode)node).Children)
        {
            if (entry.Key is not YamlScalarNode { Value: { } key })
                Add(entry.Key.Start.Line, "a key must be a single value");
            else if (known.Contains(key))
                keys[key] = entry.Value;
            else
                Add(entry.Key.Start.Line, $"{Quoted(key)} is not a key of {what}. {(Nearest(key) is { } nearest ? $"Did you mean '{nearest}'?" : $"The keys are {string.Join(", ", known)}")}");
        }
        return keys;

        string? Nearest(string key) => KnownSettings.Nearest(key, known.Select(each => each.ToLowerInvariant())) is { } lower ? known.First(each => each.ToLowerInvariant() == lower) : null;
    }

    private static string Sentence(string problem) => problem.EndsWith("?", StringComparison.Ordinal) ? problem : problem + ".";

    private static YamlNode? Present(Dictionary<string, YamlNode> keys, string key) => keys.TryGetValue(key, out YamlNode? node) && !PlainYaml.IsNull(node) ? node : null;

    private string? Text(YamlNode node, string key)
    {
        if (node is YamlScalarNode scalar)
            return scalar.Value ?? "";
        Add(node.Start.Line, $"'{key}' must be text. Write one value, in quotes if it contains : or #");
        return null;
    }

    private int? Number(YamlNode node, string key)
    {
        if (node is YamlScalarNode { Style: ScalarStyle.Plain, Value: { } text } && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
            return number;
        Add(node.Start.Line, $"'{key}' must be a whole number{Shown(node)}");
        return null;
    }

    private bool? Flag(YamlNode node, string key)
    {
        if (node is YamlScalarNode { Style: ScalarStyle.Plain, Value: { } text } && bool.TryParse(text, out bool flag))
            return flag;
        Add(node.Start.Line, $"'{key}' must be true or false{(key == "suspended" ? ", or a mapping with the keys reason and until" : "")}{Shown(node)}");
        return null;
    }

    private DateTimeOffset? Time(YamlNode node, string key)
    {
        // The clock of a machine has a zone, but a file is read on many machines.
        if (node is YamlScalarNode { Value: { } text } && Zone.IsMatch(text)
            && DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
        {
            return new DateTimeOffset(time.UtcTicks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
        }
        Add(node.Start.Line, $"'{key}' must be a time in ISO 8601 with its zone, such as 2030-01-07T03:00:00Z{Shown(node)}");
        return null;
    }

    private static string Shown(YamlNode node) => node is YamlScalarNode { Value: { } text } ? $", not {Quoted(text)}" : "";

    private static string Quoted(string text) => ShownText.Quoted(text);

    private void Add(long line, string problem) => _errors.Add((line, problem));
}
