using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Threading.Tasks;

namespace TroveSchedules.Benchmarks;

/// <summary>Creates the data for the cases on the stack.</summary>
/// <remarks>
/// seed-executions writes the executions into Mistral's database. Schedules are created with POST requests, four at a time, so that each has its
/// trust. All data is
/// kept for the next run.
/// </remarks>
internal sealed class Stack(string state, Cloud cloud, Warm module)
{
    public const int Instances = 200;
    private const string Executions = "/executions?workflow_name=eq:trove.backup_create&fields=id";
    private readonly JsonNode _instances = JsonNode.Parse(File.ReadAllText(Path.Combine(state, "instances.json")))!;

    /// <summary>The schedule with 100 executions.</summary>
    public Trigger Few { get; private set; } = null!;

    /// <summary>The schedule with 10,000 executions.</summary>
    public Trigger Many { get; private set; } = null!;

    /// <summary>The schedule whose executions are deleted.</summary>
    public Trigger Fleeting { get; private set; } = null!;

    public static string NameOf(int instance) => $"db-{instance:00000}";

    public string InstanceId(int instance) => (string?)_instances[NameOf(instance)]
        ?? throw new InvalidOperationException($"The stack has no instance {NameOf(instance)}: start it with --instances {Instances}.");

    /// <summary>The workbook and three schedules.</summary>
    public async Task PrepareAsync()
    {
        await module.SendAsync(new JsonObject { ["script"] = "if (-not (Get-TroveWorkbook).IsInstalled) { $null = Install-TroveWorkbook }" });
        Few = await TriggerAsync("bench-few");
        Many = await TriggerAsync("bench-many");
        Fleeting = await TriggerAsync("bench-fleeting");
    }

    /// <summary>Ensures a total number of executions, and a number of them that belong to a schedule.</summary>
    public async Task SeedToAsync(int total, int own, Trigger trigger)
    {
        int existing = (await ExecutionsAsync("")).Count, ownCount = (await ExecutionsAsync(trigger)).Count;
        if (existing == total && ownCount == own)
            return;
        if (existing > total || ownCount != 0)
            throw new InvalidOperationException($"The stack has {existing} executions, {ownCount} of them of the schedule {trigger.Name}; {total} and {own} are required. Start a new one: tests/stack/up --fresh.");
        await SeedAsync(total - existing, own, trigger);
    }

    /// <summary>Adds executions to the schedule without executions.</summary>
    public async Task<IReadOnlyList<string>> FreshAsync(int count)
    {
        // Executions of an earlier, partial run.
        await RemoveAsync(await ExecutionsAsync(Fleeting));
        await SeedAsync(count, count, Fleeting);
        return await ExecutionsAsync(Fleeting);
    }

    /// <exception cref="InvalidOperationException">A side did not delete all its executions.</exception>
    public async Task RequireGoneAsync(string by)
    {
        if ((await ExecutionsAsync(Fleeting)).Count is > 0 and var remaining)
            throw new InvalidOperationException($"{remaining} executions are left that {by} should have deleted.");
    }

    /// <summary>Ensures a total number of schedules, spread evenly over the two hundred instances.</summary>
    public async Task SeedSchedulesAsync(int count)
    {
        JsonArray existing = (await cloud.MistralAsync(HttpMethod.Get, "/cron_triggers?fields=id,workflow_input"))["cron_triggers"]!.AsArray();
        ILookup<string?, JsonNode> byInstance = existing.ToLookup(row => (string?)JsonNode.Parse((string)row!["workflow_input"]!)!["instance"], row => row!);
        IEnumerable<string> missing = Enumerable.Range(1, Instances).Select(InstanceId).SelectMany(id => Enumerable.Repeat(id, Math.Max(0, count / Instances - byInstance[id].Count())));
        await Parallel.ForEachAsync(missing, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (id, _) =>
            await cloud.MistralAsync(HttpMethod.Post, "/cron_triggers", TriggerOf(id, "bench")));
    }

    /// <summary>The body of a request that creates a schedule, with the inputs of the installed workflow.</summary>
    public JsonObject TriggerOf(string instanceId, string name)
    {
        JsonObject input = JsonNode.Parse(Few.Input)!.AsObject();
        (input["instance"], input["name"]) = (instanceId, name);
        return new JsonObject
        {
            ["name"] = Guid.NewGuid().ToString(), ["workflow_name"] = "trove.backup_create", ["workflow_input"] = input.ToJsonString(), ["pattern"] = "0 3 * * *",
        };
    }

    private async Task RemoveAsync(IReadOnlyList<string> ids)
    {
        foreach (string id in ids)
            await cloud.MistralAsync(HttpMethod.Delete, $"/executions/{id}");
    }

    private async Task<IReadOnlyList<string>> ExecutionsAsync(Trigger trigger) => await ExecutionsAsync($"&description=has:{trigger.TriggerId}");

    private async Task<IReadOnlyList<string>> ExecutionsAsync(string filter) =>
        [.. (await cloud.MistralAsync(HttpMethod.Get, Executions + filter))["executions"]!.AsArray().Select(row => (string)row!["id"]!)];

    private async Task<Trigger> TriggerAsync(string name)
    {
        JsonNode row = (await module.SendAsync(new JsonObject
        {
            ["script"] = $"(Get-TroveBackupSchedule -Name {name}) ?? (New-TroveBackupSchedule m '0 3 1 1 *' {name}) | Select-Object Id, TriggerId, Name, Input",
        }))!["value"]![0]!;
        return new Trigger((string)row["Id"]!, (string)row["TriggerId"]!, (string)row["Name"]!, (string)row["Input"]!);
    }

    private async Task SeedAsync(int count, int own, Trigger trigger) => await Fresh.RunAsync(Path.Combine(Options.Root, "tests/stack/bin/seed-executions"),
        ["--state", state, $"{count}", $"{own}", trigger.Id], new Dictionary<string, string>());
}

/// <summary>A schedule that the benchmark created.</summary>
/// <param name="Id">The trigger's name in Mistral.</param>
/// <param name="TriggerId">The id of the trigger in Mistral.</param>
/// <param name="Name">The name of its backups.</param>
/// <param name="Input">The workflow's input, as JSON.</param>
internal sealed record Trigger(string Id, string TriggerId, string Name, string Input);
