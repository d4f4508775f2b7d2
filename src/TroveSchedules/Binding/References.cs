using System;
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;

namespace TroveSchedules.Binding;

/// <summary>A schedule, or the id of one.</summary>
public sealed class ScheduleReference
{
    internal ScheduleReference(string id, BackupSchedule? schedule)
    {
        Id = id;
        Schedule = schedule;
    }

    /// <summary>The schedule's id.</summary>
    public string Id { get; }

    /// <summary>The schedule itself; null where only its id was given.</summary>
    public BackupSchedule? Schedule { get; }

    /// <summary>The schedule's id.</summary>
    public override string ToString() => Id;
}

/// <summary>An execution, or the id of one.</summary>
public sealed class ExecutionReference
{
    internal ExecutionReference(string id, ScheduleExecution? execution)
    {
        Id = id;
        Execution = execution;
    }

    /// <summary>The execution's id.</summary>
    public string Id { get; }

    /// <summary>The execution itself; null where only its id was given.</summary>
    public ScheduleExecution? Execution { get; }

    /// <summary>The execution's id.</summary>
    public override string ToString() => Id;
}

/// <summary>
/// Lets a parameter take one kind of object, or its id as text, and nothing else: PowerShell on its own would make text of anything, so that
/// a schedule piped to a cmdlet for executions would be taken for an id.
/// </summary>
public abstract class ReferenceAttribute : ArgumentTransformationAttribute
{
    private readonly string _noun;

    private protected ReferenceAttribute(string noun) => _noun = noun;

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? input = Bare(inputData);
        if (input is not IEnumerable several || input is string)
            return One(input);
        var all = new List<object>();
        foreach (object? item in several)
            all.Add(One(Bare(item)));
        return all.ToArray();
    }

    private protected abstract object? Convert(object input);

    private static object? Bare(object? input) => input is PSObject wrapped ? wrapped.BaseObject : input;

    private object One(object? input) =>
        input is not null && Convert(input is Guid id ? id.ToString() : input) is { } reference
            ? reference
            : throw new ArgumentTransformationMetadataException(
                $"This takes {_noun} or its id, not {(input is null ? "null" : $"the {input.GetType().Name} '{input}'")}.",
                // With this cause PowerShell goes on to look at the object's properties: a line of a CSV file has the reference in one of them.
                input is PSCustomObject ? new PSInvalidCastException() : null);
}

/// <summary>Takes an instance, its id or its name; gives its id or name.</summary>
public sealed class InstanceReferenceAttribute() : ReferenceAttribute("an instance, its name")
{
    private protected override object? Convert(object input) => input switch
    {
        string nameOrId => nameOrId,
        Instance instance => instance.Id,
        _ => null,
    };
}

/// <summary>Takes a schedule or its id; gives a <see cref="ScheduleReference"/>.</summary>
public sealed class ScheduleReferenceAttribute() : ReferenceAttribute("a schedule")
{
    private protected override object? Convert(object input) => input switch
    {
        string { Length: > 0 } id => new ScheduleReference(id, null),
        BackupSchedule schedule => new ScheduleReference(schedule.Id, schedule),
        ScheduleReference reference => reference,
        _ => null,
    };
}

/// <summary>Takes an execution or its id; gives an <see cref="ExecutionReference"/>.</summary>
public sealed class ExecutionReferenceAttribute() : ReferenceAttribute("an execution")
{
    private protected override object? Convert(object input) => input switch
    {
        string { Length: > 0 } id => new ExecutionReference(id, null),
        ScheduleExecution execution => new ExecutionReference(execution.Id, execution),
        ExecutionReference reference => reference,
        _ => null,
    };
}

/// <summary>Takes a backup, an execution that made one, or a backup's id; gives the backup's id.</summary>
public sealed class BackupReferenceAttribute() : ReferenceAttribute("a backup, an execution")
{
    private protected override object? Convert(object input) => input switch
    {
        string { Length: > 0 } id => id,
        Backup backup => backup.Id,
        ScheduleExecution { BackupId: { } backup } => backup,
        ScheduleExecution execution => throw new ArgumentTransformationMetadataException(
            $"The execution '{execution.Id}' tells of no backup; its state is {execution.State}."),
        _ => null,
    };
}
