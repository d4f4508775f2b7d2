using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text.Json.Nodes;
using TroveSchedules.TestSupport;

namespace TroveSchedules.FaultTests;

/// <summary>A schedule as stored in Mistral.</summary>
/// <param name="Id">The name of the trigger.</param>
/// <param name="Name">The name of the backups.</param>
/// <param name="Instance">The id of the instance.</param>
/// <param name="Pattern">The cron pattern.</param>
/// <param name="TriggerId">The id of the trigger in Mistral.</param>
/// <param name="IsSuspended">Whether its next time is so far away that it never runs.</param>
public sealed record PlainSchedule(string Id, string Name, string Instance, string Pattern, string TriggerId, bool IsSuspended = false);

/// <summary>The actual state of the cloud, read with plain HTTP requests without the module and without a proxy. Thread-safe.</summary>
public sealed class PlainCloud(string authUrl, string user, string password, string project)
{
    private readonly CloudClient _client = new(authUrl, user, password, project);

    /// <summary>The schedules whose backups have a name with this prefix.</summary>
    public IReadOnlyList<PlainSchedule> Schedules(string prefix) =>
        Get("/cron_triggers?fields=id,name,workflow_input,pattern,next_execution_time").Success["cron_triggers"]!.AsArray().Select(row =>
        {
            JsonNode input = JsonNode.Parse((string)row!["workflow_input"]!)!;
            return new PlainSchedule((string)row["name"]!, (string?)input["name"] ?? "", (string?)input["instance"] ?? "", (string)row["pattern"]!, (string)row["id"]!,
                ((string?)row["next_execution_time"])?.StartsWith("9999-", StringComparison.Ordinal) == true);
        }).Where(schedule => schedule.Name.StartsWith(prefix, StringComparison.Ordinal)).ToList();

    /// <summary>The ids of the executions of a trigger, newest first.</summary>
    public IReadOnlyList<string> Executions(string triggerId)
    {
        JsonNode page = Get($"/executions?fields=id&description=has:{triggerId}&sort_keys=created_at&sort_dirs=desc").Success;
        return page["next"] is null ? page["executions"]!.AsArray().Select(row => (string)row!["id"]!).ToList() : throw new InvalidOperationException("There are more on another page.");
    }

    /// <summary>Whether a schedule with this id exists.</summary>
    public bool HasSchedule(string id) => Has($"/cron_triggers/{id}");

    /// <summary>Whether an execution with this id exists.</summary>
    public bool HasExecution(string id) => Has($"/executions/{id}");

    /// <summary>Number of trusts that the user created.</summary>
    public int Trusts()
    {
        string user = _client.LogInAsync().GetAwaiter().GetResult().UserId;
        return _client.KeystoneAsync("GET", $"/OS-TRUST/trusts?trustor_user_id={user}").GetAwaiter().GetResult().Success["trusts"]!.AsArray().Count;
    }

    private bool Has(string path) => Get(path).Status switch { 200 => true, 404 => false, var status => throw new HttpRequestException($"{path}: {status}") };

    private CloudResponse Get(string path) => _client.MistralAsync("GET", path).GetAwaiter().GetResult();
}
