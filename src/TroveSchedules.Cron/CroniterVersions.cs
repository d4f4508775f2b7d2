namespace TroveSchedules.Cron;

/// <summary>
/// The versions of croniter that were measured, as warnings name them: the releases from 1.3.0 to 6.2.4, each run with its own code, and the source of 6.3 before its release.
/// </summary>
/// <remarks>
/// 4.0.0 is left out of the ranges. It alone refuses <c>7</c> in day-of-week, and has its own reading of the end of a range there (<c>0-sun/7</c>). No release of OpenStack uses it.
/// </remarks>
internal static class CroniterVersions
{
    /// <summary>These refuse a range that goes beyond the end of the field, and count the days of the week to 7.</summary>
    public const string Croniter3 = "1.3.0 to 3.0.4";

    public const string Croniter6 = "5.0.1 to 6.2.4";

    public const string CroniterDev = "6.3.0.dev0";
}
