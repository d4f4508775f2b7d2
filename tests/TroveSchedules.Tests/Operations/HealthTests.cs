using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.Tests.Http;
using Xunit;

namespace TroveSchedules.Tests.Operations;

/// <summary>What is found wrong with schedules, and by which requests. The time is 07:42:30; schedule 1 runs every hour, and was created twelve days ago.</summary>
public sealed class HealthTests
{
    private const string LimitsRoute = "GET " + Rows.TrovePath + "/limits";
    private const string BackupsRoute = "GET " + Rows.TrovePath + "/backups";
    private const string InstancesRoute = "GET " + Rows.TrovePath + "/instances";

    private static readonly DateTimeOffset Now = ScriptedCloud.Start;
    private static readonly DateTimeOffset SevenOClock = new(2026, 11, 22, 7, 0, 0, TimeSpan.Zero);

    private readonly List<string> _triggers = [Trigger(1)];
    private readonly List<string> _executions = [];
    private readonly List<string> _instances = [Rows.Instance(900)];
    private readonly List<string> _backups = [];
    private readonly List<string> _warnings = [];
    private int _quota = 50;

    public HealthTests()
    {
        RunsHourly(1, 200);
        _backups.Add(Backup(1, SevenOClock));
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Trigger(int number, Action<JsonObject>? change = null, int instance = 900) => Rows.Trigger(number, row =>
    {
        row["pattern"] = "0 * * * *";
        row["workflow_input"] = $$"""{"instance": "{{Rows.Id(instance)}}", "name": "b", "description": null, "parent_id": null}""";
        row["created_at"] = "2026-11-10 00:00:00";
        row["updated_at"] = "2026-11-22 06:59:58";
        row["next_execution_time"] = "2026-11-22 08:00:00";
        change?.Invoke(row);
    });

    private static string Execution(int trigger, DateTimeOffset time, string state = "SUCCESS", Action<JsonObject>? change = null) => Rows.Execution(0, trigger, row =>
    {
        row["id"] = Guid.NewGuid().ToString();
        row["created_at"] = Text(time);
        row["state"] = state;
        row["state_info"] = state == "ERROR" ? "Failure caused by error in tasks: x\n\n  x [task_ex_id=1] -> The action raised an exception [action=<x>, action_ex_id=1, msg='No space left']" : null;
        change?.Invoke(row);
    });

    private static string Backup(int number, DateTimeOffset time, string status = "COMPLETED", int instance = 900, string name = "b") => Rows.Backup(number, row =>
    {
        row["created"] = time.UtcDateTime.ToString("s");
        row["updated"] = time.UtcDateTime.AddMinutes(5).ToString("s");
        row["status"] = status;
        row["instance_id"] = Rows.Id(instance);
        row["name"] = name;
    });

    // Replaces the executions of a trigger, newest first.
    private void RunsHourly(int trigger, int hours, Func<DateTimeOffset, bool>? when = null)
    {
        _executions.Clear();
        _executions.AddRange(Enumerable.Range(0, hours).Select(hour => SevenOClock.AddHours(-hour)).Where(time => when?.Invoke(time) != false).Select(time => Execution(trigger, time.AddSeconds(-2))));
    }

    private ScriptedCloud Cloud() => new ScriptedCloud()
        .Always(Rows.TriggersRoute, Answers.Ok(Rows.Triggers(_triggers)))
        .Always(Rows.ExecutionsRoute, (request, token) =>
        {
            bool isOldestFirst = request.Parameters["sort_dirs"].StartsWith("asc", StringComparison.Ordinal);
            IEnumerable<string> rows = request.Parameters.TryGetValue("description", out string? has) ? _executions.Where(row => row.Contains(has.Substring("has:".Length))) : _executions;
            return Answers.Ok(Rows.Executions(isOldestFirst ? rows.Reverse().Take(1) : rows))(request, token);
        })
        .Always(InstancesRoute, Answers.Ok(Rows.Instances([.. _instances])))
        .Always(BackupsRoute, (request, token) =>
        {
            bool isProbe = request.Parameters.TryGetValue("marker", out string? marker);
            IEnumerable<string> rows = request.Parameters.TryGetValue("instance_id", out string? instance) ? _backups.Where(row => row.Contains(instance)) : _backups;
            return Answers.Ok($$"""{"backups": [{{string.Join(",", isProbe ? rows.Skip(int.Parse(marker!, CultureInfo.InvariantCulture)).Take(1) : rows)}}]}""")(request, token);
        })
        .Always(LimitsRoute, Answers.Ok($$"""{"limits": [{"verb": "GET", "value": 200, "uri": "*"}, {"verb": "ABSOLUTE", "max_instances": 10, "max_backups": {{_quota}}}]}"""));

    private async Task<IReadOnlyList<ScheduleHealth>> CheckAllAsync(HealthOptions? options = null, ScriptedCloud? cloud = null)
    {
        using CloudSession session = await (cloud ?? Cloud()).ConnectAsync();
        return await session.Schedules.CheckHealthAsync(null, options, _warnings.Add);
    }

    private async Task<ScheduleHealth> CheckAsync(HealthOptions? options = null) => Assert.Single(await CheckAllAsync(options));

    private async Task<HealthProblem> ProblemAsync(HealthProblemKind kind, HealthState state, HealthOptions? options = null)
    {
        ScheduleHealth health = await CheckAsync(options);
        HealthProblem problem = Assert.Single(health.Problems);
        Assert.Equal((kind, state, state), (problem.Kind, problem.State, health.State));
        Assert.Empty(_warnings);
        return problem;
    }

    [Fact]
    public async Task A_schedule_whose_executions_and_backups_are_good_is_healthy()
    {
        ScheduleHealth health = await CheckAsync();
        Assert.Empty(health.Problems);
        Assert.Equal((HealthState.Healthy, Rows.Id(1), "b", Rows.Id(900), "m", "ACTIVE"), (health.State, health.ScheduleId, health.Name, health.InstanceId, health.InstanceName, health.InstanceStatus));
        Assert.Equal((168, 0, 0, 168, 0, 0), (health.Expected, health.Missed, health.Late, health.Succeeded, health.Failed, health.FailureStreak));
        Assert.Equal((Now.AddDays(-7), Now.AddDays(-7), Now), (health.Since, health.CountedSince, health.CheckedAt));
        Assert.Equal((SevenOClock.AddSeconds(-2), SevenOClock.AddSeconds(-2)), (health.LastExecutionTime, health.LastSuccessTime));
        Assert.Equal((SevenOClock, Rows.Id(1), 0.14, TimeSpan.FromMinutes(5), SevenOClock), (health.LastBackupTime, health.LastBackupId, health.LastBackupSize, health.LastBackupDuration, health.InstanceBackupTime));
        Assert.Equal((new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero), ScriptedCloud.Project, "http://cloud:5000 RegionOne"), (health.NextExecutionTime, health.ProjectId, health.Origin));
    }

    [Fact]
    public async Task The_number_of_requests_does_not_depend_on_the_number_of_schedules()
    {
        _triggers.AddRange(Enumerable.Range(2, 99).Select(number => Trigger(number)));
        ScriptedCloud cloud = Cloud();
        Assert.Equal(100, (await CheckAllAsync(cloud: cloud)).Count);
        // One execution listing, and one for the oldest: 99 schedules have no execution.
        Assert.Equal(
            [BackupsRoute, BackupsRoute, InstancesRoute, LimitsRoute, Rows.TriggersRoute, Rows.ExecutionsRoute, Rows.ExecutionsRoute], cloud.Routes.Order(StringComparer.Ordinal).ToArray());
        Assert.All(cloud.Requests.Where(request => request.Route == Rows.ExecutionsRoute), request => Assert.DoesNotContain("input", request.Parameters["fields"]));
    }

    [Fact]
    public async Task For_a_few_schedules_only_their_own_executions_and_backups_are_listed()
    {
        ScriptedCloud cloud = Cloud();
        await CheckAllAsync(cloud: cloud);
        RecordedRequest executions = Assert.Single(cloud.Requests, request => request.Route == Rows.ExecutionsRoute);
        Assert.Equal("has:" + Rows.TriggerId(1), executions.Parameters["description"]);
        Assert.Single(cloud.Requests, request => request.Route == BackupsRoute && request.Parameters.TryGetValue("instance_id", out string? id) && id == Rows.Id(900));
    }

    [Fact]
    public async Task Missed_executions_in_the_middle_are_a_warning()
    {
        RunsHourly(1, 200, time => time.Day != 20);
        HealthProblem problem = await ProblemAsync(HealthProblemKind.Missed, HealthState.Warning);
        Assert.Equal("24 of 168 executions were missed, the last one at 2026-11-20 23:00:00Z.", problem.Reason);
    }

    [Fact]
    public async Task Each_day_of_the_period_has_its_numbers()
    {
        RunsHourly(1, 200, time => time.Day != 20);
        _executions[0] = Execution(1, SevenOClock.AddSeconds(-2), "ERROR");
        ScheduleHealth health = await CheckAsync();
        Assert.Equal(
            [
                "2026-11-15: 16 succeeded, 0 failed, 0 missed", "2026-11-16: 24 succeeded, 0 failed, 0 missed", "2026-11-17: 24 succeeded, 0 failed, 0 missed", "2026-11-18: 24 succeeded, 0 failed, 0 missed",
                "2026-11-19: 24 succeeded, 0 failed, 0 missed", "2026-11-20: 0 succeeded, 0 failed, 24 missed", "2026-11-21: 24 succeeded, 0 failed, 0 missed", "2026-11-22: 7 succeeded, 1 failed, 0 missed",
            ],
            health.Days.Select(day => day.ToString()));
    }

    [Fact]
    public async Task If_the_last_one_was_missed_it_is_critical()
    {
        RunsHourly(1, 200, time => time < SevenOClock.AddHours(-1));
        HealthProblem problem = await ProblemAsync(HealthProblemKind.Missed, HealthState.Critical);
        Assert.Equal("2 of 168 executions were missed, the last one at 2026-11-22 07:00:00Z.", problem.Reason);
        Assert.Contains("owner of the schedule is enabled", problem.RecommendedAction);
    }

    [Fact]
    public async Task Executions_at_the_beginning_of_the_period_are_missed_only_if_Mistral_has_older_ones()
    {
        RunsHourly(1, 24);
        ScheduleHealth health = await CheckAsync();
        Assert.Equal((HealthState.Healthy, 24, 0), (health.State, health.Expected, health.Missed));
        Assert.Equal(SevenOClock.AddHours(-23).AddSeconds(-62), health.CountedSince);

        RunsHourly(1, 200, time => time > SevenOClock.AddHours(-24) || time < Now.AddDays(-7));
        health = await CheckAsync();
        Assert.Equal((HealthState.Warning, 168, 144), (health.State, health.Expected, health.Missed));
    }

    [Fact]
    public async Task Nothing_is_missed_before_the_schedule_got_its_present_definition()
    {
        _triggers[0] = Trigger(1, row => row["created_at"] = "2026-11-22 04:30:00");
        RunsHourly(1, 3);
        ScheduleHealth health = await CheckAsync();
        Assert.Equal((HealthState.Healthy, 3, new DateTimeOffset(2026, 11, 22, 4, 30, 0, TimeSpan.Zero)), (health.State, health.Expected, health.CountedSince));
    }

    [Fact]
    public async Task A_new_schedule_that_never_ran_has_missed_its_times()
    {
        _triggers[0] = Trigger(1, row => row["created_at"] = "2026-11-22 04:30:00");
        _executions.Clear();
        _backups.Clear();
        HealthProblem problem = await ProblemAsync(HealthProblemKind.Missed, HealthState.Critical);
        Assert.Equal("3 of 3 executions were missed, the last one at 2026-11-22 07:00:00Z.", problem.Reason);
    }

    [Fact]
    public async Task Without_own_executions_nothing_is_missed_before_the_oldest_one_of_the_project()
    {
        RunsHourly(2, 2);
        _backups.Clear();
        ScheduleHealth health = await CheckAsync();
        Assert.Equal((2, SevenOClock.AddHours(-1).AddSeconds(-2)), (health.Missed, health.CountedSince));
        Assert.Equal(HealthProblemKind.Missed, Assert.Single(health.Problems).Kind);
    }

    [Fact]
    public async Task A_backup_shows_that_deleted_executions_were_not_missed()
    {
        // The last backup is of 07:00, and all executions were deleted since.
        RunsHourly(2, 200);
        Assert.Equal((HealthState.Healthy, 0), ((await CheckAsync()).State, (await CheckAsync()).Missed));
    }

    [Fact]
    public async Task A_late_execution_is_a_warning_and_not_missed()
    {
        RunsHourly(1, 200);
        _executions[3] = Execution(1, SevenOClock.AddHours(-3).AddMinutes(12));
        Assert.Equal("1 of 168 executions started more than a minute late.", (await ProblemAsync(HealthProblemKind.Late, HealthState.Warning)).Reason);
    }

    [Fact]
    public async Task A_time_of_the_last_minute_is_not_missed_yet()
    {
        RunsHourly(1, 200);
        _triggers[0] = Trigger(1, row => row["pattern"] = "0,42 * * * *");
        int expected = (await CheckAsync()).Expected;
        _triggers[0] = Trigger(1, row => row["pattern"] = "0,41 * * * *");
        Assert.Equal(expected + 1, (await CheckAsync()).Expected);
    }

    [Theory]
    [InlineData(1, "The last execution failed: No space left.")]
    [InlineData(3, "The last 3 executions failed: No space left.")]
    public async Task A_failure_of_the_last_executions_is_critical(int failures, string reason)
    {
        for (int i = 0; i < failures; i++)
            _executions[i] = Execution(1, SevenOClock.AddHours(-i).AddSeconds(-2), "ERROR");
        Assert.Equal(reason, (await ProblemAsync(HealthProblemKind.Failed, HealthState.Critical)).Reason);
        Assert.Equal(failures, (await CheckAsync()).FailureStreak);
    }

    [Fact]
    public async Task An_earlier_failure_is_a_warning()
    {
        _executions[5] = Execution(1, SevenOClock.AddHours(-5).AddSeconds(-2), "ERROR");
        HealthProblem problem = await ProblemAsync(HealthProblemKind.Failed, HealthState.Warning);
        Assert.Equal("1 of 168 executions failed, but the last one did not. The last failure: No space left.", problem.Reason);
    }

    [Fact]
    public async Task An_execution_that_still_runs_neither_failed_nor_is_missed()
    {
        _executions[0] = Execution(1, SevenOClock.AddSeconds(-2), "RUNNING");
        Assert.Equal((HealthState.Healthy, 167, 0), ((await CheckAsync()).State, (await CheckAsync()).Succeeded, (await CheckAsync()).Missed));
    }

    [Fact]
    public async Task An_execution_by_hand_counts_but_is_not_one_that_was_due()
    {
        _executions[0] = Execution(1, SevenOClock.AddSeconds(-2), "ERROR", row => row["description"] =
            $$$"""{"trove_schedules": {"started_by": "user"}, "triggered_by": {"type": "cron_trigger", "id": "{{{Rows.TriggerId(1)}}}", "name": "{{{Rows.Id(1)}}}"}}""");
        ScheduleHealth health = await CheckAsync();
        Assert.Equal((1, 1), (health.Missed, health.FailureStreak));
    }

    [Fact]
    public async Task A_backup_whose_deletion_failed_is_not_one_that_failed()
    {
        _backups.Insert(0, Backup(2, SevenOClock.AddMinutes(10), "DELETE_FAILED"));
        Assert.DoesNotContain((await CheckAsync()).Problems, problem => problem.Kind == HealthProblemKind.BackupFailed);
    }

    [Fact]
    public async Task A_backup_that_failed_after_its_execution_succeeded_is_critical()
    {
        _backups.Insert(0, Backup(2, SevenOClock.AddMinutes(10), "FAILED"));
        Assert.Contains(Rows.Id(2), (await ProblemAsync(HealthProblemKind.BackupFailed, HealthState.Critical)).Reason);
    }

    [Fact]
    public async Task A_failed_backup_of_another_name_or_before_the_last_good_one_does_not_matter()
    {
        _backups.Insert(0, Backup(2, SevenOClock.AddMinutes(10), "FAILED", name: "by hand"));
        _backups.Add(Backup(3, SevenOClock.AddHours(-1), "FAILED"));
        Assert.Equal(HealthState.Healthy, (await CheckAsync()).State);
    }

    [Fact]
    public async Task Success_without_any_backup_is_critical_unless_one_is_being_made()
    {
        _backups.Clear();
        await ProblemAsync(HealthProblemKind.NoBackup, HealthState.Critical);
        _backups.Add(Backup(2, SevenOClock, "BUILDING"));
        Assert.Equal(HealthState.Healthy, (await CheckAsync()).State);
    }

    [Fact]
    public async Task A_backup_may_be_no_older_than_the_maximum_age()
    {
        Assert.Equal(HealthState.Healthy, (await CheckAsync(new HealthOptions { MaxAge = TimeSpan.FromHours(1) })).State);
        HealthProblem problem = await ProblemAsync(HealthProblemKind.BackupTooOld, HealthState.Critical, new HealthOptions { MaxAge = TimeSpan.FromMinutes(42) });
        Assert.Equal("The last completed backup of the instance was started at 2026-11-22 07:00:00Z, more than 00:42:00 ago.", problem.Reason);
    }

    [Fact]
    public async Task The_age_is_that_of_the_newest_backup_of_the_instance()
    {
        _backups.Insert(0, Backup(2, SevenOClock.AddMinutes(30), name: "by hand"));
        ScheduleHealth health = await CheckAsync(new HealthOptions { MaxAge = TimeSpan.FromMinutes(30) });
        Assert.Equal((HealthState.Healthy, SevenOClock, SevenOClock.AddMinutes(30)), (health.State, health.LastBackupTime, health.InstanceBackupTime));
    }

    [Fact]
    public async Task Backups_are_read_as_far_back_as_the_maximum_age()
    {
        _triggers[0] = Trigger(1, row => row["pattern"] = "0 0 1 * *");
        _executions.Clear();
        _backups[0] = Backup(1, Now.AddDays(-20));
        Assert.Equal(HealthState.Healthy, (await CheckAsync(new HealthOptions { MaxAge = TimeSpan.FromDays(31) })).State);
        Assert.Equal("The instance has no completed backup that is younger than 1 day.", (await CheckAsync(new HealthOptions { MaxAge = TimeSpan.FromDays(1) })).Problems[0].Reason);
    }

    [Theory]
    [InlineData("SHUTDOWN", true)]
    [InlineData("ERROR", true)]
    [InlineData("BACKUP", false)]
    [InlineData("HEALTHY", false)]
    public async Task An_instance_that_is_not_active_is_a_warning(string status, bool isProblem)
    {
        _instances[0] = Rows.Instance(900, "m", status);
        if (isProblem)
            Assert.Equal($"The instance is {status}, not ACTIVE, so Trove may refuse its backups.", (await ProblemAsync(HealthProblemKind.InstanceNotActive, HealthState.Warning)).Reason);
        else
            Assert.Equal(HealthState.Healthy, (await CheckAsync()).State);
    }

    [Fact]
    public async Task An_instance_that_is_gone_is_critical()
    {
        _instances[0] = Rows.Instance(901);
        ScheduleHealth health = await CheckAsync(new HealthOptions { MaxAge = TimeSpan.FromMinutes(1) });
        Assert.Equal(HealthProblemKind.InstanceGone, Assert.Single(health.Problems).Kind);
        Assert.Equal((null, null, HealthState.Critical), (health.InstanceName, health.InstanceStatus, health.State));
    }

    [Fact]
    public async Task If_the_instances_cannot_be_listed_the_others_are_checked_and_the_status_is_unknown()
    {
        ScriptedCloud cloud = Cloud().Always(InstancesRoute, Answers.Json(500, """{"instanceFault": {"code": 500, "message": "broken"}}"""));
        ScheduleHealth health = Assert.Single(await CheckAllAsync(cloud: cloud));
        Assert.Equal((HealthState.Unknown, HealthProblemKind.NotChecked), (health.State, Assert.Single(health.Problems).Kind));
        Assert.StartsWith("The instances could not be listed, so their status is unknown:", Assert.Single(_warnings));
    }

    [Fact]
    public async Task A_parent_that_is_gone_is_critical()
    {
        _triggers[0] = Trigger(1, row => row["workflow_input"] = $$"""{"instance": "{{Rows.Id(900)}}", "name": "b", "description": null, "parent_id": "{{Rows.Id(77)}}"}""");
        ScriptedCloud cloud = Cloud().Always($"{BackupsRoute}/{Rows.Id(77)}", Answers.TroveNotFound);
        ScheduleHealth health = Assert.Single(await CheckAllAsync(cloud: cloud));
        Assert.Equal((HealthState.Critical, HealthProblemKind.ParentGone), (health.State, Assert.Single(health.Problems).Kind));

        cloud = Cloud().Always($"{BackupsRoute}/{Rows.Id(77)}", Answers.Ok($$"""{"backup": {{Rows.Backup(77)}}}"""));
        Assert.Equal(HealthState.Healthy, Assert.Single(await CheckAllAsync(cloud: cloud)).State);
    }

    [Fact]
    public async Task An_overdue_schedule_is_critical_and_the_advice_depends_on_the_others()
    {
        string overdue = Trigger(1, row => row["next_execution_time"] = "2026-11-22 07:00:00");
        _triggers[0] = overdue;
        _executions.RemoveAt(0);
        ScheduleHealth health = await CheckAsync();
        Assert.Equal([HealthProblemKind.Overdue, HealthProblemKind.Missed], health.Problems.Select(problem => problem.Kind));
        Assert.Contains("Mistral's engine", health.Problems[0].RecommendedAction);

        _triggers.Add(Trigger(2));
        Assert.Contains("role", (await CheckAllAsync()).Single(one => one.ScheduleId == Rows.Id(1)).Problems[0].RecommendedAction);
    }

    [Theory]
    [InlineData(null, "without a time at which it is to be resumed")]
    [InlineData("2026-11-22T07:00:00Z", "was to be resumed at 2026-11-22 07:00:00Z")]
    [InlineData("2026-11-22T09:00:00Z", null)]
    public async Task A_suspended_schedule_misses_nothing_and_needs_a_time_for_its_resumption(string? until, string? reason)
    {
        string suspension = until is null ? """{"since": "2026-11-21T00:00:00Z"}""" : $$"""{"since": "2026-11-21T00:00:00Z", "until": "{{until}}"}""";
        _triggers[0] = Trigger(1, row =>
        {
            row["first_execution_time"] = "9999-12-31 23:59:00";
            row["next_execution_time"] = "9999-12-31 23:59:00";
            row["workflow_params"] = """{"env": {"trove_schedules": {"version": 1, "suspension": """ + suspension + "}}}";
        });
        RunsHourly(1, 200, time => time.Day < 21);
        ScheduleHealth health = await CheckAsync();
        Assert.Equal((0, 0, (DateTimeOffset?)null), (health.Expected, health.Missed, health.CountedSince));
        if (reason is null)
            Assert.Equal(HealthState.Healthy, health.State);
        else
            Assert.Contains(reason, (await ProblemAsync(HealthProblemKind.Suspended, HealthState.Warning)).Reason);
    }

    [Fact]
    public async Task Executions_of_the_triggers_before_a_change_count()
    {
        _triggers[0] = Trigger(1, row =>
        {
            row["created_at"] = "2026-11-22 06:30:00";
            row["workflow_params"] = $$$"""{"env": {"trove_schedules": {"version": 1, "earlier_triggers": ["{{{Rows.TriggerId(8)}}}"], "created_at": "2026-11-10T00:00:00Z"} } }""";
        });
        RunsHourly(8, 200, time => time < SevenOClock);
        _executions[0] = Execution(8, SevenOClock.AddHours(-1).AddSeconds(-2), "ERROR");
        _executions.Insert(0, Execution(1, SevenOClock.AddSeconds(-2), "ERROR"));
        ScheduleHealth health = await CheckAsync();
        Assert.Equal((1, 0, 2, 166), (health.Expected, health.Missed, health.FailureStreak, health.Succeeded));
    }

    [Theory]
    [InlineData(50, 44, false)]
    [InlineData(50, 45, true)]
    [InlineData(0, 1, true)]
    [InlineData(-1, 99, false)]
    public async Task The_quota_is_nearly_used_from_nine_tenths_on(int quota, int backups, bool isProblem)
    {
        _quota = quota;
        _backups.AddRange(Enumerable.Range(2, backups - 1).Select(number => Backup(number, SevenOClock.AddHours(-number))));
        Assert.Equal(isProblem ? [HealthProblemKind.QuotaNearlyUsed] : [], (await CheckAsync()).Problems.Select(problem => problem.Kind));
    }

    [Fact]
    public async Task A_quota_that_cannot_be_read_is_a_warning_and_not_a_failure()
    {
        ScriptedCloud cloud = Cloud().Always(LimitsRoute, Answers.Json(403, """{"forbidden": {"code": 403, "message": "no"}}"""));
        Assert.Equal(HealthState.Healthy, Assert.Single(await CheckAllAsync(cloud: cloud)).State);
        Assert.StartsWith("The quota of backups could not be checked:", Assert.Single(_warnings));
    }

    [Fact]
    public async Task A_pattern_that_cannot_be_read_is_unknown()
    {
        _triggers[0] = Trigger(1, row => row["pattern"] = "0 0 31 2 *x");
        ScheduleHealth health = await CheckAsync();
        Assert.Equal((HealthState.Unknown, HealthProblemKind.NotChecked, 0), (health.State, Assert.Single(health.Problems).Kind, health.Missed));
    }

    [Fact]
    public async Task Instances_without_a_schedule_are_included_on_request()
    {
        _instances.Add(Rows.Instance(901, "bare"));
        Assert.Single(await CheckAllAsync());
        IReadOnlyList<ScheduleHealth> all = await CheckAllAsync(new HealthOptions { IncludeUnscheduled = true, MaxAge = TimeSpan.FromDays(1) });
        Assert.Equal(["bare", "m"], all.Select(health => health.InstanceName));
        Assert.Equal((null, HealthState.Critical), (all[0].ScheduleId, all[0].State));
        Assert.Equal([HealthProblemKind.BackupTooOld, HealthProblemKind.NotScheduled], all[0].Problems.Select(problem => problem.Kind));
    }

    [Fact]
    public async Task The_worst_come_first()
    {
        _triggers.Add(Trigger(2, instance: 901));
        _triggers.Add(Trigger(3, instance: 902));
        _instances.Add(Rows.Instance(902, "a", "SHUTDOWN"));
        IReadOnlyList<ScheduleHealth> all = await CheckAllAsync();
        Assert.Equal([HealthState.Critical, HealthState.Critical, HealthState.Healthy], all.Select(health => health.State));
        Assert.Equal(Rows.Id(1), all[2].ScheduleId);
    }

    [Fact]
    public async Task Given_schedules_are_read_again_and_one_that_is_gone_is_a_warning()
    {
        using CloudSession session = await Cloud().ConnectAsync();
        BackupSchedule read = Assert.Single(await session.Schedules.CreateListing().AllAsync());
        var gone = new BackupSchedule { Id = Rows.Id(5), TriggerId = Rows.TriggerId(5), Input = "{}" };
        ScheduleHealth health = Assert.Single(await session.Schedules.CheckHealthAsync([read, gone, read], null, _warnings.Add));
        Assert.Equal(read.Id, health.ScheduleId);
        Assert.Equal($"The schedule '{gone.Id}' does not exist any more.", Assert.Single(_warnings));
    }

    [Fact]
    public async Task A_failure_of_one_listing_ends_the_others_and_is_the_error()
    {
        ScriptedCloud cloud = Cloud().Always(BackupsRoute, Answers.Json(403, """{"forbidden": {"code": 403, "message": "no"}}""")).Always(Rows.ExecutionsRoute, Answers.Silence);
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => CheckAllAsync(cloud: cloud));
        Assert.Equal(TroveErrorKind.Forbidden, error.Kind);
    }

    [Fact]
    public void Options_are_checked()
    {
        new HealthOptions { Since = Now.AddTicks(-1), MaxAge = TimeSpan.FromTicks(1) }.Check(Now);
        Assert.Equal("InvalidSince", Assert.Throws<TroveScheduleException>(() => new HealthOptions { Since = Now }.Check(Now)).ErrorId);
        Assert.Equal("InvalidMaxAge", Assert.Throws<TroveScheduleException>(() => new HealthOptions { MaxAge = TimeSpan.Zero }.Check(Now)).ErrorId);
        Assert.Equal("InvalidMaxAge", Assert.Throws<TroveScheduleException>(() => new HealthOptions { MaxAge = TimeSpan.MaxValue }.Check(Now)).ErrorId);
    }
}
