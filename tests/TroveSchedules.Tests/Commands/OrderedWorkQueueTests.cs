using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using TroveSchedules.Commands;
using Xunit;

namespace TroveSchedules.Tests.Commands;

public sealed class OrderedWorkQueueTests
{
    private readonly List<WorkOutcome> _outcomes = [];
    private readonly List<string> _started = [];
    private readonly Dictionary<string, TaskCompletionSource<object?>> _steps = [];

    private OrderedWorkQueue Queue(int limit, Action<Task>? wait = null) => new(limit, wait ?? (task => Assert.True(task.IsCompleted)), _outcomes.Add);

    private Task<object?> Begin(string step)
    {
        _started.Add(step);
        return (_steps[step] = new TaskCompletionSource<object?>()).Task;
    }

    private void End(string step, object? result = null) => _steps[step].SetResult(result);

    private async Task<Func<Task<object?>?>> LookUp(int item)
    {
        await Begin($"lookup {item}");
        return () => Begin($"change {item}");
    }

    private static TroveScheduleException Failure(string message) => new(TroveErrorKind.NotFound, message);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(64)]
    public async Task Outcomes_keep_the_order_of_the_items_and_at_most_the_limit_runs_at_once(int limit)
    {
        var random = new Random(limit);
        int running = 0, maxRunning = 0;
        await Task.Run(() =>
        {
            OrderedWorkQueue queue = Queue(limit, task => Task.WhenAny(task).GetAwaiter().GetResult());
            for (int i = 0; i < 200; i++)
            {
                int item = i;
                (int lookup, int change) = (random.Next(3), random.Next(3));
                queue.Add(item, async () =>
                {
                    await RunAsync(lookup);
                    return () => item % 7 == 0 ? null : ChangeAsync(item, change);
                });
            }
            queue.Finish();
        });
        Assert.Equal(Enumerable.Range(0, 200), _outcomes.Select(outcome => (int)outcome.Item!));
        Assert.All(_outcomes, outcome => Assert.Equal((int)outcome.Item! % 7 == 0 ? (false, null) : (true, outcome.Item), (outcome.IsChanged, outcome.Result)));
        Assert.InRange(maxRunning, Math.Min(2, limit), limit);

        async Task RunAsync(int yields)
        {
            lock (random)
                maxRunning = Math.Max(maxRunning, ++running);
            for (int i = 0; i < yields; i++)
                await Task.Yield();
            lock (random)
                running--;
        }

        async Task<object?> ChangeAsync(int item, int yields)
        {
            await RunAsync(yields);
            return item;
        }
    }

    [Fact]
    public void A_failed_lookup_is_reported_after_the_earlier_changes()
    {
        OrderedWorkQueue queue = Queue(4, _ => End("change 0", "done"));
        queue.Add(0, () => LookUp(0));
        End("lookup 0");
        queue.Add(1, () => Task.FromException<Func<Task<object?>?>>(Failure("no such thing")));
        Assert.Equal([(0, "done", null), (1, null, "no such thing")], _outcomes.Select(outcome => ((int)outcome.Item!, (string?)outcome.Result, outcome.Error?.Message)));
    }

    [Fact]
    public void An_immediate_failure_is_reported_before_the_next_item_is_added()
    {
        var waited = new Queue<string>(["lookup 0", "change 0"]);
        OrderedWorkQueue queue = Queue(4, task =>
        {
            if (!task.IsCompleted)
                End(waited.Dequeue(), "done");
        });
        queue.Add(0, () => LookUp(0));
        queue.Add(1, () => Task.FromException<Func<Task<object?>?>>(Failure("no such name")));
        Assert.Equal([null, "no such name"], _outcomes.Select(outcome => outcome.Error?.Message));
    }

    [Fact]
    public void A_failed_change_affects_only_its_item()
    {
        OrderedWorkQueue queue = Queue(4);
        queue.Add(0, () => LookUp(0));
        queue.Add(1, () => LookUp(1));
        End("lookup 0");
        End("lookup 1");
        queue.Add(2, () => Task.FromResult<Func<Task<object?>?>>(() => null));
        _steps["change 0"].SetException(Failure("refused"));
        End("change 1", "done");
        queue.Finish();
        Assert.Equal([(0, false, "refused"), (1, true, null), (2, false, null)], _outcomes.Select(outcome => ((int)outcome.Item!, outcome.IsChanged, outcome.Error?.Message)));
    }

    [Fact]
    public void Abandoned_items_are_not_changed()
    {
        OrderedWorkQueue queue = Queue(4);
        queue.Add(0, () => LookUp(0));
        End("lookup 0");
        queue.Add(1, () => LookUp(1));
        End("change 0", "done");
        End("lookup 1");
        queue.FinishStarted();
        queue.Finish();
        Assert.DoesNotContain("change 1", _started);
        Assert.Equal("done", Assert.Single(_outcomes).Result);
    }

    [Fact]
    public void A_cancellation_is_thrown_to_the_caller()
    {
        OrderedWorkQueue queue = Queue(1);
        Assert.ThrowsAny<OperationCanceledException>(() => queue.Add(0, () => Task.FromCanceled<Func<Task<object?>?>>(new System.Threading.CancellationToken(true))));
        Assert.Empty(_outcomes);
    }
}
