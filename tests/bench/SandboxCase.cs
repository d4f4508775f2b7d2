using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;

namespace TroveSchedules.Benchmarks;

/// <summary>Executions through PowerShell's pipeline, from a sandbox in the same process. The figures include the sandbox's time and memory.</summary>
internal static class SandboxCase
{
    public const int Executions = 100_000;
    public const int Fewer = 10_000;

    public static async Task<IReadOnlyDictionary<int, Measurement>> RunAsync(Options options)
    {
        var results = new Dictionary<int, Measurement>();
        foreach (int count in new[] { Fewer, Executions })
        {
            Console.Error.WriteLine($"{DateTime.Now:T} {count} executions on the sandbox");
            await using Warm module = Warm.Start("pwsh", ["-NoProfile", "-NonInteractive", "-File", Options.Script("warm.ps1"), Options.Module], new Dictionary<string, string>());
            await module.SendAsync(new JsonObject
            {
                // Seeds the history like the tests of the module, because there is no cmdlet for that.
                ["script"] = $$"""
                    $session = Connect-TroveSession -Sandbox
                    $null = Install-TroveWorkbook
                    $schedule = New-TroveBackupSchedule m '0 3 1 1 *' bench
                    $sandboxes = (Get-Command Connect-TroveSession).ImplementingType.Assembly.GetType('TroveSchedules.Commands.Sandboxes')
                    $sandbox = $sandboxes.GetMethod('At').Invoke($null, @($session.AuthUrl))
                    $sandbox.SeedExecutions($schedule.Id, {{count}}, $null, 30, 10)
                    $null = $schedule | Get-TroveScheduleExecution -First 1000
                    """,
            });
            var result = new Measurement();
            JsonNode answer = (await module.SendAsync(new JsonObject { ["script"] = $"Measure-Run {{ $schedule | Get-TroveScheduleExecution }} {options.SlowRounds}" }))!;
            foreach (JsonNode? run in answer["value"]!.AsArray())
            {
                if ((int)run!["count"]! != count)
                    throw new InvalidOperationException($"{run["count"]} of {count} executions came.");
                result.Samples.Add(new Sample((double)run["seconds"]!)
                {
                    Peak = (long)run["peak"]!,
                    Parts = new Dictionary<string, double> { ["growth"] = (double)run["growth"]! },
                });
            }
            results[count] = result;
        }
        return results;
    }

    /// <summary>Renders the result as Markdown.</summary>
    public static string ToMarkdown(IReadOnlyDictionary<int, Measurement> results) => Report.Table(
        ["executions", "median", "least–most", "objects a second", "peak memory", "memory growth"],
        results.Select(result => (IReadOnlyList<string>)
        [
            $"{result.Key:N0}", Report.Time(result.Value.Median), Report.Spread(result.Value), $"{result.Key / result.Value.Median:N0}",
            Report.Memory(result.Value.Peak), Report.Memory(result.Value.Part("growth")),
        ]));
}
