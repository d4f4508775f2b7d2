using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.OpenStack.Trove;

/// <summary>Trove's database instances (<c>GET /instances</c>), read-only.</summary>
/// <param name="session">The session to ask through.</param>
public sealed class Instances(CloudSession session)
{
    private List<Instance>? _all;

    /// <summary>The project's instances, page by page, in Trove's order.</summary>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <exception cref="TroveScheduleException">Any kind, as the service answers.</exception>
    public IAsyncEnumerable<Instance> ListAsync(CancellationToken cancellationToken = default) => ListAsync(null, null, cancellationToken);

    /// <summary>Some of the project's instances, page by page, in Trove's order.</summary>
    /// <param name="keep">Whether an instance is wanted; null for every one.</param>
    /// <param name="most">At most how many are wanted; null for all.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <exception cref="TroveScheduleException">Any kind, as the service answers.</exception>
    public IAsyncEnumerable<Instance> ListAsync(Func<Instance, bool>? keep, long? most, CancellationToken cancellationToken = default) =>
        Paging.WalkAsync(
            async (marker, limit, token) =>
            {
                InstancePage page = await session.Trove.GetAsync(
                    "/instances" + new Query().Page(marker, limit), WireJson.Default.InstancePage, null, token).ConfigureAwait(false);
                return new Page<Instance>(page.Instances.ConvertAll(ToInstance), TroveLink.HasNext(page.Links));
            },
            instance => instance.Id, keep, null, most, Paging.Small, cancellationToken);

    /// <summary>All of the project's instances, in Trove's order. They are read once by this object.</summary>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The instances.</returns>
    /// <exception cref="TroveScheduleException">Any kind, as the service answers.</exception>
    public async Task<IReadOnlyList<Instance>> AllAsync(CancellationToken cancellationToken = default)
    {
        if (_all is null)
        {
            var all = new List<Instance>();
            await foreach (Instance instance in ListAsync(cancellationToken).ConfigureAwait(false))
                all.Add(instance);
            _all = all;
        }
        return _all;
    }

    /// <summary>The one instance of that id or name. The list that names are looked up in is read once by this object.</summary>
    /// <param name="nameOrId">An instance's id or its name, which is case-sensitive.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The instance.</returns>
    /// <exception cref="TroveScheduleException">NotFound (<c>InstanceNotFound</c>) where there is none in the project; Invalid (<c>InvalidInstance</c>) where several have the name: the message lists their ids.</exception>
    public async Task<Instance> GetAsync(string nameOrId, CancellationToken cancellationToken = default)
    {
        if (string.IsNullOrWhiteSpace(nameOrId))
        {
            throw new TroveScheduleException(TroveErrorKind.Invalid, "An instance's name or id cannot be empty.")
            {
                ErrorId = "InvalidInstance",
                Target = nameOrId,
                RecommendedAction = "Get-TroveInstance lists the names and ids.",
            };
        }
        if (ResourceId.IsUuid(nameOrId)
            && await session.Trove.FindAsync($"/instances/{nameOrId}", WireJson.Default.InstanceAnswer, nameOrId, cancellationToken).ConfigureAwait(false) is { } one)
            return ToInstance(one.Instance);

        List<Instance> named = [.. (await AllAsync(cancellationToken).ConfigureAwait(false)).Where(i => i.Name == nameOrId)];
        return named.Count switch
        {
            1 => named[0],
            0 => throw new TroveScheduleException(TroveErrorKind.NotFound,
                $"No instance of project '{session.ProjectName}' has the name or id '{nameOrId}'.")
            {
                ErrorId = "InstanceNotFound",
                Target = nameOrId,
                RecommendedAction = "Get-TroveInstance lists the names and ids.",
            },
            _ => throw new TroveScheduleException(TroveErrorKind.Invalid,
                $"{named.Count} instances have the name '{nameOrId}': {string.Join(", ", named.Select(i => i.Id))}.")
            {
                ErrorId = "InvalidInstance",
                Target = nameOrId,
                RecommendedAction = "Name the instance by its id.",
            },
        };
    }

    private static Instance ToInstance(InstanceRow row) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Status = row.Status,
        Datastore = row.Datastore?.Type,
        DatastoreVersion = row.Datastore?.Version,
        Region = row.Region,
        VolumeSize = row.Volume?.Size,
    };
}

internal sealed record InstancePage
{
    public required List<InstanceRow> Instances { get; init => field = Promised.Rows(value); }
    public IReadOnlyList<TroveLink?>? Links { get; init; }
}

internal sealed record InstanceAnswer
{
    public required InstanceRow Instance { get; init => field = Promised.Object(value); }
}

internal sealed record InstanceRow
{
    public required string Id { get; init => field = Promised.Text(value); }
    public string? Name { get; init; }
    public string? Status { get; init; }
    public string? Region { get; init; }
    public TroveDatastore? Datastore { get; init; }
    public TroveVolume? Volume { get; init; }
}

internal sealed record TroveDatastore(string? Type, string? Version);

internal sealed record TroveVolume(int? Size);

internal sealed record TroveLink(string? Rel)
{
    public static bool HasNext(IReadOnlyList<TroveLink?>? links) => links?.Any(link => link?.Rel == "next") == true;
}
