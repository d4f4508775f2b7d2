using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using TroveSchedules.Cron;

namespace TroveSchedules.Reports;

/// <summary>Writes the health of schedules as one HTML page without scripts and without other files. The template engine encodes every value.</summary>
public static class ScheduleReport
{
    private static readonly TemplateRenderer Renderer = new(typeof(ScheduleReport).Assembly);

    /// <summary>Writes a page.</summary>
    /// <param name="writer">The writer of the page. It stays open.</param>
    /// <param name="health">The schedules, and instances without a schedule, in the order of the page.</param>
    /// <param name="title">The title of the page, such as the name of the project.</param>
    /// <returns>A task that completes when the page is written.</returns>
    public static async Task WriteAsync(TextWriter writer, IReadOnlyCollection<ScheduleHealth> health, string title)
    {
        DateTimeOffset? checkedAt = health.Count == 0 ? null : health.Max(one => one.CheckedAt);
        var model = new Page(
            ScheduleStrips.Styles, Clean(title), checkedAt is { } time ? Utc(time) : null,
            [.. Enum.GetValues(typeof(HealthState)).Cast<HealthState>().Reverse().Select(state => new Count(state.ToString(), health.Count(one => one.State == state)))],
            [.. health.Select(RowOf)]);
        await Renderer.RenderAsync(writer, "report", model).ConfigureAwait(false);
    }

    private static Row RowOf(ScheduleHealth one) => new(
        one.State.ToString(), Clean(one.InstanceName ?? one.InstanceId ?? ""), Clean(one.Name), Clean(one.ScheduleId), Clean(one.InstanceStatus), Explain(one.Pattern), one.Pattern,
        [.. one.Problems.Select(problem => new Problem(problem.State.ToString(), Clean(problem.Reason)!, Clean(problem.RecommendedAction)!))],
        ScheduleStrips.Days(one), ScheduleStrips.Hours(one),
        one.LastSuccessTime is { } success ? Utc(success) : null, one.LastBackupTime is { } backup ? Utc(backup) : null,
        one.LastBackupSize is { } size ? size.ToString("0.##", CultureInfo.InvariantCulture) + " GiB" : null, one.LastBackupDuration?.ToString("c", CultureInfo.InvariantCulture),
        one.NextExecutionTime is { } next ? Utc(next) : null, one.Expected, one.Missed, one.Failed, one.Late);

    private static string? Explain(string? pattern) => pattern is not null && CronPattern.TryParse(pattern, true, out CronPattern? read, out _) ? read.Explain() : null;

    private static string? Clean(string? text) => text is null ? null : TerminalText.SanitizeLine(text);

    private static string Utc(DateTimeOffset time) => time.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);

    private sealed record Page(string Styles, string? Title, string? CheckedAt, IReadOnlyList<Count> Counts, IReadOnlyList<Row> Rows);

    private sealed record Count(string State, int Number);

    private sealed record Row(
        string State, string? Instance, string? Name, string? ScheduleId, string? InstanceStatus, string? Explanation, string? Pattern, IReadOnlyList<Problem> Problems, string? Days,
        string? Hours, string? LastSuccess, string? LastBackup, string? Size, string? Duration, string? Next, int Expected, int Missed, int Failed, int Late);

    private sealed record Problem(string State, string Reason, string Action);
}
