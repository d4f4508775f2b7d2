using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules;
using TroveSchedules.OpenStack;
using TroveSchedules.Sandbox;

namespace Walkthrough;

/// <summary>What the specification does with the command line, done with the operations, in its order and with its tables.</summary>
/// <param name="session">The session to work through.</param>
/// <param name="sandbox">The sandbox that the session is with; null for a real cloud.</param>
internal sealed class Steps(CloudSession session, SandboxCloud? sandbox)
{
    private BackupSchedule? _schedule;
    private int _step;

    public async Task RunAsync(string instance, CancellationToken cancellationToken)
    {
        Console.WriteLine(sandbox is null
            ? $"On the cloud of {session.AuthUrl}, as {session.UserName} in the project {session.ProjectName}. Times are UTC."
            : "In a sandbox: a cloud in this process. OS_CLOUD or OS_AUTH_URL would name a real one. Times are UTC.");
        try
        {
            await LoadWorkbookAsync(cancellationToken);
            BackupSchedule schedule = await CreateScheduleAsync(instance, cancellationToken);
            await ListSchedulesAsync(instance, cancellationToken);
            await WaitForRunAsync(schedule, cancellationToken);
            await ShowScheduleAsync(schedule.Id, cancellationToken);
            await DeleteScheduleAsync(schedule, cancellationToken);
            IReadOnlyList<ScheduleExecution> executions = await ListExecutionsAsync(schedule, cancellationToken);
            await DeleteExecutionsAsync(executions, cancellationToken);
        }
        finally
        {
            if (_schedule is not null) // Something went wrong, or Ctrl-C was pressed.
                await session.Schedules.DeleteAsync(_schedule, cancellationToken: CancellationToken.None);
        }
    }

    private async Task LoadWorkbookAsync(CancellationToken cancellationToken)
    {
        Announce("Load trove workbook", "session.Workbook.InstallAsync(), where session.Workbook.GetAsync() finds none");
        InstalledWorkbook found = await session.Workbook.GetAsync(cancellationToken);
        if (found.IsInstalled)
            Console.WriteLine("There is one already, which will do.");
        else
            found = await session.Workbook.InstallAsync(warn: Warn, cancellationToken: cancellationToken);
        Console.WriteLine($"The workflow {found.Workflow} takes {string.Join(", ", found.Inputs)}.");
    }

    private async Task<BackupSchedule> CreateScheduleAsync(string instance, CancellationToken cancellationToken)
    {
        Announce("Create schedule", $$"""session.Schedules.CreateAsync(new ScheduleRequest { Instance = "{{instance}}", Pattern = "*/2 * * * *", Name = "myback" })""");
        _schedule = await session.Schedules.CreateAsync(new ScheduleRequest { Instance = instance, Pattern = "*/2 * * * *", Name = "myback" }, Warn, cancellationToken);
        Show(_schedule);
        return _schedule;
    }

    private async Task ListSchedulesAsync(string instance, CancellationToken cancellationToken)
    {
        Announce("List schedules", $"session.Schedules.ListAsync(\"{instance}\")");
        IReadOnlyList<BackupSchedule> schedules = await session.Schedules.ListAsync(instance, cancellationToken: cancellationToken);
        Table.Write(["ID", "Name", "Pattern", "Next Execution Time"],
            schedules.Select(schedule => new[] { schedule.Id, schedule.Name, schedule.Pattern, Time(schedule.NextExecutionTime) }));
    }

    private async Task WaitForRunAsync(BackupSchedule schedule, CancellationToken cancellationToken)
    {
        if (sandbox is not null)
        {
            // To a moment at which the second run is over, whatever the time is now.
            TimeSpan by = schedule.NextExecutionTime!.Value.AddMinutes(2.5) - sandbox.Clock.GetUtcNow();
            Announce("Let it run", "sandbox.Step(…)");
            sandbox.Step(by);
            Console.WriteLine($"The sandbox's clock moved on to {Time(sandbox.Clock.GetUtcNow())}, past two runs.");
            return;
        }
        Announce("Let it run", $"waits until {Time(schedule.NextExecutionTime)}, and for the run to end");
        DateTimeOffset giveUp = DateTimeOffset.UtcNow.AddMinutes(4);
        while (!await session.Executions.ListAsync(schedule, new ExecutionQuery { States = ["SUCCESS", "ERROR"] }, cancellationToken).AnyAsync(cancellationToken))
        {
            if (DateTimeOffset.UtcNow > giveUp)
                throw new TroveScheduleException(TroveErrorKind.Timeout, $"No run of the schedule '{schedule.Id}' ended in four minutes: does Mistral run triggers?");
            await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
        }
        Console.WriteLine("It ran.");
    }

    private async Task ShowScheduleAsync(string id, CancellationToken cancellationToken)
    {
        Announce("Show schedule", $"session.Schedules.GetAsync(\"{id}\")");
        Show(await session.Schedules.GetAsync(id, cancellationToken: cancellationToken));
    }

    private async Task DeleteScheduleAsync(BackupSchedule schedule, CancellationToken cancellationToken)
    {
        Announce("Delete schedule", "session.Schedules.DeleteAsync(schedule)");
        await session.Schedules.DeleteAsync(schedule, cancellationToken: cancellationToken);
        _schedule = null;
        Console.WriteLine("Gone. What it did can still be read.");
    }

    private async Task<IReadOnlyList<ScheduleExecution>> ListExecutionsAsync(BackupSchedule schedule, CancellationToken cancellationToken)
    {
        Announce("List executions", "session.Executions.ListAsync(schedule)");
        List<ScheduleExecution> executions = await session.Executions
            .ListAsync(schedule, new ExecutionQuery { IncludeBackupStatus = true }, cancellationToken).ToListAsync(cancellationToken);
        Table.Write(["ID", "Execution Time", "State", "Output"],
            executions.Select(execution => new[] { execution.Id, Time(execution.ExecutionTime), execution.State, execution.Reason ?? execution.Output }));
        return executions;
    }

    private async Task DeleteExecutionsAsync(IReadOnlyList<ScheduleExecution> executions, CancellationToken cancellationToken)
    {
        Announce("Delete executions", "session.Executions.DeleteAsync(execution), each");
        foreach (ScheduleExecution execution in executions)
            await session.Executions.DeleteAsync(execution, force: true, cancellationToken: cancellationToken);

        Console.WriteLine($"Gone: {executions.Count}. The backups stay.");
        List<ScheduleExecution> accepted = [.. executions.Where(execution => execution.BackupId is not null)];
        if (accepted.Count == 0)
            return;
        Console.WriteLine("SUCCESS says only that Trove accepted them; how they are:");
        Table.Write(["ID", "Status"], accepted.Select(execution => new[] { execution.BackupId, execution.BackupStatus }));
        if (sandbox is null)
            Console.WriteLine("Delete them with: openstack database backup delete <id>");
    }

    private void Announce(string title, string call)
    {
        Console.WriteLine();
        Console.WriteLine($"{++_step}. {title}: {call}");
    }

    private static void Show(BackupSchedule schedule)
    {
        List<string?[]> rows =
        [
            ["created_at", Time(schedule.CreatedAt)],
            ["id", schedule.Id],
            ["input", schedule.Input],
            ["instance", schedule.InstanceId],
            ["name", schedule.Name],
            ["next_execution_time", Time(schedule.NextExecutionTime)],
            ["parent_id", schedule.ParentId],
            ["pattern", schedule.Pattern],
        ];
        if (schedule.UpdatedAt is not null)
            rows.Add(["updated_at", Time(schedule.UpdatedAt)]);
        Table.Write(["Property", "Value"], rows);
    }

    private static string? Time(DateTimeOffset? time) => time?.ToString("u");

    private static void Warn(string warning) => Console.Error.WriteLine("WARNING: " + warning);
}
