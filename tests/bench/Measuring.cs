using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;

namespace TroveSchedules.Benchmarks;

/// <summary>One measured run.</summary>
/// <param name="Seconds">Duration; if the run was cut off, the time until then.</param>
internal sealed record Sample(double Seconds)
{
    /// <summary>Peak memory of the process in bytes (VmHWM); null if not measured.</summary>
    public long? Peak { get; init; }

    /// <summary>Number of requests, if the side counts them itself; null if the relay counts them.</summary>
    public double? Requests { get; init; }

    /// <summary>Length of the response bodies in bytes, if the side counts them itself.</summary>
    public double? Bytes { get; init; }

    /// <summary>The seconds of the parts of a run, and other measured values.</summary>
    public IReadOnlyDictionary<string, double> Parts { get; init; } = new Dictionary<string, double>();

    /// <summary>Whether the run was cut off.</summary>
    public bool CutOff { get; init; }

    /// <summary>This sample, scaled by a factor.</summary>
    public Sample Scale(double by) => by == 1 ? this : this with
    {
        Seconds = Seconds * by,
        Requests = Requests * by,
        Bytes = Bytes * by,
        Parts = Parts.ToDictionary(part => part.Key, part => part.Value * by),
    };

    /// <summary>The sum of samples that were measured one after the other.</summary>
    public static Sample Sum(params (string Name, Sample Sample)[] parts) => new(parts.Sum(part => part.Sample.Seconds))
    {
        Peak = parts.Max(part => part.Sample.Peak),
        Requests = parts.Sum(part => part.Sample.Requests) is > 0 and var requests ? requests : null,
        Bytes = parts.Sum(part => part.Sample.Bytes) is > 0 and var bytes ? bytes : null,
        Parts = parts.ToDictionary(part => part.Name, part => part.Sample.Seconds),
    };
}

/// <summary>The result of one side of a case.</summary>
internal sealed class Measurement
{
    public List<Sample> Samples { get; } = [];
    public double? Requests { get; set; }
    public double? Bytes { get; set; }
    public string Note { get; set; } = "";

    /// <summary>Whether only a part was run and its figures were scaled.</summary>
    public bool IsScaled { get; init; }

    public double Median => MedianOf(Samples.Select(sample => sample.Seconds));
    public double Least => Samples.Min(sample => sample.Seconds);
    public double Most => Samples.Max(sample => sample.Seconds);
    public long? Peak => Samples.Max(sample => sample.Peak);
    public bool CutOff => Samples.Any(sample => sample.CutOff);

    /// <summary>The median of a part; null if there is no such part.</summary>
    public double? Part(string name) =>
        Samples.Where(sample => sample.Parts.ContainsKey(name)).Select(sample => sample.Parts[name]).ToList() is { Count: > 0 } values ? MedianOf(values) : null;

    public static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>How the requests of a side are counted.</summary>
internal enum Counting
{
    /// <summary>The relay counts in an additional run, which is not timed.</summary>
    Apart,

    /// <summary>The relay counts in the timed run. For cases that take too long to run twice.</summary>
    WhileTimed,

    /// <summary>The side counts itself (curl), or it sends no requests.</summary>
    Itself,
}

/// <summary>One run of a side.</summary>
/// <param name="Place">The environment: directly to the cloud, or through the relay.</param>
/// <param name="Size">Number of objects, such as executions to delete.</param>
/// <param name="Times">Number of repetitions within the run, if they are cheap.</param>
/// <param name="Recorded">The requests that another side sent when they were counted, by that side's name.</param>
internal sealed record Run(Place Place, int Size, int Times, Func<string, IReadOnlyList<Recorded>> Recorded);

/// <summary>One of the programs that a case compares.</summary>
internal sealed record Side(string Name, int Rounds, Func<Run, Task<IReadOnlyList<Sample>>> RunAsync)
{
    public Counting Counting { get; init; } = Counting.Apart;

    /// <summary>Prepares each run. It is neither timed nor counted.</summary>
    public Func<Run, Task>? PrepareAsync { get; init; }

    /// <summary>Number of repetitions within a timed run.</summary>
    public int Times { get; init; } = 1;

    /// <summary>Number of objects to process instead of the case's size, after which the figures are scaled; null for all.</summary>
    public int? Sampled { get; init; }

    /// <summary>The same for the run that counts requests.</summary>
    public int? Counted { get; init; }

    public string Note { get; init; } = "";
}

/// <summary>A task that several sides perform.</summary>
/// <param name="Key">The case's name for targets and the summary.</param>
/// <param name="Title">Describes the task.</param>
/// <param name="Sides">The sides. The others are compared with the first.</param>
internal sealed record Case(string Key, string Title, IReadOnlyList<Side> Sides)
{
    public int Size { get; init; } = 1;

    /// <summary>A note for the reader of the table.</summary>
    public string Note { get; init; } = "";

    /// <summary>The parts of a sample to show in the table.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];
}

/// <summary>The result of a case, by the names of the sides.</summary>
internal sealed record CaseResult(Case Case, IReadOnlyDictionary<string, Measurement> Sides);

/// <summary>Runs the sides of a case in turns.</summary>
internal static class Runner
{
    public static async Task<CaseResult> RunAsync(Case what, Cloud cloud, Relay relay)
    {
        Console.Error.WriteLine($"{DateTime.Now:T} {what.Title}");
        var recorded = new Dictionary<string, IReadOnlyList<Recorded>>();
        var results = what.Sides.ToDictionary(side => side.Name, side => new Measurement { Note = side.Note, IsScaled = side.Sampled is not null });
        await using (var place = new Place(relay.Cloud))
        {
            foreach (Side side in what.Sides.Where(side => side.Counting == Counting.Apart))
                await RunOnceAsync(side, place, side.Counted ?? side.Sampled ?? what.Size, timed: false);
        }

        await using var direct = new Place(cloud);
        await using var counting = new Place(relay.Cloud);
        for (int round = 0; round < what.Sides.Max(side => side.Rounds); round++)
        {
            foreach (Side side in what.Sides.Where(side => round < side.Rounds))
                await RunOnceAsync(side, side.Counting == Counting.WhileTimed ? counting : direct, side.Sampled ?? what.Size, timed: true);
        }
        return new CaseResult(what, results);

        async Task RunOnceAsync(Side side, Place place, int size, bool timed)
        {
            var run = new Run(place, size, timed ? side.Times : 1, name => recorded[name]);
            if (side.PrepareAsync is { } prepare)
                await prepare(run);
            relay.Clear();
            double scale = (double)what.Size / size;
            List<Sample> samples = [.. (await side.RunAsync(run)).Select(sample => sample.Scale(scale))];
            Measurement result = results[side.Name];
            if (timed)
                result.Samples.AddRange(samples);
            if (place.Cloud == relay.Cloud)
            {
                recorded[side.Name] = relay.Recorded;
                result.Requests = relay.Recorded.Count * scale;
                result.Bytes = relay.Recorded.Sum(request => request.AnswerBytes) * scale;
                if (samples[0].CutOff)
                {
                    int pages = relay.Recorded.Count(request => request.PathAndQuery.Contains("/executions?", StringComparison.Ordinal));
                    result.Note = $"cut off after {pages} of {StackCases.PeerPages} pages";
                }
            }
            else if (samples[0].Requests is { } requests)
                (result.Requests, result.Bytes) = (requests, samples[0].Bytes);
            if (timed)
                Console.Error.WriteLine($"  {side.Name}: {string.Join(", ", samples.Take(3).Select(sample => Report.Time(sample.Seconds)))}");
        }
    }
}
