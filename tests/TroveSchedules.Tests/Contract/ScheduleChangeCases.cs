using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using Xunit;

namespace TroveSchedules.Tests.Contract;

/// <summary>Changes, suspensions and resumptions of schedules, also cut off after each request.</summary>
public abstract class ScheduleChangeCases(ICloud cloud) : ContractCases(cloud)
{
    private const string NeverInMistral = "9999-12-31 23:59:00";

    [ContractFact(Needs = Needs.Instances)]
    public async Task A_change_keeps_the_id_and_what_it_does_not_name()
    {
        using CloudSession session = await Cloud.ConnectAsync("demo");
        BackupSchedule before = await CreateAsync(session, new ScheduleRequest { Instance = M, Name = "nightly", Pattern = "0 3 * * *", Description = "d", RemainingExecutions = 5 });
        PreparedScheduleChange change = await session.ScheduleChanges.PrepareAsync(before, new ScheduleChange { Pattern = new("0 4 * * *") });
        Assert.Equal(["Pattern '0 3 * * *' to '0 4 * * *'"], change.Differences);
        BackupSchedule after = await session.ScheduleChanges.ApplyAsync(change);
        Assert.Equal((before.Id, "nightly", "0 4 * * *", "d", 5, M), (after.Id, after.Name, after.Pattern, after.Description, after.RemainingExecutions, after.InstanceId));
        Assert.Equal(4, after.NextExecutionTime!.Value.Hour);
        Assert.Equal(JsonNode.Parse(before.Input)!.ToJsonString(), JsonNode.Parse(after.Input)!.ToJsonString());
        Assert.Equal(before.TriggerId, after.EarlierTriggerIds);
        Assert.Equal((ScheduleState.Active, before.CreatedAt, null), (after.State, after.CreatedAt, after.ReplacementTriggerId));
        Assert.Single(await OwnTriggersAsync(before.Id));
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task Each_property_can_be_changed_and_removed()
    {
        using CloudSession session = await Cloud.ConnectAsync("demo");
        BackupSchedule schedule = await CreateAsync(session, new ScheduleRequest { Instance = M, Name = "n", Pattern = "0 3 * * *" });
        DateTimeOffset first = new(2031, 1, 7, 3, 0, 0, TimeSpan.Zero);
        schedule = await ChangeAsync(session, schedule, new ScheduleChange
        {
            Name = new("m"), Description = new("d"), Incremental = new(true), RemainingExecutions = new(3), FirstExecutionTime = new(first),
        });
        Assert.Equal(("m", "d", true, 3, first, first), (schedule.Name, schedule.Description, schedule.Incremental, schedule.RemainingExecutions, schedule.FirstExecutionTime, schedule.NextExecutionTime));
        schedule = await ChangeAsync(session, schedule, new ScheduleChange { Description = new(null), Incremental = new(false), RemainingExecutions = new(null), FirstExecutionTime = new(null) });
        Assert.Equal((null, false, null, null), (schedule.Description, schedule.Incremental, schedule.RemainingExecutions, schedule.FirstExecutionTime));
        Assert.True(schedule.NextExecutionTime < first);
        schedule = await ChangeAsync(session, schedule, new ScheduleChange { Pattern = new(null), FirstExecutionTime = new(first) });
        Assert.Equal((null, first, 1), (schedule.Pattern, schedule.NextExecutionTime, schedule.RemainingExecutions));
        Assert.Equal(3, schedule.EarlierTriggerIds!.Split(' ').Length);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task Without_a_difference_nothing_is_sent()
    {
        var faults = new FaultHandler(Cloud.CreateHandler());
        using CloudSession session = await ConnectAsync(faults);
        BackupSchedule schedule = await CreateAsync(session, new ScheduleRequest { Instance = M, Name = "n", Pattern = "0 3 * * *" });
        int changes = faults.Requests.Count(IsChange);
        schedule = await ChangeAsync(session, schedule, new ScheduleChange { Name = new("n"), Pattern = new("0 3 * * *"), Description = new(null) });
        schedule = await ChangeAsync(session, schedule, new ScheduleChange());
        schedule = await ApplyAsync(session, await session.ScheduleChanges.PrepareResumptionAsync(schedule));
        Assert.Equal(changes, faults.Requests.Count(IsChange));
        Assert.Null(schedule.EarlierTriggerIds);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task A_suspended_schedule_keeps_its_definition_and_is_far_away_for_other_clients()
    {
        using CloudSession session = await Cloud.ConnectAsync("demo");
        DateTimeOffset until = new(2031, 1, 1, 0, 0, 0, TimeSpan.Zero);
        BackupSchedule schedule = await CreateAsync(session, new ScheduleRequest { Instance = M, Name = "n", Pattern = "* * * * *", RemainingExecutions = 7 });
        BackupSchedule suspended = await ApplyAsync(session, await session.ScheduleChanges.PrepareSuspensionAsync(schedule, "maintenance", until));
        Assert.Equal((schedule.Id, ScheduleState.Suspended, "maintenance", until, false, null), (suspended.Id, suspended.State, suspended.SuspendedReason, suspended.SuspendedUntil, suspended.IsResumeOverdue, suspended.NextExecutionTime));
        Assert.Equal(("* * * * *", 7, null), (suspended.Pattern, suspended.RemainingExecutions, suspended.FirstExecutionTime));
        CloudResponse raw = await Mistral("GET", "/cron_triggers/" + schedule.Id);
        Assert.Equal((NeverInMistral, "* * * * *"), (raw.Text("next_execution_time"), raw.Text("pattern")));

        var warnings = new List<string>();
        Assert.Empty((await session.ScheduleChanges.PrepareSuspensionAsync(suspended, warn: warnings.Add)).Differences);
        Assert.Contains("already suspended: maintenance", Assert.Single(warnings));
        suspended = await ApplyAsync(session, await session.ScheduleChanges.PrepareSuspensionAsync(suspended, "longer"));
        Assert.Equal(("longer", until), (suspended.SuspendedReason, suspended.SuspendedUntil));

        BackupSchedule changed = await ChangeAsync(session, suspended, new ScheduleChange { Pattern = new("0 5 * * *") });
        Assert.Equal((ScheduleState.Suspended, "0 5 * * *", "longer"), (changed.State, changed.Pattern, changed.SuspendedReason));
        BackupSchedule resumed = await ApplyAsync(session, await session.ScheduleChanges.PrepareResumptionAsync(changed));
        Assert.Equal((ScheduleState.Active, "0 5 * * *", 7, null, null), (resumed.State, resumed.Pattern, resumed.RemainingExecutions, resumed.SuspendedReason, resumed.SuspendedUntil));
        Assert.Equal(5, resumed.NextExecutionTime!.Value.Hour);
        Assert.Equal(4, resumed.EarlierTriggerIds!.Split(' ').Length);
        Assert.Single(await OwnTriggersAsync(schedule.Id));
    }

    /// <summary>The trigger is the one that a suspension makes, and the schedule can be resumed.</summary>
    [ContractTheory(Needs = Needs.Instances)]
    [InlineData("0 3 * * *", true, 7)]
    [InlineData("0 3 * * *", false, null)]
    [InlineData(null, true, null)]
    public async Task A_schedule_can_be_created_suspended(string? pattern, bool hasFirstTime, int? remaining)
    {
        using CloudSession session = await Cloud.ConnectAsync("demo");
        DateTimeOffset until = new(2031, 1, 1, 0, 0, 0, TimeSpan.Zero);
        DateTimeOffset? first = hasFirstTime ? new DateTimeOffset(2031, 1, 7, 3, 0, 0, TimeSpan.Zero) : null;
        var request = new ScheduleRequest { Instance = M, Name = "n", Pattern = pattern, Description = "d", RemainingExecutions = remaining, FirstExecutionTime = first };
        BackupSchedule suspended = await CreateAsync(session, request);
        suspended = await ApplyAsync(session, await session.ScheduleChanges.PrepareSuspensionAsync(suspended, "maintenance", until));
        BackupSchedule created = await CreateAsync(session, request with { Suspension = new NewSuspension { Reason = "maintenance", Until = until } });
        Assert.Equal((pattern, remaining ?? (pattern is null ? 1 : null), first, null, null), (created.Pattern, created.RemainingExecutions, created.FirstExecutionTime, created.NextExecutionTime, created.EarlierTriggerIds));
        Assert.Equal((ScheduleState.Suspended, "maintenance", until, false), (created.State, created.SuspendedReason, created.SuspendedUntil, created.IsResumeOverdue));
        Assert.InRange(created.SuspendedAt!.Value, suspended.SuspendedAt!.Value, session.CloudTime);
        CloudResponse made = await Mistral("GET", "/cron_triggers/" + created.Id), paused = await Mistral("GET", "/cron_triggers/" + suspended.Id);
        foreach (string column in new[] { "pattern", "workflow_name", "workflow_input", "remaining_executions", "first_execution_time", "next_execution_time", "scope" })
            Assert.Equal(paused.Text(column), made.Text(column));
        Assert.Equal(Suspension(paused), Suspension(made));

        BackupSchedule resumed = await ApplyAsync(session, await session.ScheduleChanges.PrepareResumptionAsync(created));
        Assert.Equal((created.Id, ScheduleState.Active, pattern, first), (resumed.Id, resumed.State, resumed.Pattern, resumed.FirstExecutionTime));
        Assert.Equal(3, resumed.NextExecutionTime!.Value.Hour);
        Assert.Equal((created.CreatedAt, created.TriggerId), (resumed.CreatedAt, resumed.EarlierTriggerIds));

        static string Suspension(CloudResponse trigger)
        {
            JsonObject suspension = JsonNode.Parse(trigger.Text("workflow_params")!)!["env"]!["trove_schedules"]!["suspension"]!.AsObject();
            Assert.True(suspension.Remove("since"));
            return suspension.ToJsonString();
        }
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task A_first_time_survives_a_suspension()
    {
        using CloudSession session = await Cloud.ConnectAsync("demo");
        DateTimeOffset first = new(2031, 1, 7, 3, 0, 0, TimeSpan.Zero);
        foreach (string? pattern in new[] { "0 3 * * *", null })
        {
            BackupSchedule schedule = await CreateAsync(session, new ScheduleRequest { Instance = M, Name = "n", Pattern = pattern, FirstExecutionTime = first });
            schedule = await ApplyAsync(session, await session.ScheduleChanges.PrepareSuspensionAsync(schedule));
            Assert.Equal((pattern, first, null), (schedule.Pattern, schedule.FirstExecutionTime, schedule.NextExecutionTime));
            schedule = await ApplyAsync(session, await session.ScheduleChanges.PrepareResumptionAsync(schedule));
            Assert.Equal((pattern, first, first), (schedule.Pattern, schedule.FirstExecutionTime, schedule.NextExecutionTime));
        }
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task Parameters_of_other_clients_stay()
    {
        using CloudSession session = await Cloud.ConnectAsync("demo");
        string id = Guid.NewGuid().ToString();
        await TriggerAsync(name: id, more: new JsonObject { ["workflow_params"] = new JsonObject { ["env"] = new JsonObject { ["mine"] = "yes" }, ["notify"] = new JsonArray() } });
        Finally(() => Mistral("DELETE", "/cron_triggers/" + id));
        BackupSchedule schedule = await ChangeAsync(session, await session.Schedules.GetAsync(id), new ScheduleChange { Pattern = new("0 4 * * *") });
        JsonNode parameters = JsonNode.Parse((await Mistral("GET", "/cron_triggers/" + id)).Text("workflow_params")!)!;
        Assert.Equal(("yes", "[]", 1), ((string?)parameters["env"]!["mine"], parameters["notify"]!.ToJsonString(), (int)parameters["env"]!["trove_schedules"]!["version"]!));
        Assert.Equal("contract", schedule.Name);
    }

    [ContractTheory(Needs = Needs.Instances)]
    [InlineData("{\"version\": 2}", "has version 2, and this module knows version 1")]
    [InlineData("{\"version\": \"x\"}", "is not in the form that this module writes")]
    [InlineData("{\"version\": 0}", "has no valid version")]
    [InlineData("{\"version\": 1, \"earlier_triggers\": 3}", "is not in the form that this module writes")]
    [InlineData("7", "is not in the form that this module writes")]
    public async Task Metadata_of_another_hand_is_refused_and_does_not_disturb_the_listing(string metadata, string reason)
    {
        using CloudSession session = await Cloud.ConnectAsync("demo");
        string id = Guid.NewGuid().ToString();
        await TriggerAsync(name: id, more: new JsonObject { ["workflow_params"] = new JsonObject { ["env"] = new JsonObject { ["trove_schedules"] = JsonNode.Parse(metadata) } } });
        BackupSchedule schedule = (await session.Schedules.ListAsync()).Single(each => each.Id == id);
        Assert.Equal(ScheduleState.Active, schedule.State);
        var error = await Assert.ThrowsAsync<TroveScheduleException>(() => session.ScheduleChanges.PrepareAsync(schedule, new ScheduleChange { Pattern = new("0 4 * * *") }));
        Assert.Equal("UnknownMetadata", error.ErrorId);
        Assert.Contains(reason, error.Message);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task Wrong_changes_are_refused_before_anything_is_changed()
    {
        var faults = new FaultHandler(Cloud.CreateHandler());
        using CloudSession session = await ConnectAsync(faults);
        BackupSchedule schedule = await CreateAsync(session, new ScheduleRequest { Instance = M, Name = "n", Pattern = "0 3 * * *" });
        BackupSchedule gone = await CreateAsync(session, new ScheduleRequest { Instance = M, Name = "gone", Pattern = "0 3 * * *" });
        await session.Schedules.DeleteAsync(gone);
        CloudResponse orphan = await TriggerAsync(name: Guid.NewGuid().ToString(), input: Input(Nobody));
        BackupSchedule withoutInstance = await session.Schedules.GetAsync(orphan.Text("name")!);
        int changes = faults.Requests.Count(IsChange);
        await RefusedAsync("InvalidCronPattern", () => session.ScheduleChanges.PrepareAsync(schedule, new ScheduleChange { Pattern = new("61 * * * *") }));
        await RefusedAsync("InvalidName", () => session.ScheduleChanges.PrepareAsync(schedule, new ScheduleChange { Name = new("") }));
        await RefusedAsync("InvalidRemainingExecutions", () => session.ScheduleChanges.PrepareAsync(schedule, new ScheduleChange { RemainingExecutions = new(0) }));
        await RefusedAsync("InvalidFirstExecutionTime", () => session.ScheduleChanges.PrepareAsync(schedule, new ScheduleChange { FirstExecutionTime = new(session.CloudTime) }));
        await RefusedAsync("BackupNotFound", () => session.ScheduleChanges.PrepareAsync(schedule, new ScheduleChange { ParentId = new(Nobody) }));
        await RefusedAsync("InvalidUntil", () => session.ScheduleChanges.PrepareSuspensionAsync(schedule, until: session.CloudTime));
        await RefusedAsync("ScheduleNotFound", () => session.ScheduleChanges.PrepareAsync(gone, new ScheduleChange { Name = new("x") }));
        await RefusedAsync("ScheduleNotFound", () => session.ScheduleChanges.PrepareResumptionAsync(gone));
        await RefusedAsync("InstanceNotFound", () => session.ScheduleChanges.PrepareAsync(withoutInstance, new ScheduleChange { Name = new("x") }));
        Assert.Equal(changes, faults.Requests.Count(IsChange));

        static async Task RefusedAsync(string errorId, Func<Task> action) => Assert.Equal(errorId, (await Assert.ThrowsAnyAsync<TroveScheduleException>(action)).ErrorId);
    }

    /// <summary>One request fails once: the retry finishes the job, and nothing is left over.</summary>
    [ContractTheory(Needs = Needs.Instances)]
    [InlineData(1, FaultKind.ConnectionRefused)]
    [InlineData(1, FaultKind.ResetBefore)]
    [InlineData(1, FaultKind.ResetAfter)]
    [InlineData(2, FaultKind.ConnectionRefused)]
    [InlineData(2, FaultKind.ResetBefore)]
    [InlineData(2, FaultKind.ResetAfter)]
    [InlineData(3, FaultKind.ConnectionRefused)]
    [InlineData(3, FaultKind.ResetBefore)]
    [InlineData(3, FaultKind.ResetAfter)]
    [InlineData(4, FaultKind.ConnectionRefused)]
    [InlineData(4, FaultKind.ResetBefore)]
    [InlineData(4, FaultKind.ResetAfter)]
    public async Task A_change_survives_one_fault(int step, FaultKind kind)
    {
        var faults = new FaultHandler(Cloud.CreateHandler());
        using CloudSession session = await ConnectAsync(faults);
        BackupSchedule schedule = await CreateAsync(session, new ScheduleRequest { Instance = M, Name = "n", Pattern = "0 3 * * *" });
        PreparedScheduleChange change = await session.ScheduleChanges.PrepareAsync(schedule, new ScheduleChange { Pattern = new("0 4 * * *") });
        var counter = new ChangeCounter();
        faults.Inject(new Fault(kind) { When = request => counter.Count(request) == step, Times = 1 });
        BackupSchedule after = await session.ScheduleChanges.ApplyAsync(change);
        Assert.Equal("0 4 * * *", after.Pattern);
        JsonNode left = Assert.Single(await OwnTriggersAsync(schedule.Id))!;
        Assert.Equal((schedule.Id, "0 4 * * *"), ((string?)left["name"], (string?)left["pattern"]));
    }

    /// <summary>The user cancels while a request is in progress. Before the second request the change ends at once; later it is finished, unless Mistral does not respond.</summary>
    [ContractTheory(Needs = Needs.Instances)]
    [InlineData(1, true, "old", nameof(OperationCanceledException))]
    [InlineData(2, false, "new", null)]
    [InlineData(2, true, "old+kept", "ScheduleChangeInterrupted")]
    [InlineData(3, false, "new", null)]
    [InlineData(3, true, "kept", "ScheduleChangeInterrupted")]
    [InlineData(4, false, "new", null)]
    [InlineData(4, true, "new+kept", null)]
    public async Task A_change_that_is_cancelled_is_finished_or_reported(int step, bool hangs, string left, string? reported)
    {
        var faults = new FaultHandler(Cloud.CreateHandler());
        using CloudSession broken = await ConnectAsync(faults);
        using CloudSession session = await Cloud.ConnectAsync("demo");
        BackupSchedule schedule = await CreateAsync(session, new ScheduleRequest { Instance = M, Name = "n", Pattern = "0 3 * * *" });
        PreparedScheduleChange change = await broken.ScheduleChanges.PrepareAsync(schedule, new ScheduleChange { Pattern = new("0 4 * * *") });
        if (hangs)
            broken.ScheduleChanges.CancellationDelay = TimeSpan.Zero;
        using var cancellation = new CancellationTokenSource();
        var counter = new ChangeCounter();
        faults.Inject(new Fault(FaultKind.Timeout)
        {
            When = request =>
            {
                if (counter.Count(request) != step)
                    return false;
                cancellation.Cancel();
                return hangs;
            },
            Times = int.MaxValue,
        });
        Exception? error = await Record.ExceptionAsync(() => broken.ScheduleChanges.ApplyAsync(change, null, cancellation.Token));
        Assert.Equal(reported, error is OperationCanceledException ? nameof(OperationCanceledException) : (error as TroveScheduleException)?.ErrorId);
        Assert.Equal(left, string.Join("+", (await OwnTriggersAsync(schedule.Id)).Select(Describe).OrderDescending()));
        BackupSchedule repaired = await ApplyAsync(session, await session.ScheduleChanges.PrepareResumptionAsync(schedule));
        Assert.Equal(left.StartsWith("old", StringComparison.Ordinal) ? "0 3 * * *" : "0 4 * * *", repaired.Pattern);
        Assert.Single(await OwnTriggersAsync(schedule.Id));
    }

    /// <summary>The client ends in the middle: from one request on, nothing gets through. At most one trigger is live, and the next change finishes or undoes the job.</summary>
    [ContractTheory(Needs = Needs.Instances)]
    [InlineData(1, FaultKind.ConnectionRefused, "old", "old")]
    [InlineData(1, FaultKind.ResetBefore, "old", "old")]
    [InlineData(1, FaultKind.ResetAfter, "old+kept", "old")]
    [InlineData(2, FaultKind.ConnectionRefused, "old+kept", "old")]
    [InlineData(2, FaultKind.ResetBefore, "old+kept", "old")]
    [InlineData(2, FaultKind.ResetAfter, "kept", "new")]
    [InlineData(3, FaultKind.ConnectionRefused, "kept", "new")]
    [InlineData(3, FaultKind.ResetBefore, "kept", "new")]
    [InlineData(3, FaultKind.ResetAfter, "new+kept", "new")]
    [InlineData(4, FaultKind.ConnectionRefused, "new+kept", "new")]
    [InlineData(4, FaultKind.ResetBefore, "new+kept", "new")]
    [InlineData(4, FaultKind.ResetAfter, "new", "new")]
    public async Task A_change_that_is_cut_off_is_finished_or_undone_by_the_next(int step, FaultKind kind, string left, string result)
    {
        var faults = new FaultHandler(Cloud.CreateHandler());
        using CloudSession broken = await ConnectAsync(faults);
        using CloudSession session = await Cloud.ConnectAsync("demo");
        BackupSchedule schedule = await CreateAsync(session, new ScheduleRequest { Instance = M, Name = "n", Pattern = "0 3 * * *" });
        PreparedScheduleChange change = await broken.ScheduleChanges.PrepareAsync(schedule, new ScheduleChange { Pattern = new("0 4 * * *") });
        var counter = new ChangeCounter();
        faults.Inject(new Fault(kind) { When = request => counter.Count(request) == step, Times = 1 });
        faults.Inject(new Fault(FaultKind.ConnectionRefused) { When = _ => counter.Last >= step, Times = int.MaxValue });
        var warnings = new List<string>();
        TroveScheduleException? error = null;
        try
        {
            await broken.ScheduleChanges.ApplyAsync(change, warnings.Add);
        }
        catch (TroveScheduleException e)
        {
            error = e;
        }
        Assert.Equal(left, string.Join("+", (await OwnTriggersAsync(schedule.Id)).Select(Describe).Order().Reverse()));
        Assert.Equal(step == 4, error is null);
        Assert.Equal(step == 4 ? 1 : 0, warnings.Count);
        Assert.Equal(step == 3, error?.ErrorId == "ScheduleChangeInterrupted");
        Assert.True(left != "kept" || error!.ErrorId == "ScheduleChangeInterrupted" || error.MayHaveHappened);
        if (left == "kept")
            Assert.Contains("resume the schedule", error!.RecommendedAction);
        BackupSchedule seen = (await session.Schedules.ListAsync()).Single(each => each.Id == schedule.Id);
        Assert.Equal(left == "kept" ? ScheduleState.Interrupted : ScheduleState.Active, seen.State);
        Assert.Equal(left.Contains("kept"), seen.ReplacementTriggerId is not null);
        if (left == "kept")
            Assert.Equal(ScheduleState.Interrupted, (await session.Schedules.GetAsync(schedule.Id)).State);

        BackupSchedule after = await ApplyAsync(session, await session.ScheduleChanges.PrepareResumptionAsync(seen, warn: warnings.Add));
        Assert.Equal((schedule.Id, result == "old" ? "0 3 * * *" : "0 4 * * *", ScheduleState.Active), (after.Id, after.Pattern, after.State));
        Assert.Equal(result, Describe(Assert.Single(await OwnTriggersAsync(schedule.Id))));
    }

    /// <summary>The same for suspensions and resumptions. The next change names nothing, so it only finishes or undoes the job.</summary>
    [ContractTheory(Needs = Needs.Instances)]
    [InlineData(true, 1, FaultKind.ConnectionRefused, false)]
    [InlineData(true, 1, FaultKind.ResetBefore, false)]
    [InlineData(true, 1, FaultKind.ResetAfter, false)]
    [InlineData(true, 2, FaultKind.ConnectionRefused, false)]
    [InlineData(true, 2, FaultKind.ResetBefore, false)]
    [InlineData(true, 2, FaultKind.ResetAfter, true)]
    [InlineData(true, 3, FaultKind.ConnectionRefused, true)]
    [InlineData(true, 3, FaultKind.ResetBefore, true)]
    [InlineData(true, 3, FaultKind.ResetAfter, true)]
    [InlineData(true, 4, FaultKind.ConnectionRefused, true)]
    [InlineData(true, 4, FaultKind.ResetBefore, true)]
    [InlineData(true, 4, FaultKind.ResetAfter, true)]
    [InlineData(false, 1, FaultKind.ConnectionRefused, false)]
    [InlineData(false, 1, FaultKind.ResetBefore, false)]
    [InlineData(false, 1, FaultKind.ResetAfter, false)]
    [InlineData(false, 2, FaultKind.ConnectionRefused, false)]
    [InlineData(false, 2, FaultKind.ResetBefore, false)]
    [InlineData(false, 2, FaultKind.ResetAfter, true)]
    [InlineData(false, 3, FaultKind.ConnectionRefused, true)]
    [InlineData(false, 3, FaultKind.ResetBefore, true)]
    [InlineData(false, 3, FaultKind.ResetAfter, true)]
    [InlineData(false, 4, FaultKind.ConnectionRefused, true)]
    [InlineData(false, 4, FaultKind.ResetBefore, true)]
    [InlineData(false, 4, FaultKind.ResetAfter, true)]
    public async Task A_suspension_or_resumption_that_is_cut_off_is_finished_or_undone_by_the_next_change(bool isSuspension, int step, FaultKind kind, bool isFinished)
    {
        var faults = new FaultHandler(Cloud.CreateHandler());
        using CloudSession broken = await ConnectAsync(faults);
        using CloudSession session = await Cloud.ConnectAsync("demo");
        BackupSchedule schedule = await CreateAsync(session, new ScheduleRequest { Instance = M, Name = "n", Pattern = "0 3 * * *" });
        if (!isSuspension)
            schedule = await ApplyAsync(session, await session.ScheduleChanges.PrepareSuspensionAsync(schedule));
        PreparedScheduleChange change = isSuspension ? await broken.ScheduleChanges.PrepareSuspensionAsync(schedule, "pause") : await broken.ScheduleChanges.PrepareResumptionAsync(schedule);
        var counter = new ChangeCounter();
        faults.Inject(new Fault(kind) { When = request => counter.Count(request) == step, Times = 1 });
        faults.Inject(new Fault(FaultKind.ConnectionRefused) { When = _ => counter.Last >= step, Times = int.MaxValue });
        Exception? error = await Record.ExceptionAsync(() => broken.ScheduleChanges.ApplyAsync(change));
        Assert.Equal(step == 4, error is null);
        Assert.InRange((await OwnTriggersAsync(schedule.Id)).Count(trigger => (string?)trigger["next_execution_time"] != NeverInMistral), 0, 1);

        BackupSchedule seen = (await session.Schedules.ListAsync()).Single(each => each.Id == schedule.Id);
        BackupSchedule after = await ChangeAsync(session, seen, new ScheduleChange());
        Assert.Equal((schedule.Id, "0 3 * * *", isSuspension == isFinished ? ScheduleState.Suspended : ScheduleState.Active), (after.Id, after.Pattern, after.State));
        Assert.Equal(isSuspension && isFinished ? "pause" : null, after.SuspendedReason);
        JsonNode left = Assert.Single(await OwnTriggersAsync(schedule.Id))!;
        Assert.Equal((schedule.Id, after.State == ScheduleState.Suspended), ((string?)left["name"], (string?)left["next_execution_time"] == NeverInMistral));
    }

    [ContractTheory(Needs = Needs.Instances)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    public async Task A_schedule_whose_change_was_cut_off_can_be_deleted(int step, bool isListed)
    {
        using CloudSession session = await Cloud.ConnectAsync("demo");
        BackupSchedule schedule = await CreateAsync(session, new ScheduleRequest { Instance = M, Name = "n", Pattern = "0 3 * * *" });
        await CutOffAfterAsync(step, schedule);
        await session.Schedules.DeleteAsync(isListed ? (await session.Schedules.ListAsync()).Single(each => each.Id == schedule.Id) : await session.Schedules.GetAsync(schedule.Id));
        Assert.Empty(await OwnTriggersAsync(schedule.Id));
    }

    /// <summary>An object that was read before a change, or in the middle of one, still deletes the schedule. For an administrator, the request uses the id of the trigger, which changes.</summary>
    [ContractTheory(Needs = Needs.Instances)]
    [InlineData("demo", false)]
    [InlineData("admin", false)]
    [InlineData("demo", true)]
    public async Task An_object_that_is_out_of_date_deletes_the_schedule(string user, bool isReadInTheMiddle)
    {
        using CloudSession session = await Cloud.ConnectAsync("demo");
        using CloudSession deleter = await Cloud.ConnectAsync(user);
        BackupSchedule schedule = await CreateAsync(session, new ScheduleRequest { Instance = M, Name = "n", Pattern = "0 3 * * *" });
        if (isReadInTheMiddle)
            await CutOffAfterAsync(1, schedule);
        BackupSchedule read = await deleter.Schedules.GetAsync(schedule.Id, allProjects: user == "admin");
        Assert.Equal(isReadInTheMiddle, read.ReplacementTriggerId is not null);
        await ChangeAsync(session, schedule, new ScheduleChange { Pattern = new("0 4 * * *") });
        await deleter.Schedules.DeleteAsync(read, allProjects: user == "admin");
        Assert.Empty(await OwnTriggersAsync(schedule.Id));
    }

    /// <summary>The request uses the id of the old trigger, which a later change deleted before it was cut off.</summary>
    [ContractTheory(Needs = Needs.Instances)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task An_administrators_object_from_before_a_change_that_was_cut_off_deletes_all_of_it(int step)
    {
        using CloudSession session = await Cloud.ConnectAsync("demo");
        using CloudSession administrator = await Cloud.ConnectAsync("admin");
        BackupSchedule schedule = await CreateAsync(session, new ScheduleRequest { Instance = M, Name = "n", Pattern = "0 3 * * *" });
        BackupSchedule read = await administrator.Schedules.GetAsync(schedule.Id, allProjects: true);
        await CutOffAfterAsync(step, schedule);
        await administrator.Schedules.DeleteAsync(read, allProjects: true);
        Assert.Empty(await OwnTriggersAsync(schedule.Id));
    }

    /// <summary>Starts a change, and ends the client after a request.</summary>
    private async Task CutOffAfterAsync(int step, BackupSchedule schedule)
    {
        var faults = new FaultHandler(Cloud.CreateHandler());
        using CloudSession broken = await ConnectAsync(faults);
        PreparedScheduleChange change = await broken.ScheduleChanges.PrepareAsync(schedule, new ScheduleChange { Pattern = new("0 4 * * *") });
        var counter = new ChangeCounter();
        faults.Inject(new Fault(FaultKind.ResetAfter) { When = request => counter.Count(request) == step, Times = 1 });
        faults.Inject(new Fault(FaultKind.ConnectionRefused) { When = _ => counter.Last >= step, Times = int.MaxValue });
        await Record.ExceptionAsync(() => broken.ScheduleChanges.ApplyAsync(change));
    }

    private async Task<BackupSchedule> CreateAsync(CloudSession session, ScheduleRequest request)
    {
        BackupSchedule created = await session.Schedules.CreateAsync(request);
        Finally(async () =>
        {
            foreach (JsonNode trigger in await OwnTriggersAsync(created.Id))
                await Mistral("DELETE", "/cron_triggers/" + trigger["id"]);
        });
        return created;
    }

    private static async Task<BackupSchedule> ChangeAsync(CloudSession session, BackupSchedule schedule, ScheduleChange change) =>
        await ApplyAsync(session, await session.ScheduleChanges.PrepareAsync(schedule, change));

    private static Task<BackupSchedule> ApplyAsync(CloudSession session, PreparedScheduleChange change) => session.ScheduleChanges.ApplyAsync(change);

    private Task<CloudSession> ConnectAsync(FaultHandler faults) => CloudSession.ConnectAsync(Cloud.As("demo") with { MaxRetries = 2 }, new AcceleratedTimers(Cloud), () => faults, default);

    /// <summary>The schedule's own trigger and the one that keeps its new definition.</summary>
    private async Task<List<JsonNode>> OwnTriggersAsync(string id) =>
        [.. (await Mistral("GET", "/cron_triggers")).List("cron_triggers").OfType<JsonNode>().Where(trigger => (string?)trigger["name"] == id || ((string?)trigger["workflow_params"])!.Contains($"\"{id}\""))];

    private static string Describe(JsonNode trigger) =>
        ((string?)trigger["workflow_params"])!.Contains("replacement\": {") ? "kept" : (string?)trigger["pattern"] == "0 3 * * *" ? "old" : "new";

    private static bool IsChange(string request) => !request.StartsWith("GET", StringComparison.Ordinal) && request.Contains("/cron_triggers");
}

public sealed class ScheduleChangesOnSandbox() : ScheduleChangeCases(new SandboxUnderTest());

[Collection("real cloud")]
public sealed class ScheduleChangesOnRealCloud() : ScheduleChangeCases(RealCloud.Shared);
