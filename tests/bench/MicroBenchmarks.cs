using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using TroveSchedules.Cron;
using TroveSchedules.OpenStack;
using TroveSchedules.Sandbox;

namespace TroveSchedules.Benchmarks;

/// <summary>The benchmarks that BenchmarkDotNet runs. They need neither PowerShell nor a cloud.</summary>
internal static class MicroBenchmarks
{
    public static string Run()
    {
        // Runs in this process, because a separate project for each benchmark would have to be restored and built first.
        IConfig config = ManualConfig.CreateEmpty()
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(5).WithIterationCount(10))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(new ConsoleLogger())
            .WithOptions(ConfigOptions.DisableLogFile);
        Summary[] summaries = BenchmarkRunner.Run([typeof(CronPatterns), typeof(OnSandbox), typeof(DashboardPages)], config);
        if (summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)))
            throw new InvalidOperationException("BenchmarkDotNet failed, see above.");
        return Report.Table(["", "median", "allocated"], summaries.SelectMany(summary => summary.Reports).Select(report => (IReadOnlyList<string>)
        [
            report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo.Trim('\''),
            Nanoseconds(report.ResultStatistics!.Median),
            Report.Size(report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0),
        ]));
    }

    private static string Nanoseconds(double time) => time switch
    {
        < 1e3 => $"{time:0.0} ns",
        < 1e6 => $"{time / 1e3:0.0} µs",
        _ => $"{time / 1e6:0.00} ms",
    };
}

/// <summary>Parsing of patterns, and computation of occurrences.</summary>
public class CronPatterns
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly CronPattern _daily = CronPattern.Parse("0 3 * * *");
    private readonly CronPattern _rare = CronPattern.Parse("0 0 29 2 1");

    [Benchmark(Description = "CronPattern.Parse(\"0 3 * * *\")")]
    public CronPattern Parse() => CronPattern.Parse("0 3 * * *");

    [Benchmark(Description = "CronPattern.Next of \"0 3 * * *\"")]
    public DateTimeOffset? Next() => _daily.Next(Start);

    [Benchmark(Description = "CronPattern.Next of \"0 0 29 2 1\"")]
    public DateTimeOffset? NextOfRare() => _rare.Next(Start);
}

/// <summary>The operations without PowerShell, on a sandbox. The figures include the work of the sandbox.</summary>
public class OnSandbox
{
    private const int Rows = 1_000;
    private readonly SandboxCloud _cloud = new(new SandboxOptions { Speed = 0 });
    private CloudSession _session = null!;
    private BackupSchedule _schedule = null!;

    /// <summary>1000 schedules, one of them with 1000 executions.</summary>
    [GlobalSetup]
    public void Prepare() => PrepareAsync().GetAwaiter().GetResult();

    [GlobalCleanup]
    public void End()
    {
        _session.Dispose();
        _cloud.Dispose();
    }

    [Benchmark(Description = "list 1,000 executions")]
    public async Task<int> ListExecutions()
    {
        int count = 0;
        await foreach (ScheduleExecution _ in _session.Executions.ListAsync(_schedule))
            count++;
        return count == Rows ? count : throw new InvalidOperationException($"{count} executions came.");
    }

    [Benchmark(Description = "list 1,000 schedules")]
    public async Task<int> ListSchedules() =>
        (await _session.Schedules.ListAsync()).Count is Rows and var count ? count : throw new InvalidOperationException("Not all schedules came.");

    [Benchmark(Description = "create a schedule and delete it")]
    public async Task CreateAndDelete()
    {
        var schedules = _session.Schedules;
        await schedules.DeleteAsync(await CreateAsync(schedules));
    }

    private async Task PrepareAsync()
    {
        _session = await SandboxSession.ConnectAsync(_cloud, _cloud.Accounts[0]);
        await _session.Workbook.InstallAsync();
        var schedules = _session.Schedules;
        for (int i = 0; i < Rows; i++)
            _schedule = await CreateAsync(schedules);
        _cloud.SeedExecutions(_schedule.Id, Rows);
    }

    private static Task<BackupSchedule> CreateAsync(BackupSchedules schedules) => schedules.CreateAsync(new ScheduleRequest { Instance = "m", Name = "bench", Pattern = "0 3 * * *" });
}
