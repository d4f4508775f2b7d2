using System;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Threading;

namespace TroveSchedules.Commands;

/// <summary>
/// The progress of one cmdlet: shown once it has worked for a second, renewed a few times a second, gone at its end, whatever ends it. The bar of a
/// cmdlet further down the pipeline stands below this one, as its child. Used by the pipeline's thread alone.
/// </summary>
internal sealed class Progress
{
    /// <summary>How often the bar is renewed.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.25);

    // Hosts tell bars apart by source and id, and let a bar stand below another of the same source.
    private const long Source = 0x54_72_6F_76_65;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static int s_lastId;
    [ThreadStatic] private static Progress? s_running;

    private readonly TimeProvider _clock = Clock;
    private readonly PSHostUserInterface _ui;
    private readonly ICommandRuntime _runtime;
    private readonly ProgressRecord _record;
    private readonly long _began;
    private long _shownAt;
    private bool _isShown;
    private string? _waiting;
    private long _waitingSince;

    /// <summary>Begins to measure.</summary>
    public Progress(PSCmdlet cmdlet)
    {
        _ui = cmdlet.Host.UI;
        _runtime = cmdlet.CommandRuntime;
        _record = new ProgressRecord(Interlocked.Increment(ref s_lastId), cmdlet.MyInvocation.MyCommand.Name, " ");
        _began = _clock.GetTimestamp();
    }

    /// <summary>The clock of all bars; a test may set another.</summary>
    internal static TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>How many objects are done.</summary>
    public long Count { get; private set; }

    /// <summary>How many there will be at most; null where that is not known.</summary>
    public long? Total { get; set; }

    /// <summary>The bar of the cmdlet that is at work in this thread; null where none is, or none of ours.</summary>
    public static Progress? Running
    {
        get => s_running;
        set => s_running = value;
    }

    /// <summary>Puts this bar below another's.</summary>
    public void StandBelow(Progress above) => _record.ParentActivityId = above == this ? _record.ParentActivityId : above._record.ActivityId;

    /// <summary>Counts one more.</summary>
    public void Step()
    {
        Count++;
        if (Count != Total)
            Update(null);
    }

    /// <summary>Shows how things stand, where it is time to.</summary>
    /// <param name="waiting">The request that is being waited for, another string for each; null for none.</param>
    public void Update(string? waiting)
    {
        long now = _clock.GetTimestamp();
        if (!ReferenceEquals(waiting, _waiting))
        {
            _waiting = waiting;
            _waitingSince = now;
        }
        if (_isShown ? _clock.GetElapsedTime(_shownAt, now) < Interval : _clock.GetElapsedTime(_began, now) < Patience)
            return;
        if (Count == 0 && waiting is null)
            return;
        _shownAt = now;
        _isShown = true;
        double rate = Count / _clock.GetElapsedTime(_began, now).TotalSeconds;
        _record.StatusDescription = Status(rate, _clock.GetElapsedTime(_waitingSince, now));
        _record.PercentComplete = Total > 0 ? (int)Math.Min(100, 100 * Count / Total.Value) : -1;
        _record.SecondsRemaining = Total >= Count && Count > 0 ? (int)Math.Min(int.MaxValue, Math.Ceiling((Total.Value - Count) / rate)) : -1;
        _runtime.WriteProgress(Source, _record);
    }

    /// <summary>Takes the bar away. May be called where the cmdlet itself can write no more: after an error, or after Ctrl-C.</summary>
    public void Complete()
    {
        if (!_isShown)
            return;
        _isShown = false;
        _record.RecordType = ProgressRecordType.Completed;
        _ui.WriteProgress(Source, _record);
    }

    private string Status(double rate, TimeSpan waited)
    {
        string wait = waited < Patience || _waiting is null ? _waiting ?? "" : FormattableString.Invariant($"{_waiting}, {Math.Floor(waited.TotalSeconds):0} s");
        if (Count == 0)
            return wait;
        string count = FormattableString.Invariant($"{Count:#,0}{(Total is null ? "" : FormattableString.Invariant($" of {Total:#,0}"))}, {Text(rate)}");
        return waited < Patience || _waiting is null ? count : $"{count}; {wait}";
    }

    private static string Text(double rate) => rate switch
    {
        >= 10 => FormattableString.Invariant($"{rate:#,0}/s"),
        >= 1 => FormattableString.Invariant($"{rate:0.#}/s"),
        _ => FormattableString.Invariant($"{rate * 60:0.#}/min"),
    };
}
