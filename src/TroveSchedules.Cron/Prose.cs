using System;
using System.Collections.Generic;
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
    public static List<string> Parts(ulong mask, Func<int, string> word) =>
    [
        .. Bits.Values(mask)
            .Select((value, index) => (Value: value, Run: value - index)) // The difference is the same for all values in a row.
            .GroupBy(item => item.Run, item => word(item.Value))
            .SelectMany(run => run.Count() > 2 ? new[] { $"{run.First()} to {run.Last()}" } : run.AsEnumerable()),
    ];

    /// <summary><c>1st</c>, <c>2nd</c>, <c>13th</c>.</summary>
    public static string Ordinal(int number) => number + (number is > 10 and < 20 ? 0 : number % 10) switch
    {
        1 => "st",
        2 => "nd",
        3 => "rd",
        _ => "th",
    };
}
