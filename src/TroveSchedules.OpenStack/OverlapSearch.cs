using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.OpenStack;

/// <summary>Compares the times of an instance's schedules with the duration of its last backups.</summary>
internal sealed class OverlapSearch
{
    private const int ComparedBackups = 5;

    // Trove's own maximum: one request for each instance.
    private const int PageSize = 20;

    private const int Concurrency = 20;

    private static readonly TimeSpan DefaultPeriod = TimeSpan.FromDays(7);

    private readonly CloudSession _session;
    private readonly DateTimeOffset _from;
    private readonly DateTimeOffset _until;
    private readonly TimeZoneInfo _zone;

    public OverlapSearch(CloudSession session, DateTimeOffset? from, DateTimeOffset? until, TimeZoneInfo? zone)
    {
        DateTimeOffset now = session.CloudTime;
        ScheduleOccurrences.CheckUntil(until, from, now);
        _session = session;
        _from = from ?? now;
        _until = until ?? (DateTimeOffset.MaxValue - _from < DefaultPeriod ? DateTimeOffset.MaxValue : _from + DefaultPeriod);
        _zone = zone ?? TimeZoneInfo.Utc;
    }

    public async Task<IReadOnlyList<ScheduleOverlap>> FindAsync(IReadOnlyCollection<BackupSchedule> schedules, Action<string>? warn, CancellationToken cancellationToken)
    {
        foreach (BackupSchedule schedule in schedules)
            _session.Schedules.CheckOverlapsOf(schedule);
        List<IGrouping<string, BackupSchedule>> instances =
        [
            .. schedules.GroupBy(schedule => schedule.Id).Select(same => same.First()) // One that is given twice does not overlap itself.
                .GroupBy(schedule => schedule.InstanceId!, StringComparer.OrdinalIgnoreCase),
        ];
        IReadOnlyDictionary<string, TimeSpan> durations = await DurationsAsync([.. instances.Select(instance => instance.Key)], cancellationToken).ConfigureAwait(false);

        var found = new List<ScheduleOverlap>();
        int unknown = 0;
        foreach (IGrouping<string, BackupSchedule> instance in instances)
        {
            if (durations.TryGetValue(instance.Key, out TimeSpan duration))
                found.AddRange(Compare([.. instance], duration, cancellationToken));
            else
                unknown++;
        }
        if (unknown > 0)
            warn?.Invoke(unknown == 1 ? "1 instance has no completed backup, so its schedules could not be checked." : $"{unknown} instances have no completed backup, so their schedules could not be checked.");
        return [.. found.OrderBy(overlap => overlap.Time)];
    }

    private IEnumerable<ScheduleOverlap> Compare(IReadOnlyList<BackupSchedule> schedules, TimeSpan duration, CancellationToken cancellationToken)
    {
        var pairs = new Dictionary<(string, string), Pair>();
        ScheduleOccurrence? previous = null;
        foreach (ScheduleOccurrence next in ScheduleOccurrences.Merge(schedules.Select(OccurrencesOf)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Trove's times are whole seconds, so a backup can seem to take no time. Two at the same time overlap all the same.
            if (previous is not null && next.Time - previous.Time is var gap && (gap < duration || gap == TimeSpan.Zero))
            {
                (string, string) key = (previous.ScheduleId!, next.ScheduleId!);
                if (!pairs.TryGetValue(key, out Pair? pair))
                    pairs.Add(key, pair = new Pair(previous, next, gap));
                pair.Add(gap);
            }
            previous = next;
        }
        return pairs.Values.Select(pair => new ScheduleOverlap
        {
            InstanceId = schedules[0].InstanceId!,
            ScheduleId = pair.First.ScheduleId!,
            NextScheduleId = pair.Next.ScheduleId!,
            Time = TimeZoneInfo.ConvertTime(pair.First.Time, _zone),
            NextTime = TimeZoneInfo.ConvertTime(pair.Next.Time, _zone),
            Gap = pair.Gap,
            Count = pair.Count,
            BackupDuration = duration,
            ProjectId = pair.First.ProjectId,
            Origin = _session.Origin,
        });
    }

    private IEnumerable<ScheduleOccurrence> OccurrencesOf(BackupSchedule schedule) => ScheduleOccurrences.Of(schedule, _from).TakeWhile(time => time <= _until)
        .Select(time => new ScheduleOccurrence { Time = time, Pattern = schedule.Pattern, ScheduleId = schedule.Id, ProjectId = schedule.ProjectId });

    private async Task<IReadOnlyDictionary<string, TimeSpan>> DurationsAsync(IReadOnlyList<string> instances, CancellationToken cancellationToken)
    {
        var durations = new ConcurrentDictionary<string, TimeSpan>(StringComparer.OrdinalIgnoreCase);
        int taken = 0;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(Concurrency, instances.Count)).Select(_ => ReadAsync())).ConfigureAwait(false);
        return durations;

        async Task ReadAsync()
        {
            try
            {
                while (Interlocked.Increment(ref taken) - 1 is var number && number < instances.Count)
                {
                    if (await DurationAsync(instances[number], cancellationToken).ConfigureAwait(false) is { } duration)
                        durations[instances[number]] = duration;
                }
            }
            catch
            {
                Interlocked.Exchange(ref taken, instances.Count); // The result would be incomplete, so the others begin no further request.
                throw;
            }
        }
    }

    // Trove lists the newest backups first.
    private async Task<TimeSpan?> DurationAsync(string instanceId, CancellationToken cancellationToken)
    {
        int count = 0;
        TimeSpan? longest = null;
        await foreach (Backup backup in _session.Backups.ListAsync(instanceId, PageSize, cancellationToken).ConfigureAwait(false))
        {
            if (backup.Status != "COMPLETED" || !string.Equals(backup.InstanceId, instanceId, StringComparison.OrdinalIgnoreCase) || backup.UpdatedAt - backup.CreatedAt is not { } duration)
                continue;
            if (duration < TimeSpan.Zero)
                duration = TimeSpan.Zero;
            if (!(duration <= longest))
                longest = duration;
            if (++count == ComparedBackups)
                break;
        }
        return longest;
    }

    private sealed class Pair(ScheduleOccurrence first, ScheduleOccurrence next, TimeSpan gap)
    {
        public ScheduleOccurrence First => first;

        public ScheduleOccurrence Next => next;

        public TimeSpan Gap { get; private set; } = gap;

        public int Count { get; private set; }

        public void Add(TimeSpan gap)
        {
            Count++;
            if (gap < Gap)
                Gap = gap;
        }
    }
}
