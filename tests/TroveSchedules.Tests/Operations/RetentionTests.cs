using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using TroveSchedules.OpenStack;
using Xunit;

namespace TroveSchedules.Tests.Operations;

/// <summary>Which backups rules of retention keep.</summary>
public sealed class RetentionTests
{
    private const string Instance = "20000000-0000-4000-8000-000000000900";

    private static Backup Backup(string id, string? time, string? parent = null, string status = "COMPLETED", string name = "b", string instance = Instance) => new()
    {
        Id = id, Name = name, Status = status, InstanceId = instance, ParentId = parent,
        CreatedAt = time is null ? null : DateTimeOffset.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
    };

    // Backups named by their times.
    private static Backup[] At(params string[] times) => [.. times.Select(time => Backup(time, time))];

    private static string[] Kept(IEnumerable<Backup> backups, RetentionRules rules) =>
        [.. BackupRetention.Plan(backups, rules).Where(one => one.Action == RetentionAction.Keep).Select(one => one.Id)];

    private static BackupRetentionDecision Decision(IEnumerable<Backup> backups, RetentionRules rules, string id) => BackupRetention.Plan(backups, rules).Single(one => one.Id == id);

    // Worked by hand from the documentation of Proxmox Backup Server, "Pruning": "The retention options are processed in the order given above. Each option only covers backups within its time period. The next
    // option does not take care of already covered backups. It will only consider older backups."
    public static TheoryData<string, string, string, string> Cases => new()
    {
        { "the last backups", "last=2", "2026-11-01 2026-11-02 2026-11-03", "2026-11-03 2026-11-02" },
        { "more than there are", "last=9", "2026-11-01 2026-11-02", "2026-11-02 2026-11-01" },
        { "the newest of each hour", "hourly=2", "2026-11-01T10:10 2026-11-01T10:50 2026-11-01T11:00 2026-11-01T11:59", "2026-11-01T11:59 2026-11-01T10:50" },
        { "hours without a backup do not count", "hourly=2", "2026-10-01T10:10 2026-11-01T11:59", "2026-11-01T11:59 2026-10-01T10:10" },
        { "the newest of each day", "daily=2", "2026-11-01T01:00 2026-11-01T23:00 2026-11-02T00:00 2026-11-02T23:59", "2026-11-02T23:59 2026-11-01T23:00" },
        { "days without a backup do not count", "daily=3", "2026-01-01 2026-03-01 2026-05-01 2026-07-01", "2026-07-01 2026-05-01 2026-03-01" },
        { "weeks begin on Monday", "weekly=2", "2026-11-14 2026-11-15 2026-11-16 2026-11-22", "2026-11-22 2026-11-15" },
        { "a Monday is a new week", "weekly=1", "2026-11-22 2026-11-23", "2026-11-23" },
        { "the last days of a year can be in the first week of the next", "weekly=2", "2024-12-29 2024-12-30 2024-12-31 2025-01-05", "2025-01-05 2024-12-29" },
        { "the first days of a year can be in the last week of the one before", "weekly=2", "2020-12-27 2020-12-31 2021-01-03 2021-01-04", "2021-01-04 2021-01-03" },
        { "week 53 and week 1 are two weeks", "weekly=2", "2020-12-27 2021-01-03 2021-01-10", "2021-01-10 2021-01-03" },
        { "the newest of each month", "monthly=2", "2026-09-30 2026-10-01 2026-10-31 2026-11-01", "2026-11-01 2026-10-31" },
        { "the newest of each year", "yearly=2", "2024-12-31 2025-01-01 2025-12-31 2026-01-01", "2026-01-01 2025-12-31" },
        { "a day that an earlier rule covers does not count", "last=1 daily=1", "2026-11-01T08:00 2026-11-01T09:00 2026-11-02T08:00 2026-11-02T09:00", "2026-11-02T09:00 2026-11-01T09:00" },
        { "several of the last in one day cover one day", "last=2 daily=1", "2026-10-31 2026-11-01T08:00 2026-11-01T09:00", "2026-11-01T09:00 2026-11-01T08:00 2026-10-31" },
        { "a week that days cover does not count", "daily=2 weekly=1", "2026-11-13 2026-11-14 2026-11-17 2026-11-18", "2026-11-18 2026-11-17 2026-11-14" },
        { "a month that weeks cover does not count", "weekly=1 monthly=1", "2026-09-30 2026-10-05 2026-10-12", "2026-10-12 2026-09-30" },
        { "a backup in a covered week is not the newest of its month", "weekly=1 monthly=2", "2026-01-20 2026-01-31 2026-02-01", "2026-02-01 2026-01-20" },
        { "it is if no rule counts weeks", "last=1 monthly=1", "2026-01-20 2026-01-31 2026-02-01", "2026-02-01 2026-01-31" },
        { "a rule without a number is not applied", "yearly=1", "2026-11-01 2026-11-02", "2026-11-02" },
        { "all rules, in their order", "last=1 hourly=1 daily=1 weekly=1 monthly=1 yearly=1",
            "2024-06-01 2025-06-01 2026-06-01 2026-10-15 2026-11-10 2026-11-17 2026-11-18T08:00 2026-11-18T09:00 2026-11-18T09:30",
            "2026-11-18T09:30 2026-11-18T08:00 2026-11-17 2026-11-10 2026-10-15 2025-06-01" },
        { "within is counted from the newest backup, not from now", "within=2", "2020-01-01 2020-01-02 2020-01-03 2020-01-04", "2020-01-04 2020-01-03 2020-01-02" },
        { "within also keeps what an earlier rule passed over", "daily=1 within=1", "2026-11-01T07:00 2026-11-02T08:00 2026-11-02T09:00", "2026-11-02T09:00 2026-11-02T08:00" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rules_keep(string what, string rules, string times, string kept) => Assert.True(
        kept.Split(' ') is var expected && Kept(At(times.Split(' ')), Rules(rules)) is var actual && expected.SequenceEqual(actual), $"{what}: {string.Join(" ", actual)}");

    private static RetentionRules Rules(string text)
    {
        Dictionary<string, int> numbers = text.Split(' ').Select(rule => rule.Split('=')).ToDictionary(rule => rule[0], rule => int.Parse(rule[1], CultureInfo.InvariantCulture));
        int? Of(string rule) => numbers.TryGetValue(rule, out int number) ? number : null;
        return new RetentionRules
        {
            KeepLast = Of("last"), KeepHourly = Of("hourly"), KeepDaily = Of("daily"), KeepWeekly = Of("weekly"), KeepMonthly = Of("monthly"), KeepYearly = Of("yearly"),
            KeepWithin = Of("within") is { } days ? TimeSpan.FromDays(days) : null,
        };
    }

    [Fact]
    public void A_decision_says_which_rule_decided_and_why()
    {
        Backup[] backups = At("2026-11-02", "2026-11-01T09:00", "2026-11-01T08:00", "2026-10-05", "2026-09-01");
        var rules = new RetentionRules { KeepLast = 1, KeepDaily = 1, KeepWeekly = 1 };
        Assert.Equal(
            [
                (RetentionAction.Keep, RetentionRule.KeepLast, "one of the last backups (KeepLast 1 of 1)"),
                (RetentionAction.Keep, RetentionRule.KeepDaily, "newest of 2026-11-01 (KeepDaily 1 of 1)"),
                (RetentionAction.Remove, RetentionRule.None, "no rule keeps it; KeepDaily keeps a newer one of 2026-11-01"),
                (RetentionAction.Keep, RetentionRule.KeepWeekly, "newest of 2026-W41 (KeepWeekly 1 of 1)"),
                (RetentionAction.Remove, RetentionRule.None, "no rule keeps it"),
            ],
            BackupRetention.Plan(backups, rules, scheduleId: "s").Select(one => (one.Action, one.Rule, one.Reason)));
        Assert.All(BackupRetention.Plan(backups, rules, scheduleId: "s"), one => Assert.Equal(("s", Instance, "b"), (one.ScheduleId, one.InstanceId, one.Name)));
    }

    [Fact]
    public void Periods_begin_in_the_time_zone()
    {
        TimeZoneInfo berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        Backup[] backups = At("2026-11-01T22:00", "2026-11-01T23:30", "2026-11-02T01:00");
        Assert.Equal(["2026-11-02T01:00", "2026-11-01T23:30"], Kept(backups, new RetentionRules { KeepDaily = 2 }));
        Assert.Equal(["2026-11-02T01:00", "2026-11-01T22:00"], Kept(backups, new RetentionRules { KeepDaily = 2, TimeZone = berlin }));
        // The hour from 02:00 to 03:00 comes twice.
        Backup[] hours = At("2026-10-25T00:30", "2026-10-25T01:30");
        Assert.Equal(2, Kept(hours, new RetentionRules { KeepHourly = 2, TimeZone = berlin }).Length);
        Assert.Equal("newest of 2026-10-25 02:00+01:00 (KeepHourly 1 of 2)", Decision(hours, new RetentionRules { KeepHourly = 2, TimeZone = berlin }, "2026-10-25T01:30").Reason);
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59Z")]
    public void The_first_and_the_last_time_have_a_week(string time)
    {
        var rules = new RetentionRules { KeepHourly = 1, KeepDaily = 1, KeepWeekly = 1, KeepMonthly = 1, KeepYearly = 1, KeepWithin = TimeSpan.MaxValue };
        foreach (string zone in new[] { "UTC", "Pacific/Kiritimati", "America/New_York" })
            Assert.Equal([time], Kept(At(time), rules with { TimeZone = TimeZoneInfo.FindSystemTimeZoneById(zone) }));
    }

    [Fact]
    public void A_chain_stays_whole_if_its_last_increment_is_kept()
    {
        Backup[] chain = [Backup("full", "2026-11-01"), Backup("inc1", "2026-11-02", "full"), Backup("inc2", "2026-11-03", "inc1")];
        Assert.Equal(["inc2", "inc1", "full"], Kept(chain, new RetentionRules { KeepLast = 1 }));
        BackupRetentionDecision full = Decision(chain, new RetentionRules { KeepLast = 1 }, "full");
        Assert.Equal((RetentionRule.KeptIncrement, "its increment inc1 is kept", 2), (full.Rule, full.Reason, full.IncrementCount));
    }

    [Fact]
    public void A_chain_goes_whole_if_none_of_it_is_kept_and_the_plan_says_what_goes_with_what()
    {
        Backup[] backups = [Backup("full", "2026-11-01"), Backup("inc1", "2026-11-02", "full"), Backup("inc2", "2026-11-03", "inc1"), Backup("new", "2026-11-04")];
        Assert.Equal(["new"], Kept(backups, new RetentionRules { KeepLast = 1 }));
        Assert.Equal(["no rule keeps it; its parent inc1 is removed, too", "no rule keeps it; its parent full is removed, too", "no rule keeps it; its 2 increments are removed with it"],
            BackupRetention.Plan(backups, new RetentionRules { KeepLast = 1 }).Skip(1).Select(one => one.Reason));
    }

    [Fact]
    public void An_increment_can_go_while_its_parent_stays()
    {
        Backup[] backups = [Backup("full", "2026-10-31"), Backup("inc", "2026-11-01", "full"), Backup("new", "2026-11-03")];
        Assert.Equal(["new", "full"], Kept(backups, new RetentionRules { KeepMonthly = 2 }));
    }

    [Fact]
    public void Only_completed_backups_count_and_failed_ones_go_only_on_request()
    {
        Backup[] backups =
        [
            Backup("saving", "2026-11-09", status: "SAVING"), Backup("failed", "2026-11-08", status: "FAILED"), Backup("good", "2026-11-07"), Backup("unheard", "2026-11-06", status: "THAWING"),
            Backup("undeleted", "2026-11-05", status: "DELETE_FAILED"), Backup("timeless", null), Backup("copied", "2026-11-04", status: "RESTORED"),
        ];
        RetentionRule[] rules = [RetentionRule.InProgress, RetentionRule.NotCompleted, RetentionRule.KeepLast, RetentionRule.NotCompleted, RetentionRule.NotCompleted, RetentionRule.None, RetentionRule.NoTime];
        Assert.Equal(rules, BackupRetention.Plan(backups, new RetentionRules { KeepLast = 1 }).Select(one => one.Rule));
        Assert.Equal(["saving", "failed", "good", "unheard", "undeleted", "timeless"], Kept(backups, new RetentionRules { KeepLast = 1 }));
        Assert.Equal(["saving", "good", "unheard", "timeless"], Kept(backups, new RetentionRules { KeepLast = 1, IncludeFailed = true }));
    }

    [Fact]
    public void The_parent_of_an_increment_that_is_being_made_or_that_failed_stays()
    {
        foreach (string status in new[] { "NEW", "FAILED" })
        {
            Backup[] backups = [Backup("new", "2026-11-04"), Backup("inc", "2026-11-03", "full", status), Backup("full", "2026-11-01")];
            Assert.Equal(["new", "inc", "full"], Kept(backups, new RetentionRules { KeepLast = 1 }));
        }
    }

    [Fact]
    public void A_parent_of_an_increment_outside_the_group_stays()
    {
        Backup[] backups = [Backup("theirs", "2026-11-02", "full", name: "other"), Backup("new", "2026-11-03"), Backup("full", "2026-11-01")];
        Assert.Equal(["new", "full"], BackupRetention.Plan(backups, new RetentionRules { KeepLast = 1 }, backup => backup.Name == "b").Where(one => one.Action == RetentionAction.Keep).Select(one => one.Id));
    }

    [Fact]
    public void A_listing_with_a_circle_or_a_missing_parent_ends()
    {
        Backup[] backups = [Backup("new", "2026-11-09"), Backup("a", "2026-11-01", "b"), Backup("b", "2026-11-02", "a"), Backup("self", "2026-11-03", "self"), Backup("orphan", "2026-11-04", "gone")];
        Assert.Equal(["new"], Kept(backups, new RetentionRules { KeepLast = 1 }));
        Assert.Equal(["new", "orphan", "self", "b", "a"], Kept(backups, new RetentionRules { KeepLast = 4 }));
    }

    [Fact]
    public void A_chain_of_100_000_increments_is_planned_in_one_walk()
    {
        DateTimeOffset start = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Backup[] chain = [.. Enumerable.Range(0, 100_000).Select(i => new Backup { Id = $"{i}", Status = "COMPLETED", InstanceId = Instance, CreatedAt = start.AddMinutes(i), ParentId = i == 0 ? null : $"{i - 1}" })];
        IReadOnlyList<BackupRetentionDecision> plan = BackupRetention.Plan(chain, new RetentionRules { KeepLast = 1 });
        Assert.All(plan, one => Assert.Equal(RetentionAction.Keep, one.Action));
        Assert.Equal(99_999, plan[^1].IncrementCount);
    }

    [Fact]
    public void Rules_that_keep_nothing_are_refused()
    {
        Assert.Equal(("InvalidRetention", TroveErrorKind.Invalid), Refusal(new RetentionRules { IncludeFailed = true }, "No rule says which backups are kept. Give at least one of KeepLast, KeepHourly, KeepDaily, KeepWeekly, KeepMonthly, KeepYearly and KeepWithin."));
        Refusal(new RetentionRules { KeepLast = 1, KeepDaily = 0 }, "KeepDaily is 0, which is less than 1. Give a number of 1 or more, or leave the rule out.");
        Refusal(new RetentionRules { KeepWithin = TimeSpan.Zero }, "KeepWithin is 00:00:00, which is not more than zero. Give a length of time of more than zero, or leave the rule out.");

        static (string, TroveErrorKind) Refusal(RetentionRules rules, string message)
        {
            var error = Assert.Throws<TroveScheduleException>(() => BackupRetention.Plan([], rules));
            Assert.Equal(message, error.Message);
            return (error.ErrorId, error.Kind);
        }
    }

    [Fact]
    public void Ten_thousand_random_histories_are_planned_as_a_naive_implementation_plans_them()
    {
        for (int seed = 0; seed < 10_000; seed++)
        {
            var random = new Random(seed);
            List<Backup> history = RandomHistory(random);
            RetentionRules rules = RandomRules(random);
            Func<Backup, bool> isMember = random.Next(4) == 0 ? backup => backup.Name == "b" : _ => true;
            IReadOnlyList<BackupRetentionDecision> plan = BackupRetention.Plan(history.OrderBy(_ => random.Next()), rules, isMember);
            string[] kept = [.. plan.Where(one => one.Action == RetentionAction.Keep).Select(one => one.Id).Order(StringComparer.Ordinal)];
            Assert.True(NaiveRetention.Kept(history, rules, isMember).Order(StringComparer.Ordinal).SequenceEqual(kept), $"Seed {seed}: {rules}");

            // What holds for every history.
            HashSet<string> removed = [.. plan.Where(one => one.Action == RetentionAction.Remove).Select(one => one.Id)];
            Assert.All(history, backup => Assert.True(backup.ParentId is null || !removed.Contains(backup.ParentId) || removed.Contains(backup.Id), $"Seed {seed}: the parent of {backup.Id} is removed."));
            Assert.All(history.Where(backup => removed.Contains(backup.Id)), backup => Assert.Contains(backup.Status, new[] { "COMPLETED", "FAILED", "DELETE_FAILED" }));
            if (history.Where(backup => isMember(backup) && backup.Status == "COMPLETED").MaxBy(backup => backup.CreatedAt) is { } last)
                Assert.True(history.Exists(backup => backup.Status == "COMPLETED" && backup.CreatedAt == last.CreatedAt && !removed.Contains(backup.Id)), $"Seed {seed}: the last completed backup is removed.");
            IEnumerable<Backup> left = history.Where(backup => !removed.Contains(backup.Id));
            Assert.DoesNotContain(BackupRetention.Plan(left, rules, isMember), one => one.Action == RetentionAction.Remove && one.Rule == RetentionRule.None && !IsKeptOnlyAsParent(plan, one.Id));
        }
    }

    // A second run may remove what the first kept only for an increment that is gone now.
    private static bool IsKeptOnlyAsParent(IReadOnlyList<BackupRetentionDecision> plan, string id) => plan.Single(one => one.Id == id).Rule == RetentionRule.KeptIncrement;

    private static List<Backup> RandomHistory(Random random)
    {
        var history = new List<Backup>();
        var time = new DateTimeOffset(2020 + random.Next(6), 1 + random.Next(12), 1 + random.Next(28), random.Next(24), random.Next(60), 0, TimeSpan.Zero);
        int step = new[] { 20, 600, 3000, 12000, 100_000 }[random.Next(5)];
        for (int i = random.Next(40); i > 0; i--)
        {
            time = time.AddMinutes(random.Next(step));
            string status = random.Next(8) switch { 0 => "FAILED", 1 => new[] { "NEW", "BUILDING", "SAVING", "DELETE_FAILED", "COMPLETED" }[random.Next(5)], _ => "COMPLETED" };
            string? parent = history.Count > 0 && random.Next(3) == 0 ? history[random.Next(history.Count)].Id : null;
            history.Add(new Backup { Id = $"{history.Count:000}", Name = random.Next(3) == 0 ? "other" : "b", Status = status, InstanceId = Instance, CreatedAt = time, ParentId = parent });
        }
        return history;
    }

    private static RetentionRules RandomRules(Random random)
    {
        int? Number() => random.Next(2) == 0 ? 1 + random.Next(5) : null;
        var rules = new RetentionRules
        {
            KeepLast = Number(), KeepHourly = Number(), KeepDaily = Number(), KeepWeekly = Number(), KeepMonthly = Number(), KeepYearly = Number(), IncludeFailed = random.Next(2) == 0,
            KeepWithin = random.Next(4) == 0 ? TimeSpan.FromHours(1 + random.Next(2000)) : null,
            TimeZone = random.Next(3) == 0 ? TimeZoneInfo.FindSystemTimeZoneById(new[] { "Europe/Berlin", "America/New_York", "Asia/Kathmandu" }[random.Next(3)]) : null,
        };
        return rules.KeepWithin is null && new[] { rules.KeepLast, rules.KeepHourly, rules.KeepDaily, rules.KeepWeekly, rules.KeepMonthly, rules.KeepYearly }.All(number => number is null) ? rules with { KeepLast = 1 } : rules;
    }
}

/// <summary>A second implementation of the rules, as slow and as plain as possible. It shares no code with the library.</summary>
internal static class NaiveRetention
{
    public static IEnumerable<string> Kept(IReadOnlyList<Backup> history, RetentionRules rules, Func<Backup, bool> isMember)
    {
        List<Backup> good = [.. history.Where(backup => isMember(backup) && backup.Status == "COMPLETED").OrderBy(backup => backup.CreatedAt).ThenByDescending(backup => backup.Id, StringComparer.Ordinal)];
        good.Reverse();
        var kept = new List<Backup>();
        var passed = new List<Backup>();
        TimeZoneInfo zone = rules.TimeZone ?? TimeZoneInfo.Utc;
        (int? Number, Func<Backup, Backup, bool> IsSame)[] all =
        [
            (rules.KeepLast, (a, b) => a.Id == b.Id),
            (rules.KeepHourly, (a, b) => In(a) is var x && In(b) is var y && x.Date == y.Date && x.Hour == y.Hour && x.Offset == y.Offset),
            (rules.KeepDaily, (a, b) => In(a).Date == In(b).Date),
            (rules.KeepWeekly, (a, b) => ISOWeek.GetYear(In(a).DateTime) == ISOWeek.GetYear(In(b).DateTime) && ISOWeek.GetWeekOfYear(In(a).DateTime) == ISOWeek.GetWeekOfYear(In(b).DateTime)),
            (rules.KeepMonthly, (a, b) => In(a).Year == In(b).Year && In(a).Month == In(b).Month),
            (rules.KeepYearly, (a, b) => In(a).Year == In(b).Year),
        ];
        foreach ((int? number, Func<Backup, Backup, bool> isSame) in all)
        {
            List<Backup> before = [.. kept], own = [];
            foreach (Backup backup in good)
            {
                if (number is null || kept.Contains(backup) || passed.Contains(backup) || before.Exists(other => isSame(other, backup)))
                    continue;
                if (own.Exists(other => isSame(other, backup)))
                    passed.Add(backup);
                else if (own.Count < number)
                    own.Add(backup);
                else
                    break;
                if (own.Contains(backup))
                    kept.Add(backup);
            }
        }
        if (rules.KeepWithin is { } length)
            kept.AddRange(good.Where(backup => backup.CreatedAt + length >= good[0].CreatedAt));
        kept.AddRange(history.Where(backup => !isMember(backup) || (backup.Status != "COMPLETED" && !(rules.IncludeFailed && backup.Status.Contains("FAILED", StringComparison.Ordinal)))));
        for (int grown = -1; grown != kept.Count;)
        {
            grown = kept.Count;
            kept.AddRange(history.Where(backup => !kept.Contains(backup) && kept.Exists(other => other.ParentId == backup.Id)));
        }
        return kept.Where(isMember).Select(backup => backup.Id).Distinct();

        DateTimeOffset In(Backup backup) => TimeZoneInfo.ConvertTime(backup.CreatedAt!.Value, zone);
    }
}
