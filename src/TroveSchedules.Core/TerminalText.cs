using System.Globalization;
using System.Linq;
using System.Text;

namespace TroveSchedules;

/// <summary>Makes text from services and users safe to show: control characters, which a terminal would execute, become blanks. Properties of emitted objects keep the original text.</summary>
public static class TerminalText
{
    /// <summary>
    /// Whether a character must not reach a screen: a control character (an escape sequence begins with one), a line separator, or a character that changes
    /// the direction of text.
    /// </summary>
    /// <param name="c">Any character, a line feed too.</param>
    /// <returns>True for a character to replace.</returns>
    public static bool IsUnsafe(char c) => char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    /// <summary>Makes text safe to show, and keeps its lines.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>The text, with a blank in place of each unsafe character except line feeds.</returns>
    public static string Sanitize(string text) => Sanitize(text, keepLines: true);

    /// <summary>Makes text safe to show on one line, so that it cannot imitate another message.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>The text, with a blank in place of each unsafe character, line feeds included.</returns>
    public static string SanitizeLine(string text) => Sanitize(text, keepLines: false);

    /// <summary>Lists the invisible characters of a text, such as a zero-width space.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>Their code points, such as <c>U+200B, U+2060</c>; null if there are none. An ordinary blank does not count.</returns>
    public static string? InvisibleCodePoints(string text)
    {
        string[] codes = [.. text.Where(IsInvisible).Select(c => $"U+{(int)c:X4}").Distinct()];
        return codes.Length == 0 ? null : string.Join(", ", codes);
    }

    private static bool IsInvisible(char c) => c != ' ' && char.GetUnicodeCategory(c) is
        UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string Sanitize(string text, bool keepLines)
    {
        StringBuilder? clean = null;
        for (int i = 0; i < text.Length; i++)
        {
            if (IsUnsafe(text[i]) && !(keepLines && text[i] == '\n'))
                (clean ??= new StringBuilder(text))[i] = ' ';
        }
        return clean?.ToString() ?? text;
    }
}
