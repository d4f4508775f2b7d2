using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Trove;

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

    /// <summary>The instances whose names fit a pattern, perhaps none; null where it is no pattern, or is an instance's name to the letter.</summary>
    public static async Task<IReadOnlyList<Instance>?> MatchAsync(this Instances instances, string name, CancellationToken cancellationToken)
    {
        if (name.IndexOfAny(['*', '?', '[', '`']) < 0)
            return null;
        IReadOnlyList<Instance> all = await instances.AllAsync(cancellationToken).ConfigureAwait(false);
        return all.Any(instance => instance.Name == name) ? null : [.. all.Where(Match<Instance>([name], instance => instance.Name))];
    }
}
