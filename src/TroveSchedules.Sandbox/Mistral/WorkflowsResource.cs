using System;
using System.Collections.Generic;
using System.Linq;
using TroveSchedules.Sandbox.Keystone;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary><c>/v2/workflows</c>: workflows of workbooks, and workflows that were created without a workbook.</summary>
internal sealed class WorkflowsResource
{
    private readonly Scheduler _scheduler;
    private readonly IdGenerator _ids;
    private readonly ResourceTable<WorkflowDefinition> _resource;

    public WorkflowsResource(Scheduler scheduler, IdGenerator ids, string server)
    {
        _scheduler = scheduler;
        _ids = ids;
        _resource = new ResourceTable<WorkflowDefinition>
        {
            Name = "workflows",
            Server = server,
            Columns =
            [
                new("id", ColumnKind.Id, workflow => workflow.Id),
                new("name", ColumnKind.Text, workflow => workflow.Name),
                new("namespace", ColumnKind.Text, _ => ""),
                new("input", ColumnKind.Text, workflow => workflow.Input),
                new("interface", ColumnKind.DisplayOnly, workflow => workflow.Interface),
                new("definition", ColumnKind.Text, workflow => workflow.Spec.Definition),
                new("tags", ColumnKind.DisplayOnly, _ => new List<object?>()),
                new("scope", ColumnKind.Text, workflow => workflow.Scope),
                new("project_id", ColumnKind.Id, workflow => workflow.ProjectId),
                new("created_at", ColumnKind.Time, workflow => workflow.CreatedAt),
                new("updated_at", ColumnKind.Time, workflow => workflow.UpdatedAt),
            ],
            Filters = ["created_at", "name", "scope", "updated_at", "definition", "project_id", "namespace"],
            FlagParameters = ["all_projects"],
            FindMarker = (caller, id) => VisibleTo(caller.ProjectId).FirstOrDefault(workflow => workflow.Id == id) ?? throw MistralErrors.ClientError(404, $"Workflow not found [workflow_id={id}]"),
            Rows = query => All.Where(query.Includes),
        };
    }

    public List<WorkflowDefinition> All { get; } = [];

    public CronTriggersResource? Triggers { get; set; }

    public Response Handle(Request request, Token caller, string? id) => (request.Method, id) switch
    {
        ("GET", null) => _resource.List(request, caller),
        ("GET", _) => Response.Json(200, _resource.ToJson(Find(caller, id))),
        ("POST", null) => Create(request, caller),
        ("DELETE", not null) => Delete(caller, id),
        _ => MistralErrors.MethodNotAllowed(request, "DELETE, GET, POST, PUT"),
    };

    /// <summary>The workflow with this name or id. An administrator can use those of all projects. If several match, the one with the lowest id is returned.</summary>
    public WorkflowDefinition Find(Token caller, string? identifier) =>
        (caller.IsAdmin ? All : VisibleTo(caller.ProjectId)).Where(workflow => workflow.Matches(identifier)).OrderBy(workflow => workflow.Id, StringComparer.Ordinal).FirstOrDefault()
        ?? throw MistralErrors.ClientError(404, NotFound(identifier));

    /// <summary>The workflow with this name or id that the project owns or that is public; null if there is none.</summary>
    public WorkflowDefinition? FindVisible(string? projectId, string identifier) =>
        VisibleTo(projectId).Where(workflow => workflow.Matches(identifier)).OrderBy(workflow => workflow.Id, StringComparer.Ordinal).FirstOrDefault();

    public static string NotFound(string? identifier) => $"Workflow not found [workflow_identifier={identifier ?? "None"}, namespace=]";

    private IEnumerable<WorkflowDefinition> VisibleTo(string? projectId) => All.Where(workflow => workflow.ProjectId == projectId || workflow.Scope == "public");

    private Response Create(Request request, Token caller)
    {
        string scope = WorkbooksResource.ParseScope(request, caller);
        WorkflowSpec spec;
        try
        {
            spec = WorkbookSpec.ParseWorkflow(request.Body);
        }
        catch (WorkbookException e)
        {
            throw MistralErrors.FaultStringOnly(400, e.Message);
        }
        if (All.Exists(workflow => workflow.ProjectId == caller.ProjectId && Collation.Compare(workflow.Name, spec.Name) == 0))
            throw MistralErrors.FaultStringOnly(409, $"Duplicate entry for WorkflowDefinition ['name', 'namespace', 'project_id']: {spec.Name}, , None");
        var created = new WorkflowDefinition { Id = _ids.Uuid(), Name = spec.Name, Spec = spec, Scope = scope, ProjectId = caller.ProjectId, CreatedAt = _scheduler.NowInSeconds };
        All.Add(created);
        JsonMap view = _resource.ToCreatedJson(created);
        view["interface"] = Python.Parse(created.Interface); // Only this response contains an object. All other responses contain JSON text.
        return Response.Json(201, new JsonMap { { "workflows", new List<object?> { view } } });
    }

    private Response Delete(Token caller, string identifier)
    {
        WorkflowDefinition workflow = Find(caller, identifier);
        if (!caller.IsAdmin && workflow.ProjectId != caller.ProjectId)
            throw MistralErrors.ClientError(403, workflow.AccessDeniedMessage);
        string[] triggers = [.. Triggers!.Store.All.Where(trigger => trigger.WorkflowId == workflow.Id).Select(trigger => trigger.Id).OrderBy(id => id, StringComparer.Ordinal)];
        if (triggers.Length > 0)
        {
            throw MistralErrors.ClientError(400, "Can't delete workflow that has cron triggers associated. "
                + $"[workflow_identifier={identifier}, namespace=], [cron_trigger_id(s)={string.Join(", ", triggers)}]");
        }
        All.Remove(workflow);
        return Response.NoContent();
    }
}

/// <summary>A stored workflow.</summary>
internal sealed class WorkflowDefinition : IProjectRow
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required WorkflowSpec Spec { get; set; }
    public required string Scope { get; set; }
    public required string? ProjectId { get; set; }
    public required DateTime CreatedAt { get; init; }
    public DateTime? UpdatedAt { get; set; }

    public string AccessDeniedMessage => $"Can not access WorkflowDefinition resource of other projects, ID: {Id}";

    /// <summary>The inputs in the text format of Mistral: <c>instance, description="None"</c>.</summary>
    public string Input => string.Join(", ", Spec.Parameters.Select(parameter =>
        parameter.HasDefault ? $"{parameter.Name}=\"{Python.Str(parameter.Default)}\"" : parameter.Name));

    public string Interface => Python.Json(new JsonMap { { "input", Spec.Inputs }, { "output", (Spec.Output ?? []).Keys.ToList<object?>() } });

    public bool Matches(string? identifier) =>
        identifier is not null && (Collation.Compare(Name, identifier) == 0 || Collation.Compare(Id, identifier) == 0);
}
