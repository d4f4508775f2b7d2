using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Text.Json.Nodes;

namespace TroveSchedules.FaultTests;

/// <summary>A schedule as Mistral has it.</summary>
/// <param name="Id">The trigger's name.</param>
/// <param name="Name">What the backups are called.</param>
/// <param name="Instance">The id of the instance.</param>
/// <param name="Pattern">When.</param>
/// <param name="TriggerId">Mistral's own id.</param>
public sealed record PlainSchedule(string Id, string Name, string Instance, string Pattern, string TriggerId);

/// <summary>What is true: the cloud asked by plain HTTP, with nothing of the module and past every proxy. Safe for use by many threads at once.</summary>
public sealed class PlainCloud(string authUrl, string user, string password, string project)
{
    private static readonly TimeSpan TokenLife = TimeSpan.FromSeconds(30);
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromMinutes(5) };
    private readonly object _lock = new();
    private DateTime _tokenTime;
    private string _token = "", _userId = "", _mistral = "";

    /// <summary>The schedules whose backups have a name that begins so.</summary>
    public IReadOnlyList<PlainSchedule> Schedules(string prefix) =>
        Get(Mistral("/cron_triggers?fields=id,name,workflow_input,pattern"))["cron_triggers"]!.AsArray().Select(row =>
        {
            JsonNode input = JsonNode.Parse((string)row!["workflow_input"]!)!;
            return new PlainSchedule((string)row["name"]!, (string?)input["name"] ?? "", (string?)input["instance"] ?? "", (string)row["pattern"]!, (string)row["id"]!);
        }).Where(schedule => schedule.Name.StartsWith(prefix, StringComparison.Ordinal)).ToList();

    /// <summary>The ids of the executions that a trigger caused, newest first.</summary>
    public IReadOnlyList<string> Executions(string triggerId)
    {
        JsonNode page = Get(Mistral($"/executions?fields=id&description=has:{triggerId}&sort_keys=created_at&sort_dirs=desc"));
        return page["next"] is null ? page["executions"]!.AsArray().Select(row => (string)row!["id"]!).ToList() : throw new InvalidOperationException("There are more on another page.");
    }

    /// <summary>Whether there is a schedule of that id.</summary>
    public bool HasSchedule(string id) => Has($"/cron_triggers/{id}");

    /// <summary>Whether there is an execution of that id.</summary>
    public bool HasExecution(string id) => Has($"/executions/{id}");

    /// <summary>How many trusts the user gave.</summary>
    public int Trusts()
    {
        Token();
        return Get($"{authUrl}/OS-TRUST/trusts?trustor_user_id={_userId}")["trusts"]!.AsArray().Count;
    }

    private string Mistral(string path)
    {
        Token();
        return _mistral + path;
    }

    private bool Has(string path)
    {
        using HttpResponseMessage answer = Send(HttpMethod.Get, Mistral(path), null, Token());
        return (int)answer.StatusCode switch { 200 => true, 404 => false, var status => throw new HttpRequestException($"{path}: {status}") };
    }

    private JsonNode Get(string url)
    {
        using HttpResponseMessage answer = Send(HttpMethod.Get, url, null, Token());
        return Read(answer);
    }

    private string Token()
    {
        lock (_lock)
        {
            if (DateTime.UtcNow - _tokenTime < TokenLife)
                return _token;
            JsonNode Domain() => new JsonObject { ["name"] = "Default" };
            var login = new JsonObject { ["name"] = user, ["password"] = password, ["domain"] = Domain() };
            var auth = new JsonObject
            {
                ["identity"] = new JsonObject { ["methods"] = new JsonArray("password"), ["password"] = new JsonObject { ["user"] = login } },
                ["scope"] = new JsonObject { ["project"] = new JsonObject { ["name"] = project, ["domain"] = Domain() } },
            };
            using HttpResponseMessage answer = Send(HttpMethod.Post, $"{authUrl}/auth/tokens", new JsonObject { ["auth"] = auth }, null);
            JsonNode token = Read(answer)["token"]!;
            _userId = (string)token["user"]!["id"]!;
            _mistral = token["catalog"]!.AsArray().Where(entry => (string?)entry!["type"] == "workflowv2").SelectMany(entry => entry!["endpoints"]!.AsArray())
                .Where(endpoint => (string?)endpoint!["interface"] == "public").Select(endpoint => (string)endpoint!["url"]!).First().TrimEnd('/');
            _token = answer.Headers.GetValues("X-Subject-Token").Single();
            _tokenTime = DateTime.UtcNow;
            return _token;
        }
    }

    private HttpResponseMessage Send(HttpMethod method, string url, JsonNode? body, string? token)
    {
        using var request = new HttpRequestMessage(method, url) { Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        if (token is not null)
            request.Headers.Add("X-Auth-Token", token);
        return _http.SendAsync(request).GetAwaiter().GetResult();
    }

    private static JsonNode Read(HttpResponseMessage answer)
    {
        string text = answer.Content.ReadAsStringAsync().GetAwaiter().GetResult();
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new HttpRequestException($"{answer.RequestMessage!.RequestUri}: {(int)answer.StatusCode} {text}");
    }
}
