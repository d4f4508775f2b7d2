namespace TroveSchedules.Cron;

/// <summary>A cron pattern that is refused before anything is sent: <see cref="TroveErrorKind.Invalid"/>, <c>InvalidCronPattern</c>.</summary>
/// <remarks><see cref="TroveScheduleException.Target"/> is the pattern as given; <see cref="TroveScheduleException.RecommendedAction"/> is the way out.</remarks>
public sealed class CronPatternException : TroveScheduleException
{
    private const int LongestShown = 100;

    /// <summary>Makes the error of one pattern.</summary>
    /// <param name="pattern">The pattern as given; null where none was.</param>
    /// <param name="reason">The offending text and the rule that it breaks, as the end of a sentence.</param>
    /// <param name="action">The way out, as a sentence.</param>
    /// <param name="field">The field at fault; null when it is the whole pattern.</param>
    /// <param name="position">Where the offending text begins, counted in characters from 1; null when it is the whole pattern.</param>
    public CronPatternException(string? pattern, string reason, string action, string? field = null, int? position = null)
        : base(TroveErrorKind.Invalid, Sentence(pattern, reason, field, position))
    {
        ErrorId = "InvalidCronPattern";
        Target = pattern;
        RecommendedAction = action;
        Field = field;
        Position = position;
        Reason = reason;
    }

    /// <summary>The field at fault: <c>minute</c>, <c>hour</c>, <c>day-of-month</c>, <c>month</c>, <c>day-of-week</c> or <c>second</c>; null when the pattern as a whole is at fault.</summary>
    public string? Field { get; }

    /// <summary>Where the offending text begins, counted in characters from 1 in the pattern as given; null when the pattern as a whole is at fault.</summary>
    public int? Position { get; }

    /// <summary>The offending text and the rule that it breaks, without the pattern and the place.</summary>
    public string Reason { get; }

    /// <summary>Whether the pattern is well-formed, and is refused because none of its months has its days.</summary>
    public bool NeverOccurs { get; init; }

    private static string Sentence(string? pattern, string reason, string? field, int? position)
    {
        string subject = string.IsNullOrWhiteSpace(pattern) ? "The cron pattern" : $"The cron pattern '{Shortened(pattern!)}'";
        string place = field is null ? "" : $"{field}, character {position}: ";
        return $"{subject} is refused: {place}{reason}.";
    }

    private static string Shortened(string pattern) =>
        pattern.Length <= LongestShown ? pattern : pattern.Substring(0, LongestShown) + "…";
}
