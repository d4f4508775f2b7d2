using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using TroveSchedules.Cron;

namespace TroveSchedules;

/// <summary>Computes the future times of schedules.</summary>
public static class ScheduleOccurrences
{
    private static readonly TimeSpan OneHour = TimeSpan.FromHours(1);
    private static readonly TimeSpan DefaultPeriod = TimeSpan.FromHours(24);

    /// <summary>The future times of a schedule, in order: Mistral's next time, then the times of the pattern, up to the number of executions that are left.</summary>
    /// <param name="schedule">The schedule as it was read.</param>
    /// <param name="after">Returns only times after this one; null for all.</param>
    /// <returns>The times in UTC, each computed when the caller reads it. The sequence is infinite for a schedule without a limit.</returns>
    /// <exception cref="CronPatternException">The library cannot read the pattern, and the caller reads beyond the first time.</exception>
    public static IEnumerable<DateTimeOffset> Of(BackupSchedule schedule, DateTimeOffset? after = null)
    {
        if (after >= schedule.NextExecutionTime && schedule is { RemainingExecutions: null, Pattern: { } pattern })
            return After(pattern, after.Value); // The times up to a start that is years ahead need not be computed.
        IEnumerable<DateTimeOffset> all = All(schedule);
        if (schedule.RemainingExecutions is { } left)
            all = all.Take(left);
        return after is { } start ? all.SkipWhile(time => time <= start) : all;
    }

    /// <summary>Merges the occurrences of many patterns and schedules in the order of time.</summary>
    /// <param name="sources">The sequences, each in the order of time; they may be infinite. Each is read once.</param>
    /// <returns>The occurrences, each read from its sequence when the caller reads it. Those of equal times have the order of <paramref name="sources"/>.</returns>
    /// <exception cref="Exception">What reading a sequence throws.</exception>
    public static IEnumerable<ScheduleOccurrence> Merge(IEnumerable<IEnumerable<ScheduleOccurrence>> sources)
    {
        var readers = new List<IEnumerator<ScheduleOccurrence>>();
        var heads = new SortedSet<(DateTimeOffset Time, int Reader)>();
        try
        {
            foreach (IEnumerable<ScheduleOccurrence> source in sources)
            {
                readers.Add(source.GetEnumerator());
                ReadOn(readers.Count - 1);
            }
            while (heads.Count > 0)
            {
                (DateTimeOffset Time, int Reader) first = heads.Min;
                heads.Remove(first);
                yield return readers[first.Reader].Current;
                ReadOn(first.Reader);
            }
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }

        void ReadOn(int reader)
        {
            if (readers[reader].MoveNext())
                heads.Add((readers[reader].Current.Time, reader));
        }
    }

    /// <summary>Counts the executions of schedules in each hour of a time zone.</summary>
    /// <param name="schedules">The schedules as they were read.</param>
    /// <param name="from">The beginning of the period, which belongs to it.</param>
    /// <param name="until">The end of the period, which does not belong to it; null for 24 hours after <paramref name="from"/>.</param>
    /// <param name="zone">The time zone; null for UTC.</param>
    /// <param name="cancellationToken">Cancels the count.</param>
    /// <returns>Every hour that the period touches, in order, those without an execution included. Each is counted when the caller reads it.</returns>
    /// <exception cref="CronPatternException">The library cannot read a pattern.</exception>
    public static IEnumerable<ScheduleHour> PerHour(
        IEnumerable<BackupSchedule> schedules, DateTimeOffset from, DateTimeOffset? until = null, TimeZoneInfo? zone = null, CancellationToken cancellationToken = default)
    {
        DateTimeOffset? before = from > DateTimeOffset.MinValue ? from.AddTicks(-1) : null;
        DateTimeOffset end = until ?? (DateTimeOffset.MaxValue - from < DefaultPeriod ? DateTimeOffset.MaxValue : from + DefaultPeriod);
        using IEnumerator<ScheduleOccurrence> next = Merge(schedules.Select(schedule => Of(schedule, before).Select(time => new ScheduleOccurrence { Time = time }))).GetEnumerator();
        bool hasNext = next.MoveNext();
        while (from < end)
        {
            DateTimeOffset local = TimeZoneInfo.ConvertTime(from, zone ?? TimeZoneInfo.Utc), hour = local.AddTicks(-(local.TimeOfDay.Ticks % OneHour.Ticks));
            from = end - hour < OneHour ? end : hour + OneHour;
            int count = 0;
            for (; hasNext && next.Current.Time < from; hasNext = next.MoveNext())
            {
                cancellationToken.ThrowIfCancellationRequested();
                count++;
            }
            yield return new ScheduleHour { Hour = hour, Count = count };
        }
    }

    /// <summary>Checks the end of a period.</summary>
    /// <param name="until">The end; null for none.</param>
    /// <param name="from">The beginning; null for the present time.</param>
    /// <param name="now">The present time.</param>
    /// <exception cref="TroveScheduleException">Invalid (<c>InvalidUntil</c>) for an end that is not after the beginning.</exception>
    public static void CheckUntil(DateTimeOffset? until, DateTimeOffset? from, DateTimeOffset now)
    {
        if (!(until <= (from ?? now)))
            return;
        throw new TroveScheduleException(TroveErrorKind.Invalid,
            FormattableString.Invariant($"The end time {until:u} is not after the {(from is null ? "present" : "start")} time, {from ?? now:u}."))
        {
            ErrorId = "InvalidUntil",
            Target = until,
            RecommendedAction = "Name a later time. On the command line, one without a zone is this machine's local time.",
        };
    }

    private static IEnumerable<DateTimeOffset> All(BackupSchedule schedule)
    {
        if (schedule.NextExecutionTime is not { } next)
            yield break;
        yield return next;
        if (schedule.Pattern is null)
            yield break;
        foreach (DateTimeOffset time in After(schedule.Pattern, next))
            yield return time;
    }

    // An iterator, so that a pattern that cannot be read throws only when the caller reads a time.
    private static IEnumerable<DateTimeOffset> After(string pattern, DateTimeOffset start)
    {
        foreach (DateTimeOffset time in CronPattern.Parse(pattern, allowSeconds: true).Occurrences(start))
            yield return time;
    }
}
