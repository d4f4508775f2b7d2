using System;

namespace TroveSchedules.OpenStack;

/// <summary>What <see cref="BackupSchedules.CheckHealthAsync"/> looks at.</summary>
public sealed record HealthOptions
{
    /// <summary>The beginning of the period; null for seven days ago.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>How old the last completed backup of an instance may be, more than zero; null for any age.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Whether to include instances that have no schedule.</summary>
    public bool IncludeUnscheduled { get; init; }

    /// <summary>Checks the values. Sends no request.</summary>
    /// <param name="now">The cloud's present time.</param>
    /// <exception cref="TroveScheduleException">Invalid (<c>InvalidSince</c>) for a beginning that is not in the past; Invalid (<c>InvalidMaxAge</c>) for an age that is not more than zero or that reaches back too far.</exception>
    public void Check(DateTimeOffset now)
    {
        if (Since >= now)
        {
            throw new TroveScheduleException(TroveErrorKind.Invalid, FormattableString.Invariant($"The start time {Since:u} is not before the present time, {now:u}."))
            {
                ErrorId = "InvalidSince",
                Target = Since,
                RecommendedAction = "Name an earlier time. On the command line, one without a zone is this machine's local time.",
            };
        }
        if (MaxAge is not { } age || (age > TimeSpan.Zero && age < now - DateTimeOffset.MinValue))
            return;
        throw new TroveScheduleException(TroveErrorKind.Invalid, $"The maximum age {age:c} is {(age > TimeSpan.Zero ? "longer than the time since the year 1" : "not more than zero")}.")
        {
            ErrorId = "InvalidMaxAge",
            Target = MaxAge,
            RecommendedAction = "Name a length of time such as 1.00:00:00, which is a day.",
        };
    }
}
