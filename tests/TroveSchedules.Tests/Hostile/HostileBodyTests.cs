using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Http;
using TroveSchedules.OpenStack.Keystone;
using TroveSchedules.Tests.Http;
using TroveSchedules.Tests.Keystone;
using Xunit;

namespace TroveSchedules.Tests.Hostile;

/// <summary>Responses that are too long, too slow, badly compressed or have an unexpected status.</summary>
public sealed class HostileBodyTests : IDisposable
{
    // Longer than the limit for every response.
    private const long Bomb = 2L * ResponseBody.Longest;

    private readonly Folders folders = new();

    public void Dispose() => folders.Dispose();

    /// <summary>A server that sends the beginning once per connection, and then repeats the rest until the client disconnects.</summary>
    private static LoopbackServer Endless(string start, string rest, Action? onRest = null) => new(async connection =>
    {
        _ = await connection.Stream.ReadAsync(new byte[4096]);
        await connection.WriteAsync(start);
        while (true)
        {
            onRest?.Invoke();
            await connection.WriteAsync(rest);
        }
    });

    private static CloudSettings SettingsOf(LoopbackServer server) => new() { AuthUrl = new Uri($"{server.Url}/v3"), Credential = PasswordCredential.ById("u1", "topsecret") };

    private static Stream Compress(string encoding, Stream target) => encoding switch
    {
        "gzip" => new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true),
        "deflate" => new ZLibStream(target, CompressionLevel.Fastest, leaveOpen: true),
        "br" => new BrotliStream(target, CompressionLevel.Fastest, leaveOpen: true),
        _ => target,
    };

    private static async Task WriteAsync(LoopbackConnection connection, string encoding, int status, string start, long length)
    {
        await connection.WriteAsync($"HTTP/1.1 {status} Hostile\r\nX-Subject-Token: gAAAA-topsecret\r\nContent-Encoding: {encoding}\r\nConnection: close\r\n\r\n");
        byte[] piece = new byte[1 << 20];
        piece.AsSpan().Fill((byte)'x');
        await using Stream body = Compress(encoding, connection.Stream);
        await body.WriteAsync(Encoding.UTF8.GetBytes(start));
        for (long written = 0; written < length; written += piece.Length)
            await body.WriteAsync(piece);
    }

    [Theory]
    [InlineData("gzip", "{\"cron_triggers\": [{\"id\": \"")]
    [InlineData("deflate", "{\"x\": \"")]
    [InlineData("br", "{\"cron_triggers\": [], \"x\": \"")]
    public async Task A_decompression_bomb_is_read_only_up_to_the_limit(string encoding, string start)
    {
        using var cloud = new LoopbackCloud((connection, _) => WriteAsync(connection, encoding, 200, start, Bomb));
        using CloudSession session = await CloudSession.ConnectAsync(cloud.Settings(folders));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => session.Schedules.ListAsync());
        Assert.Equal((TroveErrorKind.ProtocolError, 200), (error.Kind, error.StatusCode));
        Assert.Contains("longer than 128 MiB", error.Message);
    }

    [Fact]
    public async Task A_decompression_bomb_for_a_login_is_read_only_up_to_the_limit()
    {
        using var cloud = new LoopbackCloud((connection, _) => WriteAsync(connection, "gzip", 201, "{\"token\": {\"x\": \"", Bomb)) { AcceptsLogins = false };
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => CloudSession.ConnectAsync(cloud.Settings(folders)));
        Assert.Equal((TroveErrorKind.ProtocolError, 201), (error.Kind, error.StatusCode));
        Assert.Contains("longer than 128 MiB", error.Message);
    }

    [Fact]
    public async Task Only_the_beginning_of_an_error_body_is_decompressed()
    {
        using var cloud = new LoopbackCloud((connection, _) => WriteAsync(connection, "br", 400, "{\"faultstring\": \"", Bomb));
        using CloudSession session = await CloudSession.ConnectAsync(cloud.Settings(folders));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => session.Schedules.ListAsync());
        Assert.Equal((TroveErrorKind.Invalid, 400, null), (error.Kind, error.StatusCode, error.ServerMessage));
    }

    [Fact]
    public async Task An_endless_body_is_read_only_up_to_the_limit()
    {
        int pieces = 0;
        using LoopbackServer server = Endless("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{\"\r\n", $"100000\r\n{new string('x', 1 << 20)}\r\n", () => pieces++);
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => CloudSession.ConnectAsync(SettingsOf(server)));
        Assert.Contains("longer than 128 MiB", error.Message);
        Assert.InRange(pieces, 128, 160);
    }

    [Theory]
    [InlineData("gzip", false)]
    [InlineData("deflate", false)]
    [InlineData("br", false)]
    [InlineData("gzip", true)]
    [InlineData("deflate", true)]
    [InlineData("br", true)]
    public async Task A_body_that_does_not_match_its_Content_Encoding_is_a_protocol_error(string encoding, bool spoilsLogin)
    {
        using var cloud = new LoopbackCloud((connection, request) => connection.WriteAsync(LoopbackResponse.Of(
            LoopbackCloud.IsLogin(request) ? 201 : 200, "{\"cron_triggers\": []}, and this is not packed at all", $"Content-Encoding: {encoding}", "Connection: close"))) { AcceptsLogins = !spoilsLogin };
        TroveScheduleException error = await ScriptedCloud.FailureOf(async () =>
        {
            using CloudSession session = await CloudSession.ConnectAsync(cloud.Settings(folders));
            await session.Schedules.ListAsync();
        });
        Assert.Equal(TroveErrorKind.ProtocolError, error.Kind);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_compressed_body_is_read(string encoding)
    {
        string rows = Rows.Triggers([.. Enumerable.Range(1, 1000).Select(i => Rows.Trigger(i))]);
        using var cloud = new LoopbackCloud((connection, _) => WriteAsync(connection, encoding, 200, rows.Replace(ScriptedCloud.Project, "p1"), 0));
        using CloudSession session = await CloudSession.ConnectAsync(cloud.Settings(folders));
        Assert.Equal(1000, (await session.Schedules.ListAsync()).Count);
    }

    [Fact]
    public async Task A_response_of_the_maximum_length_is_read_and_a_longer_one_is_an_error_without_retries()
    {
        byte[] page = Encoding.UTF8.GetBytes(Rows.Triggers(Rows.Trigger()));
        foreach ((long length, bool isRead) in new[] { (ResponseBody.Longest, true), (ResponseBody.Longest + 1, false) })
        {
            ScriptedCloud cloud = new ScriptedCloud().Always(Rows.TriggersRoute, Answers.Body(() => new PaddedStream(page, length)));
            using CloudSession session = await cloud.ConnectAsync();
            if (isRead)
                Assert.Single(await session.Schedules.ListAsync());
            else
                Assert.Equal(TroveErrorKind.ProtocolError, (await ScriptedCloud.FailureOf(() => session.Schedules.ListAsync())).Kind);
            Assert.Single(cloud.Requests);
        }
        ScriptedCloud keystone = new ScriptedCloud().Always("POST /v3/auth/tokens", (_, _) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.Created) { Content = new StreamContent(new PaddedStream("{"u8.ToArray(), ResponseBody.Longest + 1)) }));
        Assert.Equal(TroveErrorKind.ProtocolError, (await ScriptedCloud.FailureOf(() => keystone.ConnectAsync())).Kind);
        Assert.Single(keystone.LoginRequests);
    }

    [Fact]
    public async Task A_DELETE_is_not_silently_resent_when_the_connection_closes_before_the_response()
    {
        // On a reused connection, .NET silently resends a request without a body.
        int deletions = 0;
        using var mistral = new LoopbackServer(async connection =>
        {
            while (await connection.ReadRequestAsync() is { } request)
            {
                if (request.Method == "DELETE")
                {
                    Interlocked.Increment(ref deletions);
                    return;
                }
                await connection.WriteAsync(LoopbackResponse.Of(200, Rows.Execution(1), "Content-Type: application/json"));
            }
        });
        var url = new Uri($"{mistral.Url}/v2");
        ScriptedCloud keystone = new();
        using CloudSession session = await CloudSession.ConnectAsync(
            ScriptedCloud.Settings with { WorkflowEndpoint = url, MaxRetries = 0 }, TimeProvider.System, () => new Switch(keystone, url), default);
        ScheduleExecutions executions = session.Executions;
        ScheduleExecution execution = await executions.GetAsync(Rows.Id(1));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => executions.DeleteAsync(execution));
        Assert.Equal(1, deletions);
        Assert.True(error.MayHaveHappened, error.Message);
    }

    [Fact]
    public async Task A_slow_body_ends_at_the_time_limit()
    {
        var clock = new ManualClock(ScriptedCloud.Start);
        int reads = 0;
        ScriptedCloud cloud = new ScriptedCloud(clock).Always(Rows.TriggersRoute, Answers.Body(() => new PaddedStream([], long.MaxValue, 1, () =>
        {
            reads++;
            clock.Advance(TimeSpan.FromSeconds(1));
        })));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Equal(TroveErrorKind.Timeout, (await ScriptedCloud.FailureOf(() => session.Schedules.ListAsync())).Kind);
        Assert.InRange(reads, 99, 102);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n", "X-Filler: 0123456789012345678901234567890123456789\r\n", TroveErrorKind.ProtocolError, 1)]
    [InlineData("HTTP/1.1 200 OK\r\nX-Filler: ", "0123456789012345678901234567890123456789", TroveErrorKind.ProtocolError, 1)]
    [InlineData("HTTP/1.1 200 ", "OK OK OK OK OK OK OK OK OK OK OK OK OK OK", TroveErrorKind.ProtocolError, 1)]
    [InlineData("", "garbage garbage garbage garbage\r\n", TroveErrorKind.ProtocolError, 4)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "garbage", TroveErrorKind.Unavailable, 4)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", "extension=extension;", TroveErrorKind.Unavailable, 4)]
    public async Task Endless_headers_and_invalid_HTTP_are_errors(string start, string rest, TroveErrorKind kind, int attempts)
    {
        using LoopbackServer server = Endless(start, rest);
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => CloudSession.ConnectAsync(
            SettingsOf(server), new ManualClock(ScriptedCloud.Start), () => PrimaryHandler.Create(SettingsOf(server))).WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.True(kind == error.Kind || (start.Contains("chunked") && error.Kind == TroveErrorKind.ProtocolError), error.ToString());
        Assert.Equal(attempts, server.Connections); // A retry would get headers of the same length.
    }

    [Fact]
    public async Task Endless_informational_responses_end_at_the_time_limit()
    {
        var clock = new ManualClock(ScriptedCloud.Start);
        using LoopbackServer server = Endless("", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", () => clock.Advance(TimeSpan.FromSeconds(1)));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => CloudSession.ConnectAsync(
            SettingsOf(server), clock, () => PrimaryHandler.Create(SettingsOf(server))).WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal(TroveErrorKind.Timeout, error.Kind);
    }

    [Theory]
    [InlineData(101)]
    [InlineData(204)]
    [InlineData(205)]
    [InlineData(206)]
    [InlineData(300)]
    [InlineData(304)]
    public async Task An_unexpected_success_status_without_a_body_is_a_protocol_error(int status)
    {
        foreach (Func<CloudSession, Task> act in new Func<CloudSession, Task>[]
        {
            session => session.Schedules.ListAsync(), session => session.Schedules.GetAsync(Rows.Id(1)), session => session.Workbook.GetAsync(),
        })
        {
            ScriptedCloud cloud = new ScriptedCloud()
                .Always(Rows.TriggersRoute, Answers.Status(status)).Always($"{Rows.TriggersRoute}/{Rows.Id(1)}", Answers.Status(status)).Always(Rows.WorkflowRoute, Answers.Status(status));
            using CloudSession session = await cloud.ConnectAsync();
            TroveScheduleException error = await ScriptedCloud.FailureOf(() => act(session));
            Assert.Equal((TroveErrorKind.ProtocolError, status), (error.Kind, error.StatusCode));
        }
    }

    /// <summary>A text, padded with spaces to a length, in chunks of a maximum size.</summary>
    private sealed class PaddedStream(byte[] text, long length, int piece = int.MaxValue, Action? onRead = null) : Stream
    {
        private long _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            onRead?.Invoke();
            cancellationToken.ThrowIfCancellationRequested();
            Span<byte> span = buffer.Span[..(int)Math.Min(Math.Min(buffer.Length, piece), length - _at)];
            span.Fill((byte)' ');
            if (_at < text.Length)
                text.AsSpan((int)_at, Math.Min(span.Length, text.Length - (int)_at)).CopyTo(span);
            _at += span.Length;
            return ValueTask.FromResult(span.Length);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    /// <summary>Sends the requests for one URL over the network, and all others to a cloud in this process.</summary>
    private sealed class Switch(ScriptedCloud cloud, Uri networkUrl) : DelegatingHandler(cloud)
    {
        private readonly HttpMessageInvoker network = new(new SocketsHttpHandler());

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            request.RequestUri!.Authority == networkUrl.Authority ? network.SendAsync(request, cancellationToken) : base.SendAsync(request, cancellationToken);
    }
}
