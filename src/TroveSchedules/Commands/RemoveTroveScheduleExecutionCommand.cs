using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading.Tasks;
using TroveSchedules.Binding;
using TroveSchedules.Completion;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Deletes executions from the history: given ones, or the old ones of schedules. Their backups stay.</summary>
[Cmdlet(VerbsCommon.Remove, "TroveScheduleExecution", DefaultParameterSetName = "Id", SupportsShouldProcess = true)]
[OutputType(typeof(void), typeof(ScheduleExecution))]
public sealed class RemoveTroveScheduleExecutionCommand : BulkCmdlet
{
    private readonly HashSet<string> _schedules = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The executions, or their ids.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Id")]
    [ExecutionReference]
    public ExecutionReference[] Id { get; set; } = [];

    /// <summary>The schedules whose old executions are deleted, or their ids. The id of a deleted schedule works too.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Schedule")]
    [ArgumentCompleter(typeof(ScheduleIdCompleter))]
    [ScheduleReference("Schedule")]
    public ScheduleReference[] Schedule { get; set; } = [];

    /// <summary>Number of the newest executions of each schedule to keep.</summary>
    [Parameter(ParameterSetName = "Schedule")]
    [NumberCell]
    public int? KeepLast { get; set; }

    /// <summary>Deletes only executions that started before this time.</summary>
    [Parameter(ParameterSetName = "Schedule")]
    [TimeCell, ValidateNotNull]
    public DateTimeOffset? OlderThan { get; set; }

    /// <summary>Also deletes executions that have not finished.</summary>
    [Parameter]
    [SwitchCell]
    public SwitchParameter Force { get; set; }

    /// <summary>Allows an administrator to delete other projects' executions.</summary>
    [Parameter]
    [SwitchCell]
    public SwitchParameter AllProjects { get; set; }

    /// <summary>Writes each deleted execution, as it was before.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private ExecutionRetention Retention => new() { KeepLast = KeepLast, OlderThan = OlderThan, IncludeUnfinished = Force, AllProjects = AllProjects };

    /// <summary>Checks the rules, and gets the session.</summary>
    protected override void BeginProcessing()
    {
        if (MyInvocation.BoundParameters.ContainsKey(nameof(Schedule)) || MyInvocation.BoundParameters.ContainsKey(nameof(KeepLast)) || MyInvocation.BoundParameters.ContainsKey(nameof(OlderThan)))
            RunOrTerminate(Retention.Check);
        base.BeginProcessing();
    }

    /// <summary>Deletes them.</summary>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == "Id")
        {
            ChangeEach(Id, FindAsync, Confirm, DeleteAsync);
            return;
        }
        foreach (ScheduleReference reference in Schedule)
            ChangeAll(() => Of(reference), Confirm, DeleteAsync);
    }

    // A schedule that comes twice would find executions that are being deleted.
    private IAsyncEnumerable<ScheduleExecution>? Of(ScheduleReference reference)
    {
        string id = reference.IdFor(Cloud, AllProjects);
        return !_schedules.Add(id) ? null
            : reference.Schedule is { } schedule ? Cloud.Executions.ListExpiredAsync(schedule, Retention, Cancelled)
            : Cloud.Executions.ListExpiredAsync(id, Retention, Cancelled);
    }

    private async Task<ScheduleExecution> FindAsync(ExecutionReference reference)
    {
        string id = reference.IdFor(Cloud, AllProjects);
        return reference.Execution ?? await Cloud.Executions.GetAsync(id, AllProjects, includeBackupStatus: false, Cancelled).ConfigureAwait(false);
    }

    private bool Confirm(ScheduleExecution execution) => ShouldProcess(InWords(execution), "Delete");

    private async Task<object?> DeleteAsync(ScheduleExecution execution)
    {
        await Cloud.Executions.DeleteAsync(execution, Force, AllProjects, Cancelled).ConfigureAwait(false);
        return PassThru ? execution : null;
    }

    private static string InWords(ScheduleExecution execution)
    {
        string when = execution.ExecutionTime is { } time ? $" of {time:u}" : "";
        string what = execution.InstanceId is { } instance ? $", a backup of instance {instance}" : "";
        return $"execution {execution.Id}{when} ({execution.State}){what}";
    }
}
