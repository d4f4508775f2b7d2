using System;
using System.Globalization;
using System.Linq;
using TroveSchedules.Cron;
using Xunit;

namespace TroveSchedules.Tests.Cron;

/// <summary>Patterns that versions of croniter read differently are accepted with a warning, and evaluated like the oldest version that accepts them.</summary>
public class CronWarningTests
{
    [Theory]
    [InlineData("* * * * *")]
    [InlineData("*/2 * * * *")]
    [InlineData("5/15 * * * *")]
    [InlineData("5-59/15 * * * *")]
    [InlineData("0 3 * * mon-fri")]
    [InlineData("0 3 * * 7")]
    [InlineData("0 3 1 jan *")]
    [InlineData("0 0 L * *")]
    [InlineData("0 0 * * L5")]
    [InlineData("0 0 * * 5#3")]
    [InlineData("0 0 * * fri#1")]
    [InlineData("0 0 * * mon#2,tue#3")]
    [InlineData("@hourly")]
    [InlineData("@daily")]
    [InlineData("@midnight")]
    [InlineData("@weekly")]
    [InlineData("@monthly")]
    [InlineData("@yearly")]
    [InlineData("@annually")]
    [InlineData("@Daily")]
    [InlineData("* * * * * */10")]
    [InlineData("0\t3 * * *")]
    [InlineData(" 0  3 * * *\n")]
    [InlineData("00 03 01 01 *")]
    [InlineData("0 0 * * MON-Fri/2,sun")]
    [InlineData("0 0 * * 5-7")]
    [InlineData("0 0 * * fri-sun")]
    [InlineData("0 0 * * sun-mon")]
    [InlineData("0 0 * * 0-7/2")]
    [InlineData("0 0 * * */2")]
    [InlineData("0 0 1,15,l * *")]
    [InlineData("0 0 28-L * *")]
    [InlineData("0 0 * * l5,L7,5#1")]
    [InlineData("0 0 13 * 5")]
    [InlineData("0 0 L * 1")]
    [InlineData("0 0 */2 * 1")]
    [InlineData("0 0 13 * *,1")]
    [InlineData("0 0 */2 * */1")]
    [InlineData("0 0 */2 * */2 30")]
    [InlineData("0 0 * * */1 30")]
    [InlineData("0 0 1-31 * 5#2")]
    [InlineData("0 0 1-31 * 0-6")]
    public void Patterns_that_all_versions_read_alike_get_no_warning(string pattern) =>
        Assert.Empty(CronPattern.Parse(pattern, allowSeconds: true).Warnings);

    [Theory]
    [InlineData("0 0 1-31 * 1", "croniter 1.3.0 to 2.0.2 takes it for '*' and runs on the days of day-of-week '1' alone; 2.0.4 to 6.2.4 runs every day", "2026-11-23 00:00", "2026-11-30 00:00")]
    [InlineData("0 0 */1 * 1", "croniter 1.3.0 to 2.0.2 takes it for '*' and runs on the days of day-of-week '1' alone; 2.0.4 to 6.2.4 runs every day", "2026-11-23 00:00", "2026-11-30 00:00")]
    [InlineData("0 0 13 * 0-6", "croniter 1.3.0 to 2.0.2 takes it for '*' and runs on the days of day-of-month '13' alone; 2.0.4 to 6.2.4 runs every day", "2026-12-13 00:00", "2027-01-13 00:00")]
    [InlineData("0 0 * * fri-mon", "croniter 1.3.0 to 3.0.4 refuses it; 5.0.1 to 6.2.4 takes Monday and Friday to Sunday.", "2026-11-23 00:00", "2026-11-27 00:00")]
    [InlineData("0 22-2 * * *", "croniter 1.3.0 to 3.0.4 refuses it; 5.0.1 to 6.2.4 takes 0 to 2, 22 and 23.", "2026-11-22 22:00", "2026-11-22 23:00")]
    [InlineData("50-10/20 * * * *", "croniter 1.3.0 to 3.0.4 refuses it; 5.0.1 to 6.2.4 takes 50.", "2026-11-22 14:50", "2026-11-22 15:50")]
    [InlineData("0 0 25-5 * *", "croniter 1.3.0 to 3.0.4 refuses it; 5.0.1 to 6.2.4 takes 1 to 5 and 25 to 31.", "2026-11-25 00:00", "2026-11-26 00:00")]
    [InlineData("0 0 1 nov-feb *", "croniter 1.3.0 to 3.0.4 refuses it; 5.0.1 to 6.2.4 takes January, February, November and December.", "2026-12-01 00:00", "2027-01-01 00:00")]
    [InlineData("0 0 * * 1/2", "croniter 1.3.0 to 3.0.4 takes Monday, Wednesday, Friday and Sunday; 5.0.1 to 6.2.4 takes Monday, Wednesday and Friday.", "2026-11-23 00:00", "2026-11-25 00:00")]
    [InlineData("5-5 * * * *", "croniter 1.3.0 to 3.0.4 takes 5; 5.0.1 to 6.2.4 takes every minute.", "2026-11-22 15:05", "2026-11-22 16:05")]
    [InlineData("0 0 * * 7-7", "croniter 1.3.0 to 3.0.4 takes Sunday; 5.0.1 to 6.2.4 takes every day.", "2026-11-29 00:00", "2026-12-06 00:00")]
    [InlineData("59/15 * * * *", "croniter 1.3.0 to 3.0.4 takes 59; 5.0.1 to 6.2.4 takes 0, 15, 30 and 45; 6.3.0.dev0 takes 59.", "2026-11-22 14:59", "2026-11-22 15:59")]
    [InlineData("0 23/6 * * *", "croniter 1.3.0 to 3.0.4 takes 23; 5.0.1 to 6.2.4 takes 0, 6, 12 and 18; 6.3.0.dev0 takes 23.", "2026-11-22 23:00", "2026-11-23 23:00")]
    [InlineData("0 0 31/5 * *", "croniter 1.3.0 to 3.0.4 takes 31; 5.0.1 to 6.2.4 takes 1, 6, 11, 16, 21, 26 and 31; 6.3.0.dev0 takes 31.", "2026-12-31 00:00", "2027-01-31 00:00")]
    [InlineData("0 0 1 12/3 *", "croniter 1.3.0 to 3.0.4 takes December; 5.0.1 to 6.2.4 takes January, April, July and October; 6.3.0.dev0 takes December.", "2026-12-01 00:00", "2027-12-01 00:00")]
    [InlineData("0 0 * * 6/2", "croniter 1.3.0 to 3.0.4 takes Saturday; 5.0.1 to 6.2.4 takes Tuesday, Thursday, Saturday and Sunday; 6.3.0.dev0 takes Saturday.", "2026-11-28 00:00", "2026-12-05 00:00")]
    [InlineData("0 0 31 2 0", "croniter 1.3.0 to 6.2.4 fails on that, and Mistral answers with an internal error; 6.3.0.dev0 runs on the days of day-of-week '0' alone", "2027-02-07 00:00", "2027-02-14 00:00")]
    [InlineData("*/61 * * * *", "takes the first value alone, 0", "2026-11-22 15:00", "2026-11-22 16:00")]
    [InlineData("0 0 * * mon-fri#2", "croniter 1.3.0 to 1.3.8 refuses it; 1.3.10 to 6.2.4 takes it", "2026-12-08 00:00", "2026-12-09 00:00")]
    [InlineData("0 0 * * fri-sun 0", "croniter 1.3.0 to 3.0.4 takes Friday and Saturday; 5.0.1 to 6.2.4 takes Friday to Sunday.", "2026-11-27 00:00", "2026-11-28 00:00")]
    [InlineData("0 0 */2 * */1 30", "croniter 1.3.0 to 3.0.4 runs every day; 5.0.1 to 6.2.4 runs on the days of day-of-month '*/2' alone", "2026-11-23 00:00:30", "2026-11-24 00:00:30")]
    [InlineData("0 0 1-9,*/20 * */1,fri 30", "croniter 1.3.0 to 3.0.4 runs every day; 5.0.1 to 6.2.4 runs on the days of day-of-month '1-9,*/20' alone", "2026-11-23 00:00:30", "2026-11-24 00:00:30")]
    public void A_difference_between_versions_gives_a_warning_and_the_oldest_accepting_version_decides(string pattern, string warning, params string[] times)
    {
        CronPattern accepted = CronPattern.Parse(pattern, allowSeconds: true);
        Assert.Contains(warning, Assert.Single(accepted.Warnings), StringComparison.Ordinal);
        Assert.Equal(times.Select(Utc), accepted.Occurrences(Utc("2026-11-22 14:49")).Take(times.Length));
    }

    [Fact]
    public void A_wrapping_range_before_a_week_of_the_month_gives_two_warnings() =>
        Assert.Equal(2, CronPattern.Parse("0 0 * * fri-mon#2").Warnings.Count);

    [Theory]
    [InlineData("0 0 */10 * *", "2026-02-21", "2026-03-11", "2026-03-21")]
    [InlineData("0 0 1,15,31 * *", "2026-02-15", "2026-03-15", "2026-03-31")]
    [InlineData("0 0 1,15,31 * *", "2024-02-15", "2024-03-15", "2024-03-31")]
    [InlineData("0 0 1,15,30 * *", "2024-02-15", "2024-03-01", "2024-03-15")]
    public void Patterns_that_skip_days_in_March_before_croniter_6_1_get_a_warning(string pattern, string after, params string[] times)
    {
        CronPattern accepted = CronPattern.Parse(pattern);
        Assert.Contains("croniter 1.3.0 to 6.0.0 loses count at the end of February, and skips the first days of March; 6.1.0 to 6.2.4 does not", Assert.Single(accepted.Warnings), StringComparison.Ordinal);
        Assert.Equal(times.Select(Utc), accepted.Occurrences(Utc(after)).Take(times.Length));
    }

    [Theory]
    [InlineData("0 0 */2 * *")]
    [InlineData("0 0 31 * *")]
    [InlineData("0 0 1,31 1,3-12 *")]
    [InlineData("0 0 15,31 * *")]
    [InlineData("0 0 1,28-31 * *")]
    public void Days_missing_in_short_months_give_no_warning_if_no_execution_is_skipped(string pattern) =>
        Assert.Empty(CronPattern.Parse(pattern).Warnings);

    [Theory]
    [InlineData("0 0 30,L * *", "2026-01-31", "2026-03-30", "2026-03-31")]
    [InlineData("0 0 31,L * *", "2026-03-31", "2026-05-31", "2026-07-31")]
    public void Patterns_that_skip_the_last_day_before_croniter_6_1_get_a_warning(string pattern, string after, params string[] times)
    {
        CronPattern accepted = CronPattern.Parse(pattern);
        Assert.Contains("croniter 1.3.0 to 6.0.0 then does not see the L, and skips the last day of such a month and the first days after it; 6.1.0 to 6.2.4 does not", Assert.Single(accepted.Warnings), StringComparison.Ordinal);
        Assert.Equal(times.Select(Utc), accepted.Occurrences(Utc(after)).Take(times.Length));
    }

    [Theory]
    [InlineData("0 0 */2,L * *", "2026-11-28", "2026-11-29", "2026-11-30", "2026-12-01")]
    [InlineData("0 0 */2,L * *", "2027-02-26", "2027-02-27", "2027-02-28", "2027-03-01")]
    [InlineData("0 0 */3,L * *", "2028-02-27", "2028-02-28", "2028-02-29", "2028-03-01")]
    [InlineData("0 0 15/2,L * *", "2026-11-28", "2026-11-29", "2026-11-30", "2026-12-15")]
    [InlineData("0 0 29,31,L * *", "2026-11-28", "2026-11-29", "2026-11-30", "2026-12-29")]
    public void The_last_day_is_an_occurrence_also_after_a_listed_day(string pattern, string after, params string[] times) =>
        Assert.Equal(times.Select(Utc), CronPattern.Parse(pattern).Occurrences(Utc(after)).Take(times.Length));

    [Theory]
    [InlineData("0 0 */2,L * *")]
    [InlineData("0 0 1-31/2,L * *")]
    [InlineData("0 0 15/2,L * *")]
    public void A_last_day_that_every_version_finds_gives_no_warning(string pattern) => Assert.Empty(CronPattern.Parse(pattern).Warnings);

    [Fact]
    public void A_last_day_that_older_versions_never_find_follows_newer_versions()
    {
        CronPattern accepted = CronPattern.Parse("0 0 30,L 2 *");
        Assert.Contains("croniter 1.3.0 to 6.0.0 then does not see the L, and Mistral answers with an internal error; 6.1.0 to 6.2.4 runs on the last day", Assert.Single(accepted.Warnings), StringComparison.Ordinal);
        Assert.Equal(Utc("2027-02-28"), accepted.Next(Utc("2026-11-22")));
    }

    [Fact]
    public void A_pattern_that_1_3_5_refuses_follows_newer_versions_in_every_field() =>
        Assert.Equal(Utc("2026-11-22 22:01"), CronPattern.Parse("5-5 22-2 * * *").Next(Utc("2026-11-22 22:00")));

    [Fact]
    public void A_pattern_that_1_3_5_refuses_runs_every_day_as_in_newer_versions() =>
        Assert.Equal(Utc("2026-11-23 01:00"), CronPattern.Parse("0 23-1 1-31 * 2").Next(Utc("2026-11-23 00:00")));

    [Fact]
    public void A_repeated_cause_gives_one_warning() => Assert.Single(CronPattern.Parse("5-5,5-5 * * * *").Warnings);

    private static DateTimeOffset Utc(string time) =>
        DateTimeOffset.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
