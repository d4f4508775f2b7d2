using System;
using System.Linq;
using System.Management.Automation;
using TroveSchedules.Binding;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Lists schedules of backups: all, those of instances, by name, or by id.</summary>
[Cmdlet(VerbsCommon.Get, "TroveBackupSchedule", DefaultParameterSetName = "Instance")]
[OutputType(typeof(BackupSchedule))]
public sealed class GetTroveBackupScheduleCommand : SessionCmdlet
{
    /// <summary>The instances whose schedules are wanted, by object, id or name; those of all when left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = "Instance")]
    [InstanceReference]
    public string[]? Instance { get; set; }

    /// <summary>Schedules by id.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Id")]
    [ValidateNotNullOrEmpty]
    public string[] Id { get; set; } = [];

    /// <summary>The names that the backups get, with wildcards.</summary>
    [Parameter(ParameterSetName = "Instance")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Shows an administrator every project's schedules.</summary>
    [Parameter]
    public SwitchParameter AllProjects { get; set; }

    /// <summary>Writes the schedules.</summary>
    protected override void ProcessRecord()
    {
        var schedules = new BackupSchedules(Cloud);
        if (ParameterSetName == "Id")
            ForEach(Id, id => Write(Await(schedules.GetAsync(id, AllProjects, Cancelled))));
        else
        {
            Func<BackupSchedule, bool> isWanted = Wildcards.Match<BackupSchedule>(Name, schedule => schedule.Name);
            ForEach(Instance ?? [null!], instance =>
            {
                foreach (BackupSchedule schedule in Await(schedules.ListAsync(instance, AllProjects, Cancelled)).Where(isWanted))
                    Write(schedule);
            });
        }
    }

    private void Write(BackupSchedule schedule)
    {
        if (schedule.IsStuck)
            WriteWarning($"The schedule '{schedule.Id}' is stuck: it was due at {schedule.NextExecutionTime:u}. Either Mistral runs no triggers, or the schedule's owner has lost the role.");
        WriteObject(schedule);
    }
}
