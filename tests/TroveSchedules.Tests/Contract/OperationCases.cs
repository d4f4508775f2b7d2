using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Trove;
using Xunit;

namespace TroveSchedules.Tests.Contract;

/// <summary>The main job through the library's own operations.</summary>
public abstract class OperationCases(ICloud cloud) : ContractCases(cloud)
{
    [ContractFact(Needs = Needs.Instances)]
    public async Task A_schedule_is_made_shown_listed_runs_and_is_deleted()
    {
        using CloudSession session = await Cloud.ConnectAsync("demo");
        BackupSchedules schedules = session.Schedules;
        BackupSchedule made = await schedules.CreateAsync(new ScheduleRequest { Instance = "m", Name = "nightly", Pattern = "* * * * * */5", AllowSeconds = true });
        Finally(() => Mistral("DELETE", "/cron_triggers/" + made.TriggerId));
        Assert.Equal(M, made.InstanceId);
        Assert.Equal(made.TriggerId, (await schedules.GetAsync(made.Id)).TriggerId);
        Assert.Contains(await schedules.ListAsync("m"), one => one.Id == made.Id);

        List<ScheduleExecution> runs = await UntilAsync(() => RunsAsync(), all => all.Exists(run => run.State == "SUCCESS"));
        ScheduleExecution good = runs.Find(run => run.State == "SUCCESS")!;
        Assert.Equal(made.Id, good.ScheduleId);
        await UntilAsync(async () => (await session.Backups.GetAsync(good.BackupId!)).Status, status => status == "COMPLETED");
        await schedules.DeleteAsync(made);
        Assert.DoesNotContain(await schedules.ListAsync("m"), one => one.Id == made.Id);
        await IdleAsync(M);
        foreach (ScheduleExecution run in await RunsAsync())
            await session.Executions.DeleteAsync(run, force: true);
        Assert.Empty((await Mistral("GET", "/executions?description=has:" + made.TriggerId)).List("executions"));

        async Task<List<ScheduleExecution>> RunsAsync()
        {
            var found = new List<ScheduleExecution>();
            await foreach (ScheduleExecution run in session.Executions.ListAsync(made))
                found.Add(run);
            return found;
        }
    }
}

public sealed class OperationsOnSandbox() : OperationCases(new SandboxUnderTest());

[Collection("real cloud")]
public sealed class OperationsOnRealCloud() : OperationCases(RealCloud.Shared);
