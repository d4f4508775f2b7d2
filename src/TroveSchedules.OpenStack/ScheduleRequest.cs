using System;

namespace TroveSchedules.OpenStack;

/// <summary>A schedule to create: the arguments of the spec's <c>schedule_create</c>.</summary>
public sealed record ScheduleRequest
{
    /// <summary>The instance to back up, by its id or name.</summary>
    public required string Instance { get; init; }

    /// <summary>The name that each backup gets: one line of 1 to 255 characters, at least one of them an ASCII letter or digit (Trove's rule).</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The cron pattern, in UTC: five fields or an alias, by the rules of <see cref="Cron.CronPattern"/>; null for a single execution at <see cref="FirstExecutionTime"/>.
    /// </summary>
    public string? Pattern { get; init; }

    /// <summary>Whether <see cref="Pattern"/> may have a sixth field, which Mistral reads as seconds.</summary>
    public bool AllowSeconds { get; init; }

    /// <summary>The description that each backup gets: one line of 1 to 255 characters, at least one of them an ASCII letter or digit; null for none.</summary>
    public string? Description { get; init; }

    /// <summary>The id of the parent of every backup, which makes them incremental; null for full backups. Excludes <see cref="Incremental"/>.</summary>
    public string? ParentId { get; init; }

    /// <summary>Whether each backup is incremental, with the newest completed backup as its parent. Excludes <see cref="ParentId"/>.</summary>
    public bool Incremental { get; init; }

    /// <summary>The first execution time, at least one minute ahead. It is rounded up to a whole minute, because Mistral stores whole minutes only. Null for the pattern's next time.</summary>
    public DateTimeOffset? FirstExecutionTime { get; init; }

    /// <summary>
    /// Whether the request describes an existing schedule. Then a <see cref="FirstExecutionTime"/> in the past is ignored with a warning. Without
    /// <see cref="Pattern"/> it is always an error.
    /// </summary>
    public bool MayHaveBegun { get; init; }

    /// <summary>Number of executions, 1 or more, after which Mistral deletes the schedule; null for no limit.</summary>
    public int? RemainingExecutions { get; init; }

    /// <summary>The owner of the plan that the schedule belongs to; null for none.</summary>
    internal string? Owner { get; init; }

    /// <summary>The id of the new schedule, a UUID; null for a random one. Name it for a request that may be sent twice: the second one fails with Conflict.</summary>
    public string? Id { get; init; }

    /// <summary>Creates the schedule suspended, so that it does not run until it is resumed; null for an active schedule.</summary>
    public NewSuspension? Suspension { get; init; }
}

/// <summary>The suspension of a new schedule.</summary>
public sealed record NewSuspension
{
    /// <summary>The reason; null for none.</summary>
    public string? Reason { get; init; }

    /// <summary>When the schedule is to be resumed; null for no time. Nothing resumes it by itself.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Whether <see cref="Until"/> may be in the past, because it was copied from another schedule. Otherwise such a time is an error.</summary>
    public bool MayBeOverdue { get; init; }
}
