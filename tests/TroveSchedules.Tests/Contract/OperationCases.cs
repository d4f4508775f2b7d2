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
}

public sealed class OperationsOnSandbox() : OperationCases(new SandboxUnderTest());

[Collection("real cloud")]
public sealed class OperationsOnRealCloud() : OperationCases(RealCloud.Shared);
