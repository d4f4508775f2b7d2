using System;
using System.Linq;

namespace TroveSchedules.Completion;

/// <summary>Names where wildcards are taken.</summary>
internal static class LiteralName
{
    /// <summary>The pattern that fits the name and nothing else. PowerShell's own escaping forgets the backtick.</summary>
    public static string Escape(string name) => string.Concat(name.Select(c => c is '*' or '?' or '[' or ']' or '`' ? $"`{c}" : $"{c}"));

    /// <summary>Whether a name is what the user may have begun to type, as a name or as what <see cref="Escape"/> made of it.</summary>
    public static bool Begins(string? name, string typed) =>
        name is not null && (name.StartsWith(typed, StringComparison.OrdinalIgnoreCase) || Escape(name).StartsWith(typed, StringComparison.OrdinalIgnoreCase));
}
