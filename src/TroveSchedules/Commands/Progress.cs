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
    private long _shownAt;
    private ProgressRecord? _shown;
    private long _count;
    private long? _total;
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

    /// <summary>The bar of the cmdlet that is at work in this thread; null where none is, or none of ours.</summary>
    public static Progress? Running
    {
        get => s_running;
        set => s_running = value;
    }

    /// <summary>Shows this bar below that of the cmdlet that called this one.</summary>
    public void SetParent(Progress parent) => _parentId = parent == this ? _parentId : parent._id;

    /// <summary>Sets what the items are measured against.</summary>
    /// <param name="items">Number of items; null where they come from the pipeline, so that nobody knows.</param>
    public void ExpectItems(long? items) => _items = items;

    /// <summary>Counts rows from now on, and no items.</summary>
    /// <param name="rowsPerItem">Maximum number of rows of an item; null where there is none.</param>
    public void CountRows(long? rowsPerItem)
    {
        _countsRows = true;
        _total = _items * rowsPerItem;
    }

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
        if (_shown is not null ? _clock.GetElapsedTime(_shownAt, now) < Interval : _clock.GetElapsedTime(_began, now) < Delay)
            return;
        if (_count == 0 && waiting is null)
            return;
        _shownAt = now;
        double rate = _count / _clock.GetElapsedTime(_began, now).TotalSeconds;
        // A new record each time: a host may keep them.
        _shown = Record(Status(rate, _clock.GetElapsedTime(_waitingSince, now)));
        if (_total > 0)
            _shown.PercentComplete = (int)Math.Min(100, 100 * _count / _total.Value);
        if (_total >= _count && _count > 0)
            _shown.SecondsRemaining = (int)Math.Min(int.MaxValue, Math.Ceiling((_total.Value - _count) / rate));
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

    private ProgressRecord Record(string status) => new(_id, _activity, status) { ParentActivityId = _parentId };

    private string Status(double rate, TimeSpan waited)
    {
        string wait = waited < Delay || _waiting is null ? _waiting ?? "" : FormattableString.Invariant($"{_waiting}, {Math.Floor(waited.TotalSeconds):0} s");
        if (_count == 0)
            return wait;
        string count = FormattableString.Invariant($"{_count:#,0}{(_total is null ? "" : FormattableString.Invariant($" of {_total:#,0}"))}, {Text(rate)}");
        return waited < Delay || _waiting is null ? count : $"{count}; {wait}";
    }

    private static string Text(double rate) => rate switch
    {
        >= 10 => FormattableString.Invariant($"{rate:#,0}/s"),
        >= 1 => FormattableString.Invariant($"{rate:0.#}/s"),
        _ => FormattableString.Invariant($"{rate * 60:0.#}/min"),
    };
}
