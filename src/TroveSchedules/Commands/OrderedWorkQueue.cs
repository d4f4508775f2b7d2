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

    /// <summary>Begins the work for an item, when there is room for it.</summary>
    /// <param name="item">The item.</param>
    /// <param name="begin">Looks up what is needed. Its result decides, on the caller's thread, and begins the change; it gives null where there is nothing to change.</param>
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
        // A refusal that needed no request is reported at once, before the caller finds a fault in the next item.
        if (limit == 1 || lookup.IsFaulted)
            Finish();
    }

    /// <summary>Finishes the work for all items.</summary>
    public void Finish()
    {
        while (Advance())
            WaitForAny(Running);
    }

    /// <summary>Finishes the changes that have begun, and abandons the items before their change.</summary>
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

    // Takes each item as far as it goes without waiting. True while there is work in progress.
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
                FinishNextChange(); // Their outcomes come first.
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

/// <summary>What came of the work for one item.</summary>
/// <param name="Item">The item.</param>
/// <param name="IsChanged">Whether a change was made.</param>
/// <param name="Result">The result to write; null for none.</param>
/// <param name="Error">Why it failed; null where it did not.</param>
internal readonly record struct WorkOutcome(object? Item, bool IsChanged, object? Result, TroveScheduleException? Error);
