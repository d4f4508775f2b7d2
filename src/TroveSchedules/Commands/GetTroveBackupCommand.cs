using System.Management.Automation;
using TroveSchedules.Binding;
using TroveSchedules.OpenStack.Trove;

namespace TroveSchedules.Commands;

/// <summary>Lists backups: those of an instance, or those that executions made.</summary>
[Cmdlet(VerbsCommon.Get, "TroveBackup", DefaultParameterSetName = "Instance")]
[OutputType(typeof(Backup))]
public sealed class GetTroveBackupCommand : SessionCmdlet
{
    /// <summary>The instance whose backups are wanted, by object, id or name; those of all when left out.</summary>
    [Parameter(Position = 0, ParameterSetName = "Instance")]
    [InstanceReference]
    public string? Instance { get; set; }

    /// <summary>Backups by id, or the executions that made them.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Id")]
    [BackupReference]
    public string[] Id { get; set; } = [];

    /// <summary>Writes the backups.</summary>
    protected override void ProcessRecord()
    {
        var backups = new Backups(Cloud);
        if (ParameterSetName == "Id")
            ForEach(Id, id => WriteObject(Await(backups.GetAsync(id, Cancelled))));
        else
            Try(() => WriteAll(backups.ListAsync(Instance is null ? null : Await(new Instances(Cloud).GetAsync(Instance, Cancelled)).Id, Cancelled)));
    }
}
