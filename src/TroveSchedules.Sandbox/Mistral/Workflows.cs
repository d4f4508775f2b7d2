using System;
using System.Collections.Generic;
using System.Linq;
using TroveSchedules.Sandbox.Keystone;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary><c>/v2/workflows</c>: those that workbooks hold, and those that are loaded one by one.</summary>
internal sealed class Workflows
{
    private readonly Agenda _agenda;
    private readonly Ids _ids;
    private readonly Resource<WorkflowDefinition> _resource;

    public Workflows(Agenda agenda, Ids ids, string server)
    {
        _agenda = agenda;
        _ids = ids;
        _resource = new Resource<WorkflowDefinition>
        {
            Name = "workflows",
            Server = server,
            Columns =
            [
                new("id", ColumnKind.Id, workflow => workflow.Id),
                new("name", ColumnKind.Text, workflow => workflow.Name),
                new("namespace", ColumnKind.Text, _ => ""),
                new("input", ColumnKind.Text, workflow => workflow.Input),
                new("interface", ColumnKind.Shown, workflow => workflow.Interface),
                new("definition", ColumnKind.Text, workflow => workflow.Spec.Definition),
                new("tags", ColumnKind.Shown, _ => new List<object?>()),
                new("scope", ColumnKind.Text, workflow => workflow.Scope),
                new("project_id", ColumnKind.Id, workflow => workflow.ProjectId),
                new("created_at", ColumnKind.Time, workflow => workflow.CreatedAt),
                new("updated_at", ColumnKind.Time, workflow => workflow.UpdatedAt),
            ],
            Filters = ["created_at", "name", "scope", "updated_at", "definition", "project_id", "namespace"],
            Switches = ["all_projects"],
            Find = (caller, id) => Visible(caller.ProjectId).FirstOrDefault(workflow => workflow.Id == id) ?? throw MistralFault.Client(404, $"Workflow not found [workflow_id={id}]"),
            Rows = query => All.Where(query.Sees),
        };
    }

    public List<WorkflowDefinition> All { get; } = [];

    public CronTriggers? Triggers { get; set; }

    public Answer Answer(Ask ask, Token caller, string? id) => (ask.Method, id) switch
    {
        ("GET", null) => _resource.List(ask, caller),
        ("GET", _) => Wire.Answer.Json(200, _resource.View(Find(caller, id))),
        ("POST", null) => Create(ask, caller),
        ("DELETE", not null) => Delete(caller, id),
        _ => MistralFault.NoSuchMethod(ask, "DELETE, GET, POST, PUT"),
    };

    /// <summary>The workflow of that name or id; an administrator finds any project's. The first by id where several have the name.</summary>
    public WorkflowDefinition Find(Token caller, string? identifier) =>
        (caller.IsAdmin ? All : Visible(caller.ProjectId)).Where(workflow => workflow.IsCalled(identifier)).OrderBy(workflow => workflow.Id, StringComparer.Ordinal).FirstOrDefault()
        ?? throw MistralFault.Client(404, NotFound(identifier));

    /// <summary>The workflow of that name or id which a project sees; null for none.</summary>
    public WorkflowDefinition? FindVisible(string? projectId, string identifier) =>
        Visible(projectId).Where(workflow => workflow.IsCalled(identifier)).OrderBy(workflow => workflow.Id, StringComparer.Ordinal).FirstOrDefault();

    public static string NotFound(string? identifier) => $"Workflow not found [workflow_identifier={identifier ?? "None"}, namespace=]";

    private IEnumerable<WorkflowDefinition> Visible(string? projectId) => All.Where(workflow => workflow.ProjectId == projectId || workflow.Scope == "public");

    private Answer Create(Ask ask, Token caller)
    {
        string scope = Workbooks.Scope(ask, caller);
        WorkflowSpec spec;
        try
        {
            spec = WorkbookSpec.ParseWorkflow(ask.Body);
        }
        catch (WorkbookException e)
        {
            throw MistralFault.Plain(400, e.Message);
        }
        if (All.Exists(workflow => workflow.ProjectId == caller.ProjectId && Collation.Compare(workflow.Name, spec.Name) == 0))
            throw MistralFault.Plain(409, $"Duplicate entry for WorkflowDefinition ['name', 'namespace', 'project_id']: {spec.Name}, , None");
        var made = new WorkflowDefinition { Id = _ids.Uuid(), Name = spec.Name, Spec = spec, Scope = scope, ProjectId = caller.ProjectId, CreatedAt = _agenda.Second };
        All.Add(made);
        JsonMap view = _resource.ViewCreated(made);
        view["interface"] = Python.Parse(made.Interface); // Here an object; everywhere else the text of one.
        return Wire.Answer.Json(201, new JsonMap { { "workflows", new List<object?> { view } } });
    }

    private Answer Delete(Token caller, string identifier)
    {
        WorkflowDefinition workflow = Find(caller, identifier);
        if (!caller.IsAdmin && workflow.ProjectId != caller.ProjectId)
            throw MistralFault.Client(403, workflow.NotYours);
        string[] triggers = [.. Triggers!.All.Where(trigger => trigger.WorkflowId == workflow.Id).Select(trigger => trigger.Id).OrderBy(id => id, StringComparer.Ordinal)];
        if (triggers.Length > 0)
        {
            throw MistralFault.Client(400, "Can't delete workflow that has cron triggers associated. "
                + $"[workflow_identifier={identifier}, namespace=], [cron_trigger_id(s)={string.Join(", ", triggers)}]");
        }
        All.Remove(workflow);
        return Wire.Answer.NoContent();
    }
}

/// <summary>A workflow that is loaded.</summary>
internal sealed class WorkflowDefinition : IProjectRow
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required WorkflowSpec Spec { get; set; }
    public required string Scope { get; set; }
    public required string? ProjectId { get; set; }
    public required DateTime CreatedAt { get; init; }
    public DateTime? UpdatedAt { get; set; }

    public string NotYours => $"Can not access WorkflowDefinition resource of other projects, ID: {Id}";

    /// <summary>The inputs for people: <c>instance, description="None"</c>.</summary>
    public string Input => string.Join(", ", Spec.Parameters.Select(parameter =>
        parameter.HasDefault ? $"{parameter.Name}=\"{Python.Str(parameter.Default)}\"" : parameter.Name));

    public string Interface => Python.Json(new JsonMap { { "input", Spec.Inputs }, { "output", (Spec.Output ?? []).Keys.ToList<object?>() } });

    public bool IsCalled(string? identifier) =>
        identifier is not null && (Collation.Compare(Name, identifier) == 0 || Collation.Compare(Id, identifier) == 0);
}
