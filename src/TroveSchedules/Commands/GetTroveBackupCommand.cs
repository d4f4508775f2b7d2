using System.Collections.Generic;
using System.Management.Automation;
using System.Threading.Tasks;
using TroveSchedules.Binding;
using TroveSchedules.Completion;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Lists backups: those of an instance, or those that executions made.</summary>
[Cmdlet(VerbsCommon.Get, "TroveBackup", DefaultParameterSetName = "Instance", SupportsPaging = true)]
[OutputType(typeof(Backup))]
public sealed class GetTroveBackupCommand : PagedCmdlet
{
    /// <summary>The instances of the backups, by object, id or name, with wildcards. Default: all instances.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Instance")]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    [InstanceReference("Instance", OtherParameter = typeof(BackupReferenceAttribute))]
    [SupportsWildcards]
    public InstanceReference[]? Instance { get; set; }

    /// <summary>Ids of backups, or the executions that created them.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Id")]
    [Alias("BackupId")]
    [BackupReference]
    public BackupReference[] Id { get; set; } = [];

    /// <summary>Writes the backups.</summary>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == "Id")
            ForEachSession(PageOfNamed(Id), reference => WriteObject(Await(Cloud.Backups.GetAsync(reference!.IdFor(Cloud), allProjects: false, Cancelled))));
        else
            ForEachSession(Instance, instance => WritePage(instance is null ? Cloud.Backups.ListAsync(null, RowLimit, Cancelled) : OfAsync(instance.IdFor(Cloud))));
    }

    private async IAsyncEnumerable<Backup> OfAsync(string instance)
    {
        long? most = RowLimit;
        foreach (Instance one in await Lookup.MatchInstancesAsync(instance, Wildcards.Matcher(instance), Cancelled).ConfigureAwait(false))
        {
            await foreach (Backup backup in Cloud.Backups.ListAsync(one.Id, most, Cancelled).ConfigureAwait(false))
            {
                yield return backup;
                most--;
            }
        }
    }
}
