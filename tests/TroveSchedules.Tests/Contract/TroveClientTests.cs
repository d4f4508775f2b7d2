using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.SandboxHost;
using Xunit;

namespace TroveSchedules.Tests.Contract;

/// <summary>Debian's <c>trove</c> client on the sandbox.</summary>
public sealed class TroveClientTests
{
    [TroveClientFact]
    public async Task Python_troveclient_creates_lists_shows_and_deletes_schedules_and_executions()
    {
        // The clock is stopped, and advances only with Step.
        using var sandbox = new LoopbackSandbox(speed: 0);
        using CloudSession session = await CloudSession.ConnectAsync(
            SandboxUnderTest.Settings(sandbox.Cloud, "demo"), sandbox.Cloud.Clock, () => new SocketsHttpHandler(), default);
        await session.Workbook.InstallAsync(PeerWorkbook);

        string output = await Trove("schedule-create", "m", "*/2 * * * *", "nightly", "--description", "by the peer");
        string id = Regex.Match(output, "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").Value;
        Assert.NotEmpty(id);
        Assert.Contains(id, await Trove("schedule-list", "m"));
        Assert.Contains("*/2 * * * *", await Trove("schedule-show", id));
        BackupSchedule schedule = Assert.Single(await session.Schedules.ListAsync("m"));
        Assert.Equal((id, "nightly", "by the peer"), (schedule.Id, schedule.Name, schedule.Description));

        sandbox.Cloud.Step(TimeSpan.FromMinutes(5));
        var runs = new List<ScheduleExecution>();
        await foreach (ScheduleExecution run in session.Executions.ListAsync(schedule))
            runs.Add(run);
        Assert.InRange(runs.Count, 2, 3);
        string listed = await Trove("execution-list", id);
        Assert.All(runs, run => Assert.Contains(run.Id, listed));
        await Trove("execution-delete", runs[0].Id);
        Assert.DoesNotContain(runs[0].Id, await Trove("execution-list", id));

        Assert.Contains("COMPLETED", await Trove("backup-list"));
        await Trove("schedule-delete", id);
        Assert.DoesNotContain(id, await Trove("schedule-list", "m"));
        Assert.Empty(await session.Schedules.ListAsync("m"));

        Task<string> Trove(params string[] arguments) => RunClientAsync(sandbox, arguments);
    }

    [TroveClientFact]
    public async Task With_our_workbook_python_troveclient_lists_executions_of_our_schedules_but_not_of_its_own()
    {
        using var sandbox = new LoopbackSandbox(speed: 0);
        using CloudSession session = await CloudSession.ConnectAsync(
            SandboxUnderTest.Settings(sandbox.Cloud, "demo"), sandbox.Cloud.Clock, () => new SocketsHttpHandler(), default);
        var warnings = new List<string>();
        BackupSchedules schedules = session.Schedules;
        await session.Workbook.InstallAsync(PeerWorkbook, warn: warnings.Add);
        await RunClientAsync(sandbox, "schedule-create", "m", "*/2 * * * *", "theirs");
        BackupSchedule theirs = Assert.Single(await schedules.ListAsync("m"));
        await session.Workbook.InstallAsync(warn: warnings.Add);
        Assert.StartsWith("1 schedule of this project was", Assert.Single(warnings));
        BackupSchedule schedule = await schedules.CreateAsync(new ScheduleRequest { Instance = "m", Pattern = "*/2 * * * *", Name = "ours" });

        sandbox.Cloud.Step(TimeSpan.FromMinutes(3));
        ScheduleExecution shown = await FirstRunAsync(schedule);
        ScheduleExecution hidden = await FirstRunAsync(theirs);
        Assert.Contains(shown.Id, await RunClientAsync(sandbox, "execution-list", schedule.Id));
        Assert.DoesNotContain(hidden.Id, await RunClientAsync(sandbox, "execution-list", theirs.Id));

        async Task<ScheduleExecution> FirstRunAsync(BackupSchedule schedule)
        {
            await foreach (ScheduleExecution run in session.Executions.ListAsync(schedule))
                return run;
            throw new InvalidOperationException($"{schedule.Name} did not run.");
        }
    }

    private static async Task<string> RunClientAsync(LoopbackSandbox sandbox, params string[] arguments)
    {
        var start = new ProcessStartInfo(TroveClientFactAttribute.Client) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("OS_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach ((string name, string value) in sandbox.Environment)
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"trove {string.Join(" ", arguments)} ended with {process.ExitCode}: {output}{await errors}");
        return output;
    }

    // The workbook of python-troveclient, whose execution-list compares inputs for equality.
    private const string PeerWorkbook = """
        version: '2.0'
        name: trove
        description: Trove Workflows
        workflows:
          backup_create:
            input: [instance, name, description, incremental]
            output:
              status: <% $.message %>
            tasks:
              backup_create:
                action: trove.backups_create instance=<% $.instance %> name=<% $.name %> description=<% $.description %> incremental=<% $.incremental %>
                publish:
                  message: <% 'Backup complete' %>

        """;
}

/// <summary>A test that needs python3-troveclient. It is reported as skipped if that is not installed.</summary>
public sealed class TroveClientFactAttribute : FactAttribute
{
    public TroveClientFactAttribute() =>
        Skip = File.Exists("/usr/lib/python3/dist-packages/troveclient/__init__.py") && File.Exists("/usr/lib/python3/dist-packages/mistralclient/__init__.py")
            ? null
            : "python3-troveclient and python3-mistralclient are not installed.";

    public static string Client { get; } = Path.GetFullPath(Path.Combine(Here(), "../../stack/bin/trove"));

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
