using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using TroveSchedules.Reports;
using Xunit;

namespace TroveSchedules.Tests.Reports;

/// <summary>The text that Prometheus reads.</summary>
public sealed class ScheduleMetricsTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 22, 7, 0, 0, TimeSpan.Zero);

    private static ScheduleHealth Health(string name = "nightly") => new()
    {
        State = HealthState.Warning, ScheduleId = "s1", Name = name, InstanceId = "i1", InstanceName = "m", ProjectId = "p1", Since = Time.AddDays(-7), CheckedAt = Time.AddSeconds(30), Expected = 7, Missed = 2, Late = 1,
        Succeeded = 4, Failed = 1, FailureStreak = 0, LastSuccessTime = Time, LastBackupTime = Time, LastBackupSize = 0.5, LastBackupDuration = TimeSpan.FromSeconds(90), InstanceBackupTime = Time.AddHours(-1),
    };

    private static async Task<string[]> WriteAsync(params ScheduleHealth[] health)
    {
        using var stream = new MemoryStream();
        await ScheduleMetrics.WriteAsync(stream, health);
        Assert.True(stream.CanWrite);
        return Encoding.UTF8.GetString(stream.ToArray()).Split('\n');
    }

    private static string ValueOf(IEnumerable<string> lines, string start) => Assert.Single(lines, line => line.StartsWith(start, StringComparison.Ordinal)).Split(' ')[^1];

    [Fact]
    public async Task Times_are_seconds_sizes_are_bytes_and_numbers_are_of_the_period()
    {
        string[] lines = await WriteAsync(Health());
        const string Labels = """{schedule_id="s1",schedule_name="nightly",database_id="i1",database_name="m",project_id="p1"} """;
        Assert.Equal(1, double.Parse(ValueOf(lines, """trove_schedule_state{schedule_id="s1",schedule_name="nightly",database_id="i1",database_name="m",project_id="p1",state="warning"}""")));
        Assert.Equal(0, double.Parse(ValueOf(lines, """trove_schedule_state{schedule_id="s1",schedule_name="nightly",database_id="i1",database_name="m",project_id="p1",state="critical"}""")));
        (string Name, double Value)[] expected =
        [
            ("trove_schedule_expected_executions", 7), ("trove_schedule_missed_executions", 2), ("trove_schedule_late_executions", 1), ("trove_schedule_failed_executions", 1),
            ("trove_schedule_succeeded_executions", 4), ("trove_schedule_failure_streak", 0), ("trove_schedule_last_success_timestamp_seconds", Time.ToUnixTimeSeconds()),
            ("trove_schedule_last_backup_timestamp_seconds", Time.ToUnixTimeSeconds()), ("trove_schedule_last_backup_size_bytes", 536870912), ("trove_schedule_last_backup_duration_seconds", 90),
            ("trove_database_last_backup_timestamp_seconds", Time.ToUnixTimeSeconds() - 3600), ("trove_schedule_period_seconds", 604830), ("trove_schedule_check_timestamp_seconds", Time.ToUnixTimeSeconds() + 30),
        ];
        Assert.All(expected, metric => Assert.Equal(metric.Value, double.Parse(ValueOf(lines, metric.Name + Labels), System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal("# EOF", lines.Last(line => line.Length > 0));
    }

    [Fact]
    public async Task What_is_not_known_has_no_sample()
    {
        string[] lines = await WriteAsync(Health(), new ScheduleHealth { State = HealthState.Critical, InstanceId = "i2", Since = Time, CheckedAt = Time });
        Assert.DoesNotContain(lines, line => line.StartsWith("trove_schedule_next_execution_timestamp_seconds{", StringComparison.Ordinal));
        Assert.Single(lines, line => line.StartsWith("trove_schedule_missed_executions{", StringComparison.Ordinal));
        Assert.Equal(8, lines.Count(line => line.StartsWith("trove_schedule_state{", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Names_are_escaped()
    {
        string[] lines = await WriteAsync(Health("a\"b\\c\nd\u001b[31m"));
        Assert.Contains(lines, line => line.StartsWith("""trove_schedule_missed_executions{schedule_id="s1",schedule_name="a\"b\\c d [31m",""", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_metric_has_a_help_text_and_is_a_gauge_which_node_exporter_knows()
    {
        string[] lines = await WriteAsync(Health());
        string[] types = [.. lines.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal))];
        Assert.All(types, line => Assert.EndsWith(" gauge", line));
        Assert.Equal(types.Length, lines.Count(line => line.StartsWith("# HELP ", StringComparison.Ordinal)));
    }
}
