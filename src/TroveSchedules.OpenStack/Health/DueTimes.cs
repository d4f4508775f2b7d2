using System;
using System.Collections.Generic;
using System.Linq;
using TroveSchedules.Cron;

namespace TroveSchedules.OpenStack.Health;

/// <summary>Compares the times at which a schedule was due with the executions that started.</summary>
internal sealed class DueTimes
{
    /// <summary>The number of <see cref="MissedTimes"/> that are kept.</summary>
    public const int MaxMissedTimes = 100;

    /// <summary>How much later than its time an execution may start without being late.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    /// <summary>How much earlier than its time an execution may start: Mistral starts it up to two seconds early, and cuts its times to whole seconds.</summary>
    public static readonly TimeSpan Early = TimeSpan.FromSeconds(3);

    /// <summary>Compares the times of a pattern.</summary>
    /// <param name="due">The times at which the schedule was due, in order.</param>
    /// <param name="started">The starts of the executions, newest first.</param>
    public DueTimes(IEnumerable<DateTimeOffset> due, IReadOnlyList<DateTimeOffset> started)
    {
        var missed = new Queue<DateTimeOffset>();
        int last = started.Count - 1;
        using IEnumerator<DateTimeOffset> each = due.GetEnumerator();
        bool hasNext = each.MoveNext();
        while (hasNext)
        {
            DateTimeOffset time = each.Current;
            hasNext = each.MoveNext();
            Count++;
            while (last >= 0 && started[last] < time - Early)
                last--;
            DateTimeOffset? start = last >= 0 && (!hasNext || started[last] < each.Current - Early) ? started[last] : null;
            IsLastMissed = start is null;
            if (start - time > Tolerance)
                Late++;
            if (start is not null)
                continue;
            Missed++;
            MissedByDay.TryGetValue(time.UtcDateTime.Date, out int onDay);
            MissedByDay[time.UtcDateTime.Date] = onDay + 1;
            missed.Enqueue(time);
            if (missed.Count > MaxMissedTimes)
                missed.Dequeue();
        }
        MissedTimes = [.. missed.Reverse()];
    }

    /// <summary>The number of times.</summary>
    public int Count { get; }

    public int Missed { get; }

    /// <summary>The newest missed times, newest first.</summary>
    public IReadOnlyList<DateTimeOffset> MissedTimes { get; }

    /// <summary>The numbers of missed times, by day in UTC.</summary>
    public Dictionary<DateTime, int> MissedByDay { get; } = [];

    public int Late { get; }

    /// <summary>Whether the last time was missed.</summary>
    public bool IsLastMissed { get; }

    /// <summary>The times at which a schedule was due.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="pattern">Its pattern.</param>
    /// <param name="after">The time after which they begin.</param>
    /// <param name="until">The last possible time.</param>
    public static IEnumerable<DateTimeOffset> Of(BackupSchedule schedule, CronPattern pattern, DateTimeOffset after, DateTimeOffset until)
    {
        IEnumerable<DateTimeOffset> times = schedule.FirstExecutionTime is { } first && first > after ? pattern.Occurrences(first).Prepend(first) : pattern.Occurrences(after);
        return times.TakeWhile(time => time <= until);
    }
}
