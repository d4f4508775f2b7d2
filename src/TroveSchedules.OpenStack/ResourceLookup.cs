using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;
using TroveSchedules.OpenStack.Trove;

namespace TroveSchedules.OpenStack;

/// <summary>
/// Looks up instances and backups, each at most once, and caches them for the lifetime of this object. Use <see cref="CloudSession.CreateLookup"/> to create one for each bulk operation.
/// Thread-safe.
/// </summary>
public sealed class ResourceLookup
{
    // Trove's own maximum.
    private const int PageSize = 20;

    // How many parts of a long list are read at once.
    private const int MaxParts = 4;

    private readonly CloudSession _session;
    private readonly bool _allProjects;

    // One lookup at a time, so that the others can use what the first one has read.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<string, Instance> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Instance> _listed = [];
    private readonly ConcurrentDictionary<string, RequestCoalescer<Backup>> _backups = new(StringComparer.OrdinalIgnoreCase);
    private bool _isListed;
    private bool _listingFails;

    internal ResourceLookup(CloudSession session, bool allProjects)
    {
        _session = session;
        _allProjects = allProjects;
    }

    /// <summary>All of the project's instances, in Trove's order.</summary>
    /// <param name="cancellationToken">Cancels the listing.</param>
    /// <returns>The instances.</returns>
    /// <exception cref="TroveScheduleException">Any kind, when the service fails.</exception>
    public Task<IReadOnlyList<Instance>> AllInstancesAsync(CancellationToken cancellationToken = default) => InTurnAsync(async () =>
    {
        await ReadOnAsync(null, cancellationToken).ConfigureAwait(false);
        return (IReadOnlyList<Instance>)_listed;
    }, cancellationToken);

    /// <summary>
    /// Gets the one instance of that id or name. For a name, it lists the project's instances. The first id is requested directly. Each further id that is not cached yet
    /// reads one more page of the list, so that many ids cost less than one request each, and two ids do not cost the whole list.
    /// </summary>
    /// <param name="nameOrId">An instance's id or its name, which is case-sensitive.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The instance.</returns>
    /// <exception cref="TroveScheduleException">NotFound (<c>InstanceNotFound</c>) if the project has none; Invalid (<c>InvalidInstance</c>) if several have the name: the message lists their ids.</exception>
    public async Task<Instance> GetInstanceAsync(string nameOrId, CancellationToken cancellationToken = default)
    {
        if (string.IsNullOrWhiteSpace(nameOrId))
            throw TroveErrors.NoInstanceGiven(nameOrId);
        if (ResourceId.IsUuid(nameOrId)
            && await InTurnAsync(() => FindAsync(nameOrId, cancellationToken), cancellationToken).ConfigureAwait(false) is { } one)
            return one;

        List<Instance> named = [.. (await AllInstancesAsync(cancellationToken).ConfigureAwait(false)).Where(i => i.Name == nameOrId)];
        return named.Count switch
        {
            1 => named[0],
            0 => throw TroveErrors.InstanceNotFound(nameOrId, _session.ProjectName),
            _ => throw TroveErrors.AmbiguousInstance(nameOrId, named),
        };
    }

    /// <summary>Gets the instances that match a pattern, or the one instance of a name or an id.</summary>
    /// <param name="nameOrId">A pattern, a name or an id. An instance whose name is exactly this text comes before the pattern.</param>
    /// <param name="isMatch">Tests whether a name matches the pattern; null if <paramref name="nameOrId"/> is not a pattern.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The instances; empty if none matches the pattern.</returns>
    /// <exception cref="TroveScheduleException">As for <see cref="GetInstanceAsync"/>.</exception>
    public async Task<IReadOnlyList<Instance>> MatchInstancesAsync(string nameOrId, Func<string, bool>? isMatch, CancellationToken cancellationToken = default)
    {
        if (isMatch is not null)
        {
            IReadOnlyList<Instance> all = await AllInstancesAsync(cancellationToken).ConfigureAwait(false);
            if (!all.Any(instance => instance.Name == nameOrId))
                return [.. all.Where(instance => isMatch(instance.Name ?? ""))];
        }
        return [await GetInstanceAsync(nameOrId, cancellationToken).ConfigureAwait(false)];
    }

    /// <summary>The backup of that id.</summary>
    /// <param name="id">The backup's id.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The backup.</returns>
    /// <exception cref="TroveScheduleException">NotFound (<c>BackupNotFound</c>) when the project has none of that id; any kind for other failures of the service.</exception>
    public Task<Backup> GetBackupAsync(string id, CancellationToken cancellationToken = default) =>
        _backups.GetOrAdd(id, _ => new RequestCoalescer<Backup>(keepsResult: true))
            .RunAsync(token => _session.Backups.GetAsync(id, _allProjects, token), cancellationToken);

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
                _listingFails = true; // In Trove, one broken instance makes the whole list fail. The others can still be read by id.
            }
        }
        if (!_known.TryGetValue(id, out Instance? known) && await _session.Instances.FindAsync(id, _allProjects, cancellationToken).ConfigureAwait(false) is { } found)
            _known[id] = known = found;
        return known;
    }

    // Continues the shared listing where it stopped: by a page, or to the end.
    private async Task ReadOnAsync(int? most, CancellationToken cancellationToken)
    {
        if (_isListed)
            return;
        Page<Instance> page = await _session.Instances.ReadPageAsync(_listed.LastOrDefault()?.Id, null, most ?? Paging.MaxPageSize, cancellationToken).ConfigureAwait(false);
        Add(page.Rows);
        _isListed = page.Rows.Count == 0 || !page.HasMore;
        if (_isListed || most is not null)
            return;
        string?[] ends = [.. Split(page.Rows.Count), null];
        foreach (List<Instance> part in await Task.WhenAll(ends.Select((end, i) => ReadAsync(i == 0 ? _listed.Last().Id : ends[i - 1], end, cancellationToken))).ConfigureAwait(false))
            Add(part);
        _isListed = true;
    }

    private async Task<List<Instance>> ReadAsync(string? marker, string? end, CancellationToken cancellationToken)
    {
        var read = new List<Instance>();
        await foreach (Instance instance in _session.Instances.ListAsync(null, marker, end, null, Paging.MaxPageSize, cancellationToken).ConfigureAwait(false))
            read.Add(instance);
        return read;
    }

    private void Add(IReadOnlyList<Instance> read)
    {
        _listed.AddRange(read);
        foreach (Instance instance in read)
            _known[instance.Id] = instance;
    }

    // Trove sorts by id, and takes any text as a marker. Ids are random UUIDs, so those that are known tell how many pages follow. Splits the rest into parts of two pages or more; returns the ends of all
    // parts but the last one.
    private IEnumerable<string> Split(int pageSize)
    {
        long all = 1L << 32, from = Position(_listed[0].Id), to = Position(_listed.Last().Id);
        if (to <= from)
            return [];
        long pagesLeft = (all - to) * _listed.Count / (to - from) / pageSize;
        int parts = (int)Math.Min(MaxParts, Math.Max(1, pagesLeft / 2));
        return Enumerable.Range(1, parts - 1).Select(i => (to + (all - to) / parts * i).ToString("x8", CultureInfo.InvariantCulture));
    }

    // The first 32 bits of a UUID; 0 for another id.
    private static long Position(string id) => id.Length >= 8 && uint.TryParse(id.Substring(0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint first) ? first : 0;
}
