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
    private readonly string _activity;
    private readonly int _id = Interlocked.Increment(ref s_lastId);
    private readonly long _began;
    private int _above = -1;
    private long _shownAt;
    private ProgressRecord? _shown;
    private string? _waiting;
    private long _waitingSince;

    /// <summary>Begins to measure.</summary>
    public Progress(PSCmdlet cmdlet)
    {
        _ui = cmdlet.Host.UI;
        _runtime = cmdlet.CommandRuntime;
        _activity = cmdlet.MyInvocation.MyCommand.Name;
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
    public void StandBelow(Progress above) => _above = above == this ? _above : above._id;

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
        if (_shown is not null ? _clock.GetElapsedTime(_shownAt, now) < Interval : _clock.GetElapsedTime(_began, now) < Patience)
            return;
        if (Count == 0 && waiting is null)
            return;
        _shownAt = now;
        double rate = Count / _clock.GetElapsedTime(_began, now).TotalSeconds;
        // A new record each time: a host may keep them.
        _shown = Record(Status(rate, _clock.GetElapsedTime(_waitingSince, now)));
        if (Total > 0)
            _shown.PercentComplete = (int)Math.Min(100, 100 * Count / Total.Value);
        if (Total >= Count && Count > 0)
            _shown.SecondsRemaining = (int)Math.Min(int.MaxValue, Math.Ceiling((Total.Value - Count) / rate));
        _runtime.WriteProgress(Source, _shown);
    }

    /// <summary>Takes the bar away. May be called where the cmdlet itself can write no more: after an error, or after Ctrl-C.</summary>
    public void Complete()
    {
        if (_shown is null)
            return;
        ProgressRecord end = Record(_shown.StatusDescription);
        end.RecordType = ProgressRecordType.Completed;
        _shown = null;
        _ui.WriteProgress(Source, end);
    }

    private ProgressRecord Record(string status) => new(_id, _activity, status) { ParentActivityId = _above };

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
