using System;
using System.Linq;
using System.Management.Automation;

namespace TroveSchedules.Binding;

/// <summary>What a thing was when a cmdlet wrote it. It stays that when it is selected from, or comes back from a file, a job or another machine.</summary>
internal static class Kind
{
    private static readonly string[] Marks = ["Deserialized.", "Selected.", "CSV:"];

    /// <summary>The full name of the type that a thing without one of its own once had; null for a row that never had one, such as a line of a CSV file.</summary>
    public static string? Of(PSObject thing)
    {
        string first = thing.TypeNames.FirstOrDefault() ?? "", name = first;
        while (Array.Find(Marks, mark => name.StartsWith(mark, StringComparison.OrdinalIgnoreCase)) is { } mark)
            name = name.Substring(mark.Length);
        if (name == typeof(PSCustomObject).FullName)
            return null;
        // A name without any mark is one that a user gave to rows of their own.
        return name != first || IsOurs(name) || IsLine(thing) ? name : null;
    }

    /// <summary>Whether a thing is a line of a CSV file, though perhaps one that tells its kind.</summary>
    public static bool IsLine(PSObject thing) => thing.TypeNames.Any(name => name.StartsWith("CSV:", StringComparison.OrdinalIgnoreCase));

    /// <summary>A kind's name as users know it.</summary>
    public static string Short(string name) => name.Substring(name.LastIndexOf('.') + 1);

    private static bool IsOurs(string name) => name.StartsWith(nameof(TroveSchedules) + ".", StringComparison.Ordinal);
}
