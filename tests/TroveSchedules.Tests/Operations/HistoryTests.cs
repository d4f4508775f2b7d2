using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using FsCheck;
using FsCheck.Fluent;
using TroveSchedules.OpenStack;
using TroveSchedules.Tests.Http;
using Xunit;

namespace TroveSchedules.Tests.Operations;

public sealed class HistoryTests
{
    private static readonly string Trigger = Rows.TriggerId(1);
    private static readonly string FindRoute = $"GET {Rows.TriggersPath}/{Rows.Id(1)}";
    private static readonly string ReplacementRoute = $"GET {Rows.TriggersPath}/{ScheduleMetadata.ReplacementNameOf(Rows.Id(1))}";

    private static ScriptedCloud Cloud(params string[] rows) => new ScriptedCloud()
        .Always(FindRoute, Answers.Ok(Rows.Trigger())).Always(Rows.ExecutionsRoute, Answers.Ok(Rows.Executions(rows)));

    private static async Task<List<ScheduleExecution>> List(ScriptedCloud cloud, ExecutionQuery? query = null, string? id = null)
    {
        using CloudSession session = await cloud.ConnectAsync();
        return await session.Executions.ListAsync(id ?? Rows.Id(1), query).ToListAsync();
    }

    private static RecordedRequest History(ScriptedCloud cloud) => Assert.Single(cloud.Requests, request => request.Route == Rows.ExecutionsRoute);

    [Fact]
    public async Task The_request_filters_by_the_trigger_and_sorts_newest_first()
    {
        ScriptedCloud cloud = Cloud();
        await List(cloud);
        Assert.Equal("?workflow_name=eq%3Atrove.backup_create&sort_keys=created_at%2Cid&sort_dirs=desc%2Cdesc"
            + "&fields=id%2Cworkflow_name%2Cdescription%2Cstate%2Cstate_info%2Cinput%2Coutput%2Cproject_id%2Ccreated_at%2Cupdated_at"
            + $"&description=has%3A{Trigger}&limit=200", History(cloud).Query);
    }

    [Fact]
    public async Task Every_filter_is_sent_with_its_operator()
    {
        ScriptedCloud cloud = Cloud();
        await List(cloud, new ExecutionQuery
        {
            States = ["ERROR", "CANCELLED"], Before = new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.FromHours(2)), Marker = Rows.Id(50), Limit = 7, AllProjects = true,
        });
        Assert.Equal(new Dictionary<string, string>
        {
            ["workflow_name"] = "eq:trove.backup_create",
            ["state"] = "in:ERROR,CANCELLED",
            ["created_at"] = "lt:2026-11-22 08:00:01",
            ["sort_keys"] = "created_at,id",
            ["sort_dirs"] = "desc,desc",
            ["all_projects"] = "true",
            ["fields"] = "id,workflow_name,description,state,state_info,input,output,project_id,created_at,updated_at",
            ["description"] = "has:" + Trigger,
            ["limit"] = "7",
            ["marker"] = Rows.Id(50),
        }, History(cloud).Parameters);
    }

    /// <summary>Mistral orders by time and id, so that the marker could exclude an execution of an earlier trigger in the same second.</summary>
    [Fact]
    public async Task After_a_change_only_the_trigger_of_the_marker_gets_the_marker()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always($"GET {Rows.ExecutionsPath}/{Rows.Id(51)}", Answers.Ok(Rows.Execution(51, trigger: 2)))
            .On(Rows.ExecutionsRoute, Answers.Ok(Rows.Executions()), Answers.Ok(Rows.Executions(Rows.Execution(53, trigger: 3))));
        var schedule = new BackupSchedule { Id = Rows.Id(1), TriggerId = Trigger, EarlierTriggerIds = $"{Rows.TriggerId(2)} {Rows.TriggerId(3)}", Input = "{}", ProjectId = ScriptedCloud.Project };
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Equal([Rows.Id(53)], (await session.Executions.ListAsync(schedule, new ExecutionQuery { Marker = Rows.Id(51) }).ToListAsync()).Select(execution => execution.Id));
        Assert.Equal(
            [("has:" + Rows.TriggerId(2), Rows.Id(51)), ("has:" + Rows.TriggerId(3), null)],
            cloud.Requests.Where(request => request.Route == Rows.ExecutionsRoute).Select(request => (request.Parameters["description"], request.Parameters.GetValueOrDefault("marker"))));
    }

    [Theory]
    [InlineData("in:prod")]
    [InlineData("eq:x")]
    [InlineData("has:%")]
    [InlineData("a&all_projects=true")]
    [InlineData("../workflows/x")]
    public async Task The_name_of_a_schedule_is_never_read_as_an_operator_or_a_parameter(string name)
    {
        ScriptedCloud cloud = new ScriptedCloud()
            .Always(Rows.TriggersRoute, Answers.Ok(Rows.Triggers()))
            .Always(Rows.ExecutionsRoute, Answers.Ok(Rows.Executions()));
        Assert.Equal("ScheduleNotFound", (await ScriptedCloud.FailureOf(() => List(cloud, null, name))).ErrorId);
        Assert.All(cloud.Requests.Where(request => request.Route == Rows.TriggersRoute), request => Assert.Equal("eq:" + name, request.Parameters["name"]));
        Assert.Equal("has:" + name, History(cloud).Parameters["description"]);
        Assert.All(cloud.Requests, request => Assert.DoesNotContain("all_projects", request.Parameters.Keys));
    }

    [Fact]
    public async Task An_execution_has_all_values_of_the_response()
    {
        ScheduleExecution run = Assert.Single(await List(Cloud(Rows.Execution(10, 1, row => row["output"] = $$"""{"status": "Backup complete", "backup_id": "{{Rows.Id(5)}}"}"""))));
        Assert.Equal(new ScheduleExecution
        {
            Id = Rows.Id(10),
            ExecutionTime = new DateTimeOffset(2026, 11, 22, 7, 35, 58, TimeSpan.Zero),
            State = "SUCCESS",
            Output = $$"""{"status": "Backup complete", "backup_id": "{{Rows.Id(5)}}"}""",
            BackupId = Rows.Id(5),
            ScheduleId = Rows.Id(1),
            TriggerId = Trigger,
            InstanceId = Rows.Id(900),
            UpdatedAt = new DateTimeOffset(2026, 11, 22, 7, 35, 59, TimeSpan.Zero),
            ProjectId = ScriptedCloud.Project,
            Origin = "http://cloud:5000 RegionOne",
            Input = $$"""{"instance": "{{Rows.Id(900)}}", "name": "b", "description": null, "parent_id": null}""",
        }, run);
    }

    [Fact]
    public async Task Values_of_one_execution_do_not_appear_in_the_next()
    {
        string Backup(int number) => $$"""{"backup_id": "{{Rows.Id(number)}}"}""";
        string Input(int number) => $$"""{"instance": "{{Rows.Id(number)}}"}""";
        string?[] outputs = [Backup(5), Backup(6), null, Backup(6), "", "{", Backup(5), Backup(5), "{\"backup_id\": \"\\ud83d\"}"];
        string?[] inputs = [null, Input(7), Input(7), "{", Input(7), Input(8), "", null, Input(8)];
        List<ScheduleExecution> runs = await List(Cloud([.. outputs.Select((output, i) => Rows.Execution(10 + i, 1, row =>
        {
            row["output"] = output;
            row["input"] = inputs[i];
            row["state"] = i % 2 == 0 ? "SUCCESS" : "ERROR";
        }))]));
        Assert.Equal(outputs, runs.Select(run => run.Output));
        Assert.Equal(inputs, runs.Select(run => run.Input));
        Assert.Equal([Rows.Id(5), Rows.Id(6), null, Rows.Id(6), null, null, Rows.Id(5), Rows.Id(5), null], runs.Select(run => run.BackupId));
        Assert.Equal([null, Rows.Id(7), Rows.Id(7), null, Rows.Id(7), Rows.Id(8), null, null, Rows.Id(8)], runs.Select(run => run.InstanceId));
        Assert.Equal(outputs.Select((_, i) => i % 2 == 0 ? "SUCCESS" : "ERROR"), runs.Select(run => run.State));
    }

    [Fact]
    public async Task Executions_share_equal_strings()
    {
        List<ScheduleExecution> runs = await List(Cloud(Rows.Execution(10), Rows.Execution(11)));
        foreach (Func<ScheduleExecution, string?> text in new Func<ScheduleExecution, string?>[]
            { run => run.State, run => run.Output, run => run.Input, run => run.ProjectId, run => run.InstanceId, run => run.ScheduleId, run => run.TriggerId })
        {
            Assert.Same(text(runs[0]), text(runs[1]));
        }
    }

    [Fact]
    public async Task A_row_that_only_mentions_the_trigger_is_not_an_execution_of_it()
    {
        string mentions = $$$"""{"description": "see {{{Trigger}}}", "triggered_by": {"type": "cron_trigger", "id": "{{{Rows.TriggerId(2)}}}", "name": "{{{Trigger}}}"}}""";
        List<ScheduleExecution> runs = await List(Cloud(
            Rows.Execution(10), Rows.Execution(11, 2), Rows.Execution(12, null, row => row["description"] = mentions),
            Rows.Execution(13, null, row => row["description"] = $"started by hand after {Trigger}"), Rows.Execution(14)));
        Assert.Equal([Rows.Id(10), Rows.Id(14)], runs.Select(run => run.Id));
    }

    [Fact]
    public async Task The_order_of_the_response_is_kept()
    {
        Assert.Equal([Rows.Id(3), Rows.Id(1), Rows.Id(2)], (await List(Cloud(Rows.Execution(3), Rows.Execution(1), Rows.Execution(2)))).Select(run => run.Id));
    }

    public static TheoryData<string?> OddDescriptions =>
    [
        null, "", " ", "started by hand", "null", "true", "7", "\"text\"", "[]", "[{\"triggered_by\": {}}]", "{}", "{\"triggered_by\": null}",
        "{\"triggered_by\": \"x\"}", "{\"triggered_by\": []}", "{\"triggered_by\": {}}", $"{{\"triggered_by\": {{\"id\": \"{Trigger}\"}}}}",
        $"{{\"triggered_by\": {{\"type\": \"workflow\", \"id\": \"{Trigger}\"}}}}", $"{{\"triggered_by\": {{\"type\": [\"cron_trigger\"], \"id\": \"{Trigger}\"}}}}",
        "{\"triggered_by\": {\"type\": \"cron_trigger\"}}", "{\"triggered_by\": {\"type\": \"cron_trigger\", \"id\": null}}", "{\"triggered_by\": {\"type\": \"cron_trigger\", \"id\": 7}}",
        "{\"triggered_by\": {\"type\": \"cron_trigger\", \"id\": {\"a\": 1}}}", "{\"triggered_by\": {\"type\": \"cron_trigger\", \"id\": \"\\ud83d\"}}",
        "{\"\\ud83d\": 1}", "{\"triggered_by_\\ud8\": 1}", "{\"triggered_by\": {\"type\": \"cron_trigger\", \"id\": \"x\"", "\ufeff{}", "{'triggered_by': 1}",
        "{\"a\": 1, \"a\": 2}", "{\"triggered_by\": {\"type\": \"x\", \"type\": \"y\"}}", new string('[', 500), new string('{', 100_000), new string('x', 2_000_000),
        "{\"description\": \"" + new string('x', 2_000_000) + "\"}",
    ];

    [Theory]
    [MemberData(nameof(OddDescriptions))]
    public async Task A_row_with_an_unexpected_description_is_skipped_without_an_error(string? description)
    {
        List<ScheduleExecution> runs = await List(Cloud(Rows.Execution(10), Rows.Execution(11, null, row => row["description"] = description), Rows.Execution(12)));
        Assert.Equal([Rows.Id(10), Rows.Id(12)], runs.Select(run => run.Id));
    }

    [Theory]
    [InlineData("""{"type": "cron_trigger", "id": "ID"}""")]
    [InlineData("""{"type": "cron_trigger", "id": "ID", "name": null}""")]
    [InlineData("""{"type": "cron_trigger", "id": "ID", "name": 7}""")]
    [InlineData("""{"type": "cron_trigger", "id": "ID", "name": "\ud83d"}""")]
    [InlineData("""{"id": "ID", "more": {"x": [1, {}]}, "type": "cron_trigger"}""")]
    [InlineData("""{"type": "cron_trigger", "id": "other", "id": "ID"}""")]
    public async Task A_cause_without_the_name_of_the_trigger_matches_by_its_id(string cause)
    {
        string description = $$"""{"triggered_by": {{cause.Replace("ID", Trigger)}}}""";
        ScheduleExecution run = Assert.Single(await List(Cloud(Rows.Execution(10, null, row => row["description"] = description))));
        Assert.Equal((Rows.Id(1), Trigger), (run.ScheduleId, run.TriggerId));
    }

    [Fact]
    public void Parsing_any_description_input_or_failure_text_never_throws()
    {
        Gen<string?> pieces = Gen.Elements("{", "}", "[", "]", "\"", ":", ",", "triggered_by", "\"triggered_by\":", "\"type\":\"cron_trigger\"", "\"id\":", "\"name\":", "\\u", "d83d", "\\ud83d",
            "null", "1", "true", "instance", "msg='", "'] ", " ", "\ud83d", "\0", "\u001b").ArrayOf().Select(parts => (string?)string.Concat(parts));
        Gen<string?> any = Gen.OneOf(pieces, ArbMap.Default.GeneratorFor<string?>(), pieces.Select(text => (string?)$$$"""{"triggered_by": {"type": "cron_trigger", "id": "x", "name": {{{text}}}}}"""));
        Prop.ForAll(any.ToArbitrary(), text =>
        {
            _ = ExecutionCause.Parse(text);
            _ = ScheduleInput.Parse(text);
            _ = ScheduleInput.KeysOf(text);
            _ = FailureReason.Of("ERROR", text);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"backup_id\": null}")]
    [InlineData("{\"backup_id\": 7}")]
    [InlineData("{\"backup_id\": [\"x\"]}")]
    [InlineData("{\"backup_id\": \"\\ud83d\"}")]
    [InlineData("{\"backup")]
    [InlineData("")]
    [InlineData("{\"a\": 1, \"a\": 2}")]
    public async Task An_output_without_a_backup_id_is_returned_unchanged(string output)
    {
        ScheduleExecution run = Assert.Single(await List(Cloud(Rows.Execution(10, 1, row => row["output"] = output))));
        Assert.Equal((output, null), (run.Output, run.BackupId));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("{\"instance\": 7}")]
    [InlineData("{\"instance\": \"\\ud83d\"}")]
    [InlineData("{\"\\ud83dnstance\": 1}")]
    [InlineData(null)]
    public async Task An_input_without_an_instance_is_returned_unchanged(string? input)
    {
        ScheduleExecution run = Assert.Single(await List(Cloud(Rows.Execution(10, 1, row => row["input"] = input))));
        Assert.Equal((input, null), (run.Input, run.InstanceId));
    }

    [Fact]
    public async Task An_invalid_value_in_an_input_does_not_hide_the_other_values()
    {
        string input = "{\"instance\": \"" + Rows.Id(900) + "\", \"name\": \"\\ud83d\", \"incremental\": \"yes\", \"description\": \"d\"}";
        ScriptedCloud cloud = new ScriptedCloud().Always(FindRoute, Answers.Ok(Rows.Trigger(1, row => row["workflow_input"] = input))).Always(ReplacementRoute, Answers.NotFound);
        using CloudSession session = await cloud.ConnectAsync();
        BackupSchedule schedule = await session.Schedules.GetAsync(Rows.Id(1));
        Assert.Equal((Rows.Id(900), null, "d", false, input), (schedule.InstanceId, schedule.Name, schedule.Description, schedule.Incremental, schedule.Input));
    }

    [Fact]
    public async Task Executions_without_a_cause_match_by_input_only_with_MatchInput()
    {
        string reordered = $$"""{"parent_id":null,"name":"b","description":null,"instance":"{{Rows.Id(900)}}"}""";
        ScriptedCloud cloud = Cloud(
            Rows.Execution(10),
            Rows.Execution(11, 2), // An execution of another trigger with the same input.
            Rows.Execution(12, null),
            Rows.Execution(13, null, row => row["description"] = "started by hand"),
            Rows.Execution(14, null, row => row["input"] = reordered),
            Rows.Execution(15, null, row => row["input"] = reordered.Replace("\"b\"", "\"c\"")),
            Rows.Execution(16, null, row => row["input"] = "{"),
            Rows.Execution(17, null, row => row["input"] = null),
            Rows.Execution(18, null, row => row["input"] = """{"a": 1, "a": 2}"""),
            Rows.Execution(19, null, row => row["input"] = "{\"a\": \"\\ud83d\"}"),
            Rows.Execution(20, null, row => row["project_id"] = Rows.Other));

        Assert.Equal([Rows.Id(10)], (await List(cloud)).Select(run => run.Id));
        List<ScheduleExecution> matching = await List(cloud, new ExecutionQuery { MatchInput = true });
        Assert.Equal([Rows.Id(10), Rows.Id(12), Rows.Id(13), Rows.Id(14)], matching.Select(run => run.Id));
        Assert.DoesNotContain("description", cloud.Requests[^1].Parameters.Keys);
    }

    [Fact]
    public async Task An_execution_without_a_cause_has_no_ScheduleId()
    {
        ScheduleExecution run = Assert.Single(await List(Cloud(Rows.Execution(12, null)), new ExecutionQuery { MatchInput = true }));
        Assert.Equal((null, null), (run.ScheduleId, run.TriggerId));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"a\": 1, \"a\": 2}")]
    [InlineData("{\"a\": \"\\ud83d\"}")]
    public async Task A_schedule_with_an_invalid_input_matches_no_execution_by_input(string input)
    {
        ScriptedCloud cloud = Cloud(Rows.Execution(10), Rows.Execution(12, null), Rows.Execution(13, null, row => row["input"] = "{\"a\": 3}"))
            .Always(FindRoute, Answers.Ok(Rows.Trigger(1, row => row["workflow_input"] = input))).Always(ReplacementRoute, Answers.NotFound);
        Assert.Equal([Rows.Id(10)], (await List(cloud, new ExecutionQuery { MatchInput = true })).Select(run => run.Id));
    }

    [Fact]
    public async Task The_history_of_a_deleted_schedule_is_read_by_its_id()
    {
        ScriptedCloud cloud = Cloud(Rows.Execution(10), Rows.Execution(11, 2)).Always(FindRoute, Answers.NotFound);
        ScheduleExecution run = Assert.Single(await List(cloud));
        Assert.Equal((Rows.Id(10), Rows.Id(1), Trigger), (run.Id, run.ScheduleId, run.TriggerId));
        Assert.Equal("has:" + Rows.Id(1), History(cloud).Parameters["description"]);
    }

    [Fact]
    public async Task The_history_of_a_deleted_schedule_can_be_read_by_the_id_of_its_trigger()
    {
        ScriptedCloud cloud = Cloud(Rows.Execution(10), Rows.Execution(11, 2)).Always($"GET {Rows.TriggersPath}/{Trigger}", Answers.NotFound);
        Assert.Equal(Rows.Id(10), Assert.Single(await List(cloud, null, Trigger)).Id);
    }

    [Fact]
    public async Task A_deleted_schedule_is_not_an_error_if_the_filter_excludes_all_its_executions()
    {
        ScriptedCloud cloud = Cloud(Rows.Execution(10)).Always(FindRoute, Answers.NotFound);
        Assert.Empty(await List(cloud, new ExecutionQuery { After = new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero) }));
    }

    [Fact]
    public async Task Without_a_schedule_and_executions_the_error_is_ScheduleNotFound()
    {
        ScriptedCloud cloud = Cloud().Always(FindRoute, Answers.NotFound).Always(ReplacementRoute, Answers.NotFound);
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => List(cloud));
        Assert.Equal((TroveErrorKind.NotFound, "ScheduleNotFound", Rows.Id(1)), (error.Kind, error.ErrorId, error.Target));
    }

    [Fact]
    public async Task A_schedule_that_has_not_run_yet_has_an_empty_history() => Assert.Empty(await List(Cloud()));

    [Fact]
    public async Task After_is_sent_in_whole_seconds()
    {
        ScriptedCloud cloud = Cloud();
        await List(cloud, new ExecutionQuery { After = new DateTimeOffset(2026, 11, 22, 10, 0, 0, 500, TimeSpan.FromHours(2)) });
        Assert.Equal("gte:2026-11-22 08:00:00", History(cloud).Parameters["created_at"]);
    }

    [Fact]
    public async Task Only_Before_is_sent_if_both_times_are_given()
    {
        ScriptedCloud cloud = Cloud();
        await List(cloud, new ExecutionQuery { After = new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero), Before = new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero) });
        Assert.Equal("lt:2026-11-22 09:00:01", History(cloud).Parameters["created_at"]);
    }

    [Fact]
    public async Task After_is_exact_to_the_fraction_of_a_second()
    {
        string At(int number, string time) => Rows.Execution(number, 1, row => row["created_at"] = time);
        ScriptedCloud cloud = Cloud(At(12, "2026-11-22 08:00:00.500001"), At(11, "2026-11-22 08:00:00.500000"), At(10, "2026-11-22 08:00:00"));
        List<ScheduleExecution> runs = await List(cloud, new ExecutionQuery { After = new DateTimeOffset(2026, 11, 22, 8, 0, 0, 500, TimeSpan.Zero) });
        Assert.Equal([Rows.Id(12), Rows.Id(11)], runs.Select(run => run.Id));
    }

    [Fact]
    public async Task A_history_between_two_times_ends_with_the_first_page_that_has_an_older_execution()
    {
        string At(int number, string time) => Rows.Execution(number, 1, row => row["created_at"] = time);
        ScriptedCloud cloud = new ScriptedCloud().Always(FindRoute, Answers.Ok(Rows.Trigger()))
            .On(Rows.ExecutionsRoute, Answers.Ok(Rows.Executions([At(13, "2026-11-22 09:00:00"), At(12, "2026-11-22 08:00:00"), At(11, "2026-11-22 07:59:59"), At(10, "2026-11-22 07:00:00")], true)));
        List<ScheduleExecution> runs = await List(cloud, new ExecutionQuery
        {
            After = new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero), Before = new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero),
        });
        Assert.Equal([Rows.Id(13), Rows.Id(12)], runs.Select(run => run.Id));
        History(cloud);
    }

    [Fact]
    public async Task Before_is_exact_to_the_fraction_of_a_second()
    {
        string At(int number, string time) => Rows.Execution(number, 1, row => row["created_at"] = time);
        ScriptedCloud cloud = Cloud(At(12, "2026-11-22 08:00:00.500001"), At(11, "2026-11-22 08:00:00.500000"), At(10, "2026-11-22 08:00:00"));
        List<ScheduleExecution> runs = await List(cloud, new ExecutionQuery { Before = new DateTimeOffset(2026, 11, 22, 8, 0, 0, 500, TimeSpan.Zero) });
        Assert.Equal([Rows.Id(11), Rows.Id(10)], runs.Select(run => run.Id));
    }

    [Fact]
    public async Task The_next_page_is_requested_from_the_configured_endpoint_whatever_the_link_is()
    {
        ScriptedCloud cloud = new ScriptedCloud { MistralUrl = "http://cloud:8989/workflow/" }
            .Always($"GET /workflow/v2/cron_triggers/{Rows.Id(1)}", Answers.Ok(Rows.Trigger()))
            .On("GET /workflow/v2/executions", Answers.Ok(Rows.Executions([Rows.Execution(12), Rows.Execution(11)], true)), Answers.Ok(Rows.Executions([Rows.Execution(10)], true)), Answers.Ok(Rows.Executions()));
        Assert.Equal(3, (await List(cloud)).Count);
        RecordedRequest[] pages = [.. cloud.Requests.Where(request => request.Uri.AbsolutePath.EndsWith("executions"))];
        Assert.Equal([null, Rows.Id(11), Rows.Id(10)], pages.Select(page => page.Parameters.GetValueOrDefault("marker")));
        Assert.All(cloud.Requests, request => Assert.Equal("cloud:8989", request.Uri.Authority));
        Assert.Equal(["200", "800", "1000"], pages.Select(page => page.Parameters["limit"]));
        Assert.All(pages, page => Assert.Equal(pages[0].Query.Split("&limit=")[0], page.Query.Split("&limit=")[0]));
    }

    [Fact]
    public async Task The_page_limit_does_not_exceed_the_query_limit()
    {
        ScriptedCloud cloud = Cloud(Rows.Execution(12), Rows.Execution(11));
        Assert.Equal(2, (await List(cloud, new ExecutionQuery { Limit = 2 })).Count);
        Assert.Equal("2", History(cloud).Parameters["limit"]);
    }

    [Fact]
    public async Task Cancellation_during_a_page_request_ends_the_listing_at_once()
    {
        using var cancellation = new CancellationTokenSource();
        ScriptedCloud cloud = Cloud().On(Rows.ExecutionsRoute, Answers.Ok(Rows.Executions([Rows.Execution(12), Rows.Execution(11)], true)), Answers.After(_ => cancellation.Cancel(), Answers.Silence));
        using CloudSession session = await cloud.ConnectAsync();
        var ids = new List<string>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (ScheduleExecution run in session.Executions.ListAsync(Rows.Id(1), null, cancellation.Token))
                ids.Add(run.Id);
        });
        Assert.Equal([Rows.Id(12)], ids);
    }

    [Fact]
    public async Task Stopping_after_the_first_execution_requests_one_page()
    {
        ScriptedCloud cloud = Cloud().Always(Rows.ExecutionsRoute, Answers.Ok(Rows.Executions([Rows.Execution(12), Rows.Execution(11)], true)));
        using CloudSession session = await cloud.ConnectAsync();
        await foreach (ScheduleExecution run in session.Executions.ListAsync(Rows.Id(1)))
            break;
        History(cloud);
    }

    [Theory]
    [InlineData(200, "COMPLETED", "COMPLETED")]
    [InlineData(200, "FAILED", "FAILED")]
    [InlineData(404, "", "NOT_FOUND")]
    public async Task BackupStatus_is_read_from_Trove_and_not_inferred_from_the_execution(int status, string state, string expected)
    {
        ScriptedCloud cloud = Cloud(Rows.Execution(10, 1, row => row["output"] = $$"""{"backup_id": "{{Rows.Id(5)}}"}"""), Rows.Execution(9))
            .Always($"GET {Rows.TrovePath}/backups/{Rows.Id(5)}", status == 200 ? Answers.Ok($$"""{"backup": {{Rows.Backup(5, row => row["status"] = state)}}}""") : Answers.TroveNotFound);
        List<ScheduleExecution> runs = await List(cloud, new ExecutionQuery { IncludeBackupStatus = true });
        Assert.Equal([expected, null], runs.Select(run => run.BackupStatus));
        Assert.All(await List(cloud), run => Assert.Null(run.BackupStatus));
    }

    // Recorded from Mistral 15 for a backup that Trove rejected.
    private const string StateInfo = "Failure caused by error in tasks: backup_create\n\n  backup_create [task_ex_id=8a] -> The action raised an exception "
        + "[action=<mistral_extra.actions.TroveAction object at 0x7f>, action_ex_id=9b, msg='TroveAction.backups.create failed: Instance 2000 is not currently available for an action to be performed (instance status was BACKUP). (HTTP 422)']\n"
        + "    [action_ex_id=9b, idx=0]: The action raised an exception [action=<...>, action_ex_id=9b, msg='TroveAction.backups.create failed: ...']\n";

    [Theory]
    [InlineData("ERROR", StateInfo, "TroveAction.backups.create failed: Instance 2000 is not currently available for an action to be performed (instance status was BACKUP). (HTTP 422)")]
    [InlineData("ERROR", "[action_ex_id=9b, msg='failed: Quota exceeded for resources: ['backups']. (HTTP 413)']\n    [action_ex_id=9b]: x", "failed: Quota exceeded for resources: ['backups']. (HTTP 413)")]
    [InlineData("ERROR", "[msg='one [' and '] \nand ['a']']", "one [' and '] \nand ['a']")]
    [InlineData("ERROR", "Workflow \u001b[31mfailed\n", "Workflow  [31mfailed")]
    [InlineData("ERROR", "msg='cut o", "msg='cut o")]
    [InlineData("ERROR", "", null)]
    [InlineData("ERROR", null, null)]
    [InlineData("SUCCESS", StateInfo, null)]
    [InlineData("RUNNING", StateInfo, null)]
    public async Task The_reason_is_extracted_from_a_long_state_info(string state, string? info, string? reason)
    {
        ScheduleExecution run = Assert.Single(await List(Cloud(Rows.Execution(10, 1, row =>
        {
            row["state"] = state;
            row["state_info"] = info;
        }))));
        Assert.Equal((reason, info), (run.Reason, run.StateInfo));
    }

    [Fact]
    public void Searching_a_very_long_state_info_does_not_hang()
    {
        foreach (string part in new[] { "msg='", "msg=']", "']" })
            Assert.Equal(2001, FailureReason.Of("ERROR", string.Concat(Enumerable.Repeat(part, 100_000)) + "'].")!.Length);
    }

    [Fact]
    public async Task One_execution_is_read_by_its_id()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always($"GET {Rows.ExecutionsPath}/{Rows.Id(10)}", Answers.Ok(Rows.Execution(10)));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Equal((Rows.Id(10), Rows.Id(1)), await Read());

        async Task<(string, string?)> Read()
        {
            ScheduleExecution run = await session.Executions.GetAsync(Rows.Id(10));
            return (run.Id, run.ScheduleId);
        }
    }

    [Fact]
    public async Task An_execution_of_another_workflow_is_refused()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always($"GET {Rows.ExecutionsPath}/{Rows.Id(10)}", Answers.Ok(Rows.Execution(10, 1, row => row["workflow_name"] = "std.x")));
        using CloudSession session = await cloud.ConnectAsync();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => session.Executions.GetAsync(Rows.Id(10)));
        Assert.Equal((TroveErrorKind.Invalid, "InvalidExecution"), (error.Kind, error.ErrorId));
    }

    [Theory]
    [InlineData(404, "Workflow not found [workflow_identifier=trove.backup_create, namespace=]")] // Over RabbitMQ.
    [InlineData(500, "DBEntityNotFoundError: 404: Workflow not found [workflow_identifier=trove.backup_create, namespace=]")] // From a Mistral that is one process.
    public async Task Without_the_workbook_nothing_is_started(int status, string message)
    {
        ScriptedCloud cloud = new ScriptedCloud().On($"POST {Rows.ExecutionsPath}", Answers.Fault(status, message));
        using CloudSession session = await cloud.ConnectAsync();
        var schedule = new BackupSchedule { Id = Rows.Id(1), TriggerId = Rows.Id(2), Input = "{}", ProjectId = ScriptedCloud.Project };
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => session.Executions.StartAsync(schedule, Rows.Id(10)));
        Assert.Equal((TroveErrorKind.NotFound, "WorkbookNotInstalled"), (error.Kind, error.ErrorId));
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, "?force=true")]
    public async Task An_execution_is_deleted_by_its_id_with_force_only_on_request(bool force, string? query)
    {
        ScriptedCloud cloud = new ScriptedCloud().On($"DELETE {Rows.ExecutionsPath}/{Rows.Id(10)}", Answers.Status(204));
        using CloudSession session = await cloud.ConnectAsync();
        await session.Executions.DeleteAsync(new ScheduleExecution { Id = Rows.Id(10), State = "RUNNING", ProjectId = ScriptedCloud.Project }, force);
        Assert.Equal(query ?? "", Assert.Single(cloud.Requests).Query);
    }

    [Fact]
    public async Task An_unfinished_execution_is_not_deleted_without_force()
    {
        const string message = "Only completed executions can be deleted. Use --force to override this. Execution x is in RUNNING state";
        ScriptedCloud cloud = new ScriptedCloud().On($"DELETE {Rows.ExecutionsPath}/{Rows.Id(10)}", Answers.Fault(403, message));
        using CloudSession session = await cloud.ConnectAsync();
        var run = new ScheduleExecution { Id = Rows.Id(10), State = "RUNNING" };
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => session.Executions.DeleteAsync(run));
        Assert.Equal((TroveErrorKind.Forbidden, "ExecutionNotFinished", message, 403), (error.Kind, error.ErrorId, error.ServerMessage, error.StatusCode));
        Assert.Same(run, error.Target);
        Assert.Contains("force", error.RecommendedAction);
        Assert.DoesNotContain("--force", error.Message);
    }
}
