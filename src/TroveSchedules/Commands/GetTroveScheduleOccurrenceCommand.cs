using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using TroveSchedules.Binding;
using TroveSchedules.Completion;
using TroveSchedules.Cron;

namespace TroveSchedules.Commands;

/// <summary>Writes the next times of a pattern or a schedule.</summary>
[Cmdlet(VerbsCommon.Get, "TroveScheduleOccurrence", DefaultParameterSetName = "Pattern")]
[OutputType(typeof(ScheduleOccurrence))]
public sealed class GetTroveScheduleOccurrenceCommand : TroveCmdlet, IDynamicParameters
{
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
    [ScheduleSnapshot]
    public BackupSchedule[] Schedule { get; set; } = [];

    /// <summary>The time after which the occurrences start. Default: now.</summary>
    [Parameter]
    [TimeCell]
    public DateTimeOffset? From { get; set; }

    /// <summary>Number of times for each pattern or schedule.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int First { get; set; } = 5;

    /// <summary>Allows a sixth field in the pattern, which Mistral reads as seconds.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = "Pattern")]
    [SwitchCell]
    public SwitchParameter AllowSeconds { get; set; }

    /// <inheritdoc/>
    public object? GetDynamicParameters() => _remainingArguments = Quoting.Catch(MyInvocation, Pattern.LastOrDefault());

    /// <summary>Rejects a pattern that PowerShell split into several arguments.</summary>
    protected override void BeginProcessing()
    {
        if (Quoting.Refusal(MyInvocation, _remainingArguments, Pattern.LastOrDefault()) is { } refusal)
            ThrowTerminatingError(refusal);
        _patternIsNamed = Quoting.IsPatternNamed(MyInvocation);
    }

    internal override string? AdviceOn(TroveScheduleException error) =>
        _patternIsNamed && error is CronPatternException ? Quoting.Advise(error.Target as string) : null;

    /// <summary>Writes the times.</summary>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == "Pattern")
            ForEach(Pattern, pattern => WriteOf(CronPattern.Parse(pattern, AllowSeconds)));
        else
            ForEach(Schedule, schedule => Write(ScheduleOccurrences.Of(schedule, From), schedule.Pattern, schedule));
    }

    private void WriteOf(CronPattern pattern)
    {
        foreach (string warning in pattern.Surprises)
            WriteWarning($"'{pattern.Text}': {warning}");
        Write(pattern.Occurrences(From ?? DateTimeOffset.UtcNow), pattern.Text, null);
    }

    private void Write(IEnumerable<DateTimeOffset> times, string? pattern, BackupSchedule? schedule)
    {
        foreach (DateTimeOffset time in times.Take(First))
            WriteObject(new ScheduleOccurrence { Time = time, Pattern = pattern, ScheduleId = schedule?.Id, ProjectId = schedule?.ProjectId, Origin = schedule?.Origin });
    }
}
