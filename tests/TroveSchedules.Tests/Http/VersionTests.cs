using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Keystone;
using TroveSchedules.Tests.Keystone;
using Xunit;

namespace TroveSchedules.Tests.Http;

/// <summary>The HTTP version that a session negotiates, and its number of connections.</summary>
public sealed class VersionTests : IDisposable
{
    private static readonly TestCertificate Authority = TestCertificate.Authority("ours");

    private readonly Folders folders = new();

    public void Dispose() => folders.Dispose();

    [Theory]
    [InlineData(HttpProtocols.Http1AndHttp2, true, "HTTP/2")]
    [InlineData(HttpProtocols.Http2, true, "HTTP/2")]
    [InlineData(HttpProtocols.Http1, true, "HTTP/1.1")]
    [InlineData(HttpProtocols.Http1, false, "HTTP/1.1")]
    [InlineData(HttpProtocols.Http1AndHttp2, false, "HTTP/1.1")]
    public async Task A_session_uses_HTTP_2_if_TLS_negotiates_it_and_HTTP_1_1_otherwise(HttpProtocols offered, bool isTls, string expected)
    {
        await using var cloud = await KestrelCloud.StartAsync(offered, isTls);
        using CloudSession session = await CloudSession.ConnectAsync(cloud.Settings(folders));
        _ = await session.Schedules.CreateListing().AllAsync();
        Assert.Equal([("POST", expected), ("GET", expected)], cloud.Requests.Select(request => (request.Method, request.Protocol)));
    }

    [Theory]
    [InlineData(HttpProtocols.Http2, true)]
    [InlineData(HttpProtocols.Http1, true)]
    [InlineData(HttpProtocols.Http1, false)]
    public async Task Sequential_requests_share_a_connection(HttpProtocols offered, bool isTls)
    {
        await using var cloud = await KestrelCloud.StartAsync(offered, isTls);
        using CloudSession session = await CloudSession.ConnectAsync(cloud.Settings(folders));
        for (int i = 0; i < 20; i++)
            _ = await session.Schedules.CreateListing().AllAsync();
        Assert.Equal(20, cloud.Requests.Count(request => request.Method == "GET"));
        Assert.Single(cloud.Requests.Where(request => request.Method == "GET").Select(request => request.Connection).Distinct());
    }

    [Fact]
    public async Task Concurrent_requests_open_more_connections_if_the_server_allows_one_stream_each()
    {
        await using var cloud = await KestrelCloud.StartAsync(HttpProtocols.Http2, isTls: true, streams: 1, concurrentRequests: 3);
        using CloudSession session = await CloudSession.ConnectAsync(cloud.Settings(folders));
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => session.Schedules.CreateListing().AllAsync())).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(3, cloud.Requests.Where(request => request.Method == "GET").Select(request => request.Connection).Distinct().Count());
    }

    private sealed record Request(string Method, string Protocol, string Connection);

    /// <summary>A Keystone and a Mistral without schedules, on the loopback.</summary>
    private sealed class KestrelCloud : IAsyncDisposable
    {
        private readonly WebApplication app;
        private readonly TaskCompletionSource allArrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly bool isTls;
        private int missingRequests;

        private KestrelCloud(HttpProtocols offered, bool isTls, int streams, int concurrentRequests)
        {
            this.isTls = isTls;
            missingRequests = concurrentRequests;
            WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
            {
                kestrel.Limits.Http2.MaxStreamsPerConnection = streams;
                kestrel.Listen(IPAddress.Loopback, 0, listen =>
                {
                    listen.Protocols = offered;
                    if (isTls)
                        listen.UseHttps(Authority.Server().Certificate);
                });
            });
            app = builder.Build();
            app.Run(RespondAsync);
        }

        public ConcurrentQueue<Request> Requests { get; } = new();

        private string Url => app.Urls.Single();

        public static async Task<KestrelCloud> StartAsync(HttpProtocols offered, bool isTls, int streams = 100, int concurrentRequests = 1)
        {
            var cloud = new KestrelCloud(offered, isTls, streams, concurrentRequests);
            await cloud.app.StartAsync();
            return cloud;
        }

        public CloudSettings Settings(Folders folders) => new()
        {
            AuthUrl = new Uri(Url),
            Credential = PasswordCredential.ById("u1", "topsecret"),
            CaCertificatePath = isTls ? folders.Write("ca.pem", Authority.Pem).PathOf("ca.pem") : null,
        };

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private async Task RespondAsync(HttpContext context)
        {
            Requests.Enqueue(new Request(context.Request.Method, context.Request.Protocol, context.Connection.Id));
            if (context.Request.Method == "POST")
            {
                context.Response.StatusCode = 201;
                context.Response.Headers["X-Subject-Token"] = "gAAAAABo-topsecret";
                await context.Response.WriteAsync($$$"""
                    {"token": {"expires_at": "2999-01-01T00:00:00Z", "project": {"id": "p1", "name": "demo"},
                     "catalog": [{"type": "workflowv2", "endpoints": [{"interface": "public", "region": "R", "url": "{{{Url}}}/v2"}]}]}}
                    """);
                return;
            }
            // Requests that must be concurrent wait for one another.
            if (Interlocked.Decrement(ref missingRequests) <= 0)
                allArrived.TrySetResult();
            await allArrived.Task;
            await context.Response.WriteAsync("""{"cron_triggers": []}""");
        }
    }
}
