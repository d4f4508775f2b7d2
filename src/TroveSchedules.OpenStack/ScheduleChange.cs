using System;
using System.Collections.Generic;

namespace TroveSchedules.OpenStack;

/// <summary>A new value of a property, which may be null.</summary>
/// <typeparam name="T">The type of the property.</typeparam>
/// <param name="Value">The value.</param>
public readonly record struct NewValue<T>(T Value);

/// <summary>Changes to a schedule. A property that is null keeps its value.</summary>
public sealed record ScheduleChange
{
    /// <summary>The cron pattern, as in <see cref="ScheduleRequest.Pattern"/>; a value of null for a single execution at the first execution time.</summary>
    public NewValue<string?>? Pattern { get; init; }

    /// <summary>Whether <see cref="Pattern"/> may have a sixth field, which Mistral reads as seconds.</summary>
    public bool AllowSeconds { get; init; }

    /// <summary>The name that each backup gets, as in <see cref="ScheduleRequest.Name"/>.</summary>
    public NewValue<string>? Name { get; init; }

    /// <summary>The description that each backup gets; a value of null for none.</summary>
    public NewValue<string?>? Description { get; init; }

    /// <summary>Whether each backup is incremental, with the newest completed backup as its parent.</summary>
    public NewValue<bool>? Incremental { get; init; }

    /// <summary>The id of the parent of every backup; a value of null for none.</summary>
    public NewValue<string?>? ParentId { get; init; }

    /// <summary>The number of executions that are left, 1 or more; a value of null for no limit.</summary>
    public NewValue<int?>? RemainingExecutions { get; init; }

    /// <summary>The first execution time, at least one minute ahead; a value of null for the pattern's next time.</summary>
    public NewValue<DateTimeOffset?>? FirstExecutionTime { get; init; }

    /// <summary>The suspension; a value of null resumes the schedule.</summary>
    internal NewValue<NewSuspension?>? Suspension { get; init; }

    /// <summary>The owner of the plan that the schedule belongs to.</summary>
    internal NewValue<string>? Owner { get; init; }
}

/// <summary>A change that has passed every check: the result of <see cref="ScheduleChanges.PrepareAsync"/> and its companions.</summary>
public sealed class PreparedScheduleChange
{
    internal PreparedScheduleChange(BackupSchedule schedule, ScheduleTriggers triggers, TriggerDefinition definition, IReadOnlyList<string> differences)
    {
        Schedule = schedule;
        Triggers = triggers;
        Definition = definition;
        Differences = differences;
    }

    /// <summary>The schedule as it is now.</summary>
    public BackupSchedule Schedule { get; }

    /// <summary>The differences in English, such as <c>Pattern '0 3 * * *' to '0 4 * * *'</c>; empty if the change changes nothing.</summary>
    public IReadOnlyList<string> Differences { get; }

    /// <summary>Whether there is anything to do: a difference, or the rest of an earlier change that was cut off.</summary>
    public bool IsNeeded => Differences.Count > 0 || Triggers.Pending is not null;

    internal ScheduleTriggers Triggers { get; }

    internal TriggerDefinition Definition { get; }
}
