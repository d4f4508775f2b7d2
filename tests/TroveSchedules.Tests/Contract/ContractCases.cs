using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Keystone;
using Xunit;

namespace TroveSchedules.Tests.Contract;

/// <summary>
/// The base of all cases: raw requests and sessions, on whichever cloud. A case asks for what it says and nothing else, names its own things so that others may be there,
/// and leaves nothing behind.
/// </summary>
public abstract class ContractCases(ICloud cloud) : IAsyncLifetime
{
    protected const string Workflow = "trove.backup_create";
    protected const string M = "20000000-0000-4000-8000-000000000001";
    protected const string Broken = "20000000-0000-4000-8000-000000000002";
    protected const string Dup = "20000000-0000-4000-8000-000000000003";
    protected const string OtherDup = "20000000-0000-4000-8000-000000000004";
    protected const string O = "20000000-0000-4000-8000-000000000005";
    protected const string Nobody = "11111111-1111-4111-8111-111111111111";

    private readonly HttpClient _http = new(cloud.CreateHandler());
    private readonly Dictionary<string, Entry> _entries = [];
    private readonly List<Func<Task>> _cleaning = [];

    protected ICloud Cloud => cloud;

    /// <summary>A unique name.</summary>
    protected static string Name(string what = "c") => $"{what}-{Guid.NewGuid():N}";

    /// <summary>The input of the workflow.</summary>
    protected static JsonObject Input(string instance = M, string name = "contract") => new() { ["instance"] = instance, ["name"] = name };

    public virtual async Task InitializeAsync()
    {
        if ((await Mistral("GET", $"/workflows/{Workflow}")).Status == 404)
            await Mistral("POST", "/workbooks", Workbook.Bundled, type: "text/plain");
    }

    public virtual async Task DisposeAsync()
    {
        for (int i = _cleaning.Count - 1; i >= 0; i--)
            await _cleaning[i]();
        _http.Dispose();
    }

    /// <summary>Adds an action for the end of the case. The last one added runs first.</summary>
    protected void Finally(Func<Task> clean) => _cleaning.Add(clean);

    /// <summary>Repeats a request until its response is as expected; a busy cloud may take long.</summary>
    protected async Task<T> UntilAsync<T>(Func<Task<T>> request, Func<T, bool> isExpected)
    {
        const double MaxSeconds = 300;
        for (double waited = 0; ; waited += 0.5)
        {
            T response = await request();
            if (isExpected(response))
                return response;
            Assert.True(waited < MaxSeconds, $"Not so after {MaxSeconds} s: {response}");
            await cloud.PassAsync(TimeSpan.FromSeconds(0.5));
        }
    }

    /// <summary>Makes the next request log in again. The token of a long case may have expired.</summary>
    protected void LogInAgain() => _entries.Clear();

    protected async Task<Entry> EnterAsync(string user)
    {
        if (_entries.TryGetValue(user, out Entry? known))
            return known;
        using CloudSession session = await cloud.ConnectAsync(user);
        return _entries[user] = new Entry(session.Token.Value, session.ProjectId, session.Token.UserId!, session.WorkflowEndpoint, DatabaseOf(session));

        static Uri? DatabaseOf(CloudSession session)
        {
            try
            {
                return session.DatabaseEndpoint;
            }
            catch (TroveScheduleException)
            {
                return null; // A cloud without Trove still has a Mistral to ask.
            }
        }
    }

    protected async Task<string> ProjectAsync(string user = "demo") => (await EnterAsync(user)).ProjectId;

    /// <summary>Sends a request to Mistral, below /v2. A body of text is sent as it is, any other body as JSON.</summary>
    protected async Task<CloudResponse> Mistral(string method, string path, object? body = null, string user = "demo", string type = "application/json", string? accept = null)
    {
        Entry entry = await EnterAsync(user);
        return await SendAsync(method, entry.Workflow.AbsoluteUri.TrimEnd('/') + path, body, entry.Token, type, accept);
    }

    /// <summary>Sends a request to Trove, below /v1.0/project.</summary>
    protected async Task<CloudResponse> Trove(string method, string path, object? body = null, string user = "demo", string? accept = null)
    {
        Entry entry = await EnterAsync(user);
        return await SendAsync(method, entry.Database!.AbsoluteUri.TrimEnd('/') + path, body, entry.Token, accept: accept);
    }

    /// <summary>Sends a request to Keystone, below the root.</summary>
    protected async Task<CloudResponse> Keystone(string method, string path, object? body = null, string? user = null, (string, string)? header = null) =>
        await SendAsync(method, cloud.As("demo").AuthUrl.GetLeftPart(UriPartial.Authority) + path, body, user is null ? null : (await EnterAsync(user)).Token, header: header);

    protected Task<CloudResponse> SendAsync(
        string method, string url, object? body = null, string? token = null, string type = "application/json", string? accept = null, (string Name, string Value)? header = null) =>
        CloudResponse.OfAsync(_http, method, url, body, token, type, [.. new (string, string)?[] { accept is null ? null : ("Accept", accept), header }.OfType<(string, string)>()]);

    /// <summary>Creates a cron trigger, which is deleted at the end of the case.</summary>
    protected async Task<CloudResponse> TriggerAsync(
        string? name = null, string? pattern = "0 3 1 1 *", JsonNode? input = null, string user = "demo", string workflow = Workflow, JsonObject? more = null)
    {
        var body = new JsonObject { ["name"] = name ?? Name(), ["workflow_name"] = workflow, ["workflow_input"] = input ?? Input() };
        if (pattern is not null)
            body["pattern"] = pattern;
        foreach ((string key, JsonNode? value) in more ?? [])
            body[key] = value?.DeepClone();
        CloudResponse made = await Mistral("POST", "/cron_triggers", body, user);
        if (made.Status == 201)
            Finally(() => Mistral("DELETE", "/cron_triggers/" + made.Text("id"), user: user));
        return made;
    }

    /// <summary>Starts an execution, which is deleted at the end of the case.</summary>
    protected async Task<CloudResponse> RunAsync(JsonNode? input = null, string? description = null, string user = "demo", JsonObject? more = null)
    {
        var body = new JsonObject { ["workflow_name"] = Workflow, ["input"] = input ?? Input(OtherDup) };
        if (description is not null)
            body["description"] = description;
        foreach ((string key, JsonNode? value) in more ?? [])
            body[key] = value?.DeepClone();
        CloudResponse made = await Mistral("POST", "/executions", body, user);
        if (made.Status == 201)
            Finally(() => Mistral("DELETE", $"/executions/{made.Text("id")}?force=true", user: user));
        return made;
    }

    /// <summary>Waits until an execution has ended, and returns it.</summary>
    protected async Task<CloudResponse> EndAsync(string id) =>
        await UntilAsync(() => Mistral("GET", "/executions/" + id), reply => reply.Text("state") is "SUCCESS" or "ERROR" or "CANCELLED");

    /// <summary>Waits until no backup of an instance runs.</summary>
    protected async Task IdleAsync(string instance) =>
        await UntilAsync(() => Trove("GET", "/instances/" + instance), reply => reply.Json!["instance"]!["status"]!.GetValue<string>() != "BACKUP");

    /// <summary>Starts a backup, which is deleted at the end of the case.</summary>
    protected async Task<CloudResponse> BackupAsync(JsonNode backup)
    {
        CloudResponse made = await Trove("POST", "/backups", new JsonObject { ["backup"] = backup.DeepClone() });
        if (made.Status == 202)
        {
            string id = (string)made.Json!["backup"]!["id"]!;
            Finally(() => UntilAsync(() => Trove("DELETE", "/backups/" + id), reply => reply.Status is 202 or 404));
        }
        return made;
    }

    protected static void Fault(CloudResponse reply, int status, string message, string code = "Client")
    {
        Assert.Equal(status, reply.Status);
        Assert.Equal($"{{\"faultcode\": \"{code}\", \"faultstring\": {PythonText(message)}, \"debuginfo\": null}}", reply.Body);
    }

    protected static string PythonText(string text) => '"' + text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n") + '"';

    protected sealed record Entry(string Token, string ProjectId, string UserId, Uri Workflow, Uri? Database);
}
