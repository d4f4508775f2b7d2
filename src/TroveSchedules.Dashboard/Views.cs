using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using TroveSchedules.Cron;
using TroveSchedules.Reports;
using static TroveSchedules.Dashboard.Panels;

namespace TroveSchedules.Dashboard;

/// <summary>An instance in the first panel.</summary>
internal sealed record InstanceRow(string? Id, string? Name, bool IsAmbiguous, string? Status, string State, int Schedules, string? Next, string? LastBackup, string? Problem)
{
    public static InstanceRow Of(IGrouping<string?, ScheduleHealth> instance, bool isAmbiguous) => new(
        instance.Key, Clean(instance.First().InstanceName ?? instance.Key), isAmbiguous, Clean(instance.First().InstanceStatus), instance.Max(one => one.State).ToString(), instance.Count(one => one.ScheduleId is not null),
        Utc(instance.Min(one => one.NextExecutionTime)), Utc(instance.Max(one => one.InstanceBackupTime)),
        Clean(instance.OrderByDescending(one => one.State).First().Problems.FirstOrDefault()?.Reason));
}

/// <summary>A schedule in a list.</summary>
internal sealed record ScheduleRow(string? Id, string? Name, string? InstanceId, string? InstanceName, string State, string? Explanation, string? Next, string? LastBackup, string? Problem)
{
    public static ScheduleRow Of(ScheduleHealth health) => new(
        health.ScheduleId, Clean(health.Name), health.InstanceId, Clean(health.InstanceName ?? health.InstanceId), health.State.ToString(), PatternView.Explain(health.Pattern), Utc(health.NextExecutionTime),
        Utc(health.LastBackupTime), Clean(health.Problems.FirstOrDefault()?.Reason));
}

/// <summary>An execution in a list.</summary>
internal sealed record ExecutionRow(string Id, string? Time, string State, bool IsManual, string? Reason, string? BackupId, string? BackupStatus, string? Output)
{
    public static ExecutionRow Of(ScheduleExecution execution) => new(
        execution.Id, UtcSeconds(execution.ExecutionTime), execution.State, execution.IsManual, Clean(execution.Reason), execution.BackupId, Clean(execution.BackupStatus), execution.Output is { } output ? TerminalText.Sanitize(output) : null);
}

/// <summary>What a deletion is about: the id that the form sends again, and the text that the user sees.</summary>
internal sealed record ConfirmedRow(string Id, string Text);

/// <summary>An instance in the list of a form.</summary>
internal sealed record InstanceChoice(string Id, string Name);

/// <summary>A property with its value, as text.</summary>
internal sealed record PropertyRow(string Name, string? Value);

/// <summary>A pattern in words, with its next times.</summary>
internal sealed record PatternView(string? Explanation, string? Problem, IReadOnlyList<string> Warnings, IReadOnlyList<string?> Times)
{
    private const int Count = 5;

    public static PatternView Of(string? pattern, bool allowSeconds, DateTimeOffset now)
    {
        if (pattern is null)
            return new PatternView(null, null, [], []);
        return CronPattern.TryParse(pattern, allowSeconds, out CronPattern? read, out CronPatternException? error)
            ? new PatternView(read.Explain(), null, [.. read.Warnings.Select(warning => Clean(warning.ToString())!)], Utc([.. read.Occurrences(now).Take(Count)]))
            : new PatternView(null, Clean(error.Message), [], []);
    }

    public static string? Explain(string? pattern) => pattern is null ? "Once" : CronPattern.TryParse(pattern, true, out CronPattern? read, out _) ? read.Explain() : Clean(pattern);
}

/// <summary>The panel of one schedule.</summary>
internal sealed record ScheduleView
{
    public required string Id { get; init; }

    public required string? Name { get; init; }

    public required string? InstanceId { get; init; }

    public required string? InstanceName { get; init; }

    public required string HealthState { get; init; }

    public required bool IsSuspended { get; init; }

    public required string? Explanation { get; init; }

    public required IReadOnlyList<PropertyRow> Properties { get; init; }

    public required IReadOnlyList<HealthProblem> Problems { get; init; }

    /// <summary>The last days as HTML; null for none.</summary>
    public required string? Days { get; init; }

    /// <summary>The next hours as HTML; null if they cannot be computed.</summary>
    public required string? Hours { get; init; }

    public required IReadOnlyList<string?> Times { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>What was just done, such as "created"; null for nothing.</summary>
    public required string? Done { get; init; }

    public required string Token { get; init; }

    /// <summary>The id of the next execution. A form that is sent twice starts one execution.</summary>
    public string NewExecutionId { get; } = Guid.NewGuid().ToString();

    public static ScheduleView Of(BackupSchedule schedule, HealthCheck check, string? done, string token, int nextTimes)
    {
        ScheduleHealth? health = check.Health.FirstOrDefault();
        return new ScheduleView
        {
            Id = schedule.Id,
            Name = Clean(schedule.Name),
            InstanceId = schedule.InstanceId,
            InstanceName = Clean(health?.InstanceName ?? schedule.InstanceId),
            HealthState = (health?.State ?? TroveSchedules.HealthState.Unknown).ToString(),
            IsSuspended = schedule.State is ScheduleState.Suspended or ScheduleState.Interrupted,
            Explanation = PatternView.Explain(schedule.Pattern),
            Properties =
            [
                .. new PropertyRow[]
                {
                    new("Id", schedule.Id), new("Instance", schedule.InstanceId), new("Pattern", Clean(schedule.Pattern)), new("State", schedule.State.ToString()), new("Next execution", Utc(schedule.NextExecutionTime)),
                    new("First execution", Utc(schedule.FirstExecutionTime)), new("Executions left", schedule.RemainingExecutions?.ToString(CultureInfo.InvariantCulture)), new("Description", Clean(schedule.Description)),
                    new("Incremental", schedule.Incremental is true ? "yes" : "no"), new("Parent", Clean(schedule.ParentId)), new("Suspended at", Utc(schedule.SuspendedAt)), new("Reason", Clean(schedule.SuspendedReason)),
                    new("Suspended until", Utc(schedule.SuspendedUntil)), new("Owner", Clean(schedule.Owner)), new("Created", Utc(schedule.CreatedAt)), new("Updated", Utc(schedule.UpdatedAt)),
                    new("Input of the workflow", Clean(schedule.Input)), new("Last success", Utc(health?.LastSuccessTime)), new("Last backup", Utc(health?.LastBackupTime)),
                }.Where(row => row.Value is not null),
            ],
            Problems = health?.Problems ?? [],
            Days = health is null ? null : ScheduleStrips.Days(health),
            Hours = health is null ? null : ScheduleStrips.Hours(health),
            Times = schedule.NextExecutionTime is not null && (schedule.Pattern is not { } pattern || CronPattern.TryParse(pattern, true, out _, out _))
                ? Utc([.. ScheduleOccurrences.Of(schedule).Take(nextTimes)])
                : [],
            Warnings = check.Warnings,
            Done = done is "created" or "changed" or "suspended" or "resumed" ? done : null,
            Token = token,
        };
    }
}
