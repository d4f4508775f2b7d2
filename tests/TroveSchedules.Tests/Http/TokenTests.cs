using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Trove;
using Xunit;

namespace TroveSchedules.Tests.Http;

public sealed class TokenTests
{
    private const string Get = "GET " + Rows.TriggersPath;

    // A 401 of Mistral 15, which repeats the token in the body and in two headers.
    private static readonly Answer Unauthorized = (request, token) => Answers.Html(401,
        $"<html><head><title>401 Unauthorized</title></head><body><h1>401 Unauthorized</h1>Failed to validate access token: Auth token is invalid: {request.Token}</body></html>",
        ("Server-Error-Message", $"Failed to validate access token: Auth token is invalid: {request.Token}"),
        ("WWW-Authenticate", $"Failed to validate access token: Auth token is invalid: {request.Token}"),
        ("WWW-Authenticate", "Keystone uri=\"http://127.0.0.1:5000/v3\""),
        ("x-openstack-request-id", "req-401"))(request, token);

    private static Task List(CloudSession session) => session.Schedules.ListAsync();

    [Fact]
    public async Task The_token_is_sent_only_to_Mistral_and_Trove()
    {
        ScriptedCloud cloud = new ScriptedCloud().WithInstance().Always(Get, Answers.Ok(Rows.Triggers()));
        using CloudSession session = await cloud.ConnectAsync();
        await List(session);
        await session.Instances.GetAsync(Rows.Id(900));

        Assert.Equal(["cloud:8989", "cloud:8779"], cloud.Requests.Select(request => request.Uri.Authority));
        Assert.All(cloud.Requests, request => Assert.Equal(ScriptedCloud.Token + "1", request.Token));
        RecordedRequest login = Assert.Single(cloud.LoginRequests);
        Assert.Null(login.Token);
        Assert.All(cloud.Requests, request => Assert.DoesNotContain("topsecret", request.Uri + request.Body));
    }

    [Fact]
    public async Task A_token_is_renewed_two_minutes_before_it_expires()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Answers.Ok(Rows.Triggers()));
        using CloudSession session = await cloud.ConnectAsync();
        cloud.Clock.Advance(TimeSpan.FromMinutes(58) - TimeSpan.FromSeconds(1));
        await List(session);
        cloud.Clock.Advance(TimeSpan.FromSeconds(1));
        await List(session);
        await List(session);
        Assert.Equal([ScriptedCloud.Token + "1", ScriptedCloud.Token + "2", ScriptedCloud.Token + "2"], cloud.Requests.Select(request => request.Token));
        Assert.Equal(2, cloud.Logins);
    }

    [Fact]
    public async Task The_catalog_of_a_renewed_token_cannot_change_an_address_to_plain_http()
    {
        ScriptedCloud cloud = new ScriptedCloud { MistralUrl = "https://cloud:8989/v2" }.WithInstance().Always(Get, Answers.Ok(Rows.Triggers()));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Equal(["cloud:8779"], session.OpenEndpoints().Select(endpoint => endpoint.Authority));
        await List(session);
        cloud.MistralUrl = "http://cloud:8989/v2";
        cloud.Clock.Advance(TimeSpan.FromMinutes(59));
        await session.Instances.GetAsync(Rows.Id(900)); // Trove's plain http URL is allowed, because it was known at the login. The request renews the token.
        int before = cloud.Requests.Count;
        Assert.Equal("InvalidConfiguration", (await ScriptedCloud.FailureOf(() => List(session))).ErrorId);
        Assert.Equal(before, cloud.Requests.Count);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public async Task A_clock_difference_of_hours_does_not_change_the_life_of_a_token(int hoursAhead)
    {
        ScriptedCloud cloud = new ScriptedCloud { Ahead = TimeSpan.FromHours(hoursAhead) }.Always(Get, Answers.Ok(Rows.Triggers()));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Equal(ScriptedCloud.Start.AddHours(hoursAhead + 1), session.TokenExpiresAt);
        await List(session);
        cloud.Clock.Advance(TimeSpan.FromMinutes(57));
        await List(session);
        Assert.Equal(1, cloud.Logins);
        cloud.Clock.Advance(TimeSpan.FromMinutes(2));
        await List(session);
        Assert.Equal(2, cloud.Logins);
    }

    [Theory]
    [InlineData(0, -61, true)]
    [InlineData(0, -59, false)]
    [InlineData(5, -61, true)]
    [InlineData(5, -59, false)]
    [InlineData(-5, -61, true)]
    [InlineData(-5, -59, false)]
    public async Task IsStuck_uses_the_clock_of_the_cloud(int hoursAhead, int nextSeconds, bool isStuck)
    {
        var later = TimeSpan.FromMinutes(30);
        DateTimeOffset next = ScriptedCloud.Start.AddHours(hoursAhead) + later + TimeSpan.FromSeconds(nextSeconds);
        ScriptedCloud cloud = new ScriptedCloud { Ahead = TimeSpan.FromHours(hoursAhead) }
            .Always(Get, Answers.Ok(Rows.Triggers(Rows.Trigger(1, row => row["next_execution_time"] = next.ToString("yyyy-MM-dd HH:mm:ss")))));
        using CloudSession session = await cloud.ConnectAsync();
        cloud.Clock.Advance(later);
        Assert.Equal(isStuck, Assert.Single(await session.Schedules.ListAsync()).IsStuck);
    }

    [Fact]
    public async Task A_rejected_token_is_renewed_once_and_the_request_is_sent_again()
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Get, Unauthorized, Answers.Ok(Rows.Triggers()));
        using CloudSession session = await cloud.ConnectAsync();
        await List(session);
        Assert.Equal([ScriptedCloud.Token + "1", ScriptedCloud.Token + "2"], cloud.Requests.Select(request => request.Token));
        Assert.Equal(2, cloud.Logins);
        Assert.Empty(cloud.Clock.Waits);
    }

    [Fact]
    public async Task A_second_rejection_is_an_error_without_the_body_of_the_401()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Unauthorized);
        using CloudSession session = await cloud.ConnectAsync();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => List(session));

        Assert.Equal((TroveErrorKind.Unauthorized, "Unauthorized", 401, "req-401"), (error.Kind, error.ErrorId, error.StatusCode, error.RequestId));
        Assert.Null(error.ServerMessage);
        Assert.DoesNotContain("validate access token", error.ToString());
        Assert.Equal(2, cloud.Requests.Count);
        Assert.Equal(2, cloud.Logins);
    }

    [Fact]
    public async Task The_reason_phrase_of_a_401_is_not_shown()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, async (request, token) =>
        {
            var response = await Unauthorized(request, token);
            response.ReasonPhrase = $"Auth token is invalid: {request.Token}";
            return response;
        });
        using CloudSession session = await cloud.ConnectAsync();
        await ScriptedCloud.FailureOf(() => List(session));
    }

    [Fact]
    public async Task A_refused_token_renewal_is_reported_as_an_error_of_Keystone()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Unauthorized);
        using CloudSession session = await cloud.ConnectAsync();
        cloud.Always("POST /v3/auth/tokens", Answers.Json(401, """{"error": {"code": 401, "message": "The request you have made requires authentication.", "title": "Unauthorized"}}"""));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => List(session));
        Assert.Equal(TroveErrorKind.Unauthorized, error.Kind);
        Assert.Contains("Keystone", error.Message);
        Assert.Single(cloud.Requests);
    }

    [Fact]
    public async Task Fifty_concurrent_rejections_cause_one_login()
    {
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int rejected = 0;
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, async (request, token) =>
        {
            if (request.Token != ScriptedCloud.Token + "1")
                return await Answers.Ok(Rows.Triggers())(request, token);
            if (Interlocked.Increment(ref rejected) == 50)
                all.SetResult();
            await all.Task.WaitAsync(TimeSpan.FromSeconds(30), token);
            return await Unauthorized(request, token);
        });
        using CloudSession session = await cloud.ConnectAsync();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => List(session)));
        Assert.Equal(2, cloud.Logins);
        Assert.Equal(100, cloud.Requests.Count);
    }

    [Fact]
    public async Task Fifty_requests_with_an_expired_token_cause_one_login()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Answers.Ok(Rows.Triggers()));
        using CloudSession session = await cloud.ConnectAsync();
        cloud.Clock.Advance(TimeSpan.FromHours(2));
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task[] listings = [.. Enumerable.Range(0, 50).Select(async _ =>
        {
            await gate.Task;
            await List(session);
        })];
        gate.SetResult();
        await Task.WhenAll(listings);
        Assert.Equal(2, cloud.Logins);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_not_followed(int status)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Answers.Status(status, ("Location", "http://evil.example/v2/cron_triggers")));
        using CloudSession session = await cloud.ConnectAsync();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => List(session));
        Assert.Equal((TroveErrorKind.ProtocolError, status), (error.Kind, error.StatusCode));
        Assert.Equal("cloud:8989", Assert.Single(cloud.Requests).Uri.Authority);
    }

    [Fact]
    public async Task A_disposed_session_has_no_token()
    {
        var cloud = new ScriptedCloud();
        CloudSession session = await cloud.ConnectAsync();
        session.Dispose();
        TroveScheduleException error = await Assert.ThrowsAsync<TroveScheduleException>(() => List(session));
        Assert.Equal("NotConnected", error.ErrorId);
        Assert.Empty(cloud.Requests);
    }

    [Fact]
    public async Task The_properties_of_a_session_contain_no_secret()
    {
        using CloudSession session = await new ScriptedCloud().ConnectAsync();
        string text = string.Join("\n", session.GetType().GetProperties().Select(property => $"{property.Name}={property.GetValue(session)}")) + session;
        Assert.DoesNotContain("topsecret", text);
        Assert.Contains("demo", text);
    }
}
