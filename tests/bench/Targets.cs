using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace TroveSchedules.Benchmarks;

/// <summary>Targets and results.</summary>
internal static class Targets
{
    /// <summary>The targets of the cases that were run on the stack.</summary>
    /// <param name="results">The cases by their keys.</param>
    public static string OfStack(IReadOnlyDictionary<string, CaseResult> results)
    {
        var rows = new List<IReadOnlyList<string>>();

        if (Of("few-small") is { } small)
        {
            AtLeast("100 of 5,000 executions: fresh process against the CLI", small, StackCases.Cli, StackCases.Fresh, 15);
            AtLeast("… warm against the CLI", small, StackCases.Cli, StackCases.Warm, 100);
        }
        if (Of("few-large") is { } large)
        {
            AtLeast("100 of 50,000 executions: warm against the CLI", large, StackCases.Cli, StackCases.Warm, 900);
            AtMost("… against curl with the same requests", large, StackCases.Warm, StackCases.Same, 1.1);
        }
        if (Of("many-large") is { } many && many.TryGetValue(StackCases.Warm, out Measurement? listing) && many.TryGetValue(StackCases.Same, out Measurement? pages))
        {
            AtMost("10,000 of 50,000 executions: against curl fetching the same pages", many, StackCases.Warm, StackCases.Same, 1.15);
            double first = listing.Part("first")!.Value / pages.Part("first")!.Value;
            Add("… first object against curl's first page", "≤ 1.20 ×", Report.Times(first), first <= 1.2);
            Add("… memory growth", "< 30 MB", Report.Memory(listing.Part("growth")), listing.Part("growth") < 30e6);
        }
        Bulk("delete", "delete 1,000 executions by pipeline", 80);
        Bulk("create", "create, then delete, 200 schedules by pipeline", 5);
        foreach ((string key, string how) in new[] { ("instance-id", "by id"), ("instance-name", "by name") })
        {
            if (Of(key) is not { } instance)
                continue;
            double? requests = instance[StackCases.Warm].Requests;
            Add($"one instance's schedules among 1,000, {how}: requests", "≤ 2", $"{requests:0}", requests <= 2);
            AtLeast("… fresh process against the CLI", instance, StackCases.Cli, StackCases.Fresh, 3);
        }
        if (Of("start") is { } start)
            Above("Import-Module above an empty pwsh", start, StackCases.Import, StackCases.Empty, 0.080);
        if (Of("first") is { } answer)
            Above("first cmdlet's answer above the requests' own time, as curl needs it", answer, StackCases.First, StackCases.Same, 0.120);
        return Table(rows);

        IReadOnlyDictionary<string, Measurement>? Of(string key) => results.GetValueOrDefault(key)?.Sides;

        void Add(string what, string target, string measured, bool isMet) => rows.Add([what, target, measured, Word(isMet)]);

        void AtLeast(string what, IReadOnlyDictionary<string, Measurement> of, string slow, string fast, double target)
        {
            if (!of.TryGetValue(slow, out Measurement? theirs) || !of.TryGetValue(fast, out Measurement? ours))
                return;
            double ratio = theirs.Median / ours.Median;
            // A run that was cut off would have taken longer, so the ratio is a lower bound. A missed target is then reported as unknown.
            bool isMet = ratio >= target;
            rows.Add([what, $"≥ {target:0} ×", (theirs.CutOff ? "> " : "") + Report.Times(ratio), theirs.CutOff && !isMet ? "not known" : Word(isMet)]);
        }

        void AtMost(string what, IReadOnlyDictionary<string, Measurement> of, string ours, string theirs, double target)
        {
            if (!of.ContainsKey(ours) || !of.ContainsKey(theirs))
                return;
            double ratio = of[ours].Median / of[theirs].Median;
            Add(what, $"≤ {target:0.00} ×", Report.Times(ratio), ratio <= target);
        }

        void Above(string what, IReadOnlyDictionary<string, Measurement> of, string with, string without, double target)
        {
            double seconds = of[with].Median - of[without].Median;
            Add(what, $"≤ {target * 1e3:0} ms", Report.Time(seconds), seconds <= target);
        }

        void Bulk(string key, string what, double overCli)
        {
            if (Of(key) is not { } sides)
                return;
            AtLeast($"{what}: against the CLI", sides, StackCases.Cli, StackCases.Warm, overCli);
            double overApi = sides[StackCases.Api].Median / sides[StackCases.Warm].Median;
            Add("… against the Python API", "> 1 ×", Report.Times(overApi), overApi > 1);
            string best = BestCurl(sides);
            AtMost($"… against the best of curl ({best["curl, ".Length..]})", sides, StackCases.Warm, best, 1.15);
        }
    }

    public static string OfSandbox(IReadOnlyDictionary<int, Measurement> results)
    {
        double rate = SandboxCase.Executions / results[SandboxCase.Executions].Median;
        double growth = results[SandboxCase.Executions].Part("growth")!.Value, before = results[SandboxCase.Fewer].Part("growth")!.Value;
        return Table(
        [
            ["100,000 executions piped through", "≥ 50,000 objects a second", $"{rate:N0}", Word(rate >= 50_000)],
            ["… flat memory: growth above that with 10,000", "< 30 MB", Report.Memory(growth - before), Word(growth - before < 30e6)],
        ]);
    }

    public static string OfProjects(IReadOnlyList<StepResult> results) => Table(results.SelectMany(result => new IReadOnlyList<string>[]
    {
        [$"{result.Title}: requests of {ProjectsCase.Projects} projects against one", $"≤ {ProjectsCase.Projects} ×", Report.Times((double)result.All.Requests / result.One.Requests), Word(result.All.Requests <= ProjectsCase.Projects * result.One.Requests)],
        ["… flat memory: growth above that of one", "< 30 MB", Report.Memory(Math.Max(0, result.All.Growth - result.One.Growth)), Word(result.All.Growth - result.One.Growth < 30e6)],
    }));

    public static string OfCron(IReadOnlyList<CronRate> rates) => Table(
    [
        ["CronPattern against croniter, the least of three patterns", "≥ 100 ×", Report.Times(rates.Min(rate => rate.Ours / rate.Croniter)), Word(rates.All(rate => rate.Ours >= 100 * rate.Croniter))],
        ["… allocated", "0 B", Report.Size(rates.Max(rate => rate.Bytes)), Word(rates.All(rate => rate.Bytes < 0.5))],
    ]);

    /// <summary>The short table for the README.</summary>
    public static string Summary(IReadOnlyDictionary<string, CaseResult> results)
    {
        string[] keys = ["few-small", "few-large", "many-large", "delete", "create", "instance-id", "instance-name"];
        return string.Create(CultureInfo.InvariantCulture, $"On {DateTime.UtcNow:yyyy-MM-dd}:\n\n") + Report.Table(
            ["", "module, fresh process", "module, warm", "`trove` CLI", "its Python API", "curl"],
            keys.Where(results.ContainsKey).Select(key =>
            {
                IReadOnlyDictionary<string, Measurement> sides = results[key].Sides;
                string Cell(string side) => sides.TryGetValue(side, out Measurement? of) ? Report.Time(of) : "–";
                return (IReadOnlyList<string>)
                [
                    results[key].Case.Title, Cell(StackCases.Fresh), Cell(StackCases.Warm), Cell(StackCases.Cli), Cell(StackCases.Api),
                    Cell(sides.ContainsKey(StackCases.Same) ? StackCases.Same : BestCurl(sides)),
                ];
            }));
    }

    private static string BestCurl(IReadOnlyDictionary<string, Measurement> sides) =>
        sides.Where(side => side.Key.StartsWith("curl", StringComparison.Ordinal)).MinBy(side => side.Value.Median).Key;

    private static string Table(IEnumerable<IReadOnlyList<string>> rows) => Report.Table(["target", "aimed at", "measured", ""], rows);

    private static string Word(bool isMet) => isMet ? "met" : "not met";
}
