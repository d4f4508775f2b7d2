using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Base of cmdlets that use one session.</summary>
public abstract class SessionCmdlet : CloudCmdlet
{
    /// <summary>The session to use. Default: the session of the process.</summary>
    [Parameter]
    [ValidateNotNull]
    public TroveSession? Session { get; set; }

    /// <summary>Gets the session. If there is none, the pipeline ends with an error.</summary>
    protected override void BeginProcessing() => Cloud = (CloudSession)(Session = GetSession(Session));

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
}
