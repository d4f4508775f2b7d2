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

    /// <summary>Writes an object from the cloud, and counts the objects of other projects, which appear only with -AllProjects.</summary>
    private protected override void Write(object? row)
    {
        base.Write(row);
        _rows++;
        string? project = row switch { BackupSchedule schedule => schedule.ProjectId, ScheduleExecution execution => execution.ProjectId, _ => null };
        if (project is not null && project != Cloud.ProjectId)
            _foreign++;
    }

    /// <summary>Warns an administrator about the objects of other projects that were written.</summary>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        if (_foreign > 0)
            WriteWarning($"{_foreign} of the {_rows} shown belong to other projects. A cmdlet that they are piped to refuses them, unless it has -AllProjects, too.");
    }
}
