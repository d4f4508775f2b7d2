using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using Cronos;
using TroveSchedules.Cron;

namespace TroveSchedules.Benchmarks;

/// <summary>Compares the occurrences per second of CronPattern, of Cronos, which CronPattern uses, and of croniter, which is the reference for the results.</summary>
/// <remarks>All three compute successive next times, in one run on the same machine.</remarks>
internal static class CronBenchmark
{
    private const double SecondsEach = 0.5;
    private const int Rounds = 5;
    private const int Chunk = 10_000;
    private static readonly string[] Patterns = ["*/2 * * * *", "0 3 * * *", "30 2 1 * *"];
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Measures all three. Without croniter it prints a message and returns null.</summary>
    public static IReadOnlyList<CronRate>? Run()
    {
        if (Croniter() is not { } croniter)
            return null;

        return
        [
            .. Patterns.Zip(croniter, (text, theirs) =>
            {
                CronPattern pattern = CronPattern.Parse(text);
                CronExpression expression = CronExpression.Parse(text);
                (double ours, double bytes) = Measure(after => pattern.Next(after) ?? Start);
                (double cronos, _) = Measure(after => new DateTimeOffset(expression.GetNextOccurrence(after.UtcDateTime) ?? Start.UtcDateTime, TimeSpan.Zero));
                return new CronRate(text, ours, bytes, theirs, cronos);
            }),
        ];
    }

    /// <summary>Renders the result as Markdown.</summary>
    public static string ToMarkdown(IReadOnlyList<CronRate> rates) =>
        $"Occurrences per second, the best of {Rounds} rounds (Cronos {VersionOf(typeof(CronExpression))}).\n\n" + Report.Table(
            ["pattern", "CronPattern", "bytes each", "croniter", "CronPattern against it", "Cronos", "CronPattern against it"],
            rates.Select(rate => (IReadOnlyList<string>)
            [
                $"`{rate.Pattern}`", $"{rate.Ours:N0}", $"{rate.Bytes:0.##}", $"{rate.Croniter:N0}", Report.Times(rate.Ours / rate.Croniter), $"{rate.Cronos:N0}", Report.Times(rate.Ours / rate.Cronos),
            ]));

    private static (double PerSecond, double BytesEach) Measure(Func<DateTimeOffset, DateTimeOffset> next)
    {
        double best = 0;
        long allocated = 0, count = 0;
        for (int round = 0; round < Rounds; round++)
        {
            (long found, double seconds, long bytes) = MeasureOnce(next);
            best = Math.Max(best, found / seconds);
            allocated += bytes;
            count += found;
        }

        return (best, (double)allocated / count);
    }

    private static (long Found, double Seconds, long Bytes) MeasureOnce(Func<DateTimeOffset, DateTimeOffset> next)
    {
        DateTimeOffset time = Start;
        long found = 0;
        var clock = new Stopwatch();
        long before = GC.GetAllocatedBytesForCurrentThread();
        clock.Start();
        while (clock.Elapsed.TotalSeconds < SecondsEach)
        {
            for (int i = 0; i < Chunk; i++)
                time = next(time);
            found += Chunk;
            if (time.Year > 2400)
                time = Start;
        }

        return (found, clock.Elapsed.TotalSeconds, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static List<double>? Croniter()
    {
        if (!File.Exists(Programs.Python))
        {
            Console.Error.WriteLine($"{Programs.Python} is not there. This benchmark compares with croniter: on Debian, apt-get install python3-croniter.");
            return null;
        }

        var start = new ProcessStartInfo(Programs.Python) { RedirectStandardOutput = true };
        string[] arguments = [Options.Script("croniter_rate.py"), SecondsEach.ToString(CultureInfo.InvariantCulture), .. Patterns];
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);

        using Process process = Process.Start(start)!;
        string[] lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        if (process.ExitCode == 0 && lines.Length == Patterns.Length)
            return [.. lines.Select(line => double.Parse(line, CultureInfo.InvariantCulture))];

        Console.Error.WriteLine($"{Programs.Python} has no croniter, or croniter_rate.py failed: on Debian, apt-get install python3-croniter.");
        return null;
    }

    private static string VersionOf(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "of unknown version";
}

/// <summary>Occurrences per second for one pattern.</summary>
/// <param name="Pattern">The pattern.</param>
/// <param name="Ours">The rate of CronPattern.</param>
/// <param name="Bytes">Allocated bytes per occurrence of CronPattern.</param>
/// <param name="Croniter">The rate of croniter.</param>
/// <param name="Cronos">The rate of Cronos.</param>
internal sealed record CronRate(string Pattern, double Ours, double Bytes, double Croniter, double Cronos);
