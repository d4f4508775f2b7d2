using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Trove;
using TroveSchedules.Tests.Http;
using Xunit;

namespace TroveSchedules.Tests.Hostile;

/// <summary>Rows that are valid JSON with invalid content.</summary>
public sealed class HostileRowTests
{
    private static async Task<TroveScheduleException> FailureOf(string route, string body, Func<CloudSession, Task> act)
    {
        using CloudSession session = await new ScriptedCloud().Always(route, Answers.Ok(body)).ConnectAsync();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => act(session));
        Assert.Equal(TroveErrorKind.ProtocolError, error.Kind);
        return error;
    }

    [Fact]
    public async Task An_object_with_another_id_than_requested_is_a_protocol_error()
    {
        await FailureOf($"GET {Rows.TriggersPath}/{Rows.Id(1)}", Rows.Trigger(2), session => session.Schedules.GetAsync(Rows.Id(1)));
        await FailureOf($"GET {Rows.ExecutionsPath}/{Rows.Id(1)}", Rows.Execution(2), session => session.Executions.GetAsync(Rows.Id(1)));
        await FailureOf($"GET {Rows.TrovePath}/instances/{Rows.Id(1)}", $$"""{"instance": {{Rows.Instance(2)}}}""", session => session.Instances.GetAsync(Rows.Id(1)));
        await FailureOf($"GET {Rows.TrovePath}/backups/{Rows.Id(1)}", $$"""{"backup": {{Rows.Backup(2)}}}""", session => session.Backups.GetAsync(Rows.Id(1)));
        await FailureOf(Rows.WorkflowRoute, Rows.Workflow(Rows.OurInputs, row => row["name"] = "other.backup_create"), session => session.Workbook.GetAsync());
    }

    [Fact]
    public async Task The_id_of_a_trigger_is_compared_without_case()
    {
        string id = Rows.TriggerId(1).ToUpperInvariant();
        ScriptedCloud cloud = new ScriptedCloud().Always($"GET {Rows.TriggersPath}/{id}", Answers.Ok(Rows.Trigger()))
            .Always($"GET {Rows.TriggersPath}/{ScheduleMetadata.ReplacementNameOf(id)}", Answers.NotFound)
            .Always($"GET {Rows.TriggersPath}/{ScheduleMetadata.ReplacementNameOf(Rows.Id(1))}", Answers.NotFound);
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Equal(Rows.Id(1), (await session.Schedules.GetAsync(id)).Id);
    }

    [Fact]
    public async Task Rows_that_do_not_match_the_filter_are_skipped()
    {
        ScriptedCloud cloud = new ScriptedCloud()
            .Always(Rows.TriggersRoute, Answers.Ok(Rows.Triggers(Rows.Trigger(1), Rows.Trigger(2, row => row["workflow_name"] = "other.workflow"), Rows.Trigger(3, row => row.Remove("workflow_name")))))
            .Always($"GET {Rows.TriggersPath}/{Rows.Id(1)}", Answers.Ok(Rows.Trigger()))
            .Always(Rows.ExecutionsRoute, Answers.Ok(Rows.Executions(Rows.Execution(1), Rows.Execution(2, 1, row => row["state"] = "RUNNING"))));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Equal(Rows.Id(1), Assert.Single(await session.Schedules.ListAsync()).Id);
        List<ScheduleExecution> found = await session.Executions.ListAsync(Rows.Id(1), new ExecutionQuery { States = ["success"] }).ToListAsync();
        Assert.Equal(Rows.Id(1), Assert.Single(found).Id);
    }

    [Theory]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    [InlineData("\"NaN\"")]
    public async Task A_size_that_is_not_a_number_is_a_protocol_error(string size) =>
        await FailureOf($"GET {Rows.TrovePath}/backups", $$"""{"backups": [{{Rows.Backup(1).Replace("0.14", size)}}]}""", async session => await session.Backups.ListAsync().ToListAsync());

    [Theory]
    [InlineData("""{"workflows": null}""")]
    [InlineData("""{"workflows": [null]}""")]
    public async Task An_invalid_list_of_workflows_is_a_protocol_error(string body)
    {
        ScriptedCloud cloud = new ScriptedCloud()
            .Always(Rows.WorkflowRoute, Answers.Ok(Rows.Workflow(Rows.OurInputs, row => (row["project_id"], row["scope"]) = (Rows.Other, "private"))))
            .Always("GET /v2/workflows", Answers.Ok(body));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Equal(TroveErrorKind.ProtocolError, (await ScriptedCloud.FailureOf(() => session.Workbook.GetAsync())).Kind);
    }

    // The parser quotes the text that it cannot parse.
    [Theory]
    [InlineData("{\"cron_triggers\": true, title: Auth token is invalid: gAAAAABo-topsecret-1")]
    [InlineData("{\"cron_triggers\": tAuth token is invalid: gAAAAABo-topsecret-1</body></html>")]
    [InlineData("Auth token is invalid: gAAAAABo-topsecret-1")]
    [InlineData("fgAAAAABo-topsecret-1")]
    [InlineData("{\"cron_triggers\": [{\"id\": \"x\", \"name\": \"x\", \"created_at\": \"gAAAAABo-topsecret-1\"}]}")]
    public async Task A_token_in_an_unreadable_response_is_not_repeated(string body) =>
        await FailureOf(Rows.TriggersRoute, body, session => session.Schedules.ListAsync());

    [Fact]
    public async Task A_text_longer_than_any_column_is_a_protocol_error()
    {
        JsonNode id = new string('x', 1001);
        await FailureOf(Rows.TriggersRoute, Rows.Triggers(Rows.Trigger(1, row => row["id"] = id)), session => session.Schedules.ListAsync());
    }

    [Theory]
    [InlineData("0001-01-01 00:00:00")]
    [InlineData("9999-12-31 23:59:59")]
    public async Task Times_at_the_ends_of_the_calendar_are_accepted(string time)
    {
        ScriptedCloud cloud = new ScriptedCloud().WithInstance().WithWorkflow()
            .On("POST " + Rows.TriggersPath, (sent, token) => Answers.Json(201, Rows.TriggerOf(sent, row => (row["created_at"], row["next_execution_time"]) = (time, time)))(sent, token));
        using CloudSession session = await cloud.ConnectAsync();
        var warnings = new List<string>();
        BackupSchedule schedule = await session.Schedules.CreateAsync(new ScheduleRequest { Instance = Rows.Id(900), Name = "b", Pattern = "*/2 * * * *" }, warnings.Add);
        Assert.Equal(time, schedule.CreatedAt?.ToString("yyyy-MM-dd HH:mm:ss"));
        Assert.InRange(ScheduleOccurrences.Of(schedule).Take(3).Count(), 1, 3);
        Assert.InRange(warnings.Count, 0, 1);
    }
}
