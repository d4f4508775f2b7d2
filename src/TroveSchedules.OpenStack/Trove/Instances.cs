using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.OpenStack.Trove;

/// <summary>Trove's database instances (<c>GET /instances</c>), read-only.</summary>
/// <param name="session">The session to ask through.</param>
/// <param name="allProjects">Whether an administrator means other projects' instances too where one is asked for by its id.</param>
public sealed class Instances(CloudSession session, bool allProjects = false)
{
    // Trove gives no more at once.
    private const int PageSize = 20;

    // One looks up at a time, so that what the first learns need not be asked again for the others.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<string, Instance> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Instance> _listed = [];
    private bool _isListed;
    private bool _listingFails;

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
        ListAsync(keep, null, most, Paging.Small, cancellationToken);

    /// <summary>All of the project's instances, in Trove's order. They are read once by this object, which many threads may ask at once.</summary>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The instances.</returns>
    /// <exception cref="TroveScheduleException">Any kind, as the service answers.</exception>
    public Task<IReadOnlyList<Instance>> AllAsync(CancellationToken cancellationToken = default) => InTurnAsync(async () =>
    {
        await ReadOnAsync(null, cancellationToken).ConfigureAwait(false);
        return (IReadOnlyList<Instance>)_listed;
    }, cancellationToken);

    /// <summary>
    /// The one instance of that id or name. The list that names are looked up in is read once by this object, and an id is asked for once. A page of the
    /// list is read for each id after the first that is in none read before, so that many ids do not cost a request each, nor two the whole list.
    /// Many threads may ask at once.
    /// </summary>
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
            && await InTurnAsync(() => FindAsync(nameOrId, cancellationToken), cancellationToken).ConfigureAwait(false) is { } one)
            return one;

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

    private IAsyncEnumerable<Instance> ListAsync(Func<Instance, bool>? keep, string? marker, long? most, int size, CancellationToken cancellationToken) =>
        Paging.WalkAsync(
            async (last, limit, token) =>
            {
                InstancePage page = await session.Trove.GetAsync(
                    "/instances" + new Query().Page(last, limit), WireJson.Default.InstancePage, null, token).ConfigureAwait(false);
                return new Page<Instance>(page.Instances.ConvertAll(ToInstance), TroveLink.HasNext(page.Links));
            },
            instance => instance.Id, keep, marker, most, size, cancellationToken);

    private async Task<T> InTurnAsync<T>(Func<Task<T>> look, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await look().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<Instance?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (_known.Count > 0 && !_known.ContainsKey(id) && !_listingFails)
        {
            try
            {
                await ReadOnAsync(PageSize, cancellationToken).ConfigureAwait(false);
            }
            catch (TroveScheduleException)
            {
                _listingFails = true; // One instance that Trove cannot tell of spoils the list for the others; by its id each can be had.
            }
        }
        if (!_known.TryGetValue(id, out Instance? known)
            && await session.Trove.FindAsync($"/instances/{id}", WireJson.Default.InstanceResponse, id, cancellationToken).ConfigureAwait(false) is { } one
            && Validate.ResponseMatches(one.Instance, id, "Trove", instance => instance.Id) is var row && session.IsVisibleProject(row.TenantId, allProjects))
            _known[id] = known = ToInstance(row);
        return known;
    }

    // Reads on in the one list where it was left.
    private async Task ReadOnAsync(int? most, CancellationToken cancellationToken)
    {
        if (_isListed)
            return;
        var read = new List<Instance>();
        await foreach (Instance instance in ListAsync(null, _listed.LastOrDefault()?.Id, most, Paging.Large, cancellationToken).ConfigureAwait(false))
            read.Add(instance);
        _listed.AddRange(read);
        read.ForEach(instance => _known[instance.Id] = instance);
        _isListed = most is null || read.Count < most;
    }

    private Instance ToInstance(InstanceRow row) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Status = row.Status,
        Datastore = row.Datastore?.Type,
        DatastoreVersion = row.Datastore?.Version,
        Region = row.Region,
        VolumeSize = row.Volume?.Size,
        ProjectId = row.TenantId ?? session.ProjectId,
        Origin = session.Origin,
    };
}

internal sealed record InstancePage
{
    public required List<InstanceRow> Instances { get; init => field = Validate.Rows(value); }
    public IReadOnlyList<TroveLink?>? Links { get; init; }
}

internal sealed record InstanceResponse
{
    public required InstanceRow Instance { get; init => field = Validate.Object(value); }
}

internal sealed record InstanceRow
{
    public required string Id { get; init => field = Validate.Text(value); }
    public string? Name { get; init; }
    public string? Status { get; init; }
    public string? Region { get; init; }
    public string? TenantId { get; init; } // Administrators alone are told.
    public TroveDatastore? Datastore { get; init; }
    public TroveVolume? Volume { get; init; }
}

internal sealed record TroveDatastore(string? Type, string? Version);

internal sealed record TroveVolume(int? Size);

internal sealed record TroveLink(string? Rel)
{
    public static bool HasNext(IReadOnlyList<TroveLink?>? links) => links?.Any(link => link?.Rel == "next") == true;
}
