using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace TroveSchedules.Benchmarks;

/// <summary>Formats figures as Markdown tables, and writes them into the documents.</summary>
internal static class Report
{
    private static readonly string Page = Path.Combine(Options.Root, "docs/Benchmarks.md");
    private static readonly string Readme = Path.Combine(Options.Root, "README.md");

    public static string Time(double seconds) => seconds switch
    {
        double.NaN => "",
        < 0.0995 => $"{seconds * 1e3:0.0} ms",
        < 0.9995 => $"{seconds * 1e3:0} ms",
        < 99.5 => $"{seconds:0.00} s",
        _ => $"{seconds:0} s",
    };

    public static string Time(Measurement of) => of.CutOff ? $"> {of.Median:0} s ({of.Note})" : (of.IsScaled ? "≈ " : "") + Time(of.Median);

    public static string Spread(Measurement of) => of.Samples.Count > 1 ? $"{Time(of.Least)}–{Time(of.Most)}" : "";

    public static string Memory(double? bytes) => bytes is { } size ? $"{size / 1e6:0.#} MB" : "";

    public static string Size(double? bytes) => bytes switch
    {
        null => "",
        < 1e3 => $"{bytes:0} B",
        < 1e6 => $"{bytes / 1e3:0.#} kB",
        _ => $"{bytes / 1e6:0.#} MB",
    };

    public static string Times(double ratio) => ratio switch { < 0.995 => $"{ratio:0.00}", < 9.95 => $"{ratio:0.00}", < 99.5 => $"{ratio:0.0}", _ => $"{ratio:N0}" } + " ×";

    public static string Table(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        var text = new StringBuilder();
        void Line(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
        Line(head);
        Line(head.Select((_, i) => i == 0 ? "---" : "---:"));
        foreach (IReadOnlyList<string> row in rows)
            Line(row);
        return text.ToString();
    }

    public static string ToMarkdown(CaseResult result)
    {
        Measurement first = result.Sides[result.Case.Sides[0].Name];
        string table = Table(
            ["", "median", "least–most", "runs", "against the first", "requests", "bytes", "peak memory", "remarks"],
            result.Case.Sides.Select(side =>
            {
                Measurement of = result.Sides[side.Name];
                return (IReadOnlyList<string>)
                [
                    side.Name, Time(of), Spread(of), $"{of.Samples.Count}", (of.CutOff ? "> " : "") + Times(of.Median / first.Median),
                    of.Requests is { } requests ? $"{requests:N0}" : "", Size(of.Bytes), Memory(of.Peak), of.CutOff ? "" : Remarks(of, result.Case.Parts),
                ];
            }));
        return $"### {result.Case.Title}\n\n{(result.Case.Note.Length > 0 ? result.Case.Note + "\n\n" : "")}{table}";
    }

    /// <summary>Replaces a part of docs/Benchmarks.md or README.md, between its two comments.</summary>
    public static void Write(string part, string text)
    {
        string file = part == "summary" ? Readme : Page;
        string page = File.ReadAllText(file), begin = $"<!-- {part}: ./build.ps1 Bench writes this -->", end = $"<!-- end of {part} -->";
        int from = page.IndexOf(begin, StringComparison.Ordinal) + begin.Length, to = page.IndexOf(end, StringComparison.Ordinal);
        if (from < begin.Length || to < from)
            throw new InvalidOperationException($"{file} lacks the comments {begin} and {end}.");
        File.WriteAllText(file, $"{page[..from]}\n{text.Trim()}\n{page[to..]}");
    }

    /// <summary>The machine and the date, for the start of each part of the page.</summary>
    public static string Heading(IEnumerable<string> lines) => string.Create(CultureInfo.InvariantCulture, $"Measured on {DateTime.UtcNow:yyyy-MM-dd} (UTC): {string.Join(" ", lines)}\n");

    private static string Remarks(Measurement of, IEnumerable<string> parts)
    {
        string shown = string.Join(", ", parts.Where(name => of.Part(name) is not null)
            .Select(name => name == "growth" ? $"memory growth {Memory(of.Part(name))}" : $"{name} {Time(of.Part(name)!.Value)}"));
        return string.Join("; ", new[] { of.Note, shown }.Where(text => text.Length > 0));
    }
}
