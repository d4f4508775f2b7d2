using System;
using System.Globalization;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary>How a column is filtered: what the API lets pass for it.</summary>
internal enum ColumnKind
{
    /// <summary>Text, with operators.</summary>
    Text,

    /// <summary>A time, with operators.</summary>
    Time,

    /// <summary>A whole number, which takes no operators.</summary>
    Number,

    /// <summary>A UUID; an operator is read and dropped.</summary>
    Id,

    /// <summary>JSON, which takes an exact object only.</summary>
    Json,

    /// <summary>Anything that is shown and not filtered.</summary>
    Shown,
}

/// <summary>A column of a resource: its name, how it is filtered, and a row's value: text, a <see cref="DateTime"/>, a number, a list or null.</summary>
internal sealed record Column<T>(string Name, ColumnKind Kind, Func<T, object?> Value)
{
    /// <summary>The value as it is put into an answer.</summary>
    public object? Shown(T row) => Value(row) switch
    {
        DateTime time => Format(time),
        var value => value,
    };

    public static string Format(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>The order of two rows by this column, null first.</summary>
    public int Compare(T a, T b) => (Value(a), Value(b)) switch
    {
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        (string x, string y) => Collation.Compare(x, y),
        (DateTime x, DateTime y) => x.CompareTo(y),
        (var x, var y) => ((IComparable)x).CompareTo(y),
    };
}
