using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Time.Testing;

namespace TroveSchedules.Tests.Http;

/// <summary>
/// A clock that only a test moves. A wait that is shorter than the time limit of a request counts as a back-off: it is added to <see cref="Waits"/>,
/// and the clock moves on at once. With <see cref="HoldsWaits"/>, the wait stays pending.
/// </summary>
internal sealed class ManualClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan _set;
    private TimeSpan _slept;

    public List<TimeSpan> Waits { get; } = [];

    public bool HoldsWaits { get; init; }

    /// <summary>Completes when a wait is pending.</summary>
    public Task Held => _held.Task.WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>The real time, which is the cloud's time unless a test changes it.</summary>
    public DateTimeOffset World => base.GetUtcNow() + _slept;

    public override DateTimeOffset GetUtcNow() => World + _set;

    // Timestamps start at another zero, so that code that mixes them with the time of day fails.
    public override long GetTimestamp() => base.GetUtcNow().UtcTicks - 1_000_000;

    /// <summary>Sets the system clock, as NTP or a user does. No time passes.</summary>
    public void Set(TimeSpan by) => _set += by;

    /// <summary>Simulates sleep of the machine: real time passes, and on the machine only the time of day changes.</summary>
    public void Sleep(TimeSpan length) => _slept += length;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(ManualClock clock, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            timer.Change(dueTime, period);
            if (dueTime == Timeout.InfiniteTimeSpan || dueTime >= ScriptedCloud.Settings.TimeLimit)
                return true;
            lock (clock.Waits)
                clock.Waits.Add(dueTime);
            if (clock.HoldsWaits)
                clock._held.TrySetResult();
            else
                clock.Advance(dueTime);
            return true;
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
