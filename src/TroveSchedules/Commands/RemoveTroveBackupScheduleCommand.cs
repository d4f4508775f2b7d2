using System.Management.Automation;
using System.Threading.Tasks;
using TroveSchedules.Binding;
using TroveSchedules.Completion;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Deletes schedules. Their executions and backups stay.</summary>
[Cmdlet(VerbsCommon.Remove, "TroveBackupSchedule", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void), typeof(BackupSchedule))]
public sealed class RemoveTroveBackupScheduleCommand : BulkCmdlet
{
    /// <summary>The schedules, or their ids.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ScheduleIdCompleter))]
    [ScheduleReference]
    public ScheduleReference[] Id { get; set; } = [];

    /// <summary>Allows an administrator to delete other projects' schedules.</summary>
    [Parameter]
    [SwitchCell]
    public SwitchParameter AllProjects { get; set; }

    /// <summary>Writes each deleted schedule, as it was before.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Deletes them.</summary>
    protected override void ProcessRecord() => ChangeEach(Id, FindAsync, Confirm, DeleteAsync);

    private async Task<BackupSchedule> FindAsync(ScheduleReference reference)
    {
        string id = reference.IdFor(Cloud, AllProjects);
        return reference.Schedule ?? await Cloud.Schedules.GetAsync(id, AllProjects, Cancelled).ConfigureAwait(false);
    }

    private bool Confirm(BackupSchedule schedule)
    {
        WarnOfRunningExecutions(schedule, "the schedule", "delete", AllProjects);
        return ShouldProcess(schedule.InWords(), "Delete");
    }

    private async Task<object?> DeleteAsync(BackupSchedule schedule)
    {
        await Cloud.Schedules.DeleteAsync(schedule, AllProjects, Cancelled).ConfigureAwait(false);
        return PassThru ? schedule : null;
    }
}
