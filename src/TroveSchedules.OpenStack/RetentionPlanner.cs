using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;
using TroveSchedules.OpenStack.Mistral;
using TroveSchedules.OpenStack.Trove;

namespace TroveSchedules.OpenStack;

/// <summary>
/// Applies rules of retention to the backups of instances or schedules. The project's backups are listed once, on first use. Created by <see cref="Backups.CreateRetentionPlanner"/>.
/// </summary>
public sealed class RetentionPlanner
{
    private readonly CloudSession _session;
    private readonly RetentionRules _rules;
    private readonly ResourceLookup _lookup;
    private readonly RequestCoalescer<BackupChains> _backups = new(keepsResult: true);
    private readonly HashSet<string> _planned = new(StringComparer.Ordinal);

    internal RetentionPlanner(CloudSession session, RetentionRules rules)
    {
        rules.Check();
        _session = session;
        _rules = rules;
        _lookup = session.CreateLookup();
    }

    /// <summary>Decides about the backups of every instance of the project, including deleted ones. Backups that were copied from another region have no instance, and are left out.</summary>
    /// <param name="cancellationToken">Cancels the listing.</param>
    /// <returns>The decisions, instance by instance, and newest first within each.</returns>
    /// <exception cref="TroveScheduleException">Any kind, when the service fails.</exception>
    public async Task<IReadOnlyList<BackupRetentionDecision>> PlanAllAsync(CancellationToken cancellationToken = default)
    {
        BackupChains chains = await ListAsync(cancellationToken).ConfigureAwait(false);
        return [.. chains.All.Select(backup => backup.InstanceId).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).OrderBy(id => id, StringComparer.OrdinalIgnoreCase).SelectMany(id => Of(chains, id))];
    }

    /// <summary>Decides about the backups of one instance, or of the instances that match a pattern.</summary>
    /// <param name="instance">The instance's id or name, or a pattern. The id of a deleted instance works if it has backups.</param>
    /// <param name="isMatch">Tests whether an instance's name matches the pattern; null if <paramref name="instance"/> is not a pattern.</param>
    /// <param name="cancellationToken">Cancels the listings.</param>
    /// <returns>The decisions, instance by instance, and newest first within each. An instance that was planned before has none.</returns>
    /// <exception cref="TroveScheduleException">NotFound (<c>InstanceNotFound</c>) if the instance does not exist and has no backup; any kind for other failures of the service.</exception>
    public async Task<IReadOnlyList<BackupRetentionDecision>> PlanInstanceAsync(string instance, Func<string, bool>? isMatch = null, CancellationToken cancellationToken = default)
    {
        if (ResourceId.IsUuid(instance) && Of(await ListAsync(cancellationToken).ConfigureAwait(false), instance) is { Count: > 0 } known)
            return _planned.Add(instance.ToLowerInvariant()) ? known : [];
        IReadOnlyList<Instance> matches = await _lookup.MatchInstancesAsync(instance, isMatch, cancellationToken).ConfigureAwait(false);
        BackupChains chains = await ListAsync(cancellationToken).ConfigureAwait(false);
        return [.. matches.Where(match => _planned.Add(match.Id.ToLowerInvariant())).SelectMany(match => Of(chains, match.Id))];
    }

    /// <summary>Decides about the backups of a schedule: those of its instance that have the schedule's name.</summary>
    /// <param name="schedule">The schedule as it was read.</param>
    /// <param name="cancellationToken">Cancels the listing.</param>
    /// <returns>The decisions, newest first; empty if another schedule with the same instance and name was planned before.</returns>
    /// <exception cref="TroveScheduleException">
    /// Forbidden if the schedule was read from another cloud (<c>OtherCloud</c>) or belongs to another project (<c>OtherProject</c>); Invalid for a schedule without an instance (<c>InvalidInstance</c>); any
    /// kind for other failures of the service.
    /// </exception>
    public async Task<IReadOnlyList<BackupRetentionDecision>> PlanScheduleAsync(BackupSchedule schedule, CancellationToken cancellationToken = default)
    {
        _session.CheckOrigin(schedule.Origin, schedule.ProjectId, false, $"The schedule '{schedule.Id}'", schedule);
        if (string.IsNullOrEmpty(schedule.InstanceId))
            throw MistralErrors.NamesNoInstance(schedule);
        BackupChains chains = await ListAsync(cancellationToken).ConfigureAwait(false);
        return _planned.Add($"{schedule.InstanceId!.ToLowerInvariant()} {schedule.Name}")
            ? BackupRetention.Plan(chains, _rules, backup => IsOf(backup, schedule.InstanceId) && backup.Name == schedule.Name, schedule.Id)
            : [];
    }

    private IReadOnlyList<BackupRetentionDecision> Of(BackupChains chains, string instanceId) => BackupRetention.Plan(chains, _rules, backup => IsOf(backup, instanceId), null);

    private static bool IsOf(Backup backup, string instanceId) => string.Equals(backup.InstanceId, instanceId, StringComparison.OrdinalIgnoreCase);

    private Task<BackupChains> ListAsync(CancellationToken cancellationToken) => _backups.RunAsync(_session.Backups.ListChainsAsync, cancellationToken);
}
