using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using TroveSchedules.Reports;
using Xunit;

namespace TroveSchedules.Tests.Reports;

/// <summary>The page of a report.</summary>
public sealed class ScheduleReportTests
{
    private const string Hostile = "<script>alert(1)</script>\" onload='x' {{ 7 }} &amp; \u001b[31m";

    private static readonly DateTimeOffset Time = new(2026, 11, 22, 7, 30, 0, TimeSpan.Zero);

    private static ScheduleHealth Health(string name, HealthState state = HealthState.Healthy, int days = 15) => new()
    {
        State = state, ScheduleId = "s1", Name = name, InstanceId = "i1", InstanceName = "m", Pattern = "0 */6 * * *", Since = Time.AddDays(-14), CheckedAt = Time, NextExecutionTime = Time.Date.AddHours(12),
        Problems = state == HealthState.Healthy ? [] : [new HealthProblem { Kind = HealthProblemKind.Failed, State = state, Reason = "It failed: " + name, RecommendedAction = "Repair it." }],
        Days = [.. Enumerable.Range(0, days).Select(day => new ScheduleDay { Date = Time.Date.AddDays(day - days + 1), Succeeded = day % 4, Failed = day % 3 == 0 ? 1 : 0, Missed = day == 7 ? 2 : 0 })],
    };

    private static async Task<string> WriteAsync(string title, params ScheduleHealth[] health)
    {
        using var writer = new StringWriter();
        await ScheduleReport.WriteAsync(writer, health, title);
        return writer.ToString();
    }

    [Fact]
    public async Task Text_from_the_cloud_is_never_markup()
    {
        ScheduleHealth health = Health(Hostile, HealthState.Critical);
        string page = await WriteAsync(Hostile, health, new ScheduleHealth { State = HealthState.Warning, InstanceId = Hostile, InstanceName = Hostile, Since = Time, CheckedAt = Time });
        Assert.DoesNotContain("<script", page);
        Assert.DoesNotContain("onload='", page);
        Assert.DoesNotContain("\u001b", page);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page);
        Assert.Contains("{{ 7 }} &amp;amp;", page);
    }

    [Fact]
    public async Task The_page_needs_nothing_else()
    {
        string page = await WriteAsync("demo", Health("nightly"));
        foreach (string part in new[] { "http:", "https:", " src=", "url(", "@import", "<link", "<script" })
            Assert.DoesNotContain(part, page);
        Assert.Contains("default-src 'none'", page);
    }

    [Fact]
    public async Task The_strips_show_fourteen_days_and_the_next_hours()
    {
        string page = await WriteAsync("demo", Health("nightly"));
        Assert.Equal(14, Count(page, " succeeded, "  ) / 2 + Count(page, "nothing was due") / 2);
        Assert.Contains("""<li class="missed" title="15 Nov: 3 succeeded, 0 failed, 2 missed">""", page);
        Assert.Contains("""<li class="due" title="12:00: 1 due">""", page);
        Assert.Equal(4, Count(page, "<li class=\"due\""));
        Assert.Contains("At 00:00, 06:00, 12:00 and 18:00 UTC, every day", page);
    }

    [Fact]
    public async Task The_numbers_of_each_state_come_first()
    {
        string page = await WriteAsync("demo", Health("a", HealthState.Critical), Health("b"), Health("c"));
        Assert.Contains("""<li class="Critical"><strong>1</strong>""", page);
        Assert.Contains("""<li class="Healthy"><strong>2</strong>""", page);
        Assert.Contains("Checked at 2026-11-22 07:30:00Z", page);
        Assert.Contains("It failed: a", page);
    }

    [Fact]
    public async Task No_schedules_is_said() => Assert.Contains("There are no schedules.", await WriteAsync("demo"));

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
