using System;
using System.Globalization;
using System.Linq;
using TroveSchedules.Cron;
using Xunit;

namespace TroveSchedules.Tests.Cron;

public class CronPatternTests
{
    [Fact]
    public void Text_returns_the_pattern_unchanged()
    {
        const string text = " 0\t3 * *  MON-fri\n";
        Assert.Equal(text, CronPattern.Parse(text).Text);
        Assert.Equal(text, CronPattern.Parse(text).ToString());
        Assert.Equal("@Daily", CronPattern.Parse("@Daily").Text);
    }

    [Theory]
    [InlineData("0 0 13 * 5", true)]
    [InlineData("0 0 */2 * 1", true)]
    [InlineData("0 0 L * 1", true)]
    [InlineData("0 0 13 * *", false)]
    [InlineData("0 0 13 * *,5", false)]
    [InlineData("0 0 * * 5", false)]
    [InlineData("0 0 * * 5#2", false)]
    [InlineData("0 0 13 * 0-6", false)]
    [InlineData("0 0 31 2 0", false)]
    public void JoinsDays_is_true_if_both_day_fields_are_restricted(string pattern, bool joins) =>
        Assert.Equal(joins, CronPattern.Parse(pattern).JoinsDays);

    [Theory]
    [InlineData("* * * * *", "2026-11-22T14:50:00Z", "2026-11-22T14:51:00Z")]
    [InlineData("* * * * *", "2026-11-22T14:50:59.9999999Z", "2026-11-22T14:51:00Z")]
    [InlineData("* * * * *", "2026-11-22T14:49:59.9999999Z", "2026-11-22T14:50:00Z")]
    [InlineData("* * * * * *", "2026-11-22T14:50:00Z", "2026-11-22T14:50:01Z")]
    [InlineData("* * * * * *", "2026-11-22T14:50:00.5Z", "2026-11-22T14:50:01Z")]
    [InlineData("0 3 * * *", "2026-11-22T04:00:00+02:00", "2026-11-22T03:00:00Z")]
    [InlineData("0 3 * * *", "2026-11-21T22:00:00-05:00", "2026-11-23T03:00:00Z")]
    [InlineData("0 0 29 2 *", "1896-02-29T00:00:00Z", "1904-02-29T00:00:00Z")]
    [InlineData("0 0 29 2 *", "1996-02-29T00:00:00Z", "2000-02-29T00:00:00Z")]
    [InlineData("0 0 29 2 *", "2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z")]
    [InlineData("0 0 L 2 *", "2099-12-31T00:00:00Z", "2100-02-28T00:00:00Z")]
    [InlineData("0 0 * 2 5#5", "2064-03-01T00:00:00Z", "2092-02-29T00:00:00Z")]
    [InlineData("0 0 1 1 *", "0001-01-01T00:00:00Z", "0002-01-01T00:00:00Z")]
    [InlineData("59 23 31 12 *", "9998-12-31T23:59:00Z", "9999-12-31T23:59:00Z")]
    public void Next_returns_a_later_time_in_UTC(string pattern, string after, string expected)
    {
        DateTimeOffset? next = CronPattern.Parse(pattern, allowSeconds: true).Next(Time(after));
        Assert.Equal(Time(expected), next);
        Assert.Equal(TimeSpan.Zero, next!.Value.Offset);
    }

    [Theory]
    [InlineData("* * * * *", "9999-12-31T23:59:00Z")]
    [InlineData("* * * * *", "9999-12-31T23:59:59.9999999Z")]
    [InlineData("* * * * * *", "9999-12-31T23:59:59Z")]
    [InlineData("0 3 1 1 *", "9999-01-01T03:00:00Z")]
    [InlineData("0 3 * * 5", "9999-12-31T03:00:00Z")]
    [InlineData("0 0 29 2 *", "9996-02-29T00:00:00Z")]
    [InlineData("0 0 13 * 5", "9999-12-31T23:59:59Z")]
    public void Next_returns_null_after_the_last_occurrence_before_the_year_10000(string pattern, string after) =>
        Assert.Null(CronPattern.Parse(pattern, allowSeconds: true).Next(Time(after)));

    [Fact]
    public void Surprises_lists_joined_days_and_differences_between_croniter_versions()
    {
        Assert.Empty(CronPattern.Parse("0 0 13 * *").Surprises);
        Assert.EndsWith("the 13th of the month and also on every Friday.", Assert.Single(CronPattern.Parse("0 0 13 * 5").Surprises));
        CronPattern differs = CronPattern.Parse("0 0 1-31 * 1");
        Assert.Equal(Assert.Single(differs.Warnings), Assert.Single(differs.Surprises));
    }

    [Fact]
    public void Occurrences_are_computed_lazily_and_end_with_the_year_9999()
    {
        CronPattern daily = CronPattern.Parse("@daily");
        Assert.Equal(2, daily.Occurrences(Time("9999-12-29T12:00:00Z")).Count());
        Assert.Equal(Time("2026-11-23T00:00:00Z"), daily.Occurrences(Time("2026-11-22T14:50:00Z")).First());
    }

    [Fact]
    public void Next_allocates_no_memory()
    {
        CronPattern[] patterns = [.. new[] { "*/2 * * * *", "0 3 * * *", "30 2 1 * *", "0 0 13 * 5", "0 0 * * L5", "0 0 29 2 *" }.Select(text => CronPattern.Parse(text))];
        DateTimeOffset time = Time("2026-11-22T14:50:00Z");
        foreach (CronPattern pattern in patterns)
            pattern.Next(time);

        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (CronPattern pattern in patterns)
            pattern.Next(time);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
