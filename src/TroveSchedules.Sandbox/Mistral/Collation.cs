using System;
using System.Globalization;
using System.Linq;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary>How MariaDB compares: text without regard to case or blanks at the end, times as times, whatever is no time as the year zero.</summary>
internal static class Collation
{
    private static readonly string[] TimeFormats = ["yyyy-M-d", "yyyy-M-d H:m", "yyyy-M-d H:m:s", "yyyy-M-d H:m:s.FFFFFF"];

    public static int Compare(string a, string b) =>
        string.Compare(a.TrimEnd(' '), b.TrimEnd(' '), StringComparison.OrdinalIgnoreCase);

    /// <summary>LIKE with a percent sign before and after: a substring, in which % and _ keep their meaning.</summary>
    public static bool Has(string text, string part)
    {
        if (part.IndexOfAny(['%', '_', '\\']) < 0)
            return text.IndexOf(part, StringComparison.OrdinalIgnoreCase) >= 0;
        return Like(text, 0, "%" + part + "%", 0);
    }

    /// <summary>A moment as a filter says it.</summary>
    public static DateTime Time(string text)
    {
        string plain = text.Trim().Replace('T', ' ').TrimEnd('Z');
        return DateTime.TryParseExact(plain, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime time)
            ? time
            : DateTime.MinValue;
    }

    /// <summary>Whether a text has a character that a utf8 table of three bytes cannot hold.</summary>
    public static bool IsBeyondBasicPlane(string text) => text.Any(char.IsSurrogate);

    private static bool Like(string text, int t, string pattern, int p)
    {
        for (; p < pattern.Length; p++, t++)
        {
            char c = pattern[p];
            if (c == '%')
            {
                while (p < pattern.Length && pattern[p] == '%')
                    p++;
                if (p == pattern.Length)
                    return true;
                for (; t <= text.Length; t++)
                {
                    if (Like(text, t, pattern, p))
                        return true;
                }
                return false;
            }
            if (c == '\\' && p + 1 < pattern.Length)
                c = pattern[++p];
            else if (c == '_')
                c = t < text.Length ? text[t] : '\0';
            if (t >= text.Length || char.ToUpperInvariant(c) != char.ToUpperInvariant(text[t]))
                return false;
        }
        return t == text.Length;
    }
}
