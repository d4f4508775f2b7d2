using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Prometheus;

namespace TroveSchedules.Reports;

/// <summary>
/// Writes the health of schedules as metrics in the text format of OpenMetrics, for the textfile collector of node_exporter. Names and units follow the conventions of Prometheus: times are seconds since 1970 in
/// UTC, sizes are bytes, durations are seconds. A value that is not known has no sample.
/// </summary>
public static class ScheduleMetrics
{
    private const double BytesPerGib = 1024.0 * 1024 * 1024;

    // "instance" is Prometheus's own label.
    private static readonly string[] Labels = ["schedule_id", "schedule_name", "database_id", "database_name", "project_id"];

    /// <summary>Writes metrics.</summary>
    /// <param name="stream">The stream. It stays open.</param>
    /// <param name="health">The schedules, and instances without a schedule, whose labels of the schedule are empty.</param>
    /// <param name="cancellationToken">Cancels the writing.</param>
    /// <returns>A task that completes when everything is written.</returns>
    public static async Task WriteAsync(Stream stream, IReadOnlyCollection<ScheduleHealth> health, CancellationToken cancellationToken = default)
    {
        CollectorRegistry registry = Metrics.NewCustomRegistry();
        MetricFactory factory = Metrics.WithCustomRegistry(registry);

        Gauge state = factory.CreateGauge("trove_schedule_state", "1 for the state of the schedule, 0 for the others.", [.. Labels, "state"]);
        foreach (ScheduleHealth one in health)
        {
            foreach (HealthState each in Enum.GetValues(typeof(HealthState)))
                state.WithLabels([.. LabelsOf(one), each.ToString().ToLowerInvariant()]).Set(one.State == each ? 1 : 0);
        }
        Add("trove_schedule_expected_executions", "Number of executions that were due in the period.", one => one.ScheduleId is null ? null : one.Expected);
        Add("trove_schedule_missed_executions", "Number of executions that were due in the period and did not start.", one => one.ScheduleId is null ? null : one.Missed);
        Add("trove_schedule_late_executions", "Number of executions that started more than a minute late in the period.", one => one.ScheduleId is null ? null : one.Late);
        Add("trove_schedule_failed_executions", "Number of executions that failed in the period.", one => one.ScheduleId is null ? null : one.Failed);
        Add("trove_schedule_succeeded_executions", "Number of executions that succeeded in the period.", one => one.ScheduleId is null ? null : one.Succeeded);
        Add("trove_schedule_failure_streak", "Number of the last executions that failed one after the other.", one => one.ScheduleId is null ? null : one.FailureStreak);
        Add("trove_schedule_last_success_timestamp_seconds", "When the last execution that succeeded started.", one => Seconds(one.LastSuccessTime));
        Add("trove_schedule_next_execution_timestamp_seconds", "When the schedule is due next.", one => Seconds(one.NextExecutionTime));
        Add("trove_schedule_last_backup_timestamp_seconds", "When the last completed backup of the schedule was started.", one => Seconds(one.LastBackupTime));
        Add("trove_schedule_last_backup_size_bytes", "Size of the last completed backup of the schedule.", one => one.LastBackupSize * BytesPerGib);
        Add("trove_schedule_last_backup_duration_seconds", "How long the last completed backup of the schedule took.", one => one.LastBackupDuration?.TotalSeconds);
        Add("trove_database_last_backup_timestamp_seconds", "When the last completed backup of the database was started, by whatever schedule or user.", one => Seconds(one.InstanceBackupTime));
        Add("trove_schedule_period_seconds", "Length of the period that the numbers of executions are about.", one => (one.CheckedAt - one.Since).TotalSeconds);
        Add("trove_schedule_check_timestamp_seconds", "When the schedule was checked.", one => Seconds(one.CheckedAt));

        await registry.CollectAndExportAsTextAsync(stream, ExpositionFormat.OpenMetricsText, cancellationToken).ConfigureAwait(false);

        void Add(string name, string help, Func<ScheduleHealth, double?> valueOf)
        {
            Gauge gauge = factory.CreateGauge(name, help, Labels);
            foreach (ScheduleHealth one in health)
            {
                if (valueOf(one) is { } value)
                    gauge.WithLabels(LabelsOf(one)).Set(value);
            }
        }
    }

    private static string[] LabelsOf(ScheduleHealth one) =>
        [.. new[] { one.ScheduleId, one.Name, one.InstanceId, one.InstanceName, one.ProjectId }.Select(text => TerminalText.SanitizeLine(text ?? ""))];

    private static double? Seconds(DateTimeOffset? time) => time is { } known ? (known - DateTimeOffset.FromUnixTimeSeconds(0)).TotalSeconds : null;
}
