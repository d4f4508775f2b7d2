using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.Cron;
using TroveSchedules.OpenStack.Http;
using TroveSchedules.OpenStack.Mistral;
using TroveSchedules.OpenStack.Trove;

namespace TroveSchedules.OpenStack.Health;

/// <summary>Reads what is needed to judge the health of schedules: the triggers, the executions of the period, the instances, the newest backups and the quota.</summary>
internal sealed class ScheduleHealthCheck
{
    // For a few schedules, one listing each needs fewer requests than the executions or backups of the whole project.
    private const int FewSchedules = 10;

    // How many executions before the period are read at least, to see whether Mistral still has older ones.
    private const int MinOlderRows = 1000;

    private static readonly TimeSpan DefaultPeriod = TimeSpan.FromDays(7);

    private readonly CloudSession _session;
    private readonly HealthOptions _options;
    private readonly Action<string>? _warn;
    private readonly ScheduleListing _listing;
    private DateTimeOffset _now;
    private DateTimeOffset _since;
    private DateTimeOffset _dueUntil;

    public ScheduleHealthCheck(CloudSession session, HealthOptions options, Action<string>? warn)
    {
        _session = session;
        _options = options;
        _warn = warn;
        options.Check(session.CloudTime);
        _listing = session.Schedules.CreateListing();
    }

    public async Task<IReadOnlyList<ScheduleHealth>> RunAsync(IReadOnlyCollection<BackupSchedule>? given, CancellationToken cancellationToken)
    {
        IReadOnlyList<BackupSchedule> all = await _listing.AllAsync(cancellationToken).ConfigureAwait(false);
        _now = _session.CloudTime; // After a response, which has the time of the cloud.
        _since = _options.Since ?? _now - DefaultPeriod;
        _dueUntil = _now - DueTimes.Tolerance;
        IReadOnlyList<Subject> subjects = [.. Choose(all, given).Select(schedule => new Subject(schedule, _since))];

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<IReadOnlyList<Instance>?> instances = ReadInstancesAsync(stop.Token);
        Task<int?> quota = ReadQuotaAsync(stop.Token);
        Task executions = ReadExecutionsAsync(subjects, stop.Token);
        Task<BackupHistory> backups = ReadBackupsAsync(subjects, instances, stop.Token);
        Task<DateTimeOffset?> oldest = OldestAsync(executions, subjects, stop.Token);
        Task<HashSet<string>> goneParents = GoneParentsAsync(subjects, backups, stop.Token);
        await AllAsync(stop, instances, quota, executions, backups, oldest, goneParents).ConfigureAwait(false);

        Dictionary<string, Instance>? known = instances.Result?.ToDictionary(instance => instance.Id, StringComparer.OrdinalIgnoreCase);
        List<BackupSchedule> running = [.. all.Where(schedule => schedule.State is ScheduleState.Active or ScheduleState.Stuck)];
        var rules = new HealthRules(new HealthContext(_since, _now, _options.MaxAge, known is not null, quota.Result, running.TrueForAll(schedule => schedule.IsStuck)));
        IEnumerable<ScheduleHealth> found = subjects.Select(subject =>
        {
            BackupSchedule schedule = subject.Schedule;
            NewestBackups none = new();
            DateTimeOffset countedSince = CountedSince(subject, oldest.Result, backups.Result);
            return rules.Judge(new HealthFacts
            {
                Schedule = schedule,
                Executions = subject.Executions,
                Due = subject.Pattern is null ? null : new DueTimes(DueTimes.Of(schedule, subject.Pattern, countedSince, _dueUntil), subject.Executions.Started),
                Backups = schedule.InstanceId is null ? none : backups.Result.Of(schedule.InstanceId, schedule.Name),
                InstanceBackups = schedule.InstanceId is null ? none : backups.Result.Of(schedule.InstanceId, null),
                Instance = schedule.InstanceId is { } id && known?.TryGetValue(id, out Instance? instance) == true ? instance : null,
                IsParentGone = schedule.ParentId is { } parent && goneParents.Result.Contains(parent),
                PatternError = subject.PatternError,
            }, countedSince, _session.Origin);
        });
        if (_options.IncludeUnscheduled && instances.Result is { } listed)
        {
            var scheduled = new HashSet<string?>(all.Select(schedule => schedule.InstanceId), StringComparer.OrdinalIgnoreCase);
            found = found.Concat(listed.Where(instance => !scheduled.Contains(instance.Id)).Select(instance => rules.Judge(instance, backups.Result.Of(instance.Id, null), _session.Origin)));
        }
        return [.. found.OrderByDescending(health => health.State).ThenBy(health => health.InstanceName, StringComparer.Ordinal).ThenBy(health => health.Name, StringComparer.Ordinal)];
    }

    // The first failure ends the other requests, and is the one that is thrown.
    private static async Task AllAsync(CancellationTokenSource stop, params Task[] tasks)
    {
        Task? failed = null;
        foreach (Task task in tasks)
        {
            _ = task.ContinueWith(ended =>
            {
                if (Interlocked.CompareExchange(ref failed, ended, null) is null)
                    stop.Cancel();
            }, CancellationToken.None, TaskContinuationOptions.NotOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
        try
        {
            await Task.WhenAll(tasks).ConfigureAwait(false);
        }
        catch when (failed is not null)
        {
            await failed.ConfigureAwait(false);
        }
    }

    private IEnumerable<BackupSchedule> Choose(IReadOnlyList<BackupSchedule> all, IReadOnlyCollection<BackupSchedule>? given)
    {
        if (given is null)
            return all;
        Dictionary<string, BackupSchedule> byId = all.ToDictionary(schedule => schedule.Id, StringComparer.OrdinalIgnoreCase);
        List<string> ids = [.. given.Select(schedule => schedule.Id).Distinct(StringComparer.OrdinalIgnoreCase)];
        foreach (string gone in ids.Where(id => !byId.ContainsKey(id)))
            _warn?.Invoke($"The schedule '{gone}' does not exist any more.");
        return ids.Where(byId.ContainsKey).Select(id => byId[id]);
    }

    private async Task<IReadOnlyList<Instance>?> ReadInstancesAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _session.CreateLookup().AllInstancesAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TroveScheduleException e) when (e.Kind is not (TroveErrorKind.Unauthorized or TroveErrorKind.Forbidden))
        {
            // In Trove, one broken instance makes the whole list fail.
            _warn?.Invoke($"The instances could not be listed, so their status is unknown: {e.Message}");
            return null;
        }
    }

    private async Task<int?> ReadQuotaAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await new Limits(_session.Trove).NearlyUsedBackupQuotaAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TroveScheduleException e) when (e.Kind is not TroveErrorKind.Unauthorized)
        {
            _warn?.Invoke($"The quota of backups could not be checked: {e.Message}");
            return null;
        }
    }

    private async Task ReadExecutionsAsync(IReadOnlyList<Subject> subjects, CancellationToken cancellationToken)
    {
        var reader = new ExecutionReader(_session.Origin);
        Dictionary<string, Subject> byTrigger = new(StringComparer.Ordinal);
        foreach (Subject subject in subjects)
        {
            foreach (string trigger in subject.TriggerIds)
                byTrigger[trigger] = subject;
        }
        if (subjects.Count > FewSchedules)
        {
            await ReadProjectAsync().ConfigureAwait(false);
            return;
        }
        foreach (Subject subject in subjects)
        {
            foreach (string trigger in subject.TriggerIds.TakeWhile(_ => !subject.Executions.HasOlder))
            {
                await foreach (Execution row in ListAsync(trigger).ConfigureAwait(false))
                {
                    Add(row);
                    if (subject.Executions.HasOlder)
                        break;
                }
            }
        }

        async Task ReadProjectAsync()
        {
            int inPeriod = 0, older = 0;
            HashSet<Subject>? withGap = null;
            await foreach (Execution row in ListAsync(null).ConfigureAwait(false))
            {
                if (!(row.CreatedAt < _since))
                {
                    inPeriod++;
                    Add(row);
                    continue;
                }
                withGap ??= [.. subjects.Where(HasGapAtBeginning)];
                if (withGap.Count == 0 || ++older > Math.Max(MinOlderRows, inPeriod))
                    break;
                if (Add(row) is { } subject)
                    withGap.Remove(subject);
            }
        }

        IAsyncEnumerable<Execution> ListAsync(string? trigger) => _session.Mistral.Executions.ListAsync(
            BackupSchedules.WorkflowName, trigger, [], null, null, false, row => _session.IsVisibleProject(row.ProjectId, false), null, null, cancellationToken, statesOnly: true);

        Subject? Add(Execution row)
        {
            if (reader.CauseOf(row) is not { } cause || !byTrigger.TryGetValue(cause.TriggerId, out Subject? subject))
                return null;
            subject.Executions.Add(row, cause.IsManual);
            return subject;
        }
    }

    // Trove returns the newest backups first, so that reading can stop early.
    private async Task<BackupHistory> ReadBackupsAsync(IReadOnlyList<Subject> subjects, Task<IReadOnlyList<Instance>?> instances, CancellationToken cancellationToken)
    {
        var backups = new BackupHistory();
        foreach (Subject subject in subjects)
        {
            if (subject.Schedule.InstanceId is { } id)
                backups.Expect(id, subject.Schedule.Name);
        }
        if (_options.IncludeUnscheduled)
        {
            foreach (Instance instance in await instances.ConfigureAwait(false) ?? [])
                backups.Expect(instance.Id, null);
        }
        DateTimeOffset start = _options.MaxAge is { } age && _now - age < _since ? _now - age : _since;
        IEnumerable<string?> listings = subjects.Count > FewSchedules || _options.IncludeUnscheduled
            ? [null]
            : subjects.Select(subject => subject.Schedule.InstanceId).Where(id => id is not null).Distinct(StringComparer.OrdinalIgnoreCase);
        foreach (string? instance in listings)
        {
            await foreach (Backup backup in _session.Backups.ListAsync(instance, cancellationToken).ConfigureAwait(false))
            {
                if ((backup.UpdatedAt ?? backup.CreatedAt) < start)
                    break;
                backups.Add(backup);
                if (backups.IsComplete)
                    break;
            }
        }
        return backups;
    }

    private async Task<DateTimeOffset?> OldestAsync(Task executions, IReadOnlyList<Subject> subjects, CancellationToken cancellationToken)
    {
        await executions.ConfigureAwait(false);
        return subjects.Any(subject => subject.Pattern is not null && !subject.Executions.HasOlder && HasGapAtBeginning(subject))
            ? await _session.Mistral.Executions.OldestAsync(BackupSchedules.WorkflowName, cancellationToken).ConfigureAwait(false)
            : null;
    }

    private async Task<HashSet<string>> GoneParentsAsync(IReadOnlyList<Subject> subjects, Task<BackupHistory> backups, CancellationToken cancellationToken)
    {
        HashSet<string> known = (await backups.ConfigureAwait(false)).Ids, gone = new(StringComparer.OrdinalIgnoreCase);
        foreach (string parent in subjects.Select(subject => subject.Schedule.ParentId).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).Where(id => !known.Contains(id)))
        {
            if (await _session.Backups.FindAsync(parent, allProjects: false, cancellationToken).ConfigureAwait(false) is null)
                gone.Add(parent);
        }
        return gone;
    }

    // Whether times at the beginning of the period have no execution: they were missed, or the executions were deleted since.
    private bool HasGapAtBeginning(Subject subject)
    {
        if (subject.Pattern is null)
            return false;
        DateTimeOffset after = DefinedSince(subject);
        DateTimeOffset until = subject.Executions.Started is { Count: > 0 } started ? started[started.Count - 1] - DueTimes.Tolerance : _dueUntil;
        return DueTimes.Of(subject.Schedule, subject.Pattern, after, until).Any();
    }

    private DateTimeOffset DefinedSince(Subject subject) => Latest(_since, _listing.DefinedAt(subject.Schedule));

    private DateTimeOffset CountedSince(Subject subject, DateTimeOffset? oldest, BackupHistory backups)
    {
        DateTimeOffset start = DefinedSince(subject);
        ExecutionHistory executions = subject.Executions;
        if (executions.HasOlder || !HasGapAtBeginning(subject))
            return start;
        // Mistral expires old executions, and users delete them. Then times before the first one that is left cannot be judged.
        if (executions.Started.Count > 0 && start == _since)
            return Latest(start, executions.Started[executions.Started.Count - 1] - DueTimes.Tolerance);
        start = Latest(start, oldest);
        return executions.Started.Count > 0 || subject.Schedule.InstanceId is not { } instance ? start : Latest(start, backups.Of(instance, subject.Schedule.Name).Newest?.CreatedAt);
    }

    private static DateTimeOffset Latest(DateTimeOffset time, DateTimeOffset? other) => other > time ? other.Value : time;

    // A schedule that is checked.
    private sealed class Subject
    {
        public Subject(BackupSchedule schedule, DateTimeOffset since)
        {
            Schedule = schedule;
            Executions = new ExecutionHistory(since);
            TriggerIds = BackupSchedules.TriggerIdsOf(schedule);
            if (schedule is not { Pattern: { } text, State: ScheduleState.Active or ScheduleState.Stuck })
                return;
            Pattern = CronPattern.TryParse(text, true, out CronPattern? pattern, out CronPatternException? error) ? pattern : null;
            PatternError = error is null ? null : ServiceError.Printable(error.Problem);
        }

        public BackupSchedule Schedule { get; }

        public ExecutionHistory Executions { get; }

        /// <summary>The triggers that the schedule had, newest first.</summary>
        public IReadOnlyList<string> TriggerIds { get; }

        /// <summary>The pattern; null if no times are expected or it could not be read.</summary>
        public CronPattern? Pattern { get; }

        public string? PatternError { get; }
    }
}
