using System;
using System.Collections.Generic;
using System.Linq;
using TroveSchedules.Cron;
using Xunit;

namespace TroveSchedules.Tests.Cron;

/// <summary>The times of many schedules: merged, and counted per hour.</summary>
public sealed class ScheduleOccurrencesTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    private static IEnumerable<ScheduleOccurrence> Of(string pattern, string? id = null) =>
        CronPattern.Parse(pattern).Occurrences(Start).Select(time => new ScheduleOccurrence { Time = time, Pattern = pattern, ScheduleId = id });

    private static BackupSchedule Schedule(string? pattern, DateTimeOffset? next, int? remaining = null, string id = "x") =>
        new() { Id = id, TriggerId = "y", Input = "{}", Pattern = pattern, NextExecutionTime = next, RemainingExecutions = remaining };

    [Fact]
    public void Occurrences_are_merged_in_the_order_of_time_and_those_of_equal_times_in_the_order_of_the_input()
    {
        List<ScheduleOccurrence> merged = [.. ScheduleOccurrences.Merge([Of("0 */6 * * *", "a"), Of("0 0 * * *", "b"), Of("0 18 * * *", "c"), [], Of("0 */12 * * *", "d")]).Take(8)];
        Assert.Equal("a18 c18 a0 b0 d0 a6 a12 d12", string.Join(" ", merged.Select(one => one.ScheduleId + one.Time.Hour)));
        Assert.Equal(merged.Select(one => one.Time).Order(), merged.Select(one => one.Time));
    }

    [Fact]
    public void Only_what_is_read_is_computed()
    {
        int computed = 0;
        IEnumerable<ScheduleOccurrence> Counted(IEnumerable<ScheduleOccurrence> source) => source.Select(one =>
        {
            computed++;
            return one;
        });

        IEnumerable<ScheduleOccurrence> merged = ScheduleOccurrences.Merge(Enumerable.Range(0, 10_000).Select(number => Counted(Of($"{number % 60} * * * *"))));
        Assert.Equal(0, computed);
        Assert.Equal(Start.AddMinutes(1), merged.First().Time);
        Assert.Equal(10_000, computed);
        computed = 0;
        Assert.Equal(100, merged.Take(100).Count());
        Assert.Equal(10_099, computed);
    }

    [Fact]
    public void A_sequence_that_ends_leaves_the_others_and_all_are_disposed()
    {
        int open = 0;
        IEnumerable<ScheduleOccurrence> Tracked(IEnumerable<ScheduleOccurrence> source)
        {
            open++;
            try
            {
                foreach (ScheduleOccurrence one in source)
                    yield return one;
            }
            finally
            {
                open--;
            }
        }

        Assert.Equal(7, ScheduleOccurrences.Merge([Tracked(Of("0 3 * * *").Take(2)), Tracked(Of("0 4 * * *").Take(5))]).Count());
        Assert.Single(ScheduleOccurrences.Merge([Tracked(Of("0 3 * * *")), Tracked(Of("0 4 * * *"))]).Take(1));
        Assert.Equal(0, open);
    }

    [Fact]
    public void A_start_that_is_far_away_does_not_compute_the_times_before_it()
    {
        DateTimeOffset far = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(far.AddMinutes(1), ScheduleOccurrences.Of(Schedule("* * * * *", Start), far).First());
        Assert.Empty(ScheduleOccurrences.Of(Schedule("* * * * *", null), far));
        Assert.Empty(ScheduleOccurrences.Of(Schedule("* * * * *", Start, 3), far));
    }

    [Fact]
    public void Every_hour_is_counted_from_the_beginning_to_before_the_end()
    {
        BackupSchedule[] schedules = [Schedule("0 * * * *", Start), Schedule("*/20 * * * *", Start), Schedule("0 0 1 1 *", null), Schedule(null, Start.AddMinutes(90), 1)];
        List<ScheduleHour> hours = [.. ScheduleOccurrences.PerHour(schedules, Start, Start.AddHours(3))];
        Assert.Equal([Start, Start.AddHours(1), Start.AddHours(2)], hours.Select(hour => hour.Hour));
        Assert.Equal([4, 5, 4], hours.Select(hour => hour.Count));
        Assert.Equal([2, 5, 4, 2], ScheduleOccurrences.PerHour(schedules, Start.AddMinutes(20), Start.AddHours(3).AddMinutes(20)).Select(hour => hour.Count));
        Assert.Equal([0, 0], ScheduleOccurrences.PerHour([], Start.AddMinutes(59), Start.AddHours(1).AddTicks(1)).Select(hour => hour.Count));
        Assert.Equal(24, ScheduleOccurrences.PerHour([], Start).Count());
        Assert.Equal(25, ScheduleOccurrences.PerHour([], Start.AddMinutes(1)).Count());
    }

    [Fact]
    public void Hours_at_the_ends_of_the_calendar_are_counted()
    {
        Assert.Equal(2, ScheduleOccurrences.PerHour([Schedule("* * * * *", Start)], DateTimeOffset.MaxValue.AddHours(-1)).Count());
        Assert.Equal(24, ScheduleOccurrences.PerHour([Schedule("* * * * *", Start)], DateTimeOffset.MinValue).Count());
    }

    [Fact]
    public void The_hour_that_a_clock_skips_does_not_exist()
    {
        DateTimeOffset midnight = new(2026, 3, 29, 0, 0, 0, TimeSpan.FromHours(1));
        ScheduleHour[] hours = [.. ScheduleOccurrences.PerHour([Schedule("30 * * * *", Start.AddMinutes(30))], midnight, midnight.AddHours(5), Berlin)];
        Assert.Equal("00+01:00 01+01:00 03+02:00 04+02:00 05+02:00", string.Join(" ", hours.Select(hour => hour.Hour.ToString("HHzzz"))));
        Assert.All(hours, hour => Assert.Equal(1, hour.Count));
    }

    [Fact]
    public void The_hour_that_a_clock_repeats_is_two_hours_with_different_offsets()
    {
        DateTimeOffset midnight = new(2026, 10, 25, 0, 0, 0, TimeSpan.FromHours(2));
        ScheduleHour[] hours = [.. ScheduleOccurrences.PerHour([Schedule("15,45 * * * *", Start.AddMinutes(15))], midnight, midnight.AddHours(5), Berlin)];
        Assert.Equal("00+02:00 01+02:00 02+02:00 02+01:00 03+01:00", string.Join(" ", hours.Select(hour => hour.Hour.ToString("HHzzz"))));
        Assert.All(hours, hour => Assert.Equal(2, hour.Count));
    }

    [Fact]
    public void Hours_of_a_zone_begin_at_its_own_hours()
    {
        TimeZoneInfo india = TimeZoneInfo.FindSystemTimeZoneById("Asia/Kolkata");
        ScheduleHour[] hours = [.. ScheduleOccurrences.PerHour([Schedule("0 * * * *", Start)], Start, Start.AddHours(2), india)];
        Assert.Equal("17:00+05:30 18:00+05:30 19:00+05:30", string.Join(" ", hours.Select(hour => hour.Hour.ToString("HH:mmzzz"))));
        Assert.Equal([1, 1, 0], hours.Select(hour => hour.Count));
    }

    [Fact]
    public void An_end_that_is_not_after_the_beginning_is_refused()
    {
        ScheduleOccurrences.CheckUntil(null, Start, Start.AddDays(1));
        ScheduleOccurrences.CheckUntil(Start.AddTicks(1), Start, Start.AddDays(1));
        ScheduleOccurrences.CheckUntil(Start.AddDays(2), null, Start.AddDays(1));
        var error = Assert.Throws<TroveScheduleException>(() => ScheduleOccurrences.CheckUntil(Start, Start, Start.AddDays(-1)));
        Assert.Equal((TroveErrorKind.Invalid, "InvalidUntil", (object)Start), (error.Kind, error.ErrorId, error.Target!));
        Assert.Equal("The end time 2026-03-28 12:00:00Z is not after the start time, 2026-03-28 12:00:00Z.", error.Problem);
        error = Assert.Throws<TroveScheduleException>(() => ScheduleOccurrences.CheckUntil(Start, null, Start.AddDays(1)));
        Assert.Equal("The end time 2026-03-28 12:00:00Z is not after the present time, 2026-03-29 12:00:00Z.", error.Problem);
    }
}
