using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.Tests.Http;
using Xunit;

namespace TroveSchedules.Tests.Operations;

/// <summary>Executions of one instance that are closer together than its last backups took.</summary>
public sealed class OverlapTests
{
    private const string BackupsRoute = "GET " + Rows.TrovePath + "/backups";

    private static readonly DateTimeOffset Midnight = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    private static BackupSchedule Schedule(int number, string? pattern, int instance = 900, DateTimeOffset? next = null, int? remaining = null) => new()
    {
        Id = Rows.Id(number), TriggerId = Rows.TriggerId(number), Input = "{}", InstanceId = Rows.Id(instance), Pattern = pattern, NextExecutionTime = next ?? TroveSchedules.Cron.CronPattern.Parse(pattern).Next(Midnight.AddTicks(-1)),
        RemainingExecutions = remaining, ProjectId = ScriptedCloud.Project,
    };

    private static string Backup(int number, int seconds, string status = "COMPLETED", int instance = 900) => Rows.Backup(number, row =>
    {
        row["created"] = "2026-11-22T08:00:00";
        row["updated"] = new DateTime(2026, 11, 22, 8, 0, 0).AddSeconds(seconds).ToString("s");
        row["status"] = status;
        row["instance_id"] = Rows.Id(instance);
    });

    private static Answer Backups(params string[] rows) => Answers.Ok($$"""{"backups": [{{string.Join(",", rows)}}]}""");

    private static async Task<(IReadOnlyList<ScheduleOverlap> Overlaps, List<string> Warnings)> FindAsync(
        ScriptedCloud cloud, BackupSchedule[] schedules, double hours = 24, TimeZoneInfo? zone = null)
    {
        using CloudSession session = await cloud.ConnectAsync();
        var warnings = new List<string>();
        return (await session.Schedules.FindOverlapsAsync(schedules, Midnight.AddTicks(-1), Midnight.AddHours(hours), zone, warnings.Add), warnings);
    }

    [Fact]
    public async Task A_pair_that_is_closer_than_the_longest_of_the_last_five_completed_backups_is_found_once()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(BackupsRoute, Backups(
            Backup(1, 7200, "BUILDING"), Backup(2, 60), Backup(3, 7200, "FAILED"), Backup(4, 1200), Backup(5, 300), Backup(6, -5), Backup(7, 20), Backup(8, 9000)));
        (IReadOnlyList<ScheduleOverlap> overlaps, List<string> warnings) = await FindAsync(cloud, [Schedule(1, "0 */6 * * *"), Schedule(2, "10 6,12 * * *"), Schedule(3, "30 6 * * *")]);
        ScheduleOverlap overlap = Assert.Single(overlaps);
        Assert.Equal((Rows.Id(900), Rows.Id(1), Rows.Id(2)), (overlap.InstanceId, overlap.ScheduleId, overlap.NextScheduleId));
        Assert.Equal((Midnight.AddHours(6), Midnight.AddMinutes(370)), (overlap.Time, overlap.NextTime));
        Assert.Equal((TimeSpan.FromMinutes(10), 2, TimeSpan.FromMinutes(20)), (overlap.Gap, overlap.Count, overlap.BackupDuration));
        Assert.Equal((ScriptedCloud.Project, "http://cloud:5000 RegionOne"), (overlap.ProjectId, overlap.Origin));
        Assert.Empty(warnings);
        RecordedRequest request = Assert.Single(cloud.Requests);
        Assert.Equal((Rows.Id(900), "20"), (request.Parameters["instance_id"], request.Parameters["limit"]));
    }

    [Fact]
    public async Task A_schedule_may_follow_itself_too_closely_and_the_shortest_gap_counts()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(BackupsRoute, Backups(Backup(1, 3600)));
        (IReadOnlyList<ScheduleOverlap> overlaps, _) = await FindAsync(cloud, [Schedule(1, "0,50 0-1 * * *")]);
        ScheduleOverlap overlap = Assert.Single(overlaps);
        Assert.Equal((overlap.ScheduleId, Rows.Id(1)), (overlap.NextScheduleId, overlap.ScheduleId));
        Assert.Equal((Midnight, Midnight.AddMinutes(50), TimeSpan.FromMinutes(10), 3), (overlap.Time, overlap.NextTime, overlap.Gap, overlap.Count));
    }

    [Fact]
    public async Task A_gap_as_long_as_the_backup_is_none_and_equal_times_overlap_even_if_the_backups_took_no_time()
    {
        ScriptedCloud cloud = new ScriptedCloud().On(BackupsRoute, Backups(Backup(1, 600)), Backups(Backup(1, 0)));
        Assert.Empty((await FindAsync(cloud, [Schedule(1, "0 3 * * *"), Schedule(2, "10 3 * * *")])).Overlaps);
        ScheduleOverlap overlap = Assert.Single((await FindAsync(cloud, [Schedule(1, "0 3 * * *"), Schedule(2, "0 3 * * *")])).Overlaps);
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero, 1), (overlap.Gap, overlap.BackupDuration, overlap.Count));
    }

    [Fact]
    public async Task Schedules_of_different_instances_do_not_overlap_and_the_result_is_in_the_order_of_time()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(BackupsRoute, (request, cancellationToken) =>
            Backups(Backup(1, 3600, instance: int.Parse(request.Parameters["instance_id"][^4..])))(request, cancellationToken));
        (IReadOnlyList<ScheduleOverlap> overlaps, _) = await FindAsync(cloud,
            [Schedule(1, "0 5 * * *"), Schedule(2, "30 5 * * *"), Schedule(3, "0 4 * * *", 901), Schedule(4, "30 4 * * *", 901), Schedule(5, "15 5 * * *", 902)]);
        Assert.Equal([(Rows.Id(901), Midnight.AddHours(4)), (Rows.Id(900), Midnight.AddHours(5))], overlaps.Select(overlap => (overlap.InstanceId, overlap.Time)));
        Assert.Equal(3, cloud.Requests.Count);
    }

    [Fact]
    public async Task Instances_without_a_completed_backup_are_one_warning()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(BackupsRoute, Backups(Backup(1, 3600, "FAILED"), Backup(2, 3600, instance: 904)));
        (IReadOnlyList<ScheduleOverlap> overlaps, List<string> warnings) = await FindAsync(cloud, [Schedule(1, "* * * * *"), Schedule(2, "* * * * *", 901)]);
        Assert.Empty(overlaps);
        Assert.Equal(["2 instances have no completed backup, so their schedules could not be checked."], warnings);
        Assert.Equal(["1 instance has no completed backup, so its schedules could not be checked."], (await FindAsync(cloud, [Schedule(1, "* * * * *")])).Warnings);
    }

    [Fact]
    public async Task The_number_of_executions_and_the_end_limit_the_times_and_a_schedule_given_twice_is_one()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(BackupsRoute, Backups(Backup(1, 3600)));
        BackupSchedule often = Schedule(1, "*/30 * * * *", remaining: 3);
        Assert.Equal(2, Assert.Single((await FindAsync(cloud, [often, often])).Overlaps).Count);
        Assert.Equal(4, Assert.Single((await FindAsync(cloud, [Schedule(1, "*/30 * * * *")], hours: 2)).Overlaps).Count);
        Assert.Empty((await FindAsync(cloud, [Schedule(1, null, next: Midnight, remaining: 1), Schedule(2, null, next: Midnight.AddHours(1), remaining: 1)])).Overlaps);
    }

    [Fact]
    public async Task The_times_are_those_of_the_zone()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(BackupsRoute, Backups(Backup(1, 3600)));
        ScheduleOverlap overlap = Assert.Single((await FindAsync(cloud, [Schedule(1, "0 3 * * *"), Schedule(2, "20 3 * * *")], zone: TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"))).Overlaps);
        Assert.Equal(("04:00+01:00", "04:20+01:00"), (overlap.Time.ToString("HH:mmzzz"), overlap.NextTime.ToString("HH:mmzzz")));
    }

    [Fact]
    public async Task The_period_is_seven_days_from_the_cloud_s_time()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(BackupsRoute, Backups(Backup(1, 3600)));
        using CloudSession session = await cloud.ConnectAsync();
        ScheduleOverlap overlap = Assert.Single(await session.Schedules.FindOverlapsAsync([Schedule(1, "0 3 * * *", next: ScriptedCloud.Start.AddDays(-2)), Schedule(2, "20 3 * * *", next: ScriptedCloud.Start.AddDays(-2))]));
        Assert.Equal((ScriptedCloud.Start.Date.AddDays(1).AddHours(3), 7), (overlap.Time.DateTime, overlap.Count));
    }

    [Fact]
    public async Task At_most_twenty_requests_are_sent_at_a_time_and_the_first_failure_ends_them()
    {
        int active = 0, most = 0;
        ScriptedCloud cloud = new ScriptedCloud().Always(BackupsRoute, async (request, cancellationToken) =>
        {
            lock (BackupsRoute)
                most = Math.Max(most, ++active);
            await Task.Delay(5, cancellationToken);
            lock (BackupsRoute)
                active--;
            return await Backups()(request, cancellationToken);
        });
        await FindAsync(cloud, [.. Enumerable.Range(1000, 90).Select(number => Schedule(number, "0 3 * * *", number))]);
        Assert.Equal(90, cloud.Requests.Count);
        Assert.InRange(most, 2, 20);

        var failing = new ScriptedCloud();
        failing.Always(BackupsRoute, Answers.Json(403, """{"forbidden": {"code": 403, "message": "No."}}"""));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => FindAsync(failing, [.. Enumerable.Range(1000, 90).Select(number => Schedule(number, "0 3 * * *", number))]));
        Assert.Equal(TroveErrorKind.Forbidden, error.Kind);
        Assert.InRange(failing.Requests.Count, 1, 20);
    }

    [Fact]
    public async Task Schedules_that_cannot_be_checked_are_refused_before_a_request()
    {
        var cloud = new ScriptedCloud();
        using CloudSession session = await cloud.ConnectAsync();
        async Task<string> RefusedAsync(BackupSchedule schedule, DateTimeOffset? until = null) =>
            (await ScriptedCloud.FailureOf(() => session.Schedules.FindOverlapsAsync([schedule], null, until))).ErrorId;

        Assert.Equal("OtherCloud", await RefusedAsync(new BackupSchedule { Id = "x", TriggerId = "y", Input = "{}", InstanceId = "i", Origin = "http://other:5000" }));
        Assert.Equal("OtherProject", await RefusedAsync(new BackupSchedule { Id = "x", TriggerId = "y", Input = "{}", InstanceId = "i", ProjectId = Rows.Other }));
        Assert.Equal("InvalidInstance", await RefusedAsync(new BackupSchedule { Id = "x", TriggerId = "y", Input = "{}" }));
        Assert.Equal("InvalidUntil", await RefusedAsync(Schedule(1, "0 3 * * *"), ScriptedCloud.Start));
        Assert.Empty(cloud.Requests);
    }

    [Fact]
    public async Task A_search_ends_when_it_is_cancelled()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(BackupsRoute, Backups(Backup(1, 1)));
        using CloudSession session = await cloud.ConnectAsync();
        using var stop = new CancellationTokenSource();
        Task search = Task.Run(() => session.Schedules.FindOverlapsAsync([Schedule(1, "* * * * *")], null, DateTimeOffset.MaxValue, cancellationToken: stop.Token));
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => search);
    }
}
