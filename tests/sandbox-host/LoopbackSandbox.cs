using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using TroveSchedules.Sandbox;

namespace TroveSchedules.SandboxHost;

/// <summary>Puts a sandbox on three ports of 127.0.0.1, so that other programs can be clients of it. For tests: whoever is on this machine can enter.</summary>
public sealed class LoopbackSandbox : IAsyncDisposable
{
    private readonly WebApplication _server;

    private LoopbackSandbox(SandboxCloud cloud, WebApplication server)
    {
        Cloud = cloud;
        _server = server;
    }

    /// <summary>The sandbox.</summary>
    public SandboxCloud Cloud { get; }

    /// <summary>The variables with which OpenStack's clients enter it as the user demo.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["OS_AUTH_URL"] = Cloud.AuthUrl.AbsoluteUri,
        ["OS_IDENTITY_API_VERSION"] = "3",
        ["OS_REGION_NAME"] = "RegionOne",
        ["OS_USERNAME"] = "demo",
        ["OS_PASSWORD"] = Cloud.Accounts.First(account => account.UserName == "demo").Password,
        ["OS_PROJECT_NAME"] = "demo",
        ["OS_USER_DOMAIN_NAME"] = SandboxAccount.Domain,
        ["OS_PROJECT_DOMAIN_NAME"] = SandboxAccount.Domain,
    };

    /// <summary>Starts listening on ports that are free.</summary>
    /// <param name="speed">How fast the sandbox's clock runs.</param>
    public static async Task<LoopbackSandbox> StartAsync(double speed = 1)
    {
        Uri[] urls = [.. FreePorts(3).Select(port => new Uri($"http://127.0.0.1:{port}"))];
        var cloud = new SandboxCloud(new SandboxOptions { Speed = speed, KeystoneUrl = urls[0], MistralUrl = urls[1], TroveUrl = urls[2] });
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls([.. urls.Select(url => url.GetLeftPart(UriPartial.Authority))]);
        WebApplication server = builder.Build();
        var invoker = new HttpMessageInvoker(cloud.CreateHandler());
        server.Run(context => ForwardAsync(context, invoker));
        await server.StartAsync();
        return new LoopbackSandbox(cloud, server);
    }

    /// <summary>Stops listening and ends the sandbox.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
        Cloud.Dispose();
    }

    private static async Task ForwardAsync(HttpContext context, HttpMessageInvoker sandbox)
    {
        // The path as it came: decoding it here would lose %2F.
        string target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), $"http://127.0.0.1:{context.Connection.LocalPort}{target}");
        if (context.Request.ContentLength > 0 || context.Request.Headers.TransferEncoding.Count > 0)
            request.Content = new StreamContent(context.Request.Body);
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in context.Request.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
        using HttpResponseMessage answer = await sandbox.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach ((string name, IEnumerable<string> values) in answer.Headers.Concat(answer.Content.Headers))
            context.Response.Headers[name] = values.ToArray();
        if (answer.StatusCode != HttpStatusCode.NoContent)
            await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners)
            listener.Start();
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in listeners)
            listener.Stop();
        return ports;
    }
}
