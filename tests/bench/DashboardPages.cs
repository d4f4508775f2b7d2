using System;
using System.Net.Http;
using System.Threading.Tasks;
using BenchmarkDotNet.Attributes;
using TroveSchedules.Dashboard;
using TroveSchedules.OpenStack;
using TroveSchedules.Sandbox;

namespace TroveSchedules.Benchmarks;

/// <summary>Pages of the dashboard over HTTP, and the operations that they show, without it. The figures include the work of the sandbox.</summary>
public class DashboardPages
{
    private const int Instances = 1_000;
    private readonly SandboxCloud _cloud = new(new SandboxOptions { Speed = 0, Instances = Instances });
    private readonly HttpClient _browser = new();
    private CloudSession _session = null!;
    private DashboardServer _dashboard = null!;
    private Task _running = null!;
    private BackupSchedule _schedule = null!;
    private string _marker = "";

    /// <summary>1000 instances, each with a schedule. One of them has 10,000 executions.</summary>
    [GlobalSetup]
    public void Prepare() => PrepareAsync().GetAwaiter().GetResult();

    [GlobalCleanup]
    public void End()
    {
        _dashboard.Dispose();
        _running.GetAwaiter().GetResult();
        _browser.Dispose();
        _session.Dispose();
        _cloud.Dispose();
    }

    [Benchmark(Description = "check the health of 1,000 instances")]
    public async Task<int> CheckHealth() =>
        (await _session.Schedules.CheckHealthAsync(null, new HealthOptions { Since = _session.CloudTime - TimeSpan.FromDays(14), IncludeUnscheduled = true })).Count;

    [Benchmark(Description = "… as the first page of the dashboard")]
    public Task<string> FirstPage() => _browser.GetStringAsync(new Uri(_browser.BaseAddress!, "/?refresh=1"));

    [Benchmark(Description = "list 51 of 10,000 executions")]
    public async Task<int> ListExecutions()
    {
        int count = 0;
        await foreach (ScheduleExecution _ in _session.Executions.ListAsync(_schedule, new ExecutionQuery { Limit = 51, Marker = _marker, IncludeBackupStatus = true }))
            count++;
        return count;
    }

    [Benchmark(Description = "… as a page of the dashboard")]
    public Task<string> ExecutionsPage() => _browser.GetStringAsync(new Uri(_browser.BaseAddress!, $"/schedules/{_schedule.Id}/executions?marker={_marker}"));

    private async Task PrepareAsync()
    {
        _session = await SandboxSession.ConnectAsync(_cloud, _cloud.Accounts[0]);
        await _session.Workbook.InstallAsync();
        await foreach (Instance instance in _session.Instances.ListAsync())
            _schedule = await _session.Schedules.CreateAsync(new ScheduleRequest { Instance = instance.Id, Name = "bench", Pattern = "0 3 * * *" });
        _cloud.SeedExecutions(_schedule.TriggerId, 10_000);
        await foreach (ScheduleExecution execution in _session.Executions.ListAsync(_schedule, new ExecutionQuery { Limit = 5_000 }))
            _marker = execution.Id;
        _dashboard = DashboardServer.Start(_session, new DashboardOptions { WaitLimit = TimeSpan.FromMinutes(1) });
        _running = _dashboard.RunAsync();
        _browser.BaseAddress = new Uri(_dashboard.Address.GetLeftPart(UriPartial.Authority));
        (await _browser.GetAsync(_dashboard.Address)).EnsureSuccessStatusCode();
    }
}
