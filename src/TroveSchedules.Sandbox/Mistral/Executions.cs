using System.Collections.Generic;
using TroveSchedules.Sandbox.Keystone;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary><c>/v2/executions</c>.</summary>
internal sealed class Executions
{
    private static readonly string[] Attributes =
    [
        "id", "workflow_id", "workflow_name", "workflow_namespace", "description", "tags", "params", "task_execution_id", "root_execution_id", "source_execution_id",
        "state", "state_info", "input", "output", "created_at", "updated_at", "project_id", "published_global",
    ];

    private readonly Agenda _agenda;
    private readonly Workflows _workflows;
    private readonly ExecutionStore _store;
    private readonly WorkflowEngine _engine;
    private readonly Tasks _tasks;
    private readonly Resource<Execution> _resource;

    public Executions(Agenda agenda, Workflows workflows, ExecutionStore store, WorkflowEngine engine, Tasks tasks, string server)
    {
        _agenda = agenda;
        _workflows = workflows;
        _store = store;
        _engine = engine;
        _tasks = tasks;
        _resource = new Resource<Execution>
        {
            Name = "executions",
            Server = server,
            Columns =
            [
                new("id", ColumnKind.Id, execution => execution.Id),
                new("workflow_id", ColumnKind.Id, execution => execution.WorkflowId),
                new("workflow_name", ColumnKind.Text, execution => execution.WorkflowName),
                new("workflow_namespace", ColumnKind.Text, _ => ""),
                new("description", ColumnKind.Text, execution => execution.Description),
                new("tags", ColumnKind.Shown, _ => new List<object?>()),
                new("params", ColumnKind.Json, execution => execution.Params),
                new("task_execution_id", ColumnKind.Id, _ => null),
                new("root_execution_id", ColumnKind.Id, _ => null),
                new("state", ColumnKind.Text, execution => execution.State),
                new("state_info", ColumnKind.Text, execution => execution.StateInfo),
                new("input", ColumnKind.Json, execution => execution.Input),
                new("output", ColumnKind.Json, execution => execution.Output),
                new("created_at", ColumnKind.Time, execution => execution.CreatedAt),
                new("updated_at", ColumnKind.Time, execution => execution.UpdatedAt),
                new("project_id", ColumnKind.Id, execution => execution.ProjectId),
            ],
            Filters =
            [
                "created_at", "workflow_name", "workflow_id", "params", "task_execution_id", "state", "state_info", "input", "output", "updated_at", "description",
                "project_id", "root_execution_id",
            ],
            Switches = ["all_projects", "include_output"],
            OnRequest = ["output"],
            FieldsWithoutColumn = ["source_execution_id", "published_global"],
            Find = Find,
            Rows = store.Query,
        };
    }

    public Answer Answer(Ask ask, Token caller, string? id, string? below)
    {
        switch (ask.Method, id, below)
        {
            case ("GET", null, _):
                if (ask.Parameter("project_id") is not null && !caller.IsAdmin)
                    throw MistralFault.Forbidden();
                // "false" is as true as "true".
                return _resource.List(ask, caller, !string.IsNullOrEmpty(ask.Parameter("include_output")));
            case ("GET", _, "tasks"):
                return _tasks.ListOf(caller, id);
            case ("GET", _, null):
                MistralFault.CheckArguments(ask);
                JsonMap view = _resource.View(Find(caller, id), everything: true);
                view.Add("published_global", "{}");
                return Wire.Answer.Json(200, view);
            case ("POST", null, null): return Create(ask, caller);
            case ("PUT", not null, null): return Update(ask, caller, id);
            case ("DELETE", null, null): throw MistralFault.Client(400, "Missing argument: \"id\"");
            case ("DELETE", _, null): return Delete(ask, caller, id);
            default: return MistralFault.NoSuchMethod(ask, "DELETE, GET, POST, PUT");
        }
    }

    private Answer Create(Ask ask, Token caller)
    {
        JsonMap body = RequestBody.Read(ask, "wf_ex", Attributes);
        JsonMap input = RequestBody.Json(body, "input", "wf_ex") ?? [];
        JsonMap parameters = RequestBody.Json(body, "params", "wf_ex")?.Copy() ?? [];
        if (body.Text("id") is { } known && _store.Find(caller, known) is { } there)
            return Wire.Answer.Json(201, _resource.View(there, everything: true));
        string name = body.Text("workflow_id") ?? body.Text("workflow_name")
            ?? throw MistralFault.Client(400, "Workflow ID or workflow name must be provided. Workflow ID is recommended.");
        WorkflowDefinition workflow = _workflows.FindVisible(caller.ProjectId, name) ?? throw MistralFault.Server("DBEntityNotFoundError: 404: " + Workflows.NotFound(name));
        if (workflow.Spec.Misfit(input) is { } misfit)
            throw MistralFault.Client(400, misfit);
        Execution made = _engine.Start(workflow, input, body.Text("description") ?? "", parameters, caller.ProjectId, body.Text("id"));
        return Wire.Answer.Json(201, _resource.View(made, everything: true));
    }

    private Answer Update(Ask ask, Token caller, string id)
    {
        JsonMap body = RequestBody.Read(ask, "wf_ex", Attributes);
        Execution execution = Find(caller, id);
        string? state = body.Text("state"), description = body.Text("description");
        if (state is not { Length: > 0 } && description is not { Length: > 0 })
            throw MistralFault.Client(400, "The property state, description, or env is not provided for update.");
        if (state is { Length: > 0 } && description is { Length: > 0 })
            throw MistralFault.Client(400, "The property description must be updated separately from state.");
        if (description is { Length: > 0 })
        {
            _store.Remove(execution);
            execution.Description = description;
            execution.UpdatedAt = _agenda.Second;
            _store.Add(execution);
            return Wire.Answer.Json(200, _resource.View(execution).Without("params", "input"));
        }
        switch (state)
        {
            case "PAUSED" when execution.IsFinished:
                throw MistralFault.Client(400,
                    $"Can't change workflow execution state from {execution.State} to PAUSED. [workflow={execution.WorkflowName}, execution_id={execution.Id}]");
            case "PAUSED":
                execution.State = state;
                execution.UpdatedAt = _agenda.Second;
                break;
            case "RUNNING":
                if (execution.State == "PAUSED")
                    _engine.Resume(execution);
                break;
            case "SUCCESS" or "ERROR" or "CANCELLED":
                if (!execution.IsFinished)
                    _engine.Finish(execution, state, body.Text("state_info"), state == "SUCCESS" ? [] : null);
                break;
            default:
                throw MistralFault.Client(400, $"Cannot change state to {state}. Allowed states are: 'RUNNING, PAUSED, SUCCESS, ERROR, CANCELLED");
        }
        return Wire.Answer.Json(200, _resource.View(execution, everything: true));
    }

    private Answer Delete(Ask ask, Token caller, string id)
    {
        MistralFault.CheckArguments(ask, "force");
        Execution execution = Find(caller, id);
        bool force = !string.IsNullOrEmpty(ask.Parameter("force")); // "false" too.
        if (!execution.IsFinished && !force)
        {
            throw MistralFault.Client(403,
                $"Only completed executions can be deleted. Use --force to override this. Execution {execution.Id} is in {execution.State} state");
        }
        _store.Remove(execution);
        execution.State = "CANCELLED"; // Its scheduled run sees the state and does nothing.
        return Wire.Answer.NoContent();
    }

    private Execution Find(Token caller, string id) =>
        _store.Find(caller, id) ?? throw MistralFault.Client(404, $"WorkflowExecution not found [id={id}]");
}
