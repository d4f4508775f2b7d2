using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Keystone;
using Xunit;

namespace TroveSchedules.Tests.Http;

public sealed class RetryTests
{
    private const string Get = "GET " + Rows.TriggersPath;
    private const string Post = "POST /v2/workbooks/validate";
    private const string CreateWorkbook = "POST /v2/workbooks";
    private const string Delete = "DELETE /v2/executions/20000000-0000-4000-8000-000000000001";

    private const string Lookup = "GET /v2/executions/20000000-0000-4000-8000-000000000001";

    // Number of attempts for a host that has not responded yet, and for one that has.
    private const int Few = 4;
    private const int Many = 1 + CloudSettings.DefaultMaxRetries;

    private static readonly Answer Rows0 = Answers.Ok(Rows.Triggers());

    private static async Task List(ScriptedCloud cloud)
    {
        using CloudSession session = await cloud.ConnectAsync();
        await session.Schedules.ListAsync().WaitAsync(TimeSpan.FromSeconds(10)); // A wait on the stopped clock would hang.
    }

    private static async Task Remove(ScriptedCloud cloud)
    {
        using CloudSession session = await cloud.ConnectAsync();
        await session.Executions.DeleteAsync(new ScheduleExecution { Id = Rows.Id(1), State = "SUCCESS", ProjectId = ScriptedCloud.Project });
    }

    private static Answer TransientFailure(string what) => what switch
    {
        "reset" => Answers.Reset,
        // What Mistral sends when it has lost its database, as recorded on a cluster whose first node of Galera was killed.
        "400 lost" => Answers.Json(400, """{"faultcode": "Client", "faultstring": "Database transaction has already been started.", "debuginfo": null}"""),
        "409 lost" => Answers.Json(409, """{"faultcode": "Client", "faultstring": "Duplicate entry for cron trigger: (pymysql.err.OperationalError) (2013, 'Lost connection to MySQL server during query')\n[SQL: INSERT INTO cron_triggers_v2 (created_at) VALUES (1)]", "debuginfo": null}"""),
        "500 lost" => Answers.Json(500, """{"faultcode": "Server", "faultstring": "Can't reconnect until invalid transaction is rolled back. (Background on this error at: https://sqlalche.me/e/14/8s2b)", "debuginfo": null}"""),
        _ => Answers.Html(int.Parse(what), "<h1>later</h1>"),
    };

    [Theory]
    [InlineData("reset")]
    [InlineData("429")]
    [InlineData("502")]
    [InlineData("503")]
    [InlineData("504")]
    [InlineData("400 lost")]
    [InlineData("409 lost")]
    [InlineData("500 lost")]
    public async Task A_GET_is_retried_eight_times_for_a_host_that_has_responded_and_three_times_otherwise(string what)
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Get, Rows0).Always(Get, TransientFailure(what));
        using CloudSession session = await cloud.ConnectAsync();
        await session.Schedules.ListAsync();
        await ScriptedCloud.FailureOf(() => session.Schedules.ListAsync());
        Assert.Equal(1 + Many, cloud.Requests.Count);
        Assert.Equal(8, cloud.Clock.Waits.Count);
        Assert.All(cloud.Clock.Waits, wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(5)));

        ScriptedCloud down = new ScriptedCloud().Always(Get, TransientFailure(what));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => List(down));
        Assert.Equal(Few, down.Requests.Count);
        Assert.Equal(what == "504" ? TroveErrorKind.Timeout : TroveErrorKind.Unavailable, error.Kind);
    }

    [Theory]
    [InlineData("{\"cron_triggers\": [{\"id\": \"8d")]
    [InlineData("<html><title>Please log in</title></html>")]
    [InlineData("")]
    public async Task A_success_with_an_unreadable_body_is_retried(string body)
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Get, Answers.Ok(body), Rows0);
        await List(cloud);
        Assert.Equal([Get, Get], cloud.Routes);

        TroveScheduleException error = await ScriptedCloud.FailureOf(() => List(new ScriptedCloud().Always(Get, Answers.Ok(body))));
        Assert.Equal(TroveErrorKind.ProtocolError, error.Kind);
    }

    [Fact]
    public async Task An_incomplete_body_is_retried()
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Get, Answers.Body(() => new BreakingStream("{\"cron_", new IOException("The response ended prematurely."))), Rows0);
        await List(cloud);
        Assert.Equal([Get, Get], cloud.Routes);
    }

    [Fact]
    public async Task MaxRetries_and_TimeLimit_bound_the_retries()
    {
        ScriptedCloud withoutRetries = new ScriptedCloud().Always(Get, Answers.Reset);
        await FailureIn(withoutRetries, ScriptedCloud.Settings with { MaxRetries = 0 });
        Assert.Equal([Get], withoutRetries.Routes);

        ScriptedCloud withSevenRetries = new ScriptedCloud().Always(Get, Answers.Reset);
        await FailureIn(withSevenRetries, ScriptedCloud.Settings with { MaxRetries = 7, TimeLimit = TimeSpan.FromHours(1) });
        Assert.Equal(8, withSevenRetries.Requests.Count);

        ScriptedCloud withTimeLimit = new ScriptedCloud().Always(Get, Answers.Json(503, "{}", ("Retry-After", "45")));
        await FailureIn(withTimeLimit, ScriptedCloud.Settings with { MaxRetries = 7, TimeLimit = TimeSpan.FromSeconds(200) });
        Assert.Equal(Enumerable.Repeat(TimeSpan.FromSeconds(45), 4), withTimeLimit.Clock.Waits);

        async Task FailureIn(ScriptedCloud cloud, CloudSettings settings)
        {
            using CloudSession session = await cloud.ConnectAsync(settings);
            Assert.Equal(TroveErrorKind.Unavailable, (await ScriptedCloud.FailureOf(() => session.Schedules.ListAsync())).Kind);
        }
    }

    [Fact]
    public async Task A_host_that_refuses_every_connection_is_reported_within_ten_seconds()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Answers.Refused);
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Equal(TroveErrorKind.Unavailable, (await ScriptedCloud.FailureOf(() => session.Schedules.ListAsync())).Kind);
        Assert.Equal(Few, cloud.Requests.Count);
        Assert.InRange(Total(cloud.Clock.Waits), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));

        ScriptedCloud keystone = new ScriptedCloud().Always("POST /v3/auth/tokens", Answers.Refused);
        Assert.Equal(TroveErrorKind.Unavailable, (await ScriptedCloud.FailureOf(() => keystone.ConnectAsync())).Kind);
        Assert.Equal(Few, keystone.LoginRequests.Count);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("503")]
    [InlineData("400 lost")]
    [InlineData("409 lost")]
    [InlineData("500 lost")]
    public async Task A_restart_of_a_host_that_has_responded_is_bridged_by_retries(string before)
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Get, Rows0).Always(Get, Answers.Refused);
        using CloudSession session = await cloud.ConnectAsync();
        await session.Schedules.ListAsync();
        DateTimeOffset restartTime = cloud.Clock.World + TimeSpan.FromSeconds(13);
        cloud.On(Get, TransientFailure(before)).Always(Get, (request, token) => (cloud.Clock.World < restartTime ? Answers.Refused : Rows0)(request, token));
        await session.Schedules.ListAsync();
        Assert.InRange(Total(cloud.Clock.Waits), TimeSpan.FromSeconds(13), TimeSpan.FromSeconds(18));
    }

    [Fact]
    public async Task After_a_failed_operation_fewer_retries_are_made_until_the_host_responds_again()
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Get, Rows0).Always(Get, Answers.Refused);
        using CloudSession session = await cloud.ConnectAsync();
        await session.Schedules.ListAsync();
        foreach (int attempts in new[] { Many, Few, Few })
        {
            int before = cloud.Requests.Count;
            await ScriptedCloud.FailureOf(() => session.Schedules.ListAsync());
            Assert.Equal(attempts, cloud.Requests.Count - before);
        }
        cloud.On(Get, Rows0);
        await session.Schedules.ListAsync();
        int since = cloud.Requests.Count;
        await ScriptedCloud.FailureOf(() => session.Schedules.ListAsync());
        Assert.Equal(Many, cloud.Requests.Count - since);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public async Task An_explicit_MaxRetries_also_applies_to_a_host_that_has_not_responded(int retries)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Answers.Refused);
        using CloudSession session = await cloud.ConnectAsync(ScriptedCloud.Settings with { MaxRetries = retries });
        await ScriptedCloud.FailureOf(() => session.Schedules.ListAsync());
        Assert.Equal(retries + 1, cloud.Requests.Count);
    }

    private static TimeSpan Total(IEnumerable<TimeSpan> waits) => waits.Aggregate(TimeSpan.Zero, (sum, wait) => sum + wait);

    [Fact]
    public async Task An_unknown_host_name_is_not_retried()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Answers.Fails(SocketError.HostNotFound));
        Assert.Equal(TroveErrorKind.Unavailable, (await ScriptedCloud.FailureOf(() => List(cloud))).Kind);
        Assert.Equal([Get], cloud.Routes);
    }

    [Theory]
    [InlineData(200, "<html>")]
    [InlineData(200, "")]
    [InlineData(202, "")]
    public async Task A_DELETE_succeeds_only_with_the_documented_status(int status, string body)
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Delete, Answers.Json(status, body), Answers.Status(204));
        await Remove(cloud);
        Assert.Equal([Delete, Delete], cloud.Routes);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("429")]
    [InlineData("503")]
    [InlineData("400 lost")]
    [InlineData("409 lost")]
    [InlineData("500 lost")]
    public async Task A_DELETE_is_retried(string what)
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Delete, TransientFailure(what), Answers.Status(204)).Always(Lookup, Answers.NotFound);
        await Remove(cloud);
        Assert.Equal(what.EndsWith("lost", StringComparison.Ordinal) ? [Delete, Delete, Lookup] : [Delete, Delete], cloud.Routes);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("502")]
    [InlineData("400 lost")]
    [InlineData("409 lost")]
    [InlineData("500 lost")]
    public async Task A_404_for_a_retried_DELETE_counts_as_success(string what)
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Delete, TransientFailure(what), Answers.NotFound);
        await Remove(cloud);
        Assert.Equal([Delete, Delete], cloud.Routes);
    }

    /// <summary>A damaged 404 does not tell whether Mistral sent it. A complete one of another server is final.</summary>
    [Theory]
    [InlineData("application/json", "{\"faultstring\": \"Cron tri", true)]
    [InlineData("application/json", "", true)]
    [InlineData("application/json", "{\"error\": \"no such page\"}", false)]
    [InlineData("text/html", "<h1>404", false)]
    public async Task A_damaged_404_for_a_GET_is_retried(string contentType, string body, bool isRetried)
    {
        Answer damaged = contentType == "text/html" ? Answers.Html(404, body) : Answers.Json(404, body);
        ScriptedCloud cloud = new ScriptedCloud().On(Lookup, damaged, Answers.Fault(404, "Execution not found [execution_id=x]"));
        using CloudSession session = await cloud.ConnectAsync();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => session.Executions.GetAsync(Rows.Id(1)));
        Assert.Equal(isRetried ? "ExecutionNotFound" : "ProtocolError", error.ErrorId);
        Assert.Equal(isRetried ? 2 : 1, cloud.Requests.Count);
    }

    [Fact]
    public async Task A_404_for_the_first_DELETE_is_an_error()
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Delete, Answers.NotFound);
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Remove(cloud));
        Assert.Equal((TroveErrorKind.NotFound, "ExecutionNotFound", 404), (error.Kind, error.ErrorId, error.StatusCode));
        Assert.Equal([Delete], cloud.Routes);
    }

    [Fact]
    public async Task A_404_counts_as_success_also_after_a_token_renewal_between_two_attempts()
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Delete, Answers.Reset, Answers.Html(401, "no"), Answers.NotFound);
        await Remove(cloud);
        Assert.Equal([Delete, Delete, Delete], cloud.Routes);
        Assert.Equal(2, cloud.Logins);
    }

    [Fact]
    public async Task A_404_after_a_rejected_token_is_an_error()
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Delete, Answers.Html(401, "no"), Answers.NotFound);
        Assert.Equal("ExecutionNotFound", (await ScriptedCloud.FailureOf(() => Remove(cloud))).ErrorId);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(500)]
    [InlineData(501)]
    [InlineData(302)]
    public async Task A_definite_error_status_is_not_retried(int status)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Answers.Status(status)).Always(Delete, Answers.Status(status)).Always(Lookup, Answers.Ok(Rows.Execution(1)));
        await ScriptedCloud.FailureOf(() => List(cloud));
        await ScriptedCloud.FailureOf(() => Remove(cloud));
        Assert.Equal([Get, Delete], cloud.Routes.Except([Lookup]));
        Assert.Empty(cloud.Clock.Waits);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("429")]
    [InlineData("503")]
    [InlineData("504")]
    [InlineData("400 lost")]
    [InlineData("409 lost")]
    [InlineData("500 lost")]
    public async Task Only_idempotent_requests_are_retried(string what)
    {
        await AssertSent(Few, Post, session => session.Mistral.Workbooks.ValidateAsync("x", CancellationToken.None));
        await AssertSent(Few, "PUT /v2/workbooks", session => session.Mistral.Workbooks.UpdateAsync("x", "private", CancellationToken.None));
        await AssertSent(1, "POST /v2/workbooks", session => session.Mistral.Workbooks.CreateAsync("x", "private", CancellationToken.None));

        async Task AssertSent(int times, string route, Func<CloudSession, Task> send)
        {
            ScriptedCloud cloud = new ScriptedCloud().Always(route, TransientFailure(what));
            using CloudSession session = await cloud.ConnectAsync();
            await ScriptedCloud.FailureOf(() => send(session));
            Assert.Equal(Enumerable.Repeat(route, times), cloud.Routes);
            Assert.Equal(times - 1, cloud.Clock.Waits.Count);
        }
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Retry_After_of_one_request_delays_the_others_to_that_service(int status)
    {
        ScriptedCloud cloud = new ScriptedCloud().On(CreateWorkbook, Answers.Json(status, "{}", ("Retry-After", "7"))).Always(Get, Rows0);
        using CloudSession session = await cloud.ConnectAsync();
        await ScriptedCloud.FailureOf(() => session.Mistral.Workbooks.CreateAsync("x", "private", CancellationToken.None));
        await session.Schedules.ListAsync();
        await session.Schedules.ListAsync();
        Assert.Equal([TimeSpan.FromSeconds(7)], cloud.Clock.Waits);
        Assert.Equal([CreateWorkbook, Get, Get], cloud.Routes);
    }

    [Theory]
    [InlineData(429, "3600")]
    [InlineData(502, "7")]
    [InlineData(504, "7")]
    public async Task Other_requests_ignore_Retry_After_of_a_gateway_and_excessive_values(int status, string retryAfter)
    {
        ScriptedCloud cloud = new ScriptedCloud().On(CreateWorkbook, Answers.Json(status, "{}", ("Retry-After", retryAfter))).Always(Get, Rows0);
        using CloudSession session = await cloud.ConnectAsync();
        await ScriptedCloud.FailureOf(() => session.Mistral.Workbooks.CreateAsync("x", "private", CancellationToken.None));
        await session.Schedules.ListAsync();
        Assert.Empty(cloud.Clock.Waits);
    }

    [Fact]
    public async Task Retry_After_of_one_service_does_not_delay_another()
    {
        ScriptedCloud cloud = new ScriptedCloud().On(CreateWorkbook, Answers.Json(503, "{}", ("Retry-After", "7")))
            .Always($"GET /v1.0/{ScriptedCloud.Project}/instances", Answers.Ok("""{"instances": []}"""));
        using CloudSession session = await cloud.ConnectAsync();
        await ScriptedCloud.FailureOf(() => session.Mistral.Workbooks.CreateAsync("x", "private", CancellationToken.None));
        await session.CreateLookup().AllInstancesAsync();
        Assert.Empty(cloud.Clock.Waits);
    }

    /// <summary>Behind a load balancer, a new connection can lead to another process.</summary>
    [Fact]
    public async Task A_retry_closes_its_connection_and_other_requests_do_not()
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Get, TransientFailure("502"), TransientFailure("503")).Always(Get, Rows0);
        using CloudSession session = await cloud.ConnectAsync();
        await session.Schedules.ListAsync();
        await session.Schedules.ListAsync();
        Assert.Equal([false, true, true, false], cloud.Requests.Select(request => request.ClosesConnection));
    }

    /// <summary>On a connection with a broken database session, Mistral confirms the deletion of a cron trigger and never commits it. Seen on a cluster whose first node of Galera was killed.</summary>
    [Fact]
    public async Task After_Mistral_has_lost_its_database_a_confirmed_deletion_is_checked_and_repeated()
    {
        string trigger = $"{Rows.TriggersPath}/{Rows.Id(1)}", delete = "DELETE " + trigger, find = "GET " + trigger;
        ScriptedCloud cloud = new ScriptedCloud().On(Get, TransientFailure("400 lost")).Always(Get, Rows0)
            .On(delete, Answers.Status(204), Answers.Status(204)).On(find, Answers.Ok(Rows.Trigger(1)), Answers.NotFound);
        using CloudSession session = await cloud.ConnectAsync();
        await session.Schedules.ListAsync();
        await session.Mistral.CronTriggers.DeleteAsync(Rows.Id(1), null, CancellationToken.None);
        Assert.Equal([Get, Get, delete, find, delete, find], cloud.Routes);
        Assert.All(cloud.Requests.Skip(1), request => Assert.True(request.ClosesConnection));

        cloud.Clock.Advance(TimeSpan.FromMinutes(1));
        cloud.On(delete, Answers.Status(204));
        await session.Mistral.CronTriggers.DeleteAsync(Rows.Id(1), null, CancellationToken.None);
        Assert.Equal(delete, cloud.Routes.Last());
        Assert.False(cloud.Requests[^1].ClosesConnection);
    }

    [Fact]
    public async Task Another_service_that_sends_the_words_of_Mistral_is_not_retried()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always($"GET {Rows.TrovePath}/instances", TransientFailure("400 lost"));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Equal(TroveErrorKind.Invalid, (await ScriptedCloud.FailureOf(() => session.CreateLookup().AllInstancesAsync())).Kind);
        Assert.Single(cloud.Requests);
    }

    [Fact]
    public async Task A_login_is_retried()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always("POST /v3/auth/tokens", Answers.Html(503, ""));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => cloud.ConnectAsync());
        Assert.Equal((TroveErrorKind.Unavailable, false), (error.Kind, error.MayHaveHappened));
        Assert.Equal(Few, cloud.LoginRequests.Count);
    }

    [Fact]
    public async Task A_failed_token_renewal_is_not_started_again_by_the_waiting_request()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Delete, Answers.Html(401, "no"));
        using CloudSession session = await cloud.ConnectAsync();
        cloud.Always("POST /v3/auth/tokens", Answers.Reset);
        var execution = new ScheduleExecution { Id = Rows.Id(1), State = "SUCCESS", ProjectId = ScriptedCloud.Project };
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => session.Executions.DeleteAsync(execution));
        Assert.StartsWith("Keystone at http://cloud:5000/v3/auth/tokens cannot be reached", error.Message);
        Assert.False(error.MayHaveHappened);
        Assert.Equal((1, 1 + Many), (cloud.Requests.Count, cloud.LoginRequests.Count));
    }

    [Fact]
    public async Task Retry_After_in_seconds_sets_the_wait()
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Get, Answers.Json(503, "{}", ("Retry-After", "7")), Answers.Json(429, "{}", ("Retry-After", "11")), Rows0);
        await List(cloud);
        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(11)], cloud.Clock.Waits);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    [InlineData(-6)]
    public async Task Retry_After_as_a_date_is_read_with_the_Date_header(int hoursAhead)
    {
        DateTimeOffset now = ScriptedCloud.Start.AddHours(hoursAhead);
        ScriptedCloud cloud = new ScriptedCloud { Ahead = TimeSpan.FromHours(hoursAhead) }
            .On(Get, Answers.Json(503, "{}", ("Retry-After", now.AddSeconds(7).ToString("r")), ("Date", now.ToString("r"))), Rows0);
        await List(cloud);
        Assert.Equal([TimeSpan.FromSeconds(7)], cloud.Clock.Waits);
    }

    [Fact]
    public async Task Retry_After_as_a_date_is_read_with_the_local_clock_without_a_Date_header()
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Get, Answers.Json(503, "{}", ("Retry-After", ScriptedCloud.Start.AddSeconds(7).ToString("r"))), Rows0);
        await List(cloud);
        Assert.Equal([TimeSpan.FromSeconds(7)], cloud.Clock.Waits);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("Sat, 21 Nov 2026 07:00:00 GMT")]
    [InlineData("soon")]
    public async Task An_invalid_or_past_Retry_After_gives_the_default_back_off(string retryAfter)
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Get, Answers.Json(503, "{}", ("Retry-After", retryAfter)), Rows0);
        await List(cloud);
        Assert.InRange(Assert.Single(cloud.Clock.Waits), TimeSpan.FromTicks(1), TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("3600")]
    [InlineData("Sun, 22 Nov 2026 09:00:00 GMT")]
    public async Task An_excessive_Retry_After_ends_the_request_with_the_message_of_the_server(string retryAfter)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Answers.Json(503, """{"faultstring": "Down for maintenance."}""", ("Retry-After", retryAfter)));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => List(cloud));
        Assert.Equal((TroveErrorKind.Unavailable, "Down for maintenance."), (error.Kind, error.ServerMessage));
        Assert.Single(cloud.Requests);
    }

    [Fact]
    public async Task Cancellation_ends_a_back_off_at_once()
    {
        var clock = new ManualClock(ScriptedCloud.Start) { HoldsWaits = true };
        ScriptedCloud cloud = new ScriptedCloud(clock).Always(Get, Answers.Json(503, "{}", ("Retry-After", "60")));
        using CloudSession session = await cloud.ConnectAsync();
        using var cancellation = new CancellationTokenSource();
        Task listing = session.Schedules.ListAsync(cancellationToken: cancellation.Token);
        await clock.Held;
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listing.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Single(cloud.Requests);
    }

    [Fact]
    public async Task Retries_and_their_waits_share_one_time_limit()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Answers.Json(503, "{}", ("Retry-After", "45")));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => List(cloud));
        Assert.Equal((TroveErrorKind.Unavailable, 503), (error.Kind, error.StatusCode));
        Assert.Equal(3, cloud.Requests.Count);
        Assert.Equal(2, cloud.Clock.Waits.Count);
    }

    [Fact]
    public async Task A_failed_deletion_is_checked_and_succeeds_if_the_object_is_gone()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Delete, Answers.Reset).Always(Lookup, Answers.NotFound);
        await Remove(cloud);
        Assert.Equal([.. Enumerable.Repeat(Delete, Few), Lookup], cloud.Routes);
    }

    [Theory]
    [InlineData("reset", "still exists", true)]
    [InlineData("502", "still exists", true)]
    [InlineData("504", "still exists", true)]
    [InlineData("429", "was not deleted", false)]
    [InlineData("503", "was not deleted", false)]
    [InlineData("500", "was not deleted", false)]
    [InlineData("400 lost", "was not deleted", false)]
    [InlineData("409 lost", "was not deleted", false)]
    [InlineData("500 lost", "was not deleted", false)]
    public async Task The_error_of_a_failed_deletion_tells_whether_it_may_still_happen(string what, string expected, bool mayHappen)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Delete, TransientFailure(what)).Always(Lookup, Answers.Ok(Rows.Execution(1)));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Remove(cloud));
        Assert.StartsWith($"The execution '{Rows.Id(1)}' {expected}", error.Message);
        Assert.Equal(mayHappen, error.MayHaveHappened);
    }

    [Fact]
    public async Task A_deletion_with_an_unknown_result_is_reported_as_unknown()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Delete, Answers.Reset).Always(Lookup, Answers.Reset);
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Remove(cloud));
        Assert.StartsWith($"It is not known whether the execution '{Rows.Id(1)}' was deleted", error.Message);
        Assert.Contains($"look for the execution '{Rows.Id(1)}' before you repeat the request", error.RecommendedAction);
        Assert.True(error.MayHaveHappened);
    }

    [Fact]
    public async Task A_deletion_that_was_never_sent_is_not_checked()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Delete, Answers.Fails(SocketError.ConnectionRefused));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Remove(cloud));
        Assert.False(error.MayHaveHappened);
        Assert.Equal([Delete, Delete, Delete, Delete], cloud.Routes);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(500)]
    public async Task A_client_error_after_a_lost_response_is_checked(int status)
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Delete, Answers.Reset, Answers.Status(status)).Always(Lookup, Answers.NotFound);
        await Remove(cloud);
        Assert.Equal([Delete, Delete, Lookup], cloud.Routes);
    }

    [Fact]
    public async Task The_failure_with_the_most_uncertain_result_is_reported()
    {
        Answer refused = Answers.Fails(SocketError.ConnectionRefused);
        ScriptedCloud cloud = new ScriptedCloud().On(Delete, refused, Answers.Html(504, "")).Always(Delete, refused).Always(Lookup, Answers.Ok(Rows.Execution(1)));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Remove(cloud));
        Assert.Equal((504, true), (error.StatusCode, error.MayHaveHappened));
    }
}
