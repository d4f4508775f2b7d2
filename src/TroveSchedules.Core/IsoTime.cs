using System;
using System.Globalization;

namespace TroveSchedules;

/// <summary>The text of a time, the same in every culture.</summary>
public static class IsoTime
{
    /// <summary>Writes a time in ISO 8601, in UTC: <c>2030-01-07T03:00:00Z</c>, with a fraction of the second where there is one.</summary>
    /// <param name="time">The time, with any offset.</param>
    /// <returns>The text.</returns>
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
