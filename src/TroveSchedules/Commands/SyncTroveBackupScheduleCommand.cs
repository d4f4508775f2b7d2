using System.Management.Automation;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Makes the schedules of an owner as a plan says.</summary>
[Cmdlet(VerbsData.Sync, "TroveBackupSchedule", SupportsShouldProcess = true)]
[OutputType(typeof(ScheduleSyncStep))]
public sealed class SyncTroveBackupScheduleCommand : SchedulePlanCmdlet
{
    /// <summary>Takes over schedules with the same instance and name from another owner or none. Without it, each of them is an error.</summary>
    [Parameter]
    public SwitchParameter Adopt { get; set; }

    private protected override ScheduleSyncMode Mode => Adopt ? ScheduleSyncMode.Adopt : ScheduleSyncMode.Own;
}
