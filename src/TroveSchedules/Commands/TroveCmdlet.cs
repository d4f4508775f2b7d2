using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.Commands;

/// <summary>What every cmdlet shares: prompt cancellation, the one bridge between PowerShell's pipeline and asynchronous work, and what is said on the way.</summary>
public abstract class TroveCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Action> _messages = new();
    private readonly ManualResetEventSlim _news = new();
    private RequestLog? _log;
    private Progress? _progress;
    private long? _items;
    private bool _countsRows;

    /// <summary>Set when the user presses Ctrl-C or nobody downstream wants more.</summary>
    private protected CancellationToken Cancelled => _stop.Token;

    /// <summary>What an error is about that names nothing.</summary>
    private protected virtual object? Subject => null;

    /// <summary>Advice for an error that may come from how the command was typed; null for none.</summary>
    private protected virtual string? AdviceOn(TroveScheduleException error) => null;

    // What names the cloud's things may hold what a terminal would obey, or a second line that looks like another message.

    /// <summary>Writes a warning, made harmless for a screen.</summary>
    private protected new void WriteWarning(string text) => base.WriteWarning(TerminalText.SanitizeLine(text));

    /// <summary>Asks whether to do something, in words that are made harmless for a screen.</summary>
    private protected new bool ShouldProcess(string target, string action) =>
        base.ShouldProcess(TerminalText.SanitizeLine(target), TerminalText.SanitizeLine(action));

    /// <summary>Takes a warning from any thread; the pipeline's own writes it, at once where it waits.</summary>
    private protected void Warn(string text) => Post(() => WriteWarning(text));

    /// <summary>Takes a warning from any thread, and is done when the pipeline's own, which waits, has written it; cancelled where the user will not go on.</summary>
    private protected Task WarnAsync(string text)
    {
        var written = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                WriteWarning(text);
                written.SetResult(true);
            }
            catch
            {
                written.SetCanceled();
                throw;
            }
        });
        return written.Task;
    }

    /// <summary>Writes a verbose line. PowerShell's own, where only -Debug was said, asks at each whether to go on.</summary>
    private protected void Tell(string text)
    {
        text = TerminalText.SanitizeLine(text);
        if (Wants("Verbose", "VerbosePreference"))
            WriteVerbose(text);
        else
            WriteDebug(text);
    }

    /// <summary>Waits for work, and writes meanwhile what it has to say.</summary>
    private protected T Await<T>(Task<T> work)
    {
        if (!work.IsCompleted)
            WaitFor(work);
        WriteMessages();
        return work.GetAwaiter().GetResult();
    }

    /// <summary>Waits for work, and writes meanwhile what it has to say.</summary>
    private protected void Await(Task work) => Await(AsResult(work));

    /// <summary>Writes each object as it comes.</summary>
    private protected void WriteAll<T>(IAsyncEnumerable<T> objects, Func<T, bool>? wanted = null)
    {
        _countsRows = true;
        if (_progress is not null)
            _progress.Total = Wanted();
        IAsyncEnumerator<T> each = objects.GetAsyncEnumerator(Cancelled);
        try
        {
            while (HasNext(each.MoveNextAsync()))
            {
                if (wanted is not null && !wanted(each.Current))
                    continue;
                Write(each.Current);
                _progress?.Step();
            }
        }
        finally
        {
            each.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Writes an object of the cloud's.</summary>
    private protected virtual void Write(object? row) => WriteObject(row);

    /// <summary>Does something for each of several; what fails for one is that one's error, and the rest goes on.</summary>
    private protected void ForEach<T>(IEnumerable<T> items, Action<T> work)
    {
        Expect(items);
        foreach (T item in items)
        {
            try
            {
                Heard(() => work(item));
            }
            catch (TroveScheduleException e)
            {
                WriteError(ErrorRecords.From(e, item ?? Subject, AdviceOn(e)));
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                throw new PipelineStoppedException();
            }
            CountItem();
        }
    }

    /// <summary>Says what the progress of one call will be measured against, where it is not a pipeline's.</summary>
    private protected void Expect<T>(IEnumerable<T> items) => _items = MyInvocation.ExpectingInput ? null : (items as ICollection<T>)?.Count;

    /// <summary>Counts an item that is done, unless it is rows that are counted.</summary>
    private protected void CountItem()
    {
        if (_countsRows || _progress is null)
            return;
        _progress.Total = _items;
        _progress.Step();
    }

    /// <summary>Does something once; its failure is one error.</summary>
    private protected void Try(Action work) => ForEach<object?>([null], _ => work());

    /// <summary>Does something whose requests -Verbose and -Debug tell of, and whose progress is shown. Cmdlets of one pipeline run inside one another, each with its own preferences.</summary>
    private protected void Heard(Action work)
    {
        if (_log is null)
        {
            _log = Listen();
            _progress = Wants("ProgressAction", "ProgressPreference") ? new Progress(this) : null;
        }
        (RequestLog? log, Progress? above) = (RequestLog.Current, Progress.Running);
        (RequestLog.Current, Progress.Running) = (_log, _progress);
        if (above is not null)
            _progress?.StandBelow(above);
        try
        {
            work();
        }
        finally
        {
            (RequestLog.Current, Progress.Running) = (log, above);
        }
    }

    /// <summary>Takes the progress bar away; all else has been done.</summary>
    protected override void EndProcessing() => _progress?.Complete();

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends what is still under way.</summary>
    /// <param name="disposing">Always true; there is no finalizer.</param>
    protected virtual void Dispose(bool disposing)
    {
        _stop.Cancel();
        _stop.Dispose();
        _progress?.Complete(); // Of a cmdlet that was stopped, or that failed before its end.
    }

    private static async Task<bool> AsResult(Task work)
    {
        await work.ConfigureAwait(false);
        return true;
    }

    // A row that is there already costs no task.
    private bool HasNext(ValueTask<bool> next)
    {
        if (!next.IsCompletedSuccessfully)
            return Await(next.AsTask());
        WriteMessages();
        return next.Result;
    }

    private void WaitFor(Task work)
    {
        _ = work.ContinueWith(_ => _news.Set(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            while (!work.IsCompleted)
            {
                _progress?.Update(_log!.Waiting);
                _news.Wait(Progress.Interval);
                _news.Reset();
                WriteMessages();
            }
        }
        catch
        {
            // Writing ends the cmdlet, where it is being stopped or a preference says so. An enumeration that is under way cannot be disposed.
            _stop.Cancel();
            Task.WhenAny(work).GetAwaiter().GetResult();
            throw;
        }
    }

    private void Post(Action message)
    {
        _messages.Enqueue(message);
        _news.Set();
    }

    private void WriteMessages()
    {
        while (_messages.TryDequeue(out Action? write))
            write();
    }

    private RequestLog Listen()
    {
        bool verbose = Wants("Verbose", "VerbosePreference"), debug = Wants("Debug", "DebugPreference");
        Action<string> toDebug = text => Post(() => WriteDebug(text));
        return new RequestLog
        {
            Line = verbose ? text => Post(() => WriteVerbose(text)) : debug ? toDebug : null,
            Body = debug ? toDebug : null,
        };
    }

    private bool Wants(string flag, string preference) =>
        MyInvocation.BoundParameters.TryGetValue(flag, out object? said) && said is SwitchParameter isOn
            ? isOn
            : Preference(flag, preference) is { } set and not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);

    /// <summary>What a common parameter says, or the variable of its preference; null where neither makes sense.</summary>
    private protected ActionPreference? Preference(string parameter, string variable)
    {
        MyInvocation.BoundParameters.TryGetValue(parameter, out object? said);
        return LanguagePrimitives.TryConvertTo(said ?? GetVariableValue(variable), out ActionPreference set) ? set : null;
    }

    // With -First that many rows of each list, at most.
    private long? Wanted() => PagingParameters is { First: < int.MaxValue } paging ? _items * (long)paging.First : null;
}
