using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading;
using TroveSchedules.Sandbox;
using TroveSchedules.TestSupport;

namespace TroveSchedules.SandboxHost;

/// <summary>Serves a sandbox on three ports of 127.0.0.1 for clients in other processes. For tests only, because every local user can log in.</summary>
public sealed class LoopbackSandbox : IDisposable
{
    private readonly LoopbackServer[] _servers;
    private readonly HttpMessageInvoker _invoker;
    private int _requests;

    /// <summary>Starts listening on free ports.</summary>
    /// <param name="speed">Speed of the sandbox's clock.</param>
    /// <param name="projects">The number of further projects.</param>
    /// <param name="instances">The number of instances with names like <c>db-00001</c> of demo and of each further project.</param>
    public LoopbackSandbox(double speed = 1, int projects = 0, int instances = 0)
    {
        _servers = [.. Enumerable.Range(0, 3).Select(i => LoopbackServer.Http(request =>
        {
            Interlocked.Increment(ref _requests);
            return request.ForwardAsync(_invoker!, _servers![i].Url);
        }))];
        Uri[] urls = [.. _servers.Select(server => new Uri(server.Url))];
        Cloud = new SandboxCloud(new SandboxOptions { Speed = speed, Projects = projects, Instances = instances, KeystoneUrl = urls[0], MistralUrl = urls[1], TroveUrl = urls[2] });
        _invoker = new HttpMessageInvoker(Cloud.CreateHandler());
    }

    /// <summary>The sandbox.</summary>
    public SandboxCloud Cloud { get; }

    /// <summary>Number of requests so far.</summary>
    public int Requests => Volatile.Read(ref _requests);

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
