using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Keystone;
using TroveSchedules.Tests.Http;
using Xunit;

namespace TroveSchedules.Tests.Operations;

public sealed class CreateTests
{
    private const string Post = "POST " + Rows.TriggersPath;

    private readonly List<string> _warnings = [];
    private string? _triggerName;

    private static ScheduleRequest Request(string? pattern = "*/2 * * * *") => new() { Instance = Rows.Id(900), Name = "b", Pattern = pattern };

    private static ScriptedCloud Cloud(string inputs = Rows.SpecInputs) => new ScriptedCloud().WithInstance().WithWorkflow(inputs);

    private async Task<BackupSchedule> Create(ScriptedCloud cloud, ScheduleRequest? request = null)
    {
        using CloudSession session = await cloud.ConnectAsync();
        return await session.Schedules.CreateAsync(request ?? Request(), _warnings.Add);
    }

    /// <summary>Mistral creates the trigger, and then responds as given. The trigger can be read by its name afterwards.</summary>
    private ScriptedCloud Creating(ScriptedCloud cloud, Answer then) => cloud.On(Post, Answers.After(request =>
    {
        string row = Rows.TriggerOf(request);
        _triggerName = NameIn(request);
        cloud.Always($"GET {Rows.TriggersPath}/{_triggerName}", Answers.Ok(row));
    }, then));

    /// <summary>Mistral creates nothing and responds as given. The lookup gets the other response.</summary>
    private ScriptedCloud NotCreating(ScriptedCloud cloud, Answer then, Answer lookUp) => cloud.Always(Post, Answers.After(request =>
    {
        _triggerName = NameIn(request);
        cloud.Always($"GET {Rows.TriggersPath}/{_triggerName}", lookUp);
    }, then));

    private static string NameIn(RecordedRequest request) => JsonNode.Parse(request.Body)!["name"]!.GetValue<string>();

    private static Answer Created => (request, token) => Answers.Json(201, Rows.TriggerOf(request))(request, token);

    private static RecordedRequest OnlyPost(ScriptedCloud cloud) => Assert.Single(cloud.Requests, request => request.Method == "POST");

    private static RecordedRequest[] Posts(ScriptedCloud cloud) => [.. cloud.Requests.Where(request => request.Method == "POST")];

    private static string[] LookUps(ScriptedCloud cloud) =>
        [.. cloud.Requests.SkipWhile(request => request.Method != "POST").Where(request => request.Method != "POST").Select(request => request.Route)];

    [Fact]
    public async Task A_schedule_is_created_with_one_request_and_returned_as_stored_by_Mistral()
    {
        ScriptedCloud cloud = Cloud().On(Post, Created);
        BackupSchedule schedule = await Create(cloud);

        Assert.Equal(NameIn(OnlyPost(cloud)), schedule.Id);
        Assert.True(Guid.TryParseExact(schedule.Id, "D", out _), schedule.Id);
        Assert.Equal((Rows.TriggerId(77), Rows.Id(900), "b", "*/2 * * * *"), (schedule.TriggerId, schedule.InstanceId, schedule.Name, schedule.Pattern));
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 7, 44, 0, TimeSpan.Zero), schedule.NextExecutionTime);
        Assert.Empty(LookUps(cloud));
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task Each_schedule_gets_its_own_id()
    {
        ScriptedCloud cloud = Cloud().On(Post, Created, Created);
        using CloudSession session = await cloud.ConnectAsync();
        BackupSchedules schedules = session.Schedules;
        Assert.NotEqual((await schedules.CreateAsync(Request())).Id, (await schedules.CreateAsync(Request())).Id);
    }

    public static TheoryData<string, string> UnclearResponses => new()
    {
        { "reset", "" }, { "409", "Duplicate entry for cron trigger ['name', 'project_id']: x, None" }, { "500", "Internal" }, { "502", "" },
        { "503", "" }, { "504", "" }, { "408", "" }, { "429", "" }, { "201", "{\"id\": \"8d" }, { "201", "" }, { "201", "{}" }, { "201", "null" }, { "302", "" }, { "200", "<html>" },
    };

    private static Answer ResponseFor(string status, string body) => status switch
    {
        "reset" => Answers.Reset,
        "201" or "200" => Answers.Json(int.Parse(status), body),
        _ => Answers.Fault(int.Parse(status), body),
    };

    [Theory]
    [MemberData(nameof(UnclearResponses))]
    public async Task A_trigger_created_despite_an_error_response_is_found_by_its_name_and_not_created_twice(string status, string body)
    {
        ScriptedCloud cloud = Cloud();
        BackupSchedule schedule = await Create(Creating(cloud, ResponseFor(status, body)));

        Assert.Equal(_triggerName, schedule.Id);
        Assert.Equal(NameIn(OnlyPost(cloud)), schedule.Id);
        Assert.Equal([$"GET {Rows.TriggersPath}/{_triggerName}"], LookUps(cloud));
    }

    [Theory]
    [MemberData(nameof(UnclearResponses))]
    public async Task A_missing_trigger_after_an_error_response_is_sent_again_or_reported_with_that_error(string status, string body)
    {
        ScriptedCloud cloud = Cloud();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(NotCreating(cloud, ResponseFor(status, body), Answers.NotFound)));

        int attempts = status is "409" or "500" or "408" or "302" ? 1 : 1 + CloudSettings.DefaultMaxRetries;
        Assert.Equal(Enumerable.Repeat(_triggerName, attempts), Posts(cloud).Select(NameIn));
        Assert.Equal(Enumerable.Repeat($"GET {Rows.TriggersPath}/{_triggerName}", attempts), LookUps(cloud));
        Assert.Equal(_triggerName, error.Target);
        Assert.Equal(status == "reset" ? null : int.Parse(status), error.StatusCode);
        Assert.NotEqual(TroveErrorKind.NotFound, error.Kind);
    }

    [Theory]
    [InlineData("reset", "")]
    [InlineData("503", "")]
    [InlineData("200", "<html>")]
    public async Task A_missing_trigger_after_a_transient_failure_is_created_by_the_next_attempt(string status, string body)
    {
        ScriptedCloud cloud = Cloud();
        cloud.On(Post, Answers.After(request => cloud.Always($"GET {Rows.TriggersPath}/{NameIn(request)}", Answers.NotFound), ResponseFor(status, body)), Created);
        BackupSchedule schedule = await Create(cloud);
        Assert.Equal([schedule.Id, schedule.Id], Posts(cloud).Select(NameIn));
    }

    [Fact]
    public async Task A_late_success_of_the_first_attempt_is_used()
    {
        ScriptedCloud cloud = Cloud();
        Answer late = Answers.After(request => cloud.On($"GET {Rows.TriggersPath}/{NameIn(request)}", Answers.NotFound, Answers.Ok(Rows.TriggerOf(request))), Answers.Html(504, ""));
        BackupSchedule schedule = await Create(cloud.On(Post, late, ResponseFor("409", "Duplicate entry for cron trigger ['name', 'project_id']: x, None")));
        Assert.Equal([schedule.Id, schedule.Id], Posts(cloud).Select(NameIn));
        Assert.Equal(2, LookUps(cloud).Length);
    }

    [Fact]
    public async Task Refused_connections_end_without_a_final_lookup_and_without_MayHaveHappened()
    {
        ScriptedCloud cloud = Cloud();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(NotCreating(cloud, Answers.Fails(SocketError.ConnectionRefused), Answers.Fails(SocketError.ConnectionRefused))));
        Assert.False(error.MayHaveHappened);
        Assert.Equal(CloudSettings.DefaultMaxRetries, LookUps(cloud).Length);
    }

    [Theory]
    [InlineData("409", "Duplicate entry for cron trigger: (pymysql.err.DataError) (1406, \"Data too long\")", TroveErrorKind.Conflict)]
    [InlineData("500", "'name'", TroveErrorKind.Unavailable)]
    public async Task An_error_response_and_a_missing_trigger_mean_that_nothing_was_created(string status, string message, TroveErrorKind kind)
    {
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(NotCreating(Cloud(), ResponseFor(status, message), Answers.NotFound)));
        Assert.Equal((kind, message), (error.Kind, error.ServerMessage));
        Assert.StartsWith("The schedule was not created.", error.Message);
        Assert.False(error.MayHaveHappened);
    }

    [Fact]
    public async Task A_conflict_for_a_new_name_means_that_an_equal_schedule_exists()
    {
        Answer duplicate = ResponseFor("409", "Duplicate entry for cron trigger ['name', 'project_id']: x, None");
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(NotCreating(Cloud(), duplicate, Answers.NotFound)));
        Assert.Equal((TroveErrorKind.Conflict, "Conflict", 409), (error.Kind, error.ErrorId, error.StatusCode));
        Assert.StartsWith("The schedule was not created: 'b' already exists with the same pattern, first time and number of executions", error.Message);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("502")]
    [InlineData("504")]
    public async Task A_missing_trigger_is_not_reported_as_not_created_while_Mistral_may_still_be_working(string status)
    {
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(NotCreating(Cloud(), ResponseFor(status, ""), Answers.NotFound)));
        Assert.DoesNotContain("was not created", error.Message);
        Assert.Contains(_triggerName!, error.Message);
        Assert.True(error.MayHaveHappened);
    }

    [Theory]
    [MemberData(nameof(UnclearResponses))]
    public async Task If_the_lookup_fails_the_result_is_reported_as_unknown_with_the_id(string status, string body)
    {
        ScriptedCloud cloud = Cloud();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(NotCreating(cloud, ResponseFor(status, body), Answers.Reset)));

        OnlyPost(cloud);
        Assert.StartsWith("It is not known whether the schedule was created", error.Message);
        Assert.Contains(_triggerName!, error.RecommendedAction);
        Assert.Contains(_triggerName!, error.Message);
        Assert.True(error.MayHaveHappened);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_timeout_the_trigger_is_looked_up_before_the_result_is_reported(bool wasMade)
    {
        ScriptedCloud cloud = Cloud();
        Answer silence = Answers.After(_ => cloud.Clock.Advance(TimeSpan.FromSeconds(100)), Answers.Silence);
        Task<BackupSchedule> creation = Create(wasMade ? Creating(cloud, silence) : NotCreating(cloud, silence, Answers.NotFound));

        if (wasMade)
        {
            Assert.Equal(_triggerName, (await creation).Id);
        }
        else
        {
            TroveScheduleException error = await ScriptedCloud.FailureOf(() => creation);
            Assert.Equal(TroveErrorKind.Timeout, error.Kind);
            Assert.DoesNotContain("was not created", error.Message);
            Assert.Contains(_triggerName!, error.Message);
        }
        OnlyPost(cloud);
        Assert.Equal([$"GET {Rows.TriggersPath}/{_triggerName}"], LookUps(cloud));
    }

    [Fact]
    public async Task A_failed_login_during_the_lookup_is_not_reported_as_a_missing_trigger()
    {
        ScriptedCloud cloud = Cloud();
        Answer reset = Answers.After(_ => cloud.Always("POST /v3/auth/tokens", Answers.Html(404, "gone")), Answers.Reset);
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(NotCreating(cloud, reset, Answers.Html(401, ""))));
        Assert.StartsWith("It is not known whether the schedule was created", error.Message);
    }

    [Fact]
    public async Task The_error_for_a_delegated_token_tells_that_application_credentials_cannot_create_schedules()
    {
        const string message = "Authorization failed: You are not authorized to perform the requested action: Using a delegated token to create another token is not allowed.. (HTTP 403) (Request-ID: req-1)";
        ScriptedCloud cloud = Cloud().On(Post, Answers.Fault(500, message));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(cloud));

        Assert.Equal((TroveErrorKind.Forbidden, "ApplicationCredential", 500, message), (error.Kind, error.ErrorId, error.StatusCode, error.ServerMessage));
        Assert.Contains("password", error.RecommendedAction);
        OnlyPost(cloud);
        Assert.Empty(LookUps(cloud));
    }

    [Fact]
    public async Task A_pattern_without_a_next_date_for_Mistral_is_InvalidCronPattern()
    {
        ScriptedCloud cloud = Cloud().On(Post, Answers.Fault(500, "failed to find next date"));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(cloud));

        Assert.Equal((TroveErrorKind.Invalid, "InvalidCronPattern", "*/2 * * * *", 500), (error.Kind, error.ErrorId, error.Target, error.StatusCode));
        OnlyPost(cloud);
        Assert.Empty(LookUps(cloud));
    }

    [Theory]
    [InlineData(400, "The specified pattern is not valid: 61 * * * *", TroveErrorKind.Invalid)]
    [InlineData(403, "Operation forbidden (insufficient permissions)", TroveErrorKind.Forbidden)]
    [InlineData(404, "Workflow not found [workflow_identifier=trove.backup_create, namespace=]", TroveErrorKind.NotFound)]
    public async Task A_definite_error_is_reported_without_a_lookup(int status, string message, TroveErrorKind kind)
    {
        ScriptedCloud cloud = Cloud().On(Post, Answers.Fault(status, message));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(cloud));
        Assert.Equal((kind, message), (error.Kind, error.ServerMessage));
        OnlyPost(cloud);
        Assert.Empty(LookUps(cloud));
    }

    [Fact]
    public async Task After_a_token_renewal_the_same_trigger_is_sent_again()
    {
        ScriptedCloud cloud = Cloud().On(Post, Answers.Html(401, "no"), Created);
        BackupSchedule schedule = await Create(cloud);
        RecordedRequest[] posts = Posts(cloud);
        Assert.Equal(2, posts.Length);
        Assert.Equal(posts[0].Body, posts[1].Body);
        Assert.Equal(schedule.Id, NameIn(posts[1]));
    }

    public static TheoryData<string, ScheduleRequest> InvalidRequests => new()
    {
        { "InvalidCronPattern", Request("61 * * * *") },
        { "InvalidCronPattern", Request("0 0 30 2 *") },
        { "InvalidCronPattern", Request("* * * * * *") },
        { "InvalidCronPattern", Request("") },
        { "InvalidCronPattern", Request(null) },
        { "InvalidName", new ScheduleRequest { Instance = "m", Name = "", Pattern = "@daily" } },
        { "InvalidName", new ScheduleRequest { Instance = "m", Name = new string('b', 256), Pattern = "@daily" } },
        { "InvalidName", new ScheduleRequest { Instance = "m", Name = "бэкап", Pattern = "@daily" } },
        { "InvalidName", new ScheduleRequest { Instance = "m", Name = "two\nlines", Pattern = "@daily" } },
        { "InvalidName", new ScheduleRequest { Instance = "m", Name = "half \ud83d", Pattern = "@daily" } },
        { "InvalidName", new ScheduleRequest { Instance = "m", Name = "b" + string.Concat(Enumerable.Repeat("😀", 255)), Pattern = "@daily" } },
        { "InvalidDescription", new ScheduleRequest { Instance = "m", Name = "b", Pattern = "@daily", Description = "ends\n" } },
        { "InvalidDescription", new ScheduleRequest { Instance = "m", Name = "b", Pattern = "@daily", Description = "" } },
        { "InvalidDescription", new ScheduleRequest { Instance = "m", Name = "b", Pattern = "@daily", Description = "-" } },
        { "InvalidDescription", new ScheduleRequest { Instance = "m", Name = "b", Pattern = "@daily", Description = new string('d', 256) } },
        { "InvalidParent", new ScheduleRequest { Instance = "m", Name = "b", Pattern = "@daily", ParentId = Rows.Id(1), Incremental = true } },
        { "InvalidParent", new ScheduleRequest { Instance = "m", Name = "b", Pattern = "@daily", ParentId = "../instances" } },
        { "InvalidParent", new ScheduleRequest { Instance = "m", Name = "b", Pattern = "@daily", ParentId = "" } },
        { "InvalidRemainingExecutions", new ScheduleRequest { Instance = "m", Name = "b", Pattern = "@daily", RemainingExecutions = 0 } },
        { "InvalidRemainingExecutions", new ScheduleRequest { Instance = "m", Name = "b", RemainingExecutions = 2, FirstExecutionTime = ScriptedCloud.Start.AddHours(1) } },
        { "InvalidFirstExecutionTime", new ScheduleRequest { Instance = "m", Name = "b", Pattern = "@daily", FirstExecutionTime = ScriptedCloud.Start.AddSeconds(20) } },
        { "InvalidFirstExecutionTime", new ScheduleRequest { Instance = "m", Name = "b", Pattern = "@daily", FirstExecutionTime = ScriptedCloud.Start.AddDays(-1) } },
        { "InvalidFirstExecutionTime", new ScheduleRequest { Instance = "m", Name = "b", Pattern = "@daily", FirstExecutionTime = DateTimeOffset.MaxValue } },
        { "InvalidFirstExecutionTime", new ScheduleRequest { Instance = "m", Name = "b", FirstExecutionTime = new DateTimeOffset(9999, 12, 31, 23, 59, 0, 1, TimeSpan.Zero) } },
        { "InvalidUntil", new ScheduleRequest { Instance = "m", Name = "b", Pattern = "@daily", Suspension = new NewSuspension { Until = ScriptedCloud.Start } } },
    };

    [Theory]
    [MemberData(nameof(InvalidRequests))]
    public async Task An_invalid_value_is_refused_before_a_request_is_sent(string errorId, ScheduleRequest request)
    {
        var cloud = new ScriptedCloud();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(cloud, request));
        Assert.Equal((TroveErrorKind.Invalid, errorId), (error.Kind, error.ErrorId));
        Assert.NotNull(error.RecommendedAction);
        Assert.Empty(cloud.Requests);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("日本1")]
    [InlineData("😀 z")]
    public async Task A_name_with_one_letter_or_digit_is_accepted(string name)
    {
        ScriptedCloud cloud = Cloud().On(Post, Created);
        Assert.Equal(name, (await Create(cloud, new ScheduleRequest { Instance = Rows.Id(900), Name = name, Pattern = "*/2 * * * *" })).Name);
    }

    [Theory]
    [InlineData("07:43:00.0000001", "2026-11-22 07:44")]
    [InlineData("07:43:59", "2026-11-22 07:44")]
    [InlineData("07:44:00", "2026-11-22 07:44")]
    [InlineData("07:44:00.0000001", "2026-11-22 07:45")]
    public async Task A_first_time_is_rounded_up_to_the_minute(string time, string sent)
    {
        DateTimeOffset first = DateTimeOffset.Parse($"2026-11-22T{time}Z", CultureInfo.InvariantCulture).ToOffset(TimeSpan.FromHours(9));
        ScriptedCloud cloud = Cloud().On(Post, Created);
        await Create(cloud, new ScheduleRequest { Instance = "m", Name = "b", Pattern = "*/2 * * * *", FirstExecutionTime = first });
        Assert.Equal(sent, JsonNode.Parse(OnlyPost(cloud).Body)!["first_execution_time"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_application_credential_is_refused_before_a_request_is_sent()
    {
        var cloud = new ScriptedCloud { Methods = ["application_credential"] };
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(cloud));
        Assert.Equal((TroveErrorKind.Forbidden, "ApplicationCredential"), (error.Kind, error.ErrorId));
        Assert.Empty(cloud.Requests);
    }

    [Fact]
    public async Task Concurrent_preparations_share_their_lookups()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Answer Held(Answer answer) => async (request, token) =>
        {
            await gate.Task.WaitAsync(TimeSpan.FromSeconds(30), token);
            return await answer(request, token);
        };
        string parent = $"GET {Rows.TrovePath}/backups/{Rows.Id(5)}";
        ScriptedCloud cloud = Cloud(Rows.OurInputs).Always(Rows.WorkflowRoute, Held(Answers.Ok(Rows.Workflow(Rows.OurInputs))))
            .Always(parent, Held(Answers.Ok($$"""{"backup": {{Rows.Backup(5)}}}""")));
        using CloudSession session = await cloud.ConnectAsync();
        BackupSchedules schedules = session.Schedules;
        ResourceLookup lookup = session.CreateLookup();
        Task<PreparedSchedule>[] prepared = [.. Enumerable.Range(0, 4).Select(_ => schedules.PrepareAsync(Request() with { ParentId = Rows.Id(5) }, lookup))];
        // The session caches the inputs, so other pipelines use them too.
        Task<PreparedSchedule> another = schedules.PrepareAsync(Request());
        gate.SetResult();
        await Task.WhenAll([.. prepared, another]);
        Assert.Single(cloud.Routes, Rows.WorkflowRoute);
        Assert.Single(cloud.Routes, Rows.ActionRoute);
        Assert.Single(cloud.Routes, parent);
        Assert.Equal(2, cloud.Routes.Count(route => route.Contains("/instances/")));
    }

    [Fact]
    public async Task A_failed_lookup_is_repeated()
    {
        string parent = $"GET {Rows.TrovePath}/backups/{Rows.Id(5)}";
        ScriptedCloud cloud = Cloud(Rows.OurInputs).On(Rows.WorkflowRoute, Answers.NotFound).On(parent, Answers.TroveNotFound).Always(parent, Answers.Ok($$"""{"backup": {{Rows.Backup(5)}}}"""));
        using CloudSession session = await cloud.ConnectAsync();
        BackupSchedules schedules = session.Schedules;
        ResourceLookup lookup = session.CreateLookup();
        ScheduleRequest request = Request() with { ParentId = Rows.Id(5) };
        Assert.Equal("WorkbookNotInstalled", (await ScriptedCloud.FailureOf(() => schedules.PrepareAsync(request, lookup))).ErrorId);
        Assert.Equal("BackupNotFound", (await ScriptedCloud.FailureOf(() => schedules.PrepareAsync(request, lookup))).ErrorId);
        await schedules.PrepareAsync(request, lookup);
    }

    [Fact]
    public async Task A_parent_backup_of_another_instance_is_refused()
    {
        ScriptedCloud cloud = Cloud(Rows.OurInputs).Always($"GET {Rows.TrovePath}/backups/{Rows.Id(5)}", Answers.Ok($$"""{"backup": {{Rows.Backup(5, row => row["instance_id"] = Rows.Id(901))}}}"""));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(cloud, Request() with { ParentId = Rows.Id(5) }));
        Assert.Equal((TroveErrorKind.Invalid, "InvalidParent", Rows.Id(5)), (error.Kind, error.ErrorId, error.Target));
        Assert.Contains(Rows.Id(901), error.Message);
        Assert.DoesNotContain(Post, cloud.Routes);
    }

    [Fact]
    public async Task A_parent_that_does_not_exist_is_refused_before_the_POST()
    {
        ScriptedCloud cloud = Cloud().On($"GET {Rows.TrovePath}/backups/{Rows.Id(5)}", Answers.Json(404, """{"itemNotFound": {"code": 404, "message": "Backup cannot be found."}}"""));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(cloud, new ScheduleRequest { Instance = Rows.Id(900), Name = "b", Pattern = "@daily", ParentId = Rows.Id(5) }));
        Assert.Equal((TroveErrorKind.NotFound, "BackupNotFound", Rows.Id(5)), (error.Kind, error.ErrorId, error.Target));
        Assert.DoesNotContain(Post, cloud.Routes);
    }

    [Fact]
    public async Task Without_the_workbook_nothing_is_created()
    {
        ScriptedCloud cloud = Cloud().Always(Rows.WorkflowRoute, Answers.Fault(404, "Workflow not found [workflow_identifier=trove.backup_create, namespace=]"));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(cloud));
        Assert.Equal((TroveErrorKind.NotFound, "WorkbookNotInstalled"), (error.Kind, error.ErrorId));
        Assert.Contains("Install the workbook.", error.RecommendedAction);
        Assert.DoesNotContain(Post, cloud.Routes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_the_Trove_actions_nothing_is_created(bool hasWorkbook)
    {
        ScriptedCloud cloud = Cloud().Always(Rows.ActionRoute, Answers.Fault(404, "Action not found"));
        if (!hasWorkbook)
            cloud.Always(Rows.WorkflowRoute, Answers.NotFound);
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(cloud));
        Assert.Equal((TroveErrorKind.NotFound, "NoTroveActions"), (error.Kind, error.ErrorId));
        Assert.DoesNotContain(Post, cloud.Routes);
    }

    public static TheoryData<string, ScheduleRequest, string> UnacceptedInputs => new()
    {
        { Rows.TroveclientInputs, new ScheduleRequest { Instance = Rows.Id(900), Name = "b", Pattern = "@daily", ParentId = Rows.Id(5) }, "parent_id" },
        { Rows.SpecInputs, new ScheduleRequest { Instance = Rows.Id(900), Name = "b", Pattern = "@daily", Incremental = true }, "incremental" },
        { """["instance", "name"]""", new ScheduleRequest { Instance = Rows.Id(900), Name = "b", Pattern = "@daily", Description = "nightly" }, "description" },
    };

    [Theory]
    [MemberData(nameof(UnacceptedInputs))]
    public async Task An_input_that_the_workbook_does_not_accept_is_refused_with_the_name_of_one_that_does(string inputs, ScheduleRequest request, string input)
    {
        ScriptedCloud cloud = Cloud(inputs);
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(cloud, request));
        Assert.Equal((TroveErrorKind.Invalid, "InvalidForWorkbook"), (error.Kind, error.ErrorId));
        Assert.Contains($"takes no {input}", error.Message);
        Assert.Contains("ours do", error.Message);
        Assert.DoesNotContain(Post, cloud.Routes);
    }

    [Theory]
    [InlineData("""["instance_id", "name"]""", "instance")]
    [InlineData("""["instance"]""", "name")]
    [InlineData("""["name", {"instances": null}]""", "instance")]
    [InlineData("[]", "instance")]
    public async Task A_workbook_without_an_input_for_the_instance_or_the_name_is_refused(string inputs, string missing)
    {
        ScriptedCloud cloud = Cloud(inputs);
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(cloud, Full()));
        Assert.Equal((TroveErrorKind.Invalid, "InvalidForWorkbook"), (error.Kind, error.ErrorId));
        Assert.StartsWith($"The installed workbook takes no {missing} (it takes ", error.Message);
        Assert.DoesNotContain(Post, cloud.Routes);
    }

    private static ScheduleRequest Full(string? parent = null, bool incremental = false, string? description = null) =>
        new() { Instance = "m", Name = "myback", Pattern = "0 3 * * *", ParentId = parent, Incremental = incremental, Description = description };

    public static TheoryData<string, ScheduleRequest, string> Inputs => new()
    {
        { Rows.SpecInputs, Full(), $$"""{"instance":"{{Rows.Id(900)}}","name":"myback","description":null,"parent_id":null}""" },
        { Rows.SpecInputs, Full(Rows.Id(5), false, "d1"), $$"""{"instance":"{{Rows.Id(900)}}","name":"myback","description":"d1","parent_id":"{{Rows.Id(5)}}"}""" },
        { Rows.TroveclientInputs, Full(), $$"""{"instance":"{{Rows.Id(900)}}","name":"myback","description":null,"incremental":false}""" },
        { Rows.TroveclientInputs, Full(null, true), $$"""{"instance":"{{Rows.Id(900)}}","name":"myback","description":null,"incremental":true}""" },
        { Rows.OurInputs, Full(), $$"""{"instance":"{{Rows.Id(900)}}","name":"myback","description":null,"parent_id":null,"incremental":false}""" },
        { Rows.OurInputs, Full(null, true, "d1"), $$"""{"instance":"{{Rows.Id(900)}}","name":"myback","description":"d1","parent_id":null,"incremental":true}""" },
        { """["name", "instance", "needed", {"bucket": "b1"}]""", Full(), $$"""{"name":"myback","instance":"{{Rows.Id(900)}}","needed":null}""" },
    };

    [Theory]
    [MemberData(nameof(Inputs))]
    public async Task Exactly_the_inputs_of_the_installed_workflow_are_sent(string inputs, ScheduleRequest request, string expected)
    {
        ScriptedCloud cloud = Cloud(inputs).On(Post, Created)
            .Always($"GET {Rows.TrovePath}/backups/{Rows.Id(5)}", Answers.Ok($$"""{"backup": {{Rows.Backup(5)}}}"""));
        await Create(cloud, request);

        RecordedRequest post = OnlyPost(cloud);
        JsonObject body = JsonNode.Parse(post.Body)!.AsObject();
        Assert.Equal("application/json", post.ContentType);
        Assert.Equal(["name", "workflow_name", "workflow_input", "pattern"], body.Select(member => member.Key));
        Assert.Equal(("trove.backup_create", "0 3 * * *"), (body["workflow_name"]!.GetValue<string>(), body["pattern"]!.GetValue<string>()));
        Assert.Equal(expected, body["workflow_input"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("instance, name, description, parent_id", """{"instance":"I","name":"myback","description":null,"parent_id":null}""")]
    [InlineData("instance, name, description=None, parent_id=None, incremental=False", """{"instance":"I","name":"myback","description":null,"parent_id":null,"incremental":false}""")]
    [InlineData("instance, name, needed, tags=['a', 'b'], where={'k': 1, 'l': [2, 3]}", """{"instance":"I","name":"myback","needed":null}""")]
    public async Task The_inputs_of_an_older_Mistral_are_parsed_from_text(string input, string expected)
    {
        ScriptedCloud cloud = Cloud().On(Post, Created).Always(Rows.WorkflowRoute, Answers.Ok(Rows.Workflow("[]", row =>
        {
            row.Remove("interface");
            row["input"] = input;
        })));
        await Create(cloud, Full());
        Assert.Equal(expected.Replace("\"I\"", $"\"{Rows.Id(900)}\""), JsonNode.Parse(OnlyPost(cloud).Body)!["workflow_input"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("{\"input\": [\"inst")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"input\": \"instance\"}")]
    [InlineData("{\"input\": [{}]}")]
    [InlineData("{\"input\": [7]}")]
    [InlineData("{\"input\": [null]}")]
    [InlineData("{\"input\": [\"\\ud800\"]}")]
    [InlineData("")]
    public async Task An_invalid_workflow_interface_is_a_protocol_error(string text)
    {
        ScriptedCloud cloud = Cloud().Always(Rows.WorkflowRoute, Answers.Ok(Rows.Workflow("[]", row => row["interface"] = text)));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(cloud));
        Assert.Equal(TroveErrorKind.ProtocolError, error.Kind);
        Assert.DoesNotContain(Post, cloud.Routes);
    }

    [Fact]
    public async Task A_one_off_schedule_is_sent_and_returned_without_a_pattern()
    {
        ScriptedCloud cloud = Cloud().On(Post, (request, token) => Answers.Json(201, Rows.TriggerOf(request, row =>
        {
            row["pattern"] = "0 0 30 2 0";
            row["remaining_executions"] = 1;
            row["first_execution_time"] = "2026-11-22 09:00:00";
            row["next_execution_time"] = "2026-11-22 09:00:00";
        }))(request, token));
        BackupSchedule schedule = await Create(cloud, new ScheduleRequest { Instance = "m", Name = "b", FirstExecutionTime = new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero) });

        JsonObject body = JsonNode.Parse(OnlyPost(cloud).Body)!.AsObject();
        Assert.Equal(["name", "workflow_name", "workflow_input", "first_execution_time"], body.Select(member => member.Key));
        Assert.Equal("2026-11-22 09:00", body["first_execution_time"]!.GetValue<string>());
        Assert.Null(schedule.Pattern);
        Assert.Equal(schedule.FirstExecutionTime, schedule.NextExecutionTime);
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0 3 * * *")]
    public async Task A_suspended_schedule_is_sent_with_a_time_that_never_comes_and_its_own_first_time_in_the_metadata(string? pattern)
    {
        ScriptedCloud cloud = Cloud().On(Post, Created);
        var first = new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero);
        DateTimeOffset until = first.AddDays(9);
        BackupSchedule schedule = await Create(cloud, new ScheduleRequest
        {
            Instance = "m", Name = "b", Pattern = pattern, FirstExecutionTime = first, Suspension = new NewSuspension { Reason = "new disk", Until = until },
        });
        JsonObject body = JsonNode.Parse(OnlyPost(cloud).Body)!.AsObject();
        Assert.Equal("9999-12-31 23:59", body["first_execution_time"]!.GetValue<string>());
        JsonNode metadata = JsonNode.Parse(body["workflow_params"]!.GetValue<string>())!["env"]!["trove_schedules"]!;
        Assert.Equal(["version", "earlier_triggers", "suspension"], metadata.AsObject().Select(member => member.Key));
        Assert.Equal(["since", "reason", "until", "first_execution_time"], metadata["suspension"]!.AsObject().Select(member => member.Key));
        Assert.Equal((ScheduleState.Suspended, "new disk", until, first, null), (schedule.State, schedule.SuspendedReason, schedule.SuspendedUntil, schedule.FirstExecutionTime, schedule.NextExecutionTime));
        Assert.Null(schedule.EarlierTriggerIds);
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task A_copied_suspension_may_be_overdue()
    {
        ScriptedCloud cloud = Cloud().On(Post, Created);
        BackupSchedule schedule = await Create(cloud, Request() with { Suspension = new NewSuspension { Until = ScriptedCloud.Start.AddDays(-1), MayBeOverdue = true } });
        Assert.True(schedule.IsResumeOverdue);
    }

    [Fact]
    public async Task RemainingExecutions_is_sent_as_a_number()
    {
        ScriptedCloud cloud = Cloud().On(Post, Created);
        await Create(cloud, new ScheduleRequest { Instance = "m", Name = "b", Pattern = "*/2 * * * *", RemainingExecutions = 3 });
        Assert.Equal(3, JsonNode.Parse(OnlyPost(cloud).Body)!["remaining_executions"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("quote \" backslash \\ return \r tab \t nul \0 escape \u001b[31m a")]
    [InlineData("<% env() %> {{ 1+1 }} {% for %} a")]
    [InlineData("ünïcödé 日本語 a")]
    [InlineData("👩‍🚀 a")]
    [InlineData("</script>&'+ a")]
    public Task Any_text_is_sent_to_Mistral_unchanged(string text) => AssertSentUnchanged(text);

    [Fact]
    public Task An_emoji_counts_as_one_character_of_a_name() => AssertSentUnchanged("b" + string.Concat(Enumerable.Repeat("😀", 254)));

    private async Task AssertSentUnchanged(string text)
    {
        ScriptedCloud cloud = Cloud().On(Post, Created);
        BackupSchedule schedule = await Create(cloud, new ScheduleRequest { Instance = "m", Name = text, Description = text, Pattern = "*/2 * * * *" });
        JsonNode input = JsonNode.Parse(JsonNode.Parse(OnlyPost(cloud).Body)!["workflow_input"]!.GetValue<string>())!;
        Assert.Equal((text, text), (input["name"]!.GetValue<string>(), input["description"]!.GetValue<string>()));
        Assert.Equal((text, text), (schedule.Name, schedule.Description));
    }

    [Fact]
    public async Task The_workflow_is_read_once_per_session()
    {
        ScriptedCloud cloud = Cloud().On(Post, Created, Created);
        using CloudSession session = await cloud.ConnectAsync();
        await session.Schedules.CreateAsync(Request());
        await session.Schedules.CreateAsync(Request());
        Assert.Single(cloud.Routes, Rows.WorkflowRoute);
        Assert.Single(cloud.Routes, Rows.ActionRoute);
    }

    [Theory]
    [InlineData("2026-11-22 07:44:00", false)]
    [InlineData("2026-11-22 07:44:00.000000", false)]
    [InlineData("2026-11-22 07:46:00", true)]
    [InlineData("2026-11-22 07:43:00", true)]
    [InlineData("2027-11-22 07:44:00", true)]
    [InlineData(null, false)]
    public async Task An_unexpected_first_execution_time_gives_a_warning(string? next, bool warns)
    {
        ScriptedCloud cloud = Cloud().On(Post, (request, token) =>
            Answers.Json(201, Rows.TriggerOf(request, row => row["next_execution_time"] = next))(request, token));
        BackupSchedule schedule = await Create(cloud);
        if (!warns)
        {
            Assert.Empty(_warnings);
            return;
        }
        string warning = Assert.Single(_warnings);
        Assert.Contains(schedule.Id, warning);
        Assert.Contains("2026-11-22 07:44:00Z was expected", warning);
        Assert.Contains(next + "Z", warning);
    }

    [Fact]
    public async Task A_first_execution_in_the_second_of_the_creation_gives_no_warning()
    {
        ScriptedCloud cloud = Cloud().On(Post, (request, token) => Answers.Json(201, Rows.TriggerOf(request, row =>
        {
            row["created_at"] = "2026-11-22 07:44:00";
            row["next_execution_time"] = "2026-11-22 07:44:00";
        }))(request, token));
        await Create(cloud);
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task A_first_execution_other_than_the_requested_one_gives_a_warning()
    {
        ScriptedCloud cloud = Cloud().On(Post, (request, token) => Answers.Json(201, Rows.TriggerOf(request, row =>
        {
            row["first_execution_time"] = "2026-11-22 09:00:00";
            row["next_execution_time"] = "2026-11-22 07:44:00";
        }))(request, token));
        await Create(cloud, new ScheduleRequest { Instance = "m", Name = "b", Pattern = "*/2 * * * *", FirstExecutionTime = new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero) });
        Assert.Contains("2026-11-22 09:00:00Z was expected", Assert.Single(_warnings));
    }

    [Fact]
    public async Task A_pattern_that_versions_read_differently_gives_a_warning_before_the_POST()
    {
        ScriptedCloud cloud = Cloud();
        List<string> before = [];
        cloud.On(Post, Answers.After(_ => before.AddRange(_warnings), (request, token) => Answers.Json(201, Rows.TriggerOf(request, row => row["next_execution_time"] = null))(request, token)));
        await Create(cloud, Request("0 0 1-31 * 1"));
        Assert.StartsWith("'0 0 1-31 * 1': ", Assert.Single(before));
    }

    [Fact]
    public async Task Cancellation_during_the_request_ends_at_once_without_further_requests()
    {
        using var cancellation = new CancellationTokenSource();
        ScriptedCloud cloud = Cloud();
        cloud.On(Post, Answers.After(_ => cancellation.Cancel(), Answers.Silence));
        using CloudSession session = await cloud.ConnectAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.Schedules.CreateAsync(Request(), null, cancellation.Token).WaitAsync(TimeSpan.FromSeconds(30)));
        OnlyPost(cloud);
        Assert.Empty(LookUps(cloud));
    }

    [Fact]
    public async Task A_prepared_schedule_explains_its_times()
    {
        var first = new DateTimeOffset(2026, 11, 22, 8, 59, 1, TimeSpan.Zero);
        using CloudSession session = await Cloud().ConnectAsync();
        BackupSchedules schedules = session.Schedules;
        PreparedSchedule once = await schedules.PrepareAsync(new ScheduleRequest { Instance = "m", Name = "b", FirstExecutionTime = first });
        PreparedSchedule later = await schedules.PrepareAsync(new ScheduleRequest { Instance = "m", Name = "b", Pattern = "0 3 * * *", FirstExecutionTime = first });
        Assert.Equal("once, at 2026-11-22 09:00:00Z", once.Explain());
        Assert.EndsWith(", from 2026-11-22 09:00:00Z on", later.Explain());
        PreparedSchedule suspended = await schedules.PrepareAsync(new ScheduleRequest { Instance = "m", Name = "b", FirstExecutionTime = first, Suspension = new NewSuspension() });
        Assert.Equal("once, at 2026-11-22 09:00:00Z; suspended until it is resumed", suspended.Explain());
    }
}
