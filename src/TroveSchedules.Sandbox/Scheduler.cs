using System;
using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.Sandbox;

/// <summary>
/// The sandbox's clock and a queue of actions. No timer runs them: each request first calls <see cref="RunDue"/>, which runs what is due in order, each action at its own
/// time.
/// </summary>
internal sealed class Scheduler(TimeProvider clock, double speed)
{
    private readonly DateTimeOffset _start = clock.GetUtcNow();
    private readonly SortedDictionary<(DateTime At, long Number), Action> _queue = [];
    private TimeSpan _advanced;
    private DateTime _lastRun;
    private DateTime? _frozen;
    private long _sequence;

    /// <summary>The current time in UTC. It stands still during a request and during an action.</summary>
    public DateTime Now => _frozen ?? ClockTime;

    /// <summary>The current time in whole seconds, as Mistral's tables store it.</summary>
    public DateTime NowInSeconds => TruncateToSeconds(Now);

    public static DateTime TruncateToSeconds(DateTime time) => new(time.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, DateTimeKind.Utc);

    /// <summary>The time on the clock in UTC. It never stands still.</summary>
    public DateTime ClockTime =>
        (_start + TimeSpan.FromTicks((long)((clock.GetUtcNow() - _start).Ticks * speed)) + _advanced).UtcDateTime;

    /// <summary>Moves the clock forward, and runs nothing.</summary>
    public void Advance(TimeSpan by) => _advanced += by;

    /// <summary>Queues an action. A time in the past means the next <see cref="RunDue"/>.</summary>
    public void ScheduleAt(DateTime when, Action action) => _queue.Add((when, _sequence++), action);

    /// <summary>Queues an action for after a delay.</summary>
    public void ScheduleAfter(TimeSpan delay, Action action) => ScheduleAt(Now + delay, action);

    /// <summary>Runs every action that is due, those included that these queue.</summary>
    public void RunDue()
    {
        DateTime now = ClockTime;
        while (_queue.Count > 0)
        {
            KeyValuePair<(DateTime At, long Number), Action> first = _queue.First();
            if (first.Key.At > now)
                break;
            _queue.Remove(first.Key);
            _frozen = _lastRun = first.Key.At > _lastRun ? first.Key.At : _lastRun;
            try
            {
                first.Value();
            }
            finally
            {
                _frozen = null;
            }
        }
        _lastRun = now > _lastRun ? now : _lastRun;
    }

    /// <summary>Runs a function while the time stands still.</summary>
    public T Freeze<T>(Func<T> action)
    {
        _frozen = ClockTime;
        try
        {
            return action();
        }
        finally
        {
            _frozen = null;
        }
    }
}

/// <summary>The sandbox's clock as a <see cref="TimeProvider"/>. Its timers run by the real clock.</summary>
internal sealed class SandboxClock(Scheduler scheduler) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(scheduler.ClockTime);

    public override long GetTimestamp() => scheduler.ClockTime.Ticks;
}
