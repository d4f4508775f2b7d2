using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using TroveSchedules.Cron;

namespace TroveSchedules.Reports;

/// <summary>The strips of a schedule on a page: what happened on its last days, and when it runs in the next hours. Each is a part of HTML; null if there is nothing to show.</summary>
internal static class ScheduleStrips
{
    private const int MaxDays = 14;

    private static readonly TemplateRenderer Renderer = new(typeof(ScheduleStrips).Assembly);

    /// <summary>The styles of strips and states, for the style sheet of a page.</summary>
    public static string Styles { get; } = Renderer.Read("common.css");

    /// <summary>The last days.</summary>
    public static string? Days(ScheduleHealth health)
    {
        ScheduleDay[] days = [.. health.Days.Skip(Math.Max(0, health.Days.Count - MaxDays))];
        return Render(FormattableString.Invariant($"Last {days.Length} days"), days.Select(day => new Cell(
            day.Missed > 0 ? "missed" : day.Failed > 0 ? "failed" : day.Succeeded > 0 ? "good" : "none",
            day.Date.UtcDateTime.ToString("d MMM", CultureInfo.InvariantCulture),
            day is { Succeeded: 0, Failed: 0, Missed: 0 } ? "nothing was due" : FormattableString.Invariant($"{day.Succeeded} succeeded, {day.Failed} failed, {day.Missed} missed"))));
    }

    /// <summary>The next 24 hours.</summary>
    public static string? Hours(ScheduleHealth health)
    {
        if (health.NextExecutionTime is null || (health.Pattern is { } pattern && !CronPattern.TryParse(pattern, true, out _, out _)))
            return null;
        var schedule = new BackupSchedule { Id = "", TriggerId = "", Input = "", Pattern = health.Pattern, NextExecutionTime = health.NextExecutionTime };
        return Render("Next 24 hours", ScheduleOccurrences.PerHour([schedule], health.CheckedAt).Select(hour => new Cell(
            hour.Count > 0 ? "due" : "none", hour.Hour.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture), hour.Count == 0 ? "none" : FormattableString.Invariant($"{hour.Count} due"))));
    }

    private static string? Render(string title, IEnumerable<Cell> cells) => cells.ToList() is { Count: > 0 } all ? Renderer.Render("strip", new { Title = title, Cells = all }) : null;

    private sealed record Cell(string Kind, string Label, string Text);
}
