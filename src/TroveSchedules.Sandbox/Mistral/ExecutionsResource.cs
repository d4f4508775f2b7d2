using System.Collections.Generic;
using TroveSchedules.Sandbox.Keystone;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary><c>/v2/executions</c>.</summary>
internal sealed class ExecutionsResource
{
    private static readonly string[] Attributes =
    [
        "id", "workflow_id", "workflow_name", "workflow_namespace", "description", "tags", "params", "task_execution_id", "root_execution_id", "source_execution_id",
        "state", "state_info", "input", "output", "created_at", "updated_at", "project_id", "published_global",
    ];

    private readonly Scheduler _scheduler;
    private readonly WorkflowsResource _workflows;
    private readonly ExecutionStore _store;
    private readonly WorkflowEngine _engine;
    private readonly TasksResource _tasks;
    private readonly ResourceTable<Execution> _resource;

    public ExecutionsResource(Scheduler scheduler, WorkflowsResource workflows, ExecutionStore store, WorkflowEngine engine, TasksResource tasks, string server)
    {
        _scheduler = scheduler;
        _workflows = workflows;
        _store = store;
        _engine = engine;
        _tasks = tasks;
        _resource = new ResourceTable<Execution>
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
                new("tags", ColumnKind.DisplayOnly, _ => new List<object?>()),
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
            FlagParameters = ["all_projects", "include_output"],
            OptionalColumns = ["output"],
            ExtraFields = ["source_execution_id", "published_global"],
            FindMarker = Find,
            Rows = store.Query,
        };
    }

    public Response Handle(Request request, Token caller, string? id, string? subresource)
    {
        switch (request.Method, id, subresource)
        {
            case ("GET", null, _):
                if (request.QueryParameter("project_id") is not null && !caller.IsAdmin)
                    throw MistralErrors.Forbidden();
                // Any value is true, "false" included.
                return _resource.List(request, caller, !string.IsNullOrEmpty(request.QueryParameter("include_output")));
            case ("GET", _, "tasks"):
                return _tasks.ListForExecution(caller, id);
            case ("GET", _, null):
                MistralErrors.RejectUnknownParameters(request);
                JsonMap view = _resource.ToJson(Find(caller, id), allColumns: true);
                view.Add("published_global", "{}");
                return Response.Json(200, view);
            case ("POST", null, null): return Create(request, caller);
            case ("PUT", not null, null): return Update(request, caller, id);
            case ("DELETE", null, null): throw MistralErrors.ClientError(400, "Missing argument: \"id\"");
            case ("DELETE", _, null): return Delete(request, caller, id);
            default: return MistralErrors.MethodNotAllowed(request, "DELETE, GET, POST, PUT");
        }
    }

    private Response Create(Request request, Token caller)
    {
        JsonMap body = RequestBody.Read(request, "wf_ex", Attributes);
        JsonMap input = RequestBody.ReadObject(body, "input", "wf_ex") ?? [];
        JsonMap parameters = RequestBody.ReadObject(body, "params", "wf_ex")?.Copy() ?? [];
        if (body.GetString("id") is { } knownId && _store.Find(caller, knownId) is { } existing)
            return Response.Json(201, _resource.ToJson(existing, allColumns: true));
        string name = body.GetString("workflow_id") ?? body.GetString("workflow_name")
            ?? throw MistralErrors.ClientError(400, "Workflow ID or workflow name must be provided. Workflow ID is recommended.");
        WorkflowDefinition workflow = _workflows.FindVisible(caller.ProjectId, name) ?? throw MistralErrors.ServerError("DBEntityNotFoundError: 404: " + WorkflowsResource.NotFound(name));
        if (workflow.Spec.FindInputError(input) is { } inputError)
            throw MistralErrors.ClientError(400, inputError);
        Execution created = _engine.Start(workflow, input, body.GetString("description") ?? "", parameters, caller.ProjectId, body.GetString("id"));
        return Response.Json(201, _resource.ToJson(created, allColumns: true));
    }

    private Response Update(Request request, Token caller, string id)
    {
        JsonMap body = RequestBody.Read(request, "wf_ex", Attributes);
        Execution execution = Find(caller, id);
        string? state = body.GetString("state"), description = body.GetString("description");
        if (state is not { Length: > 0 } && description is not { Length: > 0 })
            throw MistralErrors.ClientError(400, "The property state, description, or env is not provided for update.");
        if (state is { Length: > 0 } && description is { Length: > 0 })
            throw MistralErrors.ClientError(400, "The property description must be updated separately from state.");
        if (description is { Length: > 0 })
        {
            _store.Remove(execution);
            execution.Description = description;
            execution.UpdatedAt = _scheduler.NowInSeconds;
            _store.Add(execution);
            return Response.Json(200, _resource.ToJson(execution).Without("params", "input"));
        }
        switch (state)
        {
            case "PAUSED" when execution.IsFinished:
                throw MistralErrors.ClientError(400,
                    $"Can't change workflow execution state from {execution.State} to PAUSED. [workflow={execution.WorkflowName}, execution_id={execution.Id}]");
            case "PAUSED":
                execution.State = state;
                execution.UpdatedAt = _scheduler.NowInSeconds;
                break;
            case "RUNNING":
                if (execution.State == "PAUSED")
                    _engine.Resume(execution);
                break;
            case "SUCCESS" or "ERROR" or "CANCELLED":
                if (!execution.IsFinished)
                    _engine.Finish(execution, state, body.GetString("state_info"), state == "SUCCESS" ? [] : null);
                break;
            default:
                throw MistralErrors.ClientError(400, $"Cannot change state to {state}. Allowed states are: 'RUNNING, PAUSED, SUCCESS, ERROR, CANCELLED");
        }
        return Response.Json(200, _resource.ToJson(execution, allColumns: true));
    }

    private Response Delete(Request request, Token caller, string id)
    {
        MistralErrors.RejectUnknownParameters(request, "force");
        Execution execution = Find(caller, id);
        bool force = !string.IsNullOrEmpty(request.QueryParameter("force")); // Any value is true, "false" included.
        if (!execution.IsFinished && !force)
        {
            throw MistralErrors.ClientError(403,
                $"Only completed executions can be deleted. Use --force to override this. Execution {execution.Id} is in {execution.State} state");
        }
        _store.Remove(execution);
        execution.State = "CANCELLED"; // The scheduled steps check the state and then do nothing.
        return Response.NoContent();
    }

    private Execution Find(Token caller, string id) =>
        _store.Find(caller, id) ?? throw MistralErrors.ClientError(404, $"WorkflowExecution not found [id={id}]");
}
