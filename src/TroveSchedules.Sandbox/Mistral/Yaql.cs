using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.RegularExpressions;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary>
/// The little of YAQL that workbooks for Trove use: <c>$</c>, <c>$.name</c>, <c>'text'</c>, numbers, <c>true</c>, <c>false</c>, <c>null</c>, <c>task().result</c>
/// and <c>.get(key)</c>, alone or inside a text. Everything else is a parse error, where the real one knows a whole language.
/// </summary>
internal sealed class Yaql
{
    private static readonly Regex Expression = new("<%(.*?)%>", RegexOptions.Singleline | RegexOptions.CultureInvariant);
    private static readonly Regex Token = new(@"\G\s*(?<token>\$[A-Za-z_]\w*|\$|[A-Za-z_]\w*|\d+(\.\d+)?|'[^']*'|""[^""]*""|[.(),])", RegexOptions.CultureInvariant);

    private readonly List<string> _tokens = [];
    private readonly JsonMap? _data;
    private readonly object? _result;
    private int _next;

    private Yaql(string expression, JsonMap? data, object? result)
    {
        _data = data;
        _result = result;
        int at = 0;
        for (Match match = Token.Match(expression); match.Success; match = Token.Match(expression, at))
        {
            _tokens.Add(match.Groups["token"].Value);
            at = match.Index + match.Length;
        }
        string rest = expression.Substring(at).Trim();
        if (rest.Length > 0)
            throw new YaqlException($"Lexical error: illegal character '{rest[0]}' at position {at}");
    }

    /// <summary>Checks every expression in a text, a list or a map.</summary>
    /// <exception cref="YaqlException">One cannot be read.</exception>
    public static void Check(object? value)
    {
        switch (value)
        {
            case string text:
                foreach (Match match in Expression.Matches(text))
                    new Yaql(match.Groups[1].Value, null, null).Whole();
                break;
            case JsonMap map:
                foreach (KeyValuePair<string, object?> member in map)
                    Check(member.Value);
                break;
            case IEnumerable<object?> list:
                foreach (object? item in list)
                    Check(item);
                break;
        }
    }

    /// <summary>Puts values in the place of expressions.</summary>
    /// <param name="value">A text, a list or a map.</param>
    /// <param name="data">What <c>$</c> is.</param>
    /// <param name="result">What <c>task().result</c> is.</param>
    public static object? Evaluate(object? value, JsonMap data, object? result)
    {
        switch (value)
        {
            case string text:
                Match all = Expression.Match(text);
                if (all.Success && all.Length == text.Trim().Length)
                    return new Yaql(all.Groups[1].Value, data, result).Whole();
                return Expression.Replace(text, match => Python.Str(new Yaql(match.Groups[1].Value, data, result).Whole()));
            case JsonMap map:
                var evaluated = new JsonMap();
                foreach (KeyValuePair<string, object?> member in map)
                    evaluated.Add(member.Key, Evaluate(member.Value, data, result));
                return evaluated;
            case IEnumerable<object?> list:
                var items = new List<object?>();
                foreach (object? item in list)
                    items.Add(Evaluate(item, data, result));
                return items;
            default:
                return value;
        }
    }

    private object? Whole()
    {
        object? value = Value();
        return _next == _tokens.Count ? value : throw Unexpected();
    }

    private object? Value()
    {
        object? value = Primary();
        while (Takes("."))
        {
            string name = Name();
            value = name == "get" && Takes("(") ? Member(value, Key(), mustBe: false) : Member(value, name, mustBe: true);
        }
        return value;
    }

    private object? Primary()
    {
        string token = Next();
        switch (token)
        {
            case "$": return _data;
            case "null": return null;
            case "true": return true;
            case "false": return false;
            case "task":
                Expect("(");
                if (!Takes(")"))
                    Key();
                return new JsonMap { { "result", _result } };
        }
        if (token[0] is '\'' or '"')
            return token.Substring(1, token.Length - 2);
        if (char.IsDigit(token[0]))
            return token.IndexOf('.') < 0 ? long.Parse(token, CultureInfo.InvariantCulture) : double.Parse(token, CultureInfo.InvariantCulture);
        _next--;
        throw Unexpected();
    }

    // A bare word is a text, as in get(id).
    private string Key()
    {
        string token = Next();
        Expect(")");
        return token[0] is '\'' or '"' ? token.Substring(1, token.Length - 2) : token;
    }

    private object? Member(object? value, string name, bool mustBe)
    {
        if (_data is null) // Only looked at, not worked out.
            return null;
        if (value is JsonMap map && (map.Has(name) || !mustBe))
            return map[name];
        if (value is null && !mustBe)
            return null;
        throw new YaqlException($"Can not evaluate YAQL expression [expression={string.Concat(_tokens)}, error={Python.Repr(name)}, data={{}}]");
    }

    private string Name()
    {
        string token = Next();
        return char.IsLetter(token[0]) || token[0] == '_' ? token : throw Unexpected(back: true);
    }

    private string Next() => _next < _tokens.Count ? _tokens[_next++] : throw Unexpected();

    private bool Takes(string token)
    {
        if (_next >= _tokens.Count || _tokens[_next] != token)
            return false;
        _next++;
        return true;
    }

    private void Expect(string token)
    {
        if (!Takes(token))
            throw Unexpected();
    }

    private YaqlException Unexpected(bool back = false)
    {
        if (back)
            _next--;
        return new YaqlException(_next < _tokens.Count
            ? $"Parse error: unexpected '{_tokens[_next]}' at position {_next} of expression '{string.Concat(_tokens)}'"
            : "Parse error: unexpected end of statement");
    }
}

/// <summary>An expression that cannot be read or has no value.</summary>
internal sealed class YaqlException(string message) : Exception(message);
