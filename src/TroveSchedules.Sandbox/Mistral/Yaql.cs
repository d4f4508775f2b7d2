using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary>
/// The subset of YAQL that workbooks for Trove use: <c>$</c> or <c>task().result</c>, followed by any number of <c>.name</c> and <c>.get(name)</c>; quoted text, a whole number,
/// <c>true</c>, <c>false</c> or <c>null</c>. Everything else is refused.
/// </summary>
internal static class Yaql
{
    private static readonly Regex Delimited = new("<%(.*?)%>", RegexOptions.Singleline | RegexOptions.CultureInvariant);

    private static readonly Regex Supported = new(
        @"^\s*(?:(?<root>\$|task\(\)\.result)(?:\.(?<member>get\(\s*['""]?\w+['""]?\s*\)|[A-Za-z_]\w*))*|(?<literal>'[^']*'|""[^""]*""|0|[1-9]\d*|true|false|null))\s*$",
        RegexOptions.CultureInvariant);

    /// <summary>Checks every expression in a text, a list or a map.</summary>
    /// <exception cref="YaqlException">The sandbox cannot evaluate one of them.</exception>
    public static void Check(object? value) => Replace(value, expression => Parse(expression).Value);

    /// <summary>Replaces every expression in a text, a list or a map by its value.</summary>
    /// <param name="value">The text, list or map.</param>
    /// <param name="data">The value of <c>$</c>.</param>
    /// <param name="result">The value of <c>task().result</c>.</param>
    /// <exception cref="YaqlException">An expression has no value.</exception>
    public static object? Evaluate(object? value, JsonMap data, object? result) => Replace(value, expression => Evaluate(Parse(expression), data, result));

    private static object? Replace(object? value, Func<string, object?> evaluate)
    {
        switch (value)
        {
            case string text:
                Match first = Delimited.Match(text);
                return first.Success && first.Length == text.Trim().Length
                    ? evaluate(first.Groups[1].Value) // Keeps the type of the value.
                    : Delimited.Replace(text, match => Python.Str(evaluate(match.Groups[1].Value)));
            case JsonMap map:
                var replaced = new JsonMap();
                foreach (KeyValuePair<string, object?> member in map)
                    replaced.Add(member.Key, Replace(member.Value, evaluate));
                return replaced;
            case IEnumerable<object?> list:
                return list.Select(item => Replace(item, evaluate)).ToList();
            default:
                return value;
        }
    }

    private static Match Parse(string expression)
    {
        Match match = Supported.Match(expression);
        if (match.Success)
            return match;
        throw new YaqlException(expression.TrimEnd().EndsWith(".", StringComparison.Ordinal)
            ? "Parse error: unexpected end of statement"
            : $"The sandbox cannot evaluate <%{expression}%>. It supports $, task().result, .name, .get(name), quoted texts, whole numbers, true, false and null.");
    }

    private static object? Evaluate(Match expression, JsonMap data, object? result)
    {
        if (expression.Groups["literal"] is { Success: true, Value: var literal })
            return literal[0] is '\'' or '"' ? literal.Substring(1, literal.Length - 2) : Python.Parse(literal);
        object? value = expression.Groups["root"].Value == "$" ? data : result;
        foreach (Capture member in expression.Groups["member"].Captures)
        {
            bool isGet = member.Value.EndsWith(")", StringComparison.Ordinal);
            string name = isGet ? member.Value.Substring("get(".Length).Trim(' ', ')', '\'', '"') : member.Value;
            bool hasValue = value is JsonMap map ? isGet || map.ContainsKey(name) : isGet && value is null;
            if (!hasValue)
                throw new YaqlException($"Can not evaluate YAQL expression [expression={expression.Value.Trim()}, error={Python.Repr(name)}, data={{}}]");
            value = (value as JsonMap)?[name];
        }
        return value;
    }
}

/// <summary>An expression that the sandbox cannot evaluate.</summary>
internal sealed class YaqlException(string message) : Exception(message);
