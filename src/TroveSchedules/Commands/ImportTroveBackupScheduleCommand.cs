using System.Management.Automation;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Creates the schedules of a plan that do not exist. It changes and removes nothing.</summary>
[Cmdlet(VerbsData.Import, "TroveBackupSchedule", SupportsShouldProcess = true)]
[OutputType(typeof(ScheduleSyncStep))]
public sealed class ImportTroveBackupScheduleCommand : SchedulePlanCmdlet
{
    private protected override ScheduleSyncMode Mode => ScheduleSyncMode.CreateOnly;
}
