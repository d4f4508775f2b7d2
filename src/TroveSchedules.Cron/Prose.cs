using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace TroveSchedules.Cron;

/// <summary>Sets of numbers in English.</summary>
internal static class Prose
{
    /// <summary><c>a</c>, <c>a and b</c>, <c>a, b and c</c>.</summary>
    public static string Join(IReadOnlyList<string> parts) =>
        parts.Count == 1 ? parts[0] : $"{string.Join(", ", parts.Take(parts.Count - 1))} and {parts[parts.Count - 1]}";

    /// <summary><c>Monday to Friday</c>, <c>1, 15 to 20 and 31</c>: three or more values in a row become a range.</summary>
    public static string List(ulong mask, Func<int, string> word) => Join(Parts(mask, word));

    /// <inheritdoc cref="List"/>
    public static List<string> Parts(ulong mask, Func<int, string> word)
    {
        var parts = new List<string>();
        while (mask != 0)
        {
            (int low, int high) = FirstRun(mask);
            ulong run = Bits.Span(low, high);
            parts.AddRange(high - low > 1 ? [$"{word(low)} to {word(high)}"] : Bits.Values(run).Select(word));
            mask &= ~run;
        }
        return parts;
    }

    /// <summary>The first run of neighbouring values in a mask that is not empty.</summary>
    public static (int Low, int High) FirstRun(ulong mask)
    {
        int low = Bits.Lowest(mask);
        return (low, low + Bits.Lowest(~(mask >> low)) - 1);
    }

    /// <summary><c>1st</c>, <c>2nd</c>, <c>13th</c>.</summary>
    public static string Ordinal(int number)
    {
        string ending = (number % 10, number / 10 % 10) switch
        {
            (1, not 1) => "st",
            (2, not 1) => "nd",
            (3, not 1) => "rd",
            _ => "th",
        };
        return number.ToString(CultureInfo.InvariantCulture) + ending;
    }
}
