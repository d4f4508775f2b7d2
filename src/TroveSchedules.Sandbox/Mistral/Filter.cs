using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary>One filter of a listing: <c>column=operator:value</c>.</summary>
internal sealed class Filter<T>
{
    private static readonly string[] Operators = ["eq", "neq", "gt", "gte", "lt", "lte", "in", "nin", "has"];

    private readonly string _operator;
    private readonly object? _value;

    private Filter(Column<T> column, string @operator, object? value)
    {
        Column = column;
        _operator = @operator;
        _value = value;
    }

    public Column<T> Column { get; }

    /// <summary>The filter as the server repeats it in its link, unencoded, lists as Python prints them.</summary>
    public string Repeated => _value is JsonMap map
        ? $"{Column.Name}={map.Keys.FirstOrDefault()}:{Python.Str(map.FirstOrDefault().Value)}"
        : $"{Column.Name}={_operator}:{Python.Str(_value)}";

    public static Filter<T> Read(Column<T> column, string said)
    {
        (string @operator, string text) = Split(said);
        switch (column.Kind)
        {
            case ColumnKind.Id:
                return IsUuid(text) ? new Filter<T>(column, "eq", text) : throw Invalid("uuid", $"Expected a uuid but received {text}.");
            case ColumnKind.Number:
                return long.TryParse(said.Trim(), NumberStyles.Integer, CultureInfo.InvariantCulture, out long number)
                    ? new Filter<T>(column, "eq", number)
                    : throw Invalid("integer", $"invalid literal for int() with base 10: '{said}'");
            case ColumnKind.Json:
                try
                {
                    return new Filter<T>(column, "eq", Python.Parse(said));
                }
                catch (JsonException)
                {
                    throw Invalid("json", "Expecting value: line 1 column 1 (char 0)");
                }
            default:
                return new Filter<T>(column, @operator, @operator is "in" or "nin" ? text.Split(',').ToList<object?>() : text);
        }

        Refusal Invalid(string type, string why) =>
            MistralFault.Client(400, $"Invalid input for field/attribute {column.Name}. Value: '{said}'. unable to convert to {type}. Error: {why}");
    }

    public bool Matches(T row)
    {
        object? value = Column.Value(row);
        return value is not null && Matches(value);
    }

    /// <summary>Whether a value of the column passes.</summary>
    public bool Matches(object value) => _operator switch
    {
        "has" => Collation.Has(Text(value), (string)_value!),
        "in" => ((List<object?>)_value!).Exists(one => Order(value, one) == 0),
        "nin" => !((List<object?>)_value!).Exists(one => Order(value, one) == 0),
        "eq" => Order(value, _value) == 0,
        "neq" => Order(value, _value) != 0,
        "gt" => Order(value, _value) > 0,
        "gte" => Order(value, _value) >= 0,
        "lt" => Order(value, _value) < 0,
        _ => Order(value, _value) <= 0,
    };

    public static bool IsUuid(string text) => Guid.TryParse(text, out _);

    private static int Order(object value, object? wanted) => (value, wanted) switch
    {
        (DateTime time, string text) => time.CompareTo(Collation.Time(text)),
        (string text, JsonMap map) => string.CompareOrdinal(text, Python.Json(map)),
        (string text, string other) => Collation.Compare(text, other),
        (int number, long other) => ((long)number).CompareTo(other),
        _ => -1,
    };

    private static string Text(object value) => value is DateTime time ? Column<T>.Format(time) : Python.Str(value);

    private static (string Operator, string Value) Split(string said)
    {
        int colon = said.IndexOf(':');
        return colon > 0 && Operators.Contains(said.Substring(0, colon)) ? (said.Substring(0, colon), said.Substring(colon + 1)) : ("eq", said);
    }
}
