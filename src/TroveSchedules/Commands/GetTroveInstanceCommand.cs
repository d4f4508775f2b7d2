using System.Management.Automation;
using TroveSchedules.Binding;
using TroveSchedules.Completion;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Lists the database instances that can be scheduled.</summary>
[Cmdlet(VerbsCommon.Get, "TroveInstance", DefaultParameterSetName = "Name", SupportsPaging = true)]
[OutputType(typeof(Instance))]
public sealed class GetTroveInstanceCommand : PagedCmdlet
{
    /// <summary>Names of instances, with wildcards. Default: all instances.</summary>
    [Parameter(Position = 0, ParameterSetName = "Name")]
    [ArgumentCompleter(typeof(InstanceNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Ids, or exact names.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Id")]
    [ArgumentCompleter(typeof(InstanceIdCompleter))]
    [InstanceReference]
    public InstanceReference[] Id { get; set; } = [];

    /// <summary>Writes the instances.</summary>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == "Id")
            ForEachSession(PageOfNamed(Id), reference => WriteObject(Await(Lookup.GetInstanceAsync(reference!.IdFor(Cloud), Cancelled))));
        else
            ForEachSession<InstanceReference>(null, _ => WritePage(Cloud.Instances.ListAsync(Wildcards.Match<Instance>(Name, instance => instance.Name), RowLimit, Cancelled)));
    }
}
