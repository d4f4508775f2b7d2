using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Xunit;

namespace TroveSchedules.Tests.Contract;

/// <summary>WIRE.md, "Executions".</summary>
public abstract class ExecutionCases(ICloud cloud) : ContractCases(cloud)
{
    private const string Url = "/executions";
    private readonly string _description = Name("words");

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        if (Cloud is SandboxUnderTest || RealCloud.WhyNot(Needs.Instances) is null)
            await IdleAsync(OtherDup);
    }

    // Deletes the backups of the executions, because they count towards the quota.
    public override async Task DisposeAsync()
    {
        if (Cloud is RealCloud && RealCloud.WhyNot(Needs.Instances) is null)
        {
            foreach (string? id in (await Trove("GET", $"/backups?limit=100&instance_id={OtherDup}")).Column("backups", "id"))
                await Trove("DELETE", "/backups/" + id);
        }
        await base.DisposeAsync();
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task A_new_execution_is_201_RUNNING_with_the_default_inputs()
    {
        CloudResponse run = await RunAsync();
        Assert.Equal(201, run.Status);
        Assert.Equal(
            $"{{\"id\": \"{run.Text("id")}\", \"workflow_id\": \"{run.Text("workflow_id")}\", \"workflow_name\": \"trove.backup_create\", \"workflow_namespace\": \"\", \"description\": \"\", "
            + "\"tags\": [], \"params\": \"{\\\"namespace\\\": \\\"\\\", \\\"env\\\": {}}\", \"task_execution_id\": null, \"root_execution_id\": null, \"state\": \"RUNNING\", \"state_info\": null, "
            + $"\"input\": \"{{\\\"instance\\\": \\\"{OtherDup}\\\", \\\"name\\\": \\\"contract\\\", \\\"description\\\": null, \\\"parent_id\\\": null, \\\"incremental\\\": false}}\", \"output\": \"{{}}\", "
            + $"\"created_at\": \"{run.Text("created_at")}\", \"updated_at\": \"{run.Text("updated_at")}\", \"project_id\": \"{await ProjectAsync()}\"}}",
            run.Body);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task The_output_of_a_successful_execution_contains_the_backup_s_id()
    {
        CloudResponse end = await EndAsync((await RunAsync()).Text("id")!);
        Assert.Equal("SUCCESS", end.Text("state"));
        Assert.Null(end.Json!["state_info"]);
        Assert.Equal("{}", end.Text("published_global"));
        Assert.Equal("published_global", end.Keys[^1]);
        JsonNode output = JsonNode.Parse(end.Text("output")!)!;
        Assert.Equal($"{{\"status\": \"Backup complete\", \"backup_id\": \"{output["backup_id"]}\"}}", end.Text("output"));
        Assert.Equal("contract", (string?)(await Trove("GET", $"/backups/{output["backup_id"]}")).Json!["backup"]!["name"]);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task A_failed_execution_has_the_reason_in_state_info_and_in_the_output()
    {
        CloudResponse end = await EndAsync((await RunAsync(Input(Broken))).Text("id")!);
        Assert.Equal("ERROR", end.Text("state"));
        string why = end.Text("state_info")!;
        Assert.Matches(
            @"^Failure caused by error in tasks: backup_create\n\n  backup_create \[task_ex_id=[-0-9a-f]{36}\] -> The action raised an exception \[action=<.* object at 0x[0-9a-f]+>, action_ex_id=[-0-9a-f]{36}, "
            + $@"msg='TroveAction\.backups\.create failed: Instance {Broken} is not ready\. \(HTTP 422\)'\]\n    \[action_ex_id=[-0-9a-f]{{36}}, idx=0\]: The action raised an exception \[.*\]\n$", why);
        Assert.Equal($"{{\"result\": {PythonText(why)}}}", end.Text("output"));
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task An_execution_fails_while_a_backup_of_its_instance_runs()
    {
        using IDisposable held = Cloud.HoldBackups(OtherDup);
        await EndAsync((await RunAsync()).Text("id")!);
        CloudResponse second = await EndAsync((await RunAsync()).Text("id")!);
        Assert.Contains(
            $"msg='TroveAction.backups.create failed: Instance {OtherDup} is not currently available for an action to be performed (instance status was BACKUP). (HTTP 422)'",
            second.Text("state_info"));
    }

    [ContractFact(Needs = Needs.Instances | Needs.People)]
    public async Task An_execution_for_an_instance_of_another_project_fails()
    {
        CloudResponse end = await EndAsync((await RunAsync(Input(O))).Text("id")!);
        Assert.Contains($"msg='TroveAction.backups.create failed: Resource {O} cannot be found. (HTTP 404)'", end.Text("state_info"));
    }

    [ContractFact]
    public async Task A_second_POST_with_the_same_id_returns_the_first_execution()
    {
        string id = Guid.NewGuid().ToString();
        CloudResponse first = await RunAsync(Input(Nobody), "first", more: new JsonObject { ["id"] = id });
        Assert.Equal((201, id), (first.Status, first.Text("id")));
        CloudResponse second = await RunAsync(Input(Nobody), "second", more: new JsonObject { ["id"] = id });
        Assert.Equal((201, id, "first"), (second.Status, second.Text("id"), second.Text("description")));
    }

    [ContractFact]
    public async Task An_execution_can_name_a_trigger_in_its_description()
    {
        string trigger = Guid.NewGuid().ToString();
        string description = $"{{\"description\":\"Workflow execution started by hand for cron trigger '({trigger})'.\",\"triggered_by\":{{\"type\":\"cron_trigger\",\"id\":\"{trigger}\",\"name\":\"n\"}},"
            + "\"trove_schedules\":{\"version\":1,\"started_by\":\"user\"}}";
        CloudResponse run = await RunAsync(JsonValue.Create(Input(Nobody).ToJsonString()), description, more: new JsonObject { ["id"] = Guid.NewGuid().ToString() });
        Assert.Equal((201, description), (run.Status, run.Text("description")));
        Assert.Equal([run.Text("id")], (await Mistral("GET", $"{Url}?workflow_name=eq:trove.backup_create&description=has:{trigger}&fields=id")).Column("executions", "id"));
    }

    [ContractFact]
    public async Task An_input_that_the_workflow_does_not_declare_is_refused()
    {
        JsonObject input = Input(Nobody);
        input["bogus"] = 1;
        Fault(await RunAsync(input), 400, "Invalid input [name=backup_create, class=DirectWorkflowSpec, unexpected=['bogus']]");
    }

    [ContractFact]
    public async Task Unfinished_executions_since_a_second_are_listed_by_their_states()
    {
        CloudResponse run = await RunAsync(Input(Nobody), _description);
        await Mistral("PUT", $"{Url}/{run.Text("id")}", "{\"state\": \"PAUSED\"}");
        CloudResponse ended = await EndAsync((await RunAsync(Input(Nobody), _description)).Text("id")!);
        string query = $"{Url}?workflow_name=eq:trove.backup_create&description=has:{_description}&created_at=gte:{Uri.EscapeDataString(run.Text("created_at")!)}&sort_keys=created_at,id&sort_dirs=desc,desc&fields=id,state&limit=1000";
        Assert.Equal([run.Text("id")], (await Mistral("GET", query + "&state=in:IDLE,RUNNING,PAUSED")).Column("executions", "id"));
        Assert.Equal([ended.Text("id")], (await Mistral("GET", query + "&state=in:SUCCESS,ERROR,CANCELLED")).Column("executions", "id"));
    }

    [ContractFact]
    public async Task The_input_can_be_JSON_in_a_string()
    {
        CloudResponse run = await RunAsync(JsonValue.Create(Input(Nobody).ToJsonString()));
        Assert.StartsWith($"{{\"instance\": \"{Nobody}\", \"name\": \"contract\", \"description\": null", run.Text("input"));
    }

    [ContractFact]
    public async Task The_given_parameters_precede_the_default_ones()
    {
        CloudResponse run = await RunAsync(Input(Nobody), more: new JsonObject { ["params"] = new JsonObject { ["env"] = new JsonObject { ["a"] = 1 } } });
        Assert.Equal("{\"env\": {\"a\": 1}, \"namespace\": \"\"}", run.Text("params"));
    }

    [ContractFact]
    public async Task An_execution_without_a_workflow_is_refused()
    {
        CloudResponse missing = await Mistral("POST", Url, new JsonObject { ["workflow_name"] = "nope", ["input"] = Input() });
        if (missing.Status == 404) // Over RabbitMQ.
            Fault(missing, 404, "Workflow not found [workflow_identifier=nope, namespace=]");
        else
            Fault(missing, 500, "DBEntityNotFoundError: 404: Workflow not found [workflow_identifier=nope, namespace=]", "Server");
        Fault(await Mistral("POST", Url, "{\"input\": {}}"), 400, "Workflow ID or workflow name must be provided. Workflow ID is recommended.");
        Fault(await RunAsync(new JsonObject { ["instance"] = M }), 400, "Invalid input [name=backup_create, class=DirectWorkflowSpec, missing=['name']]");
        Fault(await RunAsync(more: new JsonObject { ["bogus"] = 1 }), 400, "Unknown attribute for argument wf_ex: bogus");
    }

    [ContractFact]
    public async Task A_listing_has_no_output_by_default()
    {
        string id = (await EndAsync((await RunAsync(Input(Nobody), _description)).Text("id")!)).Text("id")!;
        JsonNode plain = (await Mistral("GET", $"{Url}?description={_description}")).List("executions")[0]!;
        Assert.Equal(
            ["id", "workflow_id", "workflow_name", "workflow_namespace", "description", "tags", "params", "task_execution_id", "root_execution_id", "state", "state_info", "input", "created_at", "updated_at", "project_id"],
            plain.AsObject().Select(m => m.Key));
        JsonNode with = (await Mistral("GET", $"{Url}?description={_description}&include_output=true")).List("executions")[0]!;
        Assert.StartsWith("{\"result\": \"Failure", (string?)with["output"]);
        JsonNode chosen = (await Mistral("GET", $"{Url}?description={_description}&fields=state,output")).List("executions")[0]!;
        Assert.Equal(["id", "state", "output"], chosen.AsObject().Select(m => m.Key));
        Assert.Equal(id, (string?)chosen["id"]);
    }

    [ContractFact]
    public async Task Include_output_false_includes_the_output() =>
        Assert.Contains("output", (await OneAsync($"{Url}?description={_description}&include_output=false")).AsObject().Select(m => m.Key));

    [ContractTheory]
    [InlineData("description=has:{w}", 3)]
    [InlineData("description=has:{W}", 3)]
    [InlineData("description={w}-1", 1)]
    [InlineData("description=neq:{w}-1&description=has:{w}", 3)]
    [InlineData("description=has:{w}&state=ERROR", 3)]
    [InlineData("description=has:{w}&state=error", 3)]
    [InlineData("description=has:{w}&state=in:SUCCESS,ERROR", 3)]
    [InlineData("description=has:{w}&state=nin:SUCCESS,ERROR", 0)]
    [InlineData("description=has:{w}&state=neq:ERROR", 0)]
    [InlineData("description=has:{w}&state=bogus", 0)]
    [InlineData("description=has:{w}&workflow_name=eq:trove.backup_create", 3)]
    [InlineData("description=has:{w}&workflow_name=eq:nope", 0)]
    [InlineData("description=has:{w}&created_at=gte:2020-01-01 00:00:00", 3)]
    [InlineData("description=has:{w}&created_at=gt:2020-01-01", 3)]
    [InlineData("description=has:{w}&created_at=lt:2020-01-01 00:00:00", 0)]
    [InlineData("description=has:{w}&created_at=gt:rubbish", 3)]
    [InlineData("description=has:{w}&state_info=has:cannot be found", 3)]
    [InlineData("description=has:{w}&output={}", 0)]
    public async Task A_filter_returns_the_matching_executions(string query, int found)
    {
        foreach (int n in new[] { 1, 2, 3 })
            await EndAsync((await RunAsync(Input(Nobody), $"{_description}-{n}")).Text("id")!);
        string filled = query.Replace("{w}", _description).Replace("{W}", _description.ToUpperInvariant()).Replace("{}", "%7B%7D");
        Assert.Equal(found, (await Mistral("GET", $"{Url}?{filled}&fields=id")).List("executions").Count);
    }

    [ContractFact]
    public async Task An_input_is_filtered_by_exact_JSON_with_the_defaults()
    {
        string name = Name();
        await RunAsync(Input(Nobody, name));
        Assert.Empty((await Mistral("GET", $"{Url}?input={Uri.EscapeDataString(Input(Nobody, name).ToJsonString())}")).List("executions"));
        string whole = $"{{\"instance\": \"{Nobody}\", \"name\": \"{name}\", \"description\": null, \"parent_id\": null, \"incremental\": false}}";
        Assert.Single((await Mistral("GET", $"{Url}?input={Uri.EscapeDataString(whole)}")).List("executions"));
    }

    [ContractTheory]
    [InlineData("id=x", 400, "Unknown argument: \"id\"")]
    [InlineData("workflow_namespace=x", 400, "Unknown argument: \"workflow_namespace\"")]
    [InlineData("limit=0", 400, "Limit must be positive.")]
    [InlineData("marker=nope", 400, "Invalid input for field/attribute marker. Value: 'nope'. unable to convert to uuid. Error: Expected a uuid but received nope.")]
    [InlineData("marker=" + Nobody, 404, "WorkflowExecution not found [id=" + Nobody + "]")]
    [InlineData("input=has:x", 400, "Invalid input for field/attribute input. Value: 'has:x'. unable to convert to json. Error: Expecting value: line 1 column 1 (char 0)")]
    [InlineData("root_execution_id=x", 400, "Invalid input for field/attribute root_execution_id. Value: 'x'. unable to convert to uuid. Error: Expected a uuid but received x.")]
    [InlineData("fields=bogus", 400, "Some fields do not exist  [bogus], please choose from [id, workflow_id, workflow_name, workflow_namespace, description, tags, params, task_execution_id, root_execution_id, source_execution_id, state, state_info, input, output, created_at, updated_at, project_id, published_global]")]
    public async Task An_invalid_listing_is_refused(string query, int status, string message) =>
        Fault(await Mistral("GET", $"{Url}?{query}"), status, message);

    [ContractFact]
    public async Task A_single_execution_does_not_accept_fields() =>
        Fault(await Mistral("GET", $"{Url}/{Nobody}?fields=id"), 400, "Unknown argument: \"fields\"");

    [ContractFact]
    public async Task An_unknown_sort_key_is_500() =>
        Fault(await Mistral("GET", Url + "?sort_keys=bogus"), 500, "Sort key supplied is invalid: bogus", "Server");

    [ContractFact(Needs = Needs.People)]
    public async Task Only_administrators_list_other_projects()
    {
        Fault(await Mistral("GET", Url + "?all_projects=true"), 403, "Operation forbidden (insufficient permissions)");
        Fault(await Mistral("GET", $"{Url}?project_id={await ProjectAsync()}"), 403, "Operation forbidden (insufficient permissions)");
    }

    [ContractFact(Needs = Needs.People)]
    public async Task An_execution_of_another_project_is_404_except_for_an_administrator()
    {
        string id = (await EndAsync((await RunAsync(Input(Nobody), _description)).Text("id")!)).Text("id")!;
        Fault(await Mistral("GET", $"{Url}/{id}", user: "other"), 404, $"WorkflowExecution not found [id={id}]");
        Fault(await Mistral("DELETE", $"{Url}/{id}", user: "other"), 404, $"WorkflowExecution not found [id={id}]");
        Fault(await Mistral("PUT", $"{Url}/{id}", "{\"description\": \"x\"}", user: "other"), 404, $"WorkflowExecution not found [id={id}]");
        Assert.Equal(200, (await Mistral("GET", $"{Url}/{id}", user: "admin")).Status);
        Assert.Empty((await Mistral("GET", $"{Url}?description={_description}", user: "admin")).List("executions"));
        Assert.Single((await Mistral("GET", $"{Url}?description={_description}&all_projects=true", user: "admin")).List("executions"));
        Assert.Single((await Mistral("GET", $"{Url}?description={_description}&project_id={await ProjectAsync()}", user: "admin")).List("executions"));
    }

    [ContractFact]
    public async Task A_descending_listing_continues_after_a_marker()
    {
        string[] ids = new string[3];
        for (int n = 0; n < 3; n++)
        {
            ids[n] = (await EndAsync((await RunAsync(Input(Nobody), _description)).Text("id")!)).Text("id")!;
            await Cloud.PassAsync(TimeSpan.FromSeconds(1.1));
        }
        string query = $"{Url}?workflow_name=eq:trove.backup_create&description=has:{_description}&sort_keys=created_at&sort_dirs=desc&limit=2&fields=id,created_at";
        CloudResponse first = await Mistral("GET", query);
        Assert.Equal([ids[2], ids[1]], first.Column("executions", "id"));
        Entry demo = await EnterAsync("demo");
        Assert.Equal(
            $"{demo.Workflow}{Url}?sort_keys=created_at,id&sort_dirs=desc,asc&workflow_name=eq:trove.backup_create&description=has:{_description}&limit=2&marker={ids[1]}&fields=id,created_at",
            first.Text("next"));
        CloudResponse second = await Mistral("GET", $"{query}&marker={ids[1]}");
        Assert.Equal([ids[0]], second.Column("executions", "id"));
        Assert.Null(second.Json!["next"]);
    }

    [ContractFact]
    public async Task Executions_of_the_same_second_are_each_listed_once()
    {
        for (int n = 0; n < 5; n++)
            await RunAsync(Input(Nobody), _description);
        foreach (string sort in new[] { "sort_keys=created_at,id&sort_dirs=desc,desc", "sort_keys=created_at&sort_dirs=desc", "sort_keys=created_at" })
        {
            string query = $"{Url}?description=has:{_description}&limit=2&fields=id&{sort}";
            var seen = new System.Collections.Generic.List<string?>();
            for (string? marker = ""; marker is not null && seen.Count < 10; marker = seen.Count > 0 && seen[^1] != marker ? seen[^1] : null)
                seen.AddRange((await Mistral("GET", query + (marker.Length > 0 ? "&marker=" + marker : ""))).Column("executions", "id"));
            Assert.Equal(5, seen.Count);
            Assert.Equal(5, seen.Distinct().Count());
        }
    }

    [ContractFact]
    public async Task The_next_link_omits_include_output()
    {
        await EndAsync((await RunAsync(Input(Nobody), _description)).Text("id")!);
        CloudResponse page = await Mistral("GET", $"{Url}?description=has:{_description}&include_output=true&limit=1");
        Assert.Matches($@"/v2/executions\?sort_keys=created_at,id&sort_dirs=asc,asc&description=has:{_description}&limit=1&marker=[-0-9a-f]{{36}}$", page.Text("next"));
    }

    [ContractFact]
    public async Task A_second_DELETE_of_an_execution_is_404()
    {
        string id = (await EndAsync((await RunAsync(Input(Nobody))).Text("id")!)).Text("id")!;
        Fault(await Mistral("DELETE", $"{Url}/{id}?bogus=1"), 400, "Unknown argument: \"bogus\"");
        CloudResponse gone = await Mistral("DELETE", $"{Url}/{id}");
        Assert.Equal((204, ""), (gone.Status, gone.Body));
        Fault(await Mistral("DELETE", $"{Url}/{id}"), 404, $"WorkflowExecution not found [id={id}]");
        Fault(await Mistral("GET", $"{Url}/{id}"), 404, $"WorkflowExecution not found [id={id}]");
    }

    [ContractFact]
    public async Task An_unknown_or_malformed_id_is_404()
    {
        Fault(await Mistral("GET", Url + "/nope"), 404, "WorkflowExecution not found [id=nope]");
        Fault(await Mistral("DELETE", Url + "/nope"), 404, "WorkflowExecution not found [id=nope]");
        Fault(await Mistral("DELETE", $"{Url}/{Nobody}?force=true"), 404, $"WorkflowExecution not found [id={Nobody}]");
        Fault(await Mistral("PUT", Url + "/nope", "{\"state\": \"ERROR\"}"), 404, "WorkflowExecution not found [id=nope]");
        Fault(await Mistral("DELETE", Url), 400, "Missing argument: \"id\"");
    }

    [ContractFact]
    public async Task An_unfinished_execution_is_deleted_only_with_force()
    {
        string id = (await RunAsync(Input(Nobody))).Text("id")!;
        CloudResponse paused = await Mistral("PUT", $"{Url}/{id}", "{\"state\": \"PAUSED\"}");
        Assert.Equal((200, "PAUSED"), (paused.Status, paused.Text("state")));
        Fault(await Mistral("DELETE", $"{Url}/{id}"), 403, $"Only completed executions can be deleted. Use --force to override this. Execution {id} is in PAUSED state");
        Assert.Equal(204, (await Mistral("DELETE", $"{Url}/{id}?force=true")).Status);
    }

    [ContractFact]
    public async Task Force_false_counts_as_force()
    {
        string id = (await RunAsync(Input(Nobody))).Text("id")!;
        await Mistral("PUT", $"{Url}/{id}", "{\"state\": \"PAUSED\"}");
        Assert.Equal(204, (await Mistral("DELETE", $"{Url}/{id}?force=false")).Status);
    }

    [ContractFact]
    public async Task A_description_can_be_changed_and_filtered_by()
    {
        string id = (await EndAsync((await RunAsync(Input(Nobody), "before")).Text("id")!)).Text("id")!;
        CloudResponse changed = await Mistral("PUT", $"{Url}/{id}", new JsonObject { ["description"] = _description });
        Assert.Equal(200, changed.Status);
        Assert.Equal(_description, changed.Text("description"));
        Assert.Equal(
            ["id", "workflow_id", "workflow_name", "workflow_namespace", "description", "tags", "task_execution_id", "root_execution_id", "state", "state_info", "created_at", "updated_at", "project_id"],
            changed.Keys);
        Assert.Equal([id], (await Mistral("GET", $"{Url}?description=has:{_description}&fields=id")).Column("executions", "id"));
    }

    [ContractFact]
    public async Task Only_allowed_state_changes_are_accepted()
    {
        string id = (await EndAsync((await RunAsync(Input(Nobody))).Text("id")!)).Text("id")!;
        Fault(await Put("{\"state\": \"ERROR\", \"description\": \"x\"}"), 400, "The property description must be updated separately from state.");
        Fault(await Put("{}"), 400, "The property state, description, or env is not provided for update.");
        Fault(await Put("{\"state\": \"PAUSED\"}"), 400, $"Can't change workflow execution state from ERROR to PAUSED. [workflow=trove.backup_create, execution_id={id}]");
        Fault(await Put("{\"state\": \"IDLE\"}"), 400, "Cannot change state to IDLE. Allowed states are: 'RUNNING, PAUSED, SUCCESS, ERROR, CANCELLED");
        Fault(await Put("{\"state\": \"DELAYED\"}"), 400, "Cannot change state to DELAYED. Allowed states are: 'RUNNING, PAUSED, SUCCESS, ERROR, CANCELLED");
        Assert.Equal("ERROR", (await Put("{\"state\": \"CANCELLED\"}")).Text("state"));

        Task<CloudResponse> Put(string body) => Mistral("PUT", $"{Url}/{id}", body);
    }

    [ContractFact]
    public async Task A_cancellation_can_have_a_reason()
    {
        string id = (await RunAsync(Input(Nobody))).Text("id")!;
        await Mistral("PUT", $"{Url}/{id}", "{\"state\": \"PAUSED\"}");
        CloudResponse cancelled = await Mistral("PUT", $"{Url}/{id}", "{\"state\": \"CANCELLED\", \"state_info\": \"by hand\"}");
        Assert.Equal(("CANCELLED", "by hand", "{\"result\": \"by hand\"}"), (cancelled.Text("state"), cancelled.Text("state_info"), cancelled.Text("output")));
        Assert.Equal("CANCELLED", (await Mistral("GET", $"{Url}/{id}")).Text("state"));
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task Tasks_and_action_executions_contain_the_result_of_each_step()
    {
        string id = (await EndAsync((await RunAsync()).Text("id")!)).Text("id")!;
        JsonNode task = Assert.Single((await Mistral("GET", $"{Url}/{id}/tasks")).List("tasks"))!;
        Assert.Equal(
            ["id", "name", "type", "workflow_name", "workflow_namespace", "workflow_id", "workflow_execution_id", "tags", "state", "state_info", "project_id", "runtime_context", "published", "processed", "created_at", "updated_at", "started_at", "finished_at"],
            task.AsObject().Select(m => m.Key));
        Assert.Equal(("backup_create", "SUCCESS", id), ((string?)task["name"], (string?)task["state"], (string?)task["workflow_execution_id"]));
        Assert.Single((await Mistral("GET", $"/tasks?workflow_execution_id={id}")).List("tasks"));
        JsonNode result = JsonNode.Parse((await Mistral("GET", $"/tasks/{task["id"]}")).Text("result")!)!;
        Assert.Equal("contract", (string?)result["name"]);
        Assert.Equal((string?)result["id"], (string?)result["_info"]!["id"]);

        JsonNode action = Assert.Single((await Mistral("GET", $"/action_executions?task_execution_id={task["id"]}")).List("action_executions"))!;
        Assert.Equal(
            ["id", "workflow_name", "workflow_namespace", "task_name", "task_execution_id", "state", "state_info", "tags", "name", "description", "project_id", "accepted", "input", "created_at", "updated_at"],
            action.AsObject().Select(m => m.Key));
        Assert.Equal(("trove.backups_create", "SUCCESS"), ((string?)action["name"], (string?)action["state"]));
        Assert.StartsWith("{\"result\": {\"manager\": ", (await Mistral("GET", $"/action_executions/{action["id"]}")).Text("output"));
    }

    [ContractFact]
    public async Task A_failed_task_has_the_reason()
    {
        string id = (await EndAsync((await RunAsync(Input(Nobody))).Text("id")!)).Text("id")!;
        JsonNode task = (await Mistral("GET", $"{Url}/{id}/tasks")).List("tasks")[0]!;
        Assert.Equal("ERROR", (string?)task["state"]);
        Assert.Matches(@"^The action raised an exception \[action=<.*>, action_ex_id=[-0-9a-f]{36}, msg='TroveAction\.backups\.create failed: .*'\]$", (string?)task["state_info"]);
        CloudResponse action = await Mistral("GET", $"/action_executions?task_execution_id={task["id"]}&include_output=true");
        Assert.Equal($"{{\"result\": {PythonText((string)task["state_info"]!)}}}", (string?)action.List("action_executions")[0]!["output"]);
    }

    [ContractFact]
    public async Task An_unknown_task_or_action_is_404()
    {
        Fault(await Mistral("GET", "/tasks/nope"), 404, "Task execution not found [id=nope]");
        Fault(await Mistral("GET", "/action_executions/nope"), 404, "ActionExecution not found [id=nope]");
        Assert.Equal("{\"tasks\": []}", (await Mistral("GET", $"{Url}/{Nobody}/tasks")).Body);
    }

    private async Task<JsonNode> OneAsync(string path)
    {
        await EndAsync((await RunAsync(Input(Nobody), _description)).Text("id")!);
        return (await Mistral("GET", path)).List("executions")[0]!;
    }
}

public sealed class ExecutionsOnSandbox() : ExecutionCases(new SandboxUnderTest());

[Collection("real cloud")]
public sealed class ExecutionsOnRealCloud() : ExecutionCases(RealCloud.Shared);
