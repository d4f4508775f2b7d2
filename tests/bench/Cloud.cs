using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using TroveSchedules.TestSupport;

namespace TroveSchedules.Benchmarks;

/// <summary>The cloud of a stack, for its user demo.</summary>
internal sealed class Cloud
{
    private readonly JsonNode _account;
    private readonly CloudClient _client;

    private Cloud(JsonNode account, string authUrl)
    {
        _account = account;
        AuthUrl = authUrl;
        _client = new CloudClient(authUrl, (string)account["username"]!, (string)account["password"]!, (string)account["project_name"]!);
    }

    public string AuthUrl { get; }
    public string Keystone => new Uri(AuthUrl).GetLeftPart(UriPartial.Authority);
    public string Mistral { get; private set; } = "";
    public string Trove { get; private set; } = "";

    /// <summary>The environment variables with which the clients log in.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["OS_AUTH_URL"] = AuthUrl,
        ["OS_IDENTITY_API_VERSION"] = "3",
        ["OS_REGION_NAME"] = "RegionOne",
        ["OS_USERNAME"] = (string)_account["username"]!,
        ["OS_PASSWORD"] = (string)_account["password"]!,
        ["OS_PROJECT_NAME"] = (string)_account["project_name"]!,
        ["OS_USER_DOMAIN_NAME"] = (string)_account["user_domain_name"]!,
        ["OS_PROJECT_DOMAIN_NAME"] = (string)_account["project_domain_name"]!,
    };

    /// <summary>The cloud of a stack's state directory.</summary>
    public static async Task<Cloud> OfStackAsync(string state)
    {
        JsonNode account = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(state, "clouds.yaml")))!["clouds"]!["demo"]!["auth"]!;
        var cloud = new Cloud(account, (string)account["auth_url"]!);
        CloudLogin login = await cloud._client.LogInAsync();
        (cloud.Mistral, cloud.Trove) = (login.Mistral, login.Trove);
        return cloud;
    }

    /// <summary>The same cloud through a relay, whose URLs are in the order Keystone, Mistral, Trove.</summary>
    public Cloud Behind(IReadOnlyList<string> relays) => new(_account, relays[0] + new Uri(AuthUrl).PathAndQuery)
    {
        Mistral = relays[1] + new Uri(Mistral).PathAndQuery,
        Trove = relays[2] + new Uri(Trove).PathAndQuery,
    };

    public async Task<string> TokenAsync() => (await _client.LogInAsync()).Token;

    /// <summary>Sends a request to Mistral.</summary>
    /// <exception cref="HttpRequestException">The status is not 2xx.</exception>
    public async Task<JsonNode> MistralAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        CloudResponse response = await _client.MistralAsync(method.Method, path, body);
        return response.Status == 204 ? new JsonObject() : response.Success;
    }
}

/// <summary>The environment of a case, with the processes that run for its whole duration.</summary>
internal sealed class Place(Cloud cloud) : IAsyncDisposable
{
    private Warm? _module;
    private Warm? _peer;

    public Cloud Cloud { get; } = cloud;

    /// <summary>A PowerShell with the module and an open session.</summary>
    public async Task<Warm> ModuleAsync()
    {
        if (_module is null)
        {
            _module = Warm.Start("pwsh", ["-NoProfile", "-NonInteractive", "-File", Options.Script("warm.ps1"), Options.Module], Cloud.Environment);
            await _module.SendAsync(new JsonObject { ["script"] = "$null = Connect-TroveSession" });
        }
        return _module;
    }

    /// <summary>A Python process with the API of python-troveclient, logged in.</summary>
    public async Task<Warm> PeerAsync()
    {
        if (_peer is null)
        {
            _peer = Warm.Start(Programs.Python, [Options.Script("peer.py")], Cloud.Environment);
            await _peer.SendAsync(new JsonObject { ["do"] = "connect" });
        }
        return _peer;
    }

    public async ValueTask DisposeAsync()
    {
        if (_module is not null)
            await _module.DisposeAsync();
        if (_peer is not null)
            await _peer.DisposeAsync();
    }
}
