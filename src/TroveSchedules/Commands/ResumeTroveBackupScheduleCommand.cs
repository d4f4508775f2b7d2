using System.Management.Automation;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Resumes suspended schedules at the next time of their pattern, and finishes changes that were cut off.</summary>
[Cmdlet(VerbsLifecycle.Resume, "TroveBackupSchedule", SupportsShouldProcess = true)]
[OutputType(typeof(void), typeof(BackupSchedule))]
public sealed class ResumeTroveBackupScheduleCommand : ScheduleChangeCmdlet
{
    private protected override Task<PreparedScheduleChange> PrepareAsync(BackupSchedule schedule) =>
        Cloud.ScheduleChanges.PrepareResumptionAsync(schedule, Lookup, Warn, Cancelled);
}
