using System;
using System.Globalization;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary>The kind of filter that the API accepts for a column.</summary>
internal enum ColumnKind
{
    /// <summary>Text, with operators.</summary>
    Text,

    /// <summary>A time, with operators.</summary>
    Time,

    /// <summary>A whole number, which takes no operators.</summary>
    Number,

    /// <summary>A UUID. An operator is accepted and ignored.</summary>
    Id,

    /// <summary>JSON. A filter must give the complete object.</summary>
    Json,

    /// <summary>Shown in responses. The API does not filter by it.</summary>
    DisplayOnly,
}

/// <summary>A column of a resource. A row's value is text, a <see cref="DateTime"/>, a number, a list or null.</summary>
internal sealed record Column<T>(string Name, ColumnKind Kind, Func<T, object?> Value)
{
    /// <summary>The value in the format of responses.</summary>
    public object? DisplayValue(T row) => Value(row) switch
    {
        DateTime time => FormatTime(time),
        var value => value,
    };

    public static string FormatTime(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Compares two rows by this column. Null comes first.</summary>
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
