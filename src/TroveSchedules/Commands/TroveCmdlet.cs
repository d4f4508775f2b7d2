using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.Commands;

/// <summary>What every cmdlet shares: prompt cancellation, and the one bridge between PowerShell's pipeline and asynchronous work.</summary>
public abstract class TroveCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _warnings = new();

    /// <summary>Set when the user presses Ctrl-C or nobody downstream wants more.</summary>
    private protected CancellationToken Cancelled => _stop.Token;

    /// <summary>Takes a warning from any thread; the pipeline's own writes it.</summary>
    private protected void Warn(string text) => _warnings.Enqueue(text);

    /// <summary>Waits for work; its warnings come first.</summary>
    private protected T Await<T>(Task<T> work)
    {
        try
        {
            return work.GetAwaiter().GetResult();
        }
        finally
        {
            WriteWarnings();
        }
    }

    /// <summary>Waits for work; its warnings come first.</summary>
    private protected void Await(Task work) => Await(AsResult(work));

    /// <summary>Writes each object as it comes.</summary>
    private protected void WriteAll<T>(IAsyncEnumerable<T> objects, Func<T, bool>? wanted = null)
    {
        IAsyncEnumerator<T> each = objects.GetAsyncEnumerator(Cancelled);
        try
        {
            while (Await(each.MoveNextAsync().AsTask()))
            {
                if (wanted is null || wanted(each.Current))
                    WriteObject(each.Current);
            }
        }
        finally
        {
            each.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Does something for each of several; what fails for one is that one's error, and the rest goes on.</summary>
    private protected void ForEach<T>(IEnumerable<T> items, Action<T> work)
    {
        foreach (T item in items)
        {
            try
            {
                work(item);
            }
            catch (TroveScheduleException e)
            {
                WriteError(ErrorRecords.From(e, item));
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                throw new PipelineStoppedException();
            }
        }
    }

    /// <summary>Does something once; its failure is one error.</summary>
    private protected void Try(Action work) => ForEach<object?>([null], _ => work());

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
    }

    private static async Task<bool> AsResult(Task work)
    {
        await work.ConfigureAwait(false);
        return true;
    }

    private void WriteWarnings()
    {
        while (_warnings.TryDequeue(out string? text))
            WriteWarning(text);
    }
}
