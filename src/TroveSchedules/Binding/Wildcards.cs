using System;
using System.Linq;
using System.Management.Automation;

namespace TroveSchedules.Binding;

/// <summary>Names as PowerShell users write them.</summary>
internal static class Wildcards
{
    /// <summary>Tells whether a thing's name fits one of the patterns, in any case.</summary>
    public static Func<T, bool> Match<T>(string[] names, Func<T, string?> nameOf)
    {
        WildcardPattern[] patterns = [.. names.Select(name => WildcardPattern.Get(name, WildcardOptions.IgnoreCase))];
        return thing => patterns.Any(pattern => pattern.IsMatch(nameOf(thing) ?? ""));
    }
}
