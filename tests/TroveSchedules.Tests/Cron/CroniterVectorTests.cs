using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Microsoft.Extensions.Time.Testing;
using TroveSchedules.Cron;
using TroveSchedules.OpenStack;
using TroveSchedules.Sandbox;
using TroveSchedules.Tests.Contract;
using Xunit;

namespace TroveSchedules.Tests.Cron;

/// <summary>The expected values come from croniter 1.3.5. make_vectors.py, in this folder, recorded them.</summary>
public class CroniterVectorTests
{
    private static readonly List<Vector> Vectors = [.. Read()];

    [Fact]
    public void There_are_more_than_three_thousand_agreed_vectors() =>
        Assert.True(Vectors.Where(vector => vector.Section == "agreed").Select(vector => vector.Pattern).Distinct().Count() >= 3000);

    [Theory]
    [InlineData("agreed")]
    [InlineData("seconds")]
    [InlineData("differs")]
    public void Occurrences_equal_those_of_croniter(string section) =>
        AssertNone(section, vector =>
        {
            IEnumerable<DateTimeOffset> ours = CronPattern.Parse(vector.Pattern, allowSeconds: true).Occurrences(vector.Start).Take(vector.Times.Length);
            return ours.SequenceEqual(vector.Times) ? null : $"{string.Join(" ", ours)}, not {string.Join(" ", vector.Times)}";
        });

    [Theory]
    [InlineData("agreed")]
    [InlineData("seconds")]
    public void Patterns_that_all_versions_read_alike_are_accepted_without_a_warning(string section) =>
        AssertNone(section, vector => CronPattern.Parse(vector.Pattern, allowSeconds: true).Warnings.FirstOrDefault());

    [Fact]
    public void Patterns_that_versions_read_differently_get_a_warning() =>
        AssertNone("differs", vector => CronPattern.Parse(vector.Pattern, allowSeconds: true).Warnings.Count == 0 ? "no warning" : null);

    [Fact]
    public void Patterns_that_croniter_refuses_are_refused_or_get_a_warning() =>
        AssertNone("refused", vector =>
            CronPattern.TryParse(vector.Pattern, true, out CronPattern? accepted, out _) && accepted.Warnings.Count == 0 ? "accepted without a warning" : null);

    [Fact]
    public void Weeks_of_the_month_are_read_as_in_croniter() =>
        AssertNone("ordinals", vector =>
        {
            bool isAccepted = CronPattern.TryParse(vector.Pattern, false, out CronPattern? pattern, out CronPatternException? refusal);
            if (vector.Times.Length == 0)
                return isAccepted && !pattern!.Warnings.Any(warning => warning.Contains("refuses it")) ? "accepted without the warning that croniter refuses it" : null;
            if (!isAccepted)
                return IsRejectedAsMistake(vector) ? null : refusal!.Message;
            return pattern!.Warnings.FirstOrDefault()
                ?? (pattern.Occurrences(vector.Start).Take(vector.Times.Length).SequenceEqual(vector.Times) ? null : "other times");
        });

    [Theory]
    [InlineData("agreed")]
    [InlineData("seconds")]
    [InlineData("differs")]
    [InlineData("refused")]
    [InlineData("ordinals")]
    public async Task The_sandbox_accepts_the_same_patterns_as_croniter(string section)
    {
        using var cloud = new SandboxCloud(new SandboxOptions { Clock = new FakeTimeProvider(new(2026, 11, 22, 8, 30, 0, TimeSpan.Zero)) });
        using CloudSession session = await CloudSession.ConnectAsync(SandboxUnderTest.Settings(cloud, "demo"), cloud.Clock, cloud.CreateHandler, default);
        await session.Workbook.InstallAsync();
        using var http = new HttpClient(cloud.CreateHandler()) { DefaultRequestHeaders = { { "X-Auth-Token", session.Token.Value } } };
        var accepted = new Dictionary<string, bool>();
        foreach (string pattern in Vectors.Where(vector => vector.Section == section).Select(vector => vector.Pattern).Distinct())
            accepted[pattern] = await IsAcceptedAsync(pattern);
        AssertNone(section, vector => accepted[vector.Pattern] == (vector.Times.Length > 0 && !IsRejectedAsMistake(vector)) ? null : $"accepted: {accepted[vector.Pattern]}");

        async Task<bool> IsAcceptedAsync(string pattern)
        {
            string url = session.WorkflowEndpoint + "/cron_triggers";
            var trigger = new JsonObject
            {
                ["name"] = "v", ["workflow_name"] = "trove.backup_create", ["pattern"] = pattern,
                ["workflow_input"] = new JsonObject { ["instance"] = "m", ["name"] = "v" },
            };
            using var body = new StringContent(trigger.ToJsonString(), Encoding.UTF8, "application/json");
            using HttpResponseMessage response = await http.PostAsync(url, body);
            if (response.StatusCode == HttpStatusCode.Created)
                (await http.DeleteAsync(url + "/v")).Dispose();
            return response.StatusCode == HttpStatusCode.Created;
        }
    }

    [Theory]
    [InlineData("agreed")]
    [InlineData("seconds")]
    [InlineData("differs")]
    public void Every_accepted_pattern_is_explained(string section) =>
        AssertNone(section, vector => CronPattern.Parse(vector.Pattern, allowSeconds: true).Explain() is { Length: > 8 } ? null : "no explanation");

    // 1.3.5 ignores text after a week of the month (1#1-2), and the week after a star. These are likely mistakes, so the parser rejects them.
    private static bool IsRejectedAsMistake(Vector vector) =>
        vector.Section == "ordinals" && Regex.IsMatch(vector.Pattern, @"#[0-9](-|/|#)|#2,\*$| \*,[^ ]+#2$");

    private static void AssertNone(string section, Func<Vector, string?> check)
    {
        List<string> failures = Vectors
            .Where(vector => vector.Section == section)
            .Select(vector => (vector, text: FindFailure(vector, check)))
            .Where(checkedVector => checkedVector.text is not null)
            .Select(checkedVector => $"{JsonSerializer.Serialize(checkedVector.vector.Pattern)} after {checkedVector.vector.Start:u}: {checkedVector.text}")
            .ToList();
        Assert.True(failures.Count == 0, $"{failures.Count} vectors:\n{string.Join("\n", failures.Take(20))}");
    }

    private static string? FindFailure(Vector vector, Func<Vector, string?> check)
    {
        try
        {
            return check(vector);
        }
        catch (CronPatternException refusal)
        {
            return refusal.Message;
        }
    }

    private static IEnumerable<Vector> Read()
    {
        using Stream stream = typeof(CroniterVectorTests).Assembly.GetManifestResourceStream("croniter-vectors.jsonl")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is string line)
        {
            string[] parts = JsonSerializer.Deserialize<string[]>(line)!;
            List<DateTimeOffset> times = [.. parts.Skip(2).Select(Time)];
            yield return new Vector(parts[0], parts[1], times.FirstOrDefault(), [.. times.Skip(1)]);
        }
    }

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.ParseExact(text, "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private sealed record Vector(string Section, string Pattern, DateTimeOffset Start, DateTimeOffset[] Times);
}
