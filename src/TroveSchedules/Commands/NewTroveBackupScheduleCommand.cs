using System;
using System.Management.Automation;
using TroveSchedules.Binding;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Makes a schedule of backups.</summary>
[Cmdlet(VerbsCommon.New, "TroveBackupSchedule", SupportsShouldProcess = true)]
[OutputType(typeof(BackupSchedule))]
public sealed class NewTroveBackupScheduleCommand : SessionCmdlet
{
    /// <summary>The instance to back up: by object, id or name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [InstanceReference]
    public string Instance { get; set; } = "";

    /// <summary>When: five cron fields or an alias such as @daily, in UTC. May be left out for one run at the first execution time.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public string? Pattern { get; set; }

    /// <summary>The name that each backup gets.</summary>
    [Parameter(Mandatory = true, Position = 2, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string Name { get; set; } = "";

    /// <summary>The description that each backup gets.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Description { get; set; }

    /// <summary>The backup of which every run is to be an increment.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? ParentId { get; set; }

    /// <summary>Makes each run an increment of the newest completed backup.</summary>
    [Parameter]
    public SwitchParameter Incremental { get; set; }

    /// <summary>When to run first, to the minute, which is rounded up; without a pattern the schedule runs then, once.</summary>
    [Parameter]
    public DateTimeOffset? FirstExecutionTime { get; set; }

    /// <summary>How often to run before the schedule ends; without end when left out.</summary>
    [Parameter]
    public int? RemainingExecutions { get; set; }

    /// <summary>Allows a sixth field in the pattern, which Mistral reads as seconds.</summary>
    [Parameter]
    public SwitchParameter AllowSeconds { get; set; }

    /// <summary>Makes the schedule.</summary>
    protected override void ProcessRecord() => Try(() =>
    {
        var schedules = new BackupSchedules(Cloud, Warn);
        PreparedSchedule prepared = Await(schedules.PrepareAsync(new ScheduleRequest
        {
            Instance = Instance,
            Name = Name,
            Pattern = Pattern,
            AllowSeconds = AllowSeconds,
            Description = string.IsNullOrEmpty(Description) ? null : Description,
            ParentId = string.IsNullOrEmpty(ParentId) ? null : ParentId,
            Incremental = Incremental,
            FirstExecutionTime = FirstExecutionTime,
            RemainingExecutions = RemainingExecutions,
        }, Cancelled));
        WriteVerbose(prepared.Explain());
        if (ShouldProcess($"instance '{prepared.Instance.Name}' ({prepared.Instance.Id})", $"Schedule backup '{Name}': {prepared.Explain()}"))
            WriteObject(Await(schedules.CreateAsync(prepared, Cancelled)));
    });
}
