using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading.Tasks;
using TroveSchedules.Binding;
using TroveSchedules.Completion;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Decides by rules of retention which backups are kept and which can be removed. Removes nothing.</summary>
[Cmdlet(VerbsCommon.Get, "TroveBackupRetention", DefaultParameterSetName = "Instance")]
[OutputType(typeof(BackupRetentionDecision))]
public sealed class GetTroveBackupRetentionCommand : SessionCmdlet
{
    private RetentionPlanner _planner = null!;

    /// <summary>The instances of the backups, by object, id or name, with wildcards. Default: all instances.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Instance")]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    [InstanceReference("Instance", OtherParameter = typeof(ScheduleReferenceAttribute), OtherParameterName = nameof(Schedule))]
    [SupportsWildcards]
    public InstanceReference[]? Instance { get; set; }

    /// <summary>The schedules of the backups, or their ids. The backups of a schedule are those of its instance with its name.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Schedule")]
    [ArgumentCompleter(typeof(ScheduleIdCompleter))]
    [ScheduleReference("Schedule", "Id")]
    public ScheduleReference[] Schedule { get; set; } = [];

    /// <summary>Number of the last backups to keep.</summary>
    [Parameter]
    [NumberCell]
    public int? KeepLast { get; set; }

    /// <summary>Number of hours of which the newest backup is kept.</summary>
    [Parameter]
    [NumberCell]
    public int? KeepHourly { get; set; }

    /// <summary>Number of days of which the newest backup is kept.</summary>
    [Parameter]
    [NumberCell]
    public int? KeepDaily { get; set; }

    /// <summary>Number of ISO weeks of which the newest backup is kept.</summary>
    [Parameter]
    [NumberCell]
    public int? KeepWeekly { get; set; }

    /// <summary>Number of months of which the newest backup is kept.</summary>
    [Parameter]
    [NumberCell]
    public int? KeepMonthly { get; set; }

    /// <summary>Number of years of which the newest backup is kept.</summary>
    [Parameter]
    [NumberCell]
    public int? KeepYearly { get; set; }

    /// <summary>Length of time before the newest backup in which every backup is kept.</summary>
    [Parameter]
    [DurationCell]
    public TimeSpan? KeepWithin { get; set; }

    /// <summary>Removes backups that failed.</summary>
    [Parameter]
    [SwitchCell]
    public SwitchParameter IncludeFailed { get; set; }

    /// <summary>The time zone in which hours, days, weeks, months and years begin. Default: UTC.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TimeZoneCompleter))]
    [TimeZoneCell]
    public TimeZoneInfo? TimeZone { get; set; }

    /// <summary>Checks the rules, and gets the session.</summary>
    protected override void BeginProcessing()
    {
        var rules = new RetentionRules
        {
            KeepLast = KeepLast,
            KeepHourly = KeepHourly,
            KeepDaily = KeepDaily,
            KeepWeekly = KeepWeekly,
            KeepMonthly = KeepMonthly,
            KeepYearly = KeepYearly,
            KeepWithin = KeepWithin,
            IncludeFailed = IncludeFailed,
            TimeZone = TimeZone,
        };
        RunOrTerminate(rules.Check);
        base.BeginProcessing();
        _planner = Cloud.Backups.CreateRetentionPlanner(rules);
    }

    /// <summary>Writes the decisions.</summary>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == "Schedule")
            ForEach(Schedule, reference => Write(PlanAsync(reference)));
        else
            ForEach(Instance ?? [null!], instance => Write(instance is null ? _planner.PlanAllAsync(Cancelled) : PlanAsync(instance.IdFor(Cloud))));
    }

    private Task<IReadOnlyList<BackupRetentionDecision>> PlanAsync(string instance) => _planner.PlanInstanceAsync(instance, Wildcards.Matcher(instance), Cancelled);

    private async Task<IReadOnlyList<BackupRetentionDecision>> PlanAsync(ScheduleReference reference)
    {
        string id = reference.IdFor(Cloud);
        BackupSchedule schedule = reference.Schedule ?? await Cloud.Schedules.GetAsync(id, false, Cancelled).ConfigureAwait(false);
        return await _planner.PlanScheduleAsync(schedule, Cancelled).ConfigureAwait(false);
    }

    private void Write(Task<IReadOnlyList<BackupRetentionDecision>> decisions)
    {
        foreach (BackupRetentionDecision decision in Await(decisions))
            WriteObject(decision);
    }
}
