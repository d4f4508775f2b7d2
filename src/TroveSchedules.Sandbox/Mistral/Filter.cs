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

    /// <summary>The filter in the format of the link to the next page: without URL encoding, and with lists in the format of Python.</summary>
    public string QueryText => _value is JsonMap map
        ? $"{Column.Name}={map.Keys.FirstOrDefault()}:{Python.Str(map.FirstOrDefault().Value)}"
        : $"{Column.Name}={_operator}:{Python.Str(_value)}";

    public static Filter<T> Parse(Column<T> column, string value)
    {
        (string @operator, string text) = Split(value);
        switch (column.Kind)
        {
            case ColumnKind.Id:
                return IsUuid(text) ? new Filter<T>(column, "eq", text) : throw Invalid("uuid", $"Expected a uuid but received {text}.");
            case ColumnKind.Number:
                return long.TryParse(value.Trim(), NumberStyles.Integer, CultureInfo.InvariantCulture, out long number)
                    ? new Filter<T>(column, "eq", number)
                    : throw Invalid("integer", $"invalid literal for int() with base 10: '{value}'");
            case ColumnKind.Json:
                try
                {
                    return new Filter<T>(column, "eq", Python.Parse(value));
                }
                catch (JsonException)
                {
                    throw Invalid("json", "Expecting value: line 1 column 1 (char 0)");
                }
            default:
                return new Filter<T>(column, @operator, @operator is "in" or "nin" ? text.Split(',').ToList<object?>() : text);
        }

        ErrorResponseException Invalid(string type, string reason) =>
            MistralErrors.ClientError(400, $"Invalid input for field/attribute {column.Name}. Value: '{value}'. unable to convert to {type}. Error: {reason}");
    }

    public bool Matches(T row)
    {
        object? value = Column.Value(row);
        return value is not null && Matches(value);
    }

    /// <summary>Whether a value of the column matches.</summary>
    public bool Matches(object value) => _operator switch
    {
        "has" => Collation.Contains(ToText(value), (string)_value!),
        "in" => ((List<object?>)_value!).Exists(one => CompareValues(value, one) == 0),
        "nin" => !((List<object?>)_value!).Exists(one => CompareValues(value, one) == 0),
        "eq" => CompareValues(value, _value) == 0,
        "neq" => CompareValues(value, _value) != 0,
        "gt" => CompareValues(value, _value) > 0,
        "gte" => CompareValues(value, _value) >= 0,
        "lt" => CompareValues(value, _value) < 0,
        _ => CompareValues(value, _value) <= 0,
    };

    public static bool IsUuid(string text) => Guid.TryParse(text, out _);

    private static int CompareValues(object value, object? operand) => (value, operand) switch
    {
        (DateTime time, string text) => time.CompareTo(Collation.ParseTime(text)),
        (string text, JsonMap map) => string.CompareOrdinal(text, Python.Json(map)),
        (string text, string other) => Collation.Compare(text, other),
        (int number, long other) => ((long)number).CompareTo(other),
        _ => -1,
    };

    private static string ToText(object value) => value is DateTime time ? Column<T>.FormatTime(time) : Python.Str(value);

    private static (string Operator, string Value) Split(string value)
    {
        int colon = value.IndexOf(':');
        return colon > 0 && Operators.Contains(value.Substring(0, colon)) ? (value.Substring(0, colon), value.Substring(colon + 1)) : ("eq", value);
    }
}
