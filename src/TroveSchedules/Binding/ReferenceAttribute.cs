using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace TroveSchedules.Binding;

/// <summary>
/// Restricts a parameter to objects of one type, text that names such an object, and rows with a column that names one. Without it, PowerShell converts any value to text, or
/// binds any property named Id, so that a schedule piped to a cmdlet for executions would bind as the id of an execution.
/// </summary>
/// <remarks>
/// PowerShell first passes the whole pipeline object, rows included, to this attribute, so that its decision is final. Parameters also declare binding by property name, so that
/// help shows it. A mandatory parameter with <see cref="OtherParameter"/> does not, because PowerShell would bind the property before the object.
/// </remarks>
public abstract class ReferenceAttribute : ArgumentTransformationAttribute
{
    private readonly string _things;
    private readonly string _takes;
    private readonly string[] _columns;

    /// <summary>Creates the attribute.</summary>
    /// <param name="things">What the parameter accepts, for messages: "an instance".</param>
    /// <param name="text">What the text can be, for messages: "its name or id"; null if text is not accepted.</param>
    /// <param name="columns">The columns of a row that can name the object, in order of preference: the parameter's name and its aliases.</param>
    private protected ReferenceAttribute(string things, string? text, params string[] columns)
    {
        _things = things;
        _takes = text is null ? things : $"{things}, or {text}";
        _columns = columns;
    }

    /// <summary>
    /// The attribute type of the pipeline parameter in the cmdlet's other parameter set. Objects and rows that the other parameter accepts are left to it; text is not. Null if there is
    /// no other parameter.
    /// </summary>
    public Type? OtherParameter { get; set; }

    /// <summary>The name of the other parameter, which is also a column of its rows beside Id; null for the usual one of its attribute.</summary>
    public string? OtherParameterName { get; set; }

    /// <summary>The types that the parameter accepts. The columns of a row are compared with their properties.</summary>
    private protected virtual Type[] Kinds => [];

    private ReferenceAttribute? Other => OtherParameter is null ? null
        : (ReferenceAttribute)(OtherParameterName is null ? Activator.CreateInstance(OtherParameter) : Activator.CreateInstance(OtherParameter, [new[] { OtherParameterName, "Id" }]))!;

    /// <inheritdoc/>
    public sealed override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? bare = Bare(inputData);
        if (bare is string or IDictionary || bare is not IEnumerable several)
            return One(inputData);
        var all = new List<object>();
        foreach (object? item in several)
            all.Add(One(item));
        return all.ToArray();
    }

    /// <summary>The name of the parameter that has this attribute, for messages of the parameter that names it in <see cref="OtherParameter"/>.</summary>
    private protected virtual string Parameter => "Id";

    /// <summary>Converts text or an object of an accepted type; null for any other value.</summary>
    private protected abstract object? Convert(object input);

    /// <summary>Converts a deserialised or selected object of an accepted type; null for any other.</summary>
    /// <param name="kind">The full name of its original type.</param>
    /// <param name="thing">The object.</param>
    private protected virtual object? FromDeserialized(string kind, PSObject thing) => null;

    /// <summary>Applies the other columns of a row to the reference that was found in it.</summary>
    private protected virtual object Complete(object found, PSObject row) => found;

    /// <summary>Advice for an invalid value; null for none.</summary>
    private protected virtual string? AdviceOn(object? bare) => null;

    /// <summary>Whether a row with this column was made from the object, so that its columns Origin and ProjectId apply to the object.</summary>
    private protected virtual bool TellsOrigin(string column) => true;

    /// <summary>The text of a property; null if it is empty or missing.</summary>
    private protected static string? Text(PSObject thing, string property) =>
        thing.Properties[property]?.Value?.ToString() is { Length: > 0 } text ? text : null;

    private static object? Bare(object? input) => input is PSObject wrapped ? wrapped.BaseObject : input;

    private object One(object? input)
    {
        string? kind = Bare(input) is PSCustomObject ? ObjectKind.Of((PSObject)input!) ?? ObjectKind.LooksLike((PSObject)input!, Other is { } other ? [.. Kinds, .. other.Kinds] : []) : null;
        bool isOthers = Bare(input) is not string and not Guid && Other?.Find(input, kind) is not null;
        return (isOthers ? null : Find(input, kind))
            ?? throw new ArgumentTransformationMetadataException(TerminalText.SanitizeLine(
                isOthers && Bare(input) is { } taken and not PSCustomObject ? $"This takes {_takes}. Give the {taken.GetType().Name} with -{OtherParameterName ?? Other!.Parameter}, or through the pipeline." : Refusal(input, kind)),
                // With this inner exception PowerShell tries the other parameter.
                isOthers ? new PSInvalidCastException() : null);
    }

    private object? Find(object? input, string? kind)
    {
        object? bare = Bare(input) is Guid id ? id.ToString() : Bare(input);
        if (bare is not PSCustomObject)
            return bare is null ? null : Convert(bare);
        var thing = (PSObject)input!;
        if (kind is not null && FromDeserialized(kind, thing) is { } revived)
            return Located(Complete(revived, thing), thing);
        string? column = ColumnsOf(kind, thing).FirstOrDefault(name => Bare(thing.Properties[name]?.Value) is not null and not "");
        object? found = column is null ? null : Bare(thing.Properties[column].Value) switch
        {
            null or PSCustomObject => null,
            Guid named => Convert(named.ToString()),
            { } named => Convert(named),
        };
        return found is null ? null : TellsOrigin(column!) ? Located(Complete(found, thing), thing) : Complete(found, thing);
    }

    private static object Located(object found, PSObject thing)
    {
        if (found is Reference reference && Text(thing, nameof(BackupSchedule.Origin)) is { } origin && Uri.TryCreate(origin.Split(' ')[0], UriKind.Absolute, out _))
            reference.From(origin, Text(thing, nameof(BackupSchedule.ProjectId)));
        return found;
    }

    // The column Id holds the id of the row's own type. The other columns of a row count whatever its type, because users write or edit rows by hand.
    private IEnumerable<string> ColumnsOf(string? kind, PSObject thing) =>
        kind is null ? _columns : ObjectKind.Of(thing) is null || ObjectKind.IsCsvLine(thing) ? _columns.Where(column => column != "Id") : [];

    private string Refusal(object? input, string? kind)
    {
        string also = Other is { } other ? $" From the pipeline it can also be {other._things}." : "";
        if (Bare(input) is PSCustomObject && input is PSObject thing)
        {
            if (kind is not null && ObjectKind.Of(thing) is not null)
                return $"This takes {_takes}, not {(Text(thing, "Id") is { } id ? $"the {ObjectKind.Short(kind)} '{id}'" : $"a {ObjectKind.Short(kind)} with no more than {Names(thing)}")}.{also}";
            string[] columns = Other is null ? _columns : [.. _columns.Union(Other._columns)];
            string has = columns.FirstOrDefault(column => thing.Properties[column] is { } cell && !(kind is not null && (column == "Id" || cell.Value is null or ""))) is { } column
                ? $"whose {column} is '{thing.Properties[column].Value}'"
                : kind is not null ? $"that looks like the {ObjectKind.Short(kind)} '{Text(thing, "Id")}'"
                : $"with {Names(thing)}";
            return $"This takes {_takes}{(columns.Length == 0 ? "" : $", or a row that has one in a column {string.Join(" or ", columns)}")}, not a row {has}.{also}";
        }
        string advice = AdviceOn(Bare(input)) is { } action ? " " + action : "";
        if (advice == "" && Bare(input) is IDictionary)
            return $"This takes {_takes}, not a hashtable. Convert it with [pscustomobject], or use ConvertFrom-Json without -AsHashtable.{also}";
        return $"This takes {_takes}, not {(Bare(input) is { } bare ? $"the {bare.GetType().Name} '{bare}'" : "null")}.{also}{advice}";
    }

    private static string Names(PSObject thing) => string.Join(", ", thing.Properties.Select(property => property.Name));
}
