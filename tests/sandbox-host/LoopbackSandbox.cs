using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using TroveSchedules.Sandbox;
using TroveSchedules.TestSupport;

namespace TroveSchedules.SandboxHost;

/// <summary>Serves a sandbox on three ports of 127.0.0.1 for clients in other processes. For tests only, because every local user can log in.</summary>
public sealed class LoopbackSandbox : IDisposable
{
    private readonly LoopbackServer[] _servers;
    private readonly HttpMessageInvoker _invoker;

    /// <summary>Starts listening on free ports.</summary>
    /// <param name="speed">Speed of the sandbox's clock.</param>
    public LoopbackSandbox(double speed = 1)
    {
        _servers = [.. Enumerable.Range(0, 3).Select(i => LoopbackServer.Http(request => request.ForwardAsync(_invoker!, _servers![i].Url)))];
        Uri[] urls = [.. _servers.Select(server => new Uri(server.Url))];
        Cloud = new SandboxCloud(new SandboxOptions { Speed = speed, KeystoneUrl = urls[0], MistralUrl = urls[1], TroveUrl = urls[2] });
        _invoker = new HttpMessageInvoker(Cloud.CreateHandler());
    }

    /// <summary>The sandbox.</summary>
    public SandboxCloud Cloud { get; }

    /// <summary>The environment variables with which OpenStack clients log in as the user demo.</summary>
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
