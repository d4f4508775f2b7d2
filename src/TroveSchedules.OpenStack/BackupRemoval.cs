using System;
using System.Collections.Generic;
using System.Linq;
using TroveSchedules.OpenStack.Trove;

namespace TroveSchedules.OpenStack;

/// <summary>A backup that was requested to be deleted, after the check. Made by <see cref="Backups.PrepareRemovalAsync"/>.</summary>
public sealed class BackupRemoval
{
    internal BackupRemoval(string id, Backup? backup, IReadOnlyList<Backup> increments, TroveScheduleException? error)
    {
        Id = id;
        Backup = backup;
        Increments = increments;
        Error = error;
    }

    /// <summary>The id of the backup.</summary>
    public string Id { get; }

    /// <summary>The backup as Trove listed it; null if it does not exist.</summary>
    public Backup? Backup { get; }

    /// <summary>The increments that Trove deletes together with the backup, and their increments, nearest first.</summary>
    public IReadOnlyList<Backup> Increments { get; }

    /// <summary>Why the backup must not be deleted; null if it can be deleted.</summary>
    public TroveScheduleException? Error { get; }

    /// <summary>
    /// Checks which backups may be deleted. A pure function. Trove deletes the increments of a backup first, then the backup itself, so one request deletes a whole chain, and if it is cut off, what is left
    /// can be restored.
    /// </summary>
    /// <param name="chains">All backups of the project.</param>
    /// <param name="ids">The ids of the backups to delete.</param>
    /// <param name="force">Whether to allow the last completed backup of an instance, and backups with increments that are not among <paramref name="ids"/>.</param>
    /// <param name="project">The name of the project, for messages.</param>
    /// <returns>One object for each request to send and each backup that is refused, in the order of the ids. A backup that Trove deletes together with its parent has none of its own.</returns>
    internal static IReadOnlyList<BackupRemoval> Plan(BackupChains chains, IEnumerable<string> ids, bool force, string? project)
    {
        List<string> distinct = [.. ids.Distinct(StringComparer.OrdinalIgnoreCase)];
        var requested = new HashSet<string>(distinct, StringComparer.OrdinalIgnoreCase);
        var last = new HashSet<string>(
            BackupChains.NewestFirst(chains.All.Where(backup => backup.InstanceId is not null && BackupStatus.IsCompleted(backup.Status)))
                .GroupBy(backup => backup.InstanceId, StringComparer.OrdinalIgnoreCase).Select(instance => instance.First().Id), StringComparer.OrdinalIgnoreCase);

        var removals = new Dictionary<string, BackupRemoval>(StringComparer.OrdinalIgnoreCase);
        foreach (string id in distinct)
            removals.Add(id, Check(id));
        return [.. distinct.Select(id => removals[id]).Where(removal => removal.Error is not null || !GoesWithParent(removal.Backup!))];

        BackupRemoval Check(string id)
        {
            if (chains.Find(id) is not { } backup)
                return new BackupRemoval(id, null, [], TroveErrors.BackupNotFound(id, project));
            IReadOnlyList<Backup> increments = chains.IncrementsOf(backup);
            return new BackupRemoval(id, backup, increments, ErrorOf(backup, increments));
        }

        TroveScheduleException? ErrorOf(Backup backup, IReadOnlyList<Backup> increments)
        {
            if (increments.Prepend(backup).FirstOrDefault(one => BackupStatus.IsInProgress(one.Status)) is { } running)
                return TroveErrors.BackupInProgress(backup, running);
            if (force)
                return null;
            if (last.Contains(backup.Id))
                return TroveErrors.LastBackup(backup);
            List<Backup> kept = [.. increments.Where(increment => !requested.Contains(increment.Id) || last.Contains(increment.Id))];
            return kept.Count == 0 ? null
                : kept.TrueForAll(increment => requested.Contains(increment.Id)) ? TroveErrors.IncrementIsLastBackup(backup, kept[0])
                : TroveErrors.BackupHasIncrements(backup, kept);
        }

        bool GoesWithParent(Backup backup) =>
            chains.ParentOf(backup) is { } parent && parent.Id != backup.Id && removals.TryGetValue(parent.Id, out BackupRemoval? with) && with.Error is null;
    }
}
