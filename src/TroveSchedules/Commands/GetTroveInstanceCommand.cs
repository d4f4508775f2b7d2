using System.Management.Automation;
using TroveSchedules.Binding;
using TroveSchedules.OpenStack.Trove;

namespace TroveSchedules.Commands;

/// <summary>Lists the database instances that can be scheduled.</summary>
[Cmdlet(VerbsCommon.Get, "TroveInstance", DefaultParameterSetName = "Name")]
[OutputType(typeof(Instance))]
public sealed class GetTroveInstanceCommand : SessionCmdlet
{
    /// <summary>Names, with wildcards; all when left out.</summary>
    [Parameter(Position = 0, ParameterSetName = "Name")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Ids, or exact names.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Id")]
    [InstanceReference]
    public string[] Id { get; set; } = [];

    /// <summary>Writes the instances.</summary>
    protected override void ProcessRecord()
    {
        var instances = new Instances(Cloud);
        if (ParameterSetName == "Id")
            ForEach(Id, id => WriteObject(Await(instances.GetAsync(id, Cancelled))));
        else
            Try(() => WriteAll(instances.ListAsync(Cancelled), Wildcards.Match<Instance>(Name, instance => instance.Name)));
    }
}
