using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;
using TroveSchedules.OpenStack.Mistral;

namespace TroveSchedules.OpenStack;

/// <summary>
/// The schedules of a project, listed at the first request and then remembered as long as this object lives, so that those of many instances take one listing.
/// Get one from <see cref="BackupSchedules.CreateListing"/>.
/// </summary>
public sealed class ScheduleListing
{
    private readonly CloudSession _session;
    private readonly bool _allProjects;
    private readonly ResourceLookup _lookup;
    private readonly RequestCoalescer<IReadOnlyList<BackupSchedule>> _all = new(keepsResult: true);

    internal ScheduleListing(CloudSession session, bool allProjects)
    {
        _session = session;
        _allProjects = allProjects;
        _lookup = session.CreateLookup(allProjects);
    }

    /// <summary>All schedules, ordered by their next time. They are collected before they are ordered.</summary>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The schedules.</returns>
    /// <exception cref="TroveScheduleException">Any kind, as the service answers.</exception>
    public Task<IReadOnlyList<BackupSchedule>> AllAsync(CancellationToken cancellationToken = default) =>
        _all.RunAsync(ListAsync, cancellationToken);

    /// <summary>The schedules of one instance, or of the instances that a pattern matches, ordered by their next time.</summary>
    /// <param name="instance">The instance's id or name, or a pattern.</param>
    /// <param name="isMatch">Whether an instance's name matches the pattern; null where <paramref name="instance"/> is no pattern.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The schedules.</returns>
    /// <exception cref="TroveScheduleException">NotFound (<c>InstanceNotFound</c>) for an instance that neither exists nor has a schedule; any kind, as the services answer.</exception>
    public async Task<IReadOnlyList<BackupSchedule>> OfInstanceAsync(string instance, Func<string, bool>? isMatch = null, CancellationToken cancellationToken = default)
    {
        // An id needs no look-up, and an instance that was deleted may have left schedules behind.
        if (ResourceId.IsUuid(instance) && await OfAsync([instance]).ConfigureAwait(false) is { Count: > 0 } found)
            return found;
        Task<IReadOnlyList<Instance>> matches = _lookup.MatchInstancesAsync(instance, isMatch, cancellationToken);
        if (!matches.IsCompleted)
            await Task.WhenAll(matches, AllAsync(cancellationToken)).ConfigureAwait(false); // Trove and Mistral at the same time. Trove's failure is reported first.
        return await OfAsync((await matches.ConfigureAwait(false)).Select(match => match.Id)).ConfigureAwait(false);

        async Task<IReadOnlyList<BackupSchedule>> OfAsync(IEnumerable<string> ids)
        {
            var wanted = new HashSet<string?>(ids, StringComparer.OrdinalIgnoreCase);
            return [.. (await AllAsync(cancellationToken).ConfigureAwait(false)).Where(schedule => wanted.Contains(schedule.InstanceId))];
        }
    }

    private async Task<IReadOnlyList<BackupSchedule>> ListAsync(CancellationToken cancellationToken)
    {
        var found = new List<BackupSchedule>();
        await foreach (CronTrigger trigger in _session.Mistral.CronTriggers.ListAsync(BackupSchedules.WorkflowName, null, _allProjects, cancellationToken).ConfigureAwait(false))
        {
            BackupSchedule schedule = BackupSchedules.ToSchedule(trigger, _session);
            if (_session.IsVisibleProject(schedule.ProjectId, _allProjects) && trigger.WorkflowName == BackupSchedules.WorkflowName) // What was not filtered would be taken for a schedule, and deleted as one.
                found.Add(schedule);
        }
        return [.. found.OrderBy(s => s.NextExecutionTime ?? DateTimeOffset.MaxValue).ThenBy(s => s.Id, StringComparer.Ordinal)];
    }
}
