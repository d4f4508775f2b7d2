using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using Cronos;
using TroveSchedules.Cron;

namespace TroveSchedules.Benchmarks;

/// <summary>Occurrences per second of CronPattern, of croniter, whose results it must have, and of Cronos, which is the fast one in .NET.</summary>
/// <remarks>All three find the next time, then the next after that: what a preview does. All in one run, on the same machine.</remarks>
internal static class CronBenchmark
{
    // Debian's Python, which has python3-croniter; another one on the PATH may not.
    private const string Python = "/usr/bin/python3";
    private const double SecondsEach = 0.5;
    private const int Rounds = 5;
    private const int Chunk = 10_000;
    private static readonly string[] Patterns = ["*/2 * * * *", "0 3 * * *", "30 2 1 * *"];
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static int Run()
    {
        if (Croniter() is not (string version, List<double> croniter))
            return 1;

        Console.WriteLine($"Occurrences per second, the best of {Rounds} rounds (.NET {Environment.Version}, croniter {version}, Cronos {VersionOf(typeof(CronExpression))})");
        Console.WriteLine();
        Console.WriteLine($"| {"pattern",-12} | {"CronPattern",12} | {"bytes each",10} | {"croniter",10} | {"ratio",8} | {"Cronos",12} | {"ratio",6} |");
        Console.WriteLine($"|{new string('-', 14)}|{new string('-', 14)}|{new string('-', 12)}|{new string('-', 12)}|{new string('-', 10)}|{new string('-', 14)}|{new string('-', 8)}|");
        foreach ((string text, double theirs) in Patterns.Zip(croniter))
        {
            CronPattern pattern = CronPattern.Parse(text);
            CronExpression expression = CronExpression.Parse(text);
            (double ours, double bytes) = Measure(after => pattern.Next(after) ?? Start);
            (double cronos, _) = Measure(after => new DateTimeOffset(expression.GetNextOccurrence(after.UtcDateTime) ?? Start.UtcDateTime, TimeSpan.Zero));
            Console.WriteLine(
                FormattableString.Invariant($"| {text,-12} | {ours,12:N0} | {bytes,10:0.##} | {theirs,10:N0} | {ours / theirs,7:N0}x | {cronos,12:N0} | {ours / cronos,5:0.0}x |"));
        }

        return 0;
    }

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

    private static (string Version, List<double> Rates)? Croniter()
    {
        if (!File.Exists(Python))
        {
            Console.Error.WriteLine($"{Python} is not there. This benchmark compares with croniter: on Debian, apt-get install python3-croniter.");
            return null;
        }

        var start = new ProcessStartInfo(Python) { RedirectStandardOutput = true };
        string[] arguments = [Script(), SecondsEach.ToString(CultureInfo.InvariantCulture), .. Patterns];
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);

        using Process process = Process.Start(start)!;
        string[] lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        if (process.ExitCode == 0 && lines.Length == Patterns.Length + 1)
            return (lines[0], [.. lines.Skip(1).Select(line => double.Parse(line, CultureInfo.InvariantCulture))]);

        Console.Error.WriteLine($"{Python} has no croniter, or croniter_rate.py failed: on Debian, apt-get install python3-croniter.");
        return null;
    }

    private static string VersionOf(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "of unknown version";

    private static string Script([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "croniter_rate.py");
}
