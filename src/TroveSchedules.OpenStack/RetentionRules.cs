using System;
using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.OpenStack;

/// <summary>Which backups are kept. At least one of the rules whose name begins with Keep is required.</summary>
public sealed record RetentionRules
{
    /// <summary>Number of the last backups to keep, 1 or more; null for no such rule.</summary>
    public int? KeepLast { get; init; }

    /// <summary>Number of hours with a backup of which the newest is kept, 1 or more; null for no such rule.</summary>
    public int? KeepHourly { get; init; }

    /// <summary>Number of days with a backup of which the newest is kept, 1 or more; null for no such rule.</summary>
    public int? KeepDaily { get; init; }

    /// <summary>Number of ISO weeks with a backup of which the newest is kept, 1 or more; null for no such rule.</summary>
    public int? KeepWeekly { get; init; }

    /// <summary>Number of months with a backup of which the newest is kept, 1 or more; null for no such rule.</summary>
    public int? KeepMonthly { get; init; }

    /// <summary>Number of years with a backup of which the newest is kept, 1 or more; null for no such rule.</summary>
    public int? KeepYearly { get; init; }

    /// <summary>Length of time before the newest completed backup in which every backup is kept, more than zero; null for no such rule.</summary>
    public TimeSpan? KeepWithin { get; init; }

    /// <summary>Whether backups with the status FAILED or DELETE_FAILED are removed. They never count for the other rules.</summary>
    public bool IncludeFailed { get; init; }

    /// <summary>The time zone in which hours, days, weeks, months and years begin; null for UTC.</summary>
    public TimeZoneInfo? TimeZone { get; init; }

    /// <summary>Throws if the rules are not valid. Sends no request.</summary>
    /// <exception cref="TroveScheduleException">Invalid (<c>InvalidRetention</c>): there is no rule that keeps backups, a number is less than 1, or the length of time is not more than zero.</exception>
    public void Check()
    {
        (string Name, int? Number)[] numbers = [.. Numbers.Select(rule => (rule.Rule.ToString(), rule.Number))];
        if (KeepWithin is null && numbers.All(rule => rule.Number is null))
            throw Invalid("No rule says which backups are kept.", null, $"Give at least one of {string.Join(", ", numbers.Select(rule => rule.Name))} and {nameof(KeepWithin)}.");
        foreach ((string name, int? number) in numbers)
        {
            if (number < 1)
                throw Invalid(FormattableString.Invariant($"{name} is {number}, which is less than 1."), number, "Give a number of 1 or more, or leave the rule out.");
        }
        if (KeepWithin <= TimeSpan.Zero)
            throw Invalid($"{nameof(KeepWithin)} is {KeepWithin}, which is not more than zero.", KeepWithin, "Give a length of time of more than zero, or leave the rule out.");
    }

    /// <summary>The rules with a number, in the order in which they are applied.</summary>
    internal IEnumerable<(RetentionRule Rule, int? Number)> Numbers =>
    [
        (RetentionRule.KeepLast, KeepLast), (RetentionRule.KeepHourly, KeepHourly), (RetentionRule.KeepDaily, KeepDaily),
        (RetentionRule.KeepWeekly, KeepWeekly), (RetentionRule.KeepMonthly, KeepMonthly), (RetentionRule.KeepYearly, KeepYearly),
    ];

    private static TroveScheduleException Invalid(string problem, object? value, string action) =>
        new(TroveErrorKind.Invalid, problem) { ErrorId = "InvalidRetention", Target = value, RecommendedAction = action };
}
