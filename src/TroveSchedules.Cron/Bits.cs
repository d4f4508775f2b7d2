#if NET
using System.Numerics;
#endif

namespace TroveSchedules.Cron;

/// <summary>The two questions asked of a bit mask. .NET Standard 2.0 has no instructions for them.</summary>
internal static class Bits
{
    /// <summary>The lowest bit that is set. The mask must not be empty.</summary>
    public static int Lowest(ulong mask) =>
#if NET
        BitOperations.TrailingZeroCount(mask);
#else
        Count((mask & (~mask + 1)) - 1);
#endif

    /// <summary>How many bits are set.</summary>
    public static int Count(ulong mask)
    {
#if NET
        return BitOperations.PopCount(mask);
#else
        mask -= (mask >> 1) & 0x5555_5555_5555_5555;
        mask = (mask & 0x3333_3333_3333_3333) + ((mask >> 2) & 0x3333_3333_3333_3333);
        mask = (mask + (mask >> 4)) & 0x0F0F_0F0F_0F0F_0F0F;
        return (int)((mask * 0x0101_0101_0101_0101) >> 56);
#endif
    }

    /// <summary>The bits from <paramref name="low"/> to <paramref name="high"/>, every <paramref name="step"/>-th of them.</summary>
    public static ulong Span(int low, int high, int step = 1)
    {
        ulong mask = 0;
        for (long bit = low; bit <= high; bit += step)
            mask |= 1UL << (int)bit;
        return mask;
    }

    public static bool Has(ulong mask, int bit) => (mask >> bit & 1) != 0;
}
