namespace TroveSchedules.Cron;

/// <summary>An invalid cron pattern, found before a request is sent: <see cref="TroveErrorKind.Invalid"/>, <c>InvalidCronPattern</c>.</summary>
/// <remarks><see cref="TroveScheduleException.Target"/> is the pattern as given; <see cref="TroveScheduleException.RecommendedAction"/> says what to write instead.</remarks>
public sealed class CronPatternException : TroveScheduleException
{
    private const int LongestShown = 100;

    /// <summary>Makes the error of one pattern.</summary>
    /// <param name="pattern">The pattern as given; null if there was none.</param>
    /// <param name="reason">The invalid text and the rule that it breaks, as the end of a sentence.</param>
    /// <param name="action">What to write instead, as a sentence.</param>
    /// <param name="field">The invalid field; null for the whole pattern.</param>
    /// <param name="position">The position of the invalid text, in characters from 1; null for the whole pattern.</param>
    public CronPatternException(string? pattern, string reason, string action, string? field = null, int? position = null)
        : base(TroveErrorKind.Invalid, MessageOf(pattern, reason, field, position))
    {
        ErrorId = "InvalidCronPattern";
        Target = pattern;
        RecommendedAction = action;
        Field = field;
        Position = position;
        Reason = reason;
    }

    /// <summary>The invalid field: <c>minute</c>, <c>hour</c>, <c>day-of-month</c>, <c>month</c>, <c>day-of-week</c> or <c>second</c>; null if no single field is invalid.</summary>
    public string? Field { get; }

    /// <summary>The position of the invalid text in the pattern as given, in characters from 1; null if no single field is invalid.</summary>
    public int? Position { get; }

    /// <summary>The invalid text and the rule that it breaks, without the pattern and the position.</summary>
    public string Reason { get; }

    /// <summary>Whether the pattern is well-formed, and is refused because none of its months has its days.</summary>
    public bool NeverOccurs { get; init; }

    private static string MessageOf(string? pattern, string reason, string? field, int? position)
    {
        string subject = string.IsNullOrWhiteSpace(pattern) ? "The cron pattern" : $"The cron pattern '{Shortened(pattern!)}'";
        string place = field is null ? "" : $"{field}, character {position}: ";
        return $"{subject} is refused: {place}{reason}.";
    }

    private static string Shortened(string pattern) =>
        pattern.Length <= LongestShown ? pattern : pattern.Substring(0, LongestShown) + "…";
}
