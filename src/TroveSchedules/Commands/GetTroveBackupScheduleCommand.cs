using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using TroveSchedules.Binding;
using TroveSchedules.Completion;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Lists schedules of backups: all, those of instances, by name, or by id.</summary>
[Cmdlet(VerbsCommon.Get, "TroveBackupSchedule", DefaultParameterSetName = "Instance", SupportsPaging = true)]
[OutputType(typeof(BackupSchedule))]
public sealed class GetTroveBackupScheduleCommand : PagedCmdlet
{
    private readonly Dictionary<CloudSession, ScheduleListing> _listings = [];

    /// <summary>The instances of the schedules, by object, id or name, with wildcards. Default: all instances.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Instance")]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    [InstanceReference("Instance", OtherParameter = typeof(ScheduleReferenceAttribute))]
    [SupportsWildcards]
    public InstanceReference[]? Instance { get; set; }

    /// <summary>Ids of schedules, or schedule objects to read again.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Id")]
    [ArgumentCompleter(typeof(ScheduleIdCompleter))]
    [ScheduleReference]
    public ScheduleReference[] Id { get; set; } = [];

    /// <summary>Names of the schedules' backups, with wildcards.</summary>
    [Parameter(ParameterSetName = "Instance")]
    [ArgumentCompleter(typeof(ScheduleNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>States of the schedules.</summary>
    [Parameter(ParameterSetName = "Instance")]
    [ValidateNotNullOrEmpty]
    public ScheduleState[]? State { get; set; }

    /// <summary>Shows an administrator every project's schedules.</summary>
    [Parameter]
    [SwitchCell]
    public SwitchParameter AllProjects { get; set; }

    /// <summary>Writes the schedules.</summary>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == "Id")
        {
            ForEachSession(PageOfNamed(Id), reference => Write(Await(Cloud.Schedules.GetAsync(reference!.IdFor(Cloud, AllProjects), AllProjects, Cancelled))));
            return;
        }
        Func<BackupSchedule, bool> isNamed = null!;
        RunOrTerminate(() => isNamed = Wildcards.Match<BackupSchedule>(Name, schedule => schedule.Name));
        ForEachSession(Instance, instance =>
        {
            foreach (BackupSchedule schedule in PageOf<BackupSchedule>([.. Of(instance?.IdFor(Cloud, AllProjects)).Where(schedule => isNamed(schedule) && State?.Contains(schedule.State) != false)]))
                Write(schedule);
        });
    }

    private IEnumerable<BackupSchedule> Of(string? instance)
    {
        ScheduleListing listing = GetOrAdd(_listings, session => session.Schedules.CreateListing(AllProjects));
        return Await(instance is null ? listing.AllAsync(Cancelled) : listing.OfInstanceAsync(instance, Wildcards.Matcher(instance), Cancelled));
    }

    private void Write(BackupSchedule schedule)
    {
        if (schedule.IsStuck)
            WriteWarning($"The schedule '{schedule.Id}' is stuck: it was due at {schedule.NextExecutionTime:u}. Either Mistral runs no triggers, or the schedule's owner has lost the role.");
        if (schedule.State == ScheduleState.Interrupted)
            WriteWarning($"A change of the schedule '{schedule.Id}' was cut off, so it does not run. Resume-TroveBackupSchedule -Id {schedule.Id} finishes the change.");
        base.Write(schedule);
    }
}
