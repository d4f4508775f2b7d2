using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using TroveSchedules.Sandbox;
using TroveSchedules.TestSupport;

namespace TroveSchedules.SandboxHost;

/// <summary>Puts a sandbox on three ports of 127.0.0.1, so that other programs can be clients of it. For tests: whoever is on this machine can enter.</summary>
public sealed class LoopbackSandbox : IDisposable
{
    private readonly LoopbackServer[] _servers;
    private readonly HttpMessageInvoker _invoker;

    /// <summary>Starts listening on ports that are free.</summary>
    /// <param name="speed">How fast the sandbox's clock runs.</param>
    public LoopbackSandbox(double speed = 1)
    {
        _servers = [.. Enumerable.Range(0, 3).Select(i => LoopbackServer.Http(request => request.ForwardAsync(_invoker!, _servers![i].Url)))];
        Uri[] urls = [.. _servers.Select(server => new Uri(server.Url))];
        Cloud = new SandboxCloud(new SandboxOptions { Speed = speed, KeystoneUrl = urls[0], MistralUrl = urls[1], TroveUrl = urls[2] });
        _invoker = new HttpMessageInvoker(Cloud.CreateHandler());
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

    /// <summary>Stops listening and ends the sandbox.</summary>
    public void Dispose()
    {
        foreach (LoopbackServer server in _servers)
            server.Dispose();
        _invoker.Dispose();
        Cloud.Dispose();
    }
}
