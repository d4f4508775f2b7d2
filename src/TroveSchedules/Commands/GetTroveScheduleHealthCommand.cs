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
public sealed class GetTroveScheduleHealthCommand : ListingCmdlet
{
    private readonly Dictionary<CloudSession, List<BackupSchedule>> _schedules = [];
    private bool _isAll;

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
            _isAll = true;
        else
            ForEachSession(Schedule, reference => Given.Add(Read(reference!)));
    }

    // The given schedules of the session in use.
    private List<BackupSchedule> Given => GetOrAdd(_schedules, _ => []);

    private BackupSchedule Read(ScheduleReference reference)
    {
        string id = reference.IdFor(Cloud);
        return reference.Schedule ?? Await(Cloud.Schedules.GetAsync(id, allProjects: false, Cancelled));
    }

    private protected override void ProcessCollected()
    {
        ForEachSession<ScheduleReference>(null, _ =>
        {
            if (_isAll || Given.Count > 0 || IncludeUnscheduled)
                WriteObject(Await(Cloud.Schedules.CheckHealthAsync(_isAll ? null : Given, Options, Warn, Cancelled)), enumerateCollection: true);
        });
    }
}
