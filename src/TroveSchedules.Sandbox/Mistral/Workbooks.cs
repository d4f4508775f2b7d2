using System;
using System.Collections.Generic;
using System.Linq;
using TroveSchedules.Sandbox.Keystone;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary><c>/v2/workbooks</c>: YAML in, workflows out.</summary>
internal sealed class Workbooks
{
    private readonly Agenda _agenda;
    private readonly Ids _ids;
    private readonly Workflows _workflows;
    private readonly Resource<WorkbookDefinition> _resource;
    private readonly List<WorkbookDefinition> _all = [];

    public Workbooks(Agenda agenda, Ids ids, Workflows workflows, string server)
    {
        _agenda = agenda;
        _ids = ids;
        _workflows = workflows;
        _resource = new Resource<WorkbookDefinition>
        {
            Name = "workbooks",
            Server = server,
            Columns =
            [
                new("id", ColumnKind.Id, book => book.Id),
                new("name", ColumnKind.Text, book => book.Name),
                new("namespace", ColumnKind.Text, _ => ""),
                new("definition", ColumnKind.Text, book => book.Definition),
                new("tags", ColumnKind.Shown, book => book.Tags),
                new("scope", ColumnKind.Text, book => book.Scope),
                new("project_id", ColumnKind.Id, book => book.ProjectId),
                new("created_at", ColumnKind.Time, book => book.CreatedAt),
                new("updated_at", ColumnKind.Time, book => book.UpdatedAt),
            ],
            Filters = ["created_at", "definition", "name", "scope", "updated_at", "namespace"],
            Find = (caller, id) => Visible(caller).FirstOrDefault(book => book.Id == id) ?? throw MistralFault.Client(404, $"Workbook not found [name={id}, namespace=]"),
            Rows = query => _all.Where(query.Sees),
        };
    }

    public Answer Answer(Ask ask, Token caller, string? name) => (ask.Method, name) switch
    {
        ("GET", null) => _resource.List(ask, caller),
        ("GET", _) => Wire.Answer.Json(200, _resource.View(Named(caller, name) ?? throw MistralFault.Client(404, NotFound(name)))),
        ("POST", "validate") => Validate(ask.Body),
        ("POST", null) => Create(ask, caller),
        ("PUT", null) => Update(ask, caller),
        ("DELETE", not null) => Delete(caller, name),
        _ => MistralFault.NoSuchMethod(ask, "DELETE, GET, POST, PUT"),
    };

    private IEnumerable<WorkbookDefinition> Visible(Token caller) => _all.Where(book => book.ProjectId == caller.ProjectId || book.Scope == "public");

    private WorkbookDefinition? Named(Token caller, string name) =>
        Visible(caller).Where(book => Collation.Compare(book.Name, name) == 0).OrderBy(book => book.Id, StringComparer.Ordinal).FirstOrDefault();

    private static Answer Validate(string definition)
    {
        try
        {
            WorkbookSpec.Parse(definition);
            return Wire.Answer.Json(200, new JsonMap { { "valid", true } });
        }
        catch (WorkbookException e)
        {
            return Wire.Answer.Json(200, new JsonMap { { "valid", false }, { "error", e.Message } });
        }
    }

    private Answer Create(Ask ask, Token caller)
    {
        string scope = Scope(ask, caller);
        WorkbookSpec spec = Parse(ask.Body);
        if (_all.Exists(book => book.ProjectId == caller.ProjectId && Collation.Compare(book.Name, spec.Name) == 0))
            throw MistralFault.Plain(409, $"Duplicate entry for WorkbookDefinition ['name', 'namespace', 'project_id']: {spec.Name}, , None");
        var made = new WorkbookDefinition
        {
            Id = _ids.Uuid(),
            Name = spec.Name,
            Definition = ask.Body,
            Tags = spec.Tags,
            Scope = scope,
            ProjectId = caller.ProjectId,
            CreatedAt = _agenda.Second,
        };
        Load(spec, made, caller);
        _all.Add(made);
        return Wire.Answer.Json(201, _resource.ViewCreated(made));
    }

    // Whose the workbook is is not looked at, only whose the workflows are: so does Mistral.
    private Answer Update(Ask ask, Token caller)
    {
        string scope = Scope(ask, caller);
        WorkbookSpec spec = Parse(ask.Body);
        WorkbookDefinition book = Named(caller, spec.Name) ?? throw MistralFault.Plain(404, NotFound(spec.Name));
        var updated = new WorkbookDefinition
        {
            Id = book.Id,
            Name = spec.Name,
            Definition = ask.Body,
            Tags = spec.Tags,
            Scope = scope,
            ProjectId = book.ProjectId,
            CreatedAt = book.CreatedAt,
            UpdatedAt = book.Definition == ask.Body && book.Scope == scope ? book.UpdatedAt : _agenda.Second,
        };
        Load(spec, updated, caller);
        _all[_all.IndexOf(book)] = updated;
        return Wire.Answer.Json(200, _resource.View(updated));
    }

    // The workflows stay.
    private Answer Delete(Token caller, string name)
    {
        HashSet<WorkbookDefinition> doomed = [.. Visible(caller).Where(book => Collation.Compare(book.Name, name) == 0)];
        if (doomed.Count == 0)
            throw MistralFault.Client(404, $"Workbook not found [workbook_name={name}, namespace=]");
        _all.RemoveAll(doomed.Contains);
        return Wire.Answer.NoContent();
    }

    private void Load(WorkbookSpec spec, WorkbookDefinition book, Token caller)
    {
        var plan = new List<(WorkflowSpec Spec, WorkflowDefinition? Old)>();
        foreach (WorkflowSpec workflow in spec.Workflows)
        {
            string name = $"{spec.Name}.{workflow.Name}";
            WorkflowDefinition? old = _workflows.FindVisible(caller.ProjectId, name) is null ? null : _workflows.Find(caller, name);
            if (old is not null)
            {
                if (!caller.IsAdmin && old.ProjectId != caller.ProjectId)
                    throw MistralFault.Plain(403, old.NotYours);
                if (old.Scope == "public" && book.Scope == "private" && _workflows.Triggers!.All.Exists(trigger => trigger.WorkflowId == old.Id && trigger.ProjectId != old.ProjectId))
                {
                    throw MistralFault.Plain(403,
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
                    CreatedAt = _agenda.Second,
                });
                continue;
            }
            if (old.Spec.Definition != workflow.Definition || old.Scope != book.Scope || old.ProjectId != book.ProjectId)
                old.UpdatedAt = _agenda.Second;
            old.Spec = workflow;
            old.Scope = book.Scope;
            old.ProjectId = book.ProjectId;
        }
    }

    internal static string Scope(Ask ask, Token caller)
    {
        string scope = ask.Parameter("scope") ?? "private";
        if (scope == "public" && !caller.IsAdmin)
            throw MistralFault.Plain(403, "Operation forbidden (insufficient permissions)");
        return scope is "public" or "private"
            ? scope
            : throw MistralFault.Plain(400, $"Scope must be one of the following: {{'public', 'private'}}; actual: {scope}");
    }

    private static WorkbookSpec Parse(string definition)
    {
        try
        {
            return WorkbookSpec.Parse(definition);
        }
        catch (WorkbookException e)
        {
            throw MistralFault.Plain(400, e.Message);
        }
    }

    private static string NotFound(string name) => $"Workbook not found [name={name}, namespace=]";
}

/// <summary>A workbook that is loaded.</summary>
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
