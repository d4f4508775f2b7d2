using System;
using System.Management.Automation;
using System.Threading.Tasks;
using TroveSchedules.Binding;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Suspends schedules: they keep everything, and do not run until they are resumed.</summary>
[Cmdlet(VerbsLifecycle.Suspend, "TroveBackupSchedule", SupportsShouldProcess = true)]
[OutputType(typeof(void), typeof(BackupSchedule))]
public sealed class SuspendTroveBackupScheduleCommand : ScheduleChangeCmdlet
{
    /// <summary>The reason.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Reason { get; set; }

    /// <summary>When the schedules are to be resumed. Nothing resumes them by itself.</summary>
    [Parameter]
    [TimeCell]
    public DateTimeOffset? Until { get; set; }

    private protected override Task<PreparedScheduleChange> PrepareAsync(BackupSchedule schedule) =>
        Cloud.ScheduleChanges.PrepareSuspensionAsync(schedule, Reason, Until, Warn, Cancelled);
}
