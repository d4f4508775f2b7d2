using System;
using System.Collections.Generic;
using System.Linq;
using TroveSchedules.Cron;
using TroveSchedules.OpenStack.Health;
using Xunit;

namespace TroveSchedules.Tests.Operations;

/// <summary>The times at which a schedule was due, and the executions that started.</summary>
public sealed class DueTimesTests
{
    private static readonly DateTimeOffset Midnight = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    private static DueTimes Compare(string pattern, int hours, params double[] startedMinutes) =>
        new(CronPattern.Parse(pattern).Occurrences(Midnight).TakeWhile(time => time <= Midnight.AddHours(hours)), [.. startedMinutes.Reverse().Select(minutes => Midnight.AddMinutes(minutes))]);

    [Theory]
    [InlineData(59.967, 0)] // Two seconds early, as Mistral does.
    [InlineData(60, 0)]
    [InlineData(61, 0)]
    [InlineData(61.1, 1)]
    [InlineData(119.9, 1)]
    public void An_execution_belongs_to_the_last_time_that_was_due_before_it(double minutes, int late)
    {
        DueTimes due = Compare("0 * * * *", 2, minutes, 120);
        Assert.Equal((2, 0, late, false), (due.Count, due.Missed, due.Late, due.IsLastMissed));
    }

    [Fact]
    public void A_time_without_an_execution_is_missed()
    {
        DueTimes due = Compare("0 * * * *", 5, 60, 180);
        Assert.Equal((5, 3, 0, true), (due.Count, due.Missed, due.Late, due.IsLastMissed));
        Assert.Equal([Midnight.AddHours(5), Midnight.AddHours(4), Midnight.AddHours(2)], due.MissedTimes);
    }

    [Fact]
    public void After_a_stop_of_ten_minutes_the_one_that_is_made_up_for_is_the_last_one()
    {
        // Mistral was stopped from minute 10 to 20.5, and then started one execution at once.
        DueTimes due = Compare("* * * * *", 1, [.. Enumerable.Range(1, 10).Select(minute => (double)minute), 20.5, .. Enumerable.Range(21, 40).Select(minute => (double)minute)]);
        Assert.Equal((60, 9, 0, false), (due.Count, due.Missed, due.Late, due.IsLastMissed));
        Assert.Equal(Midnight.AddMinutes(19), due.MissedTimes[0]);
        Assert.Equal(Midnight.AddMinutes(11), due.MissedTimes[8]);
    }

    [Fact]
    public void Two_executions_for_one_time_count_once()
    {
        DueTimes due = Compare("0 * * * *", 2, 60, 60.1, 120);
        Assert.Equal((2, 0, 0), (due.Count, due.Missed, due.Late));
    }

    [Fact]
    public void Only_the_newest_hundred_missed_times_are_kept()
    {
        DueTimes due = Compare("* * * * *", 24);
        Assert.Equal((1440, 1440, 100), (due.Count, due.Missed, due.MissedTimes.Count));
        Assert.Equal(Midnight.AddHours(24), due.MissedTimes[0]);
    }

    [Fact]
    public void A_schedule_with_a_first_time_is_not_due_before_it()
    {
        var schedule = new BackupSchedule { Id = "a", TriggerId = "b", Input = "{}", FirstExecutionTime = Midnight.AddMinutes(90) };
        IEnumerable<DateTimeOffset> due = DueTimes.Of(schedule, CronPattern.Parse("0 * * * *"), Midnight, Midnight.AddHours(3));
        Assert.Equal([Midnight.AddMinutes(90), Midnight.AddHours(2), Midnight.AddHours(3)], due);
        Assert.Equal([Midnight.AddHours(2), Midnight.AddHours(3)], DueTimes.Of(schedule, CronPattern.Parse("0 * * * *"), Midnight.AddMinutes(90), Midnight.AddHours(3)));
    }

    [Fact]
    public void Without_a_due_time_nothing_is_missed()
    {
        DueTimes due = Compare("0 5 * * *", 2, 10);
        Assert.Equal((0, 0, 0, false, 0), (due.Count, due.Missed, due.Late, due.IsLastMissed, due.MissedTimes.Count));
    }
}
