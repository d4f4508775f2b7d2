using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;
using TroveSchedules.Benchmarks;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return await Options.Command(RunAsync).Parse(args).InvokeAsync();

async Task<int> RunAsync(string what, Options options)
{
    bool IsSelected(string part) => what == part || what == "all";

    if (what is not ("cron" or "micro") && !File.Exists(Options.Module))
    {
        Console.Error.WriteLine("The module is not built: run ./build.ps1");
        return 1;
    }
    IReadOnlyList<string> heading = await Programs.DescribeAsync();
    bool isWhole = true;

    if (IsSelected("cron"))
    {
        if (CronBenchmark.Run() is { } rates)
            Tell("cron", CronBenchmark.ToMarkdown(rates) + "\n" + Targets.OfCron(rates));
        else
            isWhole = false;
    }
    if (IsSelected("micro"))
        Tell("micro", MicroBenchmarks.Run());
    if (IsSelected("sandbox"))
    {
        IReadOnlyDictionary<int, Measurement> results = await SandboxCase.RunAsync(options);
        Tell("sandbox", SandboxCase.ToMarkdown(results) + "\n" + Targets.OfSandbox(results));
    }
    if (IsSelected("projects"))
    {
        IReadOnlyList<StepResult> results = await ProjectsCase.RunAsync();
        Tell("projects", ProjectsCase.ToMarkdown(results) + "\n" + Targets.OfProjects(results));
    }
    if (what == "cluster" && options.Stack is { } cluster)
    {
        (IReadOnlyDictionary<string, CaseResult> results, IReadOnlyList<string> failures) = await StackAsync(options, cluster, withPeers: false);
        isWhole &= failures.Count == 0;
        Tell("cluster", string.Join("\n", results.Values.Select(Report.ToMarkdown).Concat(failures)));
    }
    if (IsSelected("stack") && options.Stack is { } state)
    {
        (IReadOnlyDictionary<string, CaseResult> results, IReadOnlyList<string> failures) = await StackAsync(options, state, withPeers: true);
        isWhole &= failures.Count == 0;
        Tell("stack", Targets.OfStack(results) + "\n" + string.Join("\n", results.Values.Select(Report.ToMarkdown).Concat(failures)));
        if (options.Write && options.Only is null)
            Report.Write("summary", Targets.Summary(results));
        else
            Console.WriteLine(Targets.Summary(results));
    }
    else if ((IsSelected("stack") || what == "cluster") && options.Stack is null)
    {
        Console.Error.WriteLine("No stack is named, by --stack or TROVE_BENCH_STACK: what needs one is left out, and its last figures stay.");
        isWhole &= what == "all";
    }
    return isWhole ? 0 : 1;

    void Tell(string part, string text)
    {
        text = $"{Report.Heading(heading)}\n{text}";
        Console.WriteLine(text);
        if (options.Write && options.Only is null)
            Report.Write(part, text);
    }
}

async Task<(IReadOnlyDictionary<string, CaseResult> Results, IReadOnlyList<string> Failures)> StackAsync(Options options, string state, bool withPeers)
{
    Cloud cloud = await Cloud.OfStackAsync(state);
    using var relay = new Relay(cloud);
    await using var place = new Place(cloud);
    var stack = new Stack(state, cloud, await place.ModuleAsync());
    await stack.PrepareAsync();
    var results = new Dictionary<string, CaseResult>();
    var failures = new List<string>();
    foreach ((int number, Func<Task<Case>> make) in new StackCases(options, stack).All())
    {
        if (options.Only?.Contains(number) == false)
            continue;
        try
        {
            Case made = await make();
            CaseResult result = await Runner.RunAsync(withPeers ? made : made with { Sides = [.. made.Sides.Where(side => side.Name is not (StackCases.Cli or StackCases.Api))] }, cloud, relay);
            results.Add(result.Case.Key, result);
        }
        catch (Exception e) when (e is InvalidOperationException or HttpRequestException)
        {
            // The other cases still run.
            Console.Error.WriteLine(e.Message);
            failures.Add($"**A case of group {number} failed, and has no figures.**\n");
        }
    }
    return (results, failures);
}
