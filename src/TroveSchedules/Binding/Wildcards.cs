using System;
using System.Linq;
using System.Management.Automation;

namespace TroveSchedules.Binding;

/// <summary>Wildcards in the names that users type.</summary>
internal static class Wildcards
{
    // A closing bracket means something only behind an opening one.
    private static readonly char[] Special = ['*', '?', '[', '`'];

    /// <summary>Makes a test of whether an object's name matches one of the patterns. Case is ignored.</summary>
    public static Func<T, bool> Match<T>(string[] names, Func<T, string?> nameOf)
    {
        Func<string, bool>[] matchers = [.. names.Select(Fits)];
        return thing => matchers.Any(fit => fit(nameOf(thing) ?? ""));
    }

    // For a text without wildcards, or with one star at the end, PowerShell uses a linguistic comparison, which ignores invisible characters: an invisible
    // character and a star would match every name. Two stars mean the same as one, and select the comparison by character.
    private static Func<string, bool> Fits(string name)
    {
        int first = name.IndexOfAny(Special);
        if (first < 0)
            return text => string.Equals(text, name, StringComparison.OrdinalIgnoreCase);
        bool isPrefix = first == name.Length - 1 && name[first] == '*';
        WildcardPattern pattern = WildcardPattern.Get(isPrefix ? name + "*" : name, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
        try
        {
            pattern.IsMatch(""); // PowerShell reads the pattern at its first use.
        }
        catch (WildcardPatternException e)
        {
            throw new TroveScheduleException(TroveErrorKind.Invalid, $"'{TerminalText.SanitizeLine(name)}' is not a valid wildcard pattern.", e)
            {
                ErrorId = "InvalidWildcard",
                Target = name,
                RecommendedAction = "Close the bracket, or put a backtick before it if it is part of the name.",
            };
        }
        return pattern.IsMatch;
    }

    /// <summary>Makes a test of whether a name matches a text with wildcards; null if the text has none.</summary>
    public static Func<string, bool>? Matcher(string text) => text.IndexOfAny(Special) < 0 ? null : Fits(text);

    /// <summary>The pattern that matches this name only. PowerShell's own method does not escape the backtick.</summary>
    public static string Escape(string name) => string.Concat(name.Select(c => c == ']' || Special.Contains(c) ? $"`{c}" : $"{c}"));

    /// <summary>Whether a name begins with the typed text, as it is or in the form that <see cref="Escape"/> gives it.</summary>
    public static bool Begins(string? name, string typed) =>
        name is not null && (name.StartsWith(typed, StringComparison.OrdinalIgnoreCase) || Escape(name).StartsWith(typed, StringComparison.OrdinalIgnoreCase));
}
