using TroveSchedules.Cron;
using Xunit;

namespace TroveSchedules.Tests.Cron;

public class CronExplanationTests
{
    [Theory]
    [InlineData("* * * * *", "Every minute")]
    [InlineData("*/2 * * * *", "Every 2 minutes")]
    [InlineData("*/7 * * * *", "At 0, 7, 14, 21, 28, 35, 42, 49 and 56 minutes past every hour")]
    [InlineData("5-59/15 * * * *", "At 5, 20, 35 and 50 minutes past every hour")]
    [InlineData("1 * * * *", "At 1 minute past every hour")]
    [InlineData("10-20 * * * *", "At 10 to 20 minutes past every hour")]
    [InlineData("0 * * * *", "Every hour, on the hour")]
    [InlineData("0 9-17 * * mon-fri", "Every hour from 09:00 to 17:00 UTC, Monday to Friday")]
    [InlineData("15 */2 * * *", "Every 2 hours from 00:15 to 22:15 UTC")]
    [InlineData("0 */6 * * *", "At 00:00, 06:00, 12:00 and 18:00 UTC, every day")]
    [InlineData("0 0-4,6-8 * * *", "At 00:00, 01:00, 02:00, 03:00, 04:00, 06:00, 07:00 and 08:00 UTC")]
    [InlineData("*/15 9-17 * * mon-fri", "Every 15 minutes from 09:00 to 17:59 UTC, Monday to Friday")]
    [InlineData("* 3 * * *", "Every minute from 03:00 to 03:59 UTC")]
    [InlineData("*/15 9-11,14 * * *", "Every 15 minutes in each of these hours: 09:00 to 11:00 and 14:00 UTC")]
    [InlineData("5,10 9-17 * * *", "At 5 and 10 minutes past each of these hours: 09:00 to 17:00 UTC")]
    public void Times_are_explained_as_an_interval_a_range_or_a_list(string pattern, string explanation) => Explained(pattern, explanation);

    [Theory]
    [InlineData("0 3 * * *", "At 03:00 UTC, every day")]
    [InlineData("0 3 * * mon-fri", "At 03:00 UTC, Monday to Friday")]
    [InlineData("0 3 * * 0", "At 03:00 UTC, every Sunday")]
    [InlineData("0 3 * * 7,6", "At 03:00 UTC, every Saturday and Sunday")]
    [InlineData("0 3 * * mon,WED,fri", "At 03:00 UTC, every Monday, Wednesday and Friday")]
    [InlineData("0 3 * * 1-3,5", "At 03:00 UTC, Monday to Wednesday and Friday")]
    [InlineData("0 3 * * mon-fri/2", "At 03:00 UTC, every Monday, Wednesday and Friday")]
    [InlineData("30 2 1 * *", "At 02:30 UTC on the 1st of the month")]
    [InlineData("0 0 2,3,11-13,21,22,23 * *", "At 00:00 UTC on the 2nd, 3rd, 11th to 13th and 21st to 23rd of the month")]
    [InlineData("0 0 */2 * *", "At 00:00 UTC on every 2nd day from the 1st to the 31st of the month")]
    [InlineData("0 0 L * *", "At 00:00 UTC on the last day of the month")]
    [InlineData("0 0 1,15,L * *", "At 00:00 UTC on the 1st, 15th and last day of the month")]
    [InlineData("0 0 29 feb *", "At 00:00 UTC on the 29th of February")]
    [InlineData("0 3 * 2,3 *", "At 03:00 UTC, every day in February and March")]
    [InlineData("0 3 * jan,mar-may 0", "At 03:00 UTC, every Sunday in January and March to May")]
    [InlineData("*/5 * * 12 *", "Every 5 minutes, every day in December")]
    [InlineData("0 0 * * 5#3", "At 00:00 UTC on the 3rd Friday of the month")]
    [InlineData("0 0 * * L5", "At 00:00 UTC on the last Friday of the month")]
    [InlineData("0 0 * jun mon#2,L5,tue#3", "At 00:00 UTC on the 2nd Monday, 3rd Tuesday and last Friday of June")]
    public void The_days_follow_the_times(string pattern, string explanation) => Explained(pattern, explanation);

    [Theory]
    [InlineData("0 0 13 * 5", "At 00:00 UTC on the 13th of the month and also on every Friday")]
    [InlineData("0 0 1,15 * 1-5", "At 00:00 UTC on the 1st and 15th of the month and also Monday to Friday")]
    [InlineData("0 0 L 1,7 1", "At 00:00 UTC on the last day of the month and also on every Monday, in January and July")]
    [InlineData("0 0 */2 * 1", "At 00:00 UTC on every 2nd day from the 1st to the 31st of the month and also on every Monday")]
    public void Joined_days_are_explained(string pattern, string explanation)
    {
        Assert.True(CronPattern.Parse(pattern).JoinsDays);
        Explained(pattern, explanation);
    }

    [Theory]
    [InlineData("@hourly", "Every hour, on the hour")]
    [InlineData("@daily", "At 00:00 UTC, every day")]
    [InlineData("@midnight", "At 00:00 UTC, every day")]
    [InlineData("@weekly", "At 00:00 UTC, every Sunday")]
    [InlineData("@monthly", "At 00:00 UTC on the 1st of the month")]
    [InlineData("@yearly", "At 00:00 UTC on the 1st of January")]
    [InlineData("@Annually", "At 00:00 UTC on the 1st of January")]
    public void An_alias_is_explained_by_its_times(string pattern, string explanation) => Explained(pattern, explanation);

    [Theory]
    [InlineData("30 2 * * * 15", "At 02:30:15 UTC, every day")]
    [InlineData("30 2 * * * 0", "At 02:30 UTC, every day")]
    [InlineData("* * * * * *", "Every second")]
    [InlineData("* * * * * */10", "Every 10 seconds")]
    [InlineData("* * * * * 15", "At 15 seconds past the minute")]
    [InlineData("* * * * 1 1,15", "At 1 and 15 seconds past the minute, every Monday")]
    [InlineData("0 0 2 * * *", "Every second, in these minutes: at 00:00 UTC on the 2nd of the month")]
    [InlineData("*/5 9-17 * * * */10", "Every 10 seconds, in these minutes: every 5 minutes from 09:00 to 17:59 UTC")]
    public void The_explanation_starts_with_the_seconds(string pattern, string explanation) => Explained(pattern, explanation);

    [Theory]
    [InlineData("0 0 1-31 * 1", "At 00:00 UTC, every Monday")]
    [InlineData("0 0 31 2 0", "At 00:00 UTC, every Sunday in February")]
    [InlineData("59/15 * * * *", "At 59 minutes past every hour")]
    [InlineData("*/61 * * * *", "Every hour, on the hour")]
    [InlineData("0 0 * * fri-mon", "At 00:00 UTC, Monday and Friday to Sunday")]
    public void The_explanation_describes_the_effect_of_the_pattern_not_its_text(string pattern, string explanation) => Explained(pattern, explanation);

    private static void Explained(string pattern, string explanation) =>
        Assert.Equal(explanation, CronPattern.Parse(pattern, allowSeconds: true).Explain());
}
