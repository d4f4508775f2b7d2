using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.Sandbox;
using TroveSchedules.SandboxHost;

namespace TroveSchedules.Benchmarks;

/// <summary>Work on one project of a large sandbox, and on all of them. The sandbox runs in this process, and the module in another one.</summary>
internal static class ProjectsCase
{
    public const int Projects = 100;

    private const int SchedulesOfProject = 10_000;
    private const int ScheduledInstances = 100;
    private const int ExecutionsOfSchedule = 100;
    private const int SchedulesWithExecutions = 100;
    private const int ExecutionsOfProject = SchedulesWithExecutions * ExecutionsOfSchedule;

    private static readonly Step[] Steps =
    [
        new("list the schedules", "Get-TroveBackupSchedule -Session $sessions", SchedulesOfProject),
        new("list the executions of the schedules that have some", "Get-TroveBackupSchedule -Session $sessions -Name busy | Get-TroveScheduleExecution -Session $sessions", ExecutionsOfProject),
        new("check the health of all schedules, seven days", "Get-TroveScheduleHealth -Session $sessions", SchedulesOfProject),
        new("create a schedule of each instance, and delete it", "foreach ($session in $sessions) { Get-TroveInstance -Session $session | New-TroveBackupSchedule -Pattern '0 4 1 1 *' -Name bulk -Session $session | Remove-TroveBackupSchedule -Session $session -PassThru }", ScheduledInstances),
        new("list the executions of one schedule and delete them", "foreach ($session in $sessions) { Get-TroveBackupSchedule -Session $session -Name busy -First 1 -Skip ($sessions.Count - 1) | Get-TroveScheduleExecution -Session $session | Remove-TroveScheduleExecution -Session $session -PassThru }", ExecutionsOfSchedule),
    ];

    /// <summary>Runs each step with one project, and then with all.</summary>
    public static async Task<IReadOnlyList<StepResult>> RunAsync()
    {
        using var sandbox = new LoopbackSandbox(speed: 0, Projects, ScheduledInstances);
        string clouds = Path.GetTempFileName();
        try
        {
            await SeedAsync(sandbox.Cloud);
            await File.WriteAllTextAsync(clouds, CloudsOf(sandbox.Cloud).ToJsonString());
            await using Warm module = Warm.Start("pwsh", ["-NoProfile", "-NonInteractive", "-File", Options.Script("warm.ps1"), Options.Module],
                new Dictionary<string, string> { ["OS_CLIENT_CONFIG_FILE"] = clouds });
            await module.SendAsync(Script($"$all = Connect-TroveSession (1..{Projects} | ForEach-Object {{ 'project-{{0:d3}}' -f $_ }}); $ConfirmPreference = 'None'"));
            var results = new List<StepResult>();
            foreach (Step step in Steps)
                results.Add(new StepResult(step.Title, await MeasureAsync(step, 1), await MeasureAsync(step, Projects)));
            return results;

            async Task<StepRun> MeasureAsync(Step step, int projects)
            {
                Console.Error.WriteLine($"{DateTime.Now:T} {step.Title}: {projects} of {Projects} projects");
                await module.SendAsync(Script($"$sessions = $all | Select-Object -First {projects}"));
                int before = sandbox.Requests;
                JsonNode run = (await module.SendAsync(Script($"Measure-Run {{ {step.Command} }}")))!["value"]![0]!;
                int requests = sandbox.Requests - before;
                if ((int)run["count"]! != projects * step.Rows)
                    throw new InvalidOperationException($"{step.Title}: {run["count"]} of {projects * step.Rows} objects came.");
                return new StepRun(projects * step.Rows, (double)run["seconds"]!, (double)run["first"]!, (double)run["growth"]!, requests);
            }
        }
        finally
        {
            File.Delete(clouds);
        }
    }

    /// <summary>Renders the result as Markdown.</summary>
    public static string ToMarkdown(IReadOnlyList<StepResult> results) => Report.Table(
        ["", "projects", "objects", "time", "first object", "requests", "memory growth"],
        results.SelectMany(result => new[] { Row(result.Title, 1, result.One), Row("…", Projects, result.All) }));

    private static IReadOnlyList<string> Row(string title, int projects, StepRun run) =>
        [title, $"{projects}", $"{run.Objects:N0}", Report.Time(run.Seconds), Report.Time(run.First), $"{run.Requests:N0}", Report.Memory(run.Growth)];

    private static JsonObject Script(string text) => new() { ["script"] = text };

    private static async Task SeedAsync(SandboxCloud cloud)
    {
        SandboxAccount admin = cloud.Accounts.Single(account => account.Role == "admin");
        using (CloudSession session = await SandboxSession.ConnectAsync(cloud, admin))
            await session.Workbook.InstallAsync(isPublic: true);
        foreach (SandboxAccount account in ProjectsOf(cloud))
        {
            Console.Error.Write($"\r{DateTime.Now:T} seeding {account.ProjectName}");
            using CloudSession session = await SandboxSession.ConnectAsync(cloud, account);
            IReadOnlyList<Instance> instances = await session.CreateLookup().AllInstancesAsync();
            for (int n = 0; n < SchedulesOfProject; n++)
            {
                BackupSchedule schedule = await session.Schedules.CreateAsync(new ScheduleRequest { Instance = instances[n % instances.Count].Id, Name = n < SchedulesWithExecutions ? "busy" : "quiet", Pattern = "0 3 * * *" });
                if (n < SchedulesWithExecutions)
                    cloud.SeedExecutions(schedule.Id, ExecutionsOfSchedule);
            }
        }
        Console.Error.WriteLine();
    }

    private static JsonObject CloudsOf(SandboxCloud cloud) => new()
    {
        ["clouds"] = new JsonObject(ProjectsOf(cloud).Select(account => KeyValuePair.Create(account.ProjectName, (JsonNode?)new JsonObject
        {
            ["auth"] = new JsonObject
            {
                ["auth_url"] = cloud.AuthUrl.AbsoluteUri, ["username"] = account.UserName, ["password"] = account.Password, ["project_name"] = account.ProjectName,
                ["user_domain_name"] = SandboxAccount.Domain, ["project_domain_name"] = SandboxAccount.Domain,
            },
            ["region_name"] = "RegionOne",
        }))),
    };

    private static IEnumerable<SandboxAccount> ProjectsOf(SandboxCloud cloud) => cloud.Accounts.Where(account => account.ProjectName.StartsWith("project-", StringComparison.Ordinal));

    private sealed record Step(string Title, string Command, int Rows);
}

/// <summary>A step with one project, and with all.</summary>
internal sealed record StepResult(string Title, StepRun One, StepRun All);

/// <summary>One run of a step.</summary>
/// <param name="Objects">Number of objects that the pipeline wrote.</param>
/// <param name="Seconds">Its time.</param>
/// <param name="First">The time until the first object, in seconds.</param>
/// <param name="Growth">Peak memory above the memory before the run, in bytes.</param>
/// <param name="Requests">Number of requests.</param>
internal sealed record StepRun(int Objects, double Seconds, double First, double Growth, int Requests);
