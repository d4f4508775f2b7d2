using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.Cron;

/// <summary>Sets of numbers from 0 to 63, with one bit for each number.</summary>
internal static class Bits
{
    /// <summary>The numbers in ascending order.</summary>
    public static IEnumerable<int> Values(ulong mask) => Enumerable.Range(0, 64).Where(bit => Has(mask, bit));

    /// <summary>The lowest number. The set must not be empty.</summary>
    public static int Lowest(ulong mask) => Values(mask).First();

    /// <summary>How many numbers there are.</summary>
    public static int Count(ulong mask) => Values(mask).Count();

    /// <summary>The numbers from <paramref name="low"/> to <paramref name="high"/>, every <paramref name="step"/>-th of them.</summary>
    public static ulong Span(int low, int high, int step = 1)
    {
        ulong mask = 0;
        for (long bit = low; bit <= high; bit += step)
            mask |= 1UL << (int)bit;
        return mask;
    }

    /// <summary>The arguments of <see cref="Span"/> that make the set; null if there are none. The set must not be empty.</summary>
    public static (int Low, int High, int Step)? AsSpan(ulong mask)
    {
        List<int> values = Values(mask).ToList();
        int low = values[0], high = values.Last(), step = values.Count == 1 ? 1 : values[1] - low;
        return mask == Span(low, high, step) ? (low, high, step) : null;
    }

    public static bool Has(ulong mask, int bit) => (mask >> bit & 1) != 0;
}
