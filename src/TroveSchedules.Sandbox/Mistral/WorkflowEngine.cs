using System;
using System.Collections.Generic;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary>Executes workflows. The tasks run one after the other. Each task can use the input and the values that earlier tasks published.</summary>
internal sealed class WorkflowEngine(Scheduler scheduler, IdGenerator ids, ActionsResource actions, ExecutionStore store)
{
    // The time from the start to the first action. Trove responds immediately, so the execution also ends at that time.
    private static readonly TimeSpan RunTime = TimeSpan.FromSeconds(0.3);

    /// <summary>Starts a workflow.</summary>
    /// <param name="workflow">The workflow. It must accept the input.</param>
    /// <param name="input">The input, without defaults.</param>
    /// <param name="description">Any text.</param>
    /// <param name="parameters">The workflow's parameters.</param>
    /// <param name="projectId">The project that owns the execution.</param>
    /// <param name="id">Its id; null for a new one.</param>
    /// <param name="onEnd">Called when the execution has ended; may be null.</param>
    public Execution Start(WorkflowDefinition workflow, JsonMap input, string description, JsonMap parameters, string? projectId, string? id, Action? onEnd = null)
    {
        if (!parameters.ContainsKey("namespace"))
            parameters.Add("namespace", "");
        if (!parameters.ContainsKey("env"))
            parameters.Add("env", new JsonMap());
        var execution = new Execution
        {
            Id = id ?? ids.Uuid(),
            WorkflowId = workflow.Id,
            WorkflowName = workflow.Name,
            Description = description,
            Params = Python.Json(parameters),
            Input = Python.Json(workflow.Spec.WithDefaults(input)),
            ProjectId = projectId,
            CreatedAt = scheduler.NowInSeconds,
            UpdatedAt = scheduler.NowInSeconds,
        };
        store.Add(execution);
        scheduler.ScheduleAfter(RunTime, () => Run(execution, workflow.Spec, onEnd));
        return execution;
    }

    /// <summary>Continues a paused execution.</summary>
    public void Resume(Execution execution)
    {
        execution.State = "RUNNING";
        execution.UpdatedAt = scheduler.NowInSeconds;
        if (execution.Resume is { } resume)
            scheduler.ScheduleAfter(RunTime, resume);
    }

    private void Run(Execution execution, WorkflowSpec spec, Action? onEnd)
    {
        if (execution.State == "PAUSED")
        {
            execution.Resume = () => Run(execution, spec, onEnd);
            return;
        }
        if (execution.State == "RUNNING")
            RunTasks(execution, spec);
        onEnd?.Invoke();
    }

    private void RunTasks(Execution execution, WorkflowSpec spec)
    {
        var data = (JsonMap)Python.Parse(execution.Input)!;
        string? failure = null;
        foreach (TaskSpec task in spec.Tasks)
        {
            var running = new TaskExecution { Id = ids.Uuid(), ActionExecutionId = ids.Uuid(), Name = task.Name, Action = task.Action, Execution = execution, Time = scheduler.NowInSeconds };
            execution.Add(running);
            try
            {
                var input = (JsonMap)Yaql.Evaluate(task.Input, data, null)!;
                running.Input = Python.Json(input);
                object? result = actions.Execute(task.Action, input, execution.ProjectId);
                var published = (JsonMap)Yaql.Evaluate(task.Publish, data, result)!;
                running.Result = Python.Json(result);
                running.Output = Python.Json(new JsonMap { { "result", result } });
                running.Published = Python.Json(published);
                foreach (KeyValuePair<string, object?> member in published)
                    data[member.Key] = member.Value;
            }
            catch (Exception e) when (e is ActionException or YaqlException)
            {
                (string @short, failure) = FailureReason(ids, task.Name, running.Id, running.ActionExecutionId, e.Message);
                running.State = "ERROR";
                running.StateInfo = @short;
                running.Result = Python.Json(@short);
                running.Output = Python.Json(new JsonMap { { "result", @short } });
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

    /// <summary>Ends an execution.</summary>
    /// <param name="execution">The execution.</param>
    /// <param name="state">SUCCESS, ERROR or CANCELLED.</param>
    /// <param name="reason">The reason of a failure; null if it did not fail.</param>
    /// <param name="output">Its output; null for an output that contains the reason.</param>
    public void Finish(Execution execution, string state, string? reason, JsonMap? output)
    {
        execution.State = state;
        execution.StateInfo = reason;
        execution.Output = Python.Json(output ?? new JsonMap { { "result", reason } });
        execution.UpdatedAt = scheduler.NowInSeconds;
    }

    /// <summary>Mistral's messages about a failed action: for its task, and for the whole execution.</summary>
    public static (string Short, string Long) FailureReason(IdGenerator ids, string task, string taskId, string actionId, string message)
    {
        string reason = $"The action raised an exception [action=<trove_actions.BackupsCreate object at {ids.MemoryAddress()}>, action_ex_id={actionId}, msg='{message}']";
        return (reason, $"Failure caused by error in tasks: {task}\n\n  {task} [task_ex_id={taskId}] -> {reason}\n    [action_ex_id={actionId}, idx=0]: {reason}\n");
    }
}
