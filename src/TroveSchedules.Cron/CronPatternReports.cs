using System;
using System.Linq;

namespace TroveSchedules.Cron;

/// <summary>Makes reports of cron patterns. The report is a type of its own assembly, which PowerShell knows and which holds no third-party code.</summary>
public static class CronPatternReports
{
    extension(CronPatternReport)
    {
        /// <summary>Checks a pattern.</summary>
        /// <param name="pattern">Any text.</param>
        /// <param name="allowSeconds">Whether a sixth field, which Mistral reads as seconds, is allowed.</param>
        /// <param name="now">The time after which the next times begin.</param>
        /// <returns>The report. An invalid pattern does not throw.</returns>
        public static CronPatternReport Of(string? pattern, bool allowSeconds, DateTimeOffset now) =>
            CronPattern.TryParse(pattern, allowSeconds, out CronPattern? parsed, out CronPatternException? error)
                ? new CronPatternReport
                {
                    Pattern = pattern,
                    IsValid = true,
                    Explanation = parsed.Explain(),
                    Warnings = parsed.Warnings,
                    NextExecutionTimes = [.. parsed.Occurrences(now).Take(3)],
                }
                : new CronPatternReport
                {
                    Pattern = pattern,
                    Reason = error.Message,
                    Field = error.Field,
                    Position = error.Position,
                };
    }
}
