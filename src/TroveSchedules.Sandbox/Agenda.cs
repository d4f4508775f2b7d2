using System;
using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.Sandbox;

/// <summary>
/// The sandbox's clock and what is due by it. Nothing happens by itself: whoever asks lets everything that fell due meanwhile happen first, each
/// thing at its own time, in order.
/// </summary>
internal sealed class Agenda(TimeProvider clock, double speed)
{
    private readonly DateTimeOffset _epoch = clock.GetUtcNow();
    private readonly SortedDictionary<(DateTime At, long Number), Action> _due = [];
    private TimeSpan _stepped;
    private DateTime _reached;
    private DateTime? _at;
    private long _number;

    /// <summary>The time, UTC. It stands still while a request is answered or something due happens.</summary>
    public DateTime Now => _at ?? Running;

    /// <summary>The time as a table of Mistral keeps it, in whole seconds.</summary>
    public DateTime Second => WholeSeconds(Now);

    public static DateTime WholeSeconds(DateTime time) => new(time.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, DateTimeKind.Utc);

    /// <summary>The time as it runs, UTC.</summary>
    public DateTime Running =>
        (_epoch + TimeSpan.FromTicks((long)((clock.GetUtcNow() - _epoch).Ticks * speed)) + _stepped).UtcDateTime;

    /// <summary>Moves the clock. What is due by then happens when <see cref="CatchUp"/> is called.</summary>
    public void Step(TimeSpan by) => _stepped += by;

    /// <summary>Puts something down for a time; one that has passed means as soon as possible.</summary>
    public void At(DateTime when, Action what) => _due.Add((when, _number++), what);

    /// <summary>Puts something down for later.</summary>
    public void After(TimeSpan delay, Action what) => At(Now + delay, what);

    /// <summary>Lets everything that is due happen.</summary>
    public void CatchUp()
    {
        DateTime until = Running;
        while (_due.Count > 0)
        {
            KeyValuePair<(DateTime At, long Number), Action> first = _due.First();
            if (first.Key.At > until)
                break;
            _due.Remove(first.Key);
            _at = _reached = first.Key.At > _reached ? first.Key.At : _reached;
            try
            {
                first.Value();
            }
            finally
            {
                _at = null;
            }
        }
        _reached = until > _reached ? until : _reached;
    }

    /// <summary>Does something at one moment.</summary>
    public T Still<T>(Func<T> what)
    {
        _at = Running;
        try
        {
            return what();
        }
        finally
        {
            _at = null;
        }
    }
}

/// <summary>The sandbox's time for others: its moments are the sandbox's, its timers run with the real clock.</summary>
internal sealed class SandboxClock(Agenda agenda) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(agenda.Running);

    public override long GetTimestamp() => agenda.Running.Ticks;
}
