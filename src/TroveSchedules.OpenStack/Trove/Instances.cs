using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.OpenStack.Trove;

/// <summary>Trove's database instances (<c>GET /instances</c>), read-only. Get it from <see cref="CloudSession.Instances"/>.</summary>
public sealed class Instances
{
    private readonly CloudSession _session;

    internal Instances(CloudSession session) => _session = session;

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

    /// <summary>One instance by its id or name. To find several, use <see cref="CloudSession.CreateLookup"/>, which takes fewer requests.</summary>
    /// <inheritdoc cref="ResourceLookup.GetInstanceAsync"/>
    public Task<Instance> GetAsync(string nameOrId, CancellationToken cancellationToken = default) =>
        _session.CreateLookup().GetInstanceAsync(nameOrId, cancellationToken);

    internal IAsyncEnumerable<Instance> ListAsync(Func<Instance, bool>? keep, string? marker, long? most, int size, CancellationToken cancellationToken) =>
        Paging.WalkAsync(
            async (last, limit, token) =>
            {
                InstancePage page = await _session.Trove.GetAsync(
                    "/instances" + new Query().Page(last, limit), WireJson.Default.InstancePage, null, token).ConfigureAwait(false);
                return new Page<Instance>(page.Instances.ConvertAll(ToInstance), TroveLink.HasNext(page.Links));
            },
            instance => instance.Id, keep, marker, most, size, cancellationToken);

    /// <summary>The instance of that id; null where there is none in the project.</summary>
    internal async Task<Instance?> FindAsync(string id, bool allProjects, CancellationToken cancellationToken) =>
        await _session.Trove.FindAsync($"/instances/{ResourceId.Segment(id)}", WireJson.Default.InstanceResponse, id, cancellationToken).ConfigureAwait(false) is { } one
        && Validate.ResponseMatches(one.Instance, id, "Trove", instance => instance.Id) is var row && _session.IsVisibleProject(row.TenantId, allProjects)
            ? ToInstance(row)
            : null;

    private Instance ToInstance(InstanceRow row) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Status = row.Status,
        Datastore = row.Datastore?.Type,
        DatastoreVersion = row.Datastore?.Version,
        Region = row.Region,
        VolumeSize = row.Volume?.Size,
        ProjectId = row.TenantId ?? _session.ProjectId,
        Origin = _session.Origin,
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
