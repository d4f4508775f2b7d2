using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Json.Schema;
using TroveSchedules.OpenStack;
using TroveSchedules.Tests.Contract;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace TroveSchedules.Tests.Operations;

/// <summary>The file of a plan, and the comparison with schedules.</summary>
public sealed class SchedulePlanTests
{
    private const string Complete = """
        # The night of the shop.
        version: 1
        owner: dba-team
        schedules:
          - instance: orders-*
            name: nightly
            pattern: "0 3 * * *"
            description: 'Full: every night'
            remainingExecutions: 10
            firstExecutionTime: 2031-01-07T03:00:00+01:00
            incremental: true
          - instance: 20000000-0000-4000-8000-000000000001
            name: hourly
            pattern: 0 * * * *
            parentId: 11111111-1111-4111-8111-111111111111
            suspended: { reason: "#12: migration", until: 2031-01-01T00:00Z }
          - { instance: m, name: once, firstExecutionTime: "2031-01-07 03:00Z", suspended: true, description: null }
          - { instance: m, name: seconds, pattern: '0 3 1 1 * 30', allowSeconds: true, suspended: false }
        """;

    private static SchedulePlan Parse(string text) => SchedulePlan.Parse(Encoding.UTF8.GetBytes(text), "/plans/plan.yaml");

    private static string Refusal(string text)
    {
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => Parse(text));
        Assert.Equal(("InvalidSchedulePlan", TroveErrorKind.Invalid), (error.ErrorId, error.Kind));
        Assert.Contains("/plans/plan.yaml", error.Message);
        return error.Message;
    }

    private static string With(string schedule) => $"version: 1\nowner: o\nschedules:\n- {schedule}\n";

    [Fact]
    public void A_plan_is_read_with_all_its_values()
    {
        SchedulePlan plan = Parse(Complete);
        Assert.Equal(("dba-team", "/plans/plan.yaml"), (plan.Owner, plan.Path));
        DateTimeOffset first = new(2031, 1, 7, 2, 0, 0, TimeSpan.Zero);
        Assert.Equal(
        [
            new PlannedSchedule { Instance = "orders-*", Name = "nightly", Pattern = "0 3 * * *", Description = "Full: every night", RemainingExecutions = 10, FirstExecutionTime = first, Incremental = true, Line = 5 },
            new PlannedSchedule
            {
                Instance = "20000000-0000-4000-8000-000000000001", Name = "hourly", Pattern = "0 * * * *", ParentId = "11111111-1111-4111-8111-111111111111", Line = 12,
                Suspended = true, Suspension = new NewSuspension { Reason = "#12: migration", Until = new(2031, 1, 1, 0, 0, 0, TimeSpan.Zero), MayBeOverdue = true },
            },
            new PlannedSchedule { Instance = "m", Name = "once", FirstExecutionTime = first.AddHours(1), Suspended = true, Line = 17 },
            new PlannedSchedule { Instance = "m", Name = "seconds", Pattern = "0 3 1 1 * 30", AllowSeconds = true, Line = 18 },
        ], plan.Schedules);
        Assert.Empty(Parse("version: 1\nowner: o\nschedules: []").Schedules);
    }

    [Fact]
    public void Json_is_read_in_every_layout()
    {
        const string Json = """{"version":1,"owner":"o","schedules":[{"instance":"m","name":"a\u00e9\ud83d\ude00\/","pattern":"0 3 * * *","description":null,"suspended":{"reason":"r"}}]}""";
        PlannedSchedule expected = new() { Instance = "m", Name = "a\u00e9\ud83d\ude00/", Pattern = "0 3 * * *", Suspended = true, Suspension = new NewSuspension { Reason = "r", MayBeOverdue = true } };
        string indented = JsonNode.Parse(Json)!.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
        foreach (string text in new[] { Json, indented, indented.Replace("  ", "\t"), indented.Replace("\n", "\r\n"), "\ufeff" + Json })
            Assert.Equal(expected, Assert.Single(Parse(text).Schedules) with { Line = 0 });
    }

    [Theory]
    [InlineData("", "line 1: the file must be a mapping with the keys version, owner and schedules")]
    [InlineData("[]", "line 1: the file must be a mapping")]
    [InlineData("owner: o\nschedules: []", "line 1: 'version' is missing. Write version: 1")]
    [InlineData("version: 2\nowner: o\nschedules: []", "line 1: the version 2 is not known. This module reads version 1")]
    [InlineData("version: '1'\nowner: o\nschedules: []", "line 1: 'version' must be a whole number, not '1'")]
    [InlineData("version: 1\nschedules: []", "line 1: 'owner' is missing")]
    [InlineData("version: 1\nowner: ' '\nschedules: []", "line 2: the owner is empty")]
    [InlineData("version: 1\nowner: \"a\\tb\"\nschedules: []", "line 2: the owner (not shown) has a control character")]
    [InlineData("version: 1\nowner: o", "line 1: 'schedules' is missing. Write a list, or schedules: [] for none")]
    [InlineData("version: 1\nowner: o\nschedules:", "line 3: 'schedules' must be a list")]
    [InlineData("version: 1\nowner: o\nschedule: []\nschedules: []", "line 3: 'schedule' is not a key of a plan. Did you mean 'schedules'?")]
    [InlineData("version: 1\nowner: o\nowner: p\nschedules: []", "line 3: the key 'owner' appears twice in one mapping. Keep one")]
    [InlineData("version: 1\nowner: o\nschedules: [\n", "this is not valid YAML or JSON, here or in a line beside it")]
    [InlineData("version: 1\nowner: !x o\nschedules: []", "line 2: a tag (!) is not known")]
    [InlineData("version: 1\nowner: &a o\nschedules: []", "line 2: anchors (&) and aliases (*) are not read")]
    [InlineData("version: 1\nowner: o\nschedules: []\n---\nversion: 1", "line 4: a second document begins")]
    public void A_file_that_is_no_plan_is_refused_with_its_line(string text, string expected) => Assert.Contains(expected, Refusal(text));

    [Theory]
    [InlineData("m", "a schedule must be a mapping")]
    [InlineData("{ name: n, pattern: '@daily' }", "the schedule has no 'instance'. Add it")]
    [InlineData("{ instance: '', name: n, pattern: '@daily' }", "'instance' is empty. Give the name or the id of an instance")]
    [InlineData("{ instance: m, pattern: '@daily' }", "the schedule has no 'name'. Add it")]
    [InlineData("{ instance: m, name: n }", "the schedule has neither 'pattern' nor 'firstExecutionTime'. Add one of them")]
    [InlineData("{ instance: m, name: n, patern: '@daily' }", "'patern' is not a key of a schedule. Did you mean 'pattern'?")]
    [InlineData("{ instance: m, name: n, cron: '@daily' }", "'cron' is not a key of a schedule. The keys are instance, name, pattern")]
    [InlineData("{ instance: m, name: n, FirstExecutiontime: 2031-01-01T00:00Z }", "Did you mean 'firstExecutionTime'?")]
    [InlineData("{ instance: m, name: n, pattern: '0 25 * * *' }", "25")]
    [InlineData("{ instance: m, name: n, pattern: '0 3 * * * 30' }", "allowSeconds: true")]
    [InlineData("{ instance: m, name: '---', pattern: '@daily' }", "no letter from A to Z and no digit")]
    [InlineData("{ instance: m, name: [a], pattern: '@daily' }", "'name' must be text")]
    [InlineData("{ instance: m, name: n, pattern: '@daily', incremental: yes }", "'incremental' must be true or false, not 'yes'")]
    [InlineData("{ instance: m, name: n, pattern: '@daily', incremental: true, parentId: 11111111-1111-4111-8111-111111111111 }", "Leave one of the two out")]
    [InlineData("{ instance: m, name: n, pattern: '@daily', parentId: p }", "'p' is not the id of a backup, which is a UUID")]
    [InlineData("{ instance: m, name: n, pattern: '@daily', remainingExecutions: 0 }", "the number of executions is 1 or more")]
    [InlineData("{ instance: m, name: n, pattern: '@daily', remainingExecutions: 1.5 }", "'remainingExecutions' must be a whole number, not '1.5'")]
    [InlineData("{ instance: m, name: n, firstExecutionTime: 2031-01-01T00:00Z, remainingExecutions: 2 }", "A schedule without a pattern runs once")]
    [InlineData("{ instance: m, name: n, firstExecutionTime: '2031-01-01 00:00' }", "'firstExecutionTime' must be a time in ISO 8601 with its zone, such as 2030-01-07T03:00:00Z, not '2031-01-01 00:00'")]
    [InlineData("{ instance: m, name: n, firstExecutionTime: 01/02/2031 }", "must be a time in ISO 8601")]
    [InlineData("{ instance: m, name: n, pattern: '@daily', suspended: maybe }", "'suspended' must be true or false, or a mapping with the keys reason and until, not 'maybe'")]
    [InlineData("{ instance: m, name: n, pattern: '@daily', suspended: { untl: x } }", "'untl' is not a key of a suspension. Did you mean 'until'?")]
    public void A_schedule_that_breaks_a_rule_is_refused_with_its_line(string schedule, string expected)
    {
        string message = Refusal(With(schedule));
        Assert.Contains("line 4: ", message);
        Assert.Contains(expected, message);
    }

    [Theory]
    [InlineData("*/5 * * * *")]
    [InlineData("@daily")]
    public void A_pattern_without_quotes_is_refused_with_advice(string pattern)
    {
        string message = Refusal($"version: 1\nowner: o\nschedules:\n- instance: m\n  name: n\n  pattern: {pattern}\n");
        Assert.Matches("line [67]", message);
        Assert.Contains("uote", message);
    }

    [Fact]
    public void All_errors_of_a_file_are_reported_at_once()
    {
        string message = Refusal("version: 1\nowner: o\nschedules:\n- { instance: m, name: '-', pattern: 'x', description: '-' }\n- { instance: m }\n- { instance: a, name: b, pattern: '@daily' }\n- { instance: a, name: b, pattern: '@hourly' }\n");
        Assert.Contains("has 5 errors. Line 4: ", message);
        Assert.Contains("The name '-'", message);
        Assert.Contains("The description '-'", message);
        Assert.Contains("Line 5: the schedule has no 'name'", message);
        Assert.Contains("Line 7: the schedule 'b' of the instance 'a' is listed in line 6, too", message);
        string many = Refusal("version: 1\nowner: o\nschedules:\n" + string.Concat(Enumerable.Repeat("- 1\n", 50)));
        Assert.Contains("has 50 errors.", many);
        Assert.Contains("Line 23: ", many);
        Assert.DoesNotContain("Line 24: ", many);
        Assert.Contains("The other 30 are not shown.", many);
    }

    [Fact]
    public void Deep_nesting_and_bytes_that_are_not_text_are_refused()
    {
        Assert.Contains("not valid YAML", Refusal("version: " + new string('[', 5000)));
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => SchedulePlan.Parse([0x76, 0xff, 0xfe], "p"));
        Assert.Equal("InvalidSchedulePlan", error.ErrorId);
    }

    /// <summary>The shipped schema, and the reader: what one accepts, the other accepts, except rules that a schema cannot express.</summary>
    [Fact]
    public void The_json_schema_accepts_plans_and_refuses_what_the_reader_refuses()
    {
        JsonSchema schema = JsonSchema.FromText(File.ReadAllText(Path.Combine(Root(), "schema", "SchedulePlan.schema.json")));
        Assert.True(IsValid(Complete));
        Assert.True(IsValid(Parse(Complete).ToYaml()));
        Assert.True(IsValid(Parse(Complete).ToJson()));
        Assert.True(IsValid("version: 1\nowner: o\nschedules: []"));
        foreach (string schedule in new[]
        {
            "m", "{ name: n, pattern: '@daily' }", "{ instance: '', name: n, pattern: '@daily' }", "{ instance: m, pattern: '@daily' }", "{ instance: m, name: n }", "{ instance: m, name: n, pattern: null }",
            "{ instance: m, name: n, patern: '@daily' }", "{ instance: m, name: '---', pattern: '@daily' }", "{ instance: m, name: [a], pattern: '@daily' }", "{ instance: m, name: n, pattern: '@daily', incremental: yes }",
            "{ instance: m, name: n, pattern: '@daily', incremental: true, parentId: 11111111-1111-4111-8111-111111111111 }", "{ instance: m, name: n, pattern: '@daily', parentId: p }",
            "{ instance: m, name: n, pattern: '@daily', remainingExecutions: 0 }", "{ instance: m, name: n, pattern: '@daily', remainingExecutions: 1.5 }", "{ instance: m, name: n, firstExecutionTime: '2031-01-01 00:00' }",
            "{ instance: m, name: n, pattern: '@daily', suspended: maybe }", "{ instance: m, name: n, pattern: '@daily', suspended: { untl: x } }",
        })
        {
            Assert.False(IsValid(With(schedule)), schedule);
            Refusal(With(schedule));
        }
        foreach (string text in new[] { "version: 2\nowner: o\nschedules: []", "version: 1\nowner: ' '\nschedules: []", "version: 1\nschedules: []", "version: 1\nowner: o", "version: 1\nowner: o\nextra: 1\nschedules: []" })
        {
            Assert.False(IsValid(text), text);
            Refusal(text);
        }

        bool IsValid(string yaml) => schema.Evaluate(JsonSerializer.SerializeToElement(ToJson(yaml))).IsValid;
    }

    [Fact]
    public void The_schema_names_every_key_that_the_reader_knows()
    {
        JsonNode schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Root(), "schema", "SchedulePlan.schema.json")))!;
        string keys = Refusal(With("{ instance: m, name: n, pattern: '@daily', xyzzyxyzzy: 1 }")).Split("The keys are ")[1].TrimEnd('.');
        Assert.Equal(keys.Split(", ").Order(), schema["$defs"]!["schedule"]!["properties"]!.AsObject().Select(property => property.Key).Order());
    }

    [Fact]
    public void A_wildcard_stands_for_each_instance_and_two_entries_for_one_schedule_are_refused()
    {
        SchedulePlan plan = Parse("version: 1\nowner: o\nschedules:\n- { instance: 'm*', name: a, pattern: '@daily' }\n- { instance: m2, name: a, pattern: '@hourly' }\n");
        Instance one = new() { Id = "20000000-0000-4000-8000-000000000001", Name = "m1" }, two = new() { Id = "20000000-0000-4000-8000-000000000002", Name = "m2" };
        SchedulePlanner planner = new(plan, ScheduleSyncMode.Own, DateTimeOffset.UtcNow, "p", "o");
        Assert.Equal(2, planner.Plan([(plan.Schedules[0], one), (plan.Schedules[0], two)], []).Select(step => step.Step.ScheduleId).Distinct().Count());
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => planner.Plan([(plan.Schedules[0], one), (plan.Schedules[0], two), (plan.Schedules[1], two)], []));
        Assert.Equal("InvalidSchedulePlan", error.ErrorId);
        Assert.Contains($"line 5: the schedule 'a' of the instance 'm2' ({two.Id}) is listed in the lines 4 and 5.", error.Message);
    }

    [Fact]
    public void The_only_time_of_a_schedule_that_has_passed_does_not_create_it_again()
    {
        SchedulePlan plan = Parse("version: 1\nowner: o\nschedules:\n- { instance: m, name: a, firstExecutionTime: 2020-01-01T00:00Z }\n");
        var warnings = new List<string>();
        Assert.Empty(new SchedulePlanner(plan, ScheduleSyncMode.Own, DateTimeOffset.UtcNow, "p", "o").Plan([(plan.Schedules[0], new Instance { Id = "i" })], [], warnings.Add));
        Assert.Contains("has passed, so it is not created", Assert.Single(warnings));
    }

    [Fact]
    public void Two_schedules_of_the_owner_with_one_instance_and_name_are_an_error_that_names_both()
    {
        SchedulePlan plan = Parse("version: 1\nowner: o\nschedules:\n- { instance: m, name: a, pattern: '@daily' }\n");
        BackupSchedule[] two = [.. new[] { "one", "two" }.Select(id => new BackupSchedule { Id = id, TriggerId = id, Input = "{}", InstanceId = "i", Name = "a", Owner = "o" })];
        PlannedStep step = Assert.Single(new SchedulePlanner(plan, ScheduleSyncMode.Own, DateTimeOffset.UtcNow, "p", "o")
            .Plan([(plan.Schedules[0], new Instance { Id = "i" })], [.. two.Select(schedule => (schedule, new ScheduleMetadata { Owner = "o" }))]));
        Assert.Equal("DuplicateSchedule", step.Error!.ErrorId);
        Assert.Contains("'one' and 'two'", step.Error.Message);
    }

    [Fact]
    public async Task A_thousand_schedules_are_planned_and_applied_and_the_second_run_changes_nothing()
    {
        var cloud = new SandboxUnderTest();
        var faults = new FaultHandler(cloud.CreateHandler());
        using CloudSession session = await CloudSession.ConnectAsync(cloud.As("demo"), cloud.Cloud.Clock, () => faults);
        await session.Workbook.InstallAsync(await session.Workbook.PrepareAsync(null));
        IReadOnlyList<Instance> instances = await session.CreateLookup().AllInstancesAsync();
        var yaml = new StringBuilder("version: 1\nowner: thousand\nschedules:\n");
        foreach (Instance instance in instances.Take(40))
        {
            for (int i = 0; i < 25; i++)
                yaml.Append($"- {{ instance: {instance.Id}, name: n{i}, pattern: '{i} 3 1 1 *' }}\n");
        }
        Assert.Equal([(ScheduleSyncAction.Create, 1000)], await RunAsync());
        int before = faults.Requests.Count;
        Assert.Equal([(ScheduleSyncAction.Keep, 1000)], await RunAsync());
        string[] requests = [.. faults.Requests.Skip(before)];
        Assert.All(requests, request => Assert.StartsWith("GET ", request));
        Assert.InRange(requests.Count(request => request.Contains("/cron_triggers")), 1, 2); // A full page says that there may be another.
        Assert.InRange(requests.Length, 3, 8);
        yaml.Replace("pattern: '7 3", "pattern: '7 4").Replace($"- {{ instance: {instances[0].Id}, name: n3, pattern: '3 3 1 1 *' }}\n", "");
        Assert.Equal([(ScheduleSyncAction.Keep, 959), (ScheduleSyncAction.Change, 40), (ScheduleSyncAction.Remove, 1)], await RunAsync());
        Assert.Equal(999, (await session.Schedules.ListAsync()).Count(schedule => schedule.Owner == "thousand"));

        async Task<IEnumerable<(ScheduleSyncAction, int)>> RunAsync()
        {
            ResourceLookup lookup = session.CreateLookup();
            var actions = new List<ScheduleSyncAction>();
            foreach (PlannedStep step in await session.ScheduleSync.PlanAsync(Parse(yaml.ToString()), ScheduleSyncMode.Own, lookup))
                actions.Add((await session.ScheduleSync.ApplyAsync(await session.ScheduleSync.PrepareAsync(step, lookup))).Action);
            return actions.GroupBy(action => action).OrderBy(same => same.Key).Select(same => (same.Key, same.Count()));
        }
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../.."));

    // As an editor reads the file.
    private static JsonNode? ToJson(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return Convert(stream.Documents[0].RootNode);

        static JsonNode? Convert(YamlNode node) => node switch
        {
            YamlMappingNode mapping => new JsonObject(mapping.Children.Select(entry => KeyValuePair.Create(((YamlScalarNode)entry.Key).Value!, Convert(entry.Value)))),
            YamlSequenceNode list => new JsonArray([.. list.Select(Convert)]),
            YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: "null" or "~" or "" or null } => null,
            YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: "true" or "false" } flag => flag.Value == "true",
            YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain } plain when decimal.TryParse(plain.Value, out decimal number) => number,
            _ => ((YamlScalarNode)node).Value,
        };
    }
}
