using System;
using System.Collections.Generic;
using System.Linq;
using TroveSchedules.Sandbox.Keystone;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary>
/// <c>/v2/executions</c>, <c>/v2/tasks</c> and <c>/v2/action_executions</c>, and what runs them: one task after the other, with whatever they publish. The rows are
/// kept by their descriptions, of which a trigger has one for all its runs: so the history of one among many is found without looking at the others.
/// </summary>
internal sealed class Executions
{
    // From the start to the action's call, and so to the end: Trove accepts at once.
    private static readonly TimeSpan RunTime = TimeSpan.FromSeconds(0.3);

    private static readonly string[] Attributes =
    [
        "id", "workflow_id", "workflow_name", "workflow_namespace", "description", "tags", "params", "task_execution_id", "root_execution_id", "source_execution_id",
        "state", "state_info", "input", "output", "created_at", "updated_at", "project_id", "published_global",
    ];

    private readonly Agenda _agenda;
    private readonly Ids _ids;
    private readonly Workflows _workflows;
    private readonly Actions _actions;
    private readonly string _server;
    private readonly Resource<Execution> _resource;
    private readonly Resource<TaskRun> _tasks;
    private readonly Resource<TaskRun> _runs;
    private readonly Dictionary<string, Execution> _byId = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<Execution>> _byDescription = new(StringComparer.Ordinal);

    public Executions(Agenda agenda, Ids ids, Workflows workflows, Actions actions, string server)
    {
        _agenda = agenda;
        _ids = ids;
        _workflows = workflows;
        _actions = actions;
        _server = server;
        _resource = new Resource<Execution>
        {
            Name = "executions",
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
            Rows = Rows,
        };
        _tasks = new Resource<TaskRun>
        {
            Name = "tasks",
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
        _runs = new Resource<TaskRun>
        {
            Name = "action_executions",
            Columns =
            [
                new("id", ColumnKind.Id, run => run.ActionId),
                new("workflow_name", ColumnKind.Text, run => run.Execution.WorkflowName),
                new("workflow_namespace", ColumnKind.Text, _ => ""),
                new("task_name", ColumnKind.Text, run => run.Name),
                new("task_execution_id", ColumnKind.Id, run => run.Id),
                new("state", ColumnKind.Text, run => run.State),
                new("state_info", ColumnKind.Text, _ => null),
                new("tags", ColumnKind.Shown, _ => null),
                new("name", ColumnKind.Text, run => run.Action),
                new("description", ColumnKind.Text, _ => ""),
                new("project_id", ColumnKind.Id, run => run.Execution.ProjectId),
                new("accepted", ColumnKind.Shown, _ => true),
                new("input", ColumnKind.Json, run => run.Input),
                new("output", ColumnKind.Json, run => run.Output),
                new("created_at", ColumnKind.Time, run => run.At),
                new("updated_at", ColumnKind.Time, run => run.At),
            ],
            Filters = ["created_at", "name", "updated_at", "workflow_name", "task_name", "task_execution_id", "state", "state_info", "input", "output", "description"],
            Switches = ["include_output"],
            OnRequest = ["output"],
            Find = FindAction,
            Rows = AllTasks,
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
                return _resource.List(ask, caller, !string.IsNullOrEmpty(ask.Parameter("include_output")), _server);
            case ("GET", _, "tasks"):
                return Wire.Answer.Json(200, new JsonMap
                {
                    { "tasks", AllTasks(caller).Where(task => task.Execution.Id == id).Select(task => _tasks.View(task)).ToList<object?>() },
                });
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

    public Answer AnswerTasks(Ask ask, Token caller, string? id, string? below) => (ask.Method, id, below) switch
    {
        ("GET", null, _) => _tasks.List(ask, caller, false, _server),
        ("GET", _, null) => Wire.Answer.Json(200, _tasks.View(FindTask(caller, id), everything: true)),
        ("GET", _, _) => Wire.Answer.Json(200, new JsonMap { { "action_executions", AllTasks(caller).Where(task => task.Id == id).Select(task => _runs.View(task)).ToList<object?>() } }),
        _ => MistralFault.NoSuchMethod(ask, "GET, PUT"),
    };

    public Answer AnswerActions(Ask ask, Token caller, string? id) => (ask.Method, id) switch
    {
        ("GET", null) => _runs.List(ask, caller, !string.IsNullOrEmpty(ask.Parameter("include_output")), _server),
        ("GET", _) => Wire.Answer.Json(200, _runs.View(FindAction(caller, id), everything: true)),
        _ => MistralFault.NoSuchMethod(ask, "DELETE, GET, POST, PUT"),
    };

    /// <summary>Starts a workflow.</summary>
    /// <param name="workflow">The workflow, which takes the input.</param>
    /// <param name="input">The input without the defaults, which the engine adds.</param>
    /// <param name="description">Any text.</param>
    /// <param name="parameters">The workflow's parameters.</param>
    /// <param name="projectId">Whose it is.</param>
    /// <param name="id">Its id; null for a new one.</param>
    /// <param name="end">What to do when it has ended; null for nothing.</param>
    public Execution Start(WorkflowDefinition workflow, JsonMap input, string description, JsonMap parameters, string? projectId, string? id, Action? end = null)
    {
        if (!parameters.Has("namespace"))
            parameters.Add("namespace", "");
        if (!parameters.Has("env"))
            parameters.Add("env", new JsonMap());
        var execution = new Execution
        {
            Id = id ?? _ids.Uuid(),
            WorkflowId = workflow.Id,
            WorkflowName = workflow.Name,
            Description = description,
            Params = Python.Json(parameters),
            Input = Python.Json(workflow.Spec.Complete(input)),
            ProjectId = projectId,
            CreatedAt = _agenda.Second,
            UpdatedAt = _agenda.Second,
        };
        Add(execution);
        _agenda.After(RunTime, () => Run(execution, workflow.Spec, end));
        return execution;
    }

    /// <summary>Writes executions that ended long ago.</summary>
    public void Seed(CronTrigger trigger, int count, int own, TimeSpan span, int errors)
    {
        WorkflowSpec spec = _workflows.All.Find(workflow => workflow.Id == trigger.WorkflowId)!.Spec;
        JsonMap input = spec.Complete((JsonMap)Python.Parse(trigger.Input)!);
        string instance = Python.Str(input["instance"]), ownInput = Python.Json(input), cause = trigger.Cause;
        (string Cause, string Input)[] rest =
        [
            .. Enumerable.Range(0, 100).Select(n =>
            {
                string name = _ids.Uuid();
                JsonMap other = input.Copy();
                other["instance"] = name;
                other["name"] = "b" + n;
                return (CronTrigger.CauseOf(_ids.Uuid(), name), Python.Json(other));
            }),
        ];
        string good = Python.Json(new JsonMap { { "status", "Backup complete" } });
        long step = span.Ticks / Math.Max(count, 1);
        int mine = 0, others = 0;
        for (int n = 0; n < count; n++)
        {
            DateTime at = Whole(_agenda.Now.AddTicks(-(count - n) * step));
            bool isMine = Shares(n, own, count);
            int number = isMine ? mine++ : others++;
            (string description, string given) = isMine ? (cause, ownInput) : rest[number % rest.Length];
            string? reason = Shares(number, errors, 100) ? Reason("backup_create", _ids.Uuid(), _ids.Uuid(), $"TroveAction.backups.create failed: Instance {instance} is not ready. (HTTP 422)").Long : null;
            Add(new Execution
            {
                Id = _ids.Uuid(),
                WorkflowId = trigger.WorkflowId,
                WorkflowName = trigger.WorkflowName,
                Description = description,
                Params = "{\"namespace\": \"\", \"env\": {}}",
                Input = given,
                ProjectId = trigger.ProjectId,
                CreatedAt = at,
                UpdatedAt = at.AddSeconds(1),
                State = reason is null ? "SUCCESS" : "ERROR",
                StateInfo = reason,
                Output = reason is null ? good : Python.Json(new JsonMap { { "result", reason } }),
            });
        }

        static bool Shares(int n, int part, int whole) => (long)(n + 1) * part / whole > (long)n * part / whole;
    }

    private static DateTime Whole(DateTime time) => new(time.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, DateTimeKind.Utc);

    private void Run(Execution execution, WorkflowSpec spec, Action? end)
    {
        if (execution.State == "PAUSED")
        {
            execution.Resume = () => Run(execution, spec, end);
            return;
        }
        if (execution.State == "RUNNING")
            Run(execution, spec);
        end?.Invoke();
    }

    private void Run(Execution execution, WorkflowSpec spec)
    {
        var data = (JsonMap)Python.Parse(execution.Input)!;
        string? failure = null;
        foreach (TaskSpec task in spec.Tasks)
        {
            var run = new TaskRun { Id = _ids.Uuid(), ActionId = _ids.Uuid(), Name = task.Name, Action = task.Action, Execution = execution, At = _agenda.Second };
            execution.Ran(run);
            try
            {
                var input = (JsonMap)Yaql.Evaluate(task.Input, data, null)!;
                run.Input = Python.Json(input);
                object? result = _actions.Run(task.Action, input, execution.ProjectId);
                var published = (JsonMap)Yaql.Evaluate(task.Publish, data, result)!;
                run.Result = Python.Json(result);
                run.Output = Python.Json(new JsonMap { { "result", result } });
                run.Published = Python.Json(published);
                foreach (KeyValuePair<string, object?> member in published)
                    data[member.Key] = member.Value;
            }
            catch (Exception e) when (e is ActionException or YaqlException)
            {
                (string @short, failure) = Reason(task.Name, run.Id, run.ActionId, e.Message);
                run.State = "ERROR";
                run.StateInfo = @short;
                run.Result = Python.Json(@short);
                run.Output = Python.Json(new JsonMap { { "result", @short } });
                break;
            }
        }
        JsonMap? output = null;
        if (failure is null)
        {
            try
            {
                output = spec.Output is null ? data : (JsonMap)Yaql.Evaluate(spec.Output, data, null)!;
            }
            catch (YaqlException e)
            {
                failure = e.Message;
            }
        }
        Finish(execution, failure is null ? "SUCCESS" : "ERROR", failure, output);
    }

    private void Finish(Execution execution, string state, string? why, JsonMap? output)
    {
        execution.State = state;
        execution.StateInfo = why;
        execution.Output = Python.Json(output ?? new JsonMap { { "result", why } });
        execution.UpdatedAt = _agenda.Second;
    }

    private (string Short, string Long) Reason(string task, string taskId, string actionId, string message)
    {
        string words = $"The action raised an exception [action=<trove_actions.BackupsCreate object at {_ids.Address()}>, action_ex_id={actionId}, msg={Python.Repr(message)}]";
        return (words, $"Failure caused by error in tasks: {task}\n\n  {task} [task_ex_id={taskId}] -> {words}\n    [action_ex_id={actionId}, idx=0]: {words}\n");
    }

    private Answer Create(Ask ask, Token caller)
    {
        JsonMap body = RequestBody.Read(ask, "wf_ex", Attributes);
        JsonMap input = RequestBody.Json(body, "input", "wf_ex") ?? [];
        JsonMap parameters = RequestBody.Json(body, "params", "wf_ex")?.Copy() ?? [];
        if (body.Text("id") is { } known && _byId.TryGetValue(known, out Execution? there) && Sees(caller, there))
            return Wire.Answer.Json(201, _resource.View(there, everything: true));
        string name = body.Text("workflow_id") ?? body.Text("workflow_name")
            ?? throw MistralFault.Client(400, "Workflow ID or workflow name must be provided. Workflow ID is recommended.");
        WorkflowDefinition workflow = _workflows.FindVisible(caller.ProjectId, name) ?? throw MistralFault.Server("DBEntityNotFoundError: 404: " + Workflows.NotFound(name));
        if (workflow.Spec.Misfit(input) is { } misfit)
            throw MistralFault.Client(400, misfit);
        Execution made = Start(workflow, input, body.Text("description") ?? "", parameters, caller.ProjectId, body.Text("id"));
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
            Remove(execution);
            execution.Description = description;
            execution.UpdatedAt = _agenda.Second;
            Add(execution);
            var told = new JsonMap();
            foreach (KeyValuePair<string, object?> member in _resource.View(execution))
            {
                if (member.Key is not ("params" or "input"))
                    told.Add(member.Key, member.Value);
            }
            return Wire.Answer.Json(200, told);
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
                {
                    execution.State = state;
                    execution.UpdatedAt = _agenda.Second;
                    if (execution.Resume is { } resume)
                        _agenda.After(RunTime, resume);
                }
                break;
            case "SUCCESS" or "ERROR" or "CANCELLED":
                if (!execution.IsFinished)
                    Finish(execution, state, body.Text("state_info"), state == "SUCCESS" ? [] : null);
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
        Remove(execution);
        execution.State = "CANCELLED"; // What is still put down for it finds that.
        return Wire.Answer.NoContent();
    }

    private static bool Sees(Token caller, Execution execution) => caller.IsAdmin || execution.ProjectId == caller.ProjectId;

    private Execution Find(Token caller, string id) =>
        _byId.TryGetValue(id, out Execution? found) && Sees(caller, found) ? found : throw MistralFault.Client(404, $"WorkflowExecution not found [id={id}]");

    private TaskRun FindTask(Token caller, string id) =>
        AllTasks(caller).FirstOrDefault(task => task.Id == id) ?? throw MistralFault.Client(404, $"Task execution not found [id={id}]");

    private TaskRun FindAction(Token caller, string id) =>
        AllTasks(caller).FirstOrDefault(task => task.ActionId == id) ?? throw MistralFault.Client(404, $"ActionExecution not found [id={id}]");

    private IEnumerable<TaskRun> AllTasks(Token caller) => _byId.Values.Where(execution => Sees(caller, execution)).SelectMany(execution => execution.Tasks);

    private IEnumerable<TaskRun> AllTasks(ListQuery<TaskRun> query) =>
        _byId.Values.Where(execution => query.Sees(execution.ProjectId, "private")).SelectMany(execution => execution.Tasks);

    private IEnumerable<Execution> Rows(ListQuery<Execution> query)
    {
        List<Filter<Execution>> described = [.. query.Filters.Where(filter => filter.Column.Name == "description")];
        bool byTime = query.SortedBy == "created_at";
        foreach (KeyValuePair<string, List<Execution>> group in _byDescription)
        {
            if (!described.TrueForAll(filter => filter.Matches(group.Key)))
                continue;
            List<Execution> rows = group.Value;
            int step = query.Descending ? -1 : 1;
            int from = query.Descending ? rows.Count - 1 : 0;
            if (byTime && query.After is { } after)
                from = query.Descending ? Later(rows, after.CreatedAt) - 1 : NotEarlier(rows, after.CreatedAt);
            for (int i = from; i >= 0 && i < rows.Count; i += step)
            {
                if (byTime && query.IsBeyond(rows[i]))
                    break;
                if (query.Sees(rows[i].ProjectId, "private"))
                    yield return rows[i];
            }
        }
    }

    // Each group lies in the order of its times.
    private void Add(Execution execution)
    {
        _byId[execution.Id] = execution;
        if (!_byDescription.TryGetValue(execution.Description, out List<Execution>? group))
            _byDescription.Add(execution.Description, group = []);
        group.Insert(Later(group, execution.CreatedAt), execution);
    }

    private void Remove(Execution execution)
    {
        _byId.Remove(execution.Id);
        List<Execution> group = _byDescription[execution.Description];
        group.RemoveAt(group.IndexOf(execution, NotEarlier(group, execution.CreatedAt)));
        if (group.Count == 0)
            _byDescription.Remove(execution.Description);
    }

    // Where in a group the rows of a time begin.
    private static int NotEarlier(List<Execution> group, DateTime time) => Place(group, row => row.CreatedAt < time);

    // Where in a group the rows of a time end.
    private static int Later(List<Execution> group, DateTime time) => Place(group, row => row.CreatedAt <= time);

    private static int Place(List<Execution> group, Func<Execution, bool> isBefore)
    {
        int low = 0, high = group.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (isBefore(group[middle]))
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}

/// <summary>A run of a workflow.</summary>
internal sealed class Execution
{
    public required string Id { get; init; }
    public required string WorkflowId { get; init; }
    public required string WorkflowName { get; init; }
    public required string Description { get; set; }
    public required string Params { get; init; }
    public required string Input { get; init; }
    public required string? ProjectId { get; init; }
    public required DateTime CreatedAt { get; init; }
    public required DateTime UpdatedAt { get; set; }
    public string State { get; set; } = "RUNNING";
    public string? StateInfo { get; set; }
    public string Output { get; set; } = "{}";
    public IReadOnlyList<TaskRun> Tasks => (IReadOnlyList<TaskRun>?)_tasks ?? [];

    /// <summary>What goes on when a pause ends; null where the pause came to nothing.</summary>
    public Action? Resume { get; set; }

    public bool IsFinished => State is "SUCCESS" or "ERROR" or "CANCELLED";

    public void Ran(TaskRun task) => (_tasks ??= []).Add(task);

    private List<TaskRun>? _tasks;
}

/// <summary>A task of a run, and the one action that it called.</summary>
internal sealed class TaskRun
{
    public required string Id { get; init; }
    public required string ActionId { get; init; }
    public required string Name { get; init; }
    public required string Action { get; init; }
    public required Execution Execution { get; init; }
    public required DateTime At { get; init; }
    public string State { get; set; } = "SUCCESS";
    public string? StateInfo { get; set; }
    public string Input { get; set; } = "{}";
    public string Output { get; set; } = "{}";
    public string? Result { get; set; }
    public string Published { get; set; } = "{}";
}
