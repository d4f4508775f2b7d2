using System.Management.Automation;
using System.Threading.Tasks;
using TroveSchedules.Binding;
using TroveSchedules.Completion;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Base of cmdlets that change schedules.</summary>
public abstract class ScheduleChangeCmdlet : FinishingCmdlet
{
    /// <summary>The schedules, or their ids.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ScheduleIdCompleter))]
    [ScheduleReference]
    public ScheduleReference[] Id { get; set; } = [];

    /// <summary>Writes each schedule as it is afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Changes the schedules.</summary>
    protected override void ProcessRecord() => ChangeEach(Id, PrepareAsync, Confirm, ApplyAsync);

    /// <summary>Checks the change of one schedule, on any thread.</summary>
    private protected abstract Task<PreparedScheduleChange> PrepareAsync(BackupSchedule schedule);

    private async Task<PreparedScheduleChange> PrepareAsync(ScheduleReference reference)
    {
        string id = reference.IdFor(Cloud);
        return await PrepareAsync(reference.Schedule ?? await Cloud.Schedules.GetAsync(id, false, Cancelled).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private bool Confirm(PreparedScheduleChange change) => !change.IsNeeded || ConfirmChange(change);

    private async Task<object?> ApplyAsync(PreparedScheduleChange change)
    {
        BackupSchedule schedule = await Track(Cloud.ScheduleChanges.ApplyAsync(change, Warn, Cancelled)).ConfigureAwait(false);
        return PassThru ? schedule : null;
    }
}
