using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.Cron;
using TroveSchedules.OpenStack.Health;
using TroveSchedules.OpenStack.Http;
using TroveSchedules.OpenStack.Mistral;

namespace TroveSchedules.OpenStack;

/// <summary>The operations on schedules: <c>schedule_create</c>, <c>schedule_list</c>, <c>schedule_show</c> and <c>schedule_delete</c> of the spec's Python API.</summary>
public sealed class BackupSchedules
{
    /// <summary>The workflow that a schedule runs.</summary>
    public const string WorkflowName = "trove.backup_create";

    private readonly CloudSession _session;

    internal BackupSchedules(CloudSession session) => _session = session;

    /// <summary>Checks a request as far as possible without changing anything: the values, the instance, the parent, the workbook. Several requests may be prepared concurrently.</summary>
    /// <param name="request">The schedule to create.</param>
    /// <param name="lookup">The lookup of instances and parents; null for a new one. Use one for all schedules of a bulk operation, so that they share its requests.</param>
    /// <param name="warn">Gets warnings, on any thread; null for none.</param>
    /// <param name="cancellationToken">Cancels the checks.</param>
    /// <returns>A schedule that is ready to be created. Its id is already set.</returns>
    /// <exception cref="TroveScheduleException">
    /// Invalid for a value that breaks its rule (<c>InvalidCronPattern</c>, <c>InvalidName</c>, <c>InvalidDescription</c>, <c>InvalidParent</c>,
    /// <c>InvalidFirstExecutionTime</c>, <c>InvalidRemainingExecutions</c>, <c>InvalidUntil</c>, <c>InvalidInstance</c>) and for a value that the installed workbook does not support (<c>InvalidForWorkbook</c>);
    /// NotFound for an unknown instance (<c>InstanceNotFound</c>), parent (<c>BackupNotFound</c>) or workbook (<c>WorkbookNotInstalled</c>) and for a cloud
    /// without Trove's actions (<c>NoTroveActions</c>); Forbidden for an application credential (<c>ApplicationCredential</c>).
    /// </exception>
    public async Task<PreparedSchedule> PrepareAsync(ScheduleRequest request, ResourceLookup? lookup = null, Action<string>? warn = null, CancellationToken cancellationToken = default)
    {
        DateTimeOffset now = _session.CloudTime;
        if (request.MayHaveBegun && request.Pattern is not null && ScheduleRules.IsTooEarly(request.FirstExecutionTime, now))
        {
            warn?.Invoke(FormattableString.Invariant(
                $"The first execution time {request.FirstExecutionTime:u} of '{request.Name}' has passed, so the schedule {(request.Suspension is null ? "begins" : "will begin, when it is resumed,")} with the next time of its pattern '{request.Pattern}'."));
            request = request with { FirstExecutionTime = null };
        }
        CronPattern? pattern = ScheduleRules.Check(request, now);
        if (_session.Token.Methods.Contains("application_credential"))
            throw MistralErrors.DelegatedToken(null, request.Instance);

        lookup ??= _session.CreateLookup();
        Instance instance = await lookup.GetInstanceAsync(request.Instance, cancellationToken).ConfigureAwait(false);
        WorkflowInputs inputs = await _session.Workbook.InputsAsync(cancellationToken).ConfigureAwait(false);
        ScheduleRules.CheckWorkflowAccepts(request, inputs);
        if (request.ParentId is { } parent)
            ScheduleRules.CheckParent(await lookup.GetBackupAsync(parent, cancellationToken).ConfigureAwait(false), instance);
        return new PreparedSchedule(request.Id ?? Guid.NewGuid().ToString(), request, instance, pattern, inputs.ToJson(request, instance.Id));
    }

    /// <summary>Creates a schedule exactly once (the spec's <c>schedule_create</c>).</summary>
    /// <param name="request">The schedule to create.</param>
    /// <param name="warn">Gets warnings, on any thread; null for none.</param>
    /// <param name="cancellationToken">Cancels the operation. Mistral may still carry out a request that was sent.</param>
    /// <returns>The schedule as Mistral stored it.</returns>
    /// <exception cref="TroveScheduleException">As for <see cref="PrepareAsync"/> and <see cref="CreateAsync(PreparedSchedule, Action{string}, CancellationToken)"/>.</exception>
    public async Task<BackupSchedule> CreateAsync(ScheduleRequest request, Action<string>? warn = null, CancellationToken cancellationToken = default) =>
        await CreateAsync(await PrepareAsync(request, null, warn, cancellationToken).ConfigureAwait(false), warn, cancellationToken).ConfigureAwait(false);

    /// <summary>Creates a prepared schedule exactly once. If a failure leaves the outcome unknown, the schedule is looked up by name before an error is thrown.</summary>
    /// <param name="prepared">The result of <see cref="PrepareAsync"/>.</param>
    /// <param name="warn">Gets warnings, on any thread; null for none.</param>
    /// <param name="cancellationToken">Cancels the operation. Mistral may still carry out a request that was sent.</param>
    /// <returns>The schedule as Mistral stored it.</returns>
    /// <exception cref="TroveScheduleException">
    /// Any kind, when Mistral rejects the request. If it is unknown whether the schedule was created, the message says so and contains its id.
    /// </exception>
    public async Task<BackupSchedule> CreateAsync(PreparedSchedule prepared, Action<string>? warn = null, CancellationToken cancellationToken = default)
    {
        foreach (string warning in prepared.Pattern?.Surprises ?? [])
            warn?.Invoke($"'{prepared.Pattern!.Text}': {warning}");

        ScheduleRequest request = prepared.Request;
        // The trigger of an active schedule without an owner needs no metadata.
        CronTriggerRequest wire = request is not { Suspension: null, Owner: null }
            ? new TriggerDefinition(prepared.Input, request.Pattern, prepared.FirstExecutionTime, request.RemainingExecutions, null, new ScheduleMetadata
            {
                Suspension = request.Suspension is { } suspension ? new Suspension(_session.CloudTime, suspension.Reason, suspension.Until, null) : null,
                Owner = request.Owner,
                RequestedExecutions = request.Owner is null ? null : request.RemainingExecutions,
            }).ToRequest(prepared.Id, _session.CloudTime)
            : new CronTriggerRequest(prepared.Id, WorkflowName, prepared.Input, request.Pattern,
                prepared.FirstExecutionTime?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), request.RemainingExecutions);
        CronTrigger trigger;
        try
        {
            trigger = await _session.Mistral.CronTriggers.CreateAsync(wire, prepared.Instance, cancellationToken).ConfigureAwait(false);
        }
        catch (TroveScheduleException e) when (MistralFaults.Of(e) == MistralFault.DelegatedToken)
        {
            throw MistralErrors.DelegatedToken(e, prepared.Instance);
        }
        catch (TroveScheduleException e) when (MistralFaults.Of(e) == MistralFault.NoNextTime)
        {
            throw MistralErrors.NoNextTime(request.Pattern, prepared.Pattern, e);
        }
        catch (TroveScheduleException e) when (e.MayHaveHappened)
        {
            trigger = await LookAfterAsync(prepared, e, cancellationToken).ConfigureAwait(false);
        }

        BackupSchedule schedule = ToSchedule(trigger, _session);
        WarnOfAnotherFirstRun(prepared, schedule, warn);
        return schedule;
    }

    /// <summary>Schedules, ordered by their next time (the spec's <c>schedule_list</c>).</summary>
    /// <param name="instance">The id or name of an instance; null for the schedules of all instances.</param>
    /// <param name="allProjects">Whether to include other projects' schedules. Only for administrators.</param>
    /// <param name="cancellationToken">Cancels the listing.</param>
    /// <returns>The schedules. The whole list is kept in memory to sort it.</returns>
    /// <exception cref="TroveScheduleException">NotFound (<c>InstanceNotFound</c>) if the instance does not exist and has no schedule; any kind for other failures of the services.</exception>
    public async Task<IReadOnlyList<BackupSchedule>> ListAsync(string? instance = null, bool allProjects = false, CancellationToken cancellationToken = default)
    {
        ScheduleListing listing = CreateListing(allProjects);
        return await (instance is null ? listing.AllAsync(cancellationToken) : listing.OfInstanceAsync(instance, null, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Creates a listing that is requested only once and then serves several instances.</summary>
    /// <param name="allProjects">Whether to include other projects' schedules. Only for administrators.</param>
    /// <returns>The listing. It has not sent a request yet.</returns>
    public ScheduleListing CreateListing(bool allProjects = false) => new(_session, allProjects);

    /// <summary>Gets one schedule (the spec's <c>schedule_show</c>).</summary>
    /// <param name="id">The schedule's id, which is the cron trigger's name, or the trigger's id in Mistral.</param>
    /// <param name="allProjects">Whether to include other projects' schedules. Only for administrators.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The schedule.</returns>
    /// <exception cref="TroveScheduleException">NotFound (<c>ScheduleNotFound</c>); Invalid (<c>InvalidSchedule</c>) if the trigger runs another workflow.</exception>
    public async Task<BackupSchedule> GetAsync(string id, bool allProjects = false, CancellationToken cancellationToken = default) =>
        await FindWithReplacementAsync(id, allProjects, cancellationToken).ConfigureAwait(false) ?? throw MistralErrors.ScheduleNotFound(id, _session.ProjectName);

    /// <summary>Deletes a schedule and its Keystone trust (the spec's <c>schedule_delete</c>). An execution that has not finished may fail, because it uses the trust.</summary>
    /// <param name="schedule">The schedule as it was read.</param>
    /// <param name="allProjects">Whether to include other projects' schedules. Only for administrators.</param>
    /// <param name="cancellationToken">Cancels the request. Mistral may still carry out a request that was sent.</param>
    /// <returns>A task that completes when Mistral has deleted it.</returns>
    /// <exception cref="TroveScheduleException">
    /// NotFound (<c>ScheduleNotFound</c>) if it no longer exists; Forbidden if it was read from another cloud (<c>OtherCloud</c>) or belongs to another project (<c>OtherProject</c>). If it is unknown whether it
    /// was deleted, the message says so.
    /// </exception>
    public async Task DeleteAsync(BackupSchedule schedule, bool allProjects = false, CancellationToken cancellationToken = default)
    {
        _session.CheckOrigin(schedule.Origin, schedule.ProjectId, allProjects, $"The schedule '{schedule.Id}'", schedule);
        string id = DeletedBy(schedule);
        if (schedule.ReplacementTriggerId is { } replacement && replacement != schedule.TriggerId)
            await DeleteReplacementAsync(replacement, schedule, cancellationToken).ConfigureAwait(false);
        try
        {
            await _session.Mistral.CronTriggers.DeleteAsync(id, schedule, cancellationToken).ConfigureAwait(false);
        }
        catch (TroveScheduleException e) when (e.Kind == TroveErrorKind.NotFound)
        {
            // A change since the schedule was read may have given it another trigger.
            bool mayHaveChanged = id != schedule.Id && ResourceId.IsUuid(id) && ResourceId.IsUuid(schedule.Id);
            BackupSchedule? current = mayHaveChanged ? await FindWithReplacementAsync(schedule.Id, allProjects, cancellationToken).ConfigureAwait(false) : null;
            if (current is null || current.ProjectId != schedule.ProjectId || current.TriggerId == id)
                throw MistralErrors.ScheduleIsGone(schedule, e);
            await DeleteAsync(current, allProjects, cancellationToken).ConfigureAwait(false);
        }
        catch (TroveScheduleException e) when (e.MayHaveHappened)
        {
            var outcome = new OutcomeCheck(e, schedule, $"the schedule '{schedule.Id}'");
            if (await outcome.CheckAsync(() => _session.Mistral.CronTriggers.FindAsync(id, cancellationToken), $"the schedule '{schedule.Id}' was deleted").ConfigureAwait(false) is not null)
                throw outcome.NotDone($"The schedule '{schedule.Id}' still exists.", "deleting it", $"The schedule '{schedule.Id}' was not deleted.");
        }
    }

    /// <summary>
    /// Finds executions of one instance that follow each other sooner than the longest of the last five completed backups of the instance took. It sends one request for each instance, and compares
    /// only neighbours in time.
    /// </summary>
    /// <param name="schedules">The schedules as they were read, of any number of instances. Suspended ones have no executions.</param>
    /// <param name="from">Compares only times after this one; null for the cloud's present time.</param>
    /// <param name="until">Compares only times up to this one; null for seven days after <paramref name="from"/>.</param>
    /// <param name="zone">The time zone of the times in the result; null for UTC.</param>
    /// <param name="warn">Gets a warning about instances without a completed backup, which cannot be checked; null for none.</param>
    /// <param name="cancellationToken">Cancels the requests and the computation.</param>
    /// <returns>One object for each pair of schedules that follow each other too closely, in the order of their first time. Memory grows with the number of pairs, not with the number of executions.</returns>
    /// <exception cref="TroveScheduleException">
    /// Forbidden for a schedule that was read from another cloud (<c>OtherCloud</c>) or belongs to another project (<c>OtherProject</c>); Invalid for one without an instance (<c>InvalidInstance</c>), for a
    /// pattern that the library cannot read (<c>InvalidCronPattern</c>), and for an end that is not after the beginning (<c>InvalidUntil</c>); any kind for other failures of Trove.
    /// </exception>
    public Task<IReadOnlyList<ScheduleOverlap>> FindOverlapsAsync(
        IReadOnlyCollection<BackupSchedule> schedules, DateTimeOffset? from = null, DateTimeOffset? until = null, TimeZoneInfo? zone = null, Action<string>? warn = null,
        CancellationToken cancellationToken = default) => new OverlapSearch(_session, from, until, zone).FindAsync(schedules, warn, cancellationToken);

    /// <summary>Throws if <see cref="FindOverlapsAsync"/> cannot check a schedule. Sends no request.</summary>
    /// <param name="schedule">The schedule as it was read.</param>
    /// <exception cref="TroveScheduleException">As for <see cref="FindOverlapsAsync"/>: <c>OtherCloud</c>, <c>OtherProject</c>, <c>InvalidInstance</c>.</exception>
    public void CheckOverlapsOf(BackupSchedule schedule)
    {
        _session.CheckOrigin(schedule.Origin, schedule.ProjectId, false, $"The schedule '{schedule.Id}'", schedule);
        if (string.IsNullOrEmpty(schedule.InstanceId))
            throw MistralErrors.NamesNoInstance(schedule);
    }

    /// <summary>
    /// Checks whether schedules make good backups. It lists the schedules, the instances, the executions of the period (up to 1,000 in a request) and the newest backups, so that the number of requests does
    /// not depend on the number of schedules.
    /// </summary>
    /// <param name="schedules">The schedules to check; they are read again. Null for all of the project.</param>
    /// <param name="options">What to look at; null for the last seven days.</param>
    /// <param name="warn">Gets warnings about what could not be checked, on any thread; null for none.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>The health of each schedule, and of each instance without one if <see cref="HealthOptions.IncludeUnscheduled"/> is true; worst first.</returns>
    /// <exception cref="TroveScheduleException">
    /// Invalid for options that break their rule (<c>InvalidSince</c>, <c>InvalidMaxAge</c>); Forbidden for a schedule that was read from another cloud (<c>OtherCloud</c>) or belongs to another project
    /// (<c>OtherProject</c>); any kind for other failures of the services.
    /// </exception>
    public async Task<IReadOnlyList<ScheduleHealth>> CheckHealthAsync(
        IReadOnlyCollection<BackupSchedule>? schedules = null, HealthOptions? options = null, Action<string>? warn = null, CancellationToken cancellationToken = default)
    {
        foreach (BackupSchedule schedule in schedules ?? [])
            _session.CheckOrigin(schedule.Origin, schedule.ProjectId, false, $"The schedule '{schedule.Id}'", schedule);
        return await new ScheduleHealthCheck(_session, options ?? new HealthOptions(), warn).RunAsync(schedules, cancellationToken).ConfigureAwait(false);
    }

    // The request uses the schedule's own id, so that it cannot hit another trigger. Names are unique only within a project: for an administrator, Mistral
    // returns any project's trigger of that name. For an object of unknown origin, or with a name that is not allowed in a path, the request uses the trigger's id.
    private string DeletedBy(BackupSchedule schedule) =>
        schedule.State != ScheduleState.Interrupted && schedule.Origin is not null && schedule.ProjectId == _session.ProjectId && ResourceId.IsUuid(schedule.Id) && !_session.Token.Roles.Contains("admin")
            ? schedule.Id
            : schedule.TriggerId;

    private async Task DeleteReplacementAsync(string triggerId, BackupSchedule schedule, CancellationToken cancellationToken)
    {
        try
        {
            await _session.Mistral.CronTriggers.DeleteAsync(triggerId, schedule, cancellationToken).ConfigureAwait(false);
        }
        catch (TroveScheduleException e) when (e.Kind == TroveErrorKind.NotFound)
        {
            // The change was finished or undone since the schedule was read.
        }
    }

    /// <summary>Gets the schedule of that id; null if this session sees none, or only the rest of a change that was cut off.</summary>
    internal async Task<BackupSchedule?> FindAsync(string id, bool allProjects, CancellationToken cancellationToken) =>
        await FindTriggerAsync(id, id, allProjects, cancellationToken).ConfigureAwait(false) is { } trigger ? ToSchedule(trigger, _session) : null;

    // Also what a change that was cut off left behind.
    private async Task<BackupSchedule?> FindWithReplacementAsync(string id, bool allProjects, CancellationToken cancellationToken)
    {
        CronTrigger? trigger = await FindTriggerAsync(id, id, allProjects, cancellationToken).ConfigureAwait(false);
        CronTrigger? replacement = await FindReplacementAsync(trigger?.Name ?? id, id, allProjects, cancellationToken).ConfigureAwait(false);
        return (trigger ?? replacement) is { } found ? ToSchedule(found, _session, replacement?.ProjectId == found.ProjectId ? replacement : null) : null;
    }

    private async Task<CronTrigger?> FindReplacementAsync(string scheduleId, object target, bool allProjects, CancellationToken cancellationToken) =>
        ResourceId.IsUuid(scheduleId) ? await FindTriggerAsync(ScheduleMetadata.ReplacementNameOf(scheduleId), target, allProjects, cancellationToken).ConfigureAwait(false) : null;

    private async Task<CronTrigger?> FindTriggerAsync(string id, object target, bool allProjects, CancellationToken cancellationToken)
    {
        // Only a UUID goes into the path, because slashes and dots in a name would change the path.
        CronTrigger? trigger = ResourceId.IsUuid(id)
            ? await _session.Mistral.CronTriggers.FindAsync(id, cancellationToken, target).ConfigureAwait(false)
            : ResourceId.CanBeName(id) ? await FirstNamedAsync(id, allProjects, cancellationToken).ConfigureAwait(false) : null;
        if (trigger is null || !_session.IsVisibleProject(trigger.ProjectId, allProjects))
            return null;
        return trigger.WorkflowName == WorkflowName ? trigger : throw MistralErrors.NotASchedule(id, trigger.WorkflowName);
    }

    private async Task<CronTrigger?> FirstNamedAsync(string name, bool allProjects, CancellationToken cancellationToken)
    {
        await foreach (CronTrigger trigger in _session.Mistral.CronTriggers.ListAsync(WorkflowName, name, allProjects, cancellationToken).ConfigureAwait(false))
        {
            if (trigger.Name == name && _session.IsVisibleProject(trigger.ProjectId, allProjects))
                return trigger;
        }
        return null;
    }

    private async Task<CronTrigger> LookAfterAsync(PreparedSchedule prepared, TroveScheduleException failure, CancellationToken cancellationToken)
    {
        string id = prepared.Id;
        var outcome = new OutcomeCheck(failure, id, $"the schedule '{id}'");
        CronTrigger? made = await outcome.CheckAsync(() => _session.Mistral.CronTriggers.FindAsync(id, cancellationToken), "the schedule was created").ConfigureAwait(false);
        if (made is not null)
            return made;
        if (MistralFaults.Of(failure) == MistralFault.DuplicateTrigger)
            throw MistralErrors.DuplicateSchedule(prepared, failure);
        throw outcome.NotDone("The schedule does not exist yet.", "creating it", "The schedule was not created.");
    }

    private void WarnOfAnotherFirstRun(PreparedSchedule prepared, BackupSchedule schedule, Action<string>? warn)
    {
        DateTimeOffset created = schedule.CreatedAt ?? _session.CloudTime;
        DateTimeOffset? expected = FirstRunAfter(created);
        // Mistral computes the first run before it writes the row, so the run can fall into the second between the two.
        bool agrees = expected is null || schedule.NextExecutionTime is null || schedule.NextExecutionTime == expected
            || (created > DateTimeOffset.MinValue.AddDays(1) && schedule.NextExecutionTime == FirstRunAfter(created - TimeSpan.FromSeconds(5)));
        if (!agrees)
        {
            warn?.Invoke(FormattableString.Invariant(
                $"Mistral will run '{schedule.Id}' first at {schedule.NextExecutionTime:u}, where {expected:u} was expected: it reads the pattern '{schedule.Pattern}' in another way, and Mistral's way counts."));
        }

        DateTimeOffset? FirstRunAfter(DateTimeOffset time) => prepared.FirstExecutionTime ?? prepared.Pattern?.Next(time);
    }

    // The triggers that the schedule had, newest first.
    internal static IReadOnlyList<string> TriggerIdsOf(BackupSchedule schedule) =>
        [schedule.TriggerId, .. schedule.EarlierTriggerIds?.Split([' '], StringSplitOptions.RemoveEmptyEntries) ?? []];

    /// <summary>Converts a trigger. One that keeps a new definition stands for its schedule, whose own trigger is deleted.</summary>
    /// <param name="trigger">The trigger.</param>
    /// <param name="session">The session that read it.</param>
    /// <param name="replacement">The trigger that keeps a new definition of the same schedule; null for none.</param>
    internal static BackupSchedule ToSchedule(CronTrigger trigger, CloudSession session, CronTrigger? replacement = null)
    {
        ScheduleInput input = ScheduleInput.Parse(trigger.WorkflowInput);
        ScheduleMetadata metadata = ScheduleMetadata.Of(trigger);
        TriggerDefinition definition = TriggerDefinition.Of(trigger, metadata);
        // Another client may have replaced a suspended trigger by one that runs.
        Suspension? suspension = TriggerDefinition.IsNever(trigger.FirstExecutionTime) ? metadata.Suspension : null;
        ScheduleState state = metadata.Replacement is not null ? ScheduleState.Interrupted
            : suspension is not null ? ScheduleState.Suspended
            : trigger.NextExecutionTime < session.CloudTime - TimeSpan.FromMinutes(1) ? ScheduleState.Stuck
            : ScheduleState.Active;
        return new BackupSchedule
        {
            Id = metadata.Replacement?.ScheduleId ?? trigger.Name,
            TriggerId = trigger.Id,
            Name = input.Name,
            InstanceId = input.Instance,
            Description = input.Description,
            ParentId = input.ParentId,
            Incremental = input.Incremental,
            Pattern = definition.Pattern,
            FirstExecutionTime = definition.FirstExecutionTime,
            NextExecutionTime = state is ScheduleState.Suspended or ScheduleState.Interrupted ? null : trigger.NextExecutionTime,
            RemainingExecutions = definition.RemainingExecutions,
            IsStuck = state == ScheduleState.Stuck,
            State = state,
            SuspendedAt = suspension?.Since,
            SuspendedReason = suspension?.Reason,
            SuspendedUntil = suspension?.Until,
            IsResumeOverdue = suspension?.Until < session.CloudTime,
            Owner = metadata.Owner,
            EarlierTriggerIds = metadata.EarlierTriggers.Count == 0 ? null : string.Join(" ", metadata.EarlierTriggers),
            ReplacementTriggerId = metadata.Replacement is null ? replacement?.Id : trigger.Id,
            CreatedAt = metadata.CreatedAt ?? trigger.CreatedAt,
            UpdatedAt = trigger.UpdatedAt ?? (metadata.CreatedAt is null ? null : trigger.CreatedAt),
            ProjectId = trigger.ProjectId,
            Origin = session.Origin,
            Input = trigger.WorkflowInput ?? "{}",
        };
    }
}

/// <summary>A schedule that has passed every check and can be created.</summary>
public sealed class PreparedSchedule
{
    internal PreparedSchedule(string id, ScheduleRequest request, Instance instance, CronPattern? pattern, string input)
    {
        Id = id;
        Request = request;
        Instance = instance;
        Pattern = pattern;
        Input = input;
        FirstExecutionTime = ScheduleRules.WholeMinute(request.FirstExecutionTime);
    }

    /// <summary>The id that the schedule will have.</summary>
    public string Id { get; }

    /// <summary>The name that each backup gets.</summary>
    public string Name => Request.Name;

    /// <summary>The instance that will be backed up.</summary>
    public Instance Instance { get; }

    /// <summary>The pattern; null for a schedule that runs once.</summary>
    public CronPattern? Pattern { get; }

    /// <summary>The first execution time, UTC, in whole minutes; null for the pattern's next time.</summary>
    public DateTimeOffset? FirstExecutionTime { get; }

    /// <summary>Describes in English when the schedule will run, and whether it is created suspended.</summary>
    /// <returns>One sentence.</returns>
    public string Explain()
    {
        string times = (Pattern, FirstExecutionTime) switch
        {
            (null, _) => FormattableString.Invariant($"once, at {FirstExecutionTime:u}"),
            (_, null) => Pattern.Explain(),
            _ => FormattableString.Invariant($"{Pattern.Explain()}, from {FirstExecutionTime:u} on"),
        };
        return Request.Suspension is null ? times : $"{times}; suspended until it is resumed";
    }

    internal ScheduleRequest Request { get; }

    internal string Input { get; }
}
