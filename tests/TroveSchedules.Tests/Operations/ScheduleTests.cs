using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.Tests.Http;
using Xunit;

namespace TroveSchedules.Tests.Operations;

public sealed class ScheduleTests
{
    private static readonly string ReplacementRoute = $"GET {Rows.TriggersPath}/{ScheduleMetadata.ReplacementNameOf(Rows.Id(1))}";

    private static async Task<T> With<T>(ScriptedCloud cloud, Func<BackupSchedules, Task<T>> act)
    {
        using CloudSession session = await cloud.ConnectAsync();
        return await act(session.Schedules);
    }

    private static Task<IReadOnlyList<BackupSchedule>> List(ScriptedCloud cloud, string? instance = null, bool allProjects = false) =>
        With(cloud, schedules => schedules.ListAsync(instance, allProjects));

    private static Task<BackupSchedule> Get(ScriptedCloud cloud, string id, bool allProjects = false) =>
        With(cloud, schedules => schedules.GetAsync(id, allProjects));

    private static Task Delete(ScriptedCloud cloud, BackupSchedule schedule, bool allProjects = false) => With(cloud, async schedules =>
    {
        await schedules.DeleteAsync(schedule, allProjects);
        return 0;
    });

    private static BackupSchedule Schedule(string triggerId = "8d4fb899-0000-4000-8000-000000000001", string? project = ScriptedCloud.Project) =>
        new() { Id = Rows.Id(1), TriggerId = triggerId, Input = "{}", ProjectId = project };

    private static string At(int number, string? next) => Rows.Trigger(number, row => row["next_execution_time"] = next);

    [Fact]
    public async Task Schedules_are_ordered_by_their_next_time_with_nulls_last()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Rows.TriggersRoute, Answers.Ok(Rows.Triggers(
            At(5, null), At(4, "2026-11-22 09:00:00"), At(3, "2026-11-22 08:00:00"), At(1, "2026-11-22 09:00:00"), At(2, "2026-11-22 07:50:00"))));
        Assert.Equal([2, 3, 1, 4, 5], (await List(cloud)).Select(schedule => int.Parse(schedule.Id[^2..])));
    }

    [Fact]
    public async Task The_list_request_has_a_workflow_filter_a_stable_order_the_needed_columns_and_a_limit()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Rows.TriggersRoute, Answers.Ok(Rows.Triggers()));
        Assert.Empty(await List(cloud));
        Assert.Equal("?workflow_name=eq%3Atrove.backup_create&sort_keys=created_at%2Cid&sort_dirs=asc%2Casc"
            + "&fields=id%2Cname%2Cworkflow_name%2Cworkflow_input%2Cworkflow_params%2Cproject_id%2Cpattern%2Cremaining_executions%2Cfirst_execution_time%2Cnext_execution_time%2Ccreated_at%2Cupdated_at&limit=1000", Assert.Single(cloud.Requests).Query);
    }

    [Fact]
    public async Task A_schedule_has_all_values_of_the_response()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Rows.TriggersRoute, Answers.Ok(Rows.Triggers(Rows.Trigger(1, row =>
        {
            row["workflow_input"] = $$"""{"instance": "{{Rows.Id(900)}}", "name": "\u65e5 \ud83d\ude00", "description": "d", "parent_id": "p", "incremental": true}""";
            row["remaining_executions"] = 3;
            row["updated_at"] = "2026-11-22 07:43:00.123456";
            row["first_execution_time"] = "2026-11-22 07:43:00";
        }))));
        BackupSchedule schedule = Assert.Single(await List(cloud));
        Assert.Equal((Rows.Id(1), Rows.TriggerId(1), "日 😀", Rows.Id(900), "d", "p"), (schedule.Id, schedule.TriggerId, schedule.Name, schedule.InstanceId, schedule.Description, schedule.ParentId));
        Assert.Equal((true, "*/2 * * * *", 3, ScriptedCloud.Project), (schedule.Incremental, schedule.Pattern, schedule.RemainingExecutions, schedule.ProjectId));
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 7, 43, 0, 123, 456, TimeSpan.Zero), schedule.UpdatedAt);
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 7, 42, 31, TimeSpan.Zero), schedule.CreatedAt);
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 7, 43, 0, TimeSpan.Zero), schedule.FirstExecutionTime);
        Assert.False(schedule.IsStuck);
        Assert.Equal(Rows.Id(1), schedule.ToString());
    }

    [Fact]
    public async Task A_pattern_without_occurrences_is_shown_if_there_is_no_first_time()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Rows.TriggersRoute, Answers.Ok(Rows.Triggers(Rows.Trigger(1, row => row["pattern"] = "0 0 30 2 0"))));
        Assert.Equal("0 0 30 2 0", Assert.Single(await List(cloud)).Pattern);
    }

    [Fact]
    public async Task Schedules_of_an_instance_are_found_by_its_id_without_a_request_to_Trove()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Rows.TriggersRoute, Answers.Ok(Rows.Triggers(
            Rows.Trigger(1), Rows.Trigger(2, row => row["workflow_input"] = $$"""{"instance": "{{Rows.Id(901)}}"}"""), Rows.Trigger(3, row => row["workflow_input"] = null))));
        Assert.Equal(Rows.Id(1), Assert.Single(await List(cloud, Rows.Id(900))).Id);
        Assert.Single(cloud.Requests);
    }

    [Fact]
    public async Task Schedules_of_an_instance_are_found_by_its_name()
    {
        ScriptedCloud cloud = new ScriptedCloud().WithInstance().Always(Rows.TriggersRoute, Answers.Ok(Rows.Triggers(Rows.Trigger(1))));
        Assert.Single(await List(cloud, "m"));
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => List(cloud, "n"));
        Assert.Equal("InstanceNotFound", error.ErrorId);
    }

    [Fact]
    public async Task A_lookup_by_name_sends_requests_to_Trove_and_Mistral_at_the_same_time()
    {
        var trove = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var mistral = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Answer WaitForBoth(TaskCompletionSource here, TaskCompletionSource there, Answer answer) => async (request, token) =>
        {
            here.TrySetResult();
            await there.Task.WaitAsync(TimeSpan.FromSeconds(30), token);
            return await answer(request, token);
        };
        ScriptedCloud cloud = new ScriptedCloud()
            .Always($"GET {Rows.TrovePath}/instances", WaitForBoth(trove, mistral, Answers.Ok(Rows.Instances(Rows.Instance(900)))))
            .Always(Rows.TriggersRoute, WaitForBoth(mistral, trove, Answers.Ok(Rows.Triggers(Rows.Trigger(1)))));
        Assert.Equal(Rows.Id(1), Assert.Single(await List(cloud, "m")).Id);
        Assert.Equal(2, cloud.Requests.Count);
    }

    [Fact]
    public async Task If_both_requests_fail_the_error_of_the_instance_is_reported()
    {
        ScriptedCloud cloud = new ScriptedCloud().WithInstance().Always(Rows.TriggersRoute, Answers.Json(403, "{}"));
        Assert.Equal("InstanceNotFound", (await ScriptedCloud.FailureOf(() => List(cloud, "n"))).ErrorId);
        Assert.Equal(TroveErrorKind.Forbidden, (await ScriptedCloud.FailureOf(() => List(cloud, "m"))).Kind);
    }

    [Fact]
    public async Task An_instance_without_schedules_returns_none_and_an_unknown_one_is_an_error()
    {
        ScriptedCloud cloud = new ScriptedCloud().WithInstance().Always(Rows.TriggersRoute, Answers.Ok(Rows.Triggers()))
            .Always($"GET {Rows.TrovePath}/instances/{Rows.Id(7)}", Answers.Json(404, """{"itemNotFound": {"code": 404, "message": "Resource cannot be found."}}"""));
        Assert.Empty(await List(cloud, Rows.Id(900)));
        Assert.Equal("InstanceNotFound", (await ScriptedCloud.FailureOf(() => List(cloud, Rows.Id(7)))).ErrorId);
    }

    [Fact]
    public async Task An_instance_name_in_the_form_of_an_id_is_found()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Rows.TriggersRoute, Answers.Ok(Rows.Triggers(Rows.Trigger(1))))
            .Always($"GET {Rows.TrovePath}/instances/{Rows.Id(7)}", Answers.TroveNotFound)
            .Always($"GET {Rows.TrovePath}/instances", Answers.Ok(Rows.Instances(Rows.Instance(900, Rows.Id(7)))));
        Assert.Equal(Rows.Id(900), Assert.Single(await List(cloud, Rows.Id(7))).InstanceId);
    }

    [Fact]
    public async Task A_schedule_is_read_by_its_id_together_with_the_rest_of_a_change()
    {
        ScriptedCloud cloud = new ScriptedCloud().On($"GET {Rows.TriggersPath}/{Rows.Id(1)}", Answers.Ok(Rows.Trigger())).On(ReplacementRoute, Answers.NotFound);
        Assert.Equal(Rows.TriggerId(1), (await Get(cloud, Rows.Id(1))).TriggerId);
        Assert.Equal(2, cloud.Requests.Count);
    }

    [Theory]
    [InlineData("nightly")]
    [InlineData("in:prod")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("a?b#c%2Fd")]
    [InlineData("")]
    public async Task A_trigger_name_from_another_client_is_found_by_filter_and_never_put_into_a_path(string name)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Rows.TriggersRoute, Answers.Ok(Rows.Triggers(
            Rows.Trigger(1, row => row["name"] = name.ToUpperInvariant() + "X"), Rows.Trigger(2, row => row["name"] = name.Length == 0 ? "x" : name))));
        if (name.Length == 0)
            Assert.Equal("ScheduleNotFound", (await ScriptedCloud.FailureOf(() => Get(cloud, name))).ErrorId);
        else
            Assert.Equal(Rows.TriggerId(2), (await Get(cloud, name)).TriggerId);
        if (name.Length > 0)
            Assert.Equal("eq:" + name, Assert.Single(cloud.Requests).Parameters["name"]);
        else
            Assert.Empty(cloud.Requests);
    }

    public static TheoryData<string> ImpossibleNames => [new string('a', 256), new string('%', 10_000), "a\ud83d", "\ude00a", "\ude00\ud83d"];

    [Theory]
    [MemberData(nameof(ImpossibleNames), DisableDiscoveryEnumeration = true)]
    public async Task An_impossible_name_is_not_found_without_a_request(string name)
    {
        ScriptedCloud cloud = new();
        Assert.Equal(("ScheduleNotFound", name), await Of(await ScriptedCloud.FailureOf(() => Get(cloud, name))));
        Assert.Equal(("ScheduleNotFound", name), await Of(await ScriptedCloud.FailureOf(() => With(cloud, async _ =>
        {
            using CloudSession session = await cloud.ConnectAsync();
            return await session.Executions.ListAsync(name).ToListAsync();
        }))));
        Assert.Empty(cloud.Requests);

        static Task<(string, object?)> Of(TroveScheduleException error) => Task.FromResult((error.ErrorId, error.Target));
    }

    [Fact]
    public async Task The_error_for_a_missing_schedule_names_it()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always($"GET {Rows.TriggersPath}/{Rows.Id(1)}", Answers.NotFound).Always(ReplacementRoute, Answers.NotFound);
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Get(cloud, Rows.Id(1)));
        Assert.Equal((TroveErrorKind.NotFound, "ScheduleNotFound", Rows.Id(1)), (error.Kind, error.ErrorId, error.Target));
        Assert.Contains("'demo'", error.Message);
    }

    [Fact]
    public async Task A_trigger_of_another_workflow_is_refused()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always($"GET {Rows.TriggersPath}/{Rows.Id(1)}", Answers.Ok(Rows.Trigger(1, row => row["workflow_name"] = "std.x")));
        Assert.Equal("InvalidSchedule", (await ScriptedCloud.FailureOf(() => Get(cloud, Rows.Id(1)))).ErrorId);
    }

    [Fact]
    public async Task A_schedule_is_deleted_by_the_id_of_its_trigger()
    {
        ScriptedCloud cloud = new ScriptedCloud().On($"DELETE {Rows.TriggersPath}/{Rows.TriggerId(1)}", Answers.Status(204));
        await Delete(cloud, Schedule());
        Assert.Single(cloud.Requests);
    }

    [Fact]
    public async Task The_error_for_a_schedule_that_was_already_deleted_names_it()
    {
        ScriptedCloud cloud = new ScriptedCloud().On($"DELETE {Rows.TriggersPath}/{Rows.TriggerId(1)}", Answers.NotFound)
            .On($"GET {Rows.TriggersPath}/{Rows.Id(1)}", Answers.NotFound).On(ReplacementRoute, Answers.NotFound);
        BackupSchedule schedule = Schedule();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => Delete(cloud, schedule));
        Assert.Equal((TroveErrorKind.NotFound, "ScheduleNotFound", 404), (error.Kind, error.ErrorId, error.StatusCode));
        Assert.Same(schedule, error.Target);
    }

    public static TheoryData<string> InvalidIds => ["", ".", "..", "a/b", "../executions", "a?all_projects=true", "a#b", "a%2Fb", "%2e%2e", "..%2f", "a\\b", " ", "日本", "//evil.example/x"];

    [Theory]
    [MemberData(nameof(InvalidIds))]
    public async Task An_id_that_is_not_a_UUID_is_never_put_into_a_path(string id)
    {
        ScriptedCloud cloud = new();
        Assert.Equal("ScheduleNotFound", (await ScriptedCloud.FailureOf(() => Delete(cloud, Schedule(id)))).ErrorId);
        Assert.Equal("ExecutionNotFound", (await ScriptedCloud.FailureOf(() => With(cloud, async _ =>
        {
            using CloudSession session = await cloud.ConnectAsync();
            await session.Executions.DeleteAsync(new ScheduleExecution { Id = id, State = "SUCCESS" });
            return 0;
        }))).ErrorId);
        Assert.Empty(cloud.Requests);
    }

    [Fact]
    public async Task Without_AllProjects_public_triggers_of_other_projects_are_not_listed()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Rows.TriggersRoute, Answers.Ok(Rows.Triggers(
            Rows.Trigger(1), Rows.Trigger(2, row =>
            {
                row["project_id"] = Rows.Other;
                row["scope"] = "public";
            }))));
        Assert.Equal(Rows.Id(1), Assert.Single(await List(cloud)).Id);
        Assert.DoesNotContain("all_projects", cloud.Requests[0].Parameters.Keys);
        Assert.Equal(2, (await List(cloud, null, true)).Count);
        Assert.Equal("true", cloud.Requests[1].Parameters["all_projects"]);
    }

    [Fact]
    public async Task Interrupted_changes_of_two_projects_are_told_apart_although_their_schedules_have_the_same_id()
    {
        string Kept(int number, string project) => Rows.Trigger(number, row =>
        {
            row["name"] = ScheduleMetadata.ReplacementNameOf(Rows.Id(1));
            row["project_id"] = project;
            row["workflow_params"] = $$$"""{"env": {"trove_schedules": {"version": 1, "replacement": {"schedule_id": "{{{Rows.Id(1)}}}", "trigger_id": "{{{Rows.TriggerId(1)}}}" } } } }""";
        });
        ScriptedCloud cloud = new ScriptedCloud().Always(Rows.TriggersRoute, Answers.Ok(Rows.Triggers(Rows.Trigger(1), Kept(2, ScriptedCloud.Project), Kept(3, Rows.Other))));
        IReadOnlyList<BackupSchedule> schedules = await List(cloud, allProjects: true);
        Assert.All(schedules, schedule => Assert.Equal(Rows.Id(1), schedule.Id));
        Assert.Equal(
            [(ScriptedCloud.Project, ScheduleState.Active, Rows.TriggerId(1), Rows.TriggerId(2)), (Rows.Other, ScheduleState.Interrupted, Rows.TriggerId(3), Rows.TriggerId(3))],
            schedules.Select(schedule => (schedule.ProjectId!, schedule.State, schedule.TriggerId, schedule.ReplacementTriggerId!)));
    }

    [Fact]
    public async Task A_name_is_looked_up_in_the_project_of_the_session()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Rows.TriggersRoute, Answers.Ok(Rows.Triggers(
            Rows.Trigger(2, row =>
            {
                row["name"] = "nightly";
                row["project_id"] = Rows.Other;
            }), Rows.Trigger(1, row => row["name"] = "nightly"))));
        Assert.Equal(Rows.TriggerId(1), (await Get(cloud, "nightly")).TriggerId);
    }

    [Fact]
    public async Task Objects_of_another_project_are_not_found_without_AllProjects()
    {
        ScriptedCloud cloud = new ScriptedCloud()
            .Always($"GET {Rows.TriggersPath}/{Rows.Id(1)}", Answers.Ok(Rows.Trigger(1, row => row["project_id"] = Rows.Other)))
            .Always(ReplacementRoute, Answers.NotFound)
            .Always($"GET {Rows.ExecutionsPath}/{Rows.Id(10)}", Answers.Ok(Rows.Execution(10, 1, row => row["project_id"] = Rows.Other)));
        Assert.Equal("ScheduleNotFound", (await ScriptedCloud.FailureOf(() => Get(cloud, Rows.Id(1)))).ErrorId);
        Assert.Equal(Rows.Other, (await Get(cloud, Rows.Id(1), true)).ProjectId);

        using CloudSession session = await cloud.ConnectAsync();
        ScheduleExecutions executions = session.Executions;
        Assert.Equal("ExecutionNotFound", (await ScriptedCloud.FailureOf(() => executions.GetAsync(Rows.Id(10)))).ErrorId);
        Assert.Equal(Rows.Other, (await executions.GetAsync(Rows.Id(10), true)).ProjectId);
    }

    [Fact]
    public async Task Objects_of_another_project_are_not_deleted_and_no_request_is_sent()
    {
        ScriptedCloud cloud = new ScriptedCloud();
        using CloudSession session = await cloud.ConnectAsync();
        ScheduleExecutions executions = session.Executions;
        var run = new ScheduleExecution { Id = Rows.Id(10), State = "SUCCESS", ProjectId = Rows.Other };
        BackupSchedule schedule = Schedule(project: Rows.Other);
        foreach (Func<Task> act in new Func<Task>[] { () => Delete(cloud, schedule), () => executions.DeleteAsync(run), () => executions.DeleteAsync(run, force: true), async () => await executions.ListAsync(schedule).ToListAsync() })
        {
            TroveScheduleException error = await ScriptedCloud.FailureOf(act);
            Assert.Equal((TroveErrorKind.Forbidden, "OtherProject"), (error.Kind, error.ErrorId));
            Assert.Equal("Use a session of that project.", error.RecommendedAction);
        }
        Assert.Empty(cloud.Requests);
    }

    [Fact]
    public async Task With_AllProjects_objects_of_another_project_are_deleted()
    {
        ScriptedCloud cloud = new ScriptedCloud()
            .On($"DELETE {Rows.TriggersPath}/{Rows.TriggerId(1)}", Answers.Status(204)).On($"DELETE {Rows.ExecutionsPath}/{Rows.Id(10)}", Answers.Status(204));
        await Delete(cloud, Schedule(project: Rows.Other), true);
        using CloudSession session = await cloud.ConnectAsync();
        await session.Executions.DeleteAsync(new ScheduleExecution { Id = Rows.Id(10), State = "SUCCESS", ProjectId = Rows.Other }, allProjects: true);
        Assert.Equal(2, cloud.Requests.Count);
    }

    [Fact]
    public async Task Executions_of_other_projects_are_listed_only_with_AllProjects()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always($"GET {Rows.TriggersPath}/{Rows.Id(1)}", Answers.NotFound)
            .Always(Rows.ExecutionsRoute, Answers.Ok(Rows.Executions(Rows.Execution(10), Rows.Execution(11, 1, row => row["project_id"] = Rows.Other))));
        using CloudSession session = await cloud.ConnectAsync();
        ScheduleExecutions executions = session.Executions;
        Assert.Equal([Rows.Id(10)], (await executions.ListAsync(Rows.Id(1)).ToListAsync()).Select(run => run.Id));
        Assert.Equal([Rows.Id(10), Rows.Id(11)], (await executions.ListAsync(Rows.Id(1), new ExecutionQuery { AllProjects = true }).ToListAsync()).Select(run => run.Id));
    }

    [Fact]
    public void Occurrences_are_the_next_time_of_Mistral_and_those_of_the_pattern()
    {
        var next = new DateTimeOffset(2026, 11, 22, 7, 44, 0, TimeSpan.Zero);
        BackupSchedule Of(string? pattern, int? remaining = null, DateTimeOffset? at = null) =>
            new() { Id = "x", TriggerId = "y", Input = "{}", Pattern = pattern, NextExecutionTime = at, RemainingExecutions = remaining };

        Assert.Equal([next, next.AddMinutes(1), next.AddMinutes(6)], ScheduleOccurrences.Of(Of("*/5 * * * *", null, next)).Take(3));
        Assert.Equal([next, next.AddMinutes(1)], ScheduleOccurrences.Of(Of("*/5 * * * *", 2, next)));
        Assert.Equal([next], ScheduleOccurrences.Of(Of("* * * * *", 1, next)));
        Assert.Equal([next], ScheduleOccurrences.Of(Of(null, 1, next)));
        Assert.Empty(ScheduleOccurrences.Of(Of("* * * * *", 3)));
        Assert.Equal([next.AddMinutes(1), next.AddMinutes(6)], ScheduleOccurrences.Of(Of("*/5 * * * *", 3, next), next));
        Assert.Empty(ScheduleOccurrences.Of(Of("*/5 * * * *", 3, next), next.AddDays(1)));
        Assert.Equal(next.AddSeconds(10), ScheduleOccurrences.Of(Of("* * * * * */10", null, next)).ElementAt(1));
    }

    [Fact]
    public void The_next_time_of_Mistral_is_an_occurrence_even_if_the_pattern_is_unknown()
    {
        var schedule = new BackupSchedule { Id = "x", TriggerId = "y", Input = "{}", Pattern = "R * * * *", NextExecutionTime = ScriptedCloud.Start };
        Assert.Equal(ScriptedCloud.Start, ScheduleOccurrences.Of(schedule).First());
        Assert.Equal("InvalidCronPattern", Assert.ThrowsAny<TroveScheduleException>(() => ScheduleOccurrences.Of(schedule).Take(2).ToList()).ErrorId);
    }
}
