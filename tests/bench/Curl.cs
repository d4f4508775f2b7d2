using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;

namespace TroveSchedules.Benchmarks;

/// <summary>The lower bound: sends the same requests with one curl process over persistent connections.</summary>
internal static class Curl
{
    /// <summary>Sends requests one after the other. Its time is the sum of curl's own <c>time_total</c>; the part <c>first</c> is that of the first request.</summary>
    public static async Task<Sample> ReplayAsync(Cloud cloud, IReadOnlyList<Recorded> requests)
    {
        (Fresh run, List<(double Seconds, long Bytes)> answers) = await SendAsync(cloud, requests, connections: 1);
        return new Sample(answers.Sum(answer => answer.Seconds))
        {
            Peak = run.Peak,
            Requests = answers.Count,
            Bytes = answers.Sum(answer => answer.Bytes),
            Parts = new Dictionary<string, double> { ["first"] = answers[0].Seconds },
        };
    }

    /// <summary>Sends requests over a number of connections. Its time is that of the whole process, whose start takes some milliseconds.</summary>
    public static async Task<Sample> BulkAsync(Cloud cloud, IReadOnlyList<Recorded> requests, int connections)
    {
        (Fresh run, List<(double Seconds, long Bytes)> answers) = await SendAsync(cloud, requests, connections);
        return run.Sample with { Requests = answers.Count, Bytes = answers.Sum(answer => answer.Bytes) };
    }

    private static async Task<(Fresh Run, List<(double Seconds, long Bytes)> Answers)> SendAsync(Cloud cloud, IReadOnlyList<Recorded> requests, int connections)
    {
        string[] services = [cloud.Keystone, new Uri(cloud.Mistral).GetLeftPart(UriPartial.Authority), new Uri(cloud.Trove).GetLeftPart(UriPartial.Authority)];
        string token = await cloud.TokenAsync();
        var config = new StringBuilder();
        foreach (Recorded request in requests)
        {
            if (config.Length > 0)
                config.AppendLine("next");
            config.AppendLine(CultureInfo.InvariantCulture, $"url = {Quoted(services[request.Service] + request.PathAndQuery)}")
                .AppendLine(CultureInfo.InvariantCulture, $"request = {request.Method}")
                .AppendLine("output = /dev/null").AppendLine("silent").AppendLine("show-error").AppendLine("globoff").AppendLine("noproxy = *")
                .AppendLine(CultureInfo.InvariantCulture, $"header = {Quoted("Accept: application/json")}")
                .AppendLine(@"write-out = ""%{http_code} %{time_total} %{size_download}\n""");
            if (!request.PathAndQuery.EndsWith("/auth/tokens", StringComparison.Ordinal))
                config.AppendLine(CultureInfo.InvariantCulture, $"header = {Quoted("X-Auth-Token: " + token)}");
            if (request.Body is { } body)
                config.AppendLine(CultureInfo.InvariantCulture, $"header = {Quoted("Content-Type: application/json")}").AppendLine(CultureInfo.InvariantCulture, $"data-raw = {Quoted(body)}");
        }
        // Only the user may read the file, because it contains a token.
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, config.ToString());
            string[] parallel = connections > 1 ? ["--parallel", "--parallel-max", $"{connections}"] : [];
            Fresh run = await Fresh.RunAsync("curl", ["--disable", "--no-progress-meter", .. parallel, "--config", file], new Dictionary<string, string>());
            List<string[]> answers = [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))];
            if (answers.Count != requests.Count || answers.Find(answer => answer[0][0] != '2') is not null)
                throw new InvalidOperationException($"Of {requests.Count} requests curl had {answers.Count} answered: {string.Join(", ", answers.CountBy(answer => answer[0]))}");
            return (run, [.. answers.Select(answer => (double.Parse(answer[1], CultureInfo.InvariantCulture), long.Parse(answer[2], CultureInfo.InvariantCulture)))]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Quoted(string text) => $"\"{text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
