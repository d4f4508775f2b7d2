using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.Cron;
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

    /// <summary>Checks a request as far as possible without changing anything: the values, the instance, the parent, the workbook. Several may be prepared at once.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="lookup">Where instances and parents are looked up; null for a new one. Give the same one for all schedules of a bulk operation, which then share the requests.</param>
    /// <param name="warn">Gets warnings, on any thread; null for none.</param>
    /// <param name="cancellationToken">Ends the checks.</param>
    /// <returns>A schedule that is ready to be made, under an id that is chosen already.</returns>
    /// <exception cref="TroveScheduleException">
    /// Invalid for a value against its rule (<c>InvalidCronPattern</c>, <c>InvalidName</c>, <c>InvalidDescription</c>, <c>InvalidParent</c>,
    /// <c>InvalidFirstExecutionTime</c>, <c>InvalidRemainingExecutions</c>, <c>InvalidInstance</c>) and for what the installed workbook cannot take (<c>InvalidForWorkbook</c>);
    /// NotFound for an unknown instance (<c>InstanceNotFound</c>), parent (<c>BackupNotFound</c>) or workbook (<c>WorkbookNotInstalled</c>) and for a cloud
    /// without Trove's actions (<c>NoTroveActions</c>); Forbidden for an application credential (<c>ApplicationCredential</c>).
    /// </exception>
    public async Task<PreparedSchedule> PrepareAsync(ScheduleRequest request, ResourceLookup? lookup = null, Action<string>? warn = null, CancellationToken cancellationToken = default)
    {
        DateTimeOffset now = _session.CloudTime;
        if (request.MayHaveBegun && request.Pattern is not null && ScheduleRules.IsTooEarly(request.FirstExecutionTime, now))
        {
            warn?.Invoke(FormattableString.Invariant(
                $"The first execution time {request.FirstExecutionTime:u} of '{request.Name}' has passed, so the schedule begins with the next time of its pattern '{request.Pattern}'."));
            request = request with { FirstExecutionTime = null };
        }
        CronPattern? pattern = ScheduleRules.Check(request, now);
        if (_session.Token.Methods.Contains("application_credential"))
            throw DelegatedToken(null, request.Instance);

        lookup ??= _session.CreateLookup();
        Instance instance = await lookup.GetInstanceAsync(request.Instance, cancellationToken).ConfigureAwait(false);
        WorkflowInputs inputs = await _session.Workbook.InputsAsync(cancellationToken).ConfigureAwait(false);
        ScheduleRules.CheckFits(request, inputs);
        if (request.ParentId is { } parent)
            ScheduleRules.CheckParent(await lookup.GetBackupAsync(parent, cancellationToken).ConfigureAwait(false), instance);
        return new PreparedSchedule(Guid.NewGuid().ToString(), request, instance, pattern, inputs.ToJson(request, instance.Id));
    }

    /// <summary>Makes a schedule exactly once (the spec's <c>schedule_create</c>).</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="warn">Gets warnings, on any thread; null for none.</param>
    /// <param name="cancellationToken">Ends the work; a request that has been sent may still be carried out.</param>
    /// <returns>The schedule as Mistral has it.</returns>
    /// <exception cref="TroveScheduleException">As for <see cref="PrepareAsync"/> and <see cref="CreateAsync(PreparedSchedule, Action{string}, CancellationToken)"/>.</exception>
    public async Task<BackupSchedule> CreateAsync(ScheduleRequest request, Action<string>? warn = null, CancellationToken cancellationToken = default) =>
        await CreateAsync(await PrepareAsync(request, null, warn, cancellationToken).ConfigureAwait(false), warn, cancellationToken).ConfigureAwait(false);

    /// <summary>Makes a prepared schedule exactly once. After an answer that leaves it open, its name is looked up before anything is said.</summary>
    /// <param name="prepared">What <see cref="PrepareAsync"/> gave.</param>
    /// <param name="warn">Gets warnings, on any thread; null for none.</param>
    /// <param name="cancellationToken">Ends the work; a request that has been sent may still be carried out.</param>
    /// <returns>The schedule as Mistral has it.</returns>
    /// <exception cref="TroveScheduleException">
    /// What Mistral refuses; where it cannot be told whether the schedule was created, the message says so and names its id.
    /// </exception>
    public async Task<BackupSchedule> CreateAsync(PreparedSchedule prepared, Action<string>? warn = null, CancellationToken cancellationToken = default)
    {
        foreach (string warning in prepared.Pattern?.Surprises ?? [])
            warn?.Invoke($"'{prepared.Pattern!.Text}': {warning}");

        ScheduleRequest request = prepared.Request;
        var wire = new CronTriggerRequest(prepared.Id, WorkflowName, prepared.Input, request.Pattern,
            prepared.FirstExecutionTime?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), request.RemainingExecutions);
        CronTrigger trigger;
        try
        {
            trigger = await _session.Mistral.CronTriggers.CreateAsync(wire, prepared.Instance, cancellationToken).ConfigureAwait(false);
        }
        catch (TroveScheduleException e) when (e.ServerMessage?.Contains("Using a delegated token") == true)
        {
            throw DelegatedToken(e, prepared.Instance);
        }
        catch (TroveScheduleException e) when (e.ServerMessage?.Contains("failed to find next date") == true)
        {
            throw new TroveScheduleException(TroveErrorKind.Invalid, $"Mistral finds no time for the pattern '{request.Pattern}'.", e)
            {
                ErrorId = "InvalidCronPattern",
                Target = request.Pattern,
                RecommendedAction = prepared.Pattern is { Surprises.Count: > 0 } pattern ? string.Join(" ", pattern.Surprises) : "Try it with Test-TroveCronPattern.",
            };
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
    /// <param name="instance">The id or name of the instance whose schedules are wanted; null for those of all.</param>
    /// <param name="allProjects">Whether an administrator wants to see other projects' schedules too.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The schedules. They are collected before they are ordered.</returns>
    /// <exception cref="TroveScheduleException">NotFound (<c>InstanceNotFound</c>) for an instance that neither exists nor has a schedule; any kind, as the services answer.</exception>
    public async Task<IReadOnlyList<BackupSchedule>> ListAsync(string? instance = null, bool allProjects = false, CancellationToken cancellationToken = default)
    {
        ScheduleListing listing = CreateListing(allProjects);
        return await (instance is null ? listing.AllAsync(cancellationToken) : listing.OfInstanceAsync(instance, null, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>A listing that is requested once, for the schedules of several instances.</summary>
    /// <param name="allProjects">Whether an administrator wants to see other projects' schedules too.</param>
    /// <returns>The listing, of which nothing has been requested yet.</returns>
    public ScheduleListing CreateListing(bool allProjects = false) => new(_session, allProjects);

    /// <summary>One schedule (the spec's <c>schedule_show</c>).</summary>
    /// <param name="id">The schedule's id, which is the cron trigger's name; Mistral's own id of it will do.</param>
    /// <param name="allProjects">Whether an administrator means other projects' schedules too.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The schedule.</returns>
    /// <exception cref="TroveScheduleException">NotFound (<c>ScheduleNotFound</c>); Invalid (<c>InvalidSchedule</c>) where the trigger runs something else.</exception>
    public async Task<BackupSchedule> GetAsync(string id, bool allProjects = false, CancellationToken cancellationToken = default) =>
        await FindAsync(id, allProjects, cancellationToken).ConfigureAwait(false)
        ?? throw NotFound(id);

    /// <summary>Deletes a schedule, and its Keystone trust with it, so that a run in flight may fail (the spec's <c>schedule_delete</c>).</summary>
    /// <param name="schedule">The schedule as it was read.</param>
    /// <param name="allProjects">Whether an administrator means other projects' schedules too.</param>
    /// <param name="cancellationToken">Ends the request; once sent it may still be carried out.</param>
    /// <returns>A task that ends when Mistral has deleted it.</returns>
    /// <exception cref="TroveScheduleException">
    /// NotFound (<c>ScheduleNotFound</c>) where it is gone already; Forbidden for one that was read from another cloud (<c>OtherCloud</c>) or another project's (<c>OtherProject</c>); where it cannot be told whether it
    /// was deleted, the message says so.
    /// </exception>
    public async Task DeleteAsync(BackupSchedule schedule, bool allProjects = false, CancellationToken cancellationToken = default)
    {
        _session.CheckOrigin(schedule.Origin, schedule.ProjectId, allProjects, $"The schedule '{schedule.Id}'", schedule);
        string id = DeletedBy(schedule);
        try
        {
            await _session.Mistral.CronTriggers.DeleteAsync(id, schedule, cancellationToken).ConfigureAwait(false);
        }
        catch (TroveScheduleException e) when (e.Kind == TroveErrorKind.NotFound)
        {
            throw new TroveScheduleException(TroveErrorKind.NotFound, $"The schedule '{schedule.Id}' does not exist any more.", e)
            {
                ErrorId = "ScheduleNotFound",
                Target = schedule,
            };
        }
        catch (TroveScheduleException e) when (e.MayHaveHappened)
        {
            var outcome = new OutcomeCheck(e, schedule, $"Get-TroveBackupSchedule -Id {schedule.Id}");
            if (await outcome.CheckAsync(() => _session.Mistral.CronTriggers.FindAsync(id, cancellationToken), $"the schedule '{schedule.Id}' was deleted").ConfigureAwait(false) is not null)
                throw outcome.NotDone($"The schedule '{schedule.Id}' still exists.", "deleting it", $"The schedule '{schedule.Id}' was not deleted.");
        }
    }

    // By its own id a schedule that is gone is not mistaken for whatever has its trigger's id elsewhere. Names are unique in a project only: to an administrator Mistral
    // gives any project's trigger of that name. An object of unknown origin, or with a name that no path can hold, goes by the trigger's id.
    private string DeletedBy(BackupSchedule schedule) =>
        schedule.Origin is not null && schedule.ProjectId == _session.ProjectId && ResourceId.IsUuid(schedule.Id) && !_session.Token.Roles.Contains("admin")
            ? schedule.Id
            : schedule.TriggerId;

    /// <summary>The schedule of that id; null when there is none that this session sees.</summary>
    internal async Task<BackupSchedule?> FindAsync(string id, bool allProjects, CancellationToken cancellationToken)
    {
        // Only a UUID is put into a path: names may hold slashes and dots, which would make it another path.
        CronTrigger? trigger = ResourceId.IsUuid(id)
            ? await _session.Mistral.CronTriggers.FindAsync(id, cancellationToken).ConfigureAwait(false)
            : ResourceId.CanBeName(id) ? await FirstNamedAsync(id, allProjects, cancellationToken).ConfigureAwait(false) : null;
        if (trigger is null || !_session.IsVisibleProject(trigger.ProjectId, allProjects))
            return null;
        return trigger.WorkflowName == WorkflowName
            ? ToSchedule(trigger, _session)
            : throw new TroveScheduleException(TroveErrorKind.Invalid,
                $"The cron trigger '{id}' runs the workflow '{ServiceError.Printable(trigger.WorkflowName ?? "", 255)}', not '{WorkflowName}': it is no backup schedule.")
            {
                ErrorId = "InvalidSchedule",
                Target = id,
                RecommendedAction = "Get-TroveBackupSchedule lists the schedules.",
            };
    }

    internal TroveScheduleException NotFound(string id) =>
        new(TroveErrorKind.NotFound, $"No schedule of project '{_session.ProjectName}' has the id '{id}'.")
        {
            ErrorId = "ScheduleNotFound",
            Target = id,
            RecommendedAction = "Get-TroveBackupSchedule lists the ids.",
        };

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
        var outcome = new OutcomeCheck(failure, id, $"Get-TroveBackupSchedule -Id {id}");
        CronTrigger? made = await outcome.CheckAsync(() => _session.Mistral.CronTriggers.FindAsync(id, cancellationToken), "the schedule was created").ConfigureAwait(false);
        if (made is not null)
            return made;
        // Mistral blames the name, which is new. What clashes is its second key: input, pattern, first time and number of runs, unless one of them is null.
        if (failure.ServerMessage?.StartsWith("Duplicate entry for cron trigger ['name'", StringComparison.Ordinal) == true)
        {
            throw new TroveScheduleException(TroveErrorKind.Conflict,
                $"The schedule was not created: '{prepared.Request.Name}' already exists with the same pattern, first time and number of executions, and Mistral accepts no second one.", failure)
            {
                Target = id,
                RecommendedAction = $"Get-TroveBackupSchedule {prepared.Instance.Id} shows it.",
            };
        }
        throw outcome.NotDone("The schedule does not exist yet.", "creating it", "The schedule was not created.");
    }

    private void WarnOfAnotherFirstRun(PreparedSchedule prepared, BackupSchedule schedule, Action<string>? warn)
    {
        DateTimeOffset created = schedule.CreatedAt ?? _session.CloudTime;
        DateTimeOffset? expected = FirstRunAfter(created);
        // Mistral reckons from the moment before it writes the row; the second between can hold the first run.
        bool agrees = expected is null || schedule.NextExecutionTime is null || schedule.NextExecutionTime == expected
            || (created > DateTimeOffset.MinValue.AddDays(1) && schedule.NextExecutionTime == FirstRunAfter(created - TimeSpan.FromSeconds(5)));
        if (!agrees)
        {
            warn?.Invoke(FormattableString.Invariant(
                $"Mistral will run '{schedule.Id}' first at {schedule.NextExecutionTime:u}, where {expected:u} was expected: it reads the pattern '{schedule.Pattern}' in another way, and Mistral's way counts."));
        }

        DateTimeOffset? FirstRunAfter(DateTimeOffset time) => prepared.FirstExecutionTime ?? prepared.Pattern?.Next(time);
    }

    private static TroveScheduleException DelegatedToken(TroveScheduleException? cause, object target) =>
        new(TroveErrorKind.Forbidden,
            "An application credential cannot create schedules: Mistral needs a trust for each, and Keystone refuses trusts to delegated tokens.", cause)
        {
            ErrorId = "ApplicationCredential",
            Target = target,
            RecommendedAction = "Connect with a user's name and password to create schedules; the application credential can list and delete them.",
        };

    internal static BackupSchedule ToSchedule(CronTrigger trigger, CloudSession session)
    {
        ScheduleInput input = ScheduleInput.Parse(trigger.WorkflowInput);
        bool isOnce = trigger.FirstExecutionTime is not null && trigger.Pattern == ScheduleRules.NeverPattern;
        return new BackupSchedule
        {
            Id = trigger.Name,
            TriggerId = trigger.Id,
            Name = input.Name,
            InstanceId = input.Instance,
            Description = input.Description,
            ParentId = input.ParentId,
            Incremental = input.Incremental,
            Pattern = isOnce ? null : trigger.Pattern,
            FirstExecutionTime = trigger.FirstExecutionTime,
            NextExecutionTime = trigger.NextExecutionTime,
            RemainingExecutions = trigger.RemainingExecutions,
            IsStuck = trigger.NextExecutionTime < session.CloudTime - TimeSpan.FromMinutes(1),
            CreatedAt = trigger.CreatedAt,
            UpdatedAt = trigger.UpdatedAt,
            ProjectId = trigger.ProjectId,
            Origin = session.Origin,
            Input = trigger.WorkflowInput ?? "{}",
        };
    }
}

/// <summary>A schedule that has passed every check and can be made.</summary>
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

    /// <summary>The first run, in whole minutes of UTC; null for the pattern's next time.</summary>
    public DateTimeOffset? FirstExecutionTime { get; }

    /// <summary>When it will run, in English.</summary>
    /// <returns>One sentence.</returns>
    public string Explain() => (Pattern, FirstExecutionTime) switch
    {
        (null, _) => FormattableString.Invariant($"once, at {FirstExecutionTime:u}"),
        (_, null) => Pattern.Explain(),
        _ => FormattableString.Invariant($"{Pattern.Explain()}, from {FirstExecutionTime:u} on"),
    };

    internal ScheduleRequest Request { get; }

    internal string Input { get; }
}
