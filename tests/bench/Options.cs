using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.IO;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;

namespace TroveSchedules.Benchmarks;

/// <summary>The options of the command line.</summary>
internal sealed record Options
{
    public string? Stack { get; init; }
    public IReadOnlySet<int>? Only { get; init; }
    public int Rounds { get; init; }
    public int SlowRounds { get; init; }
    public int BulkRounds { get; init; }
    public TimeSpan CliLimit { get; init; }
    public TimeSpan ApiLimit { get; init; }
    public bool Write { get; init; }

    /// <summary>The root of the repository.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "../.."));

    /// <summary>The manifest of the built module.</summary>
    public static string Module { get; } = Path.Combine(Root, "out/TroveSchedules/TroveSchedules.psd1");

    /// <summary>The path of a script in this folder.</summary>
    public static string Script(string name) => Path.Combine(Here(), name);

    /// <summary>The command line.</summary>
    /// <param name="run">Runs one of the commands, and returns the exit code.</param>
    public static RootCommand Command(Func<string, Options, Task<int>> run)
    {
        Option<string?> stack = new("--stack") { HelpName = "DIR", Description = "the state directory of tests/stack/up; the default is TROVE_BENCH_STACK", Recursive = true };
        Option<HashSet<int>?> only = new("--only") { HelpName = "4,5", Description = "these cases of the stack only, without their figures being written", CustomParser = Numbers, Recursive = true };
        Option<int> rounds = Number("--rounds", "N", 5, "rounds of what is fast");
        Option<int> slowRounds = Number("--slow-rounds", "N", 3, "rounds of the peer's lists at 5,000 executions");
        Option<int> bulkRounds = Number("--bulk-rounds", "N", 2, "rounds of what deletes or lists by the thousand");
        Option<int> cliLimit = Number("--cli-limit", "S", 600, "the CLI's list at 50,000 is cut off after S seconds; 0 leaves it out");
        Option<int> apiLimit = Number("--api-limit", "S", 600, "the same of its Python API");
        Option<bool> write = new("--write") { Description = "writes docs/Benchmarks.md, and the summary in README.md", Recursive = true };
        var root = new RootCommand("Measures the module. Run it as: dotnet run -c Release --project tests/bench -- COMMAND [OPTION]...")
        {
            stack, only, rounds, slowRounds, bulkRounds, cliLimit, apiLimit, write,
        };
        Add("cron", "CronPattern against croniter and Cronos");
        Add("micro", "BenchmarkDotNet on CronPattern and on the operations, on the sandbox");
        Add("sandbox", "100,000 executions through PowerShell's pipeline, on the sandbox");
        Add("projects", "one project and a hundred, with 1,000,000 schedules and 1,000,000 executions, on the sandbox in another process");
        Add("stack", "this module, python-troveclient and curl, on a real Keystone, Mistral and Trove");
        Add("cluster", "this module and curl on a cluster of these services, which --stack names");
        Add("all", "cron, micro, sandbox, projects and stack, the last where --stack names one");
        return root;

        void Add(string name, string description)
        {
            var command = new Command(name, description);
            command.SetAction(line => run(name, new Options
            {
                Stack = line.GetValue(stack) ?? (Environment.GetEnvironmentVariable("TROVE_BENCH_STACK") is { Length: > 0 } named ? named : null),
                Only = line.GetValue(only),
                Rounds = line.GetValue(rounds),
                SlowRounds = line.GetValue(slowRounds),
                BulkRounds = line.GetValue(bulkRounds),
                CliLimit = TimeSpan.FromSeconds(line.GetValue(cliLimit)),
                ApiLimit = TimeSpan.FromSeconds(line.GetValue(apiLimit)),
                Write = line.GetValue(write),
            }));
            root.Add(command);
        }
    }

    private static Option<int> Number(string name, string value, int otherwise, string description) =>
        new(name) { HelpName = value, Description = description, DefaultValueFactory = _ => otherwise, Recursive = true };

    private static HashSet<int> Numbers(ArgumentResult given)
    {
        var numbers = new HashSet<int>();
        foreach (string text in given.Tokens[0].Value.Split(','))
        {
            if (int.TryParse(text, out int number))
                numbers.Add(number);
            else
                given.AddError($"'{text}' is no number of a case.");
        }
        return numbers;
    }

    private static string Here([CallerFilePath] string source = "") => Path.GetDirectoryName(source)!;
}
