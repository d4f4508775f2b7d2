using System;

namespace TroveSchedules.OpenStack;

/// <summary>A schedule to be made: the arguments of the spec's <c>schedule_create</c>.</summary>
public sealed record ScheduleRequest
{
    /// <summary>The instance to back up, by its id or name.</summary>
    public required string Instance { get; init; }

    /// <summary>The name that each backup gets: one line of 1 to 255 characters, at least one of them an ASCII letter or digit (Trove's rule).</summary>
    public required string Name { get; init; }

    /// <summary>
    /// When to run, in UTC: five cron fields or an alias, by the rules of <see cref="Cron.CronPattern"/>; null for one run at <see cref="FirstExecutionTime"/>.
    /// </summary>
    public string? Pattern { get; init; }

    /// <summary>Whether <see cref="Pattern"/> may have a sixth field, which Mistral reads as seconds.</summary>
    public bool AllowSeconds { get; init; }

    /// <summary>The description that each backup gets: one line of 1 to 255 characters, at least one of them an ASCII letter or digit; null for none.</summary>
    public string? Description { get; init; }

    /// <summary>The id of the backup of which every run is to be an increment; null for full backups. Excludes <see cref="Incremental"/>.</summary>
    public string? ParentId { get; init; }

    /// <summary>Whether each run is to be an increment of the newest completed backup. Excludes <see cref="ParentId"/>.</summary>
    public bool Incremental { get; init; }

    /// <summary>When to run first, at least one minute ahead; Mistral knows whole minutes only, so it is rounded up. Null for the pattern's next time.</summary>
    public DateTimeOffset? FirstExecutionTime { get; init; }

    /// <summary>
    /// Whether the request tells of a schedule that runs already, so that a <see cref="FirstExecutionTime"/> in the past is left out, with a warning, and is no error. That of a
    /// schedule without <see cref="Pattern"/> is one all the same.
    /// </summary>
    public bool MayHaveBegun { get; init; }

    /// <summary>How many times to run, 1 or more, after which Mistral deletes the schedule; null for no end.</summary>
    public int? RemainingExecutions { get; init; }
}
