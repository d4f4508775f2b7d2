using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.Tests.Http;
using Xunit;

namespace TroveSchedules.Tests.Operations;

/// <summary>Which backups may be deleted, how Trove is asked, and which old executions go.</summary>
public sealed class RemovalTests
{
    private const string BackupsRoute = "GET " + Rows.TrovePath + "/backups";

    private static string Row(int number, int? parent = null, string status = "COMPLETED", int instance = 900, int? day = null) => Rows.Backup(number, row =>
    {
        row["created"] = $"2026-11-{day ?? number:00}T08:00:00";
        row["parent_id"] = parent is { } id ? Rows.Id(id) : null;
        row["status"] = status;
        row["instance_id"] = Rows.Id(instance);
    });

    private static Answer Backups(params string[] rows) => Answers.Ok($$"""{"backups": [{{string.Join(",", rows)}}]}""");

    private static string DeleteRoute(int number) => $"DELETE {Rows.TrovePath}/backups/{Rows.Id(number)}";

    private static async Task<(string[] Deleted, string[] Refused, ScriptedCloud Cloud)> PrepareAsync(string[] rows, int[] requested, bool force = false)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(BackupsRoute, Backups(rows));
        using CloudSession session = await cloud.ConnectAsync();
        IReadOnlyList<BackupRemoval> removals = await session.Backups.PrepareRemovalAsync([.. requested.Select(Rows.Id)], force);
        string Short(string id) => id.Substring(id.Length - 2).TrimStart('0');
        return ([.. removals.Where(one => one.Error is null).Select(one => $"{Short(one.Id)}+{one.Increments.Count}")], [.. removals.Where(one => one.Error is not null).Select(one => $"{Short(one.Id)} {one.Error!.ErrorId}")], cloud);
    }

    [Fact]
    public async Task One_listing_answers_for_a_whole_pipeline()
    {
        (string[] deleted, string[] refused, ScriptedCloud cloud) = await PrepareAsync([Row(9), Row(3), Row(2), Row(1), Row(8, instance: 901), Row(4, instance: 901)], [1, 2, 3, 4, 1, 77]);
        Assert.Equal(["1+0", "2+0", "3+0", "4+0"], deleted);
        Assert.Equal(["77 BackupNotFound"], refused);
        RecordedRequest request = Assert.Single(cloud.Requests);
        Assert.Equal("1000", request.Parameters["limit"]);
        Assert.False(request.Parameters.ContainsKey("instance_id"));
    }

    [Fact]
    public async Task Nothing_to_delete_sends_no_request() => Assert.Empty((await PrepareAsync([], [])).Cloud.Requests);

    [Fact]
    public async Task A_chain_goes_whole_with_one_request_in_any_order()
    {
        foreach (int[] order in new[] { new[] { 1, 2, 3 }, [3, 2, 1], [2, 3, 1] })
        {
            (string[] deleted, string[] refused, _) = await PrepareAsync([Row(9), Row(3, 2), Row(2, 1), Row(1)], order);
            Assert.Equal(["1+2"], deleted);
            Assert.Empty(refused);
        }
    }

    [Fact]
    public async Task Two_chains_are_two_requests() =>
        Assert.Equal(["4+1", "1+1"], (await PrepareAsync([Row(9), Row(5, 4), Row(4), Row(2, 1), Row(1)], [5, 4, 1, 2])).Deleted);

    [Fact]
    public async Task A_parent_stays_if_an_increment_of_it_stays()
    {
        (string[] deleted, string[] refused, _) = await PrepareAsync([Row(9), Row(3, 2), Row(2, 1), Row(1)], [1, 2]);
        Assert.Equal((0, "1 BackupHasIncrements, 2 BackupHasIncrements"), (deleted.Length, string.Join(", ", refused)));
        // The last increment alone can go.
        Assert.Equal(["3+0"], (await PrepareAsync([Row(9), Row(3, 2), Row(2, 1), Row(1)], [3])).Deleted);
        Assert.Equal(["1+2"], (await PrepareAsync([Row(9), Row(3, 2), Row(2, 1), Row(1)], [1], force: true)).Deleted);
    }

    [Fact]
    public async Task An_increment_of_another_instance_counts() =>
        Assert.Equal(["1 BackupHasIncrements"], (await PrepareAsync([Row(9), Row(8, 1, instance: 901), Row(1)], [1])).Refused);

    [Fact]
    public async Task The_last_completed_backup_of_an_instance_stays_and_so_do_its_parents()
    {
        string[] rows = [Row(9, status: "FAILED"), Row(8, status: "BUILDING", instance: 901), Row(3, 2), Row(2), Row(1), Row(4, instance: 901)];
        (string[] deleted, string[] refused, _) = await PrepareAsync(rows, [1, 2, 3, 4, 9]);
        Assert.Equal(["1+0", "9+0"], deleted);
        Assert.Equal(["2 LastBackup", "3 LastBackup", "4 LastBackup"], refused);
        (deleted, refused, _) = await PrepareAsync(rows, [1, 2, 3, 4, 9], force: true);
        Assert.Equal(["1+0", "2+1", "4+0", "9+0"], deleted);
        Assert.Empty(refused);
    }

    [Fact]
    public async Task The_last_backup_is_that_of_the_fresh_listing_not_of_an_old_plan()
    {
        // A plan wanted to keep 5, which somebody has deleted since.
        Assert.Equal(["4 LastBackup"], (await PrepareAsync([Row(4), Row(3)], [3, 4])).Refused);
    }

    [Fact]
    public async Task A_backup_that_is_being_made_stays_even_by_force()
    {
        foreach (bool force in new[] { false, true })
        {
            foreach (string status in new[] { "NEW", "BUILDING", "SAVING" })
                Assert.Equal(["1 BackupInProgress", "2 BackupInProgress"], (await PrepareAsync([Row(9), Row(2, 1, status), Row(1)], [1, 2], force)).Refused);
        }
    }

    private static Answer PageOf(params string[] rows) =>
        Answers.Ok($$"""{"backups": [{{string.Join(",", rows)}}], "links": [{"rel": "next", "href": "https://cloud:8779/v1.0/x/backups?marker=2&limit=2"}]}""");

    [Fact]
    public async Task A_backup_that_a_page_hid_because_others_were_deleted_is_found_by_a_second_listing()
    {
        // The marker of backups is a number of rows. While the second page is requested, 9 is deleted, so that 2, the increment of 1, moves to the first page.
        ScriptedCloud cloud = new ScriptedCloud().On(BackupsRoute, PageOf(Row(9), Row(8)), Backups(Row(2, 1), Row(1)), PageOf(Row(8), Row(2, 1)), Backups(Row(2, 1), Row(1)));
        using CloudSession session = await cloud.ConnectAsync();
        BackupRemoval removal = Assert.Single(await session.Backups.PrepareRemovalAsync([Rows.Id(1)]));
        Assert.Equal("BackupHasIncrements", removal.Error?.ErrorId);
        Assert.Equal([null, "1", null, "1"], cloud.Requests.Select(request => request.Parameters.GetValueOrDefault("marker")));
    }

    [Fact]
    public async Task Pages_overlap_by_a_row_which_counts_once()
    {
        ScriptedCloud cloud = new ScriptedCloud().On(BackupsRoute, PageOf(Row(9), Row(3, 1)), PageOf(Row(3, 1), Row(2, 1)), Backups(Row(2, 1), Row(1)));
        using CloudSession session = await cloud.ConnectAsync();
        BackupRemoval removal = Assert.Single(await session.Backups.PrepareRemovalAsync([Rows.Id(1), Rows.Id(2), Rows.Id(3)]));
        Assert.Equal([Rows.Id(3), Rows.Id(2)], removal.Increments.Select(increment => increment.Id));
        Assert.Equal([null, "1", "2"], cloud.Requests.Select(request => request.Parameters.GetValueOrDefault("marker")));
    }

    [Fact]
    public async Task If_the_backups_never_stop_changing_nothing_is_deleted()
    {
        ScriptedCloud cloud = new ScriptedCloud().On(BackupsRoute, [.. Enumerable.Range(0, 5).SelectMany(_ => new[] { PageOf(Row(9), Row(8)), Backups(Row(1)) })]);
        using CloudSession session = await cloud.ConnectAsync();
        var error = await Assert.ThrowsAsync<TroveScheduleException>(() => session.Backups.PrepareRemovalAsync([Rows.Id(1)]));
        Assert.Equal((TroveErrorKind.Conflict, "BackupsChanging"), (error.Kind, error.ErrorId));
    }

    [Fact]
    public async Task Errors_name_the_backup_the_rule_and_the_way_out()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(BackupsRoute, Backups(Row(9, 8, "SAVING"), Row(8), Row(7, 1), Row(6, 1), Row(5, 1), Row(4, 1), Row(1)));
        using CloudSession session = await cloud.ConnectAsync();
        string[] messages = [.. (await session.Backups.PrepareRemovalAsync([Rows.Id(1), Rows.Id(8), Rows.Id(9)])).Select(one => one.Error!.Message)];
        Assert.Equal(
            [
                $"The backup '{Rows.Id(1)}' was not deleted, because Trove would delete 4 increments with it: {Rows.Id(7)}, {Rows.Id(6)}, {Rows.Id(5)} …. Delete its increments in the same command, or force the deletion.",
                $"The backup '{Rows.Id(8)}' cannot be deleted, because Trove is making its increment '{Rows.Id(9)}' (SAVING). Wait until the backup has ended, then delete it.",
                $"The backup '{Rows.Id(9)}' cannot be deleted, because Trove is making it (SAVING). Wait until the backup has ended, then delete it.",
            ], messages);
    }

    private static async Task<Backup> ReadAsync(CloudSession session, int number) => (await session.Backups.PrepareRemovalAsync([Rows.Id(number)])).Single().Backup!;

    [Fact]
    public async Task A_deletion_succeeds_only_on_the_status_that_the_api_documents()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(BackupsRoute, Backups(Row(9), Row(1))).On(DeleteRoute(1), Answers.Status(202)).Always(DeleteRoute(1), Answers.Status(204));
        using CloudSession session = await cloud.ConnectAsync();
        Backup backup = await ReadAsync(session, 1);
        await session.Backups.DeleteAsync(backup);
        cloud.Always($"GET {Rows.TrovePath}/backups/{Rows.Id(1)}", Answers.Ok($$"""{"backup": {{Row(1)}}}"""));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => session.Backups.DeleteAsync(backup));
        Assert.Equal((TroveErrorKind.ProtocolError, true), (error.Kind, error.MayHaveHappened));
    }

    [Fact]
    public async Task A_404_is_success_only_after_an_attempt_whose_outcome_is_unknown()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(BackupsRoute, Backups(Row(9), Row(1))).On(DeleteRoute(1), Answers.Reset, Answers.TroveNotFound, Answers.TroveNotFound);
        using CloudSession session = await cloud.ConnectAsync();
        Backup backup = await ReadAsync(session, 1);
        await session.Backups.DeleteAsync(backup);
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => session.Backups.DeleteAsync(backup));
        Assert.Equal(("BackupNotFound", backup), (error.ErrorId, error.Target));
    }

    [Fact]
    public async Task After_an_error_of_the_server_Trove_may_still_be_deleting()
    {
        Answer broken = Answers.Json(500, """{"instanceFault": {"code": 500, "message": "Internal Server Error."}}""");
        ScriptedCloud cloud = new ScriptedCloud().Always(BackupsRoute, Backups(Row(9), Row(1))).Always(DeleteRoute(1), broken)
            .On($"GET {Rows.TrovePath}/backups/{Rows.Id(1)}", Answers.Ok($$"""{"backup": {{Row(1)}}}"""), Answers.TroveNotFound);
        using CloudSession session = await cloud.ConnectAsync();
        Backup backup = await ReadAsync(session, 1);
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => session.Backups.DeleteAsync(backup));
        Assert.Equal((true, TroveErrorKind.Unavailable), (error.MayHaveHappened, error.Kind));
        Assert.StartsWith($"The backup '{Rows.Id(1)}' still exists. ", error.Message);
        Assert.Contains($"Trove may still be deleting it: look for the backup '{Rows.Id(1)}' before you repeat the request.", error.Message);
        await session.Backups.DeleteAsync(backup); // It is gone.
    }

    [Fact]
    public async Task A_backup_of_another_cloud_or_project_is_refused_without_a_request()
    {
        var cloud = new ScriptedCloud();
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Equal("OtherCloud", (await ScriptedCloud.FailureOf(() => session.Backups.DeleteAsync(new Backup { Id = Rows.Id(1), Status = "COMPLETED", Origin = "http://elsewhere:5000 RegionOne" }))).ErrorId);
        Assert.Equal("OtherProject", (await ScriptedCloud.FailureOf(() => session.Backups.DeleteAsync(new Backup { Id = Rows.Id(1), Status = "COMPLETED", ProjectId = Rows.Other }))).ErrorId);
        Assert.Empty(cloud.Requests);
    }

    [Fact]
    public async Task A_plan_of_many_instances_and_schedules_needs_one_listing()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(BackupsRoute, Backups(Row(9), Row(8), Row(7, instance: 901), Row(6, instance: 901), Row(5, 6, instance: 902)));
        using CloudSession session = await cloud.ConnectAsync();
        RetentionPlanner planner = session.Backups.CreateRetentionPlanner(new RetentionRules { KeepLast = 1 });
        IReadOnlyList<BackupRetentionDecision> all = await planner.PlanAllAsync();
        Assert.Equal([RetentionAction.Keep, RetentionAction.Remove, RetentionAction.Keep, RetentionAction.Keep, RetentionAction.Keep], all.Select(one => one.Action));
        Assert.Equal((RetentionRule.KeptIncrement, Rows.Id(6)), (all[3].Rule, all[3].Id)); // Its increment is of another instance.
        Assert.Equal(2, (await planner.PlanInstanceAsync(Rows.Id(901))).Count);
        var schedule = new BackupSchedule { Id = Rows.Id(1), TriggerId = Rows.TriggerId(1), Input = "{}", InstanceId = Rows.Id(900), Name = "b" };
        Assert.All(await planner.PlanScheduleAsync(schedule), one => Assert.Equal((schedule.Id, ScriptedCloud.Project, "http://cloud:5000 RegionOne"), (one.ScheduleId, one.ProjectId, one.Origin)));
        Assert.Empty(await planner.PlanScheduleAsync(schedule)); // Its backups have been decided about.
        Assert.Equal("InvalidInstance", (await ScriptedCloud.FailureOf(() => planner.PlanScheduleAsync(new BackupSchedule { Id = "x", TriggerId = "x", Input = "{}" }))).ErrorId);
        Assert.Single(cloud.Requests);
    }

    private static async Task<(string Numbers, ScriptedCloud Cloud)> ExpiredAsync(ExecutionRetention retention, params string[] rows)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Rows.ExecutionsRoute, Answers.Ok(Rows.Executions(rows)));
        using CloudSession session = await cloud.ConnectAsync();
        var schedule = new BackupSchedule { Id = Rows.Id(1), TriggerId = Rows.TriggerId(1), Input = "{}" };
        var found = new List<int>();
        await foreach (ScheduleExecution execution in session.Executions.ListExpiredAsync(schedule, retention))
            found.Add(int.Parse(execution.Id.Substring(24), System.Globalization.CultureInfo.InvariantCulture));
        return (string.Join(" ", found), cloud);
    }

    private static string Run(int day, string state = "SUCCESS") => Rows.Execution(day, change: row => (row["created_at"], row["state"]) = ($"2026-11-{day:00} 07:35:58", state));

    [Fact]
    public async Task Old_executions_are_those_beyond_the_number_and_before_the_time()
    {
        string[] rows = [Run(9), Run(8, "ERROR"), Run(7), Run(6, "RUNNING"), Run(5), Run(4, "PAUSED"), Run(3, "CANCELLED")];
        var sixth = new DateTimeOffset(2026, 11, 5, 7, 35, 58, TimeSpan.Zero);
        Assert.Equal("7 5 3", (await ExpiredAsync(new ExecutionRetention { KeepLast = 2 }, rows)).Numbers);
        Assert.Equal("7 6 5 4 3", (await ExpiredAsync(new ExecutionRetention { KeepLast = 2, IncludeUnfinished = true }, rows)).Numbers);
        Assert.Equal("3", (await ExpiredAsync(new ExecutionRetention { KeepLast = 2, OlderThan = sixth }, rows)).Numbers);
        Assert.Equal("", (await ExpiredAsync(new ExecutionRetention { KeepLast = 7, OlderThan = sixth }, rows)).Numbers);
        (string numbers, ScriptedCloud cloud) = await ExpiredAsync(new ExecutionRetention { OlderThan = sixth }, rows);
        Assert.Equal("3", numbers);
        Assert.Equal("lt:2026-11-05 07:35:59", Assert.Single(cloud.Requests).Parameters["created_at"]);
    }

    [Fact]
    public async Task Rules_for_executions_that_say_nothing_are_refused_before_a_request()
    {
        foreach (ExecutionRetention retention in new[] { new ExecutionRetention(), new ExecutionRetention { KeepLast = 0 }, new ExecutionRetention { KeepLast = -1, OlderThan = DateTimeOffset.MaxValue } })
        {
            var cloud = new ScriptedCloud();
            using CloudSession session = await cloud.ConnectAsync();
            Assert.Equal("InvalidRetention", Assert.Throws<TroveScheduleException>(() => { session.Executions.ListExpiredAsync("x", retention); }).ErrorId);
            Assert.Empty(cloud.Requests);
        }
    }
}
