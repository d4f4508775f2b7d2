using System.Linq;
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
    // Requested once, before the first deletion. A request per schedule would double the time for thousands of schedules.
    private ILookup<string, ScheduleExecution>? _inFlight;

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
        string id = reference.IdIn(Cloud, AllProjects);
        return reference.Schedule ?? await Cloud.Schedules.GetAsync(id, AllProjects, Cancelled).ConfigureAwait(false);
    }

    private bool Confirm(BackupSchedule schedule)
    {
        WarnOfRunsInFlight(schedule);
        return ShouldProcess(ScheduleText.Describe(schedule), "Delete");
    }

    private async Task<object?> DeleteAsync(BackupSchedule schedule)
    {
        await Cloud.Schedules.DeleteAsync(schedule, AllProjects, Cancelled).ConfigureAwait(false);
        return PassThru ? schedule : null;
    }

    private void WarnOfRunsInFlight(BackupSchedule schedule)
    {
        try
        {
            _inFlight ??= Await(Cloud.Executions.InFlightAsync(AllProjects, Cancelled));
        }
        catch (TroveScheduleException e)
        {
            // The check only adds a warning, so its failure must not prevent the deletion.
            _inFlight = Enumerable.Empty<ScheduleExecution>().ToLookup(run => run.Id);
            WriteDetail($"Whether runs are in flight is not known. {e.Message}");
        }
        foreach (ScheduleExecution run in _inFlight[schedule.TriggerId])
        {
            WriteWarning($"A run of the {ScheduleText.Describe(schedule)} is in flight: execution {run.Id} ({run.State}). Its Keystone trust goes with the schedule, so that it may fail. "
                + $"To let it finish, wait until Get-TroveScheduleExecution -Id {run.Id} says that it has ended, then delete the schedule.");
        }
    }
}
