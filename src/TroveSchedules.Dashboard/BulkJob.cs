using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.Dashboard;

/// <summary>A change of several objects that goes on while the browser shows its progress. One failure does not keep the others from being done.</summary>
internal sealed class BulkJob
{
    // As the cmdlets: Mistral is fastest with four.
    private const int Concurrency = 4;

    private readonly ConcurrentQueue<string> _failures = new();
    private readonly CancellationTokenSource _stop;
    private int _done;

    private BulkJob(string what, string back, int total, CancellationToken stop)
    {
        (What, Back, Total) = (what, back, total);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
    }

    public string Id { get; } = Guid.NewGuid().ToString();

    /// <summary>What is deleted, such as "schedules".</summary>
    public string What { get; }

    /// <summary>The page to go back to.</summary>
    public string Back { get; }

    /// <summary>The number of objects.</summary>
    public int Total { get; }

    /// <summary>The number of objects that were deleted.</summary>
    public int Done => Volatile.Read(ref _done);

    /// <summary>What failed, in words.</summary>
    public IReadOnlyList<string> Failures => [.. _failures];

    /// <summary>Whether the user cancelled it. The objects that are left stay as they are.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>Completes when nothing is in progress any more. Never fails.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Starts to change the objects.</summary>
    /// <param name="what">What is deleted, in words.</param>
    /// <param name="back">The page to go back to.</param>
    /// <param name="items">The objects.</param>
    /// <param name="change">Changes one. It is not cancelled once it has begun, so that nothing is left half done.</param>
    /// <param name="inWords">An object in words.</param>
    /// <param name="stop">Cancelled when the dashboard ends.</param>
    public static BulkJob Start<T>(string what, string back, IReadOnlyList<T> items, Func<T, Task> change, Func<T, string> inWords, CancellationToken stop)
    {
        var job = new BulkJob(what, back, items.Count, stop);
        var queue = new ConcurrentQueue<T>(items);
        job.Completion = Task.WhenAll(Enumerable.Range(0, Concurrency).Select(_ => Task.Run(RunAsync, CancellationToken.None)));
        return job;

        async Task RunAsync()
        {
            while (!job._stop.IsCancellationRequested && queue.TryDequeue(out T? item))
            {
                try
                {
                    await change(item).ConfigureAwait(false);
                    Interlocked.Increment(ref job._done);
                }
                catch (Exception e) when (e is TroveScheduleException or OperationCanceledException)
                {
                    job._failures.Enqueue($"{inWords(item)}: {Panels.Clean(e.Message)}");
                }
            }
        }
    }

    /// <summary>Begins no more changes. Those in progress are finished.</summary>
    public void Cancel()
    {
        IsCancelled = !Completion.IsCompleted;
        _stop.Cancel();
    }
}
