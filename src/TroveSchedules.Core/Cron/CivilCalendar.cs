namespace TroveSchedules.Cron;

/// <summary>Dates as day numbers, 0 being 1 January of the year 1 as in <see cref="System.DateTime"/>.</summary>
/// <remarks>
/// DateTime would do all this, at several times the cost of the search itself. The conversion from a day number is that of
/// C. Neri and L. Schneider, "Euclidean affine functions and their application to calendar algorithms" (2022).
/// </remarks>
internal static class CivilCalendar
{
    public const int LastYear = 9999;

    // 1 March of the year 0: with the year begun in March, the leap day is the last day and upsets no month.
    private const int DaysBeforeYearOne = 306;

    public static int DaysIn(int year, int month) =>
        month == 2 ? (IsLeap(year) ? 29 : 28) : 30 + ((month ^ (month >> 3)) & 1);

    public static int DayNumber(int year, int month, int day)
    {
        if (month < 3)
        {
            year--;
            month += 12;
        }

        return (365 * year) + (year / 4) - (year / 100) + (year / 400) + (((153 * month) - 457) / 5) + day - 1 - DaysBeforeYearOne;
    }

    public static (int Year, int Month, int Day) Date(int dayNumber)
    {
        uint quarters = (4 * (uint)(dayNumber + DaysBeforeYearOne)) + 3;
        uint century = quarters / 146_097;
        uint quartersInCentury = (quarters % 146_097) | 3;
        ulong scaled = 2_939_745UL * quartersInCentury;
        uint yearInCentury = (uint)(scaled >> 32);
        uint dayInYear = (uint)scaled / 2_939_745 / 4;
        uint months = (2_141 * dayInYear) + 197_913;
        bool isJanuaryOrFebruary = dayInYear >= DaysBeforeYearOne;

        int year = (int)((100 * century) + yearInCentury);
        int month = (int)(months >> 16);
        int day = (int)((months & 0xFFFF) / 2_141) + 1;
        return isJanuaryOrFebruary ? (year + 1, month - 12, day) : (year, month, day);
    }

    /// <summary>The day of the week, 0 being Sunday as in cron.</summary>
    public static int Weekday(int dayNumber) => (int)((uint)(dayNumber + 1) % 7);

    private static bool IsLeap(int year) => (year & (year % 25 == 0 ? 15 : 3)) == 0;
}
