using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.OpenStack.Trove;

/// <summary>Trove's backups (<c>/backups</c>). Get it from a session's <c>Backups</c>.</summary>
public sealed class Backups
{
    private const int MaxListings = 5;

    private readonly CloudSession _session;

    internal Backups(CloudSession session) => _session = session;

    /// <summary>The project's backups, page by page, in Trove's order.</summary>
    /// <param name="instanceId">The id of the instance whose backups are wanted; null for those of all.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <exception cref="TroveScheduleException">Any kind, as the service answers.</exception>
    public IAsyncEnumerable<Backup> ListAsync(string? instanceId = null, CancellationToken cancellationToken = default) => ListAsync(instanceId, null, cancellationToken);

    /// <summary>Some of the project's backups, page by page, in Trove's order.</summary>
    /// <param name="instanceId">The id of the instance whose backups are wanted; null for those of all.</param>
    /// <param name="most">At most how many are wanted; null for all.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <exception cref="TroveScheduleException">Any kind, as the service answers.</exception>
    public IAsyncEnumerable<Backup> ListAsync(string? instanceId, long? most, CancellationToken cancellationToken = default) => ListAsync(instanceId, most, Paging.FirstPageSize, cancellationToken);

    private IAsyncEnumerable<Backup> ListAsync(string? instanceId, long? most, int size, CancellationToken cancellationToken, Action? moved = null)
    {
        int seen = 0; // The marker of backups, unlike that of instances, is how many rows to leave out; an id breaks the server.
        string? last = null;
        return Paging.WalkAsync(
            async (_, limit, token) =>
            {
                int overlap = moved is null || seen == 0 ? 0 : 1;
                Query query = new Query().Page(seen == 0 ? null : (seen - overlap).ToString(CultureInfo.InvariantCulture), limit);
                if (instanceId is not null)
                    query.Add("instance_id", instanceId);
                BackupPage page = await _session.Trove.GetAsync(
                    "/backups" + query, WireJson.Default.BackupPage, instanceId, token).ConfigureAwait(false);
                List<Backup> rows = page.Backups.ConvertAll(ToBackup);
                if (overlap > 0 && (rows.Count == 0 || rows[0].Id != last || (rows.Count == 1 && TroveLink.HasNext(page.Links))))
                    moved!();
                rows.RemoveRange(0, Math.Min(overlap, rows.Count));
                seen += rows.Count;
                last = rows.Count == 0 ? last : rows[rows.Count - 1].Id;
                return new Page<Backup>(rows, TroveLink.HasNext(page.Links));
            },
            backup => backup.Id, null, null, most, size, cancellationToken);
    }

    /// <summary>The backup of that id.</summary>
    /// <param name="id">The backup's id.</param>
    /// <param name="allProjects">Whether an administrator means other projects' backups too.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The backup; null when the project has none of that id.</returns>
    /// <exception cref="TroveScheduleException">Any kind but NotFound, as the service answers.</exception>
    public async Task<Backup?> FindAsync(string id, bool allProjects = false, CancellationToken cancellationToken = default) =>
        ResourceId.IsUuid(id) && await _session.Trove.FindAsync($"/backups/{id}", WireJson.Default.BackupResponse, id, cancellationToken)
            .ConfigureAwait(false) is { } answer && Validate.ResponseMatches(answer.Backup, id, "Trove", backup => backup.Id) is var row && _session.IsVisibleProject(row.ProjectId, allProjects)
            ? ToBackup(row)
            : null;

    /// <summary>The backup of that id.</summary>
    /// <param name="id">The backup's id.</param>
    /// <param name="allProjects">Whether an administrator means other projects' backups too.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The backup.</returns>
    /// <exception cref="TroveScheduleException">NotFound (<c>BackupNotFound</c>) when the project has none of that id; any kind, as the service answers.</exception>
    public async Task<Backup> GetAsync(string id, bool allProjects = false, CancellationToken cancellationToken = default) =>
        await FindAsync(id, allProjects, cancellationToken).ConfigureAwait(false)
        ?? throw TroveErrors.BackupNotFound(id, _session.ProjectName);

    /// <summary>Applies rules of retention to backups. The rules are checked at once.</summary>
    /// <param name="rules">The rules.</param>
    /// <returns>The planner. It has not sent a request yet.</returns>
    /// <exception cref="TroveScheduleException">Invalid (<c>InvalidRetention</c>) for invalid rules: see <see cref="RetentionRules.Check"/>.</exception>
    public RetentionPlanner CreateRetentionPlanner(RetentionRules rules) => new(_session, rules);

    /// <summary>Checks which backups may be deleted. One listing of the project's backups answers for all, because an increment can have a parent of another instance.</summary>
    /// <param name="ids">The ids of the backups to delete.</param>
    /// <param name="force">Whether to allow the last completed backup of an instance, and backups with increments that are not among <paramref name="ids"/>.</param>
    /// <param name="cancellationToken">Cancels the listing.</param>
    /// <returns>
    /// One object for each request to send and each backup that is refused, in the order of the ids. A backup that Trove deletes together with its parent has none of its own. The errors are NotFound
    /// (<c>BackupNotFound</c>) and Conflict (<c>BackupInProgress</c>, <c>LastBackup</c>, <c>BackupHasIncrements</c>).
    /// </returns>
    /// <exception cref="TroveScheduleException">Any kind, when the listing fails.</exception>
    public async Task<IReadOnlyList<BackupRemoval>> PrepareRemovalAsync(IReadOnlyCollection<string> ids, bool force = false, CancellationToken cancellationToken = default) =>
        ids.Count == 0 ? [] : BackupRemoval.Plan(await ListChainsAsync(cancellationToken).ConfigureAwait(false), ids, force, _session.ProjectName);

    /// <summary>
    /// Deletes a backup and its increments. Trove only accepts the request, and deletes the increments and then the backup afterwards: a failure of that shows as the status DELETE_FAILED. Checks nothing: see
    /// <see cref="PrepareRemovalAsync"/>.
    /// </summary>
    /// <param name="backup">The backup as it was read.</param>
    /// <param name="cancellationToken">Cancels the request. Trove may still carry out a request that was sent.</param>
    /// <returns>A task that completes when Trove has accepted the request.</returns>
    /// <exception cref="TroveScheduleException">
    /// NotFound (<c>BackupNotFound</c>) if it no longer exists; Invalid if Trove is making it or an increment of it; Forbidden if it was read from another cloud
    /// (<c>OtherCloud</c>) or belongs to another project (<c>OtherProject</c>). If it is unknown whether Trove accepted the request, the message says so.
    /// </exception>
    public async Task DeleteAsync(Backup backup, CancellationToken cancellationToken = default)
    {
        _session.CheckOrigin(backup.Origin, backup.ProjectId, false, $"The backup '{backup.Id}'", backup);
        try
        {
            await _session.Trove.DeleteAsync($"/backups/{ResourceId.Segment(backup.Id)}", backup, cancellationToken, HttpStatusCode.Accepted).ConfigureAwait(false);
        }
        catch (TroveScheduleException e) when (e.Kind == TroveErrorKind.NotFound)
        {
            throw TroveErrors.BackupIsGone(backup, e);
        }
        catch (TroveScheduleException e) when (e.MayHaveHappened)
        {
            var outcome = new OutcomeCheck(e, backup, $"the backup '{backup.Id}'", "Trove", isAsynchronous: true);
            if (await outcome.CheckAsync(() => FindAsync(backup.Id, false, cancellationToken), $"the backup '{backup.Id}' was deleted").ConfigureAwait(false) is not null)
                throw outcome.NotDone($"The backup '{backup.Id}' still exists.", "deleting it", $"The backup '{backup.Id}' was not deleted.");
        }
    }

    /// <summary>All of the project's backups with their parents and increments.</summary>
    /// <exception cref="TroveScheduleException">Conflict (<c>BackupsChanging</c>) if rows moved to other pages in each of several listings.</exception>
    internal async Task<BackupChains> ListChainsAsync(CancellationToken cancellationToken)
    {
        for (int attempt = 0; attempt < MaxListings; attempt++)
        {
            // Each page begins with the last row of the one before. If it does not, a backup was created, changed or deleted meanwhile, and a row may be missing: an increment that would be deleted with its parent.
            bool hasMoved = false;
            var backups = new List<Backup>();
            await foreach (Backup backup in ListAsync(null, null, Paging.MaxPageSize, cancellationToken, () => hasMoved = true).ConfigureAwait(false))
                backups.Add(backup);
            if (!hasMoved)
                return new BackupChains(backups);
        }
        throw TroveErrors.BackupsChanging();
    }

    private Backup ToBackup(BackupRow row) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Status = row.Status,
        InstanceId = row.InstanceId,
        CreatedAt = row.Created,
        UpdatedAt = row.Updated,
        Size = row.Size,
        ParentId = row.ParentId,
        Description = row.Description,
        Datastore = row.Datastore?.Type,
        DatastoreVersion = row.Datastore?.Version,
        ProjectId = row.ProjectId ?? _session.ProjectId,
        Origin = _session.Origin,
    };
}

/// <summary>A page of <c>GET /backups</c>. <see href="https://docs.openstack.org/api-ref/database/">Database Service API</see>.</summary>
internal sealed record BackupPage
{
    /// <summary>The backups, newest first.</summary>
    public required List<BackupRow> Backups { get; init => field = Validate.Rows(value); }
    /// <summary>Links. One with <c>rel</c> <c>next</c> means another page; null on the last page.</summary>
    public IReadOnlyList<TroveLink?>? Links { get; init; }
}

/// <summary>The response to <c>GET /backups/{id}</c>. <see href="https://docs.openstack.org/api-ref/database/">Database Service API</see>.</summary>
internal sealed record BackupResponse
{
    /// <summary>The backup.</summary>
    public required BackupRow Backup { get; init => field = Validate.Object(value); }
}

/// <summary>A backup in a response. <see href="https://docs.openstack.org/api-ref/database/">Database Service API</see>.</summary>
internal sealed record BackupRow
{
    /// <summary>The backup's id, a UUID.</summary>
    public required string Id { get; init => field = Validate.Text(value); }
    /// <summary>The name, which need not be unique.</summary>
    public string? Name { get; init; }
    /// <summary>NEW, BUILDING, SAVING, COMPLETED, FAILED or DELETE_FAILED.</summary>
    public required string Status { get; init => field = Validate.Text(value); }
    /// <summary>The id of the instance that was backed up.</summary>
    public string? InstanceId { get; init; }
    /// <summary>When the backup was started, in UTC.</summary>
    public DateTimeOffset? Created { get; init; }
    /// <summary>When its status last changed, in UTC.</summary>
    public DateTimeOffset? Updated { get; init; }
    /// <summary>The size in GiB; null until Trove knows it.</summary>
    public double? Size { get; init => field = Validate.Finite(value); }
    /// <summary>The id of the backup that this one is an increment of; null for a full backup.</summary>
    public string? ParentId { get; init; }
    /// <summary>The description given at creation; null for none.</summary>
    public string? Description { get; init; }
    /// <summary>The id of the project that owns the backup; null when the release leaves it out.</summary>
    public string? ProjectId { get; init; }
    /// <summary>The database and its version; null when Trove leaves it out.</summary>
    public TroveDatastore? Datastore { get; init; }
}
