using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;
using TroveSchedules.OpenStack.Mistral;
using TroveSchedules.OpenStack.Trove;

namespace TroveSchedules.OpenStack;

/// <summary>The schedules of a project as they are when one is first asked for: however many instances are asked for, they are listed once.</summary>
/// <param name="session">The session to ask through.</param>
/// <param name="allProjects">Whether an administrator wants to see other projects' schedules too.</param>
public sealed class ScheduleListing(CloudSession session, bool allProjects = false)
{
    private readonly RequestCoalescer<IReadOnlyList<BackupSchedule>> _all = new(keepsResult: true);

    /// <summary>The project's instances, of which the list that names are looked up in is read once, too.</summary>
    public Instances Instances { get; } = new(session, allProjects);

    /// <summary>All schedules, ordered by their next time. They are collected before they are ordered.</summary>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The schedules.</returns>
    /// <exception cref="TroveScheduleException">Any kind, as the service answers.</exception>
    public Task<IReadOnlyList<BackupSchedule>> AllAsync(CancellationToken cancellationToken = default) =>
        _all.RunAsync(ListAsync, cancellationToken);

    /// <summary>Those of one instance, ordered by their next time.</summary>
    /// <param name="instance">The instance's id or name.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The schedules.</returns>
    /// <exception cref="TroveScheduleException">NotFound (<c>InstanceNotFound</c>) for an instance that neither exists nor has a schedule; any kind, as the services answer.</exception>
    public async Task<IReadOnlyList<BackupSchedule>> OfInstanceAsync(string instance, CancellationToken cancellationToken = default)
    {
        // An id needs no look-up, and an instance that is gone may have left schedules behind.
        if (ResourceId.IsUuid(instance) && await OfIdAsync(instance).ConfigureAwait(false) is { Count: > 0 } found)
            return found;
        Task<Instance> named = Instances.GetAsync(instance, cancellationToken);
        await ListMeanwhileAsync(named, cancellationToken).ConfigureAwait(false);
        return await OfIdAsync((await named.ConfigureAwait(false)).Id).ConfigureAwait(false);

        async Task<IReadOnlyList<BackupSchedule>> OfIdAsync(string id) =>
            [.. (await AllAsync(cancellationToken).ConfigureAwait(false)).Where(s => string.Equals(s.InstanceId, id, StringComparison.OrdinalIgnoreCase))];
    }

    /// <summary>Waits for what another service is asked, and lists the schedules meanwhile where that takes time: the two need not wait for one another.</summary>
    /// <param name="other">What was asked. Its failure comes before the listing's.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>A task that ends when both have ended.</returns>
    public Task ListMeanwhileAsync(Task other, CancellationToken cancellationToken = default) =>
        other.IsCompleted ? other : Task.WhenAll(other, AllAsync(cancellationToken));

    private async Task<IReadOnlyList<BackupSchedule>> ListAsync(CancellationToken cancellationToken)
    {
        var found = new List<BackupSchedule>();
        await foreach (CronTrigger trigger in session.CronTriggers.ListAsync(BackupSchedules.WorkflowName, null, allProjects, cancellationToken).ConfigureAwait(false))
        {
            BackupSchedule schedule = BackupSchedules.ToSchedule(trigger, session);
            if (session.IsVisibleProject(schedule.ProjectId, allProjects) && trigger.WorkflowName == BackupSchedules.WorkflowName) // What was not filtered would be taken for a schedule, and deleted as one.
                found.Add(schedule);
        }
        return [.. found.OrderBy(s => s.NextExecutionTime ?? DateTimeOffset.MaxValue).ThenBy(s => s.Id, StringComparer.Ordinal)];
    }
}
