using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;

namespace TroveSchedules.Sandbox.Wire;

/// <summary>Formats values like Python, in which the services are written: <c>json.dumps</c>, <c>repr</c> and <c>str</c>.</summary>
internal static class Python
{
    /// <summary><c>json.dumps</c>: JSON with ", " and ": " as separators, and with ASCII escapes.</summary>
    public static string Json(object? value) => Encoding.ASCII.GetString(JsonBytes(value));

    /// <summary>The same JSON as bytes.</summary>
    public static byte[] JsonBytes(object? value)
    {
        using var text = new AsciiBuilder();
        WriteJson(text, value);
        return text.ToBytes();
    }

    /// <summary>Parses JSON, or throws <see cref="JsonException"/>.</summary>
    public static object? Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return Value(document.RootElement);
    }

    /// <summary><c>repr</c>: <c>['a', None]</c>.</summary>
    public static string Repr(object? value) => value switch
    {
        null => "None",
        true => "True",
        false => "False",
        string text => Quote(text),
        JsonMap map => "{" + string.Join(", ", map.Select(member => Quote(member.Key) + ": " + Repr(member.Value))) + "}",
        IEnumerable<object?> list => "[" + string.Join(", ", list.Select(Repr)) + "]",
        _ => Json(value),
    };

    /// <summary><c>str</c>: like <c>repr</c>, but text is not quoted.</summary>
    public static string Str(object? value) => value as string ?? Repr(value);

    private static string Quote(string text)
    {
        char quote = text.IndexOf('\'') >= 0 && text.IndexOf('"') < 0 ? '"' : '\'';
        return quote + text.Replace("\\", "\\\\").Replace("\n", "\\n").Replace("\r", "\\r").Replace("\t", "\\t")
            .Replace(quote.ToString(), quote == '\'' ? "\\'" : "\"") + quote;
    }

    private static void WriteJson(AsciiBuilder text, object? value)
    {
        switch (value)
        {
            case null: text.Append("null"); break;
            case true: text.Append("true"); break;
            case false: text.Append("false"); break;
            case string s: WriteText(text, s); break;
            case long n: text.Append(n.ToString(CultureInfo.InvariantCulture)); break;
            case int n: text.Append(n.ToString(CultureInfo.InvariantCulture)); break;
            case double d: WriteNumber(text, d); break;
            case JsonMap map:
                text.Append('{');
                string separator = "";
                foreach (KeyValuePair<string, object?> member in map)
                {
                    text.Append(separator);
                    WriteText(text, member.Key);
                    text.Append(": ");
                    WriteJson(text, member.Value);
                    separator = ", ";
                }
                text.Append('}');
                break;
            default:
                text.Append('[');
                string comma = "";
                foreach (object? item in (IEnumerable<object?>)value)
                {
                    text.Append(comma);
                    WriteJson(text, item);
                    comma = ", ";
                }
                text.Append(']');
                break;
        }
    }

    private static void WriteNumber(AsciiBuilder text, double number)
    {
        string digits = number.ToString("R", CultureInfo.InvariantCulture);
        text.Append(digits);
        if (digits.All(c => c is '-' or (>= '0' and <= '9')))
            text.Append(".0");
    }

    private static void WriteText(AsciiBuilder text, string value)
    {
        text.Append('"');
        int written = 0;
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            if (c is >= ' ' and <= '~' and not ('"' or '\\'))
                continue;
            text.Append(value, written, i - written);
            written = i + 1;
            text.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                _ => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture),
            });
        }
        text.Append(value, written, value.Length - written);
        text.Append('"');
    }

    private static object? Value(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new JsonMap();
                foreach (JsonProperty property in element.EnumerateObject())
                    map[property.Name] = Value(property.Value); // Like Python, the last of several members with the same name wins.
                return map;
            case JsonValueKind.Array: return element.EnumerateArray().Select(Value).ToList();
            case JsonValueKind.String: return element.GetString();
            case JsonValueKind.Number: return element.TryGetInt64(out long whole) ? (object)whole : element.GetDouble();
            case JsonValueKind.True: return true;
            case JsonValueKind.False: return false;
            default: return null;
        }
    }
}
