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
    private string? _made;

    private static ScheduleRequest Request(string? pattern = "*/2 * * * *") => new() { Instance = Rows.Id(900), Name = "b", Pattern = pattern };

    private static ScriptedCloud Cloud(string inputs = Rows.SpecInputs) => new ScriptedCloud().WithInstance().WithWorkflow(inputs);

    private async Task<BackupSchedule> Create(ScriptedCloud cloud, ScheduleRequest? request = null)
    {
        using CloudSession session = await cloud.ConnectAsync();
        return await session.Schedules.CreateAsync(request ?? Request(), _warnings.Add);
    }

    /// <summary>Mistral creates the trigger, and then responds as given. The trigger can be read by its name afterwards.</summary>
    private ScriptedCloud Acting(ScriptedCloud cloud, Answer then) => cloud.On(Post, Answers.After(request =>
    {
        string row = Rows.TriggerOf(request);
        _made = NameIn(request);
        cloud.Always($"GET {Rows.TriggersPath}/{_made}", Answers.Ok(row));
    }, then));

    /// <summary>Mistral creates nothing and responds as given. The lookup gets the other response.</summary>
    private ScriptedCloud Idle(ScriptedCloud cloud, Answer then, Answer lookUp) => cloud.Always(Post, Answers.After(request =>
    {
        _made = NameIn(request);
        cloud.Always($"GET {Rows.TriggersPath}/{_made}", lookUp);
    }, then));

    private static string NameIn(RecordedRequest request) => JsonNode.Parse(request.Body)!["name"]!.GetValue<string>();

    private static Answer Created => (request, token) => Answers.Json(201, Rows.TriggerOf(request))(request, token);

    private static RecordedRequest OnlyPost(ScriptedCloud cloud) => Assert.Single(cloud.Requests, request => request.Method == "POST");

    private static RecordedRequest[] Posts(ScriptedCloud cloud) => [.. cloud.Requests.Where(request => request.Method == "POST")];

    private static string[] LookUps(ScriptedCloud cloud) =>
        [.. cloud.Requests.SkipWhile(request => request.Method != "POST").Where(request => request.Method != "POST").Select(request => request.Route)];

    [Fact]
    public async Task A_schedule_is_made_by_one_request_and_given_back_as_mistral_has_it()
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
    public async Task Each_schedule_gets_an_id_of_its_own()
    {
        ScriptedCloud cloud = Cloud().On(Post, Created, Created);
        using CloudSession session = await cloud.ConnectAsync();
        BackupSchedules schedules = session.Schedules;
        Assert.NotEqual((await schedules.CreateAsync(Request())).Id, (await schedules.CreateAsync(Request())).Id);
    }

    public static TheoryData<string, string> AnswersThatHideTheDeed => new()
    {
        { "reset", "" }, { "409", "Duplicate entry for cron trigger ['name', 'project_id']: x, None" }, { "500", "Internal" }, { "502", "" },
        { "503", "" }, { "504", "" }, { "408", "" }, { "429", "" }, { "201", "{\"id\": \"8d" }, { "201", "" }, { "201", "{}" }, { "201", "null" }, { "302", "" }, { "200", "<html>" },
    };

    private static Answer AnswerOf(string status, string body) => status switch
    {
        "reset" => Answers.Reset,
        "201" or "200" => Answers.Json(int.Parse(status), body),
        _ => Answers.Fault(int.Parse(status), body),
    };

    [Theory]
    [MemberData(nameof(AnswersThatHideTheDeed))]
    public async Task A_trigger_that_was_made_behind_a_bad_answer_is_found_by_its_name_and_never_made_twice(string status, string body)
    {
        ScriptedCloud cloud = Cloud();
        BackupSchedule schedule = await Create(Acting(cloud, AnswerOf(status, body)));

        Assert.Equal(_made, schedule.Id);
        Assert.Equal(NameIn(OnlyPost(cloud)), schedule.Id);
        Assert.Equal([$"GET {Rows.TriggersPath}/{_made}"], LookUps(cloud));
    }

    [Theory]
    [MemberData(nameof(AnswersThatHideTheDeed))]
    public async Task A_trigger_that_is_not_there_after_a_bad_answer_is_asked_for_again_by_the_same_name_where_that_may_help_and_else_reported_as_that_answer(string status, string body)
    {
        ScriptedCloud cloud = Cloud();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(Idle(cloud, AnswerOf(status, body), Answers.NotFound)));

        int attempts = status is "409" or "500" or "408" or "302" ? 1 : 1 + CloudSettings.DefaultMaxRetries;
        Assert.Equal(Enumerable.Repeat(_made, attempts), Posts(cloud).Select(NameIn));
        Assert.Equal(Enumerable.Repeat($"GET {Rows.TriggersPath}/{_made}", attempts), LookUps(cloud));
        Assert.Equal(_made, error.Target);
        Assert.Equal(status == "reset" ? null : int.Parse(status), error.StatusCode);
        Assert.NotEqual(TroveErrorKind.NotFound, error.Kind);
    }

    [Theory]
    [InlineData("reset", "")]
    [InlineData("503", "")]
    [InlineData("200", "<html>")]
    public async Task A_trigger_that_is_not_there_after_a_passing_fault_is_made_by_the_next_attempt(string status, string body)
    {
        ScriptedCloud cloud = Cloud();
        cloud.On(Post, Answers.After(request => cloud.Always($"GET {Rows.TriggersPath}/{NameIn(request)}", Answers.NotFound), AnswerOf(status, body)), Created);
        BackupSchedule schedule = await Create(cloud);
        Assert.Equal([schedule.Id, schedule.Id], Posts(cloud).Select(NameIn));
    }

    [Fact]
    public async Task A_first_attempt_that_is_carried_out_after_all_is_the_one_that_counts()
    {
        ScriptedCloud cloud = Cloud();
        Answer late = Answers.After(request => cloud.On($"GET {Rows.TriggersPath}/{NameIn(request)}", Answers.NotFound, Answers.Ok(Rows.TriggerOf(request))), Answers.Html(504, ""));
        BackupSchedule schedule = await Create(cloud.On(Post, late, AnswerOf("409", "Duplicate entry for cron trigger ['name', 'project_id']: x, None")));
        Assert.Equal([schedule.Id, schedule.Id], Posts(cloud).Select(NameIn));
        Assert.Equal(2, LookUps(cloud).Length);
    }

    [Fact]
    public async Task A_trigger_that_could_never_be_asked_for_was_not_made_and_is_not_looked_up_in_the_end()
    {
        ScriptedCloud cloud = Cloud();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(Idle(cloud, Answers.Fails(SocketError.ConnectionRefused), Answers.Fails(SocketError.ConnectionRefused))));
        Assert.False(error.MayHaveHappened);
        Assert.Equal(CloudSettings.DefaultMaxRetries, LookUps(cloud).Length);
    }

    [Theory]
    [InlineData("409", "Duplicate entry for cron trigger: (pymysql.err.DataError) (1406, \"Data too long\")", TroveErrorKind.Conflict)]
    [InlineData("500", "'name'", TroveErrorKind.Unavailable)]
    public async Task An_answer_that_came_and_a_trigger_that_is_not_there_mean_that_it_was_not_made(string status, string words, TroveErrorKind kind)
    {
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(Idle(Cloud(), AnswerOf(status, words), Answers.NotFound)));
        Assert.Equal((kind, words), (error.Kind, error.ServerMessage));
        Assert.StartsWith("The schedule was not created.", error.Message);
        Assert.False(error.MayHaveHappened);
    }

    [Fact]
    public async Task A_name_that_is_there_though_it_is_new_means_that_the_whole_schedule_is_there()
    {
        Answer duplicate = AnswerOf("409", "Duplicate entry for cron trigger ['name', 'project_id']: x, None");
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(Idle(Cloud(), duplicate, Answers.NotFound)));
        Assert.Equal((TroveErrorKind.Conflict, "Conflict", 409), (error.Kind, error.ErrorId, error.StatusCode));
        Assert.StartsWith("The schedule was not created: 'b' already exists with the same pattern, first time and number of executions", error.Message);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("502")]
    [InlineData("504")]
    public async Task While_mistral_may_still_be_at_work_a_trigger_that_is_not_there_is_not_called_unmade(string status)
    {
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(Idle(Cloud(), AnswerOf(status, ""), Answers.NotFound)));
        Assert.DoesNotContain("was not created", error.Message);
        Assert.Contains(_made!, error.Message);
        Assert.True(error.MayHaveHappened);
    }

    [Theory]
    [MemberData(nameof(AnswersThatHideTheDeed))]
    public async Task Where_mistral_cannot_be_asked_the_outcome_is_called_unknown_and_the_id_is_named(string status, string body)
    {
        ScriptedCloud cloud = Cloud();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(Idle(cloud, AnswerOf(status, body), Answers.Reset)));

        OnlyPost(cloud);
        Assert.StartsWith("It is not known whether the schedule was created", error.Message);
        Assert.Contains(_made!, error.RecommendedAction);
        Assert.Contains(_made!, error.Message);
        Assert.True(error.MayHaveHappened);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_trigger_whose_creation_timed_out_is_looked_up_before_anything_is_said(bool wasMade)
    {
        ScriptedCloud cloud = Cloud();
        Answer silence = Answers.After(_ => cloud.Clock.Advance(TimeSpan.FromSeconds(100)), Answers.Silence);
        Task<BackupSchedule> creation = Create(wasMade ? Acting(cloud, silence) : Idle(cloud, silence, Answers.NotFound));

        if (wasMade)
        {
            Assert.Equal(_made, (await creation).Id);
        }
        else
        {
            TroveScheduleException error = await ScriptedCloud.FailureOf(() => creation);
            Assert.Equal(TroveErrorKind.Timeout, error.Kind);
            Assert.DoesNotContain("was not created", error.Message);
            Assert.Contains(_made!, error.Message);
        }
        OnlyPost(cloud);
        Assert.Equal([$"GET {Rows.TriggersPath}/{_made}"], LookUps(cloud));
    }

    [Fact]
    public async Task A_look_up_that_keystone_cannot_let_in_is_not_taken_for_an_absence()
    {
        ScriptedCloud cloud = Cloud();
        Answer reset = Answers.After(_ => cloud.Always("POST /v3/auth/tokens", Answers.Html(404, "gone")), Answers.Reset);
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(Idle(cloud, reset, Answers.Html(401, ""))));
        Assert.StartsWith("It is not known whether the schedule was created", error.Message);
    }

    [Fact]
    public async Task A_refusal_for_a_delegated_token_says_that_application_credentials_cannot_create_schedules()
    {
        const string words = "Authorization failed: You are not authorized to perform the requested action: Using a delegated token to create another token is not allowed.. (HTTP 403) (Request-ID: req-1)";
        ScriptedCloud cloud = Cloud().On(Post, Answers.Fault(500, words));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(cloud));

        Assert.Equal((TroveErrorKind.Forbidden, "ApplicationCredential", 500, words), (error.Kind, error.ErrorId, error.StatusCode, error.ServerMessage));
        Assert.Contains("password", error.RecommendedAction);
        OnlyPost(cloud);
        Assert.Empty(LookUps(cloud));
    }

    [Fact]
    public async Task A_pattern_that_mistral_finds_no_date_for_is_an_invalid_pattern()
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
    public async Task A_definite_refusal_is_reported_as_it_is_without_a_look_up(int status, string words, TroveErrorKind kind)
    {
        ScriptedCloud cloud = Cloud().On(Post, Answers.Fault(status, words));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(cloud));
        Assert.Equal((kind, words), (error.Kind, error.ServerMessage));
        OnlyPost(cloud);
        Assert.Empty(LookUps(cloud));
    }

    [Fact]
    public async Task A_rejected_token_is_renewed_and_the_same_trigger_asked_for_again()
    {
        ScriptedCloud cloud = Cloud().On(Post, Answers.Html(401, "no"), Created);
        BackupSchedule schedule = await Create(cloud);
        RecordedRequest[] posts = Posts(cloud);
        Assert.Equal(2, posts.Length);
        Assert.Equal(posts[0].Body, posts[1].Body);
        Assert.Equal(schedule.Id, NameIn(posts[1]));
    }

    public static TheoryData<string, ScheduleRequest> BrokenRules => new()
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
    };

    [Theory]
    [MemberData(nameof(BrokenRules))]
    public async Task A_value_against_its_rule_is_refused_before_anything_is_sent(string errorId, ScheduleRequest request)
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
    public async Task A_name_with_one_letter_or_digit_is_good(string name)
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
    public async Task An_application_credential_is_refused_before_any_request()
    {
        var cloud = new ScriptedCloud { Methods = ["application_credential"] };
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(cloud));
        Assert.Equal((TroveErrorKind.Forbidden, "ApplicationCredential"), (error.Kind, error.ErrorId));
        Assert.Empty(cloud.Requests);
    }

    [Fact]
    public async Task Several_that_are_prepared_at_once_have_what_they_share_looked_up_once()
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
    public async Task What_could_not_be_looked_up_is_looked_up_again()
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
    public async Task A_parent_that_is_a_backup_of_another_instance_is_refused()
    {
        ScriptedCloud cloud = Cloud(Rows.OurInputs).Always($"GET {Rows.TrovePath}/backups/{Rows.Id(5)}", Answers.Ok($$"""{"backup": {{Rows.Backup(5, row => row["instance_id"] = Rows.Id(901))}}}"""));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(cloud, Request() with { ParentId = Rows.Id(5) }));
        Assert.Equal((TroveErrorKind.Invalid, "InvalidParent", Rows.Id(5)), (error.Kind, error.ErrorId, error.Target));
        Assert.Contains(Rows.Id(901), error.Message);
        Assert.DoesNotContain(Post, cloud.Routes);
    }

    [Fact]
    public async Task A_parent_that_does_not_exist_is_refused_before_the_trigger_is_asked_for()
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
    public async Task Without_troves_actions_nothing_is_created(bool hasWorkbook)
    {
        ScriptedCloud cloud = Cloud().Always(Rows.ActionRoute, Answers.Fault(404, "Action not found"));
        if (!hasWorkbook)
            cloud.Always(Rows.WorkflowRoute, Answers.NotFound);
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(cloud));
        Assert.Equal((TroveErrorKind.NotFound, "NoTroveActions"), (error.Kind, error.ErrorId));
        Assert.DoesNotContain(Post, cloud.Routes);
    }

    public static TheoryData<string, ScheduleRequest, string> Unfit => new()
    {
        { Rows.TroveclientInputs, new ScheduleRequest { Instance = Rows.Id(900), Name = "b", Pattern = "@daily", ParentId = Rows.Id(5) }, "parent_id" },
        { Rows.SpecInputs, new ScheduleRequest { Instance = Rows.Id(900), Name = "b", Pattern = "@daily", Incremental = true }, "incremental" },
        { """["instance", "name"]""", new ScheduleRequest { Instance = Rows.Id(900), Name = "b", Pattern = "@daily", Description = "nightly" }, "description" },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public async Task What_the_workbook_cannot_take_is_refused_and_the_workbook_that_could_is_named(string inputs, ScheduleRequest request, string input)
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
    public async Task A_workbook_that_cannot_be_told_the_instance_or_the_name_is_refused(string inputs, string missing)
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
    public async Task Exactly_what_the_installed_workflow_takes_is_sent(string inputs, ScheduleRequest request, string expected)
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
    public async Task An_older_mistral_tells_its_inputs_as_text(string input, string expected)
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
    public async Task An_interface_that_is_no_interface_is_a_protocol_error(string text)
    {
        ScriptedCloud cloud = Cloud().Always(Rows.WorkflowRoute, Answers.Ok(Rows.Workflow("[]", row => row["interface"] = text)));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Create(cloud));
        Assert.Equal(TroveErrorKind.ProtocolError, error.Kind);
        Assert.DoesNotContain(Post, cloud.Routes);
    }

    [Fact]
    public async Task A_schedule_that_runs_once_sends_no_pattern_and_shows_none()
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

    [Fact]
    public async Task The_number_of_runs_is_sent_as_a_number()
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
    public Task Any_text_reaches_mistral_as_it_was_typed(string text) => ReachesMistral(text);

    [Fact]
    public Task An_emoji_is_one_character_of_a_name_as_it_is_to_trove() => ReachesMistral("b" + string.Concat(Enumerable.Repeat("😀", 254)));

    private async Task ReachesMistral(string text)
    {
        ScriptedCloud cloud = Cloud().On(Post, Created);
        BackupSchedule schedule = await Create(cloud, new ScheduleRequest { Instance = "m", Name = text, Description = text, Pattern = "*/2 * * * *" });
        JsonNode input = JsonNode.Parse(JsonNode.Parse(OnlyPost(cloud).Body)!["workflow_input"]!.GetValue<string>())!;
        Assert.Equal((text, text), (input["name"]!.GetValue<string>(), input["description"]!.GetValue<string>()));
        Assert.Equal((text, text), (schedule.Name, schedule.Description));
    }

    [Fact]
    public async Task The_workflow_is_looked_at_once_per_session()
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
    public async Task A_first_run_other_than_expected_is_warned_of(string? next, bool warns)
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
    public async Task A_first_run_in_the_second_before_the_row_was_written_is_no_surprise()
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
    public async Task Another_first_time_than_the_one_asked_for_is_warned_of()
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
    public async Task What_versions_of_mistral_read_in_different_ways_is_warned_of_before_it_is_sent()
    {
        ScriptedCloud cloud = Cloud();
        List<string> before = [];
        cloud.On(Post, Answers.After(_ => before.AddRange(_warnings), (request, token) => Answers.Json(201, Rows.TriggerOf(request, row => row["next_execution_time"] = null))(request, token)));
        await Create(cloud, Request("0 0 1-31 * 1"));
        Assert.StartsWith("'0 0 1-31 * 1': ", Assert.Single(before));
    }

    [Fact]
    public async Task Cancelled_while_the_request_is_under_way_it_ends_at_once_and_asks_nothing_more()
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
    public async Task A_prepared_schedule_says_when_it_will_run()
    {
        var first = new DateTimeOffset(2026, 11, 22, 8, 59, 1, TimeSpan.Zero);
        using CloudSession session = await Cloud().ConnectAsync();
        BackupSchedules schedules = session.Schedules;
        PreparedSchedule once = await schedules.PrepareAsync(new ScheduleRequest { Instance = "m", Name = "b", FirstExecutionTime = first });
        PreparedSchedule later = await schedules.PrepareAsync(new ScheduleRequest { Instance = "m", Name = "b", Pattern = "0 3 * * *", FirstExecutionTime = first });
        Assert.Equal("once, at 2026-11-22 09:00:00Z", once.Explain());
        Assert.EndsWith(", from 2026-11-22 09:00:00Z on", later.Explain());
    }
}
