using System;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.OpenStack;

/// <summary>
/// Runs an operation once for all concurrent callers, who get the same result or the same exception. A caller that cancels leaves the operation to the others; it is cancelled when no
/// caller waits any more.
/// </summary>
/// <param name="keepsResult">Whether later callers get the result of the last success. A failure is never kept.</param>
/// <typeparam name="T">The result.</typeparam>
public sealed class RequestCoalescer<T>(bool keepsResult = false)
{
    private readonly object _lock = new();
    private Run? _run;

    /// <summary>Joins the operation in progress, or begins it.</summary>
    /// <param name="operation">The operation; the caller that begins it runs it. Its token is cancelled when no caller waits any more.</param>
    /// <param name="cancellationToken">Ends the waiting of this caller.</param>
    /// <returns>The result.</returns>
    /// <exception cref="Exception">What the operation threw, the same for all callers.</exception>
    public async Task<T> RunAsync(Func<CancellationToken, Task<T>> operation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Run run;
        bool begins;
        lock (_lock)
        {
            begins = _run is null;
            run = _run ??= new Run();
            run.Callers++;
        }
        try
        {
            if (begins)
                _ = ExecuteAsync(run, operation);
#if NET
            return await run.Result.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
#else
            return await run.Result.Task.WaitAsync(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(false);
#endif
        }
        finally
        {
            bool isAbandoned;
            lock (_lock)
            {
                isAbandoned = --run.Callers == 0 && !run.Result.Task.IsCompleted;
                if (isAbandoned)
                    Leave(run);
            }
            if (isAbandoned)
            {
                run.Abandoned.Cancel();
                await Task.WhenAny(run.Result.Task).ConfigureAwait(false); // When the last caller has gone, nothing is in progress any more.
            }
        }
    }

    /// <summary>Forgets the result that is kept, and lets the next caller begin anew, whatever is in progress.</summary>
    public void Forget()
    {
        lock (_lock)
            _run = null;
    }

    private async Task ExecuteAsync(Run run, Func<CancellationToken, Task<T>> operation)
    {
        try
        {
            T result = await operation(run.Abandoned.Token).ConfigureAwait(false);
            if (!keepsResult)
                Leave(run);
            run.Result.SetResult(result);
        }
        catch (Exception e)
        {
            Leave(run);
            run.Result.SetException(e);
            _ = run.Result.Task.Exception; // Observed, even where no caller waits.
        }
    }

    private void Leave(Run run)
    {
        lock (_lock)
        {
            if (_run == run)
                _run = null;
        }
    }

    private sealed class Run
    {
        public TaskCompletionSource<T> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationTokenSource Abandoned { get; } = new();

        public int Callers { get; set; }
    }
}
