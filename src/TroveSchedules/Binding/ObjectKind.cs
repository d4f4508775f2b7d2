using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace TroveSchedules.Binding;

/// <summary>The type of an object when a cmdlet emitted it. Select-Object, files, jobs and other machines do not change it.</summary>
internal static class ObjectKind
{
    private static readonly Dictionary<Type, HashSet<string>> Columns =
        new[] { typeof(BackupSchedule), typeof(ScheduleExecution), typeof(Backup), typeof(Instance), typeof(BackupRetentionDecision) }
            .ToDictionary(type => type, type => new HashSet<string>(type.GetProperties().Select(property => property.Name), StringComparer.OrdinalIgnoreCase));

    // Columns that only one type has, with names that are rare in other rows.
    private static readonly HashSet<string> Telling = new(
        [
            nameof(BackupSchedule.Pattern), nameof(BackupSchedule.NextExecutionTime), nameof(BackupSchedule.FirstExecutionTime), nameof(BackupSchedule.RemainingExecutions), nameof(BackupSchedule.IsStuck),
            nameof(BackupSchedule.SuspendedAt), nameof(BackupSchedule.EarlierTriggerIds),
            nameof(ScheduleExecution.ExecutionTime), nameof(ScheduleExecution.ScheduleId), nameof(ScheduleExecution.BackupId), nameof(ScheduleExecution.BackupStatus), nameof(ScheduleExecution.StateInfo),
            nameof(Instance.VolumeSize),
        ], StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Marks = ["Deserialized.", "Selected.", "CSV:"];

    /// <summary>The full name of the original type of a deserialised or selected object; null for a row without one, such as a line of an ordinary CSV file.</summary>
    public static string? Of(PSObject thing)
    {
        string first = thing.TypeNames.FirstOrDefault() ?? "", name = first;
        while (Array.Find(Marks, mark => name.StartsWith(mark, StringComparison.OrdinalIgnoreCase)) is { } mark)
            name = name.Substring(mark.Length);
        if (name == typeof(PSCustomObject).FullName)
            return null;
        // Users can give their own rows a type name. It has none of the prefixes.
        return name != first || IsOurs(name) || IsCsvLine(thing) ? name : null;
    }

    /// <summary>
    /// The full name of the type whose columns a row has, such as an object that went through a file of JSON or CSV; null if its Id is empty or no type fits clearly.
    /// A type fits where the row has at least two more of its columns than of any other type. A column of one type only counts twice. Among the types that a cmdlet takes, a lead of one is enough.
    /// </summary>
    /// <param name="row">The row.</param>
    /// <param name="choice">The types that the parameter accepts; used if there are several.</param>
    public static string? LooksLike(PSObject row, Type[] choice)
    {
        if (row.Properties["Id"]?.Value?.ToString() is null or "")
            return null;
        string[] names = [.. row.Properties.Select(property => property.Name)];
        // A decision has most of the columns of its backup, so that one of its own tells the two apart.
        Type other = names.Contains(nameof(BackupRetentionDecision.Action), StringComparer.OrdinalIgnoreCase) ? typeof(Backup) : typeof(BackupRetentionDecision);
        return Nearest(Columns.Keys.Where(kind => kind != other), 2) ?? (choice.Count(kind => kind != other) > 1 ? Nearest(choice.Where(kind => kind != other), 1) : null);

        string? Nearest(IEnumerable<Type> kinds, int lead)
        {
            (Type Kind, int Count)[] best = [.. kinds.Select(kind => (kind, Count(kind))).OrderByDescending(one => one.Item2)];
            return best[0].Count - best[1].Count >= lead ? best[0].Kind.FullName : null;
        }

        int Count(Type kind) => names.Where(Columns[kind].Contains).Sum(name => Telling.Contains(name) ? 2 : 1);
    }

    /// <summary>Whether an object is a line of a CSV file, with or without type information.</summary>
    public static bool IsCsvLine(PSObject thing) => thing.TypeNames.Any(name => name.StartsWith("CSV:", StringComparison.OrdinalIgnoreCase));

    /// <summary>The name of a type without its namespace.</summary>
    public static string Short(string name) => name.Substring(name.LastIndexOf('.') + 1);

    private static bool IsOurs(string name) => name.StartsWith(nameof(TroveSchedules) + ".", StringComparison.Ordinal);
}
