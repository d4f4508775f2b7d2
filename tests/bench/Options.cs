using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;

namespace TroveSchedules.Benchmarks;

/// <summary>What the command line asks for.</summary>
internal sealed record Options
{
    public const string Usage = """
        usage: dotnet run -c Release --project tests/bench -- WHAT [OPTION]...
          cron       CronPattern against croniter and Cronos
          micro      BenchmarkDotNet on CronPattern and on the operations, on the sandbox
          sandbox    100,000 executions through PowerShell's pipeline, on the sandbox
          stack      this module, python-troveclient and curl, on a real Keystone, Mistral and Trove
          all        these four, the last where --stack names one
          --stack DIR        the state directory of tests/stack/up; the default is TROVE_BENCH_STACK
          --only 4,5         these cases of the stack only, without their figures being written
          --rounds N         rounds of what is fast (5)
          --slow-rounds N    rounds of the peer's lists at 5,000 executions (3)
          --bulk-rounds N    rounds of what deletes, creates or lists by the thousand (2)
          --cli-limit S      the CLI's list at 50,000 is cut off after S seconds (600); 0 leaves it out
          --api-limit S      the same of its Python API (600)
          --write            writes docs/Benchmarks.md, and the summary in README.md
        """;

    private static readonly string[] Flags = ["stack", "only", "rounds", "slow-rounds", "bulk-rounds", "cli-limit", "api-limit"];

    public string? Stack { get; init; }
    public IReadOnlySet<int>? Only { get; init; }
    public int Rounds { get; init; }
    public int SlowRounds { get; init; }
    public int BulkRounds { get; init; }
    public TimeSpan CliLimit { get; init; }
    public TimeSpan ApiLimit { get; init; }
    public bool Write { get; init; }

    /// <summary>The repository.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "../.."));

    /// <summary>The module as build.ps1 made it.</summary>
    public static string Module { get; } = Path.Combine(Root, "out/TroveSchedules/TroveSchedules.psd1");

    /// <summary>Where the scripts beside these sources are.</summary>
    public static string Script(string name) => Path.Combine(Here(), name);

    /// <exception cref="FormatException">An option is unknown, or its value is none.</exception>
    public static Options Parse(IReadOnlyList<string> arguments)
    {
        var given = new Dictionary<string, string>();
        for (int i = 0; i < arguments.Count; i++)
        {
            string name = arguments[i].StartsWith("--", StringComparison.Ordinal) ? arguments[i][2..] : "";
            if (name == "write")
                given[name] = "";
            else if (Flags.Contains(name) && ++i < arguments.Count)
                given[name] = arguments[i];
            else
                throw new FormatException($"'{arguments[Math.Min(i, arguments.Count - 1)]}' is no option, or lacks its value.");
        }
        int Number(string name, int otherwise) => given.TryGetValue(name, out string? text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
        return new Options
        {
            Stack = given.GetValueOrDefault("stack") ?? (Environment.GetEnvironmentVariable("TROVE_BENCH_STACK") is { Length: > 0 } named ? named : null),
            Only = given.TryGetValue("only", out string? only) ? only.Split(',').Select(id => int.Parse(id, CultureInfo.InvariantCulture)).ToHashSet() : null,
            Rounds = Number("rounds", 5),
            SlowRounds = Number("slow-rounds", 3),
            BulkRounds = Number("bulk-rounds", 2),
            CliLimit = TimeSpan.FromSeconds(Number("cli-limit", 600)),
            ApiLimit = TimeSpan.FromSeconds(Number("api-limit", 600)),
            Write = given.ContainsKey("write"),
        };
    }

    private static string Here([CallerFilePath] string source = "") => Path.GetDirectoryName(source)!;
}
