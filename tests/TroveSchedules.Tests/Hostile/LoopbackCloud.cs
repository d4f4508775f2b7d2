using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TroveSchedules.OpenStack.Keystone;
using TroveSchedules.Tests.Keystone;

namespace TroveSchedules.Tests.Hostile;

/// <summary>A Keystone, a Mistral and a Trove on the loopback, of which a test says how they answer.</summary>
internal sealed class LoopbackCloud : IAsyncDisposable
{
    private static readonly TestCertificate Authority = TestCertificate.Authority("ours");

    private readonly WebApplication _app;
    private readonly bool _isTls;

    private LoopbackCloud(Func<LoopbackCloud, HttpContext, Task> answer, bool isTls)
    {
        _isTls = isTls;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                if (isTls)
                    listen.UseHttps(Authority.Server().Certificate);
            });
        });
        _app = builder.Build();
        _app.Run(async context =>
        {
            Requests.Enqueue($"{context.Request.Method} {context.Request.Path}{(context.Request.Headers.ContainsKey("X-Auth-Token") ? " with token" : "")}");
            try
            {
                await answer(this, context);
            }
            catch (OperationCanceledException)
            {
                // The client has had enough.
            }
        });
    }

    /// <summary>What was asked, and whether a token came along.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public string Url => _app.Urls.Single();

    public static async Task<LoopbackCloud> StartAsync(Func<LoopbackCloud, HttpContext, Task> answer, bool isTls = false)
    {
        var cloud = new LoopbackCloud(answer, isTls);
        await cloud._app.StartAsync();
        return cloud;
    }

    public static bool IsLogin(HttpContext context) => context.Request.Path == "/v3/auth/tokens";

    public CloudSettings Settings(Folders folders) => new()
    {
        AuthUrl = new Uri(Url),
        Credential = PasswordCredential.ById("u1", "topsecret"),
        MaxRetries = 0, // Else each test would wait for those.
        CaCertificatePath = _isTls ? folders.Write("ca.pem", Authority.Pem).PathOf("ca.pem") : null,
    };

    /// <summary>Lets somebody in.</summary>
    public Task LogInAsync(HttpContext context)
    {
        context.Response.StatusCode = 201;
        context.Response.Headers["X-Subject-Token"] = "gAAAAABo-topsecret";
        return context.Response.WriteAsync($$$"""
            {"token": {"expires_at": "2999-01-01T00:00:00Z", "project": {"id": "p1", "name": "demo"}, "catalog": [
              {"type": "workflowv2", "endpoints": [{"interface": "public", "region": "R", "url": "{{{Url}}}/v2"}]}, {"type": "database", "endpoints": [{"interface": "public", "region": "R", "url": "{{{Url}}}"}]}]}}
            """);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
