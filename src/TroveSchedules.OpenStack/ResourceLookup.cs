using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;
using TroveSchedules.OpenStack.Trove;

namespace TroveSchedules.OpenStack;

/// <summary>
/// Looks up instances and backups, each at most once, and remembers them as long as this object lives. Get one from <see cref="CloudSession.CreateLookup"/> for each bulk operation.
/// Safe for use by many threads at once.
/// </summary>
public sealed class ResourceLookup
{
    // Trove returns no more at once.
    private const int PageSize = 20;

    private readonly CloudSession _session;
    private readonly bool _allProjects;

    // One look-up at a time, so that what the first one learns is not requested again for the others.
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
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The instances.</returns>
    /// <exception cref="TroveScheduleException">Any kind, as the service answers.</exception>
    public Task<IReadOnlyList<Instance>> AllInstancesAsync(CancellationToken cancellationToken = default) => InTurnAsync(async () =>
    {
        await ReadOnAsync(null, cancellationToken).ConfigureAwait(false);
        return (IReadOnlyList<Instance>)_listed;
    }, cancellationToken);

    /// <summary>
    /// The one instance of that id or name. For a name, the project's instances are listed. The first id is requested directly, and for each further one that is not known yet
    /// a page of the list is read, so that many ids take less than one request each, and two do not take the whole list.
    /// </summary>
    /// <param name="nameOrId">An instance's id or its name, which is case-sensitive.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The instance.</returns>
    /// <exception cref="TroveScheduleException">NotFound (<c>InstanceNotFound</c>) where there is none in the project; Invalid (<c>InvalidInstance</c>) where several have the name: the message lists their ids.</exception>
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

    /// <summary>The instances that a pattern matches, or the one that a name or an id means.</summary>
    /// <param name="nameOrId">A pattern, a name or an id. An instance whose name is exactly this text comes before the pattern.</param>
    /// <param name="isMatch">Whether a name matches the pattern; null where <paramref name="nameOrId"/> is no pattern.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The instances; none where the pattern matches none.</returns>
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
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The backup.</returns>
    /// <exception cref="TroveScheduleException">NotFound (<c>BackupNotFound</c>) when the project has none of that id; any kind, as the service answers.</exception>
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
                _listingFails = true; // One instance that Trove cannot show makes the whole list fail. By id, the others can still be read.
            }
        }
        if (!_known.TryGetValue(id, out Instance? known) && await _session.Instances.FindAsync(id, _allProjects, cancellationToken).ConfigureAwait(false) is { } found)
            _known[id] = known = found;
        return known;
    }

    // Continues the one listing where it stopped.
    private async Task ReadOnAsync(int? most, CancellationToken cancellationToken)
    {
        if (_isListed)
            return;
        var read = new List<Instance>();
        await foreach (Instance instance in _session.Instances.ListAsync(null, _listed.LastOrDefault()?.Id, most, Paging.Large, cancellationToken).ConfigureAwait(false))
            read.Add(instance);
        _listed.AddRange(read);
        read.ForEach(instance => _known[instance.Id] = instance);
        _isListed = most is null || read.Count < most;
    }
}
