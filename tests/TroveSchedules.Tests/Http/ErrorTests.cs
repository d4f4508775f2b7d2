using System;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Security.Authentication;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Http;
using TroveSchedules.OpenStack.Trove;
using Xunit;

namespace TroveSchedules.Tests.Http;

public sealed class ErrorTests
{
    private const string Get = "GET " + Rows.TriggersPath;

    private static async Task<TroveScheduleException> FailureOf(Answer answer)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, answer);
        using CloudSession session = await cloud.ConnectAsync();
        return await ScriptedCloud.FailureOf(() => session.Schedules.ListAsync().WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Theory]
    [InlineData(400, TroveErrorKind.Invalid)]
    [InlineData(401, TroveErrorKind.Unauthorized)]
    [InlineData(403, TroveErrorKind.Forbidden)]
    [InlineData(404, TroveErrorKind.ProtocolError)]
    [InlineData(405, TroveErrorKind.Invalid)]
    [InlineData(408, TroveErrorKind.Timeout)]
    [InlineData(409, TroveErrorKind.Conflict)]
    [InlineData(410, TroveErrorKind.NotFound)]
    [InlineData(413, TroveErrorKind.ProtocolError)]
    [InlineData(415, TroveErrorKind.Invalid)]
    [InlineData(418, TroveErrorKind.ProtocolError)]
    [InlineData(422, TroveErrorKind.Invalid)]
    [InlineData(429, TroveErrorKind.Unavailable)]
    [InlineData(500, TroveErrorKind.Unavailable)]
    [InlineData(502, TroveErrorKind.Unavailable)]
    [InlineData(503, TroveErrorKind.Unavailable)]
    [InlineData(504, TroveErrorKind.Timeout)]
    [InlineData(511, TroveErrorKind.ProtocolError)]
    [InlineData(300, TroveErrorKind.ProtocolError)]
    [InlineData(304, TroveErrorKind.ProtocolError)]
    public async Task Each_status_maps_to_a_kind_and_the_request_id_is_kept(int status, TroveErrorKind kind)
    {
        TroveScheduleException error = await FailureOf(Answers.Html(status, "<html><h1>Nope</h1></html>", ("x-openstack-request-id", "req-7")));
        Assert.Equal((kind, kind.ToString(), status, "req-7"), (error.Kind, error.ErrorId, error.StatusCode, error.RequestId));
        Assert.Null(error.ServerMessage);
        Assert.Contains(status.ToString(), error.Problem);
        Assert.StartsWith("Mistral", error.Problem);
        Assert.DoesNotContain("<h1>", error.ToString());
    }

    public static TheoryData<string, string?> Messages => new()
    {
        { """{"faultcode": "Client", "faultstring": "Sort key supplied is invalid: bogus", "debuginfo": null}""", "Sort key supplied is invalid: bogus" },
        { """{"debuginfo": {"message": "trace"}, "faultstring": "the fault"}""", "the fault" },
        { """{"itemNotFound": {"code": 404, "message": "Resource nope cannot be found."}}""", "Resource nope cannot be found." },
        { """{"badRequest": {"message": "instance is missing.", "code": 400}}""", "instance is missing." },
        { """{"error": {"code": 401, "message": "The request you have made requires authentication.", "title": "Unauthorized"}}""", "The request you have made requires authentication." },
        { """{"code": 1, "overLimit": {"message": "Quota exceeded"}}""", "Quota exceeded" },
        { "<html><body>Not Found</body></html>", null },
        { "", null },
        { "null", null },
        { "[]", null },
        { "\"faultstring\"", null },
        { "{}", null },
        { """{"faultstring": null}""", null },
        { """{"faultstring": 7}""", null },
        { """{"faultstring": ""}""", null },
        { """{"faultstring": "   "}""", null },
        { """{"faultstring": {"message": "inner"}}""", "inner" },
        { """{"error": {"message": null}}""", null },
        { """{"error": "text"}""", null },
        { """{"faultstring": "cut o""", null },
        { """{"faultstring": "lone \ud83d surrogate"}""", null },
        { """{"\ud83d": 1, "error": {"message": "after a lone surrogate"}}""", "after a lone surrogate" },
        { """{"faultstring": "one", "faultstring": "two"}""", "two" },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public async Task The_message_of_the_service_is_found_in_every_known_format(string body, string? message)
    {
        TroveScheduleException error = await FailureOf(Answers.Json(400, body));
        Assert.Equal((TroveErrorKind.Invalid, 400, message), (error.Kind, error.StatusCode, error.ServerMessage));
        Assert.Contains(message ?? "HTTP 400 Bad Request", error.Problem);
    }

    [Fact]
    public async Task A_database_error_is_shown_without_its_SQL_and_its_trust()
    {
        const string message = "Duplicate entry for cron trigger: (pymysql.err.DataError) (1406, \"Data too long for column 'name' at row 1\")";
        TroveScheduleException error = await FailureOf(Answers.Fault(409,
            message + "\n[SQL: INSERT INTO cron_triggers_v2 (trust_id) VALUES (%(trust_id)s)]\n[parameters: {'trust_id': 'topsecret-trust'}]"));
        Assert.Equal((TroveErrorKind.Conflict, message), (error.Kind, error.ServerMessage));
        Assert.DoesNotContain("INSERT", error.ToString());
    }

    [Fact]
    public async Task Control_characters_are_removed_from_messages()
    {
        TroveScheduleException error = await FailureOf(Answers.Fault(400, "a\u001b[31mred\u009b2J\u0007\r\0\tb\nc"));
        Assert.Equal("a [31mred 2J    b\nc", error.ServerMessage);
    }

    [Fact]
    public async Task Control_characters_are_removed_from_request_ids_and_reason_phrases()
    {
        TroveScheduleException error = await FailureOf(async (request, token) =>
        {
            var response = await Answers.Html(400, "", ("x-openstack-request-id", "req-\u001b[31m"))(request, token);
            response.ReasonPhrase = "Bad\u001b[31m";
            return response;
        });
        Assert.Equal("req- [31m", error.RequestId);
        Assert.DoesNotContain('\u001b', error.ToString());
    }

    [Fact]
    public async Task A_long_message_is_shortened_at_a_character_boundary()
    {
        TroveScheduleException error = await FailureOf(Answers.Fault(400, "x" + string.Concat(Enumerable.Repeat("😀", 5000))));
        Assert.InRange(error.ServerMessage!.Length, 1000, 2001);
        Assert.EndsWith("😀…", error.ServerMessage);
        Assert.InRange(error.Message.Length, 1000, 3000);
    }

    [Fact]
    public async Task An_endless_error_body_is_not_read_to_its_end()
    {
        TroveScheduleException error = await FailureOf((request, token) => Task.FromResult(new HttpResponseMessage((System.Net.HttpStatusCode)400) { Content = new StreamContent(new EndlessStream()) }));
        Assert.Equal((TroveErrorKind.Invalid, null), (error.Kind, error.ServerMessage));
    }

    [Fact]
    public async Task The_second_request_id_header_is_used_as_well()
    {
        Assert.Equal("req-8", (await FailureOf(Answers.Html(400, "", ("x-compute-request-id", "req-8")))).RequestId);
    }

    public static TheoryData<string> InvalidPages =>
    [
        "", " ", "null", "[]", "{}", "7", "\"text\"", "<html>Welcome to the hotel's wireless</html>",
        """{"cron_triggers": null}""", """{"cron_triggers": {}}""", """{"cron_triggers": "x"}""", """{"cron_triggers": [""", """{"cron_triggers": []""",
        """{"cron_triggers": [null]}""", """{"cron_triggers": [7]}""", """{"cron_triggers": [{}]}""", """{"cron_triggers": [{"name": "x"}]}""",
        """{"cron_triggers": [{"id": "x"}]}""", """{"cron_triggers": [{"id": null, "name": "x"}]}""", """{"cron_triggers": [{"id": "x", "name": null}]}""",
        """{"cron_triggers": [{"id": 7, "name": "x"}]}""", """{"cron_triggers": [{"id": "", "name": "x"}]}""",
        """{"cron_triggers": [{"id": "x", "name": "x", "pattern": {}}]}""",
        """{"cron_triggers": [{"id": "x", "name": "x", "remaining_executions": "many"}]}""", """{"cron_triggers": [{"id": "x", "name": "x", "remaining_executions": 1e99}]}""",
        """{"cron_triggers": [{"id": "x", "name": "x", "next_execution_time": 7}]}""", """{"cron_triggers": [{"id": "x", "name": "x", "next_execution_time": "tomorrow"}]}""",
        """{"cron_triggers": [], "next": 7}""", "{\"cron_triggers\": [{\"id\": \"\\ud83d\", \"name\": \"x\"}]}",
        "{\"cron_triggers\": [{\"id\": \"x\", \"name\": \"y\", \"\\u001b[31m\": [}]}", "{\"cron_triggers\": [{\"id\": \"x\", \"name\": \"y\", \"next_execution_time\": \"\\u001b[31m\"}]}",
        "\u001b[31m", new string('[', 5000),
    ];

    [Theory]
    [MemberData(nameof(InvalidPages))]
    public async Task A_response_that_does_not_match_the_API_is_a_protocol_error(string body)
    {
        TroveScheduleException error = await FailureOf(Answers.Json(200, body, ("x-openstack-request-id", "req-9")));
        Assert.Equal((TroveErrorKind.ProtocolError, "ProtocolError", 200, "req-9"), (error.Kind, error.ErrorId, error.StatusCode, error.RequestId));
        Assert.DoesNotContain('\u001b', error.Message);
        Assert.NotNull(error.RecommendedAction);
    }

    [Theory]
    [InlineData("GET /v2/executions", """{"executions": [null]}""")]
    [InlineData("GET /v2/executions", """{"executions": null}""")]
    [InlineData("GET /v2/executions", """{"executions": [{"id": "x", "state": null}]}""")]
    [InlineData("GET /v2/executions", """{"executions": [{"id": null, "state": "SUCCESS"}]}""")]
    [InlineData("GET /v2/executions", """{"executions": [{"state": "SUCCESS"}]}""")]
    public async Task An_invalid_row_of_a_history_is_a_protocol_error(string route, string body)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always($"GET {Rows.TriggersPath}/{Rows.Id(1)}", Answers.Ok(Rows.Trigger())).Always(route, Answers.Ok(body));
        using CloudSession session = await cloud.ConnectAsync();
        TroveScheduleException error = await ScriptedCloud.FailureOf(async () => await session.Executions.ListAsync(Rows.Id(1)).ToListAsync());
        Assert.Equal(TroveErrorKind.ProtocolError, error.Kind);
    }

    [Theory]
    [InlineData("instances", """{"instances": [null]}""")]
    [InlineData("instances", """{"instances": null}""")]
    [InlineData("instances", """{"instances": [{"id": null}]}""")]
    [InlineData("instances", """{"instances": [{"name": "m"}]}""")]
    [InlineData("instances", """{"instances": [{"id": "x", "volume": {"size": "big"}}]}""")]
    [InlineData("backups", """{"backups": [null]}""")]
    [InlineData("backups", """{"backups": null}""")]
    [InlineData("backups", """{"backups": [{"id": null, "status": "NEW"}]}""")]
    [InlineData("backups", """{"backups": [{"id": "x", "status": null}]}""")]
    [InlineData("backups", """{"backups": [{"id": "x"}]}""")]
    [InlineData("backups", """{"backups": [], "links": {}}""")]
    public async Task An_invalid_row_of_Trove_is_a_protocol_error(string what, string body)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always($"GET {Rows.TrovePath}/{what}", Answers.Ok(body));
        using CloudSession session = await cloud.ConnectAsync();
        TroveScheduleException error = await ScriptedCloud.FailureOf(async () =>
        {
            if (what == "instances")
                await session.Instances.ListAsync().ToListAsync();
            else
                await session.Backups.ListAsync().ToListAsync();
        });
        Assert.Equal(TroveErrorKind.ProtocolError, error.Kind);
    }

    [Theory]
    [InlineData("""{"instance": null}""")]
    [InlineData("{}")]
    [InlineData("null")]
    public async Task An_invalid_instance_is_a_protocol_error(string body)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always($"GET {Rows.TrovePath}/instances/{Rows.Id(900)}", Answers.Ok(body));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Equal(TroveErrorKind.ProtocolError, (await ScriptedCloud.FailureOf(() => session.Instances.GetAsync(Rows.Id(900)))).Kind);
    }

    [Theory]
    [InlineData("""{"links": [null]}""")]
    [InlineData("""{"links": null}""")]
    [InlineData("""{"links": [{"rel": null}]}""")]
    [InlineData("""{"links": []}""")]
    public async Task Invalid_links_end_a_listing(string rest)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always($"GET {Rows.TrovePath}/instances", Answers.Ok(rest.Insert(1, "\"instances\": [],")));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Empty(await session.Instances.ListAsync().ToListAsync());
    }

    [Fact]
    public async Task Unknown_fields_of_a_row_are_ignored()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Answers.Ok(Rows.Triggers(Rows.Trigger(1, row => row["new"] = new System.Text.Json.Nodes.JsonObject()))));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Single(await session.Schedules.ListAsync());
    }

    [Fact]
    public async Task A_body_that_cannot_be_decompressed_is_a_protocol_error()
    {
        TroveScheduleException error = await FailureOf(Answers.Body(() => new BreakingStream("{\"cron_", new InvalidDataException("The archive entry was compressed using an unsupported compression method."))));
        Assert.Equal(TroveErrorKind.ProtocolError, error.Kind);
    }

    [Fact]
    public async Task An_error_response_with_an_unreadable_body_is_reported_by_its_status()
    {
        foreach (Exception exception in new Exception[] { new InvalidDataException("bad gzip"), new IOException("reset"), new HttpRequestException("reset") })
        {
            TroveScheduleException error = await FailureOf((_, _) => Task.FromResult(new HttpResponseMessage((System.Net.HttpStatusCode)403) { Content = new StreamContent(new BreakingStream("{", exception)) }));
            Assert.Equal((TroveErrorKind.Forbidden, 403), (error.Kind, error.StatusCode));
        }
    }

    [Fact]
    public async Task A_connection_that_breaks_within_the_body_gives_Unavailable()
    {
        TroveScheduleException error = await FailureOf(Answers.Body(() => new BreakingStream("{\"cron_", new IOException("The response ended prematurely."))));
        Assert.Equal((TroveErrorKind.Unavailable, null), (error.Kind, error.StatusCode));
        Assert.Contains("cloud:8989", error.Message);
    }

    [Fact]
    public async Task An_endless_body_ends_at_the_time_limit()
    {
        var clock = new ManualClock(ScriptedCloud.Start);
        ScriptedCloud cloud = new ScriptedCloud(clock).Always(Get, Answers.Body(() => new SilentStream(() => clock.Advance(TimeSpan.FromSeconds(100)))));
        using CloudSession session = await cloud.ConnectAsync();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => session.Schedules.ListAsync().WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal((TroveErrorKind.Timeout, "Timeout"), (error.Kind, error.ErrorId));
        Assert.Contains("Mistral at http://cloud:8989/v2/cron_triggers gave no answer within 100 s", error.Message);
    }

    [Fact]
    public async Task A_missing_response_is_a_timeout_at_the_limit_and_not_before()
    {
        var clock = new ManualClock(ScriptedCloud.Start);
        var requestReceived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ScriptedCloud cloud = new ScriptedCloud(clock).Always(Get, Answers.After(_ => requestReceived.SetResult(), Answers.Silence));
        using CloudSession session = await cloud.ConnectAsync();
        Task listing = session.Schedules.ListAsync();
        await requestReceived.Task.WaitAsync(TimeSpan.FromSeconds(30));
        clock.Advance(ScriptedCloud.Settings.TimeLimit - TimeSpan.FromTicks(1));
        Assert.False(listing.IsCompleted);
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(TroveErrorKind.Timeout, (await ScriptedCloud.FailureOf(() => listing.WaitAsync(TimeSpan.FromSeconds(30)))).Kind);
        Assert.Single(cloud.Requests);
    }

    [Fact]
    public async Task The_error_names_the_service_that_cannot_be_reached()
    {
        TroveScheduleException error = await FailureOf(Answers.Reset);
        Assert.Equal((TroveErrorKind.Unavailable, "Unavailable", null), (error.Kind, error.ErrorId, error.StatusCode));
        Assert.StartsWith("Mistral at http://cloud:8989/v2/cron_triggers cannot be reached", error.Message);
    }

    [Fact]
    public async Task An_untrusted_certificate_has_its_own_error_id_and_is_not_retried()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, (_, _) => throw new HttpRequestException("The SSL connection could not be established.",
            new AuthenticationException("The remote certificate is invalid because of errors in the certificate chain: UntrustedRoot")));
        using CloudSession session = await cloud.ConnectAsync();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => session.Schedules.ListAsync());
        Assert.Equal((TroveErrorKind.Unavailable, "UntrustedCertificate"), (error.Kind, error.ErrorId));
        Assert.Contains("UntrustedRoot", error.Message);
        Assert.Single(cloud.Requests);
    }

    [Theory]
    [InlineData("The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch", "UntrustedCertificate", "another host name")]
    [InlineData("The remote certificate is invalid because of errors in the certificate chain: NotTimeValid", "UntrustedCertificate", "Check the clock of this machine")]
    [InlineData("Cannot determine the frame size or a corrupted frame was received.", "Unavailable", "the scheme (http or https)")]
    public async Task A_failed_handshake_has_an_advice_for_its_reason(string reason, string id, string advice)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, (_, _) => throw new HttpRequestException("The SSL connection could not be established.", new AuthenticationException(reason)));
        using CloudSession session = await cloud.ConnectAsync();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => session.Schedules.ListAsync());
        Assert.Equal(id, error.ErrorId);
        Assert.Contains(reason, error.Message);
        Assert.Contains(advice, error.RecommendedAction);
        Assert.DoesNotContain("insecure", error.RecommendedAction);
        Assert.Empty(error.Settings);
    }

    [Fact]
    public async Task A_failed_handshake_is_reported_with_its_inner_cause()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, (_, _) => throw new HttpRequestException("The SSL connection could not be established.",
            new AuthenticationException("Authentication failed, see inner exception.", new IOException("unsupported protocol"))));
        using CloudSession session = await cloud.ConnectAsync();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => session.Schedules.ListAsync());
        Assert.Contains("unsupported protocol", error.Problem);
        Assert.DoesNotContain("see inner exception", error.Problem);
    }

    [Theory]
    [InlineData("error:0A00045C:SSL routines::tlsv13 alert certificate required", "wants a client certificate")]
    [InlineData("error:0A000418:SSL routines::tlsv1 alert unknown ca", "does not accept the client certificate")]
    [InlineData("error:0A000412:SSL routines::ssl/tls alert bad certificate", "does not accept the client certificate")]
    public async Task A_TLS_alert_about_the_client_certificate_has_its_own_advice(string alert, string advice)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, (_, _) => throw new HttpRequestException("An error occurred while sending the request.",
            new IOException("The decryption operation failed, see inner exception.", new IOException(alert))));
        using CloudSession session = await cloud.ConnectAsync();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => session.Schedules.ListAsync());
        Assert.Contains(advice, error.RecommendedAction);
        Assert.Contains("cert and key in clouds.yaml", error.RecommendedAction);
        Assert.Equal(["cert", "key"], error.Settings);
    }

    [Fact]
    public async Task A_byte_order_mark_before_the_JSON_is_ignored()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Answers.Ok("\ufeff" + Rows.Triggers()));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Empty(await session.Schedules.ListAsync());
    }

    private sealed class SilentStream(Action onRead) : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            onRead();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }

    private sealed class EndlessStream : MemoryStream
    {
        private long _bytesRead;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _bytesRead += buffer.Length;
            Assert.InRange(_bytesRead, 0, 10_000_000);
            buffer.Span.Fill((byte)'[');
            return ValueTask.FromResult(buffer.Length);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }
}
