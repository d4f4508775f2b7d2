using System;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Threading;

namespace TroveSchedules.Commands;

/// <summary>
/// The progress bar of one cmdlet. It appears after a second, is updated a few times a second, and is always removed at the end. The bar of a
/// cmdlet later in the pipeline is a child of this one. Not thread-safe: only the pipeline's thread uses it.
/// </summary>
internal sealed class Progress
{
    /// <summary>Interval between updates of the bar.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.25);

    // Hosts identify a bar by source and id. A child must have the same source as its parent.
    private const long Source = 0x54_72_6F_76_65;
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);
    private static int s_lastId;
    [ThreadStatic] private static Progress? s_running;

    private readonly TimeProvider _clock = Clock;
    private readonly PSHostUserInterface _ui;
    private readonly ICommandRuntime _runtime;
    private readonly string _activity;
    private readonly int _id = Interlocked.Increment(ref s_lastId);
    private readonly long _began;
    private int _parentId = -1;
    private long? _items;
    private bool _countsRows;
    private string _participle = "";
    private long _shownAt;
    private ProgressRecord? _shown;
    private long _count;
    private long? _total;
    private string? _waiting;
    private long _waitingSince;

    /// <summary>Starts the time measurement.</summary>
    public Progress(PSCmdlet cmdlet)
    {
        _ui = cmdlet.Host.UI;
        _runtime = cmdlet.CommandRuntime;
        _activity = cmdlet.MyInvocation.MyCommand.Name;
        _began = _clock.GetTimestamp();
    }

    /// <summary>The clock of all bars. Tests replace it.</summary>
    internal static TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>The bar of this module's cmdlet that is running on this thread; null for none.</summary>
    public static Progress? Running
    {
        get => s_running;
        set => s_running = value;
    }

    /// <summary>Makes this bar a child of the calling cmdlet's bar.</summary>
    public void SetParent(Progress parent) => _parentId = parent == this ? _parentId : parent._id;

    /// <summary>Sets the total for the percentage.</summary>
    /// <param name="items">Number of items; null if they come from the pipeline, because their number is unknown.</param>
    public void ExpectItems(long? items) => _items = items;

    /// <summary>Switches from counting items to counting rows.</summary>
    /// <param name="rowsPerItem">Maximum number of rows per item; null for no maximum.</param>
    public void CountRows(long? rowsPerItem)
    {
        _countsRows = true;
        _total = _items * rowsPerItem;
    }

    /// <summary>Switches to counting results of a known number. The bar then also appears before the first result, and while no request is in progress.</summary>
    /// <param name="total">Number of results.</param>
    /// <param name="participle">The word after the numbers, such as <c>ended</c>.</param>
    public void CountResults(long total, string participle) => (_countsRows, _count, _total, _participle) = (true, 0, total, " " + participle);

    /// <summary>Counts from the beginning again.</summary>
    public void Restart() => _count = 0;

    /// <summary>Counts an item, unless rows are counted.</summary>
    public void ItemDone()
    {
        if (_countsRows)
            return;
        _total = _items;
        RowDone();
    }

    /// <summary>Counts a row.</summary>
    public void RowDone()
    {
        _count++;
        if (_count != _total)
            Update(null);
    }

    /// <summary>Updates the bar if the interval has passed.</summary>
    /// <param name="waiting">The request in progress, with its own string instance for each request; null for none.</param>
    public void Update(string? waiting)
    {
        long now = _clock.GetTimestamp();
        if (!ReferenceEquals(waiting, _waiting))
        {
            _waiting = waiting;
            _waitingSince = now;
        }
        if (_shown is not null ? _clock.GetElapsedTime(_shownAt, now) < Interval : _clock.GetElapsedTime(_began, now) < Delay)
            return;
        if (_count == 0 && waiting is null && _participle.Length == 0)
            return;
        _shownAt = now;
        double rate = _count / _clock.GetElapsedTime(_began, now).TotalSeconds;
        // A new record each time, because a host may keep the old one.
        _shown = Record(Status(rate, _clock.GetElapsedTime(_waitingSince, now)));
        if (_total > 0)
            _shown.PercentComplete = (int)Math.Min(100, 100 * _count / _total.Value);
        if (_total >= _count && _count > 0)
            _shown.SecondsRemaining = (int)Math.Min(int.MaxValue, Math.Ceiling((_total.Value - _count) / rate));
        _runtime.WriteProgress(Source, _shown);
    }

    /// <summary>Removes the bar. Also works when the cmdlet itself can no longer write: after an error, or after Ctrl-C.</summary>
    public void Complete()
    {
        if (_shown is null)
            return;
        ProgressRecord end = Record(_shown.StatusDescription);
        end.RecordType = ProgressRecordType.Completed;
        _shown = null;
        _ui.WriteProgress(Source, end);
    }

    private ProgressRecord Record(string status) => new(_id, _activity, status) { ParentActivityId = _parentId };

    private string Status(double rate, TimeSpan waited)
    {
        string wait = waited < Delay || _waiting is null ? _waiting ?? "" : FormattableString.Invariant($"{_waiting}, {Math.Floor(waited.TotalSeconds):0} s");
        if (_count == 0 && _participle.Length == 0)
            return wait;
        string count = FormattableString.Invariant($"{_count:#,0}{(_total is null ? "" : FormattableString.Invariant($" of {_total:#,0}"))}{_participle}{(_count == 0 ? "" : $", {Text(rate)}")}");
        return waited < Delay || _waiting is null ? count : $"{count}; {wait}";
    }

    private static string Text(double rate) => rate switch
    {
        >= 10 => FormattableString.Invariant($"{rate:#,0}/s"),
        >= 1 => FormattableString.Invariant($"{rate:0.#}/s"),
        _ => FormattableString.Invariant($"{rate * 60:0.#}/min"),
    };
}
