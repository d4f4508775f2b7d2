using System;
using System.Linq;
using TroveSchedules.Cron;
using Xunit;

namespace TroveSchedules.Tests.Cron;

/// <summary>Invalid patterns fail before a request is sent. The error contains the field, the position and the reason.</summary>
public class CronRefusalTests
{
    [Theory]
    [InlineData("60 * * * *", "minute", 1, "'60' is not a value of this field; the field takes 0 to 59")]
    [InlineData("0 24 * * *", "hour", 3, "'24' is not a value of this field; the field takes 0 to 23")]
    [InlineData("0 0 0 * *", "day-of-month", 5, "the field takes 1 to 31 or L (the last day)")]
    [InlineData("0 0 32 * *", "day-of-month", 5, "'32'")]
    [InlineData("0 0 1-32 * *", "day-of-month", 7, "'32'")]
    [InlineData("0 0 5-0 * *", "day-of-month", 7, "'0'")]
    [InlineData("0 0 * 0 *", "month", 7, "the field takes 1 to 12 or jan to dec")]
    [InlineData("0 0 * 13 *", "month", 7, "'13'")]
    [InlineData("0 0 * * 8", "day-of-week", 9, "the field takes 0 to 7 (0 and 7 are Sunday) or sun to sat")]
    [InlineData("0 0 * * L8", "day-of-week", 10, "'8'")]
    [InlineData("99999999999999999999 * * * *", "minute", 1, "the field takes 0 to 59")]
    public void A_value_out_of_range_is_refused(string pattern, string field, int position, string reason) =>
        Refused(pattern, field, position, reason, "Write a value");

    [Theory]
    [InlineData("-1 * * * *", "minute", 1, "'-1' is not a value")]
    [InlineData("+5 * * * *", "minute", 1, "'+5' is not a value")]
    [InlineData("1.5 * * * *", "minute", 1, "'1.5' is not a value")]
    [InlineData("a * * * *", "minute", 1, "'a' is not a value")]
    [InlineData("٣ * * * *", "minute", 1, "is not a value")]
    [InlineData("5- * * * *", "minute", 3, "a value is missing")]
    [InlineData("/5 * * * *", "minute", 1, "a value is missing")]
    [InlineData("1-2-3 * * * *", "minute", 3, "'2-3' is not a value")]
    [InlineData("*-5 * * * *", "minute", 1, "'*' stands by itself or before a step")]
    [InlineData("** * * * *", "minute", 1, "'**' is not a value")]
    [InlineData("0 0 jan * *", "day-of-month", 5, "'jan' is not a value")]
    [InlineData("0 0 wed * *", "day-of-month", 5, "'wed' is not a value")]
    [InlineData("0 0 * mon *", "month", 7, "'mon' is not a value")]
    [InlineData("0 0 * * jan", "day-of-week", 9, "'jan' is not a value")]
    [InlineData("0 0 * * #1", "day-of-week", 9, "a value is missing")]
    [InlineData("\t0  3\t*  *  1,x", "day-of-week", 15, "'x' is not a value")]
    public void An_invalid_value_is_refused(string pattern, string field, int position, string reason) =>
        Refused(pattern, field, position, reason, "Write a value");

    [Theory]
    [InlineData("1,,2 * * * *", 3)]
    [InlineData(",1 * * * *", 1)]
    [InlineData("1, * * * *", 3)]
    public void An_empty_list_item_is_refused(string pattern, int position) =>
        Refused(pattern, "minute", position, "an item of the list is empty", "Remove the comma");

    [Theory]
    [InlineData("*/0 * * * *", 3, "'0'")]
    [InlineData("5-5/00 * * * *", 5, "'00'")]
    [InlineData("*/-1 * * * *", 3, "'-1'")]
    [InlineData("*/1.5 * * * *", 3, "'1.5'")]
    [InlineData("*/ * * * *", 3, "''")]
    [InlineData("1/2/3 * * * *", 3, "'2/3'")]
    public void A_step_that_is_not_a_positive_whole_number_is_refused(string pattern, int position, string reason) =>
        Refused(pattern, "minute", position, reason, "Write the step in digits");

    [Theory]
    [InlineData("0 0 30 2 *")]
    [InlineData("0 0 31 2 *")]
    [InlineData("0 0 30,31 feb *")]
    [InlineData("0 0 30-31 FEB *")]
    [InlineData("0 0 30/1 2 *")]
    [InlineData("0 0 31 4 *")]
    [InlineData("0 0 31 4,6,9,11 *")]
    [InlineData("0 0 31 2,4 *")]
    [InlineData("0 0 31 apr *")]
    [InlineData("0 0 31 2-12/7,11 */1,*")]
    public void A_date_that_does_not_exist_is_refused(string pattern) =>
        Refused(pattern, "day-of-month", 5, "never comes in month", "Choose a day that the month has");

    [Theory]
    [InlineData("0 0 29 2 *")]
    [InlineData("0 0 30 2,3 *")]
    [InlineData("0 0 31 4,5 *")]
    [InlineData("0 0 L 2 *")]
    [InlineData("0 0 * 2 5#5")]
    public void A_rare_date_is_accepted(string pattern) => Assert.Empty(CronPattern.Parse(pattern).Warnings);

    [Theory]
    [InlineData("0 0 L-2 * *", "day-of-month", 5, "counts from the end of the month", "Use L,")]
    [InlineData("0 0 L/2 * *", "day-of-month", 5, "counts from the end of the month", "Use L,")]
    [InlineData("0 0 LW * *", "day-of-month", 5, "the weekday nearest", "There is no equivalent")]
    [InlineData("0 0 15W * *", "day-of-month", 5, "the weekday nearest", "There is no equivalent")]
    [InlineData("0 0 1,W15 * *", "day-of-month", 7, "the weekday nearest", "There is no equivalent")]
    [InlineData("0 0 * * 5L", "day-of-week", 9, "'5L'", "Use L5.")]
    [InlineData("0 0 * * friL", "day-of-week", 9, "'friL'", "Use L5.")]
    [InlineData("0 0 * * Lsun", "day-of-week", 9, "'Lsun'", "Use L0.")]
    [InlineData("0 0 * * L", "day-of-week", 9, "'L' does not say which weekday", "Use L5")]
    [InlineData("H * * * *", "minute", 1, "leaves the value to the server", "Choose a number.")]
    [InlineData("H/15 * * * *", "minute", 1, "leaves the value to the server", "Choose a number.")]
    [InlineData("0 H(0-5) * * *", "hour", 3, "leaves the value to the server", "Choose a number.")]
    [InlineData("R * * * *", "minute", 1, "leaves the value to the server", "Choose a number.")]
    [InlineData("0 0 * r(1-6)/2 *", "month", 7, "leaves the value to the server", "Choose a number.")]
    [InlineData("0 0 ? * *", "day-of-month", 5, "'?'", "Use '*'.")]
    [InlineData("0 0 * * ?", "day-of-week", 9, "'?'", "Use '*'.")]
    [InlineData("0 0 * * Sunday", "day-of-week", 9, "names have three letters", "Use sun.")]
    [InlineData("0 0 * * mon-friday", "day-of-week", 13, "names have three letters", "Use fri.")]
    [InlineData("0 0 * January *", "month", 7, "names have three letters", "Use jan.")]
    [InlineData("0 0 * sept *", "month", 7, "names have three letters", "Use sep.")]
    public void Syntax_of_other_schedulers_is_refused_with_an_alternative(string pattern, string field, int position, string reason, string action) =>
        Refused(pattern, field, position, reason, action);

    [Theory]
    [InlineData("0 0 * * 1#6", 11, "'6' is not a week of the month")]
    [InlineData("0 0 * * fri#0", 13, "'0' is not a week of the month")]
    [InlineData("0 0 * * 1#", 11, "'' is not a week of the month")]
    [InlineData("0 0 * * 5#2junk", 11, "'2junk' is not a week of the month")]
    [InlineData("0 0 * * 5#2/2", 11, "'2/2' is not a week of the month")]
    public void A_week_of_the_month_outside_1_to_5_is_refused(string pattern, int position, string reason) =>
        Refused(pattern, "day-of-week", position, reason, "L5 for the last one");

    [Fact]
    public void A_range_of_numbers_before_a_week_of_the_month_is_refused() =>
        Refused("0 0 * * 1-5#2", "day-of-week", 9, "'1-5' is a range of weekdays before '#'", "Write a list");

    [Theory]
    [InlineData("0 0 13 * 5#2")]
    [InlineData("0 0 13 * L5")]
    [InlineData("0 0 L * 1#1")]
    [InlineData("0 0 */2 * fri#1")]
    public void A_date_together_with_a_week_of_the_month_is_refused(string pattern) =>
        Refused(pattern, "day-of-week", pattern.LastIndexOf(' ') + 2, "neither the days of either nor the days of both", "make two schedules");

    [Theory]
    [InlineData("0 0 * * mon,tue#2", 9, "'mon'")]
    [InlineData("0 0 * * tue#2,mon", 15, "'mon'")]
    [InlineData("0 0 * * 1,L5", 9, "'1'")]
    [InlineData("0 0 * * 5,L5", 9, "'5'")]
    [InlineData("0 0 * * *,5#2", 9, "'*'")]
    public void Plain_weekdays_together_with_weeks_of_the_month_are_refused(string pattern, int position, string reason) =>
        Refused(pattern, "day-of-week", position, reason, "all in one of the two ways");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \t\n")]
    public void An_empty_pattern_is_refused(string? pattern) => Refused(pattern, null, null, "it is empty", "Give five fields");

    [Theory]
    [InlineData("0", "it has 1 of the five fields")]
    [InlineData("0 3 * *", "it has 4 of the five fields")]
    public void A_pattern_with_fewer_than_five_fields_is_refused(string pattern, string reason) =>
        Refused(pattern, null, null, reason, "Write '*' for a field that does not matter");

    [Fact]
    public void A_pattern_with_six_fields_is_refused_unless_seconds_are_allowed()
    {
        Refused("0 0 2 * * *", null, null, "would run 60 times in a minute", "or allow them (AllowSeconds)");
        Assert.True(CronPattern.Parse("0 0 2 * * *", allowSeconds: true).HasSeconds);
        Assert.False(CronPattern.Parse("0 2 * * *", allowSeconds: true).HasSeconds);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_pattern_with_seven_fields_is_always_refused(bool allowSeconds) =>
        Refused("0 0 2 * * * 2030", null, null, "it has 7 fields", "Leave seconds and years out", allowSeconds);

    [Theory]
    [InlineData("* * * * * 60", "second", 11)]
    [InlineData("0 0 * * 7 0", "day-of-week", 9)]
    [InlineData("0 0 * * 5-7 0", "day-of-week", 11)]
    [InlineData("0 0 0 * * 0", "day-of-month", 5)]
    public void A_value_out_of_range_is_refused_in_a_pattern_with_seconds(string pattern, string field, int position) =>
        Refused(pattern, field, position, "is not a value of this field", "Write a value", allowSeconds: true);

    [Theory]
    [InlineData("@reboot", "'@reboot' is not an alias", "Choose a time")]
    [InlineData("@every 5m", "'@every 5m' is not an alias", "Write the interval as a step")]
    [InlineData("@", "those are @hourly, @daily", "Choose a time")]
    [InlineData(" @daily", "has white space around it", "Write @daily alone")]
    [InlineData("@daily\n", "has white space around it", "Write @daily alone")]
    public void An_alias_that_Mistral_does_not_know_is_refused(string pattern, string reason, string action) =>
        Refused(pattern, null, null, reason, action);

    [Theory]
    [InlineData("TZ=UTC 0 3 * * *")]
    [InlineData("CRON_TZ=Europe/Berlin 0 3 * * *")]
    public void A_time_zone_is_refused(string pattern) => Refused(pattern, null, null, "it names a time zone", "Leave the time zone out");

    [Theory]
    [InlineData("0 3 * * *\u200b", "(with U+200B)")]
    [InlineData("0 3 * * 1\u2060", "(with U+2060)")]
    [InlineData("0 3 * * 1\ufeff\u200b", "(with U+FEFF, U+200B)")]
    public void An_invisible_character_is_named_in_the_error(string pattern, string codePoints) =>
        Refused(pattern, "day-of-week", 9, $"' {codePoints} is not a value of this field", "Write a value");

    [Fact]
    public void A_pattern_longer_than_100_characters_is_refused()
    {
        string longest = "0 3 * * *".PadRight(100);
        Assert.Equal(longest, CronPattern.Parse(longest).Text);
        Refused(longest + " ", null, null, "it has 101 characters", "Shorten it");
    }

    [Fact]
    public void The_error_names_the_pattern_the_field_the_position_and_the_allowed_values()
    {
        CronPatternException refusal = Refused("0 3 * * mon-fry", "day-of-week", 13, "'fry'", "Write a value");
        Assert.Equal(
            "The cron pattern '0 3 * * mon-fry' is refused: day-of-week, character 13: 'fry' is not a value of this field; "
            + "the field takes 0 to 7 (0 and 7 are Sunday) or sun to sat.",
            refusal.Problem);
        Assert.Equal($"{refusal.Problem} {refusal.RecommendedAction}", refusal.Message);
    }

    [Fact]
    public void Patterns_that_croniter_1_3_5_refuses_are_refused_or_accepted_with_a_warning()
    {
        string[] refusedBy1_3_5 =
        [
            "0 0 * * Sunday", "0 0 * * 8", "0 22-2 * * *", "5-1 * * * *", "0 0 * * fri-mon", "0 0 * * 5L", "0 0 15W * *", "0 0 ? * *", "H * * * *",
            "0 3 * * * * *", "0 3 * *", "", "1,,2 * * * *", "*/0 * * * *", "-1 * * * *", "0 0 * * 1#6", "0 0 L-2 * *", "0 0 31 2 *", "0 0 31 4,6,9,11 *",
        ];
        Assert.All(refusedBy1_3_5, pattern => Assert.False(
            CronPattern.TryParse(pattern, false, out CronPattern? accepted, out _) && accepted.Warnings.Count == 0, pattern));
    }

    private static CronPatternException Refused(
        string? pattern, string? field, int? position, string reason, string action, bool allowSeconds = false)
    {
        Assert.False(CronPattern.TryParse(pattern, allowSeconds, out CronPattern? accepted, out CronPatternException? refusal));
        Assert.Null(accepted);
        Assert.Equal(TroveErrorKind.Invalid, refusal.Kind);
        Assert.Equal("InvalidCronPattern", refusal.ErrorId);
        Assert.Equal(pattern, refusal.Target);
        Assert.Equal(field, refusal.Field);
        Assert.Equal(position, refusal.Position);
        Assert.Contains(reason, refusal.Reason, StringComparison.Ordinal);
        Assert.Contains(refusal.Reason, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(action, refusal.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(refusal.Message, Assert.Throws<CronPatternException>(() => CronPattern.Parse(pattern, allowSeconds)).Message);
        return refusal;
    }
}
