using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.OpenStack.Trove;

/// <summary>Trove's database instances (<c>GET /instances</c>), read-only. Get it from a session's <c>Instances</c>.</summary>
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
        ListAsync(keep, null, null, most, Paging.FirstPageSize, cancellationToken);

    /// <summary>One instance by its id or name. To find several, use <see cref="CloudSession.CreateLookup"/>, which takes fewer requests.</summary>
    /// <inheritdoc cref="ResourceLookup.GetInstanceAsync"/>
    public Task<Instance> GetAsync(string nameOrId, CancellationToken cancellationToken = default) =>
        _session.CreateLookup().GetInstanceAsync(nameOrId, cancellationToken);

    /// <summary>Some of the project's instances, page by page, sorted by id.</summary>
    /// <param name="keep">Whether an instance is wanted; null for every one.</param>
    /// <param name="marker">The text after which the ids start; null for the first id. No instance needs to have it as its id.</param>
    /// <param name="end">The text at which the ids end; null for the last id.</param>
    /// <param name="most">At most how many are wanted; null for all.</param>
    /// <param name="size">Size of the first page.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    internal IAsyncEnumerable<Instance> ListAsync(Func<Instance, bool>? keep, string? marker, string? end, long? most, int size, CancellationToken cancellationToken) =>
        Paging.WalkAsync((last, limit, token) => ReadPageAsync(last, end, limit, token), instance => instance.Id, keep, marker, most, size, cancellationToken);

    /// <summary>A page of the project's instances, sorted by id.</summary>
    /// <inheritdoc cref="ListAsync(Func{Instance, bool}?, string?, string?, long?, int, CancellationToken)"/>
    internal async Task<Page<Instance>> ReadPageAsync(string? marker, string? end, int limit, CancellationToken cancellationToken)
    {
        InstancePage page = await _session.Trove.GetAsync("/instances" + new Query().Page(marker, limit), WireJson.Default.InstancePage, null, cancellationToken).ConfigureAwait(false);
        List<Instance> rows = [.. page.Instances.Where(row => end is null || string.Compare(row.Id, end, StringComparison.OrdinalIgnoreCase) <= 0).Select(ToInstance)];
        return new Page<Instance>(rows, rows.Count == page.Instances.Count && TroveLink.HasNext(page.Links));
    }

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

/// <summary>A page of <c>GET /instances</c>. <see href="https://docs.openstack.org/api-ref/database/">Database Service API</see>.</summary>
internal sealed record InstancePage
{
    /// <summary>The instances, sorted by id.</summary>
    public required List<InstanceRow> Instances { get; init => field = Validate.Rows(value); }
    /// <summary>Links. One with <c>rel</c> <c>next</c> means another page; null on the last page.</summary>
    public IReadOnlyList<TroveLink?>? Links { get; init; }
}

/// <summary>The response to <c>GET /instances/{id}</c>. <see href="https://docs.openstack.org/api-ref/database/">Database Service API</see>.</summary>
internal sealed record InstanceResponse
{
    /// <summary>The instance.</summary>
    public required InstanceRow Instance { get; init => field = Validate.Object(value); }
}

/// <summary>An instance in a response. <see href="https://docs.openstack.org/api-ref/database/">Database Service API</see>.</summary>
internal sealed record InstanceRow
{
    /// <summary>The instance's id, a UUID.</summary>
    public required string Id { get; init => field = Validate.Text(value); }
    /// <summary>The name, which need not be unique.</summary>
    public string? Name { get; init; }
    /// <summary>The status, such as ACTIVE, BACKUP or SHUTDOWN.</summary>
    public string? Status { get; init; }
    /// <summary>The name of the region; null when Trove leaves it out.</summary>
    public string? Region { get; init; }
    /// <summary>The id of the project that owns the instance; null for callers who are not administrators.</summary>
    public string? TenantId { get; init; }
    /// <summary>The database and its version; null when Trove leaves it out.</summary>
    public TroveDatastore? Datastore { get; init; }
    /// <summary>The volume; null for an instance without one.</summary>
    public TroveVolume? Volume { get; init; }
}

/// <summary>The datastore of an instance or a backup. <see href="https://docs.openstack.org/api-ref/database/">Database Service API</see>.</summary>
/// <param name="Type">The kind of database, such as <c>mysql</c>; null when left out.</param>
/// <param name="Version">The version of the database; null when left out.</param>
internal sealed record TroveDatastore(string? Type, string? Version);

/// <summary>The volume of an instance. <see href="https://docs.openstack.org/api-ref/database/">Database Service API</see>.</summary>
/// <param name="Size">The size in GiB; null when left out.</param>
internal sealed record TroveVolume(int? Size);

/// <summary>A link of a page. <see href="https://docs.openstack.org/api-ref/database/">Database Service API</see>.</summary>
/// <param name="Rel">What the link leads to; <c>next</c> for the next page.</param>
internal sealed record TroveLink(string? Rel)
{
    public static bool HasNext(IReadOnlyList<TroveLink?>? links) => links?.Any(link => link?.Rel == "next") == true;
}
