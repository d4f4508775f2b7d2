using System.Collections.Generic;
using System.Linq;
using TroveSchedules.Sandbox.Keystone;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary><c>/v2/tasks</c> and <c>/v2/action_executions</c>. Each task calls one action, so both use the same row.</summary>
internal sealed class TasksResource
{
    private readonly ExecutionStore _store;
    private readonly ResourceTable<TaskExecution> _tasks;
    private readonly ResourceTable<TaskExecution> _actionExecutions;

    public TasksResource(ExecutionStore store, string server)
    {
        _store = store;
        _tasks = new ResourceTable<TaskExecution>
        {
            Name = "tasks",
            Server = server,
            Columns =
            [
                new("id", ColumnKind.Id, task => task.Id),
                new("name", ColumnKind.Text, task => task.Name),
                new("type", ColumnKind.Text, _ => "ACTION"),
                new("workflow_name", ColumnKind.Text, task => task.Execution.WorkflowName),
                new("workflow_namespace", ColumnKind.Text, _ => ""),
                new("workflow_id", ColumnKind.Id, task => task.Execution.WorkflowId),
                new("workflow_execution_id", ColumnKind.Id, task => task.Execution.Id),
                new("tags", ColumnKind.DisplayOnly, _ => new List<object?>()),
                new("state", ColumnKind.Text, task => task.State),
                new("state_info", ColumnKind.Text, task => task.StateInfo),
                new("project_id", ColumnKind.Id, task => task.Execution.ProjectId),
                new("runtime_context", ColumnKind.Json, _ => "{}"),
                new("result", ColumnKind.Json, task => task.Result),
                new("published", ColumnKind.Json, task => task.Published),
                new("processed", ColumnKind.DisplayOnly, _ => true),
                new("created_at", ColumnKind.Time, task => task.Time),
                new("updated_at", ColumnKind.Time, task => task.Time),
                new("started_at", ColumnKind.Time, task => task.Time),
                new("finished_at", ColumnKind.Time, task => task.Time),
            ],
            Filters = ["created_at", "workflow_name", "workflow_id", "state", "state_info", "updated_at", "name", "workflow_execution_id"],
            FlagParameters = ["all_projects"],
            OptionalColumns = ["result"],
            FindMarker = FindTask,
            Rows = VisibleTasks,
        };
        _actionExecutions = new ResourceTable<TaskExecution>
        {
            Name = "action_executions",
            Server = server,
            Columns =
            [
                new("id", ColumnKind.Id, task => task.ActionExecutionId),
                new("workflow_name", ColumnKind.Text, task => task.Execution.WorkflowName),
                new("workflow_namespace", ColumnKind.Text, _ => ""),
                new("task_name", ColumnKind.Text, task => task.Name),
                new("task_execution_id", ColumnKind.Id, task => task.Id),
                new("state", ColumnKind.Text, task => task.State),
                new("state_info", ColumnKind.Text, _ => null),
                new("tags", ColumnKind.DisplayOnly, _ => null),
                new("name", ColumnKind.Text, task => task.Action),
                new("description", ColumnKind.Text, _ => ""),
                new("project_id", ColumnKind.Id, task => task.Execution.ProjectId),
                new("accepted", ColumnKind.DisplayOnly, _ => true),
                new("input", ColumnKind.Json, task => task.Input),
                new("output", ColumnKind.Json, task => task.Output),
                new("created_at", ColumnKind.Time, task => task.Time),
                new("updated_at", ColumnKind.Time, task => task.Time),
            ],
            Filters = ["created_at", "name", "updated_at", "workflow_name", "task_name", "task_execution_id", "state", "state_info", "input", "output", "description"],
            FlagParameters = ["include_output"],
            OptionalColumns = ["output"],
            FindMarker = FindActionExecution,
            Rows = VisibleTasks,
        };
    }

    /// <summary><c>/v2/executions/ID/tasks</c>.</summary>
    public Response ListForExecution(Token caller, string executionId) => Response.Json(200, new JsonMap
    {
        { "tasks", VisibleTasks(caller).Where(task => task.Execution.Id == executionId).Select(task => _tasks.ToJson(task)).ToList<object?>() },
    });

    public Response Handle(Request request, Token caller, string? id, string? subresource) => (request.Method, id, subresource) switch
    {
        ("GET", null, _) => _tasks.List(request, caller),
        ("GET", _, null) => Response.Json(200, _tasks.ToJson(FindTask(caller, id), allColumns: true)),
        ("GET", _, _) => Response.Json(200, new JsonMap
        {
            { "action_executions", VisibleTasks(caller).Where(task => task.Id == id).Select(task => _actionExecutions.ToJson(task)).ToList<object?>() },
        }),
        _ => MistralErrors.MethodNotAllowed(request, "GET, PUT"),
    };

    public Response HandleActionExecutions(Request request, Token caller, string? id) => (request.Method, id) switch
    {
        ("GET", null) => _actionExecutions.List(request, caller, !string.IsNullOrEmpty(request.QueryParameter("include_output"))),
        ("GET", _) => Response.Json(200, _actionExecutions.ToJson(FindActionExecution(caller, id), allColumns: true)),
        _ => MistralErrors.MethodNotAllowed(request, "DELETE, GET, POST, PUT"),
    };

    private TaskExecution FindTask(Token caller, string id) =>
        VisibleTasks(caller).FirstOrDefault(task => task.Id == id) ?? throw MistralErrors.ClientError(404, $"Task execution not found [id={id}]");

    private TaskExecution FindActionExecution(Token caller, string id) =>
        VisibleTasks(caller).FirstOrDefault(task => task.ActionExecutionId == id) ?? throw MistralErrors.ClientError(404, $"ActionExecution not found [id={id}]");

    private IEnumerable<TaskExecution> VisibleTasks(Token caller) => _store.All.Where(execution => execution.IsVisibleTo(caller)).SelectMany(execution => execution.Tasks);

    private IEnumerable<TaskExecution> VisibleTasks(ListQuery<TaskExecution> query) =>
        _store.All.Where(query.Includes).SelectMany(execution => execution.Tasks);
}
