using System;
using System.Collections.Generic;
using System.Linq;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.OpenStack.Health;

/// <summary>What is known about one schedule when its health is judged.</summary>
internal sealed record HealthFacts
{
    public required BackupSchedule Schedule { get; init; }

    public required ExecutionHistory Executions { get; init; }

    /// <summary>The due times and what happened at them; null if they were not counted.</summary>
    public DueTimes? Due { get; init; }

    /// <summary>The newest backups of the schedule's name on its instance.</summary>
    public required NewestBackups Backups { get; init; }

    /// <summary>The newest backups of the instance.</summary>
    public required NewestBackups InstanceBackups { get; init; }

    /// <summary>The instance; null if it does not exist, or if the instances could not be read.</summary>
    public Instance? Instance { get; init; }

    public bool IsParentGone { get; init; }

    /// <summary>Why the pattern could not be read; null if it was read or there is none.</summary>
    public string? PatternError { get; init; }
}

/// <summary>What applies to all schedules of a check.</summary>
/// <param name="Since">The beginning of the period.</param>
/// <param name="Now">The end of the period.</param>
/// <param name="MaxAge">How old the last completed backup of an instance may be; null for any age.</param>
/// <param name="KnowsInstances">Whether the instances could be read.</param>
/// <param name="QuotaNearlyUsed">The project's quota of backups, if nine tenths of it are used; else null.</param>
/// <param name="AllOverdue">Whether every schedule that should run is overdue.</param>
internal sealed record HealthContext(DateTimeOffset Since, DateTimeOffset Now, TimeSpan? MaxAge, bool KnowsInstances, int? QuotaNearlyUsed, bool AllOverdue);

/// <summary>Judges the health of a schedule.</summary>
internal sealed class HealthRules(HealthContext context)
{
    // In these, Trove accepts a backup, or makes one.
    private static readonly HashSet<string> GoodStatuses = new(StringComparer.OrdinalIgnoreCase) { "ACTIVE", "HEALTHY", "BACKUP", "RESTART_REQUIRED" };

    public ScheduleHealth Judge(HealthFacts facts, DateTimeOffset? countedSince, string origin)
    {
        BackupSchedule schedule = facts.Schedule;
        List<HealthProblem> problems = [.. ProblemsOf(facts).OrderByDescending(problem => problem.State)];
        return WithBackups(new ScheduleHealth
        {
            State = problems.Count == 0 ? HealthState.Healthy : problems[0].State,
            Problems = problems,
            ScheduleId = schedule.Id,
            Name = schedule.Name,
            InstanceId = schedule.InstanceId,
            InstanceName = facts.Instance?.Name,
            InstanceStatus = facts.Instance?.Status,
            Pattern = schedule.Pattern,
            Since = context.Since,
            CheckedAt = context.Now,
            CountedSince = facts.Due is null ? null : countedSince,
            Expected = facts.Due?.Count ?? 0,
            Missed = facts.Due?.Missed ?? 0,
            MissedTimes = facts.Due?.MissedTimes ?? [],
            Late = facts.Due?.Late ?? 0,
            Succeeded = facts.Executions.Succeeded,
            Failed = facts.Executions.Failed,
            FailureStreak = facts.Executions.FailureStreak,
            Days = DaysOf(facts),
            LastExecutionTime = facts.Executions.LastTime,
            LastSuccessTime = facts.Executions.LastSuccess,
            NextExecutionTime = schedule.NextExecutionTime,
            ProjectId = schedule.ProjectId,
            Origin = origin,
        }, facts.Backups, facts.InstanceBackups);
    }

    /// <summary>The health of an instance without a schedule.</summary>
    public ScheduleHealth Judge(Instance instance, NewestBackups backups, string origin)
    {
        var problems = new List<HealthProblem>
        {
            new()
            {
                Kind = HealthProblemKind.NotScheduled, State = HealthState.Warning,
                Reason = "The instance has no schedule.", RecommendedAction = "Create one, if the instance needs backups.",
            },
        };
        if (TooOld(backups, "Create a schedule of the instance, and start it.") is { } old)
            problems.Insert(0, old);
        return WithBackups(new ScheduleHealth
        {
            State = problems[0].State,
            Problems = problems,
            InstanceId = instance.Id,
            InstanceName = instance.Name,
            InstanceStatus = instance.Status,
            Since = context.Since,
            CheckedAt = context.Now,
            ProjectId = instance.ProjectId,
            Origin = origin,
        }, backups, backups);
    }

    private static ScheduleHealth WithBackups(ScheduleHealth health, NewestBackups ofSchedule, NewestBackups ofInstance) => health with
    {
        LastBackupTime = ofSchedule.Completed?.CreatedAt,
        LastBackupId = ofSchedule.Completed?.Id,
        LastBackupSize = ofSchedule.Completed?.Size,
        LastBackupDuration = ofSchedule.Completed?.UpdatedAt - ofSchedule.Completed?.CreatedAt,
        InstanceBackupTime = ofInstance.Completed?.CreatedAt,
    };

    private List<ScheduleDay> DaysOf(HealthFacts facts)
    {
        var days = new List<ScheduleDay>();
        for (DateTime day = context.Since.UtcDateTime.Date; day <= context.Now.UtcDateTime; day = day.AddDays(1))
        {
            facts.Executions.Days.TryGetValue(day, out (int Succeeded, int Failed) executions);
            int missed = 0;
            facts.Due?.MissedByDay.TryGetValue(day, out missed);
            days.Add(new ScheduleDay { Date = new DateTimeOffset(day, TimeSpan.Zero), Succeeded = executions.Succeeded, Failed = executions.Failed, Missed = missed });
        }
        return days;
    }

    private static HealthProblem Critical(HealthProblemKind kind, string reason, string action) => Problem(kind, HealthState.Critical, reason, action);

    private static HealthProblem Warning(HealthProblemKind kind, string reason, string action) => Problem(kind, HealthState.Warning, reason, action);

    private static HealthProblem Unknown(string reason, string action) => Problem(HealthProblemKind.NotChecked, HealthState.Unknown, reason, action);

    private static HealthProblem Problem(HealthProblemKind kind, HealthState state, string reason, string action) =>
        new() { Kind = kind, State = state, Reason = reason, RecommendedAction = action };

    private IEnumerable<HealthProblem> ProblemsOf(HealthFacts facts)
    {
        IEnumerable<HealthProblem?> problems =
        [
            InstanceProblem(facts),
            ParentProblem(facts),
            StateProblem(facts.Schedule),
            MissedProblem(facts),
            LateProblem(facts),
            FailedProblem(facts),
            BackupProblem(facts),
            facts.Instance is null && context.KnowsInstances ? null : TooOld(facts.InstanceBackups, "Start a schedule of the instance."),
            context.QuotaNearlyUsed is { } quota
                ? Warning(HealthProblemKind.QuotaNearlyUsed, FormattableString.Invariant($"The project has used nine tenths or more of its quota of {quota} backups."), "Remove old backups, or ask for a higher quota. At the quota, Trove refuses every backup.")
                : null,
            facts.PatternError is { } error
                ? Unknown($"The times of the pattern cannot be computed, so missed executions cannot be counted: {error}", "Change the pattern to one that the library can read.")
                : null,
        ];
        return problems.OfType<HealthProblem>();
    }

    private HealthProblem? InstanceProblem(HealthFacts facts)
    {
        if (facts.Schedule.InstanceId is null)
            return Critical(HealthProblemKind.InstanceGone, "The schedule names no instance.", "Remove it, and create it again with an instance.");
        if (!context.KnowsInstances)
            return Unknown("The status of the instance could not be read.", "Check again when Trove lists the instances.");
        if (facts.Instance is null)
            return Critical(HealthProblemKind.InstanceGone, "The instance does not exist any more, so every execution fails.", "Remove the schedule.");
        return GoodStatuses.Contains(facts.Instance.Status ?? "") ? null : Warning(HealthProblemKind.InstanceNotActive,
            $"The instance is {ServiceError.Printable(facts.Instance.Status ?? "in an unknown status")}, not ACTIVE, so Trove may refuse its backups.", "Repair the instance, or suspend the schedule until it is repaired.");
    }

    private static HealthProblem? ParentProblem(HealthFacts facts) => !facts.IsParentGone ? null : Critical(
        HealthProblemKind.ParentGone, $"The parent backup {ServiceError.Printable(facts.Schedule.ParentId!)} does not exist any more, so every execution fails.", "Create the schedule again with another parent, or with none.");

    private HealthProblem? StateProblem(BackupSchedule schedule) => schedule.State switch
    {
        ScheduleState.Interrupted => Critical(HealthProblemKind.Interrupted, "A change of the schedule was cut off, and it does not run.", "Repeat the change, or resume the schedule."),
        ScheduleState.Stuck => Critical(HealthProblemKind.Overdue, FormattableString.Invariant($"The schedule was due at {schedule.NextExecutionTime:u}, and Mistral has not started it."), context.AllOverdue
            ? "Check that Mistral's engine runs: no schedule runs now."
            : "Check that the owner of the schedule is enabled and still has its role in the project: other schedules run."),
        ScheduleState.Suspended when schedule.IsResumeOverdue => Warning(HealthProblemKind.Suspended,
            FormattableString.Invariant($"The schedule is suspended, and was to be resumed at {schedule.SuspendedUntil:u}."), "Resume it."),
        ScheduleState.Suspended when schedule.SuspendedUntil is null => Warning(HealthProblemKind.Suspended,
            FormattableString.Invariant($"The schedule is suspended{(schedule.SuspendedAt is { } at ? FormattableString.Invariant($" since {at:u}") : "")}, without a time at which it is to be resumed."), "Resume it, or suspend it again with such a time."),
        _ => null,
    };

    private static HealthProblem? MissedProblem(HealthFacts facts)
    {
        if (facts.Due is not { Missed: > 0 } due)
            return null;
        string reason = FormattableString.Invariant($"{due.Missed} of {Count(due.Count, "execution")} {(due.Missed == 1 ? "was" : "were")} missed, the last one at {due.MissedTimes[0]:u}.");
        if (!due.IsLastMissed)
            return Warning(HealthProblemKind.Missed, reason, "Look for a time at which Mistral was stopped. Missed executions are not made up for.");
        return facts.Schedule.State == ScheduleState.Stuck
            ? Critical(HealthProblemKind.Missed, reason, "See why the schedule is overdue.")
            : Critical(HealthProblemKind.Missed, reason, "Mistral goes on without starting any: check that the owner of the schedule is enabled and has its role, and that the workbook takes the schedule's input.");
    }

    private static HealthProblem? LateProblem(HealthFacts facts) => facts.Due is not { Late: > 0 } due ? null : Warning(HealthProblemKind.Late,
        FormattableString.Invariant($"{due.Late} of {Count(due.Count, "execution")} started more than a minute late."), "Look for a time at which Mistral was stopped or busy.");

    private static HealthProblem? FailedProblem(HealthFacts facts)
    {
        ExecutionHistory executions = facts.Executions;
        if (executions.Failed == 0)
            return null;
        string cause = ServiceError.Printable(executions.LastFailure!, 200).TrimEnd('.', ' ');
        return executions.FailureStreak > 0
            ? Critical(HealthProblemKind.Failed, FormattableString.Invariant($"{(executions.FailureStreak == 1 ? "The last execution" : $"The last {executions.FailureStreak} executions")} failed: {cause}."), "Remove the cause, and start the schedule.")
            : Warning(HealthProblemKind.Failed, FormattableString.Invariant($"{executions.Failed} of {executions.Failed + executions.Succeeded} executions failed, but the last one did not. The last failure: {cause}."), "Look for the cause in the executions.");
    }

    private HealthProblem? BackupProblem(HealthFacts facts)
    {
        if (facts.Backups.Newest is { Status: "FAILED" } failed) // Not DELETE_FAILED: then the backup was good once, and its deletion failed.
        {
            return Critical(HealthProblemKind.BackupFailed,
                FormattableString.Invariant($"The last backup, {ServiceError.Printable(failed.Id)} of {failed.CreatedAt:u}, failed in Trove."), "Look for the cause in Trove's log and in the storage of backups, and start the schedule.");
        }
        bool isUnfinished = facts.Backups.Newest is { } newest && BackupStatus.IsInProgress(newest.Status);
        return facts.Executions.Succeeded == 0 || facts.Backups.Completed is not null || isUnfinished ? null : Critical(HealthProblemKind.NoBackup,
            FormattableString.Invariant($"{Count(facts.Executions.Succeeded, "execution")} succeeded since {context.Since:u}, but Trove has no completed backup of the schedule since then."), "Look whether the backups were removed, and start the schedule.");
    }

    private HealthProblem? TooOld(NewestBackups instance, string action)
    {
        if (context.MaxAge is not { } limit || (instance.Completed?.CreatedAt is { } time && context.Now - time <= limit))
            return null;
        return Critical(HealthProblemKind.BackupTooOld, instance.Completed is { } last
            ? FormattableString.Invariant($"The last completed backup of the instance was started at {last.CreatedAt:u}, more than {InWords(limit)} ago.")
            : FormattableString.Invariant($"The instance has no completed backup that is younger than {InWords(limit)}."), action);
    }

    private static string InWords(TimeSpan length) =>
        length.Ticks % TimeSpan.TicksPerDay == 0 ? Count(length.Days, "day")
        : length.Ticks % TimeSpan.TicksPerHour == 0 ? Count((int)length.TotalHours, "hour")
        : $"{length:c}";

    private static string Count(int count, string unit) => FormattableString.Invariant($"{count} {unit}{(count == 1 ? "" : "s")}");
}
