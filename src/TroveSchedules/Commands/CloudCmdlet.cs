using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Base of cmdlets that use a cloud.</summary>
public abstract class CloudCmdlet : TroveCmdlet
{
    private int _rows;
    private int _foreign;

    /// <summary>The session in use. Set in BeginProcessing.</summary>
    private protected CloudSession Cloud { get; set; } = null!;

    /// <summary>The session, where nothing better is known.</summary>
    internal override object? DefaultTarget => Cloud;

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
