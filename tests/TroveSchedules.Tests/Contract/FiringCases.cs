using System;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Xunit;

namespace TroveSchedules.Tests.Contract;

/// <summary>WIRE.md, "What a firing leaves". These cases wait, on a real cloud for minutes.</summary>
public abstract class FiringCases(ICloud cloud) : ContractCases(cloud)
{
    private const string EveryFiveSeconds = "* * * * * */5";

    [ContractFact(Needs = Needs.Instances)]
    public async Task A_due_trigger_fires_up_to_two_seconds_early_and_the_description_names_it()
    {
        CloudResponse made = await TriggerAsync(pattern: "* * * * *", input: Input(Db(31)));
        DateTime due = Time(made.Text("next_execution_time"));
        JsonNode run = (await RunsAsync(made, 1))[0]!;
        DateTime at = Time((string?)run["created_at"]);
        Assert.InRange(at, due.AddSeconds(-2), due.AddSeconds(59)); // A busy cloud may be late.
        string id = made.Text("id")!, name = made.Text("name")!;
        Assert.Equal(
            $"{{\"description\": \"Workflow execution created by cron trigger '({id})'.\", \"triggered_by\": {{\"type\": \"cron_trigger\", \"id\": \"{id}\", \"name\": \"{name}\"}}}}",
            (string?)run["description"]);
        Assert.Equal(
            $"{{\"instance\": \"{Db(31)}\", \"name\": \"contract\", \"description\": null, \"parent_id\": null, \"incremental\": false}}", (string?)run["input"]);
        CloudResponse after = await Mistral("GET", "/cron_triggers/" + id);
        Assert.Equal(due.AddMinutes(1), Time(after.Text("next_execution_time")));
        Assert.InRange((Time(after.Text("updated_at")) - at).TotalSeconds, -3, 3);
        Assert.Equal("SUCCESS", (await EndAsync((string)run["id"]!)).Text("state"));
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task A_trigger_is_deleted_after_its_last_remaining_execution()
    {
        CloudResponse made = await TriggerAsync(pattern: EveryFiveSeconds, input: Input(Db(32)), more: new JsonObject { ["remaining_executions"] = 2 });
        Assert.Equal("2", made.Text("remaining_executions"));
        await RunsAsync(made, 2);
        string id = made.Text("id")!;
        Fault(await UntilAsync(() => Mistral("GET", "/cron_triggers/" + id), reply => reply.Status == 404), 404, $"Cron trigger not found [identifier={id}]");
        await Cloud.PassAsync(TimeSpan.FromSeconds(6));
        Assert.Equal(2, (await RunsAsync(made, 2)).Count);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task A_trigger_without_a_pattern_fires_once_at_its_first_time_and_is_deleted()
    {
        DateTime now = Time((await TriggerAsync()).Text("created_at"));
        DateTime first = now.AddSeconds(125 - now.Second);
        first = first.AddSeconds(-first.Second);
        CloudResponse made = await TriggerAsync(pattern: null, input: Input(Db(33)), more: new JsonObject { ["first_execution_time"] = first.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) });
        Assert.Equal(201, made.Status);
        Assert.Equal("0 0 30 2 0", made.Text("pattern"));
        JsonNode run = Assert.Single(await RunsAsync(made, 1))!;
        Assert.InRange(Time((string?)run["created_at"]), first.AddSeconds(-2), first.AddSeconds(59));
        Assert.Equal(404, (await Mistral("GET", "/cron_triggers/" + made.Text("id"))).Status);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task The_executions_of_a_deleted_trigger_are_kept()
    {
        CloudResponse made = await TriggerAsync(pattern: EveryFiveSeconds, input: Input(Db(34)));
        await RunsAsync(made, 1);
        await Mistral("DELETE", "/cron_triggers/" + made.Text("id"));
        Assert.NotEmpty((await Mistral("GET", $"/executions?description=has:{made.Text("id")}&fields=id")).List("executions"));
        Assert.NotEmpty((await Mistral("GET", $"/executions?description=has:{made.Text("name")}&fields=id")).List("executions"));
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task After_a_change_of_the_workbook_s_inputs_a_firing_creates_no_execution()
    {
        string name = Name("wb").Replace("-", "");
        Assert.Equal(201, (await Mistral("POST", "/workbooks", Book(name, "a"), type: "text/plain")).Status);
        Finally(() => Mistral("DELETE", "/workbooks/" + name));
        Finally(() => Mistral("DELETE", $"/workflows/{name}.w"));
        CloudResponse made = await TriggerAsync(pattern: EveryFiveSeconds, workflow: name + ".w", input: new JsonObject { ["a"] = 1 });
        await RunsAsync(made, 1);
        Assert.Equal(200, (await Mistral("PUT", "/workbooks", Book(name, "b"), type: "text/plain")).Status);
        await Cloud.PassAsync(TimeSpan.FromSeconds(3));
        int before = (await RunsAsync(made, 1)).Count;
        string? next = (await Mistral("GET", "/cron_triggers/" + made.Text("id"))).Text("next_execution_time");
        await UntilAsync(() => Mistral("GET", "/cron_triggers/" + made.Text("id")), reply => Time(reply.Text("next_execution_time")) > Time(next).AddSeconds(5));
        Assert.Equal(before, (await RunsAsync(made, 1)).Count);

        static string Book(string name, string input) =>
            $"version: '2.0'\nname: {name}\nworkflows:\n  w:\n    input: [{input}]\n    output:\n      said: <% $.said %>\n    tasks:\n      t:\n        action: std.echo output=<% $.{input} %>\n        publish:\n          said: <% task().result %>\n";
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task A_firing_fails_while_a_backup_of_its_instance_runs()
    {
        using IDisposable held = Cloud.HoldBackups(Db(35));
        CloudResponse made = await TriggerAsync(pattern: EveryFiveSeconds, input: Input(Db(35)));
        string first = (string)(await RunsAsync(made, 1))[^1]!["id"]!;
        Assert.Equal("SUCCESS", (await EndAsync(first)).Text("state"));
        int count = (await RunsAsync(made, 1)).Count;
        string later = (string)(await RunsAsync(made, count + 1))[0]!["id"]!;
        Assert.Equal("ERROR", (await EndAsync(later)).Text("state"));
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task A_deleted_trigger_does_not_fire()
    {
        CloudResponse made = await TriggerAsync(pattern: EveryFiveSeconds, input: Input(Db(36)));
        await Mistral("DELETE", "/cron_triggers/" + made.Text("id"));
        await Cloud.PassAsync(TimeSpan.FromSeconds(3)); // An execution may have begun before the deletion.
        int before = (await Mistral("GET", $"/executions?description=has:{made.Text("id")}&fields=id")).List("executions").Count;
        await Cloud.PassAsync(TimeSpan.FromSeconds(11));
        Assert.Equal(before, (await Mistral("GET", $"/executions?description=has:{made.Text("id")}&fields=id")).List("executions").Count);
    }

    private async Task<JsonArray> RunsAsync(CloudResponse trigger, int least)
    {
        CloudResponse found = await UntilAsync(
            () => Mistral("GET", $"/executions?description=has:{trigger.Text("id")}&sort_keys=created_at&sort_dirs=desc"),
            reply => reply.List("executions").Count >= least);
        foreach (string? id in found.Column("executions", "id"))
            Finally(() => Mistral("DELETE", $"/executions/{id}?force=true"));
        return found.List("executions");
    }

    private static string Db(int number) => $"20000000-0000-4000-8001-{number:d12}";

    private static DateTime Time(string? text) => DateTime.ParseExact(text!, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}

public sealed class FiringOnSandbox() : FiringCases(new SandboxUnderTest(backupSeconds: 8));

[Collection("real cloud, in time")]
public sealed class FiringOnRealCloud() : FiringCases(RealCloud.Shared);
