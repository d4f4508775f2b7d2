using System;
using System.Collections.Generic;
using System.Management.Automation;
using TroveSchedules.Binding;
using TroveSchedules.Completion;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Lists executions of schedules, newest first.</summary>
[Cmdlet(VerbsCommon.Get, "TroveScheduleExecution", DefaultParameterSetName = "Schedule", SupportsPaging = true)]
[OutputType(typeof(ScheduleExecution))]
public sealed class GetTroveScheduleExecutionCommand : PagedCmdlet
{
    /// <summary>The schedules, or their ids. The id of a deleted schedule works too.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Schedule")]
    [ArgumentCompleter(typeof(ScheduleIdCompleter))]
    [Alias("ScheduleId")]
    [ScheduleReference("Schedule", "ScheduleId", OtherParameter = typeof(ExecutionReferenceAttribute))]
    public ScheduleReference[] Schedule { get; set; } = [];

    /// <summary>Ids of executions, or execution objects to read again.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Id")]
    [ExecutionReference]
    public ExecutionReference[] Id { get; set; } = [];

    /// <summary>States to include. Default: all.</summary>
    [Parameter(ParameterSetName = "Schedule")]
    [ValidateNotNullOrEmpty]
    [ValidateSet("IDLE", "RUNNING", "PAUSED", "SUCCESS", "ERROR", "CANCELLED")]
    public string[] State { get; set; } = [];

    /// <summary>Earliest start.</summary>
    [Parameter(ParameterSetName = "Schedule")]
    [TimeCell, ValidateNotNull]
    public DateTimeOffset? After { get; set; }

    /// <summary>Latest start.</summary>
    [Parameter(ParameterSetName = "Schedule")]
    [TimeCell, ValidateNotNull]
    public DateTimeOffset? Before { get; set; }

    /// <summary>The id of the execution after which the listing starts.</summary>
    [Parameter(ParameterSetName = "Schedule")]
    [ValidateNotNullOrEmpty]
    public string? Marker { get; set; }

    /// <summary>Includes executions without a recorded trigger whose input equals the schedule's: those started by hand, or by an old release of Mistral.</summary>
    [Parameter(ParameterSetName = "Schedule")]
    public SwitchParameter MatchInput { get; set; }

    /// <summary>Reads the status of each execution's backup from Trove.</summary>
    [Parameter]
    public SwitchParameter IncludeBackupStatus { get; set; }

    /// <summary>Shows an administrator other projects' executions too.</summary>
    [Parameter]
    [SwitchCell]
    public SwitchParameter AllProjects { get; set; }

    /// <summary>Writes the executions; -First and -Skip count for each schedule.</summary>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == "Id")
            ForEachSession(PageOfNamed(Id), reference => Write(Await(Cloud.Executions.GetAsync(reference!.IdFor(Cloud, AllProjects), AllProjects, IncludeBackupStatus, Cancelled))));
        else
            ForEachSession(Schedule, reference => WritePage(Of(reference!)));
    }

    private IAsyncEnumerable<ScheduleExecution> Of(ScheduleReference reference)
    {
        var query = new ExecutionQuery
        {
            Limit = RowLimit,
            Marker = Marker,
            States = State,
            After = After,
            Before = Before,
            MatchInput = MatchInput,
            IncludeBackupStatus = IncludeBackupStatus,
            AllProjects = AllProjects,
        };
        string id = reference.IdFor(Cloud, AllProjects);
        return reference.Schedule is { } schedule ? Cloud.Executions.ListAsync(schedule, query, Cancelled) : Cloud.Executions.ListAsync(id, query, Cancelled);
    }
}
