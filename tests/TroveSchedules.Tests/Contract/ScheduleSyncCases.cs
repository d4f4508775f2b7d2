using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using Xunit;

namespace TroveSchedules.Tests.Contract;

/// <summary>Schedules as a plan says, also cut off after each request, and by two clients at once.</summary>
public abstract class ScheduleSyncCases(ICloud cloud) : ContractCases(cloud)
{
    private readonly string _owner = Name("owner");

    [ContractFact(Needs = Needs.Instances)]
    public async Task A_plan_creates_changes_suspends_resumes_and_removes_and_the_second_run_keeps_all()
    {
        using CloudSession session = await ConnectAsync();
        Assert.Equal(["Create a", "Create b", "Create c", "Create d"], await SyncAsync(session, Plan(A, B, C, Planned("d", "0 6 1 1 *"))));
        Assert.Equal(["Keep a", "Keep b", "Keep c", "Keep d"], await SyncAsync(session, Plan(A, B, C, Planned("d", "0 6 1 1 *"))));
        Dictionary<string, string> ids = (await OwnAsync(session)).ToDictionary(schedule => schedule.Name!, schedule => schedule.Id);

        SchedulePlan plan = Plan(ChangedA, SuspendedB, ActiveC, E);
        List<ScheduleSyncStep> steps = await StepsAsync(session, plan);
        Assert.Equal(["Change a", "Suspend b", "Resume c", "Create e", "Remove d"], steps.Select(step => $"{step}"));
        Assert.Equal("Pattern '0 3 1 1 *' to '0 4 1 1 *', Description none to 'changed'", steps[0].Changes);
        Assert.Equal(["State Active to Suspended", "State Suspended to Active", null, null], steps.Skip(1).Select(step => step.Changes));
        List<BackupSchedule> after = await OwnAsync(session);
        Assert.Equal(["a", "b", "c", "e"], after.Select(schedule => schedule.Name));
        Assert.All(after.Take(3), schedule => Assert.Equal(ids[schedule.Name!], schedule.Id));
        Assert.Equal(("maintenance", ScheduleState.Suspended, ScheduleState.Active), (after[1].SuspendedReason, after[1].State, after[2].State));
        Assert.Equal(["Keep a", "Keep b", "Keep c", "Keep e"], await SyncAsync(session, plan));
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task A_second_run_sends_one_listing_and_the_pages_of_the_instances()
    {
        var faults = new FaultHandler(Cloud.CreateHandler());
        using CloudSession session = await ConnectAsync(faults);
        await SyncAsync(session, Plan(A, SuspendedB));
        int before = faults.Requests.Count;
        Assert.Equal(["Keep a", "Keep b"], await SyncAsync(session, Plan(A, SuspendedB)));
        string[] requests = [.. faults.Requests.Skip(before)];
        Assert.All(requests, request => Assert.StartsWith("GET ", request));
        Assert.Single(requests, request => request.Contains("/cron_triggers"));
        Assert.Equal(requests.Length - 1, requests.Count(request => request.Contains("/instances")));
        Assert.InRange(requests.Length, 2, 4);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task Schedules_of_another_owner_or_none_are_touched_only_by_an_adoption()
    {
        using CloudSession session = await ConnectAsync();
        BackupSchedule unowned = await CreateAsync(session, "a", "0 3 1 1 *"), other = await CreateAsync(session, "other", "0 3 1 1 *");
        await SyncAsync(session, Plan(E));
        var errors = new List<TroveScheduleException>();
        Assert.Equal(["Create b", "Remove e"], await SyncAsync(session, Plan(A, B), errors: errors));
        TroveScheduleException error = Assert.Single(errors);
        Assert.Equal(("ScheduleNotOwned", TroveErrorKind.Conflict), (error.ErrorId, error.Kind));
        Assert.Contains("it has no owner", error.Message);
        Assert.Contains(unowned.Id, error.Message);
        Assert.Null((await session.Schedules.GetAsync(unowned.Id)).Owner);

        List<ScheduleSyncStep> steps = await StepsAsync(session, Plan(A, B), ScheduleSyncMode.Adopt);
        Assert.Equal(["Change a", "Keep b"], steps.Select(step => $"{step}"));
        Assert.Equal($"Owner none to '{_owner}'", steps[0].Changes);
        Assert.Equal((_owner, unowned.Pattern), ((await session.Schedules.GetAsync(unowned.Id)).Owner, unowned.Pattern));
        Assert.Equal(["Keep a", "Keep b"], await SyncAsync(session, Plan(A, B)));

        SchedulePlan theirs = new() { Owner = _owner + "2", Schedules = [A] };
        Assert.Empty(await SyncAsync(session, theirs, errors: errors));
        Assert.Contains($"its owner is '{_owner}'", errors[1].Message);
        Assert.Equal(["Change a"], await SyncAsync(session, theirs, ScheduleSyncMode.Adopt));
        Assert.Equal(["Remove b"], await SyncAsync(session, Plan()));
        Assert.Equal((await session.Schedules.GetAsync(other.Id)).TriggerId, other.TriggerId);
        Assert.Equal(["Remove a"], await SyncAsync(session, new SchedulePlan { Owner = theirs.Owner, Schedules = [] }));
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task An_import_creates_what_does_not_exist_and_touches_nothing_else()
    {
        using CloudSession session = await ConnectAsync();
        BackupSchedule unowned = await CreateAsync(session, "a", "0 5 1 1 *");
        await SyncAsync(session, Plan(B, E));
        Assert.Equal(["Keep a", "Keep b", "Create c"], await SyncAsync(session, Plan(A, SuspendedB, C), ScheduleSyncMode.CreateOnly));
        Assert.Equal(unowned.TriggerId, (await session.Schedules.GetAsync(unowned.Id)).TriggerId);
        Assert.Equal(["b", "c", "e"], (await OwnAsync(session)).Select(schedule => schedule.Name));
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task The_owner_survives_changes_suspensions_and_resumptions()
    {
        using CloudSession session = await ConnectAsync();
        await SyncAsync(session, Plan(A));
        BackupSchedule schedule = Assert.Single(await OwnAsync(session));
        ScheduleChanges changes = session.ScheduleChanges;
        schedule = await changes.ApplyAsync(await changes.PrepareAsync(schedule, new ScheduleChange { Pattern = new("0 5 1 1 *") }));
        Assert.Equal(_owner, schedule.Owner);
        schedule = await changes.ApplyAsync(await changes.PrepareSuspensionAsync(schedule, "pause"));
        Assert.Equal((_owner, ScheduleState.Suspended), (schedule.Owner, schedule.State));
        schedule = await changes.ApplyAsync(await changes.PrepareResumptionAsync(schedule));
        Assert.Equal(_owner, schedule.Owner);
        Assert.Equal(["Change a"], await SyncAsync(session, Plan(A)));
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task A_schedule_whose_name_was_changed_by_hand_gets_its_name_back()
    {
        using CloudSession session = await ConnectAsync();
        await SyncAsync(session, Plan(A));
        BackupSchedule schedule = Assert.Single(await OwnAsync(session));
        await session.ScheduleChanges.ApplyAsync(await session.ScheduleChanges.PrepareAsync(schedule, new ScheduleChange { Name = new("b") }));
        Assert.Equal(["Change a", "Create b"], await SyncAsync(session, Plan(A, B)));
        List<BackupSchedule> after = await OwnAsync(session);
        Assert.Equal((schedule.Id, "a", "b"), (after[0].Id, after[0].Name, after[1].Name));
        Assert.Equal(["Keep a", "Keep b"], await SyncAsync(session, Plan(A, B)));
    }

    /// <summary>Mistral counts the executions down, which is no reason to change the schedule.</summary>
    [ContractFact(Needs = Needs.Instances)]
    public async Task Executions_that_have_run_are_not_a_difference()
    {
        using CloudSession session = await ConnectAsync();
        PlannedSchedule entry = A with { RemainingExecutions = 10 };
        await SyncAsync(session, Plan(entry));
        BackupSchedule schedule = Assert.Single(await OwnAsync(session));
        // As after three executions: another client's trigger with the same data.
        CloudResponse raw = await Mistral("GET", "/cron_triggers/" + schedule.Id);
        await Mistral("DELETE", "/cron_triggers/" + schedule.Id);
        await TriggerAsync(schedule.Id, schedule.Pattern, JsonNode.Parse(schedule.Input)!, more: new JsonObject { ["remaining_executions"] = 7, ["workflow_params"] = JsonNode.Parse(raw.Text("workflow_params")!) });
        Assert.Equal(["Keep a"], await SyncAsync(session, Plan(entry)));
        Assert.Equal(7, Assert.Single(await OwnAsync(session)).RemainingExecutions);
        Assert.Equal(["Change a"], await SyncAsync(session, Plan(entry with { RemainingExecutions = 12 })));
        Assert.Equal(12, Assert.Single(await OwnAsync(session)).RemainingExecutions);
    }

    /// <summary>The client ends in the middle: from one request on, nothing gets through. Each schedule is as it was, as planned, or keeps its new definition; the next run finishes.</summary>
    [ContractTheory(Needs = Needs.Instances)]
    [InlineData(FaultKind.ConnectionRefused)]
    [InlineData(FaultKind.ResetBefore)]
    [InlineData(FaultKind.ResetAfter)]
    public async Task A_plan_that_is_cut_off_after_any_request_is_finished_by_the_next_run(FaultKind kind)
    {
        using CloudSession session = await ConnectAsync();
        SchedulePlan before = Plan(A, B, Planned("d", "0 6 1 1 *")), plan = Plan(ChangedA, SuspendedB, E);
        int step = 1;
        for (bool isCut = true; isCut; step++)
        {
            Assert.True(step < 30, "The plan never ends.");
            await SyncAsync(session, before);
            var faults = new FaultHandler(Cloud.CreateHandler());
            using CloudSession broken = await ConnectAsync(faults);
            var counter = new ChangeCounter();
            faults.Inject(new Fault(kind) { When = request => counter.Count(request) == step, Times = 1 });
            faults.Inject(new Fault(FaultKind.ConnectionRefused) { When = _ => counter.Last >= step, Times = int.MaxValue });
            await SyncAsync(broken, plan, errors: []);
            isCut = counter.Last >= step;

            List<BackupSchedule> between = await OwnAsync(session);
            BackupSchedule a = between.Single(schedule => schedule.Name == "a"), b = between.Single(schedule => schedule.Name == "b");
            Assert.Contains((a.Pattern, a.Description), new (string?, string?)[] { ("0 3 1 1 *", null), ("0 4 1 1 *", "changed") });
            Assert.Contains(b.State, new[] { ScheduleState.Active, ScheduleState.Suspended, ScheduleState.Interrupted });
            if (!isCut)
                Assert.Equal(["a", "b", "e"], between.Select(schedule => schedule.Name));

            await SyncAsync(session, plan);
            Assert.Equal(["Keep a", "Keep b", "Keep e"], await SyncAsync(session, plan));
            List<BackupSchedule> after = await OwnAsync(session);
            Assert.Equal([("a", "0 4 1 1 *", ScheduleState.Active), ("b", "0 5 1 1 *", ScheduleState.Suspended), ("e", "0 8 1 1 *", ScheduleState.Active)], after.Select(schedule => (schedule.Name, schedule.Pattern, schedule.State)));
            Assert.All(after, schedule => Assert.Null(schedule.ReplacementTriggerId));
        }
        Assert.Equal(11, step - 1); // A change of four requests, a suspension of four, a creation and a removal; the last run was not cut off.
    }

    /// <summary>Both clients have planned before either acts.</summary>
    [ContractTheory(Needs = Needs.Instances)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_runs_at_once_end_as_planned_or_in_a_clear_error(bool areConcurrent)
    {
        using CloudSession one = await ConnectAsync(), two = await ConnectAsync();
        await SyncAsync(one, Plan(A, B, Planned("d", "0 6 1 1 *")));
        SchedulePlan plan = Plan(ChangedA, SuspendedB, C, E);
        var sessions = new[] { one, two };
        IReadOnlyList<PlannedStep>[] steps = [await one.ScheduleSync.PlanAsync(plan, ScheduleSyncMode.Own, one.CreateLookup()), await two.ScheduleSync.PlanAsync(plan, ScheduleSyncMode.Own, two.CreateLookup())];
        var errors = new List<TroveScheduleException>();
        Task[] runs = [RunAsync(0), areConcurrent ? RunAsync(1) : Task.CompletedTask];
        await Task.WhenAll(runs);
        if (!areConcurrent)
            await RunAsync(1);
        Assert.All(errors, error => Assert.Contains(error.ErrorId, new[] { "ScheduleChangeInProgress", "ScheduleNotFound", "ScheduleChangeInterrupted" }));
        if (!areConcurrent)
            Assert.Empty(errors);
        await SyncAsync(one, plan);
        Assert.Equal(["Keep a", "Keep b", "Keep c", "Keep e"], await SyncAsync(two, plan));
        Assert.Equal(["a", "b", "c", "e"], (await OwnAsync(one)).Select(schedule => schedule.Name));

        async Task RunAsync(int index)
        {
            ResourceLookup lookup = sessions[index].CreateLookup();
            foreach (PlannedStep step in steps[index])
            {
                try
                {
                    await sessions[index].ScheduleSync.ApplyAsync(await sessions[index].ScheduleSync.PrepareAsync(step, lookup));
                }
                catch (TroveScheduleException e)
                {
                    lock (errors)
                        errors.Add(e);
                }
            }
        }
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task A_schedule_that_another_client_created_otherwise_meanwhile_is_an_error()
    {
        using CloudSession session = await ConnectAsync();
        ResourceLookup lookup = session.CreateLookup();
        PlannedStep step = Assert.Single(await session.ScheduleSync.PlanAsync(Plan(A), ScheduleSyncMode.Own, lookup));
        PreparedStep prepared = await session.ScheduleSync.PrepareAsync(step, lookup);
        await SyncAsync(session, Plan(A with { Pattern = "0 9 1 1 *" }));
        TroveScheduleException error = await Assert.ThrowsAsync<TroveScheduleException>(() => session.ScheduleSync.ApplyAsync(prepared));
        Assert.Equal(("ScheduleChangeInProgress", TroveErrorKind.Conflict), (error.ErrorId, error.Kind));
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task An_exported_plan_changes_only_the_owner()
    {
        using CloudSession session = await ConnectAsync();
        DateTimeOffset until = new(2031, 1, 1, 0, 0, 0, TimeSpan.Zero), first = new(2031, 1, 7, 3, 0, 0, TimeSpan.Zero);
        await CreateAsync(session, "a: \"#1\"\u00e9 \ud83d\ude00 \\", "0 3 1 1 *", request => request with { Description = "yes", RemainingExecutions = 4 });
        await CreateAsync(session, "b", null, request => request with { FirstExecutionTime = first });
        await CreateAsync(session, "true", "* * 1 1 * 30", request => request with { AllowSeconds = true, Suspension = new NewSuspension { Reason = "a: b", Until = until } });
        await CreateAsync(session, "z", "@daily", request => request with { FirstExecutionTime = first, Incremental = true, Suspension = new NewSuspension() });
        List<BackupSchedule> schedules = [.. (await session.Schedules.ListAsync(M)).Where(schedule => _created.Contains(schedule.Id))];
        SchedulePlan plan = await session.ScheduleSync.ExportAsync(schedules, _owner);
        Assert.All(plan.Schedules, entry => Assert.Equal("m", entry.Instance));
        foreach (string text in new[] { plan.ToYaml(), plan.ToJson() })
        {
            SchedulePlan read = SchedulePlan.Parse(Encoding.UTF8.GetBytes(text), "plan");
            Assert.Equal(_owner, read.Owner);
            Assert.Equal(plan.Schedules, read.Schedules.Select(entry => entry with { Line = 0 }));
        }
        List<ScheduleSyncStep> steps = await StepsAsync(session, plan, ScheduleSyncMode.Adopt);
        Assert.Equal(4, steps.Count);
        Assert.All(steps, step => Assert.Equal((ScheduleSyncAction.Change, $"Owner none to '{_owner}'"), (step.Action, step.Changes)));
        Assert.All(await StepsAsync(session, await session.ScheduleSync.ExportAsync(await OwnAsync(session))), step => Assert.Equal(ScheduleSyncAction.Keep, step.Action));
    }

    private readonly List<string> _created = [];

    private static PlannedSchedule A => Planned("a", "0 3 1 1 *");

    private static PlannedSchedule ChangedA => Planned("a", "0 4 1 1 *") with { Description = "changed" };

    private static PlannedSchedule B => Planned("b", "0 5 1 1 *");

    private static PlannedSchedule SuspendedB => B with { Suspended = true, Suspension = new NewSuspension { Reason = "maintenance" } };

    private static PlannedSchedule C => Planned("c", "0 7 1 1 *") with { Suspended = true };

    private static PlannedSchedule ActiveC => Planned("c", "0 7 1 1 *");

    private static PlannedSchedule E => Planned("e", "0 8 1 1 *");

    private static PlannedSchedule Planned(string name, string pattern) => new() { Instance = M, Name = name, Pattern = pattern };

    private SchedulePlan Plan(params PlannedSchedule[] schedules) => new() { Owner = _owner, Schedules = schedules };

    public override async Task DisposeAsync()
    {
        LogInAgain();
        foreach (JsonNode trigger in (await Mistral("GET", "/cron_triggers")).List("cron_triggers").OfType<JsonNode>().Where(trigger => ((string?)trigger["workflow_params"])?.Contains(_owner) == true))
            await Mistral("DELETE", "/cron_triggers/" + trigger["id"]);
        await base.DisposeAsync();
    }

    private async Task<BackupSchedule> CreateAsync(CloudSession session, string name, string? pattern, Func<ScheduleRequest, ScheduleRequest>? with = null)
    {
        var request = new ScheduleRequest { Instance = M, Name = name, Pattern = pattern };
        BackupSchedule created = await session.Schedules.CreateAsync(with?.Invoke(request) ?? request);
        _created.Add(created.Id);
        Finally(() => Mistral("DELETE", "/cron_triggers/" + created.Id));
        return created;
    }

    private async Task<List<BackupSchedule>> OwnAsync(CloudSession session) =>
        [.. (await session.Schedules.ListAsync()).Where(schedule => schedule.Owner == _owner).OrderBy(schedule => schedule.Name, StringComparer.Ordinal)];

    private static async Task<IEnumerable<string>> SyncAsync(CloudSession session, SchedulePlan plan, ScheduleSyncMode mode = ScheduleSyncMode.Own, List<TroveScheduleException>? errors = null) =>
        (await StepsAsync(session, plan, mode, errors)).Select(step => $"{step}");

    private static async Task<List<ScheduleSyncStep>> StepsAsync(CloudSession session, SchedulePlan plan, ScheduleSyncMode mode = ScheduleSyncMode.Own, List<TroveScheduleException>? errors = null)
    {
        ResourceLookup lookup = session.CreateLookup();
        var steps = new List<ScheduleSyncStep>();
        foreach (PlannedStep step in await session.ScheduleSync.PlanAsync(plan, mode, lookup))
        {
            try
            {
                steps.Add(await session.ScheduleSync.ApplyAsync(await session.ScheduleSync.PrepareAsync(step, lookup)));
            }
            catch (TroveScheduleException e) when (errors is not null)
            {
                errors.Add(e);
            }
        }
        return steps;
    }

    private Task<CloudSession> ConnectAsync(FaultHandler? faults = null) =>
        CloudSession.ConnectAsync(Cloud.As("demo") with { MaxRetries = 2 }, new AcceleratedTimers(Cloud), () => faults ?? Cloud.CreateHandler(), default);
}

public sealed class ScheduleSyncOnSandbox() : ScheduleSyncCases(new SandboxUnderTest());

[Collection("real cloud")]
public sealed class ScheduleSyncOnRealCloud() : ScheduleSyncCases(RealCloud.Shared);
