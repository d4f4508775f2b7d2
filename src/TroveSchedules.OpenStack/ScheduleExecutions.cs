using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;
using TroveSchedules.OpenStack.Mistral;

namespace TroveSchedules.OpenStack;

/// <summary>Selects executions of a schedule.</summary>
public sealed record ExecutionQuery
{
    /// <summary>Maximum number of executions, newest first; null for all. The spec's <c>limit</c>.</summary>
    public long? Limit { get; init; }

    /// <summary>The id of the execution after which the listing starts; null to start with the newest. The spec's <c>marker</c>.</summary>
    public string? Marker { get; init; }

    /// <summary>States to include, such as SUCCESS or ERROR; empty for all.</summary>
    public IReadOnlyCollection<string> States { get; init; } = [];

    /// <summary>Earliest start; null for no limit.</summary>
    public DateTimeOffset? After { get; init; }

    /// <summary>Latest start; null for no limit.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>
    /// Whether to include executions without a recorded trigger whose input equals the schedule's: those started by hand, and those of old releases of Mistral, which do not record it.
    /// Such executions may belong to another schedule with the same input.
    /// </summary>
    public bool MatchInput { get; init; }

    /// <summary>Whether to look up the backup of each execution in Trove, with one request each.</summary>
    public bool IncludeBackupStatus { get; init; }

    /// <summary>Whether to include other projects' executions. Only for administrators.</summary>
    public bool AllProjects { get; init; }
}

/// <summary>The operations on executions: <c>execution_list</c> and <c>execution_delete</c> of the spec's Python API.</summary>
public sealed class ScheduleExecutions
{
    private readonly CloudSession _session;

    internal ScheduleExecutions(CloudSession session) => _session = session;

    /// <summary>Streams the executions of a schedule, newest first, page by page (the spec's <c>execution_list</c>).</summary>
    /// <param name="scheduleId">The schedule's id. It also works for a deleted schedule.</param>
    /// <param name="query">Selects executions; null for all.</param>
    /// <param name="cancellationToken">Cancels the listing.</param>
    /// <exception cref="TroveScheduleException">NotFound (<c>ScheduleNotFound</c>) if neither the schedule nor an execution of it exists.</exception>
    public async IAsyncEnumerable<ScheduleExecution> ListAsync(
        string scheduleId, ExecutionQuery? query = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        query ??= new ExecutionQuery();
        CheckMarker(query);
        BackupSchedules schedules = _session.Schedules;
        if (!ResourceId.CanBeName(scheduleId))
            throw MistralErrors.ScheduleNotFound(scheduleId, _session.ProjectName);
        BackupSchedule? schedule = await schedules.FindAsync(scheduleId, query.AllProjects, cancellationToken).ConfigureAwait(false);
        bool isKnown = schedule is not null;
        await foreach (ScheduleExecution execution in (schedule is null ? OfDeleted(query) : ListAsync(schedule, query, cancellationToken)).ConfigureAwait(false))
        {
            isKnown = true;
            yield return execution;
        }
        if (isKnown)
            yield break;
        if (query is { States.Count: > 0 } or { After: not null } or { Before: not null } or { Marker: not null })
        {
            // The filters match nothing. It is an error only if the schedule has no execution at all.
            await foreach (ScheduleExecution _ in OfDeleted(new ExecutionQuery { Limit = 1, AllProjects = query.AllProjects }).ConfigureAwait(false))
                yield break;
        }
        await schedules.GetAsync(scheduleId, query.AllProjects, cancellationToken).ConfigureAwait(false);

        IAsyncEnumerable<ScheduleExecution> OfDeleted(ExecutionQuery wanted) =>
            ListAsync(wanted, scheduleId, scheduleId, cause => cause.IsSchedule(scheduleId), _ => false, cancellationToken);
    }

    /// <summary>Streams the executions of a schedule object, newest first, page by page.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="query">Selects executions; null for all.</param>
    /// <param name="cancellationToken">Cancels the listing.</param>
    public IAsyncEnumerable<ScheduleExecution> ListAsync(
        BackupSchedule schedule, ExecutionQuery? query = null, CancellationToken cancellationToken = default)
    {
        query ??= new ExecutionQuery();
        CheckMarker(query);
        _session.CheckOrigin(schedule.Origin, schedule.ProjectId, query.AllProjects, $"The schedule '{schedule.Id}'", schedule);
        IReadOnlyList<string> triggers = BackupSchedules.TriggerIdsOf(schedule);
        return query.MatchInput
            ? ListAsync(query, schedule.Id, null, cause => triggers.Contains(cause.TriggerId), execution => execution.ProjectId == schedule.ProjectId && InnerJson.AreEqual(execution.Input, schedule.Input), cancellationToken)
            : ListAsync(query, schedule.Id, triggers, cancellationToken);
    }

    // Each trigger was created after the last execution of the one before it, so that their listings follow one another.
    private async IAsyncEnumerable<ScheduleExecution> ListAsync(ExecutionQuery query, string scheduleId, IReadOnlyList<string> triggers, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int first = 0;
        if (query.Marker is { } marker && triggers.Count > 1)
        {
            // Within one second Mistral orders by id. An execution of an earlier trigger in the marker's second could be left out, so only the marker's own trigger gets the marker.
            ScheduleExecution execution = await GetAsync(marker, query.AllProjects, includeBackupStatus: false, cancellationToken).ConfigureAwait(false);
            first = Math.Max(0, triggers.ToList().IndexOf(execution.TriggerId ?? ""));
        }
        long? remaining = query.Limit;
        for (int i = first; i < triggers.Count && remaining != 0; i++)
        {
            string trigger = triggers[i];
            ExecutionQuery part = query with { Limit = remaining, Marker = i == first ? query.Marker : null };
            await foreach (ScheduleExecution execution in ListAsync(part, scheduleId, trigger, cause => cause.TriggerId == trigger, _ => false, cancellationToken).ConfigureAwait(false))
            {
                remaining--;
                yield return execution;
            }
        }
    }

    /// <summary>Streams the executions of a schedule that rules of retention do not keep, newest first. The caller may delete each of them as it arrives.</summary>
    /// <param name="scheduleId">The schedule's id. It also works for a deleted schedule.</param>
    /// <param name="retention">The rules.</param>
    /// <param name="cancellationToken">Cancels the listing.</param>
    /// <exception cref="TroveScheduleException">Invalid (<c>InvalidRetention</c>) for invalid rules; NotFound (<c>ScheduleNotFound</c>) if neither the schedule nor an execution of it exists.</exception>
    public IAsyncEnumerable<ScheduleExecution> ListExpiredAsync(string scheduleId, ExecutionRetention retention, CancellationToken cancellationToken = default)
    {
        retention.Check();
        return retention.SelectAsync(ListAsync(scheduleId, retention.Query, cancellationToken), cancellationToken);
    }

    /// <summary>Streams the executions of a schedule object that rules of retention do not keep, newest first. The caller may delete each of them as it arrives.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="retention">The rules.</param>
    /// <param name="cancellationToken">Cancels the listing.</param>
    /// <exception cref="TroveScheduleException">Invalid (<c>InvalidRetention</c>) for invalid rules.</exception>
    public IAsyncEnumerable<ScheduleExecution> ListExpiredAsync(BackupSchedule schedule, ExecutionRetention retention, CancellationToken cancellationToken = default)
    {
        retention.Check();
        return retention.SelectAsync(ListAsync(schedule, retention.Query, cancellationToken), cancellationToken);
    }

    /// <summary>Runs a schedule's workflow now, once, with the schedule's input. The execution belongs to the schedule's history. The session's user runs it, in the session's project.</summary>
    /// <param name="schedule">The schedule as it was read.</param>
    /// <param name="executionId">The id of the new execution: a new UUID. With the id of an existing execution, Mistral returns that one.</param>
    /// <param name="allProjects">Whether to allow another project's schedule. Only for administrators. The execution and its backup belong to the session's project.</param>
    /// <param name="cancellationToken">Cancels the request. Mistral may still carry out a request that was sent.</param>
    /// <returns>The execution, which has just started.</returns>
    /// <exception cref="TroveScheduleException">
    /// NotFound (<c>WorkbookNotInstalled</c>) if the workflow does not exist; Invalid (<c>InvalidForWorkbook</c>) if it does not take the schedule's input; Forbidden if the schedule was read from
    /// another cloud (<c>OtherCloud</c>) or belongs to another project (<c>OtherProject</c>). If it is unknown whether the execution was started, the message says so and contains its id.
    /// </exception>
    public async Task<ScheduleExecution> StartAsync(BackupSchedule schedule, string executionId, bool allProjects = false, CancellationToken cancellationToken = default)
    {
        _session.CheckOrigin(schedule.Origin, schedule.ProjectId, allProjects, $"The schedule '{schedule.Id}'", schedule);
        var request = new ExecutionRequest(executionId, BackupSchedules.WorkflowName, schedule.Input, ExecutionCause.Describe(schedule));
        Execution execution;
        try
        {
            execution = await _session.Mistral.Executions.CreateAsync(request, schedule, cancellationToken).ConfigureAwait(false);
        }
        catch (TroveScheduleException e) when (MistralFaults.Of(e) == MistralFault.WorkflowNotFound)
        {
            throw MistralErrors.WorkbookNotInstalled(_session.ProjectName, e);
        }
        catch (TroveScheduleException e) when (MistralFaults.Of(e) == MistralFault.InputMismatch)
        {
            throw MistralErrors.InputMismatch(schedule, e);
        }
        catch (TroveScheduleException e) when (e.MayHaveHappened)
        {
            var outcome = new OutcomeCheck(e, schedule, $"the execution '{executionId}'");
            execution = await outcome.CheckAsync(() => _session.Mistral.Executions.FindAsync(executionId, cancellationToken), $"the schedule '{schedule.Id}' was started as the execution '{executionId}'").ConfigureAwait(false)
                ?? throw outcome.NotDone($"The execution '{executionId}' of the schedule '{schedule.Id}' does not exist yet.", "starting it", $"The schedule '{schedule.Id}' was not started.");
        }
        return new ExecutionReader(_session.Origin).Read(execution, schedule.Id);
    }

    /// <summary>Waits until executions end, and with <see cref="ExecutionWaitOptions.ForBackup"/> until their backups end. One listing reads the states of all executions.</summary>
    /// <param name="executions">The executions. Each id counts once.</param>
    /// <param name="options">For what and how long to wait; null for the end of the executions, without a limit.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <returns>One outcome for each execution, as it ends. The others follow after the time limit.</returns>
    /// <exception cref="TroveScheduleException">Any kind, when the services fail at the first request, and when they go on failing later.</exception>
    public IAsyncEnumerable<ExecutionOutcome> WaitAsync(
        IEnumerable<AwaitedExecution> executions, ExecutionWaitOptions? options = null, CancellationToken cancellationToken = default) =>
        new ExecutionWait(_session, executions, options ?? new ExecutionWaitOptions()).RunAsync(cancellationToken);

    /// <summary>Gets one execution of a schedule.</summary>
    /// <param name="id">The execution's id.</param>
    /// <param name="allProjects">Whether to include other projects' executions. Only for administrators.</param>
    /// <param name="includeBackupStatus">Whether to look up its backup in Trove.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The execution.</returns>
    /// <exception cref="TroveScheduleException">NotFound (<c>ExecutionNotFound</c>); Invalid (<c>InvalidExecution</c>) if it ran another workflow.</exception>
    public async Task<ScheduleExecution> GetAsync(
        string id, bool allProjects = false, bool includeBackupStatus = false, CancellationToken cancellationToken = default)
    {
        Execution? execution = ResourceId.IsUuid(id) ? await _session.Mistral.Executions.FindAsync(id, cancellationToken).ConfigureAwait(false) : null;
        if (execution is null || !_session.IsVisibleProject(execution.ProjectId, allProjects))
            throw MistralErrors.ExecutionNotFound(id, id);
        if (execution.WorkflowName != BackupSchedules.WorkflowName)
            throw MistralErrors.NotAScheduleExecution(id, execution.WorkflowName);
        return await CompleteAsync(new ExecutionReader(_session.Origin).Read(execution, null), includeBackupStatus, allProjects, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Lists the executions that have not finished, by their trigger. Deleting a schedule deletes the Keystone trust that its executions use, so they may fail.
    /// </summary>
    /// <param name="allProjects">Whether to include other projects' executions. Only for administrators.</param>
    /// <param name="cancellationToken">Cancels the listing.</param>
    /// <returns>The executions, newest first, by <see cref="BackupSchedule.TriggerId"/>, without those that have no recorded trigger.</returns>
    /// <exception cref="TroveScheduleException">Any kind, when Mistral fails.</exception>
    public async Task<ILookup<string, ScheduleExecution>> InFlightAsync(bool allProjects = false, CancellationToken cancellationToken = default)
    {
        var query = new ExecutionQuery { States = ["RUNNING", "PAUSED", "IDLE"], AllProjects = allProjects };
        var runs = new List<ScheduleExecution>();
        await foreach (ScheduleExecution run in ListAsync(query, null, null, _ => true, _ => false, cancellationToken).ConfigureAwait(false))
            runs.Add(run);
        return runs.ToLookup(run => run.TriggerId!, StringComparer.Ordinal);
    }

    /// <summary>Deletes an execution from the history (the spec's <c>execution_delete</c>). The backup that it created stays.</summary>
    /// <param name="execution">The execution as it was read.</param>
    /// <param name="force">Whether to delete an execution that has not finished.</param>
    /// <param name="allProjects">Whether to include other projects' executions. Only for administrators.</param>
    /// <param name="cancellationToken">Cancels the request. Mistral may still carry out a request that was sent.</param>
    /// <returns>A task that completes when Mistral has deleted it.</returns>
    /// <exception cref="TroveScheduleException">
    /// NotFound (<c>ExecutionNotFound</c>) if it no longer exists; Forbidden (<c>ExecutionNotFinished</c>) if it has not finished and
    /// <paramref name="force"/> is false, if it was read from another cloud (<c>OtherCloud</c>) or belongs to another project (<c>OtherProject</c>). If it is unknown whether it was deleted, the message says so.
    /// </exception>
    public async Task DeleteAsync(ScheduleExecution execution, bool force = false, bool allProjects = false, CancellationToken cancellationToken = default)
    {
        _session.CheckOrigin(execution.Origin, execution.ProjectId, allProjects, $"The execution '{execution.Id}'", execution);
        try
        {
            await _session.Mistral.Executions.DeleteAsync(execution.Id, force, execution, cancellationToken).ConfigureAwait(false);
        }
        catch (TroveScheduleException e) when (e.Kind == TroveErrorKind.NotFound)
        {
            throw MistralErrors.ExecutionNotFound(execution.Id, execution, e);
        }
        catch (TroveScheduleException e) when (MistralFaults.Of(e) == MistralFault.ExecutionNotEnded)
        {
            throw MistralErrors.ExecutionNotEnded(execution, e);
        }
        catch (TroveScheduleException e) when (e.MayHaveHappened)
        {
            var outcome = new OutcomeCheck(e, execution, $"the execution '{execution.Id}'");
            if (await outcome.CheckAsync(() => _session.Mistral.Executions.FindAsync(execution.Id, cancellationToken), $"the execution '{execution.Id}' was deleted").ConfigureAwait(false) is not null)
                throw outcome.NotDone($"The execution '{execution.Id}' still exists.", "deleting it", $"The execution '{execution.Id}' was not deleted.");
        }
    }

    private async IAsyncEnumerable<ScheduleExecution> ListAsync(
        ExecutionQuery query, string? scheduleId, string? describedBy, Func<ExecutionCause, bool> isCause, Func<Execution, bool> isUncaused,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = new ExecutionReader(_session.Origin);
        IAsyncEnumerable<Execution> rows = _session.Mistral.Executions.ListAsync(
            BackupSchedules.WorkflowName, describedBy, query.States, query.After, query.Before, query.AllProjects,
            row => _session.IsVisibleProject(row.ProjectId, query.AllProjects) && (query.States.Count == 0 || query.States.Contains(row.State, StringComparer.OrdinalIgnoreCase)) && !(row.CreatedAt < query.After) && !(row.CreatedAt > query.Before)
                && (reader.CauseOf(row) is { } cause ? isCause(cause) : isUncaused(row)),
            query.Marker, query.Limit, cancellationToken);
        await foreach (Execution row in rows.ConfigureAwait(false))
            yield return await CompleteAsync(reader.Read(row, scheduleId), query.IncludeBackupStatus, query.AllProjects, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<ScheduleExecution> CompleteAsync(
        ScheduleExecution execution, bool includeBackupStatus, bool allProjects, CancellationToken cancellationToken)
    {
        if (!includeBackupStatus || execution.BackupId is null)
            return execution;
        Backup? backup = await _session.Backups.FindAsync(execution.BackupId, allProjects, cancellationToken).ConfigureAwait(false);
        return execution with { BackupStatus = backup?.Status ?? "NOT_FOUND" };
    }

    private static void CheckMarker(ExecutionQuery query)
    {
        if (query.Marker is { } marker && !ResourceId.IsUuid(marker))
            throw MistralErrors.ExecutionNotFound(marker, marker);
    }
}

/// <summary>
/// Converts the rows of one listing to executions. The JSON string inside a row usually equals that of the row before, and is then not parsed again.
/// </summary>
internal sealed class ExecutionReader(string origin)
{
    private readonly LastRead<ExecutionCause?> _cause = new(ExecutionCause.Parse);
    private readonly LastRead<string?> _instance = new(input => ScheduleInput.Parse(input).Instance);
    private readonly LastRead<string?> _backup = new(output => InnerJson.Read(output, fields => InnerJson.Text(fields, "backup_id")));

    public ExecutionCause? CauseOf(Execution row) => _cause.Of(row.Description);

    // Newer releases of Mistral do not record the trigger's name, so it comes from the requested schedule.
    public ScheduleExecution Read(Execution row, string? scheduleId)
    {
        ExecutionCause? cause = CauseOf(row);
        return new ScheduleExecution
        {
            Id = row.Id,
            ExecutionTime = row.CreatedAt,
            State = row.State,
            Output = row.Output,
            Reason = FailureReason.Of(row.State, row.StateInfo),
            BackupId = _backup.Of(row.Output),
            ScheduleId = cause is null ? null : cause.TriggerName ?? scheduleId,
            TriggerId = cause?.TriggerId,
            IsManual = cause?.IsManual == true,
            InstanceId = _instance.Of(row.Input),
            StateInfo = row.StateInfo,
            UpdatedAt = row.UpdatedAt,
            ProjectId = row.ProjectId,
            Origin = origin,
            Input = row.Input,
        };
    }

    private sealed class LastRead<T>(Func<string?, T> read)
    {
        private string? _text;
        private T _value = read(null);

        public T Of(string? text)
        {
            if (text != _text)
                (_value, _text) = (read(text), text);
            return _value;
        }
    }
}

/// <summary>
/// The trigger that an execution's description records. Mistral writes JSON there, in newer releases without the trigger's name. Users can write any text.
/// </summary>
internal sealed record ExecutionCause(string TriggerId, string? TriggerName, bool IsManual)
{
    // Ours, beside Mistral's own triggered_by. Other clients ignore it.
    private const string Marker = "trove_schedules";
    private const string StartedBy = "started_by";
    private const string User = "user";

    // Without escapes for characters that Mistral itself writes as they are. The text is never part of a page.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The description of an execution that a user starts, in the form that Mistral gives to those of a trigger.</summary>
    public static string Describe(BackupSchedule schedule)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, Plain))
        {
            json.WriteStartObject();
            json.WriteString("description", $"Workflow execution started by hand for cron trigger '({schedule.TriggerId})'.");
            json.WriteStartObject("triggered_by");
            json.WriteString("type", "cron_trigger");
            json.WriteString("id", schedule.TriggerId);
            json.WriteString("name", schedule.Id);
            json.WriteEndObject();
            json.WriteStartObject(Marker);
            json.WriteNumber("version", 1);
            json.WriteString(StartedBy, User);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(text.ToArray());
    }

    public bool IsSchedule(string scheduleId) => TriggerName == scheduleId || TriggerId == scheduleId;

    public static ExecutionCause? Parse(string? description) => InnerJson.Read(description, text =>
        text.TryGetProperty("triggered_by", out JsonElement cause) && cause.ValueKind == JsonValueKind.Object
        && InnerJson.Text(cause, "type") == "cron_trigger" && InnerJson.Text(cause, "id") is { } id
            ? new ExecutionCause(id, InnerJson.Text(cause, "name"),
                text.TryGetProperty(Marker, out JsonElement ours) && ours.ValueKind == JsonValueKind.Object && InnerJson.Text(ours, StartedBy) == User)
            : null);
}

/// <summary>Extracts the reason from Mistral's long error text.</summary>
internal static class FailureReason
{
    // "… The action raised an exception [action=<…>, action_ex_id=…, msg='TroveAction.backups.create failed: …']"
    private const string Begin = "msg='";
    private const string End = "']";

    public static string? Of(string state, string? stateInfo)
    {
        if (state != "ERROR" || string.IsNullOrWhiteSpace(stateInfo))
            return null;
        int begin = stateInfo!.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = begin < Begin.Length ? -1 : stateInfo.IndexOf(End, begin, StringComparison.Ordinal);
        // The message can contain these characters as well: "Quota exceeded for resources: ['backups']." Mistral's own are at the end of the line.
        while (end >= 0 && end + End.Length < stateInfo.Length && stateInfo[end + End.Length] != '\n')
            end = stateInfo.IndexOf(End, end + End.Length, StringComparison.Ordinal);
        return ServiceError.Printable(end < 0 ? stateInfo.Trim() : stateInfo.Substring(begin, end - begin));
    }
}
