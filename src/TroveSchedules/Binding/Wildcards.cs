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
    /// <summary>Tells whether a thing's name fits one of the patterns, in any case.</summary>
    public static Func<T, bool> Match<T>(string[] names, Func<T, string?> nameOf)
    {
        WildcardPattern[] patterns = [.. names.Select(name => WildcardPattern.Get(name, WildcardOptions.IgnoreCase))];
        return thing => patterns.Any(pattern => pattern.IsMatch(nameOf(thing) ?? ""));
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
