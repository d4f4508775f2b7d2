using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace TroveSchedules.Binding;

/// <summary>
/// Lets a parameter take one kind of thing, what names it as text, or a row that names it in a column, and nothing else: PowerShell on its own would make text of
/// anything, or take any property called Id, so that a schedule piped to a cmdlet for executions would be taken for an execution's id.
/// </summary>
/// <remarks>
/// PowerShell asks this first with the whole of what comes down the pipeline, rows included, so that what is taken is settled here, and refusals are final. Parameters say
/// besides that they take a property by its name, for people to read; not so a mandatory one with <see cref="OtherParameter"/>, to which PowerShell would bring the property first.
/// </remarks>
public abstract class ReferenceAttribute : ArgumentTransformationAttribute
{
    private readonly string _things;
    private readonly string _takes;
    private readonly string[] _columns;

    /// <summary>Makes one.</summary>
    /// <param name="things">The things that are taken, for people: "an instance".</param>
    /// <param name="text">The text that is taken: "its name or id"; null for none.</param>
    /// <param name="columns">The columns by which a row is taken, the better ones first: the parameter's name and its aliases.</param>
    private protected ReferenceAttribute(string things, string? text, params string[] columns)
    {
        _things = things;
        _takes = text is null ? things : $"{things}, or {text}";
        _columns = columns;
    }

    /// <summary>
    /// The attribute of the parameter that takes from the pipeline in the cmdlet's other set. Things and rows that it can take are left to it; text is not. Null where there is none.
    /// </summary>
    public Type? OtherParameter { get; set; }

    /// <summary>The types that the parameter takes and that a row is matched with by its columns.</summary>
    private protected virtual Type[] Kinds => [];

    private ReferenceAttribute? Other => OtherParameter is null ? null : (ReferenceAttribute)Activator.CreateInstance(OtherParameter)!;

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

    /// <summary>What text, or a live thing of a right kind, refers to; null for any other.</summary>
    private protected abstract object? Convert(object input);

    /// <summary>What a thing of a right kind refers to that is no longer live; null for one of another kind.</summary>
    /// <param name="kind">The full name of its type.</param>
    /// <param name="thing">What is left of it.</param>
    private protected virtual object? FromDeserialized(string kind, PSObject thing) => null;

    /// <summary>Advice for a value that is refused; null for none.</summary>
    private protected virtual string? AdviceOn(object? bare) => null;

    /// <summary>Whether a row that names a thing in this column was made of the thing, so that its other columns tell where that was read from.</summary>
    private protected virtual bool TellsOrigin(string column) => true;

    /// <summary>The text of a property; null where it is empty or there is none.</summary>
    private protected static string? Text(PSObject thing, string property) =>
        thing.Properties[property]?.Value?.ToString() is { Length: > 0 } text ? text : null;

    private static object? Bare(object? input) => input is PSObject wrapped ? wrapped.BaseObject : input;

    private object One(object? input)
    {
        string? kind = Bare(input) is PSCustomObject ? ObjectKind.Of((PSObject)input!) ?? ObjectKind.LooksLike((PSObject)input!, Other is { } other ? [.. Kinds, .. other.Kinds] : []) : null;
        bool isOthers = Bare(input) is not string and not Guid && Other?.Find(input, kind) is not null;
        return (isOthers ? null : Find(input, kind))
            ?? throw new ArgumentTransformationMetadataException(TerminalText.SanitizeLine(
                isOthers && Bare(input) is { } taken and not PSCustomObject ? $"This takes {_takes}. Give the {taken.GetType().Name} with -{Other!.Parameter}, or through the pipeline." : Refusal(input, kind)),
                // With this cause PowerShell goes on and asks the other parameter.
                isOthers ? new PSInvalidCastException() : null);
    }

    private object? Find(object? input, string? kind)
    {
        object? bare = Bare(input) is Guid id ? id.ToString() : Bare(input);
        if (bare is not PSCustomObject)
            return bare is null ? null : Convert(bare);
        var thing = (PSObject)input!;
        if (kind is not null && FromDeserialized(kind, thing) is { } revived)
            return Located(revived, thing);
        string? column = ColumnsOf(kind, thing).FirstOrDefault(name => Bare(thing.Properties[name]?.Value) is not null and not "");
        object? found = column is null ? null : Bare(thing.Properties[column].Value) switch
        {
            null or PSCustomObject => null,
            Guid named => Convert(named.ToString()),
            { } named => Convert(named),
        };
        return found is not null && TellsOrigin(column!) ? Located(found, thing) : found;
    }

    private static object Located(object found, PSObject thing)
    {
        if (found is Reference reference && Text(thing, nameof(BackupSchedule.Origin)) is { } origin && Uri.TryCreate(origin.Split(' ')[0], UriKind.Absolute, out _))
            reference.From(origin, Text(thing, nameof(BackupSchedule.ProjectId)));
        return found;
    }

    // An Id is the id of a thing of its own kind. A row is a plan that somebody may have written by hand: its other columns count, whatever it was made from.
    private IEnumerable<string> ColumnsOf(string? kind, PSObject thing) =>
        kind is null ? _columns : ObjectKind.Of(thing) is null || ObjectKind.IsLine(thing) ? _columns.Where(column => column != "Id") : [];

    private string Refusal(object? input, string? kind)
    {
        string also = Other is { } other ? $" From the pipeline it can also be {other._things}." : "";
        if (Bare(input) is PSCustomObject && input is PSObject thing)
        {
            if (kind is not null && ObjectKind.Of(thing) is not null)
                return $"This takes {_takes}, not {(Text(thing, "Id") is { } id ? $"the {ObjectKind.Short(kind)} '{id}'" : $"a {ObjectKind.Short(kind)} with no more than {Names(thing)}")}.{also}";
            string[] columns = Other is null ? _columns : [.. _columns.Union(Other._columns)];
            string has = columns.FirstOrDefault(column => thing.Properties[column] is not null && !(column == "Id" && kind is not null)) is { } column
                ? $"whose {column} is '{thing.Properties[column].Value}'"
                : kind is not null ? $"that looks like the {ObjectKind.Short(kind)} '{Text(thing, "Id")}'"
                : $"with {Names(thing)}";
            return $"This takes {_takes}, or a row that has one in a column {string.Join(" or ", columns)}, not a row {has}.{also}";
        }
        string advice = AdviceOn(Bare(input)) is { } action ? " " + action : "";
        if (advice == "" && Bare(input) is IDictionary)
            return $"This takes {_takes}, not a hashtable. Convert it with [pscustomobject], or use ConvertFrom-Json without -AsHashtable.{also}";
        return $"This takes {_takes}, not {(Bare(input) is { } bare ? $"the {bare.GetType().Name} '{bare}'" : "null")}.{also}{advice}";
    }

    private static string Names(PSObject thing) => string.Join(", ", thing.Properties.Select(property => property.Name));
}
