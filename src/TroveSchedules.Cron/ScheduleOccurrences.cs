using System;
using System.Collections.Generic;
using System.Linq;
using TroveSchedules.Cron;

namespace TroveSchedules;

/// <summary>When a schedule will run.</summary>
public static class ScheduleOccurrences
{
    /// <summary>The runs that a schedule has before it, in order: first the one that Mistral names, then those of its pattern, as many as remain.</summary>
    /// <param name="schedule">The schedule as it was read.</param>
    /// <param name="after">Only runs after this moment; null for all that are to come.</param>
    /// <returns>The times in UTC, worked out as they are asked for; without end where the schedule has none.</returns>
    /// <exception cref="CronPatternException">The pattern is one that this library does not know, and more than its first run is asked for.</exception>
    public static IEnumerable<DateTimeOffset> Of(BackupSchedule schedule, DateTimeOffset? after = null)
    {
        IEnumerable<DateTimeOffset> all = All(schedule);
        if (schedule.RemainingExecutions is { } left)
            all = all.Take(left);
        return after is { } start ? all.SkipWhile(time => time <= start) : all;
    }

    private static IEnumerable<DateTimeOffset> All(BackupSchedule schedule)
    {
        if (schedule.NextExecutionTime is not { } next)
            yield break;
        yield return next;
        if (schedule.Pattern is null)
            yield break;
        foreach (DateTimeOffset time in CronPattern.Parse(schedule.Pattern, allowSeconds: true).Occurrences(next))
            yield return time;
    }
}
