using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;


namespace TroveSchedules.Tests.Http;

/// <summary>
/// A clock that only a test moves. A wait shorter than the time limit of a request is a back-off: it takes no real time, but the clock moves on by it
/// and it is noted in <see cref="Waits"/>, unless <see cref="HoldsWaits"/>.
/// </summary>
internal sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset _now = start;

    public List<TimeSpan> Waits { get; } = [];

    public bool HoldsWaits { get; init; }

    /// <summary>Ends when something waits on a clock that holds waits.</summary>
    public Task Held => _held.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _now;
    }

    // A timestamp has its own zero: whoever mixes it with the time of day is found out.
    public override long GetTimestamp() => GetUtcNow().UtcTicks - 1_000_000;

    public void Advance(TimeSpan by)
    {
        List<Timer> due;
        lock (_lock)
        {
            _now += by;
            due = [.. _timers.Where(timer => timer.Due <= _now).OrderBy(timer => timer.Due)];
            _timers.RemoveAll(due.Contains);
        }
        due.ForEach(timer => timer.Fire());
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Dispose();
            if (dueTime == Timeout.InfiniteTimeSpan)
                return true;
            lock (clock._lock)
            {
                Due = clock._now + dueTime;
                clock._timers.Add(this);
                if (dueTime >= ScriptedCloud.Settings.TimeLimit)
                    return true;
                clock.Waits.Add(dueTime);
            }
            if (clock.HoldsWaits)
                clock._held.TrySetResult();
            else
                clock.Advance(dueTime);
            return true;
        }

        public void Dispose()
        {
            lock (clock._lock)
                clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
