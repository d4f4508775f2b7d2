namespace TroveSchedules.Commands;

/// <summary>What users of the module can do about an error of the settings of a connection.</summary>
internal static class SettingAdvice
{
    /// <summary>The recommended action; null where the library's own will do.</summary>
    /// <param name="error">The error.</param>
    public static string? For(TroveScheduleException error) => error switch
    {
        // The error of a session that has ended has this id, too, and no settings.
        { ErrorId: "NotConnected", Settings.Count: > 0 } => $"{error.RecommendedAction} Use Connect-TroveSession -Cloud NAME, or its other parameters.",
        _ => null,
    };
}
