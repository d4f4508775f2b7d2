using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using Xunit;

namespace TroveSchedules.Tests.Contract;

/// <summary>WIRE.md, "Workbooks and workflows".</summary>
public abstract class WorkbookCases(ICloud cloud) : ContractCases(cloud)
{
    private readonly string _name = Name("wb").Replace("-", "");

    private string Spec => $$"""
        ---
        version: '2.0'
        name: {{_name}}
        description: Trove Workflows
        workflows:
          backup_create:
            input: [instance, name, description, parent_id]
            output:
              status: <% $.message %>
            tasks:
              backup_create:
                action: trove.backups_create instance=<% $.instance %> name=<% $.name %> description=<% $.description %> parent_id=<% $.parent_id %>
                publish:
                  message: <% 'Backup complete' %>

        """;

    private string Ours => Workbook.Bundled.Replace("name: trove\n", $"name: {_name}\n");

    [ContractFact]
    public async Task A_workbook_is_created_once_together_with_its_workflow()
    {
        CloudResponse created = await PostAsync(Ours);
        Assert.Equal(
            $"{{\"id\": \"{created.Text("id")}\", \"name\": \"{_name}\", \"namespace\": \"\", \"definition\": {PythonText(Ours)}, \"tags\": [], \"scope\": \"private\", \"project_id\": \"{await ProjectAsync()}\", \"created_at\": \"{created.Text("created_at")}\"}}",
            created.Body);
        CloudResponse again = await PostAsync(Ours);
        Assert.Equal((409, $"{{\"faultstring\": \"Duplicate entry for WorkbookDefinition ['name', 'namespace', 'project_id']: {_name}, , None\"}}"), (again.Status, again.Body));

        CloudResponse workflow = await Mistral("GET", $"/workflows/{_name}.backup_create");
        Assert.Equal(["id", "name", "namespace", "input", "interface", "definition", "tags", "scope", "project_id", "created_at", "updated_at"], workflow.Keys);
        Assert.Equal("instance, name, description=\"None\", parent_id=\"None\", incremental=\"False\"", workflow.Text("input"));
        Assert.Equal("{\"input\": [\"instance\", \"name\", {\"description\": null}, {\"parent_id\": null}, {\"incremental\": false}], \"output\": [\"status\", \"backup_id\"]}", workflow.Text("interface"));
        Assert.StartsWith("backup_create:\n  description: >-\n    Asks Trove", workflow.Text("definition"));
        Assert.EndsWith("\n      publish:\n        message: Backup complete\n        backup_id: <% task().result.get(id) %>\n", workflow.Text("definition"));
        Assert.Equal(workflow.Body, (await Mistral("GET", "/workflows/" + workflow.Text("id"))).Body);
        Assert.Equal($"{{\"workflows\": [{workflow.Body}]}}", (await Mistral("GET", $"/workflows?name=eq:{_name}.backup_create")).Body);
    }

    [ContractFact]
    public async Task The_workbook_of_the_spec_has_the_inputs_of_the_spec()
    {
        Assert.Equal(201, (await PostAsync(Spec)).Status);
        CloudResponse workflow = await Mistral("GET", $"/workflows/{_name}.backup_create");
        Assert.Equal("instance, name, description, parent_id", workflow.Text("input"));
        Assert.Equal("{\"input\": [\"instance\", \"name\", \"description\", \"parent_id\"], \"output\": [\"status\"]}", workflow.Text("interface"));
        // The input of python-troveclient, and one without parent_id.
        Fault(await TriggerAsync(workflow: _name + ".backup_create", input: new System.Text.Json.Nodes.JsonObject { ["instance"] = M, ["name"] = "n", ["description"] = null, ["incremental"] = false }),
            400, "Invalid input [name=backup_create, class=DirectWorkflowSpec, missing=['parent_id'], unexpected=['incremental']]");
        CloudResponse created = await TriggerAsync(workflow: _name + ".backup_create", input: new System.Text.Json.Nodes.JsonObject { ["instance"] = M, ["name"] = "n", ["description"] = null, ["parent_id"] = null });
        Assert.Equal(201, created.Status);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task The_workbook_of_the_spec_can_be_executed()
    {
        await PostAsync(Spec);
        await IdleAsync(OtherDup);
        CloudResponse run = await RunAsync(new System.Text.Json.Nodes.JsonObject { ["instance"] = OtherDup, ["name"] = "n", ["description"] = null, ["parent_id"] = null },
            more: new System.Text.Json.Nodes.JsonObject { ["workflow_name"] = _name + ".backup_create" });
        CloudResponse end = await EndAsync(run.Text("id")!);
        Assert.Equal("{\"status\": \"Backup complete\"}", end.Text("output"));
    }

    [ContractFact]
    public async Task A_default_for_a_missing_input_always_appears_in_the_input_of_the_execution()
    {
        var input = new System.Text.Json.Nodes.JsonObject { ["instance"] = OtherDup, ["name"] = "n", ["description"] = null, ["incremental"] = false };
        string with = Spec.Replace("parent_id]", "incremental, parent_id: {0}]").Replace("parent_id=<% $.parent_id %>", "incremental=<% $.incremental %>");
        Assert.Equal(201, (await PostAsync(with.Replace(", parent_id: {0}", ""))).Status);
        Assert.Equal(input.ToJsonString().Replace(":", ": ").Replace(",", ", "), await InputOfRunAsync());
        foreach ((string yaml, string shown) in new[] { ("null", "null"), ("false", "false"), ("''", "\"\""), ("[]", "[]"), ("\"<% null %>\"", "\"<% null %>\"") })
        {
            await ReloadAsync(with.Replace("{0}", yaml));
            Assert.Contains($"\"parent_id\": {shown}", await InputOfRunAsync());
        }
        await ReloadAsync(with.Replace(", parent_id: {0}", ", parent_id"));
        Fault(await StartAsync(), 400, "Invalid input [name=backup_create, class=DirectWorkflowSpec, missing=['parent_id']]");
        await ReloadAsync(with.Replace(", incremental, parent_id: {0}", "").Replace(" incremental=<% $.incremental %>", ""));
        Fault(await StartAsync(), 400, "Invalid input [name=backup_create, class=DirectWorkflowSpec, unexpected=['incremental']]");

        // Mistral caches a workflow by its id and the second of its last change. Two updates within one second would execute the older definition.
        async Task ReloadAsync(string definition)
        {
            Assert.Equal(204, (await Mistral("DELETE", $"/workflows/{_name}.backup_create")).Status);
            Assert.Equal(204, (await Mistral("DELETE", "/workbooks/" + _name)).Status);
            Assert.Equal(201, (await Mistral("POST", "/workbooks", definition, type: "text/plain")).Status);
        }
        Task<CloudResponse> StartAsync() => RunAsync(input.DeepClone(), more: new System.Text.Json.Nodes.JsonObject { ["workflow_name"] = _name + ".backup_create" });
        async Task<string?> InputOfRunAsync() => (await Mistral("GET", "/executions/" + (await StartAsync()).Text("id"))).Text("input");
    }

    [ContractFact]
    public async Task An_update_of_a_missing_workbook_is_404()
    {
        CloudResponse reply = await Mistral("PUT", "/workbooks", Ours, type: "text/plain");
        Assert.Equal((404, $"{{\"faultstring\": \"Workbook not found [name={_name}, namespace=]\"}}"), (reply.Status, reply.Body));
    }

    [ContractFact]
    public async Task An_update_changes_the_workflow_and_an_identical_one_changes_nothing()
    {
        await PostAsync(Ours);
        CloudResponse same = await Mistral("PUT", "/workbooks?scope=private", Ours, type: "text/plain");
        Assert.Equal(200, same.Status);
        Assert.EndsWith(", \"updated_at\": null}", same.Body);
        string changed = Ours.Replace("      - incremental: false\n", "").Replace("          incremental: <% $.incremental %>\n", "");
        CloudResponse other = await Mistral("PUT", "/workbooks", changed, type: "text/plain");
        Assert.Equal(200, other.Status);
        Assert.Equal(changed, other.Text("definition"));
        Assert.Equal("instance, name, description=\"None\", parent_id=\"None\"", (await Mistral("GET", $"/workflows/{_name}.backup_create")).Text("input"));
        Assert.NotNull((await Mistral("GET", $"/workflows/{_name}.backup_create")).Json!["updated_at"]);
    }

    [ContractFact]
    public async Task A_workbook_is_listed_and_shown()
    {
        await PostAsync(Ours);
        CloudResponse one = await Mistral("GET", "/workbooks/" + _name);
        Assert.Equal(["id", "name", "namespace", "definition", "tags", "scope", "project_id", "created_at", "updated_at"], one.Keys);
        Assert.Equal($"{{\"workbooks\": [{one.Body}]}}", (await Mistral("GET", "/workbooks?name=eq:" + _name)).Body);
        Fault(await Mistral("GET", "/workbooks/nope"), 404, "Workbook not found [name=nope, namespace=]");
    }

    [ContractFact]
    public async Task Deleting_the_workbook_leaves_its_workflows()
    {
        await PostAsync(Ours);
        Assert.Equal(204, (await Mistral("DELETE", "/workbooks/" + _name)).Status);
        Fault(await Mistral("DELETE", "/workbooks/" + _name), 404, $"Workbook not found [workbook_name={_name}, namespace=]");
        Assert.Equal(200, (await Mistral("GET", $"/workflows/{_name}.backup_create")).Status);
        Assert.Equal(204, (await Mistral("DELETE", $"/workflows/{_name}.backup_create")).Status);
        Fault(await Mistral("GET", $"/workflows/{_name}.backup_create"), 404, $"Workflow not found [workflow_identifier={_name}.backup_create, namespace=]");
        Fault(await Mistral("DELETE", $"/workflows/{_name}.backup_create"), 404, $"Workflow not found [workflow_identifier={_name}.backup_create, namespace=]");
    }

    [ContractFact]
    public async Task A_workflow_with_triggers_cannot_be_deleted()
    {
        await PostAsync(Ours);
        string id = (await TriggerAsync(workflow: _name + ".backup_create")).Text("id")!;
        Fault(await Mistral("DELETE", $"/workflows/{_name}.backup_create"), 400,
            $"Can't delete workflow that has cron triggers associated. [workflow_identifier={_name}.backup_create, namespace=], [cron_trigger_id(s)={id}]");
    }

    [ContractTheory]
    [InlineData("not: a workbook", "Invalid DSL: Additional properties are not allowed ('not' was unexpected)")]
    [InlineData("", "Invalid DSL: '")] // Which of the two properties that it lacks is named first changes with each start of Mistral.
    [InlineData("- 1", "Invalid DSL: [1] is not of type 'object'")]
    [InlineData("version: '2.0'\nname: x\nworkflows: {}\n", "Invalid DSL: {} does not have enough properties")]
    [InlineData("version: '2.0'\nname: x\nworkflows:\n  w:\n    input: [a]\n", "Invalid DSL: 'tasks' is a required property")]
    [InlineData("version: '2.0'\nname: x\nworkflows:\n  w:\n    tasks:\n      t:\n        action: std.echo\n        publish:\n          a: <% $. %>\n", "Parse error: unexpected end of statement")]
    [InlineData("a: b: c", "Definition could not be parsed: ")]
    public async Task An_invalid_workbook_is_refused_with_a_reason(string definition, string reason)
    {
        CloudResponse validation = await Mistral("POST", "/workbooks/validate", definition, type: "text/plain");
        Assert.Equal((200, "False"), (validation.Status, validation.Json!["valid"]!.ToString() is "false" ? "False" : "True"));
        Assert.StartsWith(reason, validation.Text("error"));
        CloudResponse refused = await Mistral("POST", "/workbooks", definition, type: "text/plain");
        Assert.Equal(400, refused.Status);
        Assert.Equal(["faultstring"], refused.Keys);
        Assert.StartsWith(reason, refused.Text("faultstring"));
    }

    [ContractFact]
    public async Task A_valid_workbook_passes_validation()
    {
        Assert.Equal("{\"valid\": true}", (await Mistral("POST", "/workbooks/validate", Ours, type: "text/plain")).Body);
        Assert.Equal("{\"valid\": true}", (await Mistral("POST", "/workbooks/validate", Spec, type: "text/plain")).Body);
        Assert.Equal("{\"valid\": true}", (await Mistral("POST", "/workbooks/validate", "version: '2.0'\nname: x\n", type: "text/plain")).Body);
    }

    [ContractFact(Needs = Needs.People)]
    public async Task Only_an_administrator_can_create_a_public_workbook()
    {
        CloudResponse refused = await Mistral("POST", "/workbooks?scope=public", Ours, type: "text/plain");
        Assert.Equal((403, "{\"faultstring\": \"Operation forbidden (insufficient permissions)\"}"), (refused.Status, refused.Body));
        CloudResponse bogus = await Mistral("POST", "/workbooks?scope=bogus", Ours, type: "text/plain");
        Assert.Equal(400, bogus.Status);
        Assert.Matches("^Scope must be one of the following: {'(public|private)', '(public|private)'}; actual: bogus$", bogus.Text("faultstring"));
    }

    [ContractFact(Needs = Needs.People)]
    public async Task A_public_workbook_can_be_read_and_used_but_not_changed_by_other_projects()
    {
        Assert.Equal(201, (await PostAsync(Ours, "admin", "public")).Status);
        CloudResponse shown = await Mistral("GET", "/workbooks/" + _name, user: "other");
        Assert.Equal(("public", await ProjectAsync("admin")), (shown.Text("scope"), shown.Text("project_id")));
        string id = (await Mistral("GET", $"/workflows/{_name}.backup_create", user: "other")).Text("id")!;
        Assert.Equal(201, (await TriggerAsync(user: "other", workflow: _name + ".backup_create")).Status);
        string notYours = $"Can not access WorkflowDefinition resource of other projects, ID: {id}";
        foreach (string method in new[] { "PUT", "POST" })
        {
            CloudResponse refused = await Mistral(method, "/workbooks", Ours, user: "other", type: "text/plain");
            Assert.Equal((403, $"{{\"faultstring\": \"{notYours}\"}}"), (refused.Status, refused.Body));
        }
        Fault(await Mistral("DELETE", $"/workflows/{_name}.backup_create", user: "other"), 403, notYours);
        CloudResponse hidden = await Mistral("PUT", "/workbooks", Ours, user: "admin", type: "text/plain");
        Assert.Equal(
            (403, $"{{\"faultstring\": \"Can not update scope of workflow that has cron triggers associated in other tenants. [workflow_identifier={_name}.backup_create, namespace=]\"}}"),
            (hidden.Status, hidden.Body));
    }

    [ContractFact(Needs = Needs.People)]
    public async Task A_private_workbook_is_hidden_from_other_projects()
    {
        await PostAsync(Ours);
        Fault(await Mistral("GET", "/workbooks/" + _name, user: "other"), 404, $"Workbook not found [name={_name}, namespace=]");
        Fault(await Mistral("GET", $"/workflows/{_name}.backup_create", user: "other"), 404, $"Workflow not found [workflow_identifier={_name}.backup_create, namespace=]");
        Assert.Equal("{\"workbooks\": []}", (await Mistral("GET", "/workbooks?name=" + _name, user: "other")).Body);
    }

    [ContractFact]
    public async Task The_Trove_actions_are_listed()
    {
        CloudResponse action = await Mistral("GET", "/actions/trove.backups_create");
        Assert.Equal(
            "{\"id\": \"trove.backups_create\", \"name\": \"trove.backups_create\", \"is_system\": false, \"input\": \"name, instance, description=null, parent_id=null, incremental=false, swift_container=null, restore_from=null, restore_ds_version=null, restore_size=null, action_region=\\\"\\\"\", \"description\": \"Create or restore a new backup.\", \"tags\": null, \"definition\": \"\", \"scope\": null, \"project_id\": null, \"created_at\": \"\", \"updated_at\": \"\", \"namespace\": \"\"}",
            action.Body);
        Fault(await Mistral("GET", "/actions/nope"), 404, "Action not found [name=nope, namespace=]");
        Assert.Equal(["trove.backups_create", "trove.backups_delete", "trove.backups_get", "trove.backups_list"],
            (await Mistral("GET", "/actions?name=has:trove.backups&sort_keys=name")).Column("actions", "name"));
    }

    [ContractFact(Needs = Needs.People)]
    public async Task The_library_installs_its_workbook_and_finds_it_again()
    {
        using CloudSession session = await Cloud.ConnectAsync("other");
        Workbook workbook = session.Workbook;
        Finally(() => Mistral("DELETE", "/workbooks/trove", user: "other"));
        Finally(() => Mistral("DELETE", "/workflows/trove.backup_create", user: "other"));
        InstalledWorkbook before = await workbook.GetAsync();
        Assert.False(before.IsInstalled);
        InstalledWorkbook created = await workbook.InstallAsync();
        Assert.True(created is { IsInstalled: true, IsCurrent: true, AcceptsParentId: true, AcceptsIncremental: true, ReportsBackupId: true, HasTroveActions: true, Scope: "private" });
        InstalledWorkbook again = await workbook.InstallAsync();
        Assert.Null(again.UpdatedAt);
    }

    private async Task<CloudResponse> PostAsync(string definition, string user = "demo", string? scope = null)
    {
        CloudResponse created = await Mistral("POST", "/workbooks" + (scope is null ? "" : "?scope=" + scope), definition, user, "text/plain");
        if (created.Status == 201)
        {
            Finally(() => Mistral("DELETE", $"/workflows/{_name}.backup_create", user: user));
            Finally(() => Mistral("DELETE", "/workbooks/" + _name, user: user));
        }
        return created;
    }
}

public sealed class WorkbooksOnSandbox() : WorkbookCases(new SandboxUnderTest());

[Collection("real cloud")]
public sealed class WorkbooksOnRealCloud() : WorkbookCases(RealCloud.Shared);
