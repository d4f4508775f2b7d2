using System;
using System.Linq;
using System.Management.Automation;

namespace TroveSchedules.Binding;

/// <summary>Names as PowerShell users write them.</summary>
internal static class Wildcards
{
    private static readonly char[] Special = ['*', '?', '[', ']', '`'];

    /// <summary>Tells whether a thing's name fits one of the patterns, in any case.</summary>
    public static Func<T, bool> Match<T>(string[] names, Func<T, string?> nameOf)
    {
        Func<string, bool>[] fits = [.. names.Select(Fits)];
        return thing => fits.Any(fit => fit(nameOf(thing) ?? ""));
    }

    // Where there is no wildcard, or one star at the end, PowerShell compares as people read, and passes over characters that cannot be seen: one such
    // and a star would fit every name. Two stars mean the same, and are compared character by character.
    private static Func<string, bool> Fits(string name)
    {
        int first = name.IndexOfAny(Special);
        if (first < 0)
            return text => string.Equals(text, name, StringComparison.OrdinalIgnoreCase);
        bool isPrefix = first == name.Length - 1 && name[first] == '*';
        return WildcardPattern.Get(isPrefix ? name + "*" : name, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant).IsMatch;
    }

    /// <summary>Tells whether a name matches a text that has wildcards; null where the text has none.</summary>
    public static Func<string, bool>? Matcher(string text) => text.IndexOfAny(['*', '?', '[', '`']) < 0 ? null : Fits(text);
}
