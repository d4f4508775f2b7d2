using System.Globalization;
using System.Linq;
using System.Text;

namespace TroveSchedules;

/// <summary>Text of others' as a screen may show it. What a terminal would obey becomes blanks; properties keep it, for it is data.</summary>
public static class TerminalText
{
    /// <summary>
    /// Whether a character is none to be seen, but one that acts: a control character (an escape sequence begins with one), a separator of lines, or one
    /// that turns round the order in which its neighbours are shown.
    /// </summary>
    /// <param name="c">Any character, a line feed too.</param>
    /// <returns>Whether it is to be kept from a screen.</returns>
    public static bool IsUnsafe(char c) => char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    /// <summary>Makes text harmless that may have several lines.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>The text, with a blank in the place of each character that is unsafe and no line feed.</returns>
    public static string Sanitize(string text) => Sanitize(text, keepLines: true);

    /// <summary>Makes text harmless where a second line would look like somebody else's.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>The text, with a blank in the place of each character that is unsafe.</returns>
    public static string SanitizeLine(string text) => Sanitize(text, keepLines: false);

    /// <summary>Names the characters that cannot be seen, such as a zero-width space.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>Their code points, such as <c>U+200B, U+2060</c>; null where there are none. An ordinary blank is not among them.</returns>
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
