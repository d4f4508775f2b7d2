using System.Collections.Generic;
using System.Management.Automation;
using TroveSchedules.Binding;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Waits until executions have ended, and on request until their backups have.</summary>
[Cmdlet(VerbsLifecycle.Wait, "TroveScheduleExecution")]
[OutputType(typeof(ScheduleExecution))]
public sealed class WaitTroveScheduleExecutionCommand : SessionCmdlet
{
    private readonly List<AwaitedExecution> _awaited = [];

    /// <summary>The executions, or their ids.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ExecutionReference]
    public ExecutionReference[] Id { get; set; } = [];

    /// <summary>Also waits until Trove has completed the backup of each successful execution, or failed to.</summary>
    [Parameter]
    public SwitchParameter ForBackup { get; set; }

    /// <summary>Maximum number of seconds to wait. With 0, the states are read once. Default: no limit.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? TimeoutSec { get; set; }

    /// <summary>Allows an administrator to wait for other projects' executions.</summary>
    [Parameter]
    [SwitchCell]
    public SwitchParameter AllProjects { get; set; }

    /// <summary>Collects them. One listing reads the states of all, so the waiting begins after the last.</summary>
    protected override void ProcessRecord() => ForEach(Id, reference => _awaited.Add(new AwaitedExecution(reference.IdFor(Cloud, AllProjects), reference.Execution)));

    private protected override void ProcessCollected() => WaitFor(_awaited, ForBackup, TimeoutSec, AllProjects);
}
