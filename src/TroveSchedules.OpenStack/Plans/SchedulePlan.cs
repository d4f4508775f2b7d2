using System;
using System.Collections.Generic;

namespace TroveSchedules.OpenStack;

/// <summary>The schedules that one owner wants, as a file of YAML or JSON lists them.</summary>
public sealed class SchedulePlan
{
    /// <summary>The version of the file's format.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The file that the plan was read from, for errors; null for a plan without a file.</summary>
    public string? Path { get; init; }

    /// <summary>Who owns the schedules, such as the name of a team or a repository: one line of 1 to 255 characters. The plan removes only schedules of this owner.</summary>
    public required string Owner { get; init; }

    /// <summary>The schedules, in the order of the file.</summary>
    public required IReadOnlyList<PlannedSchedule> Schedules { get; init; }

    /// <summary>Reads a plan. It sends no request.</summary>
    /// <param name="contents">The file's contents: YAML or JSON, in UTF-8 or with a byte order mark.</param>
    /// <param name="path">The file's path, for errors.</param>
    /// <returns>The plan. Each value satisfies the rules of <see cref="ScheduleRequest"/>, except those that depend on the time or on the cloud.</returns>
    /// <exception cref="TroveScheduleException">Invalid (<c>InvalidSchedulePlan</c>). The message lists the errors of the whole file, each with its line.</exception>
    public static SchedulePlan Parse(byte[] contents, string path) => new PlanReader(path).Read(contents);

    /// <summary>The plan as YAML, as <see cref="Parse"/> reads it.</summary>
    /// <returns>The text, with a line feed after each line.</returns>
    public string ToYaml() => PlanWriter.ToYaml(this);

    /// <summary>The plan as JSON, as <see cref="Parse"/> reads it.</summary>
    /// <returns>The text, with a line feed after each line.</returns>
    public string ToJson() => PlanWriter.ToJson(this);
}

/// <summary>A schedule in a plan; several, if <see cref="Instance"/> is a pattern.</summary>
public sealed record PlannedSchedule
{
    /// <summary>The id or name of an instance, or a pattern of names.</summary>
    public required string Instance { get; init; }

    /// <summary>The name that each backup gets, as in <see cref="ScheduleRequest.Name"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The cron pattern, as in <see cref="ScheduleRequest.Pattern"/>; null for a single execution at <see cref="FirstExecutionTime"/>.</summary>
    public string? Pattern { get; init; }

    /// <summary>Whether <see cref="Pattern"/> may have a sixth field, which Mistral reads as seconds.</summary>
    public bool AllowSeconds { get; init; }

    /// <summary>The first execution time; null for the pattern's next time. A time that has passed means nothing if there is a pattern; without a pattern, the schedule is not created again.</summary>
    public DateTimeOffset? FirstExecutionTime { get; init; }

    /// <summary>The number of executions from the creation or the last change of this number on, 1 or more; null for no limit.</summary>
    public int? RemainingExecutions { get; init; }

    /// <summary>The description that each backup gets; null for none.</summary>
    public string? Description { get; init; }

    /// <summary>Whether each backup is incremental, with the newest completed backup as its parent.</summary>
    public bool Incremental { get; init; }

    /// <summary>The id of the parent of every backup; null for none.</summary>
    public string? ParentId { get; init; }

    /// <summary>Whether the schedule is suspended.</summary>
    public bool Suspended { get; init; }

    /// <summary>The reason and the time of the suspension; null to accept any, and for a schedule that is not suspended.</summary>
    public NewSuspension? Suspension { get; init; }

    /// <summary>The line of the file where it begins, from 1; 0 without a file.</summary>
    public long Line { get; init; }
}
