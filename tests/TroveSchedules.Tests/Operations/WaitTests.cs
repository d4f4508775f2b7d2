using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Time.Testing;
using TroveSchedules.OpenStack;
using TroveSchedules.Sandbox;
using TroveSchedules.Tests.Contract;
using Xunit;

namespace TroveSchedules.Tests.Operations;

/// <summary>Waiting for executions, on a sandbox whose clock moves only while something waits.</summary>
public sealed class WaitTests : IAsyncLifetime
{
    private readonly SandboxCloud _cloud = new(new SandboxOptions
    {
        Clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 30, 0, TimeSpan.Zero)), Speed = 0, Instances = 10, MaxBackups = -1,
    });
    private readonly List<TimeSpan> _waits = [];
    private readonly List<Action> _meanwhile = [];
    private Wire _wire = null!;
    private CloudSession _session = null!;
    private CloudSession _past = null!;
    private BackupSchedule _schedule = null!;

    public async Task InitializeAsync()
    {
        _wire = new Wire(_cloud.CreateHandler());
        _session = await CloudSession.ConnectAsync(SandboxUnderTest.Settings(_cloud, "demo") with { MaxRetries = 0 }, _cloud.Clock, () => _wire, default);
        _past = await CloudSession.ConnectAsync(SandboxUnderTest.Settings(_cloud, "demo"), _cloud.Clock, _cloud.CreateHandler, default);
        await _past.Workbook.InstallAsync();
        _schedule = await _past.Schedules.CreateAsync(new ScheduleRequest { Instance = "m", Name = "n", Pattern = "0 3 1 1 *" });
    }

    public Task DisposeAsync()
    {
        _session.Dispose();
        _past.Dispose();
        _cloud.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_round_for_200_executions_is_one_listing_and_what_ended_is_read_with_one_or_two_requests_more()
    {
        List<AwaitedExecution> all = await StartAsync(200);
        // Paused, they end only when they are told to.
        foreach (AwaitedExecution one in all)
            await SetAsync(one.Id, "PAUSED");
        int ended = 0;
        Meanwhile(() => End(37), () => End(1), () => End(2), () => { }, () => End(160));
        var rounds = new List<int>();
        List<ExecutionOutcome> outcomes = await WaitAsync(all, new ExecutionWaitOptions { Delay = Between });
        rounds.Add(_wire.Count());

        Assert.Equal([1, 2, 2, 3, 1, 2], rounds);
        Assert.Equal(200, outcomes.Select(outcome => outcome.Id).Distinct().Count());
        Assert.All(outcomes, outcome => Assert.Equal("ExecutionFailed", outcome.Error!.ErrorId));

        void End(int count)
        {
            foreach (AwaitedExecution one in all.Skip(ended).Take(count))
                SetAsync(one.Id, "CANCELLED").GetAwaiter().GetResult();
            ended += count;
        }

        Task Between(TimeSpan wait, CancellationToken cancellationToken)
        {
            rounds.Add(_wire.Count());
            return PassAsync(wait, cancellationToken);
        }
    }

    [Fact]
    public async Task A_listing_asks_only_for_what_started_no_earlier_than_the_oldest()
    {
        await StartAsync(1);
        _cloud.Step(TimeSpan.FromMinutes(1));
        List<AwaitedExecution> all = await StartAsync(3);
        await WaitAsync(all);
        Assert.Equal(
            ["eq:trove.backup_create", "in:IDLE,RUNNING,PAUSED", "gte:2026-11-22 08:31:00"],
            new[] { "workflow_name", "state", "created_at" }.Select(name => _wire.Parameter(0, name)));
        Assert.Equal("in:SUCCESS,ERROR,CANCELLED", _wire.Parameter(2, "state"));
        Assert.Equal("gte:2026-11-22 08:31:00", _wire.Parameter(2, "created_at"));
    }

    [Fact]
    public async Task Ids_alone_are_found_without_a_time()
    {
        List<AwaitedExecution> all = await StartAsync(4);
        List<ExecutionOutcome> outcomes = await WaitAsync(all.Select(one => new AwaitedExecution(one.Id)));
        Assert.Equal(all.Select(one => one.Id).Order(), outcomes.Select(outcome => outcome.Id).Order());
        Assert.Null(_wire.Parameter(0, "created_at"));
        Assert.Equal(3, _wire.Requests.Count); // The first listing has told their times.
    }

    [Fact]
    public async Task One_is_read_by_its_id_and_no_id_counts_twice()
    {
        AwaitedExecution one = Assert.Single(await StartAsync(1));
        Assert.Single(await WaitAsync([one, new AwaitedExecution(one.Id.ToUpperInvariant()), one]));
        Assert.All(_wire.Requests, request => Assert.EndsWith("/v2/executions/" + one.Id, request.AbsolutePath));
    }

    [Fact]
    public async Task The_interval_grows_by_half_up_to_15_seconds_and_the_last_ends_with_the_limit()
    {
        AwaitedExecution one = Assert.Single(await StartAsync(1));
        await SetAsync(one.Id, "PAUSED");
        ExecutionOutcome outcome = Assert.Single(await WaitAsync([one], new ExecutionWaitOptions { TimeLimit = TimeSpan.FromSeconds(60), Delay = PassAsync }));
        Assert.Equal([1, 1.5, 2.25, 3.375, 5.0625, 7.59375, 11.390625], _waits.Take(7).Select(wait => wait.TotalSeconds));
        Assert.Equal(15, _waits[7].TotalSeconds);
        Assert.Equal(60, _waits.Sum(wait => wait.TotalSeconds), 3);
        Assert.Null(outcome.Execution);
        Assert.Equal(("WaitTimeout", TroveErrorKind.Timeout), (outcome.Error!.ErrorId, outcome.Error.Kind));
        Assert.Equal($"The execution '{one.Id}' has not ended within 60 s. Its state is PAUSED.", outcome.Error.Problem);
    }

    [Fact]
    public async Task Without_a_delay_of_its_own_it_waits_by_the_session_s_clock()
    {
        var clock = new Http.ManualClock(Http.ScriptedCloud.Start);
        Http.ScriptedCloud cloud = new Http.ScriptedCloud(clock).Always($"GET {Http.Rows.ExecutionsPath}/{Http.Rows.Id(10)}", Http.Answers.Ok(Http.Rows.Execution(10, 1, row => row["state"] = "RUNNING")));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Equal("WaitTimeout", Assert.Single(await session.Executions.WaitAsync([new AwaitedExecution(Http.Rows.Id(10))], new ExecutionWaitOptions { TimeLimit = TimeSpan.FromSeconds(5) }).ToListAsync()).Error!.ErrorId);
        Assert.Equal([1, 1.5, 2.25, 0.25], clock.Waits.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task A_limit_of_zero_reads_the_states_once()
    {
        List<AwaitedExecution> all = await StartAsync(3);
        await SetAsync(all[0].Id, "CANCELLED");
        List<ExecutionOutcome> outcomes = await WaitAsync(all, new ExecutionWaitOptions { TimeLimit = TimeSpan.Zero, Delay = PassAsync });
        Assert.Equal(["ExecutionFailed", "WaitTimeout", "WaitTimeout"], outcomes.Select(outcome => outcome.Error!.ErrorId));
        Assert.Empty(_waits);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task What_is_deleted_meanwhile_is_not_found_and_the_others_go_on(int others)
    {
        List<AwaitedExecution> all = await StartAsync(1 + others);
        Meanwhile(() => _past.Executions.DeleteAsync(all[0].Known!, force: true).GetAwaiter().GetResult());
        List<ExecutionOutcome> outcomes = await WaitAsync(all);
        ExecutionOutcome gone = Assert.Single(outcomes, outcome => outcome.Error?.ErrorId == "ExecutionNotFound");
        Assert.Equal((all[0].Id, null), (gone.Id, gone.Execution));
        Assert.Equal(1 + others, outcomes.Count);
    }

    [Fact]
    public async Task What_was_never_there_or_is_another_project_s_or_no_backup_is_refused_and_the_others_go_on()
    {
        AwaitedExecution one = Assert.Single(await StartAsync(1));
        using CloudSession other = await CloudSession.ConnectAsync(SandboxUnderTest.Settings(_cloud, "other"), _cloud.Clock, _cloud.CreateHandler, default);
        await other.Workbook.InstallAsync();
        BackupSchedule theirs = await other.Schedules.CreateAsync(new ScheduleRequest { Instance = (await other.Instances.ListAsync().FirstAsync()).Id, Name = "n", Pattern = "0 3 1 1 *" });
        ScheduleExecution foreign = await other.Executions.StartAsync(theirs, Guid.NewGuid().ToString());
        string nobody = Guid.NewGuid().ToString();
        List<ExecutionOutcome> outcomes = await WaitAsync(
        [
            new AwaitedExecution(nobody), new AwaitedExecution("no-uuid"), new AwaitedExecution(foreign.Id), one,
            new AwaitedExecution(Guid.NewGuid().ToString(), foreign), new AwaitedExecution(Guid.NewGuid().ToString(), one.Known! with { Origin = "https://elsewhere" }),
        ]);
        Assert.Equal(
            ["ExecutionNotFound", "ExecutionNotFound", "ExecutionNotFound", "OtherCloud", "OtherProject"],
            outcomes.Select(outcome => outcome.Error?.ErrorId).OfType<string>().Where(id => id != "ExecutionFailed").Order());
        Assert.Contains(outcomes, outcome => outcome.Id == one.Id && outcome.Execution is not null);
    }

    [Fact]
    public async Task An_administrator_waits_for_other_projects()
    {
        List<AwaitedExecution> all = await StartAsync(3);
        using CloudSession admin = await CloudSession.ConnectAsync(SandboxUnderTest.Settings(_cloud, "admin"), _cloud.Clock, _cloud.CreateHandler, default);
        var options = new ExecutionWaitOptions { AllProjects = true, Delay = PassAsync };
        Assert.All(await admin.Executions.WaitAsync(all, options).ToListAsync(), outcome => Assert.NotNull(outcome.Execution));
        Assert.All(await admin.Executions.WaitAsync(all, new ExecutionWaitOptions { Delay = PassAsync }).ToListAsync(), outcome => Assert.Equal("OtherProject", outcome.Error!.ErrorId));
    }

    [Fact]
    public async Task The_backup_is_awaited_on_request_and_its_status_comes_from_Trove()
    {
        AwaitedExecution one = Assert.Single(await StartAsync(1));
        ExecutionOutcome plain = Assert.Single(await WaitAsync([one]));
        Assert.Equal(("SUCCESS", null), (plain.Execution!.State, plain.Execution.BackupStatus));
        ExecutionOutcome full = Assert.Single(await WaitAsync([one], new ExecutionWaitOptions { ForBackup = true, Delay = PassAsync }));
        Assert.Equal(("SUCCESS", "COMPLETED"), (full.Execution!.State, full.Execution.BackupStatus));
        Assert.Null(full.Error);
    }

    [Fact]
    public async Task The_backups_of_many_are_read_by_listing()
    {
        List<Instance> instances = await _past.Instances.ListAsync().Where(instance => instance.Name!.StartsWith("db-", StringComparison.Ordinal)).Take(8).ToListAsync();
        var all = new List<AwaitedExecution>();
        foreach (Instance instance in instances)
        {
            BackupSchedule schedule = await _past.Schedules.CreateAsync(new ScheduleRequest { Instance = instance.Id, Name = "n", Pattern = "0 3 1 1 *" });
            ScheduleExecution started = await _past.Executions.StartAsync(schedule, Guid.NewGuid().ToString());
            all.Add(new AwaitedExecution(started.Id, started));
        }
        List<ExecutionOutcome> outcomes = await WaitAsync(all, new ExecutionWaitOptions { ForBackup = true, Delay = PassAsync });
        Assert.All(outcomes, outcome => Assert.Equal(("COMPLETED", null), (outcome.Execution!.BackupStatus, outcome.Error)));
        Assert.Equal(8, outcomes.Count);
        Assert.DoesNotContain(_wire.Requests, request => request.AbsolutePath.Contains("/backups/"));
    }

    [Fact]
    public async Task A_backup_that_fails_and_one_that_is_gone_are_errors_of_their_executions()
    {
        _cloud.FailBackups(_schedule.InstanceId!);
        AwaitedExecution one = Assert.Single(await StartAsync(1));
        var options = new ExecutionWaitOptions { ForBackup = true, Delay = PassAsync };
        ExecutionOutcome failed = Assert.Single(await WaitAsync([one], options));
        Assert.Equal(("SUCCESS", "FAILED"), (failed.Execution!.State, failed.Execution.BackupStatus));
        Assert.Equal(("BackupFailed", TroveErrorKind.Failed), (failed.Error!.ErrorId, failed.Error.Kind));
        Assert.Contains(failed.Execution.BackupId!, failed.Error.Message);

        await SendAsync(HttpMethod.Delete, _past.DatabaseEndpoint + "/backups/" + failed.Execution.BackupId, null);
        _cloud.Step(TimeSpan.FromMinutes(1));
        ExecutionOutcome gone = Assert.Single(await WaitAsync([one], options));
        Assert.Equal(("NOT_FOUND", "BackupNotFound"), (gone.Execution!.BackupStatus, gone.Error!.ErrorId));
    }

    [Fact]
    public async Task A_workbook_that_does_not_return_the_backup_is_named_as_the_reason()
    {
        var row = (string output) => Http.Rows.Execution(10, 1, execution => execution["output"] = output);
        Http.ScriptedCloud cloud = new Http.ScriptedCloud().Always($"GET {Http.Rows.ExecutionsPath}/{Http.Rows.Id(10)}", Http.Answers.Ok(row("{\"status\": \"Backup complete\"}")));
        using CloudSession session = await cloud.ConnectAsync();
        ExecutionOutcome outcome = Assert.Single(await session.Executions.WaitAsync([new AwaitedExecution(Http.Rows.Id(10))], new ExecutionWaitOptions { ForBackup = true }).ToListAsync());
        Assert.Equal(("SUCCESS", "BackupUnknown"), (outcome.Execution!.State, outcome.Error!.ErrorId));
        Assert.Contains("The bundled workbook returns it.", outcome.Error.Message);
        Assert.Null(Assert.Single(await session.Executions.WaitAsync([new AwaitedExecution(Http.Rows.Id(10))]).ToListAsync()).Error);
    }

    [Fact]
    public async Task A_service_that_fails_for_some_rounds_does_not_end_the_waiting()
    {
        List<AwaitedExecution> all = await StartAsync(3);
        foreach (AwaitedExecution one in all)
            await SetAsync(one.Id, "PAUSED");
        Meanwhile(
            () => _wire.IsDown = true, () => { }, () => { }, () => { }, () => { _wire.IsDown = false; SetAsync(all[0].Id, "CANCELLED").GetAwaiter().GetResult(); },
            () => _wire.IsDown = true, () => { _wire.IsDown = false; SetAsync(all[1].Id, "CANCELLED").GetAwaiter().GetResult(); SetAsync(all[2].Id, "CANCELLED").GetAwaiter().GetResult(); });
        Assert.Equal(3, (await WaitAsync(all)).Count(outcome => outcome.Execution is not null));
    }

    [Fact]
    public async Task A_service_that_stays_away_is_one_error_after_what_had_ended()
    {
        List<AwaitedExecution> all = await StartAsync(4);
        foreach (AwaitedExecution one in all)
            await SetAsync(one.Id, "PAUSED");
        Meanwhile(() => SetAsync(all[0].Id, "CANCELLED").GetAwaiter().GetResult(), () => _wire.IsDown = true);
        var outcomes = new List<ExecutionOutcome>();
        var error = await Assert.ThrowsAsync<TroveScheduleException>(async () =>
        {
            await foreach (ExecutionOutcome outcome in _session.Executions.WaitAsync(all, new ExecutionWaitOptions { Delay = PassAsync }))
                outcomes.Add(outcome);
        });
        Assert.Equal(TroveErrorKind.Unavailable, error.Kind);
        Assert.Equal(all[0].Id, Assert.Single(outcomes).Id);
        Assert.Equal(6, _waits.Count);
    }

    [Fact]
    public async Task A_service_that_fails_at_once_is_an_error_at_once()
    {
        List<AwaitedExecution> all = await StartAsync(3);
        _wire.IsDown = true;
        await Assert.ThrowsAsync<TroveScheduleException>(() => WaitAsync(all));
        Assert.Empty(_waits);
    }

    [Fact]
    public async Task Cancelling_ends_a_wait_at_once()
    {
        AwaitedExecution one = Assert.Single(await StartAsync(1));
        await SetAsync(one.Id, "PAUSED");
        using var cancel = new CancellationTokenSource();
        var options = new ExecutionWaitOptions { Delay = (_, token) => { cancel.Cancel(); return Task.Delay(Timeout.InfiniteTimeSpan, token); } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _session.Executions.WaitAsync([one], options, cancel.Token).ToListAsync().AsTask());
    }

    [Fact]
    public async Task The_description_of_a_start_is_in_Mistral_s_form_with_a_mark_of_ours()
    {
        ScheduleExecution started = Assert.Single(await StartAsync(1)).Known!;
        string stored = (await _past.Mistral.Executions.FindAsync(started.Id, default))!.Description!;
        Assert.Equal(
            $$$"""{"description":"Workflow execution started by hand for cron trigger '({{{_schedule.TriggerId}}})'.","triggered_by":{"type":"cron_trigger","id":"{{{_schedule.TriggerId}}}","name":"{{{_schedule.Id}}}"},"trove_schedules":{"version":1,"started_by":"user"}}""",
            stored);
        ScheduleExecution listed = Assert.Single(await _session.Executions.ListAsync(_schedule).ToListAsync());
        Assert.Equal((started.Id, true, _schedule.Id), (listed.Id, listed.IsManual, listed.ScheduleId));
    }

    [Theory]
    [InlineData("\"trove_schedules\": {\"version\": 2, \"started_by\": \"user\"}", true)]
    [InlineData("\"trove_schedules\": {\"started_by\": \"robot\"}", false)]
    [InlineData("\"trove_schedules\": {\"started_by\": 1}", false)]
    [InlineData("\"trove_schedules\": \"user\"", false)]
    [InlineData("\"trove_schedules\": null", false)]
    [InlineData("\"x\": 1", false)]
    public void Only_our_mark_tells_that_a_user_started_it(string member, bool isManual)
    {
        ExecutionCause cause = ExecutionCause.Parse($"{{{member}, \"triggered_by\": {{\"type\": \"cron_trigger\", \"id\": \"1\"}}}}")!;
        Assert.Equal(isManual, cause.IsManual);
    }

    private async Task<List<AwaitedExecution>> StartAsync(int count)
    {
        var all = new List<AwaitedExecution>();
        for (int i = 0; i < count; i++)
        {
            ScheduleExecution started = await _past.Executions.StartAsync(_schedule, Guid.NewGuid().ToString());
            all.Add(new AwaitedExecution(started.Id, started));
        }
        _wire.Requests.Clear();
        return all;
    }

    private async Task<List<ExecutionOutcome>> WaitAsync(IEnumerable<AwaitedExecution> executions, ExecutionWaitOptions? options = null) =>
        await _session.Executions.WaitAsync(executions, options ?? new ExecutionWaitOptions { Delay = PassAsync }).ToListAsync();

    /// <summary>What happens in the cloud in each delay, one after the other.</summary>
    private void Meanwhile(params Action[] actions) => _meanwhile.AddRange(actions);

    private Task PassAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        _waits.Add(wait);
        _cloud.Step(wait);
        if (_waits.Count <= _meanwhile.Count)
            _meanwhile[_waits.Count - 1]();
        return Task.CompletedTask;
    }

    private Task SetAsync(string id, string state) => SendAsync(HttpMethod.Put, _past.WorkflowEndpoint + "/executions/" + id, $"{{\"state\": \"{state}\"}}");

    private async Task SendAsync(HttpMethod method, string url, string? body)
    {
        using var http = new HttpClient(_cloud.CreateHandler());
        using var request = new HttpRequestMessage(method, url);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.Add("X-Auth-Token", _past.Token.Value);
        using HttpResponseMessage response = await http.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, $"{method} {url}: {(int)response.StatusCode}");
    }

    /// <summary>Notes the requests of a wait, and can be down.</summary>
    private sealed class Wire(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private int _counted;

        public List<Uri> Requests { get; } = [];

        public bool IsDown { get; set; }

        /// <summary>The requests since the last call.</summary>
        public int Count() => -_counted + (_counted = Requests.Count);

        public string? Parameter(int request, string name) => Requests[request].Query.TrimStart('?').Split('&').Select(pair => pair.Split('='))
            .Where(pair => pair[0] == name).Select(pair => Uri.UnescapeDataString(pair[1])).SingleOrDefault();

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (!request.RequestUri!.AbsolutePath.StartsWith("/v3/", StringComparison.Ordinal))
                Requests.Add(request.RequestUri);
            return IsDown
                ? Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { RequestMessage = request, Content = new StringContent("no") })
                : base.SendAsync(request, cancellationToken);
        }
    }
}
