using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using TroveSchedules.Binding;
using TroveSchedules.Completion;
using TroveSchedules.Cron;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Writes the times of patterns or schedules in the order of time, counts them per hour, or finds those that are too close to each other.</summary>
[Cmdlet(VerbsCommon.Get, "TroveScheduleOccurrence", DefaultParameterSetName = "Pattern")]
[OutputType(typeof(ScheduleOccurrence), typeof(ScheduleHour), typeof(ScheduleOverlap))]
public sealed class GetTroveScheduleOccurrenceCommand : TroveCmdlet, IDynamicParameters
{
    private readonly List<IEnumerable<ScheduleOccurrence>> _sources = [];
    private readonly List<BackupSchedule> _schedules = [];
    private DateTimeOffset _now;
    private bool _patternIsNamed;
    private Quoting.RemainingArguments? _remainingArguments;

    /// <summary>Five cron fields or an alias, in UTC.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Pattern")]
    [ArgumentCompleter(typeof(PatternCompleter))]
    [AllowEmptyString]
    [PatternReference(OtherParameter = typeof(ScheduleSnapshotAttribute))]
    public string[] Pattern { get; set; } = [];

    /// <summary>Schedules, from Get-TroveBackupSchedule.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Schedule")]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "PerHour")]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Overlap")]
    [ScheduleSnapshot]
    public BackupSchedule[] Schedule { get; set; } = [];

    /// <summary>Counts the executions that start in each hour.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "PerHour")]
    public SwitchParameter PerHour { get; set; }

    /// <summary>Finds executions of one instance that are closer together than its last backups took.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Overlap")]
    public SwitchParameter Overlap { get; set; }

    /// <summary>The time after which the occurrences start. Default: now.</summary>
    [Parameter]
    [TimeCell]
    public DateTimeOffset? From { get; set; }

    /// <summary>The time up to which the occurrences are written.</summary>
    [Parameter]
    [TimeCell]
    public DateTimeOffset? Until { get; set; }

    /// <summary>Number of times for each pattern or schedule. With Until the default is no limit.</summary>
    [Parameter(ParameterSetName = "Pattern")]
    [Parameter(ParameterSetName = "Schedule")]
    [ValidateRange(1, int.MaxValue)]
    public int First { get; set; } = 5;

    /// <summary>The time zone of the output.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TimeZoneCompleter))]
    [TimeZoneCell]
    public TimeZoneInfo? TimeZone { get; set; }

    /// <summary>Allows a sixth field in the pattern, which Mistral reads as seconds.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = "Pattern")]
    [SwitchCell]
    public SwitchParameter AllowSeconds { get; set; }

    /// <summary>The session that reads the backups. Default: the session of the process.</summary>
    [Parameter(ParameterSetName = "Overlap")]
    [ValidateNotNull]
    public TroveSession? Session { get; set; }

    private CloudSession Cloud => (CloudSession)Session!;

    internal override object? DefaultTarget => Session;

    /// <inheritdoc/>
    public object? GetDynamicParameters() => _remainingArguments = Quoting.Catch(MyInvocation, Pattern.LastOrDefault());

    /// <summary>Rejects a pattern that PowerShell split into several arguments, and a period that ends before it begins.</summary>
    protected override void BeginProcessing()
    {
        if (Quoting.Refusal(MyInvocation, _remainingArguments, Pattern.LastOrDefault()) is { } refusal)
            ThrowTerminatingError(refusal);
        _patternIsNamed = Quoting.IsPatternNamed(MyInvocation);
        if (ParameterSetName == "Overlap")
            Session = GetSession(Session);
        _now = DateTimeOffset.UtcNow;
        RunOrTerminate(() => ScheduleOccurrences.CheckUntil(Until, From, Session?.CloudTime ?? _now));
    }

    internal override string? AdviceOn(TroveScheduleException error) =>
        _patternIsNamed && error is CronPatternException ? Quoting.Advise(error.Target as string) : null;

    /// <summary>Collects the patterns and schedules. Their times are merged after the last one.</summary>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == "Pattern")
            ForEach(Pattern, pattern => Add(CronPattern.Parse(pattern, AllowSeconds)));
        else
            ForEach(Schedule, Add);
    }

    private void Add(CronPattern pattern)
    {
        foreach (string warning in pattern.Surprises)
            WriteWarning($"'{pattern.Text}': {warning}");
        Add(pattern.Occurrences(From ?? _now), pattern.Text, null);
    }

    private void Add(BackupSchedule schedule)
    {
        if (Overlap)
            Cloud.Schedules.CheckOverlapsOf(schedule);
        if (schedule is { NextExecutionTime: not null, Pattern: { } pattern } && !CronPattern.TryParse(pattern, true, out _, out CronPatternException? error))
        {
            // The next time is Mistral's own.
            Add(ScheduleOccurrences.Of(schedule).Take(1).Where(time => !(time <= From)), pattern, schedule);
            throw error;
        }
        _schedules.Add(schedule);
        Add(ScheduleOccurrences.Of(schedule, From), schedule.Pattern, schedule);
    }

    private void Add(IEnumerable<DateTimeOffset> times, string? pattern, BackupSchedule? schedule)
    {
        if (Until is { } until)
            times = times.TakeWhile(time => time <= until);
        if (Until is null || MyInvocation.BoundParameters.ContainsKey(nameof(First)))
            times = times.Take(First);
        _sources.Add(times.Select(time => new ScheduleOccurrence
        {
            Time = TimeZone is null ? time : TimeZoneInfo.ConvertTime(time, TimeZone),
            Pattern = pattern,
            ScheduleId = schedule?.Id,
            ProjectId = schedule?.ProjectId,
            Origin = schedule?.Origin,
        }));
    }

    private protected override void ProcessCollected()
    {
        WarnOfInactive();
        if (Overlap)
            Try(() => WriteObject(Await(Cloud.Schedules.FindOverlapsAsync(_schedules, From, Until, TimeZone, Warn, Cancelled)), enumerateCollection: true));
        else if (PerHour)
            WriteInOrder(ScheduleOccurrences.PerHour(_schedules, From ?? _now, Until, TimeZone, Cancelled));
        else
            WriteInOrder(ScheduleOccurrences.Merge(_sources));
    }

    private void WarnOfInactive()
    {
        foreach (IGrouping<ScheduleState, BackupSchedule> idle in _schedules.Where(schedule => schedule is { NextExecutionTime: null, State: not ScheduleState.Active }).GroupBy(schedule => schedule.State))
        {
            string state = idle.Key.ToString().ToLowerInvariant();
            WriteWarning(idle.Count() == 1 ? $"1 schedule is {state} and has no occurrences." : $"{idle.Count()} schedules are {state} and have no occurrences.");
        }
    }

    private void WriteInOrder<T>(IEnumerable<T> rows) => Run(() =>
    {
        foreach (T row in rows)
        {
            Cancelled.ThrowIfCancellationRequested();
            WriteObject(row);
        }
    });
}
