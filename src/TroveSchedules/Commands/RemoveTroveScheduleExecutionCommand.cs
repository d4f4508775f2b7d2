using System.Management.Automation;
using System.Threading.Tasks;
using TroveSchedules.Binding;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Deletes executions from the history. Their backups stay.</summary>
[Cmdlet(VerbsCommon.Remove, "TroveScheduleExecution", SupportsShouldProcess = true)]
[OutputType(typeof(void), typeof(ScheduleExecution))]
public sealed class RemoveTroveScheduleExecutionCommand : BulkCmdlet
{
    /// <summary>The executions, or their ids.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ExecutionReference]
    public ExecutionReference[] Id { get; set; } = [];

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

    /// <summary>Deletes them.</summary>
    protected override void ProcessRecord() => ChangeEach(Id, FindAsync, execution => ShouldProcess(InWords(execution), "Delete"), DeleteAsync);

    private async Task<ScheduleExecution> FindAsync(ExecutionReference reference)
    {
        string id = reference.IdFor(Cloud, AllProjects);
        return reference.Execution ?? await Cloud.Executions.GetAsync(id, AllProjects, includeBackupStatus: false, Cancelled).ConfigureAwait(false);
    }

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
