using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;
using TroveSchedules.OpenStack.Mistral;

namespace TroveSchedules.OpenStack;

/// <summary>Options of <see cref="ScheduleExecutions.WaitAsync"/>.</summary>
public sealed class ExecutionWaitOptions
{
    /// <summary>Whether to wait also until the backups of successful executions are completed or have failed.</summary>
    public bool ForBackup { get; init; }

    /// <summary>The time limit by the session's clock. Zero reads the states once. Null for no limit. A request in progress is not cut short.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Whether to include other projects' executions. Only for administrators.</summary>
    public bool AllProjects { get; init; }

    /// <summary>The delay between two rounds of requests; null for a delay by the session's clock. For the sandbox, whose clock moves only on request.</summary>
    public Func<TimeSpan, CancellationToken, Task>? Delay { get; init; }
}

/// <summary>An execution to wait for.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Known">The execution as it was read before; null if only the id is known.</param>
public sealed record AwaitedExecution(string Id, ScheduleExecution? Known = null);

/// <summary>The result of waiting for one execution.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Execution">The execution at its end, with <see cref="ScheduleExecution.BackupStatus"/> if its backup was awaited; null if it has not ended, or does not exist.</param>
/// <param name="Error">
/// The error; null for a successful execution. Failed (<c>ExecutionFailed</c>, <c>BackupFailed</c>); Timeout (<c>WaitTimeout</c>); NotFound (<c>ExecutionNotFound</c>, <c>BackupNotFound</c>, and
/// <c>BackupUnknown</c> if the workbook does not return the backup); Invalid (<c>InvalidExecution</c>); Forbidden (<c>OtherCloud</c>, <c>OtherProject</c>).
/// </param>
public sealed record ExecutionOutcome(string Id, ScheduleExecution? Execution, TroveScheduleException? Error);

/// <summary>
/// One wait for many executions. Each round lists the unfinished executions of the workflow. Those that are no longer among them are read one by one if they are few, otherwise with one listing.
/// </summary>
internal sealed class ExecutionWait
{
    // Up to this many, single requests cost no more than a listing.
    private const int MaxSingleReads = 2;

    // Each request was already retried. This is enough time for a service to restart.
    private const int MaxFailedRounds = 5;

    // Mistral's clock and Trove's may differ.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(15);

    private static readonly string[] Unfinished = ["IDLE", "RUNNING", "PAUSED"];
    private static readonly string[] Finished = ["SUCCESS", "ERROR", "CANCELLED"];
    private static readonly string[] FinishedBackup = ["COMPLETED", "FAILED", "DELETE_FAILED"];

    private readonly CloudSession _session;
    private readonly ExecutionWaitOptions _options;
    private readonly ExecutionReader _reader;
    private readonly Dictionary<string, AwaitedExecution> _executions = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, ScheduleExecution> _backups = new(StringComparer.OrdinalIgnoreCase); // By the backup's id.
    private readonly Queue<ExecutionOutcome> _outcomes = new();

    public ExecutionWait(CloudSession session, IEnumerable<AwaitedExecution> executions, ExecutionWaitOptions options)
    {
        _session = session;
        _options = options;
        _reader = new ExecutionReader(session.Origin);
        foreach (AwaitedExecution execution in executions)
        {
            // If an execution is given twice, an object is better than an id.
            if (!_executions.TryGetValue(execution.Id, out AwaitedExecution? same) || same.Known is null)
                _executions[execution.Id] = execution;
        }
    }

    public async IAsyncEnumerable<ExecutionOutcome> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RejectOtherClouds();
        long start = _session.Clock.GetTimestamp();
        TimeSpan interval = FirstInterval;
        bool hasAnswered = false;
        int failedRounds = 0;
        while (true)
        {
            TroveScheduleException? failure = null;
            try
            {
                await RoundAsync(cancellationToken).ConfigureAwait(false);
                (hasAnswered, failedRounds) = (true, 0);
            }
            catch (TroveScheduleException e)
            {
                // An error in the first round is reported at once. Later errors are tolerated for a few rounds, because the wait would have to start again.
                if (!hasAnswered || e.Kind is not (TroveErrorKind.Unavailable or TroveErrorKind.Timeout) || ++failedRounds >= MaxFailedRounds)
                    failure = e;
            }
            while (_outcomes.Count > 0)
                yield return _outcomes.Dequeue();
            if (failure is not null)
                throw failure;
            if (_executions.Count + _backups.Count == 0)
                yield break;

            TimeSpan? left = _options.TimeLimit - _session.Clock.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
                break;
            TimeSpan wait = left < interval ? left.Value : interval;
            await (_options.Delay?.Invoke(wait, cancellationToken) ?? _session.Clock.WaitAsync(wait, cancellationToken)).ConfigureAwait(false);
            interval = TimeSpan.FromTicks(Math.Min(interval.Ticks * 3 / 2, LongestInterval.Ticks));
        }
        foreach (AwaitedExecution execution in _executions.Values)
            yield return new ExecutionOutcome(execution.Id, null, MistralErrors.WaitTimeout($"The execution '{execution.Id}'", execution.Known?.State, _options.TimeLimit!.Value, execution.Known ?? (object)execution.Id));
        foreach (ScheduleExecution execution in _backups.Values)
            yield return new ExecutionOutcome(execution.Id, null, MistralErrors.WaitTimeout($"The backup '{execution.BackupId}' of the execution '{execution.Id}'", execution.BackupStatus, _options.TimeLimit!.Value, execution));
    }

    private void RejectOtherClouds()
    {
        foreach (AwaitedExecution execution in _executions.Values.Where(execution => execution.Known is not null).ToList())
        {
            try
            {
                _session.CheckOrigin(execution.Known!.Origin, execution.Known.ProjectId, _options.AllProjects, $"The execution '{execution.Id}'", execution.Known);
            }
            catch (TroveScheduleException e)
            {
                Complete(execution.Id, null, e);
            }
        }
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        if (_executions.Count > 0)
            await ReadExecutionsAsync(cancellationToken).ConfigureAwait(false);
        if (_backups.Count > 0)
            await ReadBackupsAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task ReadExecutionsAsync(CancellationToken cancellationToken)
    {
        HashSet<string> missing = new(_executions.Keys, StringComparer.OrdinalIgnoreCase);
        if (missing.Count > MaxSingleReads)
        {
            await foreach (Execution row in ListAsync(missing, Unfinished, cancellationToken).ConfigureAwait(false))
            {
                missing.Remove(row.Id);
                Record(row);
            }
        }
        // Without its start time, an execution would have to be looked up in the whole history.
        HashSet<string> withStartTime = new(missing.Where(id => _executions[id].Known?.ExecutionTime is not null), StringComparer.OrdinalIgnoreCase);
        if (withStartTime.Count > MaxSingleReads)
        {
            await foreach (Execution row in ListAsync(withStartTime, Finished, cancellationToken).ConfigureAwait(false))
            {
                withStartTime.Remove(row.Id);
                missing.Remove(row.Id);
                Record(row);
                if (withStartTime.Count == 0)
                    break;
            }
        }
        // A small number, those without a start time, and those that were deleted since.
        foreach (string id in missing)
            await ReadAsync(id, cancellationToken).ConfigureAwait(false);
    }

    private IAsyncEnumerable<Execution> ListAsync(HashSet<string> wanted, string[] states, CancellationToken cancellationToken)
    {
        List<DateTimeOffset?> starts = [.. wanted.Select(id => _executions[id].Known?.ExecutionTime)];
        return _session.Mistral.Executions.ListAsync(
            BackupSchedules.WorkflowName, null, states, starts.Contains(null) ? null : starts.Min(), null, _options.AllProjects,
            row => wanted.Contains(row.Id) && row.WorkflowName == BackupSchedules.WorkflowName && _session.IsVisibleProject(row.ProjectId, _options.AllProjects)
                && states.Contains(row.State, StringComparer.OrdinalIgnoreCase),
            null, null, cancellationToken, Paging.MaxPageSize);
    }

    private async Task ReadAsync(string id, CancellationToken cancellationToken)
    {
        ScheduleExecution execution;
        try
        {
            execution = await _session.Executions.GetAsync(id, _options.AllProjects, includeBackupStatus: false, cancellationToken).ConfigureAwait(false);
        }
        catch (TroveScheduleException e) when (e.ErrorId is "ExecutionNotFound" or "InvalidExecution")
        {
            Complete(id, null, e);
            return;
        }
        // Newer releases of Mistral do not record the trigger's name.
        Record(execution with { ScheduleId = execution.ScheduleId ?? (execution.TriggerId is null ? null : _executions[id].Known?.ScheduleId) });
    }

    private void Record(Execution row) => Record(_reader.Read(row, _executions[row.Id].Known?.ScheduleId));

    private void Record(ScheduleExecution execution)
    {
        if (!Finished.Contains(execution.State, StringComparer.OrdinalIgnoreCase))
            _executions[execution.Id] = new AwaitedExecution(execution.Id, execution);
        else if (execution.State != "SUCCESS")
            Complete(execution.Id, execution, MistralErrors.ExecutionFailed(execution));
        else if (!_options.ForBackup)
            Complete(execution.Id, execution, null);
        else if (execution.BackupId is null || _backups.ContainsKey(execution.BackupId))
            Complete(execution.Id, execution, MistralErrors.BackupUnknown(execution)); // Two executions cannot have the same backup, so the workbook returned something else.
        else
        {
            _executions.Remove(execution.Id);
            _backups.Add(execution.BackupId, execution);
        }
    }

    private async Task ReadBackupsAsync(CancellationToken cancellationToken)
    {
        HashSet<string> missing = new(_backups.Keys, StringComparer.OrdinalIgnoreCase);
        if (missing.Count > MaxSingleReads)
        {
            DateTimeOffset? oldest = _backups.Values.Min(execution => execution.ExecutionTime) is { } time && time > DateTimeOffset.MinValue + ClockSkew ? time - ClockSkew : null;
            await foreach (Backup backup in _session.Backups.ListAsync(cancellationToken: cancellationToken).ConfigureAwait(false)) // Newest first.
            {
                if (missing.Remove(backup.Id))
                    Record(backup.Id, backup.Status);
                if (missing.Count == 0 || backup.CreatedAt < oldest)
                    break;
            }
        }
        foreach (string id in missing)
            Record(id, (await _session.Backups.FindAsync(id, _options.AllProjects, cancellationToken).ConfigureAwait(false))?.Status);
    }

    private void Record(string backupId, string? status)
    {
        ScheduleExecution execution = _backups[backupId] with { BackupStatus = status ?? "NOT_FOUND" };
        _backups[backupId] = execution;
        if (status is not null && !FinishedBackup.Contains(status, StringComparer.OrdinalIgnoreCase))
            return;
        _backups.Remove(backupId);
        _outcomes.Enqueue(new ExecutionOutcome(execution.Id, execution, status switch
        {
            null => MistralErrors.BackupIsGone(execution),
            "COMPLETED" => null,
            _ => MistralErrors.BackupFailed(execution),
        }));
    }

    private void Complete(string id, ScheduleExecution? execution, TroveScheduleException? error)
    {
        _executions.Remove(id);
        _outcomes.Enqueue(new ExecutionOutcome(id, execution, error));
    }
}
