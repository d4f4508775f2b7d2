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
    private const string Once = "POST /v2/workbooks";
    private const string Delete = "DELETE /v2/executions/20000000-0000-4000-8000-000000000001";

    private const string Look = "GET /v2/executions/20000000-0000-4000-8000-000000000001";

    // Number of attempts for a host that has not answered yet, and for one that has.
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

    private static Answer Passing(string what) => what == "reset" ? Answers.Reset : Answers.Html(int.Parse(what), "<h1>later</h1>");

    [Theory]
    [InlineData("reset")]
    [InlineData("429")]
    [InlineData("502")]
    [InlineData("503")]
    [InlineData("504")]
    public async Task A_get_is_retried_eight_times_where_the_host_has_served_one_and_else_three_times(string what)
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Get, Rows0).Always(Get, Passing(what));
        using CloudSession session = await cloud.ConnectAsync();
        await session.Schedules.ListAsync();
        await ScriptedCloud.FailureOf(() => session.Schedules.ListAsync());
        Assert.Equal(1 + Many, cloud.Requests.Count);
        Assert.Equal(8, cloud.Clock.Waits.Count);
        Assert.All(cloud.Clock.Waits, wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(5)));

        ScriptedCloud down = new ScriptedCloud().Always(Get, Passing(what));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => List(down));
        Assert.Equal(Few, down.Requests.Count);
        Assert.Equal(what == "504" ? TroveErrorKind.Timeout : TroveErrorKind.Unavailable, error.Kind);
    }

    [Theory]
    [InlineData("{\"cron_triggers\": [{\"id\": \"8d")]
    [InlineData("<html><title>Please log in</title></html>")]
    [InlineData("")]
    public async Task A_success_that_cannot_be_read_was_not_the_services_and_is_asked_for_again(string body)
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Get, Answers.Ok(body), Rows0);
        await List(cloud);
        Assert.Equal([Get, Get], cloud.Routes);

        TroveScheduleException error = await ScriptedCloud.FailureOf(() => List(new ScriptedCloud().Always(Get, Answers.Ok(body))));
        Assert.Equal(TroveErrorKind.ProtocolError, error.Kind);
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_asked_for_again()
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Get, Answers.Body(() => new BreakingStream("{\"cron_", new IOException("The response ended prematurely."))), Rows0);
        await List(cloud);
        Assert.Equal([Get, Get], cloud.Routes);
    }

    [Fact]
    public async Task A_session_says_how_often_a_request_is_repeated_and_for_how_long()
    {
        ScriptedCloud never = new ScriptedCloud().Always(Get, Answers.Reset);
        await FailureIn(never, ScriptedCloud.Settings with { MaxRetries = 0 });
        Assert.Equal([Get], never.Routes);

        ScriptedCloud often = new ScriptedCloud().Always(Get, Answers.Reset);
        await FailureIn(often, ScriptedCloud.Settings with { MaxRetries = 7, TimeLimit = TimeSpan.FromHours(1) });
        Assert.Equal(8, often.Requests.Count);

        ScriptedCloud soon = new ScriptedCloud().Always(Get, Answers.Json(503, "{}", ("Retry-After", "45")));
        await FailureIn(soon, ScriptedCloud.Settings with { MaxRetries = 7, TimeLimit = TimeSpan.FromSeconds(200) });
        Assert.Equal(Enumerable.Repeat(TimeSpan.FromSeconds(45), 4), soon.Clock.Waits);

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
    public async Task A_host_that_has_served_a_request_may_restart(string before)
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Get, Rows0).Always(Get, Answers.Refused);
        using CloudSession session = await cloud.ConnectAsync();
        await session.Schedules.ListAsync();
        DateTimeOffset back = cloud.Clock.World + TimeSpan.FromSeconds(13);
        cloud.On(Get, Passing(before)).Always(Get, (request, token) => (cloud.Clock.World < back ? Answers.Refused : Rows0)(request, token));
        await session.Schedules.ListAsync();
        Assert.InRange(Total(cloud.Clock.Waits), TimeSpan.FromSeconds(13), TimeSpan.FromSeconds(18));
    }

    [Fact]
    public async Task Once_an_operation_gave_a_host_up_the_next_ones_wait_less_until_it_serves_one_again()
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
    public async Task A_number_of_retries_that_was_asked_for_holds_for_a_host_that_has_served_nothing(int retries)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Answers.Refused);
        using CloudSession session = await cloud.ConnectAsync(ScriptedCloud.Settings with { MaxRetries = retries });
        await ScriptedCloud.FailureOf(() => session.Schedules.ListAsync());
        Assert.Equal(retries + 1, cloud.Requests.Count);
    }

    private static TimeSpan Total(IEnumerable<TimeSpan> waits) => waits.Aggregate(TimeSpan.Zero, (sum, wait) => sum + wait);

    [Fact]
    public async Task A_name_that_no_server_has_is_not_asked_for_twice()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Answers.Fails(SocketError.HostNotFound));
        Assert.Equal(TroveErrorKind.Unavailable, (await ScriptedCloud.FailureOf(() => List(cloud))).Kind);
        Assert.Equal([Get], cloud.Routes);
    }

    [Theory]
    [InlineData(200, "<html>")]
    [InlineData(200, "")]
    [InlineData(202, "")]
    public async Task Only_what_the_api_says_to_a_deletion_is_one(int status, string body)
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Delete, Answers.Json(status, body), Answers.Status(204));
        await Remove(cloud);
        Assert.Equal([Delete, Delete], cloud.Routes);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("429")]
    [InlineData("503")]
    public async Task A_delete_is_repeated(string what)
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Delete, Passing(what), Answers.Status(204));
        await Remove(cloud);
        Assert.Equal([Delete, Delete], cloud.Routes);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("502")]
    public async Task A_delete_that_finds_nothing_when_repeated_has_succeeded_before(string what)
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Delete, Passing(what), Answers.NotFound);
        await Remove(cloud);
        Assert.Equal([Delete, Delete], cloud.Routes);
    }

    [Fact]
    public async Task A_delete_that_finds_nothing_at_first_is_an_error()
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Delete, Answers.NotFound);
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Remove(cloud));
        Assert.Equal((TroveErrorKind.NotFound, "ExecutionNotFound", 404), (error.Kind, error.ErrorId, error.StatusCode));
        Assert.Equal([Delete], cloud.Routes);
    }

    [Fact]
    public async Task A_delete_whose_token_ran_out_between_two_attempts_has_still_been_attempted_before()
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Delete, Answers.Reset, Answers.Html(401, "no"), Answers.NotFound);
        await Remove(cloud);
        Assert.Equal([Delete, Delete, Delete], cloud.Routes);
        Assert.Equal(2, cloud.Logins);
    }

    [Fact]
    public async Task A_delete_that_finds_nothing_after_a_rejected_token_is_an_error()
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
    public async Task A_definite_answer_is_not_asked_for_twice(int status)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Answers.Status(status)).Always(Delete, Answers.Status(status)).Always(Look, Answers.Ok(Rows.Execution(1)));
        await ScriptedCloud.FailureOf(() => List(cloud));
        await ScriptedCloud.FailureOf(() => Remove(cloud));
        Assert.Equal([Get, Delete], cloud.Routes.Except([Look]));
        Assert.Empty(cloud.Clock.Waits);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("429")]
    [InlineData("503")]
    [InlineData("504")]
    public async Task What_does_no_harm_twice_is_repeated_and_nothing_else(string what)
    {
        await IsSent(Few, Post, session => session.Mistral.Workbooks.ValidateAsync("x", CancellationToken.None));
        await IsSent(Few, "PUT /v2/workbooks", session => session.Mistral.Workbooks.UpdateAsync("x", "private", CancellationToken.None));
        await IsSent(1, "POST /v2/workbooks", session => session.Mistral.Workbooks.CreateAsync("x", "private", CancellationToken.None));

        async Task IsSent(int times, string route, Func<CloudSession, Task> send)
        {
            ScriptedCloud cloud = new ScriptedCloud().Always(route, Passing(what));
            using CloudSession session = await cloud.ConnectAsync();
            await ScriptedCloud.FailureOf(() => send(session));
            Assert.Equal(Enumerable.Repeat(route, times), cloud.Routes);
            Assert.Equal(times - 1, cloud.Clock.Waits.Count);
        }
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task While_a_service_says_not_now_to_one_request_others_wait_before_they_are_sent(int status)
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Once, Answers.Json(status, "{}", ("Retry-After", "7"))).Always(Get, Rows0);
        using CloudSession session = await cloud.ConnectAsync();
        await ScriptedCloud.FailureOf(() => session.Mistral.Workbooks.CreateAsync("x", "private", CancellationToken.None));
        await session.Schedules.ListAsync();
        await session.Schedules.ListAsync();
        Assert.Equal([TimeSpan.FromSeconds(7)], cloud.Clock.Waits);
        Assert.Equal([Once, Get, Get], cloud.Routes);
    }

    [Theory]
    [InlineData(429, "3600")]
    [InlineData(502, "7")]
    [InlineData(504, "7")]
    public async Task Others_do_not_wait_for_a_gateway_nor_longer_than_anyone_would(int status, string retryAfter)
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Once, Answers.Json(status, "{}", ("Retry-After", retryAfter))).Always(Get, Rows0);
        using CloudSession session = await cloud.ConnectAsync();
        await ScriptedCloud.FailureOf(() => session.Mistral.Workbooks.CreateAsync("x", "private", CancellationToken.None));
        await session.Schedules.ListAsync();
        Assert.Empty(cloud.Clock.Waits);
    }

    [Fact]
    public async Task Another_service_is_asked_at_once_meanwhile()
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Once, Answers.Json(503, "{}", ("Retry-After", "7")))
            .Always($"GET /v1.0/{ScriptedCloud.Project}/instances", Answers.Ok("""{"instances": []}"""));
        using CloudSession session = await cloud.ConnectAsync();
        await ScriptedCloud.FailureOf(() => session.Mistral.Workbooks.CreateAsync("x", "private", CancellationToken.None));
        await session.CreateLookup().AllInstancesAsync();
        Assert.Empty(cloud.Clock.Waits);
    }

    [Fact]
    public async Task A_login_is_repeated()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always("POST /v3/auth/tokens", Answers.Html(503, ""));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => cloud.ConnectAsync());
        Assert.Equal((TroveErrorKind.Unavailable, false), (error.Kind, error.MayHaveHappened));
        Assert.Equal(Few, cloud.LoginRequests.Count);
    }

    [Fact]
    public async Task A_renewal_that_fails_is_not_repeated_for_the_request_that_needs_it()
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
    public async Task The_server_says_in_seconds_how_long_to_wait()
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Get, Answers.Json(503, "{}", ("Retry-After", "7")), Answers.Json(429, "{}", ("Retry-After", "11")), Rows0);
        await List(cloud);
        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(11)], cloud.Clock.Waits);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    [InlineData(-6)]
    public async Task The_server_says_by_its_own_clock_until_when_to_wait(int hoursAhead)
    {
        DateTimeOffset now = ScriptedCloud.Start.AddHours(hoursAhead);
        ScriptedCloud cloud = new ScriptedCloud { Ahead = TimeSpan.FromHours(hoursAhead) }
            .On(Get, Answers.Json(503, "{}", ("Retry-After", now.AddSeconds(7).ToString("r")), ("Date", now.ToString("r"))), Rows0);
        await List(cloud);
        Assert.Equal([TimeSpan.FromSeconds(7)], cloud.Clock.Waits);
    }

    [Fact]
    public async Task A_time_to_wait_for_is_ours_where_the_answer_has_no_date()
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Get, Answers.Json(503, "{}", ("Retry-After", ScriptedCloud.Start.AddSeconds(7).ToString("r"))), Rows0);
        await List(cloud);
        Assert.Equal([TimeSpan.FromSeconds(7)], cloud.Clock.Waits);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("Sat, 21 Nov 2026 07:00:00 GMT")]
    [InlineData("soon")]
    public async Task A_wait_that_is_over_or_unreadable_is_the_usual_back_off(string retryAfter)
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Get, Answers.Json(503, "{}", ("Retry-After", retryAfter)), Rows0);
        await List(cloud);
        Assert.InRange(Assert.Single(cloud.Clock.Waits), TimeSpan.FromTicks(1), TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("3600")]
    [InlineData("Sun, 22 Nov 2026 09:00:00 GMT")]
    public async Task A_wait_longer_than_anyone_would_wait_ends_the_request_with_the_servers_words(string retryAfter)
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
    public async Task Repeats_and_their_waits_share_one_time_limit()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Answers.Json(503, "{}", ("Retry-After", "45")));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => List(cloud));
        Assert.Equal((TroveErrorKind.Unavailable, 503), (error.Kind, error.StatusCode));
        Assert.Equal(3, cloud.Requests.Count);
        Assert.Equal(2, cloud.Clock.Waits.Count);
    }

    [Fact]
    public async Task A_deletion_that_kept_failing_is_looked_after_and_has_happened_where_nothing_is_left()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Delete, Answers.Reset).Always(Look, Answers.NotFound);
        await Remove(cloud);
        Assert.Equal([.. Enumerable.Repeat(Delete, Few), Look], cloud.Routes);
    }

    [Theory]
    [InlineData("reset", "still exists", true)]
    [InlineData("502", "still exists", true)]
    [InlineData("504", "still exists", true)]
    [InlineData("429", "was not deleted", false)]
    [InlineData("503", "was not deleted", false)]
    [InlineData("500", "was not deleted", false)]
    public async Task A_deletion_that_failed_and_whose_object_is_there_says_whether_it_may_yet_happen(string what, string says, bool mayHappen)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Delete, Passing(what)).Always(Look, Answers.Ok(Rows.Execution(1)));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Remove(cloud));
        Assert.StartsWith($"The execution '{Rows.Id(1)}' {says}", error.Message);
        Assert.Equal(mayHappen, error.MayHaveHappened);
    }

    [Fact]
    public async Task A_deletion_of_which_nothing_can_be_learnt_is_said_to_be_that()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Delete, Answers.Reset).Always(Look, Answers.Reset);
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Remove(cloud));
        Assert.StartsWith($"It is not known whether the execution '{Rows.Id(1)}' was deleted", error.Message);
        Assert.Contains($"look for the execution '{Rows.Id(1)}' before you repeat the request", error.RecommendedAction);
        Assert.True(error.MayHaveHappened);
    }

    [Fact]
    public async Task A_deletion_that_was_never_sent_has_not_happened_and_nothing_is_looked_for()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Delete, Answers.Fails(SocketError.ConnectionRefused));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Remove(cloud));
        Assert.False(error.MayHaveHappened);
        Assert.Equal([Delete, Delete, Delete, Delete], cloud.Routes);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(500)]
    public async Task A_refusal_after_an_attempt_whose_answer_was_lost_does_not_say_that_nothing_happened(int status)
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Delete, Answers.Reset, Answers.Status(status)).Always(Look, Answers.NotFound);
        await Remove(cloud);
        Assert.Equal([Delete, Delete, Look], cloud.Routes);
    }

    [Fact]
    public async Task Of_several_failures_the_one_is_told_that_leaves_most_open()
    {
        Answer refused = Answers.Fails(SocketError.ConnectionRefused);
        ScriptedCloud cloud = new ScriptedCloud().On(Delete, refused, Answers.Html(504, "")).Always(Delete, refused).Always(Look, Answers.Ok(Rows.Execution(1)));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Remove(cloud));
        Assert.Equal((504, true), (error.StatusCode, error.MayHaveHappened));
    }
}
