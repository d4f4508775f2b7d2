using System;
using System.Collections.Generic;
using System.Linq;
using TroveSchedules.Cron;

namespace TroveSchedules;

/// <summary>Computes the future times of a schedule.</summary>
public static class ScheduleOccurrences
{
    /// <summary>The future times of a schedule, in order: Mistral's next time, then the times of the pattern, up to the number of executions that are left.</summary>
    /// <param name="schedule">The schedule as it was read.</param>
    /// <param name="after">Returns only times after this one; null for all.</param>
    /// <returns>The times in UTC, each computed when the caller reads it. The sequence is infinite for a schedule without a limit.</returns>
    /// <exception cref="CronPatternException">The library cannot read the pattern, and the caller reads beyond the first time.</exception>
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
