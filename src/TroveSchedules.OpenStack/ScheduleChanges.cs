using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;
using TroveSchedules.OpenStack.Mistral;

namespace TroveSchedules.OpenStack;

/// <summary>
/// Changes, suspends and resumes schedules. Mistral can neither change nor rename a cron trigger, so each of these replaces it by a new one of the same name:
/// <list type="number">
/// <item>Create a replacement, a trigger with the new definition that never runs.</item>
/// <item>Delete the old trigger.</item>
/// <item>Create the new trigger under the schedule's name.</item>
/// <item>Delete the replacement.</item>
/// </list>
/// At no point does more than one trigger run. If the job is cut off before the second step has happened, the next change deletes the replacement; later, it finishes the job.
/// </summary>
public sealed class ScheduleChanges
{
    private readonly CloudSession _session;

    internal ScheduleChanges(CloudSession session) => _session = session;

    /// <summary>How long a cancellation waits once the old trigger may be deleted, because the schedule does not run until the job is finished.</summary>
    internal TimeSpan CancellationDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Checks a change of properties. It sends no request that changes anything.</summary>
    /// <param name="schedule">The schedule. Its definition is read again.</param>
    /// <param name="change">The change.</param>
    /// <param name="lookup">The lookup of instances and parents; null for a new one.</param>
    /// <param name="cancellationToken">Cancels the checks.</param>
    /// <returns>The change, for <see cref="ApplyAsync"/>.</returns>
    /// <exception cref="TroveScheduleException">
    /// Invalid for a value that breaks its rule, as in <see cref="BackupSchedules.PrepareAsync"/>, and for a schedule that this version cannot change (<c>UnknownMetadata</c>, <c>InvalidSchedule</c>);
    /// NotFound if the schedule (<c>ScheduleNotFound</c>), its instance (<c>InstanceNotFound</c>) or the parent (<c>BackupNotFound</c>) does not exist;
    /// Forbidden for an application credential and for schedules of another project or cloud.
    /// </exception>
    public async Task<PreparedScheduleChange> PrepareAsync(BackupSchedule schedule, ScheduleChange change, ResourceLookup? lookup = null, CancellationToken cancellationToken = default)
    {
        ScheduleTriggers triggers = await ReadAsync(schedule, cancellationToken).ConfigureAwait(false);
        TriggerDefinition old = triggers.Definition;
        ScheduleInput input = ScheduleInput.Parse(old.Input);
        var changed = new ScheduleRequest
        {
            Instance = input.Instance ?? "",
            Name = change.Name is { } name ? name.Value : input.Name ?? "",
            Pattern = change.Pattern is { } pattern ? pattern.Value : old.Pattern,
            AllowSeconds = change.AllowSeconds || change.Pattern is null,
            Description = change.Description is { } description ? description.Value : input.Description,
            Incremental = change.Incremental is { } incremental ? incremental.Value : input.Incremental == true,
            ParentId = change.ParentId is { } parent ? parent.Value : input.ParentId,
            RemainingExecutions = change.RemainingExecutions is { } remaining ? remaining.Value : old.RemainingExecutions,
            FirstExecutionTime = ScheduleRules.WholeMinute(change.FirstExecutionTime is { } first ? first.Value : old.FirstExecutionTime),
        };
        ScheduleRules.CheckChange(changed, change, _session.CloudTime);
        ScheduleMetadata metadata = ChangedMetadata(old.Metadata, change);
        if (metadata.Suspension is null && old.Metadata.Suspension is not null && changed.Pattern is null && changed.FirstExecutionTime <= _session.CloudTime)
            throw MistralErrors.OnlyTimeHasPassed(schedule, changed.FirstExecutionTime!.Value);
        lookup ??= _session.CreateLookup();
        Instance instance = await LookUpForAsync(schedule, lookup.GetInstanceAsync(changed.Instance, cancellationToken)).ConfigureAwait(false);
        if (change is not { Name: null, Description: null, Incremental: null, ParentId: null })
            ScheduleRules.CheckWorkflowAccepts(changed, await LookUpForAsync(schedule, _session.Workbook.InputsAsync(cancellationToken)).ConfigureAwait(false));
        if (change.ParentId?.Value is { } parentId)
            ScheduleRules.CheckParent(await LookUpForAsync(schedule, lookup.GetBackupAsync(parentId, cancellationToken)).ConfigureAwait(false), instance);

        TriggerDefinition definition = old with
        {
            Input = ChangedInput(old.Input, input, changed),
            Pattern = changed.Pattern,
            RemainingExecutions = changed.RemainingExecutions,
            FirstExecutionTime = changed.FirstExecutionTime,
            Metadata = metadata,
        };
        var differences = new List<string>();
        Compare("Owner", old.Metadata.Owner, metadata.Owner);
        Compare("Name", input.Name, changed.Name);
        Compare("Pattern", old.Pattern, changed.Pattern);
        Compare("Description", input.Description, changed.Description);
        Compare("Incremental", input.Incremental ?? false, changed.Incremental);
        Compare("ParentId", input.ParentId, changed.ParentId);
        Compare("RemainingExecutions", old.RemainingExecutions, changed.RemainingExecutions);
        Compare("FirstExecutionTime", old.FirstExecutionTime, changed.FirstExecutionTime);
        differences.AddRange(Differences(old.Metadata.Suspension, metadata.Suspension));
        PreparedScheduleChange prepared = Prepared(triggers, definition, differences);
        CheckFirstTime(prepared);
        return prepared;

        void Compare(string property, object? before, object? after)
        {
            if (!Equals(before, after))
                differences.Add($"{property} {Shown(before)} to {Shown(after)}");
        }
    }

    /// <summary>Checks a suspension. It sends no request that changes anything.</summary>
    /// <param name="schedule">The schedule. Its definition is read again.</param>
    /// <param name="reason">The reason; null for none. A schedule that is already suspended keeps its reason then.</param>
    /// <param name="until">When it is to be resumed, in the future; null for no time. A schedule that is already suspended keeps its time then.</param>
    /// <param name="warn">Gets warnings, on any thread; null for none.</param>
    /// <param name="cancellationToken">Cancels the checks.</param>
    /// <returns>The change, for <see cref="ApplyAsync"/>.</returns>
    /// <exception cref="TroveScheduleException">As for <see cref="PrepareAsync"/>, and Invalid (<c>InvalidUntil</c>) for a time that is not in the future.</exception>
    public async Task<PreparedScheduleChange> PrepareSuspensionAsync(
        BackupSchedule schedule, string? reason = null, DateTimeOffset? until = null, Action<string>? warn = null, CancellationToken cancellationToken = default)
    {
        if (until <= _session.CloudTime)
            throw MistralErrors.UntilHasPassed(until.Value, _session.CloudTime);
        ScheduleTriggers triggers = await ReadAsync(schedule, cancellationToken).ConfigureAwait(false);
        TriggerDefinition old = triggers.Definition;
        Suspension? before = old.Metadata.Suspension;
        Suspension after = before is null
            ? new Suspension(_session.CloudTime, reason, until, null)
            : before with { Reason = reason ?? before.Reason, Until = until ?? before.Until };
        if (after == before)
            warn?.Invoke($"The schedule '{schedule.Id}' is already suspended{(before.Reason is null ? "" : $": {before.Reason}")}.");
        return Prepared(triggers, old with { Metadata = old.Metadata with { Suspension = after } }, Differences(before, after));
    }

    /// <summary>Checks a resumption. It sends no request that changes anything. The schedule will run at the next time of its pattern; the times in between are not made up for.</summary>
    /// <param name="schedule">The schedule. Its definition is read again.</param>
    /// <param name="lookup">The lookup of instances; null for a new one.</param>
    /// <param name="warn">Gets warnings, on any thread; null for none.</param>
    /// <param name="cancellationToken">Cancels the checks.</param>
    /// <returns>The change, for <see cref="ApplyAsync"/>.</returns>
    /// <exception cref="TroveScheduleException">As for <see cref="PrepareAsync"/>, and Invalid (<c>InvalidFirstExecutionTime</c>) for a schedule whose only time has passed.</exception>
    public async Task<PreparedScheduleChange> PrepareResumptionAsync(
        BackupSchedule schedule, ResourceLookup? lookup = null, Action<string>? warn = null, CancellationToken cancellationToken = default)
    {
        ScheduleTriggers triggers = await ReadAsync(schedule, cancellationToken).ConfigureAwait(false);
        TriggerDefinition old = triggers.Definition;
        if (old.Metadata.Suspension is null)
        {
            if (triggers.Live is not null)
                warn?.Invoke($"The schedule '{schedule.Id}' is not suspended.");
            return Prepared(triggers, old, []);
        }
        if (old.Pattern is null && old.FirstExecutionTime <= _session.CloudTime)
            throw MistralErrors.OnlyTimeHasPassed(schedule, old.FirstExecutionTime!.Value);
        if (ScheduleInput.Parse(old.Input).Instance is { } instance)
            await LookUpForAsync(schedule, (lookup ?? _session.CreateLookup()).GetInstanceAsync(instance, cancellationToken)).ConfigureAwait(false);
        PreparedScheduleChange prepared = Prepared(triggers, old with { Metadata = old.Metadata with { Suspension = null } }, Differences(old.Metadata.Suspension, null));
        if (old.Pattern is null)
            CheckFirstTime(prepared);
        return prepared;
    }

    /// <summary>Applies a prepared change. If nothing is needed, it sends no request.</summary>
    /// <param name="prepared">The change.</param>
    /// <param name="warn">Gets warnings, on any thread; null for none.</param>
    /// <param name="cancellationToken">Cancels the change. Once the old trigger is deleted, the job has ten seconds to finish.</param>
    /// <returns>The schedule as it is now.</returns>
    /// <exception cref="TroveScheduleException">
    /// Any kind, when Mistral rejects a request. The schedule is unchanged then, except with the ErrorId <c>ScheduleChangeInterrupted</c>: it does not run until the next change or resumption has finished the job.
    /// </exception>
    /// <exception cref="OperationCanceledException">The change was cancelled before the old trigger was deleted. The schedule is unchanged.</exception>
    public async Task<BackupSchedule> ApplyAsync(PreparedScheduleChange prepared, Action<string>? warn = null, CancellationToken cancellationToken = default)
    {
        BackupSchedule schedule = prepared.Schedule;
        (CronTrigger? live, CronTrigger? pending) = prepared.Triggers;
        if (!prepared.IsNeeded)
            return schedule;
        if (pending is not null)
        {
            bool isUndone = live is not null && ScheduleMetadata.Of(pending).Replacement!.TriggerId == live.Id;
            warn?.Invoke($"An earlier change of the schedule '{schedule.Id}' was cut off. It is {(isUndone ? "undone" : "finished")} now.");
        }
        if (live is not null && pending is not null)
        {
            await _session.Mistral.CronTriggers.DeleteAsync(pending.Id, schedule, cancellationToken).ConfigureAwait(false);
            pending = null;
            if (prepared.Differences.Count == 0)
                return BackupSchedules.ToSchedule(live, _session);
        }
        using var delayed = new CancellationTokenSource();
        using CancellationTokenRegistration registration = cancellationToken.Register(() => delayed.CancelAfter(CancellationDelay));
        TriggerDefinition definition = prepared.Definition;
        if (live is not null)
        {
            ScheduleMetadata metadata = definition.Metadata;
            definition = definition with { Metadata = metadata with { EarlierTriggers = [live.Id, .. metadata.EarlierTriggers], CreatedAt = metadata.CreatedAt ?? live.CreatedAt } };
            pending = await CreateReplacementAsync(definition, schedule, live, cancellationToken).ConfigureAwait(false);
            try
            {
                await DeleteOldAsync(schedule, live, pending, delayed.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException e)
            {
                throw MistralErrors.ChangeInterrupted(schedule, pending.Id, e); // The request may have deleted it.
            }
        }
        CronTrigger created = await CreateNewAsync(definition, schedule, pending!, delayed.Token).ConfigureAwait(false);
        try
        {
            await _session.Mistral.CronTriggers.DeleteAsync(pending!.Id, schedule, delayed.Token).ConfigureAwait(false);
        }
        catch (TroveScheduleException e) when (e.Kind != TroveErrorKind.NotFound)
        {
            warn?.Invoke($"The schedule '{schedule.Id}' is changed. The trigger '{pending!.Id}', which kept the new definition meanwhile, could not be deleted: it never runs, and the next change deletes it. {e.Message}");
        }
        catch (Exception e) when (e is TroveScheduleException or OperationCanceledException)
        {
            // Another client that finished the same job has deleted it; or the change is cancelled, and the replacement, which never runs, stays until the next change.
        }
        return BackupSchedules.ToSchedule(created, _session);
    }

    private async Task<ScheduleTriggers> ReadAsync(BackupSchedule schedule, CancellationToken cancellationToken)
    {
        _session.CheckOrigin(schedule.Origin, schedule.ProjectId, allProjects: false, $"The schedule '{schedule.Id}'", schedule);
        if (_session.Token.Methods.Contains("application_credential"))
            throw MistralErrors.DelegatedToken(null, schedule);
        if (!ResourceId.IsUuid(schedule.Id))
            throw MistralErrors.NameIsNotAnId(schedule);
        Task<CronTrigger?> findLive = FindOwnAsync(schedule.Id, schedule, cancellationToken), findPending = FindOwnAsync(ScheduleMetadata.ReplacementNameOf(schedule.Id), schedule, cancellationToken);
        await Task.WhenAll(findLive, findPending).ConfigureAwait(false);
        CronTrigger? live = await findLive.ConfigureAwait(false), pending = await findPending.ConfigureAwait(false);
        foreach (CronTrigger trigger in new[] { live, pending }.OfType<CronTrigger>())
        {
            if (trigger.WorkflowName != BackupSchedules.WorkflowName)
                throw MistralErrors.NotASchedule(schedule.Id, trigger.WorkflowName);
            ScheduleMetadata metadata = ScheduleMetadata.Of(trigger);
            if ((metadata.Problem ?? (trigger == pending && metadata.Replacement?.ScheduleId != schedule.Id ? "is not in the form that this module writes" : null)) is { } problem)
                throw MistralErrors.UnknownMetadata(schedule, trigger.Id, problem);
        }
        return live is null && pending is null ? throw MistralErrors.ScheduleIsGone(schedule, null) : new ScheduleTriggers(live, pending);
    }

    // Several schedules can share a lookup, so its error must get the schedule that it concerns.
    private static async Task<T> LookUpForAsync<T>(BackupSchedule schedule, Task<T> lookup)
    {
        try
        {
            return await lookup.ConfigureAwait(false);
        }
        catch (TroveScheduleException e)
        {
            throw new TroveScheduleException(e.Kind, e.Problem, e) { ErrorId = e.ErrorId, Target = schedule, RecommendedAction = e.RecommendedAction, Settings = e.Settings };
        }
    }

    private void CheckFirstTime(PreparedScheduleChange change)
    {
        TriggerDefinition definition = change.Definition;
        if (change.Triggers.Live is not null && change.Differences.Count > 0 && definition.Metadata.Suspension is null && ScheduleRules.IsTooSoonToChange(definition.FirstExecutionTime, _session.CloudTime))
            throw MistralErrors.FirstTimeIsTooSoon(change.Schedule, definition.FirstExecutionTime!.Value);
    }

    // By name, an administrator gets another project's trigger too.
    private async Task<CronTrigger?> FindOwnAsync(string name, BackupSchedule schedule, CancellationToken cancellationToken) =>
        await _session.Mistral.CronTriggers.FindAsync(name, cancellationToken, schedule).ConfigureAwait(false) is { } trigger && _session.IsVisibleProject(trigger.ProjectId, allProjects: false) ? trigger : null;

    private PreparedScheduleChange Prepared(ScheduleTriggers triggers, TriggerDefinition definition, IReadOnlyList<string> differences) =>
        new(triggers.Live is { } live ? BackupSchedules.ToSchedule(live, _session) : BackupSchedules.ToSchedule(triggers.Pending!, _session), triggers, definition, differences);

    // Nothing has changed yet if this fails. A replacement that may have been created is deleted by the next change.
    private async Task<CronTrigger> CreateReplacementAsync(TriggerDefinition definition, BackupSchedule schedule, CronTrigger live, CancellationToken cancellationToken)
    {
        CronTriggerRequest request = definition.ToReplacementRequest(schedule.Id, live.Id);
        CronTrigger created;
        try
        {
            created = await _session.Mistral.CronTriggers.CreateAsync(request, schedule, cancellationToken).ConfigureAwait(false);
        }
        catch (TroveScheduleException e) when (MistralFaults.Of(e) == MistralFault.DuplicateTrigger && e.Kind == TroveErrorKind.Conflict)
        {
            throw MistralErrors.OtherChange(schedule, e);
        }
        return created;
    }

    private async Task DeleteOldAsync(BackupSchedule schedule, CronTrigger live, CronTrigger replacement, CancellationToken cancellationToken)
    {
        try
        {
            await _session.Mistral.CronTriggers.DeleteAsync(live.Id, schedule, cancellationToken).ConfigureAwait(false);
        }
        catch (TroveScheduleException e)
        {
            CronTrigger? still = null;
            if (e.Kind != TroveErrorKind.NotFound)
            {
                var outcome = new OutcomeCheck(e, schedule, $"the schedule '{schedule.Id}'");
                still = await outcome.CheckAsync(() => _session.Mistral.CronTriggers.FindAsync(live.Id, cancellationToken, schedule), $"the schedule '{schedule.Id}' was changed",
                    "If its state is Interrupted, it does not run: repeat the change, or resume the schedule.").ConfigureAwait(false);
                if (still is null)
                    return; // The request failed, but it has deleted the trigger.
            }
            await DeleteQuietlyAsync(replacement, schedule, cancellationToken).ConfigureAwait(false);
            if (still is null)
                throw MistralErrors.ScheduleIsGone(schedule, e); // Someone else deleted it, or its last execution has started.
            throw;
        }
    }

    private async Task<CronTrigger> CreateNewAsync(TriggerDefinition definition, BackupSchedule schedule, CronTrigger replacement, CancellationToken cancellationToken)
    {
        try
        {
            return await _session.Mistral.CronTriggers.CreateAsync(definition.ToRequest(schedule.Id, _session.CloudTime), schedule, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TroveScheduleException or OperationCanceledException)
        {
            // It may exist all the same: from this request, or from another client that has finished the job.
            return await FindQuietlyAsync(schedule, cancellationToken).ConfigureAwait(false) ?? throw MistralErrors.ChangeInterrupted(schedule, replacement.Id, e);
        }
    }

    private async Task<CronTrigger?> FindQuietlyAsync(BackupSchedule schedule, CancellationToken cancellationToken)
    {
        try
        {
            return await FindOwnAsync(schedule.Id, schedule, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TroveScheduleException or OperationCanceledException)
        {
            return null;
        }
    }

    // The error that led here is more important than one of this deletion.
    private async Task DeleteQuietlyAsync(CronTrigger replacement, BackupSchedule schedule, CancellationToken cancellationToken)
    {
        try
        {
            await _session.Mistral.CronTriggers.DeleteAsync(replacement.Id, schedule, cancellationToken).ConfigureAwait(false);
        }
        catch (TroveScheduleException)
        {
        }
    }

    private ScheduleMetadata ChangedMetadata(ScheduleMetadata old, ScheduleChange change)
    {
        ScheduleMetadata changed = old;
        if (change.Owner is { } owner)
            changed = changed with { Owner = owner.Value };
        if (change.RemainingExecutions is { } remaining && changed.Owner is not null)
            changed = changed with { RequestedExecutions = remaining.Value };
        if (change.Suspension is { } suspension)
            changed = changed with { Suspension = suspension.Value is { } value ? (changed.Suspension ?? new Suspension(_session.CloudTime, null, null, null)) with { Reason = value.Reason, Until = value.Until } : null };
        return changed;
    }

    private static List<string> Differences(Suspension? before, Suspension? after)
    {
        var differences = new List<string>();
        if (before is null != after is null)
            differences.Add(before is null ? "State Active to Suspended" : "State Suspended to Active");
        if (before is not null && after is not null && after.Reason != before.Reason)
            differences.Add($"SuspendedReason {Shown(before.Reason)} to {Shown(after.Reason)}");
        if (before is not null && after is not null && after.Until != before.Until)
            differences.Add($"SuspendedUntil {Shown(before.Until)} to {Shown(after.Until)}");
        return differences;
    }

    // Changes the keys that differ, and keeps all others.
    private static string ChangedInput(string json, ScheduleInput before, ScheduleRequest after)
    {
        if (JsonNode.Parse(json) is not JsonObject input)
            return json;
        if (before.Name != after.Name)
            input["name"] = after.Name;
        if (before.Description != after.Description)
            input["description"] = after.Description;
        if (before.ParentId != after.ParentId)
            input["parent_id"] = after.ParentId;
        if ((before.Incremental ?? false) != after.Incremental)
            input["incremental"] = after.Incremental;
        return input.ToJsonString();
    }

    internal static string Shown(object? value) => value switch
    {
        null => "none",
        DateTimeOffset time => FormattableString.Invariant($"{time:u}"),
        string text => $"'{ServiceError.Printable(text, 100)}'",
        _ => FormattableString.Invariant($"{value}"),
    };
}

/// <summary>The triggers of one schedule.</summary>
/// <param name="Live">The trigger under the schedule's name; null in the middle of a change.</param>
/// <param name="Pending">The trigger that keeps a new definition; null except in the middle of a change.</param>
internal sealed record ScheduleTriggers(CronTrigger? Live, CronTrigger? Pending)
{
    /// <summary>The definition that counts: the live trigger's, otherwise the one that is kept.</summary>
    public TriggerDefinition Definition
    {
        get
        {
            CronTrigger trigger = Live ?? Pending!;
            return TriggerDefinition.Of(trigger, ScheduleMetadata.Of(trigger));
        }
    }
}
