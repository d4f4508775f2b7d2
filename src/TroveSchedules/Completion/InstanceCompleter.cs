using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.Binding;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Completion;

/// <summary>Completes instances, sorted by name.</summary>
internal abstract class InstanceCompleterBase : CloudObjectCompleter
{
    private protected sealed override async Task<IEnumerable<CompletionCandidate>> FindAsync(CloudSession session, string typed, CancellationToken limit)
    {
        IReadOnlyList<Instance> listed = await Instances.GetAsync(session, instance => IsMeant(instance, typed), MaxCandidates, limit).ConfigureAwait(false);
        return Offers([.. listed.OrderBy(instance => instance.Name, StringComparer.OrdinalIgnoreCase).ThenBy(instance => instance.Id, StringComparer.Ordinal)], typed);
    }

    private protected abstract bool IsMeant(Instance instance, string typed);

    private protected abstract IEnumerable<CompletionCandidate> Offers(List<Instance> listed, string typed);

    private protected static CompletionCandidate OfferOf(Instance instance, string value) =>
        new(value, string.IsNullOrWhiteSpace(instance.Name) ? instance.Id : instance.Name!,
            $"{instance.Id}: {instance.Status}, {instance.Datastore} {instance.DatastoreVersion}");
}

/// <summary>Completes an instance by name. If several instances have the name, or it cannot be typed, completes by id.</summary>
internal sealed class InstanceCompleter : InstanceCompleterBase
{
    private protected override bool IsMeant(Instance instance, string typed) => Begins(instance.Name, typed);

    private protected override IEnumerable<CompletionCandidate> Offers(List<Instance> listed, string typed)
    {
        ILookup<string?, Instance> named = listed.ToLookup(instance => instance.Name, StringComparer.Ordinal);
        return
            from instance in listed
            let goesByName = CompletionCandidate.IsTypeableText(instance.Name) && named[instance.Name].Count() == 1
            where IsMeant(instance, typed) || (!goesByName && Begins(instance.Id, typed))
            select OfferOf(instance, goesByName ? instance.Name! : instance.Id);
    }
}

/// <summary>Completes the names of instances for a parameter with wildcards. Each name appears once, with its wildcard characters escaped.</summary>
internal sealed class InstanceNameCompleter : InstanceCompleterBase
{
    private protected override bool IsMeant(Instance instance, string typed) => Wildcards.Begins(instance.Name, typed);

    private protected override IEnumerable<CompletionCandidate> Offers(List<Instance> listed, string typed) =>
        from instance in listed
        where IsMeant(instance, typed)
        group instance by instance.Name into named
        select OfferOf(named.First(), Wildcards.Escape(named.Key));
}

/// <summary>Completes ids of instances from the start of an id or a name.</summary>
internal sealed class InstanceIdCompleter : InstanceCompleterBase
{
    private protected override bool IsMeant(Instance instance, string typed) => Begins(instance.Id, typed) || Begins(instance.Name, typed);

    private protected override IEnumerable<CompletionCandidate> Offers(List<Instance> listed, string typed) =>
        from instance in listed
        where IsMeant(instance, typed)
        select OfferOf(instance, instance.Id);
}
