#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.TestSupport;

/// <summary>A user's plain HTTP requests to a cloud, without any code of the module. Thread-safe.</summary>
/// <param name="authUrl">The address of Keystone with its version, such as <c>http://127.0.0.1:5000/v3</c>.</param>
/// <param name="user">The user's name, in the domain Default.</param>
/// <param name="password">The password.</param>
/// <param name="project">The project's name, in the domain Default.</param>
public sealed class CloudClient(string authUrl, string user, string password, string project)
{
    // Test stacks can issue tokens that expire after a minute.
    private static readonly TimeSpan TokenLife = TimeSpan.FromSeconds(30);
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromMinutes(5) };
    private readonly SemaphoreSlim _login = new(1);
    private CloudLogin? _last;
    private DateTime _time;

    /// <summary>A valid token and the data of Keystone's response.</summary>
    public async Task<CloudLogin> LogInAsync()
    {
        await _login.WaitAsync();
        try
        {
            if (_last is not null && DateTime.UtcNow - _time < TokenLife)
                return _last;
            JsonNode Domain() => new JsonObject { ["name"] = "Default" };
            var account = new JsonObject { ["name"] = user, ["password"] = password, ["domain"] = Domain() };
            var auth = new JsonObject
            {
                ["identity"] = new JsonObject { ["methods"] = new JsonArray("password"), ["password"] = new JsonObject { ["user"] = account } },
                ["scope"] = new JsonObject { ["project"] = new JsonObject { ["name"] = project, ["domain"] = Domain() } },
            };
            CloudResponse response = await CloudResponse.OfAsync(Http, "POST", $"{authUrl}/auth/tokens", new JsonObject { ["auth"] = auth });
            JsonNode token = response.Success["token"]!;
            string Endpoint(string service) => token["catalog"]!.AsArray().Where(entry => (string?)entry!["type"] == service).SelectMany(entry => entry!["endpoints"]!.AsArray())
                .Where(endpoint => (string?)endpoint!["interface"] == "public").Select(endpoint => (string)endpoint!["url"]!).First().TrimEnd('/');
            _last = new CloudLogin(response.Headers["X-Subject-Token"], (string)token["user"]!["id"]!, Endpoint("workflowv2"), Endpoint("database"));
            _time = DateTime.UtcNow;
            return _last;
        }
        finally
        {
            _login.Release();
        }
    }

    /// <summary>Sends a request to Mistral.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path after <c>/v2</c>.</param>
    /// <param name="body">The body; null for none.</param>
    public async Task<CloudResponse> MistralAsync(string method, string path, JsonNode? body = null)
    {
        CloudLogin login = await LogInAsync();
        return await CloudResponse.OfAsync(Http, method, login.Mistral + path, body, login.Token);
    }

    /// <summary>Sends a request to Keystone.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path after <c>/v3</c>.</param>
    public async Task<CloudResponse> KeystoneAsync(string method, string path) =>
        await CloudResponse.OfAsync(Http, method, authUrl + path, token: (await LogInAsync()).Token);
}

/// <summary>The result of a login.</summary>
/// <param name="Token">The token.</param>
/// <param name="UserId">The user's id.</param>
/// <param name="Mistral">The public endpoint of Mistral, without a slash at the end.</param>
/// <param name="Trove">The public endpoint of Trove, without a slash at the end.</param>
public sealed record CloudLogin(string Token, string UserId, string Mistral, string Trove);

/// <summary>A response of a service.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Body">The body.</param>
/// <param name="Headers">The headers, by names of any case; several values are joined by <c> | </c>.</param>
public sealed record CloudResponse(int Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode? Json => Body.Length == 0 ? null : JsonNode.Parse(Body);

    /// <summary>The JSON of a successful response.</summary>
    /// <exception cref="HttpRequestException">The status is not 2xx.</exception>
    public JsonNode Success => Status is >= 200 and < 300 ? Json! : throw new HttpRequestException(ToString());

    public string? Text(string key) => Json![key]?.ToString();

    public string[] Keys => Json!.AsObject().Select(member => member.Key).ToArray();

    public JsonArray List(string name) => Json![name]!.AsArray();

    public IEnumerable<string?> Column(string list, string column) => List(list).Select(row => row![column]?.ToString()).ToArray();

    public override string ToString() => $"{Status} {Body}";

    /// <summary>Sends a request and reads the response.</summary>
    /// <param name="http">The client that sends the request.</param>
    /// <param name="method">The method.</param>
    /// <param name="url">The complete address.</param>
    /// <param name="body">Text, which is sent unchanged, or a <see cref="JsonNode"/>; null for none.</param>
    /// <param name="token">The token; null for none.</param>
    /// <param name="type">Content-Type of the body.</param>
    /// <param name="headers">Additional headers.</param>
    public static async Task<CloudResponse> OfAsync(
        HttpClient http, string method, string url, object? body = null, string? token = null, string type = "application/json", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), url);
        if (token is not null)
            request.Headers.Add("X-Auth-Token", token);
        foreach ((string name, string value) in headers)
            request.Headers.Add(name, value);
        if (body is not null)
            request.Content = new StringContent(body as string ?? ((JsonNode)body).ToJsonString(), Encoding.UTF8, type);
        using HttpResponseMessage response = await http.SendAsync(request);
        return new CloudResponse((int)response.StatusCode, await response.Content.ReadAsStringAsync(),
            response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(" | ", h.Value), StringComparer.OrdinalIgnoreCase));
    }
}
