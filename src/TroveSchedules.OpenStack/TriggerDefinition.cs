using System;
using System.Globalization;
using TroveSchedules.OpenStack.Mistral;

namespace TroveSchedules.OpenStack;

/// <summary>What a schedule's cron trigger contains, without its name.</summary>
/// <param name="Input">The workflow's input as JSON text.</param>
/// <param name="Pattern">The cron pattern; null for a single execution.</param>
/// <param name="FirstExecutionTime">The schedule's own first time, which a suspended trigger has in its metadata; null for none.</param>
/// <param name="RemainingExecutions">The number of executions that are left; null for no limit.</param>
/// <param name="WorkflowParams">The trigger's parameters as JSON text, with metadata that is out of date; null for none.</param>
/// <param name="Metadata">The metadata.</param>
internal sealed record TriggerDefinition(
    string Input, string? Pattern, DateTimeOffset? FirstExecutionTime, int? RemainingExecutions, string? WorkflowParams, ScheduleMetadata Metadata)
{
    // Mistral accepts first times up to the end of the year 9999, and runs nothing before.
    private static readonly DateTimeOffset Never = new(9999, 12, 31, 23, 59, 0, TimeSpan.Zero);

    /// <summary>Whether a trigger with this first time does not run before the year 9999.</summary>
    public static bool IsNever(DateTimeOffset? firstExecutionTime) => firstExecutionTime >= Never;

    /// <summary>Reads the definition of a trigger; of a trigger that keeps a new definition, the new one.</summary>
    /// <param name="trigger">The trigger.</param>
    /// <param name="metadata">The trigger's metadata.</param>
    public static TriggerDefinition Of(CronTrigger trigger, ScheduleMetadata metadata)
    {
        bool isOnce = trigger.FirstExecutionTime is not null && trigger.Pattern == ScheduleRules.NeverPattern;
        DateTimeOffset? first = metadata.Replacement is { } replacement ? replacement.FirstExecutionTime
            : metadata.Suspension is { } suspension && IsNever(trigger.FirstExecutionTime) ? suspension.FirstExecutionTime
            : trigger.FirstExecutionTime;
        return new TriggerDefinition(
            trigger.WorkflowInput ?? "{}", isOnce ? null : trigger.Pattern, first, trigger.RemainingExecutions, trigger.WorkflowParams, metadata with { Replacement = null });
    }

    /// <summary>The request that creates the trigger.</summary>
    /// <param name="name">The trigger's name.</param>
    /// <param name="now">The cloud's time. A first time that has passed is left out, and one that Mistral could refuse, if there is a pattern.</param>
    public CronTriggerRequest ToRequest(string name, DateTimeOffset now) =>
        Metadata.Suspension is { } suspension
            ? ToRequest(name, Never, Metadata with { Suspension = suspension with { FirstExecutionTime = FirstExecutionTime } })
            : ToRequest(name, Pattern is not null && ScheduleRules.IsTooEarly(FirstExecutionTime, now + TimeSpan.FromSeconds(5)) ? null : FirstExecutionTime, Metadata);

    /// <summary>The request that creates a trigger which keeps this definition and never runs.</summary>
    /// <param name="scheduleId">The schedule that the definition is for.</param>
    /// <param name="triggerId">The id of the trigger that it will replace.</param>
    public CronTriggerRequest ToReplacementRequest(string scheduleId, string triggerId) => ToRequest(
        ScheduleMetadata.ReplacementNameOf(scheduleId), Never, Metadata with { Replacement = new Replacement(scheduleId, triggerId, FirstExecutionTime) });

    private CronTriggerRequest ToRequest(string name, DateTimeOffset? first, ScheduleMetadata metadata) => new(
        name, BackupSchedules.WorkflowName, Input, Pattern, first?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
        RemainingExecutions, metadata.WriteTo(WorkflowParams));
}
