using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.Commands;

/// <summary>
/// The base of all cmdlets: cancels promptly, waits for asynchronous work on the pipeline's thread, does work for each item with one error policy, and feeds -Verbose, -Debug and the progress bar.
/// </summary>
public abstract class TroveCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PipelineMessageQueue _messages = new();
    private OrderedWorkQueue? _work;
    private RequestLog? _log;
    private Progress? _progress;
    private int _changed;
    private bool _isEnding;
    private bool _isSessionDead;

    /// <summary>Cancelled when the user presses Ctrl-C, or when no later cmdlet wants more.</summary>
    private protected CancellationToken Cancelled => _stop.Token;

    /// <summary>The target of an error that names none itself.</summary>
    private protected virtual object? DefaultTarget => null;

    /// <summary>Maximum number of requests at once.</summary>
    private protected virtual int Concurrency => 1;

    /// <summary>Advice for an error that may come from how the command was typed; null for none.</summary>
    private protected virtual string? AdviceOn(TroveScheduleException error) => null;

    // Names in the cloud may hold control characters, or a second line that looks like another message.

    /// <summary>Writes a warning, made harmless for a terminal.</summary>
    private protected new void WriteWarning(string text) => base.WriteWarning(TerminalText.SanitizeLine(text));

    /// <summary>Asks whether to do something, in words that are made harmless for a terminal.</summary>
    private protected new bool ShouldProcess(string target, string action) =>
        base.ShouldProcess(TerminalText.SanitizeLine(target), TerminalText.SanitizeLine(action));

    /// <summary>Writes a warning. May be called on any thread.</summary>
    private protected void Warn(string text) => _messages.Post(() => WriteWarning(text));

    /// <summary>Writes a warning. May be called on any thread. The task ends when the warning is written, and is cancelled where the user will not go on.</summary>
    private protected Task WarnAsync(string text) => _messages.PostAsync(() => WriteWarning(text));

    /// <summary>Writes a verbose line. Where only -Debug is on, a debug line, because -Debug makes WriteVerbose ask each time whether to go on.</summary>
    private protected void WriteDetail(string text)
    {
        text = TerminalText.SanitizeLine(text);
        if (this.IsOn("Verbose", "VerbosePreference"))
            WriteVerbose(text);
        else
            WriteDebug(text);
    }

    /// <summary>Waits for a task, and writes meanwhile what it has to say.</summary>
    private protected T Await<T>(Task<T> task)
    {
        Wait(task);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Waits for a task, and writes meanwhile what it has to say.</summary>
    private protected void Await(Task task)
    {
        Wait(task);
        task.GetAwaiter().GetResult();
    }

    /// <summary>Writes each row as it comes.</summary>
    private protected void WriteAll<T>(IAsyncEnumerable<T> rows, Func<T, bool>? filter = null)
    {
        _progress?.CountRows(PagingParameters is { First: < int.MaxValue } paging ? (long)paging.First : null);
        IAsyncEnumerator<T> each = rows.GetAsyncEnumerator(Cancelled);
        try
        {
            while (HasNext(each.MoveNextAsync()))
            {
                if (filter is not null && !filter(each.Current))
                    continue;
                Write(each.Current);
                _progress?.RowDone();
            }
        }
        finally
        {
            each.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Writes a row that a service gave.</summary>
    private protected virtual void Write(object? row) => WriteObject(row);

    /// <summary>Does work for each item. A failure is one error for its item, and the rest goes on; without a session the first one ends the pipeline.</summary>
    private protected void ForEach<T>(IEnumerable<T> items, Action<T> work) => Enqueue(items, item => Task.FromResult<Func<Task<object?>?>>(() =>
    {
        work(item);
        return null;
    }));

    /// <summary>Changes several items at once, and writes the results in the order of the items. Failures are as for <see cref="ForEach"/>.</summary>
    /// <param name="items">The items.</param>
    /// <param name="prepare">Looks up and checks what is to be changed, on any thread.</param>
    /// <param name="confirm">Asks the user, on the pipeline's thread.</param>
    /// <param name="change">Changes it, on any thread. Its result is written, except null.</param>
    private protected void ChangeEach<T, TPrepared>(
        IEnumerable<T> items, Func<T, Task<TPrepared>> prepare, Func<TPrepared, bool> confirm, Func<TPrepared, Task<object?>> change) => Enqueue(items, async item =>
    {
        TPrepared prepared = await prepare(item).ConfigureAwait(false);
        return () => confirm(prepared) ? change(prepared) : null;
    });

    private void Enqueue<T>(IEnumerable<T> items, Func<T, Task<Func<Task<object?>?>>> begin) => Run(() =>
    {
        _progress?.ExpectItems(MyInvocation.ExpectingInput ? null : (items as ICollection<T>)?.Count);
        _work ??= new OrderedWorkQueue(Concurrency, Wait, Report);
        foreach (T item in items)
            _work.Add(item, () => begin(item));
    });

    /// <summary>Does work once; its failure is one error.</summary>
    private protected void Try(Action work) => ForEach<object?>([null], _ => work());

    /// <summary>
    /// Runs a step of the cmdlet with its own -Verbose, -Debug and progress bar: the cmdlets of a pipeline call one another, each with its own preferences. Makes the end of a pipeline of a cancellation.
    /// </summary>
    private protected void Run(Action step)
    {
        if (_log is null)
        {
            _log = CreateLog();
            _progress = this.IsOn("ProgressAction", "ProgressPreference") ? new Progress(this) : null;
        }
        (RequestLog? log, Progress? parent) = (RequestLog.Current, Progress.Running);
        (RequestLog.Current, Progress.Running) = (_log, _progress);
        if (parent is not null)
            _progress?.SetParent(parent);
        try
        {
            step();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        finally
        {
            (RequestLog.Current, Progress.Running) = (log, parent);
        }
    }

    /// <summary>Finishes the work that has begun, and removes the progress bar.</summary>
    protected override void EndProcessing()
    {
        if (_work is not null)
            Run(_work.Finish);
        _progress?.Complete();
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends what is still in progress.</summary>
    /// <param name="disposing">Always true; there is no finalizer.</param>
    protected virtual void Dispose(bool disposing)
    {
        _stop.Cancel();
        _stop.Dispose();
        _progress?.Complete(); // Of a cmdlet that was stopped, or that failed before its end.
    }

    private void Wait(Task task) => _messages.Wait(task, Progress.Interval, () => _progress?.Update(_log!.Waiting), _stop.Cancel);

    // A row that is there already costs no task.
    private bool HasNext(ValueTask<bool> next)
    {
        if (!next.IsCompletedSuccessfully)
            return Await(next.AsTask());
        _messages.Write();
        return next.Result;
    }

    private void Report(WorkOutcome outcome)
    {
        _messages.Write(); // Work that ended at once was never waited for.
        if (outcome.Error is { } error)
            Report(error, outcome.Item);
        else if (outcome.Result is not null)
            WriteObject(outcome.Result);
        _changed += outcome.IsChanged ? 1 : 0;
        _progress?.ItemDone();
    }

    // Without a session nothing can be done: one error says so, not one for each item that is left.
    private void Report(TroveScheduleException error, object? item)
    {
        if (_isEnding)
        {
            if (!(_isSessionDead && IsEndOfSession(error)))
                WriteWarning(error.Message);
            return;
        }
        _isSessionDead = IsEndOfSession(error);
        if (_isSessionDead || this.Preference("ErrorAction", "ErrorActionPreference") is ActionPreference.Stop)
        {
            // This error ends the pipeline, so the outcome of the changes that have begun is written first.
            _isEnding = true;
            _work!.FinishStarted();
        }
        ErrorRecord record = ErrorRecords.From(error, item ?? DefaultTarget, MyInvocation.MyCommand, AdviceOn(error));
        if (!_isSessionDead)
        {
            WriteError(record);
            return;
        }
        if (_changed > 0)
            WriteWarning($"{_changed} were done before the session ended; what came after was not.");
        ThrowTerminatingError(record);
    }

    private static bool IsEndOfSession(TroveScheduleException error) => error.Kind == TroveErrorKind.Unauthorized || error.ErrorId == "NotConnected";

    private RequestLog CreateLog()
    {
        bool verbose = this.IsOn("Verbose", "VerbosePreference"), debug = this.IsOn("Debug", "DebugPreference");
        Action<string> toDebug = text => _messages.Post(() => WriteDebug(text));
        return new RequestLog
        {
            Line = verbose ? text => _messages.Post(() => WriteVerbose(text)) : debug ? toDebug : null,
            Body = debug ? toDebug : null,
        };
    }
}
