using System.Collections.Generic;
using System.Linq;
using TroveSchedules.Sandbox.Keystone;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary><c>/v2/tasks</c> and <c>/v2/action_executions</c>. Each task calls one action, so one row serves both.</summary>
internal sealed class Tasks
{
    private readonly ExecutionStore _store;
    private readonly Resource<TaskExecution> _tasks;
    private readonly Resource<TaskExecution> _actionExecutions;

    public Tasks(ExecutionStore store, string server)
    {
        _store = store;
        _tasks = new Resource<TaskExecution>
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
                new("tags", ColumnKind.Shown, _ => new List<object?>()),
                new("state", ColumnKind.Text, task => task.State),
                new("state_info", ColumnKind.Text, task => task.StateInfo),
                new("project_id", ColumnKind.Id, task => task.Execution.ProjectId),
                new("runtime_context", ColumnKind.Json, _ => "{}"),
                new("result", ColumnKind.Json, task => task.Result),
                new("published", ColumnKind.Json, task => task.Published),
                new("processed", ColumnKind.Shown, _ => true),
                new("created_at", ColumnKind.Time, task => task.At),
                new("updated_at", ColumnKind.Time, task => task.At),
                new("started_at", ColumnKind.Time, task => task.At),
                new("finished_at", ColumnKind.Time, task => task.At),
            ],
            Filters = ["created_at", "workflow_name", "workflow_id", "state", "state_info", "updated_at", "name", "workflow_execution_id"],
            Switches = ["all_projects"],
            OnRequest = ["result"],
            Find = FindTask,
            Rows = AllTasks,
        };
        _actionExecutions = new Resource<TaskExecution>
        {
            Name = "action_executions",
            Server = server,
            Columns =
            [
                new("id", ColumnKind.Id, task => task.ActionId),
                new("workflow_name", ColumnKind.Text, task => task.Execution.WorkflowName),
                new("workflow_namespace", ColumnKind.Text, _ => ""),
                new("task_name", ColumnKind.Text, task => task.Name),
                new("task_execution_id", ColumnKind.Id, task => task.Id),
                new("state", ColumnKind.Text, task => task.State),
                new("state_info", ColumnKind.Text, _ => null),
                new("tags", ColumnKind.Shown, _ => null),
                new("name", ColumnKind.Text, task => task.Action),
                new("description", ColumnKind.Text, _ => ""),
                new("project_id", ColumnKind.Id, task => task.Execution.ProjectId),
                new("accepted", ColumnKind.Shown, _ => true),
                new("input", ColumnKind.Json, task => task.Input),
                new("output", ColumnKind.Json, task => task.Output),
                new("created_at", ColumnKind.Time, task => task.At),
                new("updated_at", ColumnKind.Time, task => task.At),
            ],
            Filters = ["created_at", "name", "updated_at", "workflow_name", "task_name", "task_execution_id", "state", "state_info", "input", "output", "description"],
            Switches = ["include_output"],
            OnRequest = ["output"],
            Find = FindAction,
            Rows = AllTasks,
        };
    }

    /// <summary><c>/v2/executions/ID/tasks</c>.</summary>
    public Answer ListOf(Token caller, string executionId) => Wire.Answer.Json(200, new JsonMap
    {
        { "tasks", AllTasks(caller).Where(task => task.Execution.Id == executionId).Select(task => _tasks.View(task)).ToList<object?>() },
    });

    public Answer Answer(Ask ask, Token caller, string? id, string? below) => (ask.Method, id, below) switch
    {
        ("GET", null, _) => _tasks.List(ask, caller),
        ("GET", _, null) => Wire.Answer.Json(200, _tasks.View(FindTask(caller, id), everything: true)),
        ("GET", _, _) => Wire.Answer.Json(200, new JsonMap { { "action_executions", AllTasks(caller).Where(task => task.Id == id).Select(task => _actionExecutions.View(task)).ToList<object?>() } }),
        _ => MistralFault.NoSuchMethod(ask, "GET, PUT"),
    };

    public Answer AnswerActions(Ask ask, Token caller, string? id) => (ask.Method, id) switch
    {
        ("GET", null) => _actionExecutions.List(ask, caller, !string.IsNullOrEmpty(ask.Parameter("include_output"))),
        ("GET", _) => Wire.Answer.Json(200, _actionExecutions.View(FindAction(caller, id), everything: true)),
        _ => MistralFault.NoSuchMethod(ask, "DELETE, GET, POST, PUT"),
    };

    private TaskExecution FindTask(Token caller, string id) =>
        AllTasks(caller).FirstOrDefault(task => task.Id == id) ?? throw MistralFault.Client(404, $"Task execution not found [id={id}]");

    private TaskExecution FindAction(Token caller, string id) =>
        AllTasks(caller).FirstOrDefault(task => task.ActionId == id) ?? throw MistralFault.Client(404, $"ActionExecution not found [id={id}]");

    private IEnumerable<TaskExecution> AllTasks(Token caller) => _store.All.Where(execution => execution.IsVisibleTo(caller)).SelectMany(execution => execution.Tasks);

    private IEnumerable<TaskExecution> AllTasks(ListQuery<TaskExecution> query) =>
        _store.All.Where(query.Sees).SelectMany(execution => execution.Tasks);
}
