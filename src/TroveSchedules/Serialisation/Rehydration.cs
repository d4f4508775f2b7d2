using System;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using TroveSchedules.Cron;

namespace TroveSchedules.Serialisation;

/// <summary>
/// Restores the original object after serialisation by a job or Import-Clixml. PowerShell cannot deserialise a DateTimeOffset: without this class, a time would be text or
/// a property bag, and could not be compared.
/// </summary>
public sealed class Rehydration : PSTypeConverter
{
    // The default depth of jobs is one level, at which a time loses its fraction. Times in a list are one level deeper.
    private static readonly (Type Type, uint Depth)[] Types =
    [
        (typeof(BackupSchedule), 2),
        (typeof(ScheduleExecution), 2),
        (typeof(ScheduleOccurrence), 2),
        (typeof(ScheduleHour), 2),
        (typeof(ScheduleOverlap), 2),
        (typeof(ScheduleHealth), 3),
        (typeof(HealthProblem), 2),
        (typeof(ScheduleDay), 2),
        (typeof(ScheduleSyncStep), 2),
        (typeof(Instance), 2),
        (typeof(Backup), 2),
        (typeof(BackupRetentionDecision), 2),
        (typeof(InstalledWorkbook), 2),
        (typeof(CronPatternReport), 3),
    ];

    /// <summary>Registers the converter in this thread's runspace. A types file cannot do so, because PowerShell reads it before it knows the module's types.</summary>
    internal static void Register()
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        // Calling the cmdlet by name would import its whole module, which takes longer than the rest of our import.
        _ = Type.GetType("Microsoft.PowerShell.Commands.UpdateTypeDataCommand, Microsoft.PowerShell.Commands.Utility") is { } update
            ? shell.AddCommand(new CmdletInfo("Update-TypeData", update))
            : shell.AddCommand(@"Microsoft.PowerShell.Utility\Update-TypeData");
        // PowerShell finds an adapter by the exact type. The type of a session is in a load context that PowerShell does not search.
        var session = new TypeData(typeof(TroveSession)) { SerializationDepth = 2 };
        foreach (string name in new[] { nameof(TroveSession.TokenExpiresAt), nameof(TroveSession.CloudTime) })
            session.Members.Add(name, new CodePropertyData(name, typeof(TimePropertyAdapter).GetMethod(name)));
        // PowerShell shares compiled property reads between runspaces, so a runspace without this module would make the others read times without the adapter.
        // It does not share them for names that are members in type data, so each name of a time property is added there.
        var names = new TypeData("TroveSchedules.TimeProperties");
        foreach (string name in Types.SelectMany(one => one.Type.GetProperties()).Where(property => TimePropertyAdapter.IsTime(property.PropertyType)).Select(property => property.Name).Distinct())
            names.Members.Add(name, new NotePropertyData(name, null));
        shell.AddParameter("Force").AddParameter("TypeData", Types.SelectMany(one => new[]
        {
            new TypeData(one.Type) { TypeConverter = typeof(Rehydration), TypeAdapter = typeof(TimePropertyAdapter), SerializationDepth = one.Depth },
            new TypeData($"Deserialized.{one.Type.FullName}") { TargetTypeForDeserialization = one.Type },
        }).Append(session).Append(names).ToArray());
        try
        {
            shell.Invoke();
        }
        catch (CommandNotFoundException)
        {
            // A restricted runspace without Update-TypeData gets property bags, as for any other type.
        }
    }

    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) =>
        sourceValue is PSObject { BaseObject: PSCustomObject } dry && dry.TypeNames.Contains($"Deserialized.{destinationType.FullName}");

    /// <inheritdoc/>
    public override object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) => Restore((PSObject)sourceValue, destinationType);

    /// <summary>Makes an object of the properties of a deserialised or selected one.</summary>
    internal static object Restore(PSObject dry, Type destinationType)
    {
        object made = Activator.CreateInstance(destinationType, nonPublic: true)!;
        foreach (PropertyInfo property in destinationType.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (dry.Properties[property.Name]?.Value is { } value)
                property.SetValue(made, ReadAs(property.PropertyType, value));
        }
        return made;
    }

    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => false;

    /// <inheritdoc/>
    public override object ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) => throw new NotSupportedException();

    private static object? ReadAs(Type type, object value)
    {
        if (type == typeof(DateTimeOffset) || type == typeof(DateTimeOffset?))
            return TimeValue.Read(value);
        if (!type.IsGenericType || Nullable.GetUnderlyingType(type) is not null)
            return LanguagePrimitives.ConvertTo(value, type, CultureInfo.InvariantCulture);

        // PowerShell cannot convert to the interface of a list.
        Type item = type.GetGenericArguments()[0];
        object?[] items = [.. LanguagePrimitives.GetEnumerable(value).Cast<object?>().Select(one => one is null ? null : ReadAs(item, one))];
        var list = Array.CreateInstance(item, items.Length);
        items.CopyTo(list, 0);
        return list;
    }
}
