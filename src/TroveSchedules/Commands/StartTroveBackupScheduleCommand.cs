using System;
using System.Collections.Concurrent;
using System.Management.Automation;
using System.Threading.Tasks;
using TroveSchedules.Binding;
using TroveSchedules.Completion;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Runs schedules now, once. Their next times stay.</summary>
[Cmdlet(VerbsLifecycle.Start, "TroveBackupSchedule", SupportsShouldProcess = true)]
[OutputType(typeof(ScheduleExecution))]
public sealed class StartTroveBackupScheduleCommand : BulkCmdlet
{
    private readonly ConcurrentQueue<AwaitedExecution> _started = new();

    /// <summary>The schedules, or their ids.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ScheduleIdCompleter))]
    [ScheduleReference]
    public ScheduleReference[] Id { get; set; } = [];

    /// <summary>Waits until the executions have ended, and writes each as it ends.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>Maximum number of seconds that -Wait waits. Default: no limit.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? TimeoutSec { get; set; }

    /// <summary>Allows an administrator to start other projects' schedules. The executions belong to the session's project.</summary>
    [Parameter]
    [SwitchCell]
    public SwitchParameter AllProjects { get; set; }

    /// <summary>Starts them.</summary>
    protected override void ProcessRecord() => ChangeEach(Id, FindAsync, schedule => ShouldProcess(schedule.InWords(), "Run now"), StartAsync);

    private async Task<BackupSchedule> FindAsync(ScheduleReference reference)
    {
        string id = reference.IdFor(Cloud, AllProjects);
        return reference.Schedule ?? await Cloud.Schedules.GetAsync(id, AllProjects, Cancelled).ConfigureAwait(false);
    }

    private async Task<object?> StartAsync(BackupSchedule schedule)
    {
        ScheduleExecution execution = await Cloud.Executions.StartAsync(schedule, Guid.NewGuid().ToString(), AllProjects, Cancelled).ConfigureAwait(false);
        if (schedule.ProjectId is { } project && project != Cloud.ProjectId)
            Warn($"The schedule '{schedule.Id}' belongs to the project {project}, but its execution {execution.Id} and the backup belong to this session's, {Cloud.ProjectId}.");
        if (!Wait)
            return execution;
        _started.Enqueue(new AwaitedExecution(execution.Id, execution));
        return null;
    }

    private protected override void ProcessCollected() => WaitFor(_started.ToArray(), forBackup: false, TimeoutSec, AllProjects);
}
