using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Base of cmdlets that use a session.</summary>
public abstract class SessionCmdlet : TroveCmdlet
{
    private int _rows;
    private int _foreign;

    /// <summary>The session to use. Default: the session of the process.</summary>
    [Parameter]
    [ValidateNotNull]
    public TroveSession? Session { get; set; }

    /// <summary>The session in use. Set in BeginProcessing.</summary>
    private protected CloudSession Cloud => (CloudSession)Session!;

    /// <summary>The session, where nothing better is known.</summary>
    internal override object? DefaultTarget => Session;

    /// <summary>Gets the session. If there is none, the pipeline ends with an error.</summary>
    protected override void BeginProcessing() => Session = GetSession(Session);

    /// <summary>Writes an object from the cloud, and counts the objects of other projects, which appear only with -AllProjects.</summary>
    private protected override void Write(object? row)
    {
        base.Write(row);
        _rows++;
        string? project = row switch { BackupSchedule schedule => schedule.ProjectId, ScheduleExecution execution => execution.ProjectId, _ => null };
        if (project is not null && project != Cloud.ProjectId)
            _foreign++;
    }

    /// <summary>Waits for executions and writes each as it ends. For one that failed, it also writes an error.</summary>
    private protected void WaitFor(IReadOnlyCollection<AwaitedExecution> executions, bool forBackup, int? timeoutSec, bool allProjects)
    {
        if (executions.Count == 0)
            return;
        var options = new ExecutionWaitOptions
        {
            ForBackup = forBackup,
            TimeLimit = timeoutSec is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            AllProjects = allProjects,
            Delay = Sandboxes.IsName(Cloud.AuthUrl.Host) ? Sandboxes.DelayOf(Cloud.AuthUrl) : null,
        };
        int total = executions.Select(execution => execution.Id).Distinct(StringComparer.OrdinalIgnoreCase).Count();
        WriteEach(Cloud.Executions.WaitAsync(executions, options, Cancelled), total, outcome =>
        {
            if (outcome.Execution is not null)
                Write(outcome.Execution);
            if (outcome.Error is not null)
                throw outcome.Error;
        });
    }

    /// <summary>Warns an administrator about the objects of other projects that were written.</summary>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        if (_foreign > 0)
            WriteWarning($"{_foreign} of the {_rows} shown belong to other projects. A cmdlet that they are piped to refuses them, unless it has -AllProjects, too.");
    }
}
