using System.Globalization;
using System.Linq;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>What messages may repeat of names and values. A private key or a secret is sometimes written in the wrong place.</summary>
internal static class ShownText
{
    private const int Longest = 64;

    public static bool IsShown(string text) => text.Length <= Longest && !PemSource.IsPem(text) && !text.Any(char.IsControl);

    /// <summary>The text in quotes, with the code points of its invisible characters.</summary>
    public static string Quoted(string text) => !IsShown(text) ? "(not shown)" : Invisible(text) is { } codes ? $"'{text}' (with {codes})" : $"'{text}'";

    /// <summary>The code points of invisible characters; null when there are none.</summary>
    public static string? Invisible(string text)
    {
        string[] codes = [.. text.Where(IsInvisible).Select(c => $"U+{(int)c:X4}").Distinct()];
        return codes.Length == 0 ? null : string.Join(", ", codes);
    }

    private static bool IsInvisible(char c) => c != ' ' && char.GetUnicodeCategory(c) is
        UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
