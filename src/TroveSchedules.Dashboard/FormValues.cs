using System;
using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.Dashboard;

/// <summary>The fields of a form or of the query of an address. Empty values count as missing.</summary>
internal sealed class FormValues
{
    private readonly ILookup<string, string> _values;

    /// <summary>Reads <c>application/x-www-form-urlencoded</c> text.</summary>
    public FormValues(string text)
    {
        _values = text.TrimStart('?').Split(['&'], StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split(['='], 2))
            .ToLookup(pair => Decode(pair[0]), pair => pair.Length == 1 ? "" : Decode(pair[1]), StringComparer.Ordinal);
    }

    /// <summary>The value of a field, without blanks around it; null if it is missing or empty.</summary>
    public string? this[string name] => _values[name].Select(value => value.Trim()).FirstOrDefault(value => value.Length > 0);

    /// <summary>The values of a field that can come several times.</summary>
    public IReadOnlyList<string> All(string name) => [.. _values[name].Where(value => value.Length > 0)];

    /// <summary>An address with some of the fields. It ends with "?" or "&amp;", so that another field can follow.</summary>
    public string Address(string path, params string[] fields) => path + "?" + string.Concat(fields.Where(name => this[name] is not null).Select(name => $"{name}={Uri.EscapeDataString(this[name]!)}&"));

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
