using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Trove;
using Xunit;

namespace TroveSchedules.Tests.Contract;

/// <summary>The complete life of a schedule with the operations of the library.</summary>
public abstract class OperationCases(ICloud cloud) : ContractCases(cloud)
{
    [ContractFact(Needs = Needs.Instances)]
    public async Task A_schedule_can_be_created_shown_listed_executed_and_deleted()
    {
        using CloudSession session = await Cloud.ConnectAsync("demo");
        BackupSchedules schedules = session.Schedules;
        BackupSchedule schedule = await schedules.CreateAsync(new ScheduleRequest { Instance = "m", Name = "nightly", Pattern = "* * * * * */5", AllowSeconds = true });
        Finally(() => Mistral("DELETE", "/cron_triggers/" + schedule.TriggerId));
        Assert.Equal(M, schedule.InstanceId);
        Assert.Equal(schedule.TriggerId, (await schedules.GetAsync(schedule.Id)).TriggerId);
        Assert.Contains(await schedules.ListAsync("m"), one => one.Id == schedule.Id);

        List<ScheduleExecution> runs = await UntilAsync(() => RunsAsync(), all => all.Exists(run => run.State == "SUCCESS"));
        ScheduleExecution good = runs.Find(run => run.State == "SUCCESS")!;
        Assert.Equal(schedule.Id, good.ScheduleId);
        await UntilAsync(async () => (await session.Backups.GetAsync(good.BackupId!)).Status, status => status == "COMPLETED");
        await schedules.DeleteAsync(schedule);
        Assert.DoesNotContain(await schedules.ListAsync("m"), one => one.Id == schedule.Id);
        await IdleAsync(M);
        foreach (ScheduleExecution run in await RunsAsync())
            await session.Executions.DeleteAsync(run, force: true);
        Assert.Empty((await Mistral("GET", "/executions?description=has:" + schedule.TriggerId)).List("executions"));

        async Task<List<ScheduleExecution>> RunsAsync()
        {
            var found = new List<ScheduleExecution>();
            await foreach (ScheduleExecution run in session.Executions.ListAsync(schedule))
                found.Add(run);
            return found;
        }
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task A_schedule_is_started_by_hand_and_waited_for_with_its_backup()
    {
        using CloudSession session = await Cloud.ConnectAsync("demo");
        await IdleAsync(OtherDup);
        string trigger = (await TriggerAsync(input: Input(OtherDup))).Text("id")!;
        BackupSchedule schedule = await session.Schedules.GetAsync(trigger);
        ScheduleExecution started = await session.Executions.StartAsync(schedule, Guid.NewGuid().ToString());
        Finally(() => Mistral("DELETE", $"/executions/{started.Id}?force=true"));
        Assert.Equal((schedule.Id, schedule.TriggerId, true, "RUNNING"), (started.ScheduleId, started.TriggerId, started.IsManual, started.State));

        var options = new ExecutionWaitOptions { ForBackup = true, TimeLimit = TimeSpan.FromMinutes(1), Delay = (time, _) => Cloud.PassAsync(time) };
        ExecutionOutcome outcome = Assert.Single(await session.Executions.WaitAsync([new AwaitedExecution(started.Id, started)], options).ToListAsync());
        Assert.Null(outcome.Error);
        Finally(() => UntilAsync(() => Trove("DELETE", "/backups/" + outcome.Execution!.BackupId), reply => reply.Status is 202 or 404));
        Assert.Equal(("SUCCESS", "COMPLETED", schedule.Id, true), (outcome.Execution!.State, outcome.Execution.BackupStatus, outcome.Execution.ScheduleId, outcome.Execution.IsManual));
        Assert.Equal(started.Id, Assert.Single(await session.Executions.ListAsync(schedule).ToListAsync()).Id);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task An_execution_that_fails_is_waited_for_too_and_says_why()
    {
        using CloudSession session = await Cloud.ConnectAsync("demo");
        BackupSchedule schedule = await session.Schedules.GetAsync((await TriggerAsync(input: Input(Broken))).Text("id")!);
        var awaited = new List<AwaitedExecution>();
        for (int i = 0; i < 4; i++)
        {
            ScheduleExecution started = await session.Executions.StartAsync(schedule, Guid.NewGuid().ToString());
            Finally(() => Mistral("DELETE", $"/executions/{started.Id}?force=true"));
            awaited.Add(new AwaitedExecution(started.Id, started));
        }
        var options = new ExecutionWaitOptions { TimeLimit = TimeSpan.FromMinutes(1), Delay = (time, _) => Cloud.PassAsync(time) };
        List<ExecutionOutcome> outcomes = await session.Executions.WaitAsync(awaited, options).ToListAsync();
        Assert.Equal(awaited.Select(one => one.Id).Order(), outcomes.Select(outcome => outcome.Id).Order());
        Assert.All(outcomes, outcome =>
        {
            Assert.Equal(("ERROR", "ExecutionFailed", TroveErrorKind.Failed), (outcome.Execution!.State, outcome.Error!.ErrorId, outcome.Error.Kind));
            Assert.Contains($"TroveAction.backups.create failed: Instance {Broken} is not ready. (HTTP 422)", outcome.Error.Message);
        });
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task A_schedule_for_another_workbook_is_not_started()
    {
        using CloudSession session = await Cloud.ConnectAsync("demo");
        BackupSchedule schedule = await session.Schedules.GetAsync((await TriggerAsync(input: Input(OtherDup))).Text("id")!);
        var error = await Assert.ThrowsAsync<TroveScheduleException>(() => session.Executions.StartAsync(new BackupSchedule { Id = schedule.Id, TriggerId = schedule.TriggerId, Input = "{\"instance\": \"x\", \"name\": \"n\", \"bogus\": 1}" }, Guid.NewGuid().ToString()));
        Assert.Equal(("InvalidForWorkbook", false), (error.ErrorId, error.MayHaveHappened));
        Assert.Contains("unexpected=['bogus']", error.Message);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task An_application_credential_starts_what_a_user_created()
    {
        using CloudSession session = await Cloud.ConnectAsync("demo-appcred");
        BackupSchedule schedule = await session.Schedules.GetAsync((await TriggerAsync(input: Input(Nobody))).Text("id")!);
        ScheduleExecution started = await session.Executions.StartAsync(schedule, Guid.NewGuid().ToString());
        Finally(() => Mistral("DELETE", $"/executions/{started.Id}?force=true"));
        Assert.Equal("ERROR", (await EndAsync(started.Id)).Text("state"));
    }
}

public sealed class OperationsOnSandbox() : OperationCases(new SandboxUnderTest());

[Collection("real cloud")]
public sealed class OperationsOnRealCloud() : OperationCases(RealCloud.Shared);
