using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace TroveSchedules.OpenStack;

/// <summary>
/// Decides which backups of one instance are kept. The rules are those of Proxmox Backup Server: they apply in their order, a period without a backup does not count, and a backup in a period that an
/// earlier rule has covered is not counted by a later rule. A pure function: it sends no request and reads no clock.
/// </summary>
public static class BackupRetention
{
    /// <summary>Decides about backups.</summary>
    /// <param name="backups">All backups that can have a parent or an increment among those to decide about. Each id counts once.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="isMember">Selects the backups to decide about, which are of one instance; null for all. The others stay, and so do their parents.</param>
    /// <param name="scheduleId">The schedule to record in the decisions; null for none.</param>
    /// <returns>One decision for each selected backup, newest first. The newest COMPLETED backup is always kept.</returns>
    /// <exception cref="TroveScheduleException">Invalid (<c>InvalidRetention</c>) for invalid rules: see <see cref="RetentionRules.Check"/>.</exception>
    public static IReadOnlyList<BackupRetentionDecision> Plan(
        IEnumerable<Backup> backups, RetentionRules rules, Func<Backup, bool>? isMember = null, string? scheduleId = null)
    {
        rules.Check();
        return Plan(new BackupChains(backups), rules, isMember ?? (_ => true), scheduleId);
    }

    internal static IReadOnlyList<BackupRetentionDecision> Plan(BackupChains chains, RetentionRules rules, Func<Backup, bool> isMember, string? scheduleId)
    {
        List<Backup> members = [.. BackupChains.NewestFirst(chains.All.Where(isMember))];
        var decisions = new Dictionary<string, Decision>(StringComparer.OrdinalIgnoreCase);
        foreach (Backup backup in members)
        {
            if (WithoutRules(backup, rules) is { } decision)
                decisions.Add(backup.Id, decision);
        }
        Apply(rules, [.. members.Where(backup => !decisions.ContainsKey(backup.Id))], decisions);
        KeepParents(chains, decisions);
        return [.. members.Select(backup => ToResult(backup, decisions, chains, scheduleId))];
    }

    // Only completed backups with a time count for the rules.
    private static Decision? WithoutRules(Backup backup, RetentionRules rules)
    {
        if (BackupStatus.IsCompleted(backup.Status))
            return backup.CreatedAt is null ? new Decision(RetentionAction.Keep, RetentionRule.NoTime, "Trove does not tell when it was created") : null;
        if (BackupStatus.IsInProgress(backup.Status))
            return new Decision(RetentionAction.Keep, RetentionRule.InProgress, "it is being made");
        return !BackupStatus.IsFailed(backup.Status) ? new Decision(RetentionAction.Keep, RetentionRule.NotCompleted, "its status is not known")
            : rules.IncludeFailed ? new Decision(RetentionAction.Remove, RetentionRule.NotCompleted, "it failed")
            : new Decision(RetentionAction.Keep, RetentionRule.NotCompleted, "it failed, and failed backups are not included");
    }

    private static void Apply(RetentionRules rules, IReadOnlyList<Backup> completed, Dictionary<string, Decision> decisions)
    {
        foreach ((RetentionRule rule, int? number) in rules.Numbers)
        {
            if (number is { } count)
                Apply(rule, count, rules.TimeZone ?? TimeZoneInfo.Utc, completed, decisions);
        }
        if (rules.KeepWithin is { } length)
        {
            foreach (Backup backup in completed.TakeWhile(backup => completed[0].CreatedAt - backup.CreatedAt <= length))
            {
                if (!IsKept(decisions, backup))
                    decisions[backup.Id] = new Decision(RetentionAction.Keep, RetentionRule.KeepWithin, FormattableString.Invariant($"made within {length} of the newest backup (KeepWithin)"));
            }
        }
        foreach (Backup backup in completed)
        {
            if (!decisions.ContainsKey(backup.Id))
                decisions.Add(backup.Id, new Decision(RetentionAction.Remove, RetentionRule.None, "no rule keeps it"));
        }
    }

    private static void Apply(RetentionRule rule, int count, TimeZoneInfo zone, IReadOnlyList<Backup> completed, Dictionary<string, Decision> decisions)
    {
        var earlier = new HashSet<string>(completed.Where(backup => IsKept(decisions, backup)).Select(backup => Period(rule, backup, zone)), StringComparer.Ordinal);
        var own = new HashSet<string>(StringComparer.Ordinal);
        foreach (Backup backup in completed)
        {
            if (decisions.ContainsKey(backup.Id))
                continue;
            string period = Period(rule, backup, zone);
            if (earlier.Contains(period))
                continue;
            if (own.Contains(period))
            {
                // Later rules do not count it, either.
                decisions.Add(backup.Id, new Decision(RetentionAction.Remove, RetentionRule.None, $"no rule keeps it; {rule} keeps a newer one of {period}"));
                continue;
            }
            if (own.Count == count)
                return;
            own.Add(period);
            decisions.Add(backup.Id, new Decision(RetentionAction.Keep, rule, rule == RetentionRule.KeepLast
                ? FormattableString.Invariant($"one of the last backups (KeepLast {own.Count} of {count})")
                : FormattableString.Invariant($"newest of {period} ({rule} {own.Count} of {count})")));
        }
    }

    // A backup whose increment stays has to stay: without it the increment cannot be restored, and Trove deletes increments together with their parent.
    private static void KeepParents(BackupChains chains, Dictionary<string, Decision> decisions)
    {
        foreach (Backup kept in chains.All.Where(backup => !IsRemoved(decisions, backup)))
        {
            Backup increment = kept;
            while (chains.ParentOf(increment) is { } parent && IsRemoved(decisions, parent))
            {
                decisions[parent.Id] = new Decision(RetentionAction.Keep, RetentionRule.KeptIncrement, $"its increment {increment.Id} is kept");
                increment = parent;
            }
        }
    }

    private static BackupRetentionDecision ToResult(Backup backup, Dictionary<string, Decision> decisions, BackupChains chains, string? scheduleId)
    {
        Decision decision = decisions[backup.Id];
        int increments = chains.CountIncrementsOf(backup);
        string also = decision.Action == RetentionAction.Keep ? ""
            : chains.ParentOf(backup) is { } parent && IsRemoved(decisions, parent) ? $"; its parent {parent.Id} is removed, too"
            : increments == 0 ? ""
            : increments == 1 ? "; its increment is removed with it"
            : FormattableString.Invariant($"; its {increments} increments are removed with it");
        return new BackupRetentionDecision
        {
            Id = backup.Id,
            Name = backup.Name,
            InstanceId = backup.InstanceId,
            CreatedAt = backup.CreatedAt,
            Status = backup.Status,
            Size = backup.Size,
            ParentId = backup.ParentId,
            Action = decision.Action,
            Rule = decision.Rule,
            Reason = decision.Reason + also,
            IncrementCount = increments,
            ScheduleId = scheduleId,
            ProjectId = backup.ProjectId,
            Origin = backup.Origin,
        };
    }

    private static bool IsKept(Dictionary<string, Decision> decisions, Backup backup) =>
        decisions.TryGetValue(backup.Id, out Decision? decision) && decision.Action == RetentionAction.Keep;

    private static bool IsRemoved(Dictionary<string, Decision> decisions, Backup backup) =>
        decisions.TryGetValue(backup.Id, out Decision? decision) && decision.Action == RetentionAction.Remove;

    private static string Period(RetentionRule rule, Backup backup, TimeZoneInfo zone)
    {
        DateTimeOffset time = TimeZoneInfo.ConvertTime(backup.CreatedAt!.Value, zone);
        return rule switch
        {
            RetentionRule.KeepLast => backup.Id,
            // With the offset, because an hour comes twice when daylight saving time ends.
            RetentionRule.KeepHourly => time.ToString(time.Offset == TimeSpan.Zero ? "yyyy-MM-dd HH':00Z'" : "yyyy-MM-dd HH':00'zzz", CultureInfo.InvariantCulture),
            RetentionRule.KeepDaily => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            RetentionRule.KeepWeekly => IsoWeek(time.Date),
            RetentionRule.KeepMonthly => time.ToString("yyyy-MM", CultureInfo.InvariantCulture),
            _ => time.ToString("yyyy", CultureInfo.InvariantCulture),
        };
    }

    // The week belongs to the year of its Thursday. netstandard2.0 has no ISOWeek.
    private static string IsoWeek(DateTime day)
    {
        int weekday = ((int)day.DayOfWeek + 6) % 7;
        DateTime thursday = day.AddDays(3 - weekday);
        return FormattableString.Invariant($"{thursday.Year:0000}-W{((thursday.DayOfYear - 1) / 7) + 1:00}");
    }

    private sealed record Decision(RetentionAction Action, RetentionRule Rule, string Reason);
}
