using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.Commands;
using Xunit;

namespace TroveSchedules.Tests.Commands;

public sealed class PipelineMessageQueueTests
{
    private readonly PipelineMessageQueue _queue = new();
    private readonly List<(string Text, int Thread)> _written = [];

    private void Note(string text) => _written.Add((text, Environment.CurrentManagedThreadId));

    private void Wait(Task task, Action? tick = null, Action? cancel = null) => _queue.Wait(task, TimeSpan.FromMilliseconds(1), tick ?? (() => { }), cancel ?? (() => { }));

    [Fact]
    public void Messages_of_other_threads_are_written_in_order_by_the_waiting_thread()
    {
        Wait(Task.Run(async () =>
        {
            _queue.Post(() => Note("one"));
            await _queue.PostAsync(() => Note("two"));
            _queue.Post(() => Note("three"));
        }));
        int currentThread = Environment.CurrentManagedThreadId;
        Assert.Equal([("one", currentThread), ("two", currentThread), ("three", currentThread)], _written);
    }

    [Fact]
    public void Waiting_for_a_failed_task_throws_nothing()
    {
        Wait(Task.Run(() => throw new InvalidOperationException()));
        Wait(Task.FromException(new InvalidOperationException()));
    }

    [Fact]
    public void Wait_calls_the_tick_callback_repeatedly()
    {
        var end = new TaskCompletionSource();
        int ticks = 0;
        Wait(end.Task, () =>
        {
            if (++ticks == 3)
                end.SetResult();
        });
        Assert.Equal(3, ticks);
    }

    [Fact]
    public async Task If_a_write_throws_the_task_is_cancelled_and_finishes_before_the_exception_is_rethrown()
    {
        using var stop = new CancellationTokenSource();
        var ended = false;
        Task? written = null;
        Task work = Task.Run(async () =>
        {
            written = _queue.PostAsync(() => throw new NotSupportedException("halt"));
            try
            {
                await Task.Delay(Timeout.Infinite, stop.Token);
            }
            finally
            {
                ended = true;
            }
        });
        Assert.Equal("halt", Assert.Throws<NotSupportedException>(() => Wait(work, null, stop.Cancel)).Message);
        Assert.True(ended);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => written!);
    }
}
