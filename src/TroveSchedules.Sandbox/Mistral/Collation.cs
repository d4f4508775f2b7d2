using System;
using System.Globalization;
using System.Linq;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary>Comparisons with the rules of MariaDB. Text comparisons ignore case and trailing blanks. Text that is not a valid time counts as the earliest time.</summary>
internal static class Collation
{
    private static readonly string[] TimeFormats = ["yyyy-M-d", "yyyy-M-d H:m", "yyyy-M-d H:m:s", "yyyy-M-d H:m:s.FFFFFF"];

    public static int Compare(string a, string b) =>
        string.Compare(a.TrimEnd(' '), b.TrimEnd(' '), StringComparison.OrdinalIgnoreCase);

    /// <summary><c>LIKE %part%</c>: whether a text contains another one, in which % and _ are wildcards.</summary>
    public static bool Contains(string text, string part)
    {
        if (part.IndexOfAny(['%', '_', '\\']) < 0)
            return text.IndexOf(part, StringComparison.OrdinalIgnoreCase) >= 0;
        return Like(text, 0, "%" + part + "%", 0);
    }

    /// <summary>Parses the time of a filter.</summary>
    public static DateTime ParseTime(string text)
    {
        string plain = text.Trim().Replace('T', ' ').TrimEnd('Z');
        return DateTime.TryParseExact(plain, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime time)
            ? time
            : DateTime.MinValue;
    }

    /// <summary>Whether a text has a character that the three-byte utf8 of MariaDB cannot store.</summary>
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
