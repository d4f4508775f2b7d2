using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Dashboard;

/// <summary>The last check of all schedules and instances. The lists share it for a minute, because a check reads all executions of the last 14 days. A change through the dashboard drops it.</summary>
internal sealed class HealthCache(CloudSession session, TimeProvider clock, CancellationToken stop)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    private readonly object _lock = new();
    private Task<HealthCheck>? _last;
    private long _endedAt;
    private HealthCheck? _lastCompleted;

    /// <summary>The check. Requests that come while it runs get the same one. One that failed stays until it is dropped.</summary>
    public Task<HealthCheck> GetAsync()
    {
        lock (_lock)
        {
            if (_last is null || (_last.IsCompleted && clock.GetElapsedTime(Interlocked.Read(ref _endedAt)) > MaxAge))
                _last = RunAsync();
            return _last;
        }
    }

    /// <summary>The name that an instance had in the last check; null if it is unknown.</summary>
    public string? InstanceName(string? id) => Volatile.Read(ref _lastCompleted)?.Health.FirstOrDefault(one => string.Equals(one.InstanceId, id, StringComparison.OrdinalIgnoreCase))?.InstanceName;

    /// <summary>Makes the next list check again.</summary>
    public void Drop()
    {
        lock (_lock)
            _last = null;
    }

    private async Task<HealthCheck> RunAsync()
    {
        try
        {
            HealthCheck check = await HealthCheck.RunAsync(session, null, stop).ConfigureAwait(false);
            Volatile.Write(ref _lastCompleted, check);
            return check;
        }
        finally
        {
            Interlocked.Exchange(ref _endedAt, clock.GetTimestamp());
        }
    }
}

/// <summary>What a check found, and its warnings.</summary>
internal sealed record HealthCheck(IReadOnlyList<ScheduleHealth> Health, IReadOnlyList<string> Warnings)
{
    private static readonly TimeSpan Period = TimeSpan.FromDays(14);

    /// <summary>Checks schedules.</summary>
    /// <param name="session">The session.</param>
    /// <param name="schedules">The schedules; null for all, and the instances without one.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    public static async Task<HealthCheck> RunAsync(CloudSession session, IReadOnlyCollection<BackupSchedule>? schedules, CancellationToken cancellationToken)
    {
        var warnings = new List<string>();
        var options = new HealthOptions { Since = session.CloudTime - Period, IncludeUnscheduled = schedules is null };
        IReadOnlyList<ScheduleHealth> health = await session.Schedules.CheckHealthAsync(schedules, options, Warn, cancellationToken).ConfigureAwait(false);
        return new HealthCheck(health, warnings);

        void Warn(string text)
        {
            lock (warnings)
                warnings.Add(Panels.Clean(text)!);
        }
    }
}
