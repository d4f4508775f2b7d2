using System;
using System.Collections.Generic;
using System.Linq;
using TroveSchedules.Sandbox.Keystone;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary><c>/v2/workbooks</c>: stores the YAML, and creates its workflows.</summary>
internal sealed class WorkbooksResource
{
    private readonly Scheduler _scheduler;
    private readonly IdGenerator _ids;
    private readonly WorkflowsResource _workflows;
    private readonly ResourceTable<WorkbookDefinition> _resource;
    private readonly List<WorkbookDefinition> _all = [];

    public WorkbooksResource(Scheduler scheduler, IdGenerator ids, WorkflowsResource workflows, string server)
    {
        _scheduler = scheduler;
        _ids = ids;
        _workflows = workflows;
        _resource = new ResourceTable<WorkbookDefinition>
        {
            Name = "workbooks",
            Server = server,
            Columns =
            [
                new("id", ColumnKind.Id, book => book.Id),
                new("name", ColumnKind.Text, book => book.Name),
                new("namespace", ColumnKind.Text, _ => ""),
                new("definition", ColumnKind.Text, book => book.Definition),
                new("tags", ColumnKind.DisplayOnly, book => book.Tags),
                new("scope", ColumnKind.Text, book => book.Scope),
                new("project_id", ColumnKind.Id, book => book.ProjectId),
                new("created_at", ColumnKind.Time, book => book.CreatedAt),
                new("updated_at", ColumnKind.Time, book => book.UpdatedAt),
            ],
            Filters = ["created_at", "definition", "name", "scope", "updated_at", "namespace"],
            FindMarker = (caller, id) => VisibleTo(caller).FirstOrDefault(book => book.Id == id) ?? throw MistralErrors.ClientError(404, $"Workbook not found [name={id}, namespace=]"),
            Rows = query => _all.Where(query.Includes),
        };
    }

    public Response Handle(Request request, Token caller, string? name) => (request.Method, name) switch
    {
        ("GET", null) => _resource.List(request, caller),
        ("GET", _) => Response.Json(200, _resource.ToJson(FindByName(caller, name) ?? throw MistralErrors.ClientError(404, NotFound(name)))),
        ("POST", "validate") => Validate(request.Body),
        ("POST", null) => Create(request, caller),
        ("PUT", null) => Update(request, caller),
        ("DELETE", not null) => Delete(caller, name),
        _ => MistralErrors.MethodNotAllowed(request, "DELETE, GET, POST, PUT"),
    };

    private IEnumerable<WorkbookDefinition> VisibleTo(Token caller) => _all.Where(book => book.ProjectId == caller.ProjectId || book.Scope == "public");

    private WorkbookDefinition? FindByName(Token caller, string name) =>
        VisibleTo(caller).Where(book => Collation.Compare(book.Name, name) == 0).OrderBy(book => book.Id, StringComparer.Ordinal).FirstOrDefault();

    private static Response Validate(string definition)
    {
        try
        {
            WorkbookSpec.Parse(definition);
            return Response.Json(200, new JsonMap { { "valid", true } });
        }
        catch (WorkbookException e)
        {
            return Response.Json(200, new JsonMap { { "valid", false }, { "error", e.Message } });
        }
    }

    private Response Create(Request request, Token caller)
    {
        string scope = ParseScope(request, caller);
        WorkbookSpec spec = Parse(request.Body);
        if (_all.Exists(book => book.ProjectId == caller.ProjectId && Collation.Compare(book.Name, spec.Name) == 0))
            throw MistralErrors.FaultStringOnly(409, $"Duplicate entry for WorkbookDefinition ['name', 'namespace', 'project_id']: {spec.Name}, , None");
        var created = new WorkbookDefinition
        {
            Id = _ids.Uuid(),
            Name = spec.Name,
            Definition = request.Body,
            Tags = spec.Tags,
            Scope = scope,
            ProjectId = caller.ProjectId,
            CreatedAt = _scheduler.NowInSeconds,
        };
        LoadWorkflows(spec, created, caller);
        _all.Add(created);
        return Response.Json(201, _resource.ToCreatedJson(created));
    }

    // Mistral checks only the owner of the workflows, not the owner of the workbook.
    private Response Update(Request request, Token caller)
    {
        string scope = ParseScope(request, caller);
        WorkbookSpec spec = Parse(request.Body);
        WorkbookDefinition book = FindByName(caller, spec.Name) ?? throw MistralErrors.FaultStringOnly(404, NotFound(spec.Name));
        var updated = new WorkbookDefinition
        {
            Id = book.Id,
            Name = spec.Name,
            Definition = request.Body,
            Tags = spec.Tags,
            Scope = scope,
            ProjectId = book.ProjectId,
            CreatedAt = book.CreatedAt,
            UpdatedAt = book.Definition == request.Body && book.Scope == scope ? book.UpdatedAt : _scheduler.NowInSeconds,
        };
        LoadWorkflows(spec, updated, caller);
        _all[_all.IndexOf(book)] = updated;
        return Response.Json(200, _resource.ToJson(updated));
    }

    // Mistral keeps the workflows of a deleted workbook.
    private Response Delete(Token caller, string name)
    {
        HashSet<WorkbookDefinition> matching = [.. VisibleTo(caller).Where(book => Collation.Compare(book.Name, name) == 0)];
        if (matching.Count == 0)
            throw MistralErrors.ClientError(404, $"Workbook not found [workbook_name={name}, namespace=]");
        _all.RemoveAll(matching.Contains);
        return Response.NoContent();
    }

    private void LoadWorkflows(WorkbookSpec spec, WorkbookDefinition book, Token caller)
    {
        var plan = new List<(WorkflowSpec Spec, WorkflowDefinition? Old)>();
        foreach (WorkflowSpec workflow in spec.Workflows)
        {
            string name = $"{spec.Name}.{workflow.Name}";
            WorkflowDefinition? old = _workflows.FindVisible(caller.ProjectId, name) is null ? null : _workflows.Find(caller, name);
            if (old is not null)
            {
                if (!caller.IsAdmin && old.ProjectId != caller.ProjectId)
                    throw MistralErrors.FaultStringOnly(403, old.AccessDeniedMessage);
                if (old.Scope == "public" && book.Scope == "private" && _workflows.Triggers!.Store.All.Any(trigger => trigger.WorkflowId == old.Id && trigger.ProjectId != old.ProjectId))
                {
                    throw MistralErrors.FaultStringOnly(403,
                        $"Can not update scope of workflow that has cron triggers associated in other tenants. [workflow_identifier={name}, namespace=]");
                }
            }
            plan.Add((workflow, old));
        }
        foreach ((WorkflowSpec workflow, WorkflowDefinition? old) in plan)
        {
            if (old is null)
            {
                _workflows.All.Add(new WorkflowDefinition
                {
                    Id = _ids.Uuid(),
                    Name = $"{spec.Name}.{workflow.Name}",
                    Spec = workflow,
                    Scope = book.Scope,
                    ProjectId = book.ProjectId,
                    CreatedAt = _scheduler.NowInSeconds,
                });
                continue;
            }
            if (old.Spec.Definition != workflow.Definition || old.Scope != book.Scope || old.ProjectId != book.ProjectId)
                old.UpdatedAt = _scheduler.NowInSeconds;
            old.Spec = workflow;
            old.Scope = book.Scope;
            old.ProjectId = book.ProjectId;
        }
    }

    internal static string ParseScope(Request request, Token caller)
    {
        string scope = request.QueryParameter("scope") ?? "private";
        if (scope == "public" && !caller.IsAdmin)
            throw MistralErrors.FaultStringOnly(403, "Operation forbidden (insufficient permissions)");
        return scope is "public" or "private"
            ? scope
            : throw MistralErrors.FaultStringOnly(400, $"Scope must be one of the following: {{'public', 'private'}}; actual: {scope}");
    }

    private static WorkbookSpec Parse(string definition)
    {
        try
        {
            return WorkbookSpec.Parse(definition);
        }
        catch (WorkbookException e)
        {
            throw MistralErrors.FaultStringOnly(400, e.Message);
        }
    }

    private static string NotFound(string name) => $"Workbook not found [name={name}, namespace=]";
}

/// <summary>A stored workbook.</summary>
internal sealed class WorkbookDefinition : IProjectRow
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string Definition { get; init; }
    public required List<object?> Tags { get; init; }
    public required string Scope { get; init; }
    public required string? ProjectId { get; init; }
    public required DateTime CreatedAt { get; init; }
    public DateTime? UpdatedAt { get; init; }
}
