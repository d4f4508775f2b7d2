using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;
using TroveSchedules.OpenStack.Mistral;

namespace TroveSchedules.OpenStack;

/// <summary>
/// The schedules of a project. They are listed on first use and cached for the lifetime of this object, so that many instances need only one listing.
/// Created by <see cref="BackupSchedules.CreateListing"/>.
/// </summary>
public sealed class ScheduleListing
{
    private readonly CloudSession _session;
    private readonly bool _allProjects;
    private readonly ResourceLookup _lookup;
    private readonly RequestCoalescer<IReadOnlyList<BackupSchedule>> _all = new(keepsResult: true);
    private readonly Dictionary<string, DateTimeOffset?> _definedAt = new(StringComparer.Ordinal);

    internal ScheduleListing(CloudSession session, bool allProjects)
    {
        _session = session;
        _allProjects = allProjects;
        _lookup = session.CreateLookup(allProjects);
    }

    /// <summary>Gets all schedules, ordered by their next time.</summary>
    /// <param name="cancellationToken">Cancels the listing.</param>
    /// <returns>The schedules.</returns>
    /// <exception cref="TroveScheduleException">Any kind, when the service fails.</exception>
    public Task<IReadOnlyList<BackupSchedule>> AllAsync(CancellationToken cancellationToken = default) =>
        _all.RunAsync(ListAsync, cancellationToken);

    /// <summary>Gets the schedules of one instance, or of the instances that match a pattern, ordered by their next time.</summary>
    /// <param name="instance">The instance's id or name, or a pattern.</param>
    /// <param name="isMatch">Tests whether an instance's name matches the pattern; null if <paramref name="instance"/> is not a pattern.</param>
    /// <param name="cancellationToken">Cancels the listing.</param>
    /// <returns>The schedules.</returns>
    /// <exception cref="TroveScheduleException">NotFound (<c>InstanceNotFound</c>) if the instance does not exist and has no schedule; any kind for other failures of the services.</exception>
    public async Task<IReadOnlyList<BackupSchedule>> OfInstanceAsync(string instance, Func<string, bool>? isMatch = null, CancellationToken cancellationToken = default)
    {
        // An id needs no lookup, and a deleted instance may still have schedules.
        if (ResourceId.IsUuid(instance) && await OfAsync([instance]).ConfigureAwait(false) is { Count: > 0 } found)
            return found;
        Task<IReadOnlyList<Instance>> matches = _lookup.MatchInstancesAsync(instance, isMatch, cancellationToken);
        if (!matches.IsCompleted)
            await Task.WhenAll(matches, AllAsync(cancellationToken)).ConfigureAwait(false); // Queries Trove and Mistral concurrently. If both fail, Trove's error is thrown.
        return await OfAsync((await matches.ConfigureAwait(false)).Select(match => match.Id)).ConfigureAwait(false);

        async Task<IReadOnlyList<BackupSchedule>> OfAsync(IEnumerable<string> ids)
        {
            var wanted = new HashSet<string?>(ids, StringComparer.OrdinalIgnoreCase);
            return [.. (await AllAsync(cancellationToken).ConfigureAwait(false)).Where(schedule => wanted.Contains(schedule.InstanceId))];
        }
    }

    /// <summary>When a schedule of this listing got its present definition: when its trigger was created, because each change creates a new one. Null if the service did not return it.</summary>
    internal DateTimeOffset? DefinedAt(BackupSchedule schedule) => _definedAt[schedule.TriggerId];

    private async Task<IReadOnlyList<BackupSchedule>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await ReadAsync(cancellationToken).ConfigureAwait(false)).Select(each => each.Schedule).OrderBy(s => s.NextExecutionTime ?? DateTimeOffset.MaxValue).ThenBy(s => s.Id, StringComparer.Ordinal)];

    /// <summary>Requests all schedules with their metadata, without caching them.</summary>
    internal async Task<IReadOnlyList<(BackupSchedule Schedule, ScheduleMetadata Metadata)>> ReadAsync(CancellationToken cancellationToken)
    {
        var live = new List<CronTrigger>();
        // By project, because names are unique only within one.
        var replacements = new Dictionary<(string? ProjectId, string ScheduleId), CronTrigger>();
        await foreach (CronTrigger trigger in _session.Mistral.CronTriggers.ListAsync(BackupSchedules.WorkflowName, null, _allProjects, cancellationToken).ConfigureAwait(false))
        {
            if (!_session.IsVisibleProject(trigger.ProjectId, _allProjects) || trigger.WorkflowName != BackupSchedules.WorkflowName) // Checked again here: if Mistral ignored the filter, another trigger could be taken for a schedule and deleted.
                continue;
            _definedAt[trigger.Id] = trigger.CreatedAt;
            if (ScheduleMetadata.Of(trigger).Replacement is { } replacement)
                replacements[(trigger.ProjectId, replacement.ScheduleId)] = trigger;
            else
                live.Add(trigger);
        }
        return
        [
            .. live.Select(trigger => With(trigger, replacements.TryGetValue((trigger.ProjectId, trigger.Name), out CronTrigger? replacement) ? replacement : null)),
            .. replacements.Keys.Except(live.Select(trigger => (trigger.ProjectId, trigger.Name))).Select(key => With(replacements[key], null)),
        ];

        (BackupSchedule, ScheduleMetadata) With(CronTrigger trigger, CronTrigger? replacement) => (BackupSchedules.ToSchedule(trigger, _session, replacement), ScheduleMetadata.Of(trigger));
    }
}
