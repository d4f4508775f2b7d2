using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TroveSchedules.Tests.Http;

/// <summary>Rows as recorded from Mistral 15 and Trove 18, with ids that are easy to distinguish.</summary>
internal static class Rows
{
    public const string Other = "0the500000000000000000000000000a";
    public const string TriggersPath = "/v2/cron_triggers";
    public const string ExecutionsPath = "/v2/executions";
    public const string TrovePath = "/v1.0/" + ScriptedCloud.Project;
    public const string WorkflowRoute = "GET /v2/workflows/trove.backup_create";
    public const string ActionRoute = "GET /v2/actions/trove.backups_create";

    public const string SpecInputs = """["instance", "name", "description", "parent_id"]""";
    public const string TroveclientInputs = """["instance", "name", "description", "incremental"]""";
    public const string OurInputs = """["instance", "name", {"description": null}, {"parent_id": null}, {"incremental": false}]""";

    /// <summary>A UUID that ends with the number.</summary>
    public static string Id(int number) => $"20000000-0000-4000-8000-{number:d12}";

    /// <summary>The id of a trigger.</summary>
    public static string TriggerId(int number) => $"8d4fb899-0000-4000-8000-{number:d12}";

    public static string TriggersRoute => "GET " + TriggersPath;

    public static string ExecutionsRoute => "GET " + ExecutionsPath;

    public static string Trigger(int number = 1, Action<JsonObject>? change = null) => Changed($$"""
        {"id": "{{TriggerId(number)}}", "name": "{{Id(number)}}", "workflow_name": "trove.backup_create", "workflow_id": "35e75f7f-0000-4000-8000-000000000000",
         "workflow_input": "{\"instance\": \"{{Id(900)}}\", \"name\": \"b\", \"description\": null, \"parent_id\": null}", "workflow_params": "{}",
         "project_id": "{{ScriptedCloud.Project}}", "scope": "private", "pattern": "*/2 * * * *", "remaining_executions": null, "first_execution_time": null,
         "next_execution_time": "2026-11-22 07:44:00", "created_at": "2026-11-22 07:42:31", "updated_at": null}
        """, change);

    /// <summary>The trigger that a POST creates.</summary>
    public static string TriggerOf(RecordedRequest request, Action<JsonObject>? change = null)
    {
        JsonObject requested = JsonNode.Parse(request.Body)!.AsObject();
        return Trigger(77, row =>
        {
            foreach ((string name, JsonNode? value) in requested)
                row[name] = name == "first_execution_time" ? $"{value}:00" : value?.DeepClone();
            change?.Invoke(row);
        });
    }

    public static string Execution(int number, int? trigger = 1, Action<JsonObject>? change = null) => Changed($$"""
        {"id": "{{Id(number)}}", "workflow_name": "trove.backup_create", "description": {{Cause(trigger)}}, "state": "SUCCESS", "state_info": null,
         "input": "{\"instance\": \"{{Id(900)}}\", \"name\": \"b\", \"description\": null, \"parent_id\": null}", "output": "{\"status\": \"Backup complete\"}",
         "project_id": "{{ScriptedCloud.Project}}", "created_at": "2026-11-22 07:35:58", "updated_at": "2026-11-22 07:35:59"}
        """, change);

    public static string Triggers(IEnumerable<string> rows, bool more = false) => Page("cron_triggers", rows, more);

    public static string Triggers(params string[] rows) => Triggers(rows, false);

    public static string Executions(IEnumerable<string> rows, bool more = false) => Page("executions", rows, more);

    public static string Executions(params string[] rows) => Executions(rows, false);

    public static string Workflow(string inputs, Action<JsonObject>? change = null) => Changed($$"""
        {"id": "35e75f7f-0000-4000-8000-000000000000", "name": "trove.backup_create", "namespace": "", "scope": "public", "project_id": "{{ScriptedCloud.Project}}",
         "input": "instance, name, description, parent_id", "interface": {{JsonSerializer.Serialize("{\"input\": " + inputs + ", \"output\": [\"status\"]}")}},
         "definition": "---\nversion: '2.0'\n", "created_at": "2026-11-20 07:00:00", "updated_at": null}
        """, change);

    public static string Instance(int number, string name = "m", string status = "ACTIVE") => $$$"""
        {"id": "{{{Id(number)}}}", "name": "{{{name}}}", "status": "{{{status}}}", "region": "RegionOne", "volume": {"size": 2},
         "datastore": {"type": "mysql", "version": "5.7"}, "links": [{"rel": "self", "href": "https://cloud:8779/v1.0/x"}], "flavor": {"id": "1"}}
        """;

    public static string Instances(params string[] rows) => $$"""{"instances": [{{string.Join(",", rows)}}]}""";

    /// <summary>A page of Trove. Its link is recorded: https, although the server uses plain http.</summary>
    public static string InstancePage(IEnumerable<string> rows, string next) =>
        $$"""{"instances": [{{string.Join(",", rows)}}], "links": [{"rel": "next", "href": "https://evil.example/v1.0/x/instances?marker={{next}}&limit=20"}]}""";

    public static string Backup(int number, Action<JsonObject>? change = null) => Changed($$"""
        {"id": "{{Id(number)}}", "name": "b", "status": "COMPLETED", "instance_id": "{{Id(900)}}", "created": "2026-11-22T08:35:19", "updated": "2026-11-22T08:35:20",
         "size": 0.14, "parent_id": null, "description": null, "datastore": {"type": "mysql", "version": "5.7", "version_id": "v"}, "locationRef": null}
        """, change);

    public static ScriptedCloud WithWorkflow(this ScriptedCloud cloud, string inputs = OurInputs) => cloud
        .Always(WorkflowRoute, Answers.Ok(Workflow(inputs)))
        .Always(ActionRoute, Answers.Ok("""{"name": "trove.backups_create", "is_system": true}"""));

    public static ScriptedCloud WithInstance(this ScriptedCloud cloud) => cloud
        .Always($"GET {TrovePath}/instances/{Id(900)}", Answers.Ok($$"""{"instance": {{Instance(900)}}}"""))
        .Always($"GET {TrovePath}/instances", Answers.Ok(Instances(Instance(900))));

    private static string Cause(int? trigger) => trigger is not { } number ? "null" : JsonSerializer.Serialize(
        $$$"""{"description": "Workflow execution created by cron trigger '({{{TriggerId(number)}}})'.", "triggered_by": {"type": "cron_trigger", "id": "{{{TriggerId(number)}}}", "name": "{{{Id(number)}}}"}}""");

    private static string Page(string name, IEnumerable<string> rows, bool more) =>
        $$"""{"{{name}}": [{{string.Join(",", rows)}}]{{(more ? ", \"next\": \"https://evil.example:8989/v2/x?limit=1&marker=stolen\"" : "")}}}""";

    private static string Changed(string json, Action<JsonObject>? change)
    {
        JsonObject row = JsonNode.Parse(json)!.AsObject();
        change?.Invoke(row);
        return row.ToJsonString();
    }
}
