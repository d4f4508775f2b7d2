using System;
using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.Sandbox;

/// <summary>
/// The clock of the sandbox and a queue of actions. There is no timer. Each request first calls <see cref="RunDue"/>, which runs all due actions in
/// order, each at its own time.
/// </summary>
internal sealed class Scheduler(TimeProvider clock, double speed)
{
    private readonly DateTimeOffset _start = clock.GetUtcNow();
    private readonly SortedDictionary<(DateTime At, long Number), Action> _queue = [];
    private TimeSpan _advanced;
    private DateTime _lastRun;
    private DateTime? _frozen;
    private long _sequence;

    /// <summary>The current time in UTC. It does not change during a request or an action.</summary>
    public DateTime Now => _frozen ?? ClockTime;

    /// <summary>The current time in whole seconds, the precision of Mistral's tables.</summary>
    public DateTime NowInSeconds => TruncateToSeconds(Now);

    public static DateTime TruncateToSeconds(DateTime time) => new(time.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, DateTimeKind.Utc);

    /// <summary>The time of the running clock in UTC, which also advances during a request.</summary>
    public DateTime ClockTime =>
        (_start + TimeSpan.FromTicks((long)((clock.GetUtcNow() - _start).Ticks * speed)) + _advanced).UtcDateTime;

    /// <summary>Advances the clock without running actions.</summary>
    public void Advance(TimeSpan by) => _advanced += by;

    /// <summary>Queues an action. If the time is in the past, the next <see cref="RunDue"/> runs it.</summary>
    public void ScheduleAt(DateTime when, Action action) => _queue.Add((when, _sequence++), action);

    /// <summary>Queues an action with a delay.</summary>
    public void ScheduleAfter(TimeSpan delay, Action action) => ScheduleAt(Now + delay, action);

    /// <summary>Runs all due actions, including due actions that they queue.</summary>
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

    /// <summary>Runs a function while the time does not change.</summary>
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

/// <summary>The clock of the sandbox as a <see cref="TimeProvider"/>. Its timers use the real clock.</summary>
internal sealed class SandboxClock(Scheduler scheduler) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(scheduler.ClockTime);

    public override long GetTimestamp() => scheduler.ClockTime.Ticks;
}
