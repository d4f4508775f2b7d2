using System;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.OpenStack;

/// <summary>
/// Runs an operation once for all concurrent callers, which get the same result or the same exception. If one caller cancels, the operation continues for the others. It is cancelled when no
/// caller waits for it.
/// </summary>
/// <param name="keepsResult">Whether later callers get the result of the last success. A failure is never kept.</param>
/// <typeparam name="T">The result.</typeparam>
public sealed class RequestCoalescer<T>(bool keepsResult = false)
{
    private readonly object _lock = new();
    private Run? _run;

    /// <summary>Joins the operation in progress, or begins it.</summary>
    /// <param name="operation">The operation; the caller that begins it runs it. Its token is cancelled when no caller waits for it.</param>
    /// <param name="cancellationToken">Cancels the wait of this caller.</param>
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

    /// <summary>Discards the cached result. The next caller starts a new operation, even if one is in progress.</summary>
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
            _ = run.Result.Task.Exception; // Observes the exception, even if no caller waits.
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
