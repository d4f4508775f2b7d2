using System.Management.Automation;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>A cmdlet that works through a session.</summary>
public abstract class SessionCmdlet : TroveCmdlet
{
    private int _rows;
    private int _foreign;

    /// <summary>The session to use instead of the process's own.</summary>
    [Parameter]
    [ValidateNotNull]
    public TroveSession? Session { get; set; }

    /// <summary>The session to work through, once processing has begun.</summary>
    private protected CloudSession Cloud => (CloudSession)Session!;

    /// <summary>The session, where nothing better is known.</summary>
    private protected override object? DefaultTarget => Session;

    /// <summary>Finds the session; without one nothing can be done, so that ends the pipeline.</summary>
    protected override void BeginProcessing()
    {
        try
        {
            Run(() => Session ??= Await(SharedSession.GetAsync(SessionState, WarnAsync, Cancelled)));
        }
        catch (TroveScheduleException e)
        {
            ThrowTerminatingError(ErrorRecords.From(e, null, MyInvocation.MyCommand));
        }
    }

    /// <summary>Writes an object of the cloud's, and counts those of other projects, which only -AllProjects shows.</summary>
    private protected override void Write(object? row)
    {
        base.Write(row);
        _rows++;
        string? project = row switch { BackupSchedule schedule => schedule.ProjectId, ScheduleExecution execution => execution.ProjectId, _ => null };
        if (project is not null && project != Cloud.ProjectId)
            _foreign++;
    }

    /// <summary>Says what an administrator should know of what was written.</summary>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        if (_foreign > 0)
            WriteWarning($"{_foreign} of the {_rows} shown belong to other projects: the cmdlets that they are piped to refuse them, unless -AllProjects is said there too.");
    }
}
