using System.Linq;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>Decides which names and values a message may repeat: a private key or a secret may stand in the wrong place.</summary>
internal static class ShownText
{
    private const int Longest = 64;

    public static bool IsShown(string text) => text.Length <= Longest && !PemSource.IsPem(text) && !text.Any(char.IsControl);

    /// <summary>The text in quotes, with the code points of its invisible characters.</summary>
    public static string Quoted(string text) => !IsShown(text) ? "(not shown)" : TerminalText.InvisibleCodePoints(text) is { } codes ? $"'{text}' (with {codes})" : $"'{text}'";
}
