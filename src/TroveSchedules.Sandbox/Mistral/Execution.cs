using System;
using System.Collections.Generic;
using TroveSchedules.Sandbox.Keystone;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary>One execution of a workflow.</summary>
internal sealed class Execution : IProjectRow
{
    private List<TaskExecution>? _tasks; // Null until the first task, which saves memory for seeded histories without tasks.

    public required string Id { get; init; }
    public required string WorkflowId { get; init; }
    public required string WorkflowName { get; init; }
    public required string Description { get; set; }
    public required string Params { get; init; }
    public required string Input { get; init; }
    public required string? ProjectId { get; init; }
    public string Scope => "private";
    public required DateTime CreatedAt { get; init; }
    public required DateTime UpdatedAt { get; set; }
    public string State { get; set; } = "RUNNING";
    public string? StateInfo { get; set; }
    public string Output { get; set; } = "{}";
    public IReadOnlyList<TaskExecution> Tasks => (IReadOnlyList<TaskExecution>?)_tasks ?? [];

    /// <summary>The step that continues a paused execution; null if there is none.</summary>
    public Action? Resume { get; set; }

    public bool IsFinished => State is "SUCCESS" or "ERROR" or "CANCELLED";

    public bool IsVisibleTo(Token caller) => caller.IsAdmin || ProjectId == caller.ProjectId;

    public void Add(TaskExecution task) => (_tasks ??= []).Add(task);
}

/// <summary>One execution of a task and of its only action.</summary>
internal sealed class TaskExecution
{
    public required string Id { get; init; }
    public required string ActionExecutionId { get; init; }
    public required string Name { get; init; }
    public required string Action { get; init; }
    public required Execution Execution { get; init; }
    public required DateTime Time { get; init; }
    public string State { get; set; } = "SUCCESS";
    public string? StateInfo { get; set; }
    public string Input { get; set; } = "{}";
    public string Output { get; set; } = "{}";
    public string? Result { get; set; }
    public string Published { get; set; } = "{}";
}
