using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.Commands;

/// <summary>
/// The base of all cmdlets. It handles cancellation, waits for asynchronous work on the pipeline's thread, processes items with one error policy, and writes -Verbose, -Debug and the progress bar.
/// </summary>
public abstract class TroveCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PipelineMessageQueue _messages = new();
    private OrderedWorkQueue? _work;
    private CmdletStreams? _streams;

    /// <summary>Cancelled when the user presses Ctrl-C, or when a later cmdlet such as Select-Object -First stops the pipeline.</summary>
    private protected CancellationToken Cancelled => _stop.Token;

    // Created at first use: the parameters and preferences of the cmdlet are not known before.
    private CmdletStreams Streams => _streams ??= new CmdletStreams(this, _messages);

    private Progress? Progress => Streams.Progress;

    /// <summary>The target of an error that has no target of its own.</summary>
    internal virtual object? DefaultTarget => null;

    /// <summary>Maximum number of concurrent requests.</summary>
    private protected virtual int Concurrency => 1;

    /// <summary>Advice for an error that may result from the syntax of the command; null for none.</summary>
    internal virtual string? AdviceOn(TroveScheduleException error) => null;

    /// <summary>Whether the error would repeat for every further item, so that it ends the pipeline.</summary>
    internal virtual bool EndsPipeline(TroveScheduleException error) => error.Kind == TroveErrorKind.Unauthorized || error.ErrorId == "NotConnected";

    // Names in the cloud may contain control characters, or a second line that looks like another message.

    /// <summary>Writes a warning without control characters.</summary>
    internal new void WriteWarning(string text) => base.WriteWarning(TerminalText.SanitizeLine(text));

    /// <summary>Calls ShouldProcess with text without control characters.</summary>
    private protected new bool ShouldProcess(string target, string action) =>
        base.ShouldProcess(TerminalText.SanitizeLine(target), TerminalText.SanitizeLine(action));

    /// <summary>Writes a warning. May be called on any thread.</summary>
    private protected void Warn(string text) => _messages.Post(() => WriteWarning(text));

    /// <summary>Writes a warning. May be called on any thread. The task completes when the warning is written, and is cancelled if the user chooses to stop.</summary>
    private protected Task WarnAsync(string text) => _messages.PostAsync(() => WriteWarning(text));

    /// <summary>Writes a verbose line. If only -Debug is on, it writes a debug line, because -Debug makes WriteVerbose prompt each time.</summary>
    private protected void WriteDetail(string text)
    {
        text = TerminalText.SanitizeLine(text);
        if (this.IsOn("Verbose", "VerbosePreference"))
            WriteVerbose(text);
        else
            WriteDebug(text);
    }

    /// <summary>The given session, or else the session of the process. If there is none, the pipeline ends with an error.</summary>
    private protected TroveSession GetSession(TroveSession? given)
    {
        RunOrTerminate(() => given ??= Await(SharedSession.GetAsync(SessionState, WarnAsync, Cancelled)));
        return given!;
    }

    /// <summary>Runs a step. A failure ends the pipeline with an error.</summary>
    private protected void RunOrTerminate(Action step)
    {
        try
        {
            Run(step);
        }
        catch (TroveScheduleException e)
        {
            ThrowTerminatingError(ErrorRecords.From(e, DefaultTarget, MyInvocation.MyCommand));
        }
    }

    /// <summary>Waits for a task, and writes its messages in the meantime.</summary>
    private protected T Await<T>(Task<T> task)
    {
        Wait(task);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Waits for a task, and writes its messages in the meantime.</summary>
    private protected void Await(Task task)
    {
        Wait(task);
        task.GetAwaiter().GetResult();
    }

    /// <summary>Writes each row as it arrives.</summary>
    private protected void WriteAll<T>(IAsyncEnumerable<T> rows, Func<T, bool>? filter = null)
    {
        Progress?.CountRows(PagingParameters is { First: < int.MaxValue } paging ? (long)paging.First : null);
        IAsyncEnumerator<T> each = rows.GetAsyncEnumerator(Cancelled);
        try
        {
            while (HasNext(each.MoveNextAsync()))
            {
                if (filter is not null && !filter(each.Current))
                    continue;
                Write(each.Current);
                Progress?.RowDone();
            }
        }
        finally
        {
            each.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Writes results as they arrive. An error that <paramref name="write"/> throws concerns one result, and the others continue.</summary>
    /// <param name="results">The results.</param>
    /// <param name="total">Number of results.</param>
    /// <param name="write">Writes one result.</param>
    private protected void WriteEach<T>(IAsyncEnumerable<T> results, int total, Action<T> write)
    {
        Progress?.CountResults(total, "ended");
        Run(() =>
        {
            IAsyncEnumerator<T> each = results.GetAsyncEnumerator(Cancelled);
            try
            {
                bool hasNext;
                do
                {
                    hasNext = false;
                    Try(() => hasNext = HasNext(each.MoveNextAsync()));
                    if (!hasNext)
                        continue;
                    Progress?.RowDone();
                    T current = each.Current;
                    Try(() => write(current));
                }
                while (hasNext);
            }
            finally
            {
                each.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
        });
    }

    /// <summary>Writes a row from a service.</summary>
    private protected virtual void Write(object? row) => WriteObject(row);

    /// <summary>Processes each item. A failure writes one error for its item, and the others continue. If there is no valid session, the first error ends the pipeline.</summary>
    private protected void ForEach<T>(IEnumerable<T> items, Action<T> work) => Enqueue(items, item => Task.FromResult<Func<Task<object?>?>>(() =>
    {
        work(item);
        return null;
    }));

    /// <summary>Changes several items concurrently, and writes the results in the order of the items. Failures are handled as in <see cref="ForEach"/>.</summary>
    /// <param name="items">The items.</param>
    /// <param name="prepare">Looks up and checks the item, on any thread.</param>
    /// <param name="confirm">Asks the user, on the pipeline's thread.</param>
    /// <param name="change">Changes the item, on any thread. A result other than null is written.</param>
    /// <param name="count">Number of items; null if it is unknown, or that of the collection.</param>
    private protected void ChangeEach<T, TPrepared>(
        IEnumerable<T> items, Func<T, Task<TPrepared>> prepare, Func<TPrepared, bool> confirm, Func<TPrepared, Task<object?>> change, int? count = null) => Enqueue(items, async item =>
    {
        TPrepared prepared = await prepare(item).ConfigureAwait(false);
        return () => confirm(prepared) ? change(prepared) : null;
    }, count);

    /// <summary>Changes rows as they arrive, concurrently, and writes the results in the order of the rows. A failure of the listing writes one error.</summary>
    /// <param name="list">Begins the listing, or returns null for no rows.</param>
    /// <param name="confirm">Asks the user, on the pipeline's thread.</param>
    /// <param name="change">Changes the row, on any thread. A result other than null is written.</param>
    private protected void ChangeAll<T>(Func<IAsyncEnumerable<T>?> list, Func<T, bool> confirm, Func<T, Task<object?>> change) => Run(() =>
    {
        IAsyncEnumerator<T>? each = null;
        try
        {
            each = list()?.GetAsyncEnumerator(Cancelled);
            while (each is not null && HasNext(each.MoveNextAsync()))
                ChangeEach([each.Current], Task.FromResult, confirm, change);
        }
        catch (TroveScheduleException e)
        {
            Try(() => throw e);
        }
        finally
        {
            each?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    });

    /// <summary>For cmdlets that collect their input: makes the progress bar count the changes, not the collected items.</summary>
    private protected void CountChanges() => Progress?.Restart();

    /// <summary>Finishes the items so far.</summary>
    private protected void FinishItems()
    {
        if (_work is not null)
            Run(_work.Finish);
    }

    private void Enqueue<T>(IEnumerable<T> items, Func<T, Task<Func<Task<object?>?>>> begin, int? count = null) => Run(() =>
    {
        Progress?.ExpectItems(count ?? (MyInvocation.ExpectingInput ? null : (items as ICollection<T>)?.Count));
        _work ??= CreateQueue();
        foreach (T item in items)
            _work.Add(item, () => begin(item));
    });

    private OrderedWorkQueue CreateQueue()
    {
        var writer = new OutcomeWriter(this);
        return new OrderedWorkQueue(Concurrency, Wait, outcome =>
        {
            _messages.Write(); // If the work completed synchronously, nothing has written its messages yet.
            writer.Write(outcome, _work!);
            Progress?.ItemDone();
        });
    }

    /// <summary>Runs an action. A failure writes one error.</summary>
    private protected void Try(Action work) => ForEach<object?>([null], _ => work());

    /// <summary>Runs a step of the cmdlet. Converts a cancellation to the end of the pipeline.</summary>
    private protected void Run(Action step)
    {
        try
        {
            Streams.Run(step);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Finishes the work in progress, and removes the progress bar.</summary>
    protected override void EndProcessing()
    {
        FinishItems();
        ProcessCollected();
        FinishItems();
        _streams?.Progress?.Complete();
    }

    /// <summary>For cmdlets that collect their input: runs after the last item, with the same progress bar.</summary>
    private protected virtual void ProcessCollected() { }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Cancels what is still in progress.</summary>
    /// <param name="disposing">Always true; there is no finalizer.</param>
    protected virtual void Dispose(bool disposing)
    {
        _stop.Cancel();
        FinishChanges();
        _stop.Dispose();
        _streams?.Progress?.Complete(); // Still visible if the cmdlet was stopped or failed.
    }

    /// <summary>Runs at the very end, after a cancellation, and waits for changes that must not be left half done. The streams are closed then.</summary>
    private protected virtual void FinishChanges() { }

    private void Wait(Task task) => _messages.Wait(task, Progress.Interval, Streams.UpdateProgress, _stop.Cancel);

    // Avoids a task for a row that is already available.
    private bool HasNext(ValueTask<bool> next)
    {
        if (!next.IsCompletedSuccessfully)
            return Await(next.AsTask());
        _messages.Write();
        return next.Result;
    }
}
