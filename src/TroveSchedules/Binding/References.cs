using System;
using System.Collections;
using System.IO;
using System.Linq;
using System.Management.Automation;
using TroveSchedules.Cron;
using TroveSchedules.Serialisation;

namespace TroveSchedules.Binding;

/// <summary>Accepts an instance, its id or its name; returns an <see cref="InstanceReference"/>.</summary>
public sealed class InstanceReferenceAttribute : ReferenceAttribute
{
    /// <summary>Accepts rows with a column Id.</summary>
    public InstanceReferenceAttribute() : this("Id") { }

    /// <summary>Accepts rows with other columns.</summary>
    /// <param name="columns">The parameter's name and its aliases.</param>
    public InstanceReferenceAttribute(params string[] columns) : base("an instance", "its name or id", columns) { }

    /// <summary>Whether the cmdlet also has a parameter for a cron pattern. The second field of a pattern without quotes binds to this parameter.</summary>
    public bool IsBesidePattern { get; set; }

    private protected override Type[] Kinds => [typeof(Instance)];

    private protected override object? Convert(object input) => input switch
    {
        string nameOrId => new InstanceReference(nameOrId),
        Instance instance => new InstanceReference(instance.Id).From(instance.Origin, instance.ProjectId),
        InstanceReference reference => reference,
        _ => null,
    };

    private protected override string? AdviceOn(object? bare) => IsBesidePattern && bare is ValueType ? Quoting.FieldsAdvice : null;

    // Select-Object also makes rows of a plan from instances.
    private protected override object? FromDeserialized(string kind, PSObject thing) =>
        kind == typeof(Instance).FullName && (Text(thing, "Id") ?? Text(thing, "Instance")) is { } id ? new InstanceReference(id) : null;

    // A row with another column is a plan, which may be for another cloud.
    private protected override bool TellsOrigin(string column) => column == "Id";
}

/// <summary>Accepts an object of one type, or its id as text; returns a <see cref="Reference"/>.</summary>
/// <typeparam name="T">The type of the object.</typeparam>
public abstract class IdReferenceAttribute<T> : ReferenceAttribute where T : class
{
    private protected IdReferenceAttribute(string things, string text, params string[] columns) : base(things, text, columns) { }

    private protected override Type[] Kinds => [typeof(T)];

    private protected abstract Reference ById(string id);

    private protected abstract Reference Of(T thing);

    private protected override object? Convert(object input) => input switch
    {
        string { Length: > 0 } id => ById(id),
        T thing => Of(thing),
        Reference reference when reference.GetType() == ById("").GetType() => reference,
        _ => null,
    };

    private protected override object? FromDeserialized(string kind, PSObject thing) => kind == typeof(T).FullName && Text(thing, "Id") is { } id ? ById(id) : null;
}

/// <summary>Accepts a schedule, its id, its health, or a step of a plan about it; returns a <see cref="ScheduleReference"/>.</summary>
public sealed class ScheduleReferenceAttribute : IdReferenceAttribute<BackupSchedule>
{
    /// <summary>Accepts rows with a column Id.</summary>
    public ScheduleReferenceAttribute() : this("Id") { }

    /// <summary>Accepts rows with other columns.</summary>
    /// <param name="columns">The parameter's name and its aliases.</param>
    public ScheduleReferenceAttribute(params string[] columns) : base("a schedule", "its id", columns) { }

    private protected override Reference ById(string id) => new ScheduleReference(id, null);

    private protected override Reference Of(BackupSchedule schedule) => new ScheduleReference(schedule.Id, schedule).From(schedule.Origin, schedule.ProjectId);

    private protected override object? Convert(object input) => input switch
    {
        ScheduleHealth health => ById(health.ScheduleId ?? throw HasNoSchedule(health.InstanceId)).From(health.Origin, health.ProjectId),
        ScheduleSyncStep step => ById(step.ScheduleId).From(step.Origin, step.ProjectId),
        _ => base.Convert(input),
    };

    private protected override object? FromDeserialized(string kind, PSObject thing) =>
        kind == typeof(ScheduleHealth).FullName && thing.Properties[ScheduleId] is not null ? ById(Text(thing, ScheduleId) ?? throw HasNoSchedule(Text(thing, "InstanceId")))
        : kind == typeof(ScheduleSyncStep).FullName && Text(thing, ScheduleId) is { } id ? ById(id)
        : base.FromDeserialized(kind, thing);

    private const string ScheduleId = nameof(ScheduleHealth.ScheduleId);

    private static ArgumentTransformationMetadataException HasNoSchedule(string? instance) => new($"The instance '{instance}' has no schedule. Use Where-Object ScheduleId to leave out such instances.");
}

/// <summary>Accepts an execution or its id; returns an <see cref="ExecutionReference"/>.</summary>
public sealed class ExecutionReferenceAttribute() : IdReferenceAttribute<ScheduleExecution>("an execution", "its id", "Id")
{
    private protected override Reference ById(string id) => new ExecutionReference(id, null);

    private protected override Reference Of(ScheduleExecution execution) => new ExecutionReference(execution.Id, execution).From(execution.Origin, execution.ProjectId);
}

/// <summary>Accepts a backup, an execution that made one, or a backup's id; returns a <see cref="BackupReference"/>.</summary>
public sealed class BackupReferenceAttribute() : ReferenceAttribute("a backup or an execution that made one", "a backup's id", "BackupId", "Id")
{
    private protected override Type[] Kinds => [typeof(Backup), typeof(ScheduleExecution)];

    private protected override object? Convert(object input) => input switch
    {
        string { Length: > 0 } id => new BackupReference(id),
        Backup backup => new BackupReference(backup.Id).From(backup.Origin, backup.ProjectId),
        ScheduleExecution { BackupId: { } backup } execution => new BackupReference(backup).From(execution.Origin, execution.ProjectId),
        BackupReference reference => reference,
        ScheduleExecution execution => throw None(execution.Id, execution.State),
        _ => null,
    };

    private protected override object? FromDeserialized(string kind, PSObject thing) =>
        (kind == typeof(Backup).FullName ? Text(thing, "Id")
            : kind == typeof(ScheduleExecution).FullName ? Text(thing, "BackupId") ?? throw (thing.Properties["BackupId"] is null ? NotTold(Text(thing, "Id")) : None(Text(thing, "Id"), Text(thing, "State")))
            : null) is { } id ? new BackupReference(id) : null;

    private static ArgumentTransformationMetadataException NotTold(string? id) =>
        new($"The row of the execution '{id}' has no column BackupId. Read the execution again with Get-TroveScheduleExecution -Id.");

    private static ArgumentTransformationMetadataException None(string? id, string? state) =>
        new($"The execution '{id}' names no backup{(state is null ? "" : $"; its state is {state}")}.");
}

/// <summary>Accepts a backup, its id, or a decision about it; returns a <see cref="BackupReference"/>. An execution that made a backup is not accepted: its backup is deleted only on purpose.</summary>
public sealed class RemovableBackupAttribute() : ReferenceAttribute("a backup or a decision about one", "a backup's id", "Id")
{
    private protected override Type[] Kinds => [typeof(Backup), typeof(BackupRetentionDecision)];

    private protected override object? Convert(object input) => input switch
    {
        string { Length: > 0 } id => new BackupReference(id),
        Backup backup => new BackupReference(backup.Id).From(backup.Origin, backup.ProjectId),
        BackupRetentionDecision decision => new BackupReference(decision.Id, decision.Action != RetentionAction.Remove).From(decision.Origin, decision.ProjectId),
        BackupReference reference => reference,
        _ => null,
    };

    private protected override object? FromDeserialized(string kind, PSObject thing) =>
        (kind == typeof(Backup).FullName || kind == typeof(BackupRetentionDecision).FullName) && Text(thing, "Id") is { } id
            ? kind == typeof(Backup).FullName || thing.Properties[Action] is not null ? new BackupReference(id)
            : throw new ArgumentTransformationMetadataException($"The row of the decision about the backup '{id}' has no column {Action}, so it does not say whether the backup is kept.")
            : null;

    // A row of a plan also says what to do when it is not recognised as a decision. JSON has the number of the action.
    private protected override object Complete(object found, PSObject row)
    {
        if (found is not BackupReference reference || row.Properties[Action] is not { } action)
            return found;
        return Enum.TryParse(action.Value?.ToString(), ignoreCase: true, out RetentionAction read) && Enum.IsDefined(typeof(RetentionAction), read)
            ? new BackupReference(reference.Id, read != RetentionAction.Remove)
            : throw new ArgumentTransformationMetadataException(TerminalText.SanitizeLine($"The {Action} of the backup '{reference.Id}' is '{action.Value}', which is neither Keep nor Remove."));
    }

    private const string Action = nameof(BackupRetentionDecision.Action);
}

/// <summary>Takes a cron pattern as text, or what has one: a schedule, or a report of Test-TroveCronPattern; gives the text.</summary>
public sealed class PatternReferenceAttribute() : ReferenceAttribute("a schedule or report that has a cron pattern", "such a pattern as text", "Pattern")
{
    private protected override object? Convert(object input) => input switch
    {
        string pattern => pattern,
        CronPatternReport report => report.Pattern ?? "",
        BackupSchedule schedule => schedule.Pattern ?? throw HasNoPattern(schedule.Id),
        _ => null,
    };

    private protected override object? FromDeserialized(string kind, PSObject thing) =>
        kind == typeof(CronPatternReport).FullName ? Text(thing, "Pattern") ?? ""
        : kind == typeof(BackupSchedule).FullName && thing.Properties["Pattern"] is not null ? Text(thing, "Pattern") ?? throw HasNoPattern(Text(thing, "Id"))
        : null;

    private protected override string? AdviceOn(object? bare) => bare switch
    {
        null => Quoting.AliasAdvice,
        ValueType or IDictionary => Quoting.FieldsAdvice,
        _ => null,
    };

    internal static ArgumentTransformationMetadataException HasNoPattern(string? id) => new($"The schedule '{id}' has no pattern: it runs once.");
}

/// <summary>Accepts a schedule with the properties that determine its times; returns the schedule.</summary>
public sealed class ScheduleSnapshotAttribute() : ReferenceAttribute("a schedule with its Pattern, NextExecutionTime and RemainingExecutions", null)
{
    private protected override string Parameter => "Schedule";

    private protected override object? Convert(object input) => input as BackupSchedule;

    private protected override object? FromDeserialized(string kind, PSObject thing) => kind == typeof(BackupSchedule).FullName ? ScheduleSnapshot.ForOccurrences(thing) : null;
}

/// <summary>Accepts the health of a schedule, with all its properties.</summary>
public sealed class HealthSnapshotAttribute() : ReferenceAttribute("the health of a schedule, as Get-TroveScheduleHealth writes it", null)
{
    private protected override string Parameter => "Health";

    private protected override object? Convert(object input) => input as ScheduleHealth;

    private protected override object? FromDeserialized(string kind, PSObject thing) =>
        kind == typeof(ScheduleHealth).FullName && typeof(ScheduleHealth).GetProperties().All(property => thing.Properties[property.Name] is not null) ? Rehydration.Restore(thing, typeof(ScheduleHealth)) : null;
}

/// <summary>Accepts a file or its path; returns the path.</summary>
public sealed class FileReferenceAttribute() : ReferenceAttribute("a file", "its path", "Path", "LiteralPath", "PSPath", "FullName")
{
    private protected override object? Convert(object input) => input switch
    {
        string { Length: > 0 } path => path,
        FileInfo file => file.FullName,
        _ => null,
    };

    private protected override object? FromDeserialized(string kind, PSObject thing) => kind == typeof(FileInfo).FullName ? Text(thing, "FullName") : null;
}

/// <summary>Accepts a live session only. A deserialised session has no connection.</summary>
public sealed class SessionReferenceAttribute() : ReferenceAttribute("a session from Connect-TroveSession", null, "Session")
{
    private protected override object? Convert(object input) => input as TroveSession;
}
