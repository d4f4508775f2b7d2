using System;
using System.Collections.Generic;
using System.Management.Automation;
using TroveSchedules.Binding;
using TroveSchedules.Completion;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Checks whether schedules make good backups.</summary>
[Cmdlet(VerbsCommon.Get, "TroveScheduleHealth")]
[OutputType(typeof(ScheduleHealth))]
public sealed class GetTroveScheduleHealthCommand : SessionCmdlet
{
    private List<BackupSchedule>? _schedules = [];

    /// <summary>The schedules, or their ids. Default: all schedules of the project.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ScheduleIdCompleter))]
    [ScheduleReference("Schedule")]
    public ScheduleReference[]? Schedule { get; set; }

    /// <summary>The beginning of the period. Default: seven days ago.</summary>
    [Parameter]
    [TimeCell, ValidateNotNull]
    public DateTimeOffset? Since { get; set; }

    /// <summary>How old the last completed backup of an instance may be.</summary>
    [Parameter]
    [DurationCell, ValidateNotNull]
    public TimeSpan? MaxAge { get; set; }

    /// <summary>Includes instances that have no schedule.</summary>
    [Parameter]
    public SwitchParameter IncludeUnscheduled { get; set; }

    private HealthOptions Options => new() { Since = Since, MaxAge = MaxAge, IncludeUnscheduled = IncludeUnscheduled };

    /// <summary>Rejects invalid values before the pipeline is read.</summary>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        RunOrTerminate(() => Options.Check(Cloud.CloudTime));
    }

    /// <summary>Collects the schedules, which are checked together.</summary>
    protected override void ProcessRecord()
    {
        if (Schedule is null)
            _schedules = null;
        else
            ForEach(Schedule, reference => _schedules!.Add(Read(reference)));
    }

    private BackupSchedule Read(ScheduleReference reference)
    {
        string id = reference.IdFor(Cloud);
        return reference.Schedule ?? Await(Cloud.Schedules.GetAsync(id, allProjects: false, Cancelled));
    }

    private protected override void ProcessCollected()
    {
        if (_schedules is { Count: 0 } && !IncludeUnscheduled)
            return;
        Try(() => WriteObject(Await(Cloud.Schedules.CheckHealthAsync(_schedules, Options, Warn, Cancelled)), enumerateCollection: true));
    }
}
