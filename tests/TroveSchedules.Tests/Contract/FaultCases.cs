using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Trove;
using TroveSchedules.Sandbox;
using Xunit;

namespace TroveSchedules.Tests.Contract;

/// <summary>How the library handles failures of the network and of services. Runs on both clouds.</summary>
public abstract class FaultCases(ICloud cloud) : ContractCases(cloud)
{
    private readonly FaultHandler _faults = new(cloud.CreateHandler());
    private readonly AcceleratedTimers _timers = new(cloud);

    [ContractTheory]
    [InlineData(FaultKind.ConnectionRefused)]
    [InlineData(FaultKind.ResetBefore)]
    [InlineData(FaultKind.ResetAfter)]
    [InlineData(FaultKind.TooManyRequests)]
    [InlineData(FaultKind.ServiceUnavailable)]
    [InlineData(FaultKind.LostDatabase)]
    [InlineData(FaultKind.Unauthorized)]
    public async Task A_transient_failure_of_a_GET_is_retried(FaultKind kind)
    {
        using CloudSession session = await ConnectAsync();
        _faults.Inject(new Fault(kind) { When = IsMistral });
        await session.Schedules.ListAsync();
        Assert.Equal(2, _faults.Requests.Count(request => request.StartsWith("GET", StringComparison.Ordinal) && request.Contains("/cron_triggers")));
    }

    [ContractTheory]
    [InlineData(FaultKind.ConnectionRefused, TroveErrorKind.Unavailable)]
    [InlineData(FaultKind.ResetBefore, TroveErrorKind.Unavailable)]
    [InlineData(FaultKind.ServiceUnavailable, TroveErrorKind.Unavailable)]
    [InlineData(FaultKind.TooManyRequests, TroveErrorKind.Unavailable)]
    [InlineData(FaultKind.ServerError, TroveErrorKind.Unavailable)]
    [InlineData(FaultKind.LostDatabase, TroveErrorKind.Unavailable)]
    [InlineData(FaultKind.NoContent, TroveErrorKind.ProtocolError)]
    [InlineData(FaultKind.Timeout, TroveErrorKind.Timeout)]
    [InlineData(FaultKind.TruncatedBody, TroveErrorKind.Unavailable)]
    [InlineData(FaultKind.MalformedJson, TroveErrorKind.ProtocolError)]
    [InlineData(FaultKind.Html, TroveErrorKind.ProtocolError)]
    [InlineData(FaultKind.Unauthorized, TroveErrorKind.Unauthorized)]
    [InlineData(FaultKind.Redirect, TroveErrorKind.ProtocolError)]
    public async Task A_permanent_failure_is_an_error_of_its_kind_without_the_token(FaultKind kind, TroveErrorKind expected)
    {
        using CloudSession session = await ConnectAsync();
        _timers.DividesLimit = kind == FaultKind.Timeout;
        _faults.Inject(new Fault(kind) { When = IsMistral, Times = int.MaxValue });
        var error = await Assert.ThrowsAsync<TroveScheduleException>(() => session.Schedules.ListAsync());
        Assert.Equal(expected, error.Kind);
        Assert.DoesNotContain(session.Token.Value, error.ToString() + error.ServerMessage);
    }

    [ContractFact]
    public async Task A_slow_body_is_read_to_its_end()
    {
        using CloudSession session = await ConnectAsync();
        _faults.Inject(new Fault(FaultKind.SlowBody) { When = IsMistral, Delay = TimeSpan.FromMilliseconds(50) });
        await session.Schedules.ListAsync();
    }

    [ContractFact]
    public async Task An_endless_body_is_a_timeout()
    {
        using CloudSession session = await ConnectAsync();
        _timers.DividesLimit = true;
        _faults.Inject(new Fault(FaultKind.SlowBody) { When = IsMistral, Times = int.MaxValue, Delay = Timeout.InfiniteTimeSpan });
        Assert.Equal(TroveErrorKind.Timeout, (await Assert.ThrowsAsync<TroveScheduleException>(() => session.Schedules.ListAsync())).Kind);
    }

    [ContractFact]
    public async Task A_request_that_hangs_ends_at_once_when_cancelled()
    {
        using CloudSession session = await ConnectAsync();
        _faults.Inject(new Fault(FaultKind.Timeout) { When = IsMistral });
        using var cancel = new CancellationTokenSource();
        Task<IReadOnlyList<BackupSchedule>> list = session.Schedules.ListAsync(cancellationToken: cancel.Token);
        cancel.Cancel();
        // Without the cancellation it would end at its time limit of 100 s.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => list.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Single(_faults.Requests, request => request.Contains("/v2/"));
    }

    [ContractTheory(Needs = Needs.Instances)]
    [InlineData(FaultKind.ResetAfter)]
    [InlineData(FaultKind.TruncatedBody)]
    [InlineData(FaultKind.MalformedJson)]
    [InlineData(FaultKind.Html, 2)]
    [InlineData(FaultKind.ResetBefore, 2)]
    [InlineData(FaultKind.ConnectionRefused, 2)]
    [InlineData(FaultKind.ServiceUnavailable, 2)]
    [InlineData(FaultKind.LostDatabase, 2)]
    [InlineData(FaultKind.ServerError, 1, false)]
    public async Task A_schedule_is_created_once_or_reported_as_not_created(FaultKind kind, int attempts = 1, bool isCreated = true)
    {
        using CloudSession session = await ConnectAsync();
        BackupSchedules schedules = session.Schedules;
        string name = Name("fault");
        PreparedSchedule prepared = await schedules.PrepareAsync(new ScheduleRequest { Instance = "m", Name = name, Pattern = "0 3 1 1 *" });
        _faults.Inject(new Fault(kind) { When = request => request.Method == HttpMethod.Post && IsMistral(request) });
        if (isCreated)
            Finally(() => Mistral("DELETE", "/cron_triggers/" + prepared.Id));

        Task<BackupSchedule> creation = schedules.CreateAsync(prepared);
        if (isCreated)
            Assert.Equal(name, (await creation).Name);
        else
            Assert.StartsWith("The schedule was not created.", (await Assert.ThrowsAsync<TroveScheduleException>(() => creation)).Message);
        Assert.Equal(attempts, _faults.Requests.Count(request => request.StartsWith("POST", StringComparison.Ordinal) && request.Contains("/cron_triggers")));
        Assert.Equal(isCreated ? 200 : 404, (await Mistral("GET", "/cron_triggers/" + prepared.Id)).Status);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task A_schedule_with_an_unknown_result_is_reported_as_unknown()
    {
        using CloudSession session = await ConnectAsync();
        BackupSchedules schedules = session.Schedules;
        PreparedSchedule prepared = await schedules.PrepareAsync(new ScheduleRequest { Instance = "m", Name = "n", Pattern = "0 3 1 1 *" });
        _faults.Inject(new Fault(FaultKind.ResetAfter) { When = request => request.Method == HttpMethod.Post && IsMistral(request) });
        _faults.Inject(new Fault(FaultKind.ConnectionRefused) { When = IsMistral, Times = int.MaxValue });
        Finally(() => Mistral("DELETE", "/cron_triggers/" + prepared.Id));
        var error = await Assert.ThrowsAsync<TroveScheduleException>(() => schedules.CreateAsync(prepared));
        Assert.Contains(prepared.Id, error.Message);
        Assert.StartsWith("It is not known", error.Message);
    }

    [ContractTheory(Needs = Needs.Instances)]
    [InlineData(FaultKind.ResetAfter)]
    [InlineData(FaultKind.TruncatedBody)]
    [InlineData(FaultKind.MalformedJson)]
    [InlineData(FaultKind.ResetBefore, 2)]
    [InlineData(FaultKind.ConnectionRefused, 2)]
    [InlineData(FaultKind.ServiceUnavailable, 2)]
    [InlineData(FaultKind.LostDatabase, 2)]
    [InlineData(FaultKind.EngineTimeout, 2)]
    [InlineData(FaultKind.ServerError, 1, false)]
    public async Task A_schedule_is_started_once_or_said_not_to_be(FaultKind kind, int attempts = 1, bool isStarted = true)
    {
        using CloudSession session = await ConnectAsync();
        BackupSchedule schedule = await session.Schedules.GetAsync((await TriggerAsync(input: Input(Nobody))).Text("id")!);
        string id = Guid.NewGuid().ToString();
        Finally(() => Mistral("DELETE", $"/executions/{id}?force=true"));
        _faults.Inject(new Fault(kind) { When = request => request.Method == HttpMethod.Post && IsMistral(request) });

        Task<ScheduleExecution> starting = session.Executions.StartAsync(schedule, id);
        if (isStarted)
            Assert.Equal((id, schedule.Id), ((await starting).Id, (await starting).ScheduleId));
        else
            Assert.StartsWith($"The schedule '{schedule.Id}' was not started.", (await Assert.ThrowsAsync<TroveScheduleException>(() => starting)).Message);
        Assert.Equal(attempts, _faults.Requests.Count(request => request.StartsWith("POST", StringComparison.Ordinal) && request.Contains("/executions")));
        Assert.Equal(isStarted ? 1 : 0, (await Mistral("GET", "/executions?description=has:" + schedule.TriggerId)).List("executions").Count);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task A_start_of_which_nothing_can_be_known_is_said_to_be_that()
    {
        using CloudSession session = await ConnectAsync();
        BackupSchedule schedule = await session.Schedules.GetAsync((await TriggerAsync(input: Input(Nobody))).Text("id")!);
        string id = Guid.NewGuid().ToString();
        Finally(() => Mistral("DELETE", $"/executions/{id}?force=true"));
        _faults.Inject(new Fault(FaultKind.ResetAfter) { When = request => request.Method == HttpMethod.Post && IsMistral(request) });
        _faults.Inject(new Fault(FaultKind.ConnectionRefused) { When = IsMistral, Times = int.MaxValue });
        var error = await Assert.ThrowsAsync<TroveScheduleException>(() => session.Executions.StartAsync(schedule, id));
        Assert.Contains(id, error.Message);
        Assert.StartsWith("It is not known", error.Message);
        Assert.Same(schedule, error.Target);
    }

    /// <summary>The engine may take the message of the API later.</summary>
    [ContractFact(Needs = Needs.Instances)]
    public async Task A_start_that_the_engine_does_not_answer_is_said_to_be_possible_still()
    {
        using CloudSession session = await ConnectAsync();
        BackupSchedule schedule = await session.Schedules.GetAsync((await TriggerAsync(input: Input(Nobody))).Text("id")!);
        string id = Guid.NewGuid().ToString();
        _faults.Inject(new Fault(FaultKind.EngineTimeout) { When = request => request.Method == HttpMethod.Post && IsMistral(request), Times = int.MaxValue });
        var error = await Assert.ThrowsAsync<TroveScheduleException>(() => session.Executions.StartAsync(schedule, id));
        Assert.StartsWith($"The execution '{id}' of the schedule '{schedule.Id}' does not exist yet.", error.Message);
        Assert.Contains("may still be starting it", error.RecommendedAction);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task A_DELETE_with_a_lost_response_has_succeeded()
    {
        using CloudSession session = await ConnectAsync();
        BackupSchedules schedules = session.Schedules;
        BackupSchedule schedule = await schedules.CreateAsync(new ScheduleRequest { Instance = "m", Name = "n", Pattern = "0 3 1 1 *" });
        _faults.Inject(new Fault(FaultKind.ResetAfter) { When = request => request.Method == HttpMethod.Delete });
        await schedules.DeleteAsync(schedule);
        Assert.Equal(404, (await Mistral("GET", "/cron_triggers/" + schedule.TriggerId)).Status);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task After_a_lost_database_a_deletion_that_was_confirmed_and_not_made_is_repeated()
    {
        using CloudSession session = await ConnectAsync();
        BackupSchedules schedules = session.Schedules;
        BackupSchedule schedule = await schedules.CreateAsync(new ScheduleRequest { Instance = "m", Name = "n", Pattern = "0 3 1 1 *" });
        _faults.Inject(new Fault(FaultKind.LostDatabase) { When = request => request.Method == HttpMethod.Delete });
        _faults.Inject(new Fault(FaultKind.NoContent) { When = request => request.Method == HttpMethod.Delete, Times = 2 });
        await schedules.DeleteAsync(schedule);
        Assert.Equal(4, _faults.Requests.Count(request => request.StartsWith("DELETE", StringComparison.Ordinal)));
        Assert.Equal(404, (await Mistral("GET", "/cron_triggers/" + schedule.TriggerId)).Status);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task An_endless_listing_of_schedules_is_an_error()
    {
        await TriggerAsync();
        using CloudSession session = await ConnectAsync();
        _faults.Inject(new Fault(FaultKind.EndlessPaging) { When = request => request.Method == HttpMethod.Get, Times = int.MaxValue });
        Assert.Contains("does not end", (await Assert.ThrowsAsync<TroveScheduleException>(() => session.Schedules.ListAsync())).Message);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task An_endless_listing_of_instances_is_an_error()
    {
        using CloudSession session = await ConnectAsync();
        _faults.Inject(new Fault(FaultKind.EndlessPaging) { When = request => request.Method == HttpMethod.Get, Times = int.MaxValue });
        await Assert.ThrowsAsync<TroveScheduleException>(async () =>
        {
            await foreach (Instance instance in session.Instances.ListAsync())
                _ = instance;
        });
    }

    [ContractFact]
    public async Task A_redirect_to_another_host_is_not_followed()
    {
        using CloudSession session = await ConnectAsync();
        _faults.Inject(new Fault(FaultKind.Redirect) { When = IsMistral });
        await Assert.ThrowsAsync<TroveScheduleException>(() => session.Schedules.ListAsync());
        Assert.DoesNotContain(_faults.Requests, request => request.Contains("elsewhere.invalid"));
    }

    [ContractTheory]
    [InlineData(FaultKind.ConnectionRefused, TroveErrorKind.Unavailable)]
    [InlineData(FaultKind.Html, TroveErrorKind.ProtocolError)]
    [InlineData(FaultKind.MalformedJson, TroveErrorKind.ProtocolError)]
    [InlineData(FaultKind.ServerError, TroveErrorKind.Unavailable)]
    [InlineData(FaultKind.Timeout, TroveErrorKind.Timeout)]
    [InlineData(FaultKind.Redirect, TroveErrorKind.ProtocolError)]
    public async Task A_failing_Keystone_is_an_error_of_the_login(FaultKind kind, TroveErrorKind expected)
    {
        _timers.DividesLimit = kind == FaultKind.Timeout;
        _faults.Inject(new Fault(kind) { Times = int.MaxValue });
        Assert.Equal(expected, (await Assert.ThrowsAsync<TroveScheduleException>(() => ConnectAsync())).Kind);
    }

    private Task<CloudSession> ConnectAsync() => CloudSession.ConnectAsync(Cloud.As("demo"), _timers, () => _faults, default);

    private static bool IsMistral(HttpRequestMessage request) => request.RequestUri!.AbsolutePath.StartsWith("/v2/", StringComparison.Ordinal);
}

public sealed class FaultsOnSandbox() : FaultCases(new SandboxUnderTest());

[Collection("real cloud")]
public sealed class FaultsOnRealCloud() : FaultCases(RealCloud.Shared);
