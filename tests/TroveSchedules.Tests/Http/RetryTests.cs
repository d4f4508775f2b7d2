using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using Xunit;

namespace TroveSchedules.Tests.Http;

public sealed class RetryTests
{
    private const string Get = "GET " + Rows.TriggersPath;
    private const string Post = "POST /v2/workbooks/validate";
    private const string Delete = "DELETE /v2/executions/20000000-0000-4000-8000-000000000001";

    private static readonly Answer Rows0 = Answers.Ok(Rows.Triggers());

    private static async Task List(ScriptedCloud cloud)
    {
        using CloudSession session = await cloud.ConnectAsync();
        await new BackupSchedules(session).ListAsync().WaitAsync(TimeSpan.FromSeconds(10)); // Who waits on a clock that stands still must not hang.
    }

    private static async Task Remove(ScriptedCloud cloud)
    {
        using CloudSession session = await cloud.ConnectAsync();
        await new ScheduleExecutions(session).DeleteAsync(new ScheduleExecution { Id = Rows.Id(1), State = "SUCCESS", ProjectId = ScriptedCloud.Project });
    }

    private static Answer Passing(string what) => what == "reset" ? Answers.Reset : Answers.Html(int.Parse(what), "<h1>later</h1>");

    [Theory]
    [InlineData("reset")]
    [InlineData("429")]
    [InlineData("502")]
    [InlineData("503")]
    [InlineData("504")]
    public async Task A_get_is_repeated_three_times_and_then_the_failure_told(string what)
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Get, Passing(what), Passing(what), Passing(what), Rows0);
        await List(cloud);
        Assert.Equal(4, cloud.Requests.Count);
        Assert.Equal(3, cloud.Clock.Waits.Count);
        Assert.All(cloud.Clock.Waits, wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(10)));

        ScriptedCloud down = new ScriptedCloud().Always(Get, Passing(what));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => List(down));
        Assert.Equal(4, down.Requests.Count);
        Assert.Equal(what == "504" ? TroveErrorKind.Timeout : TroveErrorKind.Unavailable, error.Kind);
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
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Answers.Status(status)).Always(Delete, Answers.Status(status));
        await ScriptedCloud.FailureOf(() => List(cloud));
        await ScriptedCloud.FailureOf(() => Remove(cloud));
        Assert.Equal([Get, Delete], cloud.Routes);
        Assert.Empty(cloud.Clock.Waits);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("429")]
    [InlineData("503")]
    [InlineData("504")]
    public async Task Post_and_put_are_never_repeated(string what)
    {
        const string put = "PUT /v2/workbooks";
        await IsSentOnce(Post, session => session.Workbooks.ValidateAsync("x", CancellationToken.None));
        await IsSentOnce(put, session => session.Workbooks.UpdateAsync("x", "private", CancellationToken.None));

        async Task IsSentOnce(string route, Func<CloudSession, Task> send)
        {
            ScriptedCloud cloud = new ScriptedCloud().Always(route, Passing(what));
            using CloudSession session = await cloud.ConnectAsync();
            await ScriptedCloud.FailureOf(() => send(session));
            Assert.Equal([route], cloud.Routes);
            Assert.Empty(cloud.Clock.Waits);
        }
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task While_a_service_says_not_now_to_one_request_others_wait_before_they_are_sent(int status)
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Post, Answers.Json(status, "{}", ("Retry-After", "7"))).Always(Get, Rows0);
        using CloudSession session = await cloud.ConnectAsync();
        await ScriptedCloud.FailureOf(() => session.Workbooks.ValidateAsync("x", CancellationToken.None));
        await new BackupSchedules(session).ListAsync();
        await new BackupSchedules(session).ListAsync();
        Assert.Equal([TimeSpan.FromSeconds(7)], cloud.Clock.Waits);
        Assert.Equal([Post, Get, Get], cloud.Routes);
    }

    [Theory]
    [InlineData(429, "3600")]
    [InlineData(502, "7")]
    [InlineData(504, "7")]
    public async Task Others_do_not_wait_for_a_gateway_nor_longer_than_anyone_would(int status, string retryAfter)
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Post, Answers.Json(status, "{}", ("Retry-After", retryAfter))).Always(Get, Rows0);
        using CloudSession session = await cloud.ConnectAsync();
        await ScriptedCloud.FailureOf(() => session.Workbooks.ValidateAsync("x", CancellationToken.None));
        await new BackupSchedules(session).ListAsync();
        Assert.Empty(cloud.Clock.Waits);
    }

    [Fact]
    public async Task Another_service_is_asked_at_once_meanwhile()
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Post, Answers.Json(503, "{}", ("Retry-After", "7")))
            .Always($"GET /v1.0/{ScriptedCloud.Project}/instances", Answers.Ok("""{"instances": []}"""));
        using CloudSession session = await cloud.ConnectAsync();
        await ScriptedCloud.FailureOf(() => session.Workbooks.ValidateAsync("x", CancellationToken.None));
        await new TroveSchedules.OpenStack.Trove.Instances(session).AllAsync();
        Assert.Empty(cloud.Clock.Waits);
    }

    [Fact]
    public async Task A_login_is_never_repeated()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always("POST /v3/auth/tokens", Answers.Html(503, ""));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => cloud.ConnectAsync());
        Assert.Equal(TroveErrorKind.Unavailable, error.Kind);
        Assert.Single(cloud.LoginRequests);
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
        Task listing = new BackupSchedules(session).ListAsync(cancellationToken: cancellation.Token);
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
        Assert.Equal(TroveErrorKind.Timeout, error.Kind);
        Assert.Equal(3, cloud.Requests.Count);
    }
}
