using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Http;
using TroveSchedules.OpenStack.Keystone;
using TroveSchedules.Tests.Keystone;
using Xunit;

namespace TroveSchedules.Tests.Http;

public sealed class RequestLogTests
{
    private const string Get = "GET " + Rows.TriggersPath;
    private const string Query = "?workflow_name=eq%3Atrove.backup_create&sort_keys=created_at%2Cid&sort_dirs=asc%2Casc&fields="
        + "id%2Cname%2Cworkflow_name%2Cworkflow_input%2Cworkflow_params%2Cproject_id%2Cpattern%2Cremaining_executions%2Cfirst_execution_time%2Cnext_execution_time%2Ccreated_at%2Cupdated_at&limit=1000";
    private const string Listing = "GET http://cloud:8989/v2/cron_triggers" + Query;

    private readonly List<string> _lines = [];
    private readonly List<string> _bodies = [];

    private static async Task List(ScriptedCloud cloud)
    {
        using CloudSession session = await cloud.ConnectAsync();
        await session.Schedules.ListAsync();
    }

    private async Task WithLog(Func<Task> work, bool bodies = true)
    {
        RequestLog.Current = new RequestLog { Line = _lines.Add, Body = bodies ? _bodies.Add : null };
        try
        {
            await work();
        }
        finally
        {
            RequestLog.Current = null;
        }
        Assert.All([.. _lines, .. _bodies], text => Assert.DoesNotContain("topsecret", text));
    }

    [Fact]
    public async Task Each_request_is_logged_with_address_status_milliseconds_and_request_id()
    {
        var cloud = new ScriptedCloud();
        cloud.Always(Get, (request, token) =>
        {
            cloud.Clock.Advance(TimeSpan.FromMilliseconds(35));
            return Answers.Json(200, Rows.Triggers(), ("x-openstack-request-id", "req-1"))(request, token);
        });
        await WithLog(() => List(cloud), bodies: false);
        Assert.Equal(["POST http://cloud:5000/v3/auth/tokens 201 in 0 ms", Listing + " 200 in 35 ms (req-1)"], _lines);
    }

    [Fact]
    public async Task Each_attempt_and_each_token_renewal_is_logged()
    {
        ScriptedCloud cloud = new ScriptedCloud().On(Get, Answers.Reset, Answers.Status(503), Answers.Html(401, "topsecret"), Answers.Ok(Rows.Triggers()));
        await WithLog(() => List(cloud), bodies: false);
        Assert.Equal(
            [
                "POST http://cloud:5000/v3/auth/tokens 201 in 0 ms",
                Listing + " failed after 0 ms: Connection reset by peer",
                Listing + " 503 in 0 ms",
                Listing + " 401 in 0 ms",
                "POST http://cloud:5000/v3/auth/tokens 201 in 0 ms",
                Listing + " 200 in 0 ms",
            ],
            _lines);
    }

    [Fact]
    public async Task A_cancelled_request_is_logged()
    {
        using var stop = new CancellationTokenSource();
        ScriptedCloud cloud = new ScriptedCloud().Always($"{Get}/{Rows.Id(1)}", (request, token) =>
        {
            stop.Cancel();
            return Answers.Silence(request, token);
        });
        using CloudSession session = await cloud.ConnectAsync();
        await WithLog(() => Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.Schedules.GetAsync(Rows.Id(1), cancellationToken: stop.Token)));
        Assert.StartsWith($"GET http://cloud:8989{Rows.TriggersPath}/{Rows.Id(1)} was cancelled after 0 ms", Assert.Single(_lines));
    }

    [Fact]
    public async Task Bodies_are_logged_with_masked_secrets()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Answers.Ok(Rows.Triggers(Rows.Trigger())));
        await WithLog(() => List(cloud));
        Assert.Equal(3, _bodies.Count);
        Assert.StartsWith("POST http://cloud:5000/v3/auth/tokens sends {\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{\"name\":\"demo\"", _bodies[0]);
        Assert.Contains("\"password\":\"***\"", _bodies[0]);
        Assert.StartsWith("POST http://cloud:5000/v3/auth/tokens answers {\"token\":{\"methods\"", _bodies[1]);
        Assert.StartsWith(Listing + " answers {\"cron_triggers\":[{\"id\":\"" + Rows.TriggerId(1), _bodies[2]);
        Assert.Contains(ScriptedCloud.Password, cloud.LoginRequests[0].Body);
    }

    [Fact]
    public async Task A_secret_that_a_service_repeats_is_masked_in_the_response()
    {
        var token = new TokenCredential("topsecret \"token\"");
        ScriptedCloud cloud = new ScriptedCloud().Always("POST /v3/auth/tokens", Answers.Json(400, """{"error": {"message": "What is topsecret \"token\"?"}}"""));
        await WithLog(() => ScriptedCloud.FailureOf(() => cloud.ConnectAsync(new CloudSettings { AuthUrl = new Uri("http://cloud:5000"), Credential = token })));
        Assert.Contains("\"token\":{\"id\":\"***\"}", _bodies[0]);
        Assert.EndsWith("answers {\"error\":{\"message\":\"What is ***?\"}}", _bodies[1]);
    }

    [Theory]
    [InlineData(200, "text")]
    [InlineData(403, "text")]
    [InlineData(403, "json")]
    public async Task The_current_token_is_masked_wherever_a_service_repeats_it(int status, string kind)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, (request, token) => kind == "json"
            ? Answers.Fault(status, $"No: {request.Token}")(request, token)
            : Answers.Html(status, $"<p>{request.Token}</p>", ("x-openstack-request-id", request.Token!))(request, token));
        await WithLog(() => Assert.ThrowsAnyAsync<TroveScheduleException>(() => List(cloud)));
        Assert.Contains("***", _bodies[2]);
        Assert.Equal(kind == "text", _lines[1].EndsWith("(***)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_body_of_a_401_is_not_logged()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Answers.Html(401, "half a token: topsec"));
        await WithLog(() => ScriptedCloud.FailureOf(() => List(cloud)));
        Assert.Equal(2, _bodies.Count(body => body == Listing + " answers a 401, which may repeat the token: it is not shown"));
        Assert.DoesNotContain(_bodies, body => body.Contains("half a token"));
    }

    [Fact]
    public async Task A_long_body_is_cut_with_the_number_of_omitted_characters()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Answers.Html(400, new string('x', 5000)));
        await WithLog(() => ScriptedCloud.FailureOf(() => List(cloud)));
        Assert.EndsWith(new string('x', 4096) + " … and 904 more characters", _bodies[2]);
    }

    [Fact]
    public async Task Control_characters_are_removed_from_the_log()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Answers.Html(400, "a\u001b]0;title\u0007b\u009bc", ("x-openstack-request-id", "req\u001b[2J")));
        await WithLog(() => ScriptedCloud.FailureOf(() => List(cloud)));
        Assert.EndsWith("a ]0;title b c", _bodies[2]);
        Assert.DoesNotContain(_lines.Concat(_bodies), text => text.Any(char.IsControl));
    }

    [Fact]
    public async Task An_incomplete_body_is_logged_and_the_error_stays_the_same()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Answers.Body(() => new BrokenStream("{\"cron_triggers\": [")));
        TroveScheduleException expected = await ScriptedCloud.FailureOf(() => List(cloud));
        int requestCount = cloud.Requests.Count;
        TroveScheduleException? actual = null;
        await WithLog(async () => actual = await ScriptedCloud.FailureOf(() => List(cloud)));
        Assert.Equal(expected.Message, actual!.Message);
        Assert.Equal(2 * requestCount, cloud.Requests.Count);
        Assert.EndsWith("answers {\"cron_triggers\": [", _bodies[2]);
    }

    [Fact]
    public async Task Logging_a_response_does_not_read_its_body_ahead()
    {
        var body = new BrokenStream("{}");
        using var http = new HttpMessageInvoker(new RequestLogHandler(TimeProvider.System) { InnerHandler = new ScriptedHandler(Answers.Body(() => body)) });
        await WithLog(async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://cloud/");
            using HttpResponseMessage response = await http.SendAsync(request, CancellationToken.None);
            Assert.Equal(0, body.Position);
            using Stream content = await response.Content.ReadAsStreamAsync();
            Assert.Equal(2, await content.ReadAsync(new byte[9]));
            Assert.Empty(_bodies);
        });
        Assert.Equal("GET http://cloud/ answers {}", Assert.Single(_bodies));
        Assert.False(body.CanRead);
    }

    [Fact]
    public async Task Concurrent_users_of_a_session_log_only_their_own_requests()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Answers.Ok(Rows.Triggers()));
        using CloudSession session = await cloud.ConnectAsync();
        int[] lineCounts = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Task.Run(async () =>
        {
            int lines = 0;
            RequestLog.Current = new RequestLog { Line = _ => Interlocked.Increment(ref lines) };
            for (int i = 0; i < number; i++)
                await session.Schedules.ListAsync();
            return lines;
        })));
        Assert.Equal(Enumerable.Range(0, 20), lineCounts);
        Assert.Null(RequestLog.Current);
    }

    [Fact]
    public async Task Waiting_names_the_service_and_the_current_request()
    {
        var waits = new List<string?>();
        Answer withWaitingNoted(Answer then) => Answers.After(_ => waits.Add(RequestLog.Current!.Waiting), then);
        var log = new RequestLog();
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, withWaitingNoted(Answers.Ok(Rows.Triggers())));
        using CloudSession session = await cloud.ConnectAsync();
        cloud.Clock.Advance(TimeSpan.FromHours(1));
        cloud.On("POST /v3/auth/tokens", withWaitingNoted(Answers.Status(500)));
        RequestLog.Current = log;
        await ScriptedCloud.FailureOf(() => session.Schedules.ListAsync());
        await session.Schedules.ListAsync();
        RequestLog.Current = null;
        Assert.Equal(["Keystone: POST /v3/auth/tokens", "Mistral: GET /v2/cron_triggers"], waits);
        Assert.Null(log.Waiting);
    }

    [Fact]
    public void Waiting_names_the_newest_pending_request()
    {
        var log = new RequestLog();
        IDisposable first = StartWait("/1"), second = StartWait("/2"), third = StartWait("/3");
        second.Dispose();
        Assert.Equal("Mistral: GET /3", log.Waiting);
        third.Dispose();
        Assert.Equal("Mistral: GET /1", log.Waiting);
        first.Dispose();
        Assert.Null(log.Waiting);

        IDisposable StartWait(string path) => log.TrackRequest("Mistral", new HttpRequestMessage(HttpMethod.Get, "http://cloud:8989" + path));
    }

    /// <summary>A body that starts, and then the connection breaks.</summary>
    private sealed class BrokenStream(string begin) : MemoryStream(Encoding.UTF8.GetBytes(begin))
    {
        public override bool CanSeek => false;

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer, offset, count));

        public override int Read(byte[] buffer, int offset, int count) =>
            base.Read(buffer, offset, count) is > 0 and int read ? read : throw new IOException("The response ended prematurely.");
    }
}
