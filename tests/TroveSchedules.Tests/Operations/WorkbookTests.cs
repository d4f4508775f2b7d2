using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.Tests.Http;
using Xunit;

namespace TroveSchedules.Tests.Operations;

public sealed class WorkbookTests
{
    private const string List = "GET /v2/workbooks";
    private const string Validate = "POST /v2/workbooks/validate";
    private const string Create = "POST /v2/workbooks";
    private const string Update = "PUT /v2/workbooks";

    private const string Spec = """
        ---
        version: '2.0'
        name: trove
        workflows:
          backup_create:
            input:
              - instance
              - name
              - description
              - parent_id
            tasks: {}
        """;

    private readonly List<string> _warnings = [];

    private static string Row(string definition, string project = ScriptedCloud.Project, string scope = "private") => new JsonObject
    {
        ["id"] = "w",
        ["name"] = "trove",
        ["definition"] = definition,
        ["scope"] = scope,
        ["project_id"] = project,
        ["created_at"] = "2026-11-20 07:00:00",
        ["updated_at"] = null,
    }.ToJsonString();

    private static Answer Books(params string[] rows) => Answers.Ok($$"""{"workbooks": [{{string.Join(",", rows)}}]}""");

    private static ScriptedCloud Cloud(params string[] books) => new ScriptedCloud().WithWorkflow()
        .Always(List, Books(books))
        .Always(Rows.TriggersRoute, Answers.Ok(Rows.Triggers()))
        .Always(Validate, Answers.Ok("""{"valid": true}"""))
        .Always(Create, Answers.Json(201, Row("x")))
        .Always(Update, Answers.Ok(Row("x")));

    private async Task<InstalledWorkbook> Install(ScriptedCloud cloud, string? definition = null, bool? isPublic = null)
    {
        using CloudSession session = await cloud.ConnectAsync();
        return await session.Workbook.InstallAsync(definition, isPublic, _warnings.Add);
    }

    private static RecordedRequest[] Writes(ScriptedCloud cloud) => [.. cloud.Requests.Where(request => request.Method != "GET")];

    [Theory]
    [InlineData(null, "?scope=private")]
    [InlineData(false, "?scope=private")]
    [InlineData(true, "?scope=public")]
    public async Task A_missing_workbook_is_created(bool? isPublic, string query)
    {
        ScriptedCloud cloud = Cloud();
        await Install(cloud, null, isPublic);
        RecordedRequest[] writes = Writes(cloud);
        Assert.Equal([Validate, Create], writes.Select(request => request.Route));
        Assert.Equal(query, writes[1].Query);
        Assert.All(writes, request => Assert.Equal((Workbook.Bundled, "text/plain; charset=utf-8"), (request.Body, request.ContentType)));
        Assert.Equal("eq:trove", cloud.Requests[0].Parameters["name"]);
    }

    [Theory]
    [InlineData("private", null, "?scope=private")]
    [InlineData("public", null, "?scope=public")]
    [InlineData("public", false, "?scope=private")]
    [InlineData("private", true, "?scope=public")]
    public async Task A_different_workbook_is_updated_and_keeps_its_scope_unless_another_is_given(string scope, bool? isPublic, string query)
    {
        ScriptedCloud cloud = Cloud(Row(Spec, scope: scope));
        await Install(cloud, null, isPublic);
        RecordedRequest[] writes = Writes(cloud);
        Assert.Equal([Validate, Update], writes.Select(request => request.Route));
        Assert.Equal(query, writes[1].Query);
    }

    [Fact]
    public async Task An_identical_workbook_is_not_sent_again()
    {
        ScriptedCloud cloud = Cloud(Row(Workbook.Bundled, scope: "public"));
        InstalledWorkbook installed = await Install(cloud);
        Assert.Empty(Writes(cloud));
        Assert.True(installed.IsCurrent);
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task A_different_scope_alone_causes_an_update()
    {
        ScriptedCloud cloud = Cloud(Row(Workbook.Bundled));
        await Install(cloud, null, true);
        Assert.Equal([Validate, Update], Writes(cloud).Select(request => request.Route));
    }

    [Theory]
    [InlineData("""{"valid": false, "error": "Invalid DSL: \u001b[31mbad"}""", "Invalid DSL:  [31mbad")]
    [InlineData("""{"valid": false}""", "it gives no reason")]
    [InlineData("""{}""", "it gives no reason")]
    public async Task A_workbook_that_Mistral_rejects_is_not_installed(string verdict, string reason)
    {
        ScriptedCloud cloud = Cloud(Row(Workbook.Bundled)).Always(Validate, Answers.Ok(verdict));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Install(cloud, Spec));
        Assert.Equal((TroveErrorKind.Invalid, "InvalidWorkbook"), (error.Kind, error.ErrorId));
        Assert.Contains(reason, error.Message);
        Assert.Equal([Validate], Writes(cloud).Select(request => request.Route));
    }

    [Theory]
    [InlineData("", "its name must be 'trove'")]
    [InlineData("just words", "its name must be 'trove'")]
    [InlineData("- a\n- b", "its name must be 'trove'")]
    [InlineData("name: other\nworkflows: {backup_create: {}}", "its name must be 'trove'")]
    [InlineData("name: [trove]", "its name must be 'trove'")]
    [InlineData("name: trove", "it has no workflow 'backup_create'")]
    [InlineData("name: trove\nworkflows:", "it has no workflow 'backup_create'")]
    [InlineData("name: trove\nworkflows: [backup_create]", "it has no workflow 'backup_create'")]
    [InlineData("name: trove\nworkflows: {other: {}}", "it has no workflow 'backup_create'")]
    [InlineData("name: trove\nworkflows:\n  a: b\n c: d", "line 4")]
    [InlineData("name: trove\nworkflows: *unknown", "line 2")]
    [InlineData("name: 'trove", "line 1")]
    public async Task An_invalid_workbook_is_refused_before_a_request_is_sent(string text, string reason)
    {
        ScriptedCloud cloud = Cloud();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Install(cloud, text));
        Assert.Equal((TroveErrorKind.Invalid, "InvalidWorkbook"), (error.Kind, error.ErrorId));
        Assert.Contains(reason, error.Problem);
        Assert.DoesNotContain("..", error.Problem);
        Assert.DoesNotContain("Idx", error.Message);
        Assert.Empty(cloud.Requests);
    }

    [Theory]
    [InlineData("[{}]")]
    [InlineData("[~]")]
    [InlineData("[[a]]")]
    [InlineData("[{~: 1}]")]
    [InlineData("instance")]
    [InlineData("{a: b}")]
    public async Task An_unusual_list_of_inputs_is_sent_to_Mistral_for_validation(string inputs)
    {
        ScriptedCloud cloud = Cloud().Always(Validate, Answers.Ok("""{"valid": false, "error": "Invalid DSL"}"""));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Install(cloud, $"name: trove\nworkflows: {{backup_create: {{input: {inputs}}}}}"));
        Assert.Contains("Mistral does not take it: Invalid DSL", error.Message);
    }

    [Fact]
    public async Task Schedules_that_the_new_workbook_would_stop_give_warnings_before_the_update()
    {
        string Made(int number, string input) => Rows.Trigger(number, row => row["workflow_input"] = input);
        const string four = """{"instance": "i", "name": "b", "description": null, "parent_id": null}""";
        ScriptedCloud cloud = Cloud(Row(Workbook.Bundled)).Always(Rows.TriggersRoute, Answers.Ok(Rows.Triggers(
            Made(1, four), Made(2, four.Replace("parent_id", "incremental")), Made(3, """{"instance": "i", "name": "b"}"""), Made(4, "{"), Made(5, four.Replace("}", ", \"more\": 1}")))));
        var warnedBefore = 0;
        cloud.Always(Update, Answers.After(_ => warnedBefore = _warnings.Count, Answers.Ok(Row("x"))));
        await Install(cloud, Spec);
        Assert.Equal(4, warnedBefore);
        Assert.Equal([2, 3, 4, 5], _warnings.Select(warning => Enumerable.Range(1, 5).Single(number => warning.Contains(Rows.Id(number)))));
        Assert.All(_warnings, warning => Assert.Contains("no more backups", warning));
    }

    [Fact]
    public async Task The_bundled_workbook_stops_no_schedule_of_the_spec_or_of_python_troveclient()
    {
        await Install(CloudWith(Row(Spec), SpecInput, ClientInput));
        Assert.DoesNotContain(_warnings, warning => warning.Contains("no more backups"));
        Assert.Equal(["instance", "name", "description", "parent_id", "incremental"], InputsIn(Workbook.Bundled));
    }

    private const string SpecInput = """{"instance": "i", "name": "b", "description": null, "parent_id": null}""";
    private const string ClientInput = """{"instance": "i", "name": "b", "description": null, "incremental": false}""";
    private const string OurInput = """{"instance": "i", "name": "b", "description": null, "parent_id": null, "incremental": false}""";

    private static ScriptedCloud CloudWith(string? book, params string[] inputs) => Cloud(book is null ? [] : [book]).Always(Rows.TriggersRoute, Answers.Ok(Rows.Triggers(
        [.. inputs.Select((input, index) => Rows.Trigger(index + 1, row => row["workflow_input"] = input))])));

    [Theory]
    [InlineData(1, "1 schedule of this project was")]
    [InlineData(2, "2 schedules of this project were")]
    [InlineData(30, "30 schedules of this project were")]
    public async Task Executions_that_trove_execution_list_would_no_longer_show_give_one_warning(int count, string number)
    {
        ScriptedCloud cloud = CloudWith(Row(Spec), [SpecInput, OurInput, .. Enumerable.Repeat(ClientInput, count)]);
        var warnedBefore = 0;
        cloud.Always(Update, Answers.After(_ => warnedBefore = _warnings.Count, Answers.Ok(Row("x"))));
        await Install(cloud);
        string warning = Assert.Single(_warnings);
        Assert.Equal(1, warnedBefore);
        Assert.StartsWith(number, warning);
        Assert.Contains("`trove execution-list`", warning);
        Assert.Contains("A listing by cron trigger", warning);
        Assert.Contains("made anew", warning);
    }

    [Theory]
    [InlineData(SpecInput)]
    [InlineData(OurInput)]
    [InlineData(null)]
    public async Task Without_schedules_of_python_troveclient_there_is_no_warning_about_its_history(string? input)
    {
        await Install(CloudWith(null, input is null ? [] : [input]));
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task A_workbook_without_additional_defaults_gives_no_warning_about_history()
    {
        await Install(CloudWith(Row(Workbook.Bundled), ClientInput), Spec.Replace("parent_id", "incremental"));
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task An_identical_workbook_gives_no_warning_about_history()
    {
        await Install(CloudWith(Row(Workbook.Bundled), ClientInput));
        Assert.Empty(_warnings);
    }

    private static IEnumerable<string> InputsIn(string definition) =>
        definition.Split("input:")[1].Split("output:")[0].Split("- ").Skip(1).Select(line => line.Split(':')[0].Trim());

    [Fact]
    public async Task A_public_workbook_gives_a_warning_that_other_projects_were_not_checked()
    {
        await Install(Cloud(), null, true);
        Assert.Contains("other projects", Assert.Single(_warnings));
    }

    [Fact]
    public async Task A_public_workbook_of_another_project_does_not_prevent_creating_our_own()
    {
        ScriptedCloud cloud = Cloud(Row(Workbook.Bundled, Rows.Other, "public"));
        await Install(cloud);
        Assert.Equal([Validate, Create], Writes(cloud).Select(request => request.Route));
        Assert.Equal("?scope=private", Writes(cloud)[1].Query);
    }

    [Fact]
    public async Task Our_own_workbook_is_updated_even_if_one_of_another_project_is_listed_first()
    {
        ScriptedCloud cloud = Cloud(Row(Workbook.Bundled, Rows.Other, "public"), Row(Spec));
        await Install(cloud);
        Assert.Equal([Validate, Update], Writes(cloud).Select(request => request.Route));
    }

    [Fact]
    public async Task An_error_of_Mistral_is_reported_with_its_message()
    {
        const string message = "Can not update scope of workflow that has cron triggers associated in other tenants. [workflow_identifier=trove.backup_create, namespace=]";
        ScriptedCloud cloud = Cloud(Row(Spec)).Always(Update, Answers.Fault(403, message));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Install(cloud));
        Assert.Equal((TroveErrorKind.Forbidden, message), (error.Kind, error.ServerMessage));
    }

    [Fact]
    public async Task A_cloud_without_the_Trove_actions_gives_a_warning()
    {
        await Install(Cloud().Always(Rows.ActionRoute, Answers.Fault(404, "Action not found")));
        Assert.Contains("trove.backups_create", Assert.Single(_warnings));
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public async Task The_inputs_are_read_again_after_an_install_that_changed_the_workbook(bool changes, int times)
    {
        ScriptedCloud cloud = Cloud(Row(changes ? Spec : Workbook.Bundled)).WithInstance();
        using CloudSession session = await cloud.ConnectAsync();
        BackupSchedules schedules = session.Schedules;
        var request = new ScheduleRequest { Instance = Rows.Id(900), Name = "b", Pattern = "@daily" };
        await schedules.PrepareAsync(request);
        await session.Workbook.InstallAsync();
        int before = cloud.Routes.Count(route => route == Rows.WorkflowRoute);
        await schedules.PrepareAsync(request);
        Assert.Equal(before + times - 1, cloud.Routes.Count(route => route == Rows.WorkflowRoute));
    }

    [Fact]
    public async Task The_installed_workbook_is_returned_with_its_capabilities()
    {
        ScriptedCloud cloud = Cloud(Row(Workbook.Bundled)).Always(Rows.WorkflowRoute, Answers.Ok(Rows.Workflow(Rows.OurInputs, row => row["definition"] = "output:\n  backup_id: <% $.x %>")));
        using CloudSession session = await cloud.ConnectAsync();
        InstalledWorkbook installed = await session.Workbook.GetAsync();
        Assert.Equal(("trove", "trove.backup_create", true, true, true, "public", ScriptedCloud.Project),
            (installed.Name, installed.Workflow, installed.IsInstalled, installed.IsCurrent, installed.HasTroveActions, installed.Scope, installed.ProjectId));
        Assert.Equal((true, true, true), (installed.AcceptsParentId, installed.AcceptsIncremental, installed.ReportsBackupId));
        Assert.Equal(["instance", "name", "description", "parent_id", "incremental"], installed.Inputs);
    }

    [Theory]
    [InlineData(Rows.SpecInputs, true, false)]
    [InlineData(Rows.TroveclientInputs, false, true)]
    public async Task The_capabilities_of_each_kind_of_workbook_are_recognised(string inputs, bool parent, bool incremental)
    {
        using CloudSession session = await Cloud(Row(Spec)).WithWorkflow(inputs).ConnectAsync();
        InstalledWorkbook installed = await session.Workbook.GetAsync();
        Assert.Equal((parent, incremental, false, false), (installed.AcceptsParentId, installed.AcceptsIncremental, installed.ReportsBackupId, installed.IsCurrent));
    }

    [Fact]
    public async Task A_missing_workbook_is_a_result_and_not_an_error()
    {
        using CloudSession session = await Cloud().Always(Rows.WorkflowRoute, Answers.Fault(404, "Workflow not found")).ConnectAsync();
        InstalledWorkbook installed = await session.Workbook.GetAsync();
        Assert.Equal((false, false, true, null), (installed.IsInstalled, installed.IsCurrent, installed.HasTroveActions, installed.Scope));
        Assert.Empty(installed.Inputs);
    }

    [Fact]
    public async Task A_workbook_of_another_project_does_not_make_our_workflow_current()
    {
        using CloudSession session = await Cloud(Row(Workbook.Bundled, Rows.Other, "public")).ConnectAsync();
        Assert.False((await session.Workbook.GetAsync()).IsCurrent);
    }

    [Theory]
    [InlineData("""{"workbooks": null}""")]
    [InlineData("""{"workbooks": [null]}""")]
    [InlineData("""{"workbooks": [{"name": null}]}""")]
    [InlineData("{}")]
    public async Task An_invalid_list_of_workbooks_is_a_protocol_error(string body)
    {
        ScriptedCloud cloud = Cloud().Always(List, Answers.Ok(body));
        Assert.Equal(TroveErrorKind.ProtocolError, (await ScriptedCloud.FailureOf(() => Install(cloud))).Kind);
        Assert.Empty(Writes(cloud));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_workbook_loaded_despite_a_lost_response_is_not_loaded_twice(bool isThereBefore)
    {
        ScriptedCloud cloud = Cloud(isThereBefore ? [Row("old")] : []);
        Answer lost = Answers.After(_ => cloud.Always(List, Books(Row(Spec))), isThereBefore ? Answers.Html(500, "") : Answers.Reset);
        Assert.True((await Install(cloud.Always(Create, lost).Always(Update, lost), Spec)).IsInstalled);
        Assert.Single(cloud.Routes, route => route is Create or Update);
    }

    [Fact]
    public async Task The_error_tells_that_the_workbook_may_still_be_loaded()
    {
        ScriptedCloud cloud = Cloud().Always(Create, Answers.Reset);
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Install(cloud, Spec));
        Assert.StartsWith("The workbook is not loaded yet.", error.Message);
        Assert.True(error.MayHaveHappened);
        Assert.Single(cloud.Routes, Create);
    }

    [Fact]
    public async Task A_private_workflow_of_another_project_is_not_reported_as_the_installed_one()
    {
        string Workflow(string scope, string project) => Rows.Workflow(Rows.OurInputs, row =>
        {
            row["scope"] = scope;
            row["project_id"] = project;
        });
        ScriptedCloud cloud = Cloud(Row(Workbook.Bundled))
            .Always(Rows.WorkflowRoute, Answers.Ok(Workflow("private", "another")))
            .Always("GET /v2/workflows", Answers.Ok($$"""{"workflows": [{{Workflow("public", ScriptedCloud.Project)}}]}"""));
        using CloudSession session = await cloud.ConnectAsync();
        InstalledWorkbook installed = await session.Workbook.GetAsync();
        Assert.Equal(("public", ScriptedCloud.Project), (installed.Scope, installed.ProjectId));
    }
}
