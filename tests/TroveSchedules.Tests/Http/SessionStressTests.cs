using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Http;
using TroveSchedules.OpenStack.Keystone;
using Xunit;

namespace TroveSchedules.Tests.Http;

/// <summary>One session under stress: expiring tokens, an unavailable Keystone, clock changes and concurrent use.</summary>
public sealed class SessionStressTests
{
    private const int Many = 64;
    private const string Get = "GET " + Rows.TriggersPath;
    private const string LogIn = "POST /v3/auth/tokens";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30); // For tests that would otherwise hang.
    private static readonly Answer Listing = Answers.Ok(Rows.Triggers());
    private static readonly Answer Unauthorized = Answers.Html(401, "<h1>401 Unauthorized</h1>");
    private static readonly Answer Refusal = Answers.Json(401, """{"error": {"code": 401, "message": "The request you have made requires authentication.", "title": "Unauthorized"}}""");

    private static Task List(CloudSession session, CancellationToken cancellationToken = default) => session.Schedules.ListAsync(cancellationToken: cancellationToken);

    private static async Task<TroveScheduleException[]> FailuresOf(IEnumerable<Task> all) =>
        await Task.WhenAll(all.Select(request => ScriptedCloud.FailureOf(() => request))).WaitAsync(Limit);

    private static string[] Tokens(ScriptedCloud cloud) => [.. cloud.Requests.Select(request => request.Token![ScriptedCloud.Token.Length..])];

    /// <summary>Delays a response. A request has reached it when the call that sends the request returns, because nothing before it waits.</summary>
    private static (Answer Delayed, TaskCompletionSource Gate) Delay(Answer then)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (async (request, token) =>
        {
            await gate.Task.WaitAsync(Limit, token);
            return await then(request, token);
        }, gate);
    }

    /// <summary>Starts a number of listings. All are rejected at the same time and wait for one login.</summary>
    private static async Task<(CloudSession Session, Task[] Listings, TaskCompletionSource Gate)> StartManyThatWaitFor(ScriptedCloud cloud, Answer? login)
    {
        var rejections = new ConcurrentQueue<TaskCompletionSource>();
        cloud.Always(Get, async (request, token) =>
        {
            if (request.Token != ScriptedCloud.Token + "1")
                return await Listing(request, token);
            var rejection = new TaskCompletionSource();
            rejections.Enqueue(rejection);
            await rejection.Task.ConfigureAwait(false);
            return await Unauthorized(request, token).ConfigureAwait(false);
        });
        CloudSession session = await cloud.ConnectAsync();
        (Answer delayed, TaskCompletionSource gate) = Delay(login ?? cloud.Accept);
        cloud.Always(LogIn, delayed);
        Task[] listings = [.. Enumerable.Range(0, Many).Select(_ => List(session))];
        // Outside the synchronization context of the test runner, each listing waits for the login when SetResult returns.
        await Task.Run(() => Assert.All(rejections, rejection => rejection.SetResult()));
        Assert.Equal((Many, 2), (cloud.Requests.Count, cloud.LoginRequests.Count));
        return (session, listings, gate);
    }

    [Fact]
    public async Task Concurrent_rejected_requests_share_one_login()
    {
        var cloud = new ScriptedCloud();
        (CloudSession session, Task[] listings, TaskCompletionSource gate) = await StartManyThatWaitFor(cloud, null);
        gate.SetResult();
        await Task.WhenAll(listings).WaitAsync(Limit);
        Assert.Equal(2, cloud.LoginRequests.Count);
        Assert.Equal(Enumerable.Repeat("1", Many).Concat(Enumerable.Repeat("2", Many)), Tokens(cloud).Order());
        session.Dispose();
    }

    [Theory]
    [InlineData("401", TroveErrorKind.Unauthorized)]
    [InlineData("403", TroveErrorKind.Forbidden)]
    [InlineData("500", TroveErrorKind.Unavailable)]
    public async Task A_failed_login_is_sent_once_for_all_waiting_requests(string what, TroveErrorKind kind)
    {
        var cloud = new ScriptedCloud();
        (CloudSession session, Task[] listings, TaskCompletionSource gate) = await StartManyThatWaitFor(cloud, what == "401" ? Refusal : Answers.Html(int.Parse(what), ""));
        gate.SetResult();
        TroveScheduleException[] errors = await FailuresOf(listings);
        Assert.Equal(2, cloud.LoginRequests.Count);
        Assert.All(errors, error => Assert.Equal(kind, error.Kind));
        Assert.All(errors, error => Assert.Contains("Keystone", error.Message));
        Assert.Equal(Many, cloud.Requests.Count);
        session.Dispose();
    }

    [Fact]
    public async Task Cancelling_the_request_that_started_a_login_does_not_cancel_the_login()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Listing);
        using CloudSession session = await cloud.ConnectAsync();
        cloud.Clock.Advance(TimeSpan.FromHours(2));
        (Answer delayed, TaskCompletionSource gate) = Delay(cloud.Accept);
        cloud.Always(LogIn, delayed);
        using var cancellation = new CancellationTokenSource();
        Task cancelled = List(session, cancellation.Token);
        Task[] others = [.. Enumerable.Range(0, Many).Select(_ => List(session))];
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(Limit));
        Assert.All(others, request => Assert.False(request.IsCompleted));
        gate.SetResult();
        await Task.WhenAll(others).WaitAsync(Limit);
        Assert.Equal(2, cloud.LoginRequests.Count);
        Assert.Equal(Many, cloud.Requests.Count);
    }

    [Fact]
    public async Task A_login_without_waiting_requests_is_cancelled_and_the_next_request_starts_a_new_one()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Listing);
        using CloudSession session = await cloud.ConnectAsync();
        cloud.Clock.Advance(TimeSpan.FromHours(2));
        cloud.On(LogIn, async (request, token) =>
        {
            token.Register(ended.SetResult);
            return await Answers.Silence(request, token);
        });
        using var cancellation = new CancellationTokenSource();
        Task[] all = [.. Enumerable.Range(0, 3).Select(_ => List(session, cancellation.Token))];
        await cancellation.CancelAsync();
        foreach (Task request in all)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request.WaitAsync(Limit));
        await ended.Task.WaitAsync(Limit);
        await List(session).WaitAsync(Limit);
        Assert.Equal(["2"], Tokens(cloud));
    }

    [Fact]
    public async Task Requests_that_wait_for_a_login_fail_with_NotConnected_on_Dispose()
    {
        var cloud = new ScriptedCloud();
        (CloudSession session, Task[] listings, _) = await StartManyThatWaitFor(cloud, Answers.Silence);
        session.Dispose();
        TroveScheduleException[] errors = await FailuresOf(listings);
        Assert.All(errors, error => Assert.Equal("NotConnected", error.ErrorId));
        Assert.Equal(2, cloud.LoginRequests.Count);
    }

    [Fact]
    public async Task A_login_that_succeeds_after_Dispose_does_not_reopen_the_session()
    {
        var loginCompleted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Listing);
        CloudSession session = await cloud.ConnectAsync();
        cloud.Clock.Advance(TimeSpan.FromHours(2));
        cloud.Always(LogIn, async (request, token) =>
        {
            await gate.Task; // Ignores the cancellation, like a response that is already on its way.
            HttpResponseMessage response = await cloud.Accept(request, CancellationToken.None);
            loginCompleted.SetResult();
            return response;
        });
        Task listing = List(session);
        session.Dispose();
        gate.SetResult();
        await loginCompleted.Task.WaitAsync(Limit);
        Assert.Equal("NotConnected", (await ScriptedCloud.FailureOf(() => listing.WaitAsync(Limit))).ErrorId);
        Assert.Equal("NotConnected", Assert.Throws<TroveScheduleException>(() => session.ProjectId).ErrorId);
        Assert.Empty(cloud.Requests);
    }

    [Fact]
    public async Task A_token_that_arrives_after_Dispose_is_not_stored()
    {
        var login = new TaskCompletionSource<AuthToken>();
        var tokens = new TokenSource(_ => login.Task, new ManualClock(ScriptedCloud.Start));
        Task<AuthToken> waiting = tokens.GetAsync(CancellationToken.None).AsTask();
        tokens.Dispose();
        login.SetResult(new AuthToken
        {
            Value = ScriptedCloud.Token, ExpiresAt = ScriptedCloud.Start.AddHours(1), Life = TimeSpan.FromHours(1), ProjectId = ScriptedCloud.Project,
            Roles = [], Methods = [], Catalog = new ServiceCatalog([], ScriptedCloud.Project),
        });
        Assert.Equal("NotConnected", (await ScriptedCloud.FailureOf(() => waiting.WaitAsync(Limit))).ErrorId);
        Assert.Null(tokens.Last);
    }

    [Fact]
    public async Task A_rejected_credential_is_not_sent_again()
    {
        ScriptedCloud cloud = new ScriptedCloud();
        using CloudSession session = await cloud.ConnectAsync();
        ScheduleExecutions executions = session.Executions;
        ScheduleExecution[] runs = [.. Enumerable.Range(0, 1000).Select(i => new ScheduleExecution { Id = Rows.Id(i), State = "SUCCESS", ProjectId = ScriptedCloud.Project })];
        for (int i = 0; i < runs.Length; i++)
            cloud.Always($"DELETE /v2/executions/{runs[i].Id}", i < 100 ? Answers.Status(204) : Unauthorized);
        cloud.Always(LogIn, Refusal);

        var errors = new List<TroveScheduleException>();
        foreach (ScheduleExecution run in runs)
        {
            try
            {
                await executions.DeleteAsync(run);
            }
            catch (TroveScheduleException e)
            {
                errors.Add(e);
            }
        }
        Assert.Equal(900, errors.Count);
        Assert.All(errors, error => Assert.Equal(TroveErrorKind.Unauthorized, error.Kind));
        Assert.All(errors, error => Assert.Contains("onnect again.", error.RecommendedAction));
        Assert.Equal(2, cloud.LoginRequests.Count);
        Assert.Equal(101, cloud.Requests.Count); // The others fail without a request.
    }

    [Fact]
    public async Task A_service_that_rejects_every_token_does_not_cause_a_login_for_each_request()
    {
        ScriptedCloud cloud = new ScriptedCloud().WithInstance().Always(Get, Unauthorized);
        using CloudSession session = await cloud.ConnectAsync();
        for (int i = 0; i < 100; i++)
            Assert.Equal(TroveErrorKind.Unauthorized, (await ScriptedCloud.FailureOf(() => List(session))).Kind);
        Assert.Equal(2, cloud.LoginRequests.Count);
        await new OpenStack.Trove.Instances(session).GetAsync(Rows.Id(900)); // Another service may accept the token.

        cloud.Clock.Advance(TimeSpan.FromHours(1));
        cloud.Always(Get, Listing);
        await List(session);
    }

    [Fact]
    public async Task A_token_revoked_between_two_pages_neither_loses_nor_repeats_a_row()
    {
        string[] rows = [.. Enumerable.Range(1, 450).Select(i => Rows.Execution(i))];
        bool isRevoked = false;
        ScriptedCloud cloud = new ScriptedCloud().Always(Rows.ExecutionsRoute, (request, token) =>
        {
            if (isRevoked && request.Token == ScriptedCloud.Token + "1")
                return Unauthorized(request, token);
            int from = request.Parameters.TryGetValue("marker", out string? marker) ? int.Parse(marker[^12..]) : 0;
            int count = int.Parse(request.Parameters["limit"]);
            return Answers.Ok(Rows.Executions(rows.Skip(from).Take(count), more: from + count < rows.Length))(request, token);
        }).Always($"GET {Rows.TriggersPath}/{Rows.Id(1)}", Answers.Ok(Rows.Trigger()));
        using CloudSession session = await cloud.ConnectAsync();
        var read = new List<string>();
        await foreach (ScheduleExecution run in session.Executions.ListAsync(Rows.Id(1)))
        {
            isRevoked |= read.Count == 50;
            read.Add(run.Id);
        }
        Assert.Equal(Enumerable.Range(1, 450).Select(Rows.Id), read);
        Assert.Equal(2, cloud.LoginRequests.Count);
    }

    [Fact]
    public async Task While_Keystone_is_down_a_token_is_used_until_it_expires()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Listing);
        using CloudSession session = await cloud.ConnectAsync();
        cloud.Always(LogIn, Answers.Html(500, "down"));
        cloud.Clock.Advance(TimeSpan.FromMinutes(57));
        await List(session);
        Assert.Single(cloud.LoginRequests);

        cloud.Clock.Advance(TimeSpan.FromMinutes(2)); // A minute is left.
        for (int i = 0; i < 100; i++)
            await List(session);
        Assert.Equal(2, cloud.LoginRequests.Count); // Not one login per request.
        cloud.Clock.Advance(TimeSpan.FromSeconds(31));
        await List(session);
        Assert.Equal(3, cloud.LoginRequests.Count);
        Assert.Equal(["1"], Tokens(cloud).Distinct());
    }

    [Theory]
    [InlineData("500")]
    [InlineData("refused")]
    [InlineData("unknown host")]
    public async Task An_expired_token_while_Keystone_is_down_is_an_error_of_Keystone_and_the_session_recovers(string how)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Listing);
        using CloudSession session = await cloud.ConnectAsync();
        cloud.Clock.Advance(TimeSpan.FromHours(1));
        cloud.Always(LogIn, how switch { "500" => Answers.Html(500, "down"), "refused" => Answers.Refused, _ => Answers.UnknownHost });
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => List(session));
        Assert.Equal(TroveErrorKind.Unavailable, error.Kind);
        Assert.StartsWith("Keystone ", error.Message);
        Assert.DoesNotContain("Mistral", error.Message);
        Assert.Empty(cloud.Requests);

        cloud.Always(LogIn, cloud.Accept);
        await List(session);
        Assert.Equal(["2"], Tokens(cloud));
    }

    [Fact]
    public async Task A_rejected_token_is_not_sent_again_while_keystone_is_down()
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Get, Unauthorized).Always(Get, Listing);
        using CloudSession session = await cloud.ConnectAsync();
        cloud.Always(LogIn, Answers.Html(500, "down"));
        for (int i = 0; i < 3; i++)
            Assert.StartsWith("Keystone ", (await ScriptedCloud.FailureOf(() => List(session))).Message);
        Assert.Single(cloud.Requests);
        cloud.Always(LogIn, cloud.Accept);
        await List(session);
        Assert.Equal(["1", "2"], Tokens(cloud));
    }

    [Fact]
    public async Task A_request_that_times_out_during_a_login_names_Keystone()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Listing);
        using CloudSession session = await cloud.ConnectAsync();
        cloud.Clock.Advance(TimeSpan.FromHours(1));
        cloud.Always(LogIn, Answers.Silence);
        Task deletion = session.Executions.DeleteAsync(new ScheduleExecution { Id = Rows.Id(1), State = "SUCCESS", ProjectId = ScriptedCloud.Project });
        cloud.Clock.Advance(TimeSpan.FromSeconds(101));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => deletion.WaitAsync(Limit));
        Assert.Equal((TroveErrorKind.Timeout, false), (error.Kind, error.MayHaveHappened));
        Assert.StartsWith("Keystone ", error.Message);
        Assert.Empty(cloud.Requests);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public async Task Setting_the_system_clock_by_hours_does_not_change_the_life_of_a_token(int hours)
    {
        ScriptedCloud cloud = new ScriptedCloud { Ahead = TimeSpan.FromHours(2) }.Always(Get, Listing);
        using CloudSession session = await cloud.ConnectAsync();
        cloud.Clock.Set(TimeSpan.FromHours(hours));
        await List(session);
        await List(session);
        Assert.InRange(cloud.LoginRequests.Count, 1, 2); // One additional login is allowed, to find out the cloud's time.
        Assert.Equal(cloud.Clock.World.AddHours(2), session.CloudTime);

        int before = cloud.LoginRequests.Count;
        cloud.Clock.Advance(TimeSpan.FromMinutes(57));
        await List(session);
        Assert.Equal(before, cloud.LoginRequests.Count);
        cloud.Clock.Advance(TimeSpan.FromMinutes(2));
        await List(session);
        Assert.Equal(before + 1, cloud.LoginRequests.Count);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(300)]
    public async Task After_a_sleep_the_token_is_renewed_and_CloudTime_is_correct(int minutes)
    {
        ScriptedCloud cloud = new ScriptedCloud { Ahead = TimeSpan.FromHours(-3) }.Always(Get, Listing);
        using CloudSession session = await cloud.ConnectAsync();
        cloud.Clock.Sleep(TimeSpan.FromMinutes(minutes));
        await List(session);
        Assert.Equal(["2"], Tokens(cloud)); // The first token may have expired in the meantime.
        Assert.Equal(cloud.Clock.World.AddHours(-3), session.CloudTime);
    }

    [Fact]
    public async Task Setting_the_system_clock_while_Keystone_is_down_does_not_fail_requests()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Listing);
        using CloudSession session = await cloud.ConnectAsync();
        cloud.Always(LogIn, Answers.Html(500, "down"));
        cloud.Clock.Set(TimeSpan.FromHours(9));
        for (int i = 0; i < 10; i++)
            await List(session);
        Assert.Equal(2, cloud.LoginRequests.Count);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public async Task Setting_the_system_clock_does_not_change_a_Retry_After_wait(int hours)
    {
        ScriptedCloud cloud = new ScriptedCloud().On("POST /v2/workbooks", Answers.Json(503, "{}", ("Retry-After", "7"))).Always(Get, Listing);
        using CloudSession session = await cloud.ConnectAsync();
        await ScriptedCloud.FailureOf(() => session.Mistral.Workbooks.CreateAsync("x", "private", CancellationToken.None));
        cloud.Clock.Set(TimeSpan.FromHours(hours));
        await List(session).WaitAsync(Limit);
        Assert.Equal([TimeSpan.FromSeconds(7)], cloud.Clock.Waits);
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("unknown host")]
    [InlineData("silent")]
    public async Task The_error_for_an_unreachable_catalog_address_names_service_address_and_settings(string how)
    {
        Answer dead = how switch { "refused" => Answers.Refused, "silent" => Answers.Silence, _ => Answers.UnknownHost };
        ScriptedCloud cloud = new ScriptedCloud { MistralUrl = "http://nowhere.example:8989/v2" }.Always(Get, dead).Always($"GET {Rows.TrovePath}/instances", dead);
        using CloudSession session = await cloud.ConnectAsync();
        await AssertNamed(List(session), "Mistral", "http://nowhere.example:8989/v2/cron_triggers", "workflow_endpoint_override");
        await AssertNamed(session.CreateLookup().AllInstancesAsync(), "Trove", "http://cloud:8779/v1.0/", "database_endpoint_override");

        async Task AssertNamed(Task request, string service, string address, string setting)
        {
            if (how == "silent")
                cloud.Clock.Advance(TimeSpan.FromSeconds(101));
            TroveScheduleException error = await ScriptedCloud.FailureOf(() => request.WaitAsync(Limit));
            Assert.Equal(how == "silent" ? TroveErrorKind.Timeout : TroveErrorKind.Unavailable, error.Kind);
            Assert.Contains(service, error.Problem);
            Assert.Contains(address, error.Problem);
            Assert.All([setting, "interface", "region"], way => Assert.Contains(way, error.RecommendedAction));
            Assert.Equal([setting, "interface", "region_name"], error.Settings);
        }
    }

    [Fact]
    public async Task Cancelling_the_request_that_started_a_shared_lookup_does_not_cancel_the_lookup()
    {
        ScriptedCloud cloud = new ScriptedCloud().WithWorkflow();
        using CloudSession session = await cloud.ConnectAsync();
        (Answer delayed, TaskCompletionSource gate) = Delay(Answers.Ok(Rows.Workflow(Rows.OurInputs)));
        cloud.Always(Rows.WorkflowRoute, delayed);
        using var cancellation = new CancellationTokenSource();
        Task cancelled = session.Workbook.InputsAsync(cancellation.Token);
        Task[] others = [.. Enumerable.Range(0, Many).Select(_ => session.Workbook.InputsAsync(CancellationToken.None))];
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(Limit));
        gate.SetResult();
        await Task.WhenAll(others).WaitAsync(Limit);
        Assert.Single(cloud.Routes, Rows.WorkflowRoute);
    }

    [Fact]
    public async Task A_failed_shared_lookup_fails_all_waiting_requests_and_is_repeated_for_the_next()
    {
        ScriptedCloud cloud = new ScriptedCloud().WithWorkflow();
        using CloudSession session = await cloud.ConnectAsync();
        (Answer delayed, TaskCompletionSource gate) = Delay(Answers.Status(500));
        cloud.On(Rows.WorkflowRoute, delayed);
        Task[] all = [.. Enumerable.Range(0, Many).Select(_ => session.Workbook.InputsAsync(CancellationToken.None))];
        gate.SetResult();
        Assert.All(await FailuresOf(all), error => Assert.Equal(TroveErrorKind.Unavailable, error.Kind));
        Assert.Single(cloud.Routes, Rows.WorkflowRoute);
        await session.Workbook.InputsAsync(CancellationToken.None);
        Assert.Equal(2, cloud.Routes.Count(route => route == Rows.WorkflowRoute));
    }

    [Fact]
    public async Task A_lookup_result_is_not_cached_if_the_cache_was_cleared_meanwhile()
    {
        ScriptedCloud cloud = new ScriptedCloud().WithWorkflow();
        using CloudSession session = await cloud.ConnectAsync();
        (Answer delayed, TaskCompletionSource gate) = Delay(Answers.Ok(Rows.Workflow(Rows.SpecInputs)));
        cloud.On(Rows.WorkflowRoute, delayed);
        Task<WorkflowInputs> old = session.Workbook.InputsAsync(CancellationToken.None);
        session.Inputs.Forget();
        gate.SetResult();
        Assert.False((await old.WaitAsync(Limit)).Take("incremental"));
        Assert.True((await session.Workbook.InputsAsync(CancellationToken.None)).Take("incremental"));
    }
}
