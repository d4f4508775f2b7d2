using System;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using TroveSchedules.Cron;
using Xunit;

namespace TroveSchedules.Tests.Cron;

/// <summary>Properties of every pattern, tested with random patterns. The seeds are fixed, so that failures are reproducible.</summary>
public class CronPropertyTests
{
    private const int Tries = 500;
    private static readonly Gen<DateTime> Times =
        from day in Gen.Choose(0, 365 * 130)
        from second in Gen.Choose(0, 86_399)
        select new DateTime(1990, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(day).AddSeconds(second);

    [Fact]
    public void An_occurrence_is_strictly_after_its_start_and_matches_its_pattern() =>
        ForAll(Patterns(), Times, 1, (pattern, start) =>
        {
            DateTimeOffset last = start;
            foreach (DateTimeOffset time in CronPattern.Parse(pattern).Occurrences(start).Take(5))
            {
                Assert.True(time > last, $"{time} after {last}");
                Assert.True(NaiveMatcher.Matches(pattern, time.UtcDateTime), $"{time}");
                last = time;
            }
        });

    [Fact]
    public void No_minute_before_the_next_time_matches() =>
        ForAll(Patterns(), Times, 2, (pattern, start) =>
        {
            DateTime end = start.AddDays(2);
            DateTime next = CronPattern.Parse(pattern).Next(start)?.UtcDateTime ?? DateTime.MaxValue;
            DateTime first = start.AddTicks(TimeSpan.TicksPerMinute - (start.Ticks % TimeSpan.TicksPerMinute));
            for (DateTime minute = first; minute < next && minute < end; minute = minute.AddMinutes(1))
                Assert.False(NaiveMatcher.Matches(pattern, minute), $"{minute:u} lies before {next:u}");
        });

    [Fact]
    public void No_day_before_the_next_time_matches() =>
        ForAll(Patterns(), Times, 3, (pattern, start) =>
        {
            string atMidnight = "0 0 " + string.Join(' ', pattern.Split(' ').Skip(2));
            DateTime next = CronPattern.Parse(atMidnight).Next(start)?.UtcDateTime ?? DateTime.MaxValue;
            for (DateTime day = start.Date.AddDays(1); day < next && day < start.AddYears(9); day = day.AddDays(1))
                Assert.False(NaiveMatcher.Matches(atMidnight, day), $"{day:u} lies before {next:u}");
        }, tries: 200);

    [Fact]
    public void An_occurrence_of_a_pattern_with_seconds_matches_it() =>
        ForAll(from five in Patterns() from second in Field(0, 59) select $"{five} {second}", Times, 4, (pattern, start) =>
        {
            if (CronPattern.TryParse(pattern, true, out CronPattern? parsed, out _) && parsed.Warnings.Count == 0)
                Assert.True(NaiveMatcher.Matches(pattern, parsed.Next(start)!.Value.UtcDateTime));
        });

    [Fact]
    public void Parsing_Text_again_gives_an_equal_pattern() =>
        ForAll(Patterns(), Times, 5, (pattern, start) =>
        {
            CronPattern first = CronPattern.Parse(pattern), second = CronPattern.Parse(first.Text);
            Assert.Equal(pattern, first.Text);
            Assert.Equal(first.Explain(), second.Explain());
            Assert.Equal(first.Warnings, second.Warnings);
            Assert.Equal(first.Next(start), second.Next(start));
        });

    [Fact]
    public void Every_pattern_has_an_explanation_without_extra_blanks() =>
        ForAll(Patterns(), Times, 6, (pattern, _) =>
        {
            string explanation = CronPattern.Parse(pattern).Explain();
            Assert.Matches(@"^(At|Every) [^ ].*[^ ,]$", explanation);
            Assert.DoesNotContain("  ", explanation, StringComparison.Ordinal);
        });

    [Fact]
    public void Any_text_is_accepted_or_refused_with_a_reason()
    {
        Gen<string> letters = Gen.Elements("0123456789*/-,#LlWwRHh?@=. \t\n\u00a0monsufrijactTZé\0٣".ToCharArray())
            .ListOf().Select(list => string.Concat(list));
        Gen<string> tokens = Gen.Elements("*", "0", "5", "59", "60", "L", "l5", "5#2", "mon", "FEB", "fri-mon", "1-31", "*/0", "*/61", "31", "2", "-", ",", "/", "#", "@daily", " ", " ", " ", " ", "")
            .ListOf().Select(list => string.Concat(list));
        ForAll(Gen.OneOf(letters, tokens), Times, 7, (text, start) => AssertAcceptedOrRefused(text, start), tries: 20_000);
    }

    [Fact]
    public void A_valid_pattern_with_one_changed_character_is_accepted_or_refused_with_a_reason() =>
        ForAll(
            from pattern in Patterns()
            from position in Gen.Choose(0, pattern.Length - 1)
            from replacement in Gen.Elements("", "*", "/", "-", ",", "#", "L", "W", "0", "9", " ", "x", "?")
            select pattern.Remove(position, 1).Insert(position, replacement),
            Times, 8, (text, start) => AssertAcceptedOrRefused(text, start), tries: 10_000);

    private static void AssertAcceptedOrRefused(string text, DateTime start)
    {
        if (CronPattern.TryParse(text, true, out CronPattern? pattern, out CronPatternException? refusal))
        {
            Assert.True(pattern.Next(start) > start);
            Assert.NotEmpty(pattern.Explain());
            return;
        }

        Assert.NotEmpty(refusal.Reason);
        Assert.NotEmpty(refusal.RecommendedAction!);
        Assert.Equal(refusal.Field is null, refusal.Position is null);
        Assert.True(refusal.Position is null || (refusal.Position >= 1 && refusal.Position <= text.Length + 1));
    }

    /// <summary>Patterns that all versions of croniter read in the same way and that do occur.</summary>
    private static Gen<string> Patterns()
    {
        Gen<string> dates = Gen.Frequency(
            (4, Gen.Constant("*")), (4, Field(1, 31)), (1, Gen.Constant("L")), (1, Field(1, 28).Select(days => days + ",l")));
        Gen<string> weekdays = Gen.Frequency((4, Gen.Constant("*")), (3, Field(0, 6)), (1, Gen.Elements("5-7", "7", "mon-FRI", "Sun", "sat-sun")));
        Gen<string> ordinals =
            from weekday in Gen.Choose(0, 7)
            from week in Gen.Choose(1, 6)
            select week == 6 ? $"L{weekday}" : $"{weekday}#{week}";
        Gen<string> days = Gen.OneOf(
            from date in dates from month in Months() from weekday in weekdays select $"{date} {month} {weekday}",
            from month in Months() from first in ordinals from second in ordinals select $"* {month} {first},{second}");
        return (from minute in Field(0, 59)
                from hour in Field(0, 23)
                from rest in days
                select $"{minute} {hour} {rest}")
            .Where(pattern => CronPattern.TryParse(pattern, false, out CronPattern? parsed, out _) && parsed.Warnings.Count == 0);
    }

    private static Gen<string> Months() => Gen.Frequency((3, Gen.Constant("*")), (2, Field(1, 12)), (1, Gen.Elements("feb", "JAN-mar", "dec")));

    private static Gen<string> Field(int min, int max)
    {
        Gen<string> value = Gen.Choose(min, max).Select(number => $"{number}");
        Gen<string> range = from low in Gen.Choose(min, max - 1) from high in Gen.Choose(low + 1, max) select $"{low}-{high}";
        Gen<string> stepped = from before in Gen.OneOf(range, Gen.Constant("*")) from step in Gen.Choose(1, max) select $"{before}/{step}";
        Gen<string> item = Gen.Frequency((3, value), (2, range), (2, stepped));
        return Gen.Frequency((2, Gen.Constant("*")), (4, item), (2, from one in item from other in item select $"{one},{other}"));
    }

    private static void ForAll(Gen<string> patterns, Gen<DateTime> times, ulong seed, Action<string, DateTime> property, int tries = Tries)
    {
        Gen<(string Pattern, DateTime Start)> cases = from pattern in patterns from time in times select (pattern, time);
        Prop.ForAll(cases.ToArbitrary(), example => property(example.Pattern, example.Start))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(tries).WithReplay(seed, 1));
    }
}
