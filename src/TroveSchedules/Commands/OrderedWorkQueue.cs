using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;

namespace TroveSchedules.Commands;

/// <summary>
/// Does work for each of many items, a few at a time, and reports the outcomes in the order of the items. The work of an item has up to three steps: a lookup, a decision on the caller's thread,
/// and a change. All methods are called on one thread.
/// </summary>
/// <param name="limit">Maximum number of lookups and changes that run at once. With 1, each item is finished before the next one begins.</param>
/// <param name="wait">Waits for a task, without throwing when it fails.</param>
/// <param name="report">Takes each outcome, in the order of the items.</param>
internal sealed class OrderedWorkQueue(int limit, Action<Task> wait, Action<WorkOutcome> report)
{
    // Also limits the outcomes that wait for an earlier item.
    private const int HeldPerRequest = 4;

    private readonly Queue<(object? Item, Task<Func<Task<object?>?>> Lookup)> _lookups = new();
    private readonly Queue<(object? Item, Task<object?> Change, bool IsChange)> _changes = new();

    private Task[] Running => [.. _lookups.Select(one => (Task)one.Lookup).Concat(_changes.Select(one => one.Change)).Where(task => !task.IsCompleted)];

    /// <summary>Starts the work for an item, once the queue has room.</summary>
    /// <param name="item">The item.</param>
    /// <param name="begin">Looks up what is needed. The function that it returns runs on the caller's thread and starts the change, or returns null if there is nothing to change.</param>
    public void Add(object? item, Func<Task<Func<Task<object?>?>>> begin)
    {
        Advance();
        while (Running is var running && (running.Length >= limit || _lookups.Count + _changes.Count >= limit * HeldPerRequest))
        {
            WaitForAny(running);
            Advance();
        }
        Task<Func<Task<object?>?>> lookup = begin();
        _lookups.Enqueue((item, lookup));
        Advance();
        // An error that needed no request is reported now, before the caller can find an error in the next item.
        if (limit == 1 || lookup.IsFaulted)
            Finish();
    }

    /// <summary>Finishes the work for all items.</summary>
    public void Finish()
    {
        while (Advance())
            WaitForAny(Running);
    }

    /// <summary>Finishes the changes in progress, and drops the items whose change has not started.</summary>
    public void FinishStarted()
    {
        _lookups.Clear();
        while (_changes.Count > 0)
            FinishNextChange();
    }

    private void WaitForAny(Task[] running)
    {
        if (running.Length > 0)
            wait(Task.WhenAny(running));
    }

    // Advances each item as far as possible without waiting. True while work is in progress.
    private bool Advance()
    {
        while (_lookups.Count > 0 && _lookups.Peek().Lookup.IsCompleted && Running.Length < limit)
            Decide();
        while (_changes.Count > 0 && _changes.Peek().Change.IsCompleted)
            FinishNextChange();
        return _lookups.Count + _changes.Count > 0;
    }

    private void Decide()
    {
        (object? item, Task<Func<Task<object?>?>> lookup) = _lookups.Dequeue();
        Task<object?>? change;
        try
        {
            change = lookup.GetAwaiter().GetResult()();
        }
        catch (TroveScheduleException e)
        {
            while (_changes.Count > 0)
                FinishNextChange(); // Outcomes are reported in the order of the items.
            report(new WorkOutcome(item, false, null, e));
            return;
        }
        _changes.Enqueue((item, change ?? Task.FromResult<object?>(null), change is not null));
    }

    private void FinishNextChange()
    {
        (object? item, Task<object?> change, bool isChange) = _changes.Dequeue();
        wait(change);
        object? result;
        try
        {
            result = change.GetAwaiter().GetResult();
        }
        catch (TroveScheduleException e)
        {
            report(new WorkOutcome(item, false, null, e));
            return;
        }
        report(new WorkOutcome(item, isChange, result, null));
    }
}

/// <summary>The outcome of the work for one item.</summary>
/// <param name="Item">The item.</param>
/// <param name="IsChanged">Whether a change was made.</param>
/// <param name="Result">The result to write; null for none.</param>
/// <param name="Error">The error; null on success.</param>
internal readonly record struct WorkOutcome(object? Item, bool IsChanged, object? Result, TroveScheduleException? Error);
