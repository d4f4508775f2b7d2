using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.Commands;

/// <summary>Passes messages from any thread to the pipeline's thread, which writes them while it waits for a task. PowerShell allows only that thread to write.</summary>
internal sealed class PipelineMessageQueue
{
    private readonly ConcurrentQueue<Action> _messages = new();
    private readonly ManualResetEventSlim _changed = new();

    /// <summary>Adds a message. May be called on any thread.</summary>
    /// <param name="write">Writes the message; called on the pipeline's thread.</param>
    public void Post(Action write)
    {
        _messages.Enqueue(write);
        _changed.Set();
    }

    /// <summary>Adds a message. May be called on any thread.</summary>
    /// <param name="write">Writes the message; called on the pipeline's thread.</param>
    /// <returns>A task that completes when the message is written. It is cancelled when writing throws, for instance because the user answers a warning with "halt".</returns>
    public Task PostAsync(Action write)
    {
        var written = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                write();
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

    /// <summary>Writes the queued messages.</summary>
    public void Write()
    {
        while (_messages.TryDequeue(out Action? write))
            write();
    }

    /// <summary>Waits for a task and writes queued messages in the meantime. Does not throw if the task fails.</summary>
    /// <param name="task">The task.</param>
    /// <param name="interval">How often <paramref name="tick"/> is called.</param>
    /// <param name="tick">Called on the pipeline's thread while it waits.</param>
    /// <param name="cancel">Cancels the task; called when writing throws. The exception is rethrown after the task has ended, because an enumeration in progress cannot be disposed.</param>
    public void Wait(Task task, TimeSpan interval, Action tick, Action cancel)
    {
        if (!task.IsCompleted)
            _ = task.ContinueWith(_ => _changed.Set(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            while (!task.IsCompleted)
            {
                tick();
                _changed.Wait(interval);
                _changed.Reset();
                Write();
            }
            Write();
        }
        catch
        {
            cancel();
            Task.WhenAny(task).GetAwaiter().GetResult();
            throw;
        }
    }
}
