using System;
using System.Collections;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using TroveSchedules.Commands;
using TroveSchedules.Serialisation;

namespace TroveSchedules.Formatting;

/// <summary>Methods for the script blocks of TroveSchedules.Format.ps1xml. Each accepts deserialised values, and returns null for null.</summary>
public static class Views
{
    /// <summary>Text that is safe to show, as from <see cref="TerminalText"/>.</summary>
    /// <param name="text">Text, or an object with a text.</param>
    /// <returns>The text; null for null.</returns>
    public static string? Text(object? text) => text?.ToString() is { } shown ? TerminalText.Sanitize(shown) : null;

    /// <summary>Several texts, each as <see cref="Text"/> returns it.</summary>
    /// <param name="texts">The texts; null for none.</param>
    /// <returns>The texts; null for null.</returns>
    public static string?[]? Texts(IEnumerable? texts) => texts is null ? null : [.. texts.Cast<object?>().Select(Text)];

    /// <summary>Several texts, each as <see cref="Text"/> returns it, on a line of its own.</summary>
    /// <param name="texts">The texts; null for none.</param>
    /// <returns>The lines; null for none.</returns>
    public static string? Lines(IEnumerable? texts) => Texts(texts) is { Length: > 0 } lines ? string.Join("\n", lines) : null;

    /// <summary>A time in UTC, such as <c>2026-11-22 20:04:00Z</c>, in every culture.</summary>
    /// <param name="time">A <see cref="DateTimeOffset"/>, or its deserialised form.</param>
    /// <returns>The time; null for null; the text of any other value.</returns>
    public static string? Utc(object? time) => TimeValue.Read(time) is { } moment ? Utc(moment) : Text(time);

    /// <summary>Several times, each as <see cref="Utc(object)"/> returns it, on a line of its own.</summary>
    /// <param name="times">The times; null for none.</param>
    /// <returns>The lines; null for none.</returns>
    public static string? UtcTimes(IEnumerable? times) => Lines(times?.Cast<object?>().Select(Utc));

    /// <summary>A time in UTC to the nearest minute, such as <c>2026-11-22 20:04Z</c>, in every culture. Mistral starts an execution up to two seconds before it is due.</summary>
    /// <param name="time">A <see cref="DateTimeOffset"/>, or its deserialised form.</param>
    /// <returns>The time; null for null; the text of any other value.</returns>
    public static string? UtcMinute(object? time) =>
        TimeValue.Read(time) is { } moment ? moment.UtcDateTime.AddSeconds(moment < DateTimeOffset.MaxValue.AddMinutes(-1) ? 30 : 0).ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture) : Text(time);

    /// <summary>A time in UTC, and its distance from the current time of the cloud: <c>2026-11-22 20:04:00Z (in 4 min)</c>. For a sandbox that has ended, only the time.</summary>
    /// <param name="time">A <see cref="DateTimeOffset"/>, or its deserialised form.</param>
    /// <param name="source">The session, or the <c>Origin</c> of the object that the time belongs to; null for the default session.</param>
    /// <returns>The time; null for null; the text of any other value.</returns>
    public static string? Time(object? time, object? source = null) =>
        TimeValue.Read(time) is { } moment ? Utc(moment) + (Now(source) is { } now ? $" ({Distance(moment, now)})" : "") : Text(time);

    /// <summary>A time as <see cref="Utc(object)"/> returns it; with another offset the time and the offset: <c>2026-11-22 21:04+01:00</c>. Seconds appear unless they are zero.</summary>
    /// <param name="time">A <see cref="DateTimeOffset"/>, or its deserialised form.</param>
    /// <returns>The time; null for null; the text of any other value.</returns>
    public static string? InZone(object? time) => TimeValue.Read(time) is { } moment ? InZone(moment) : Text(time);

    /// <summary>The time of an occurrence, as <see cref="InZone(object)"/> returns it, and its distance from the current time of the cloud. Without an origin, the distance is from this machine's clock.</summary>
    /// <param name="time">A <see cref="DateTimeOffset"/>, or its deserialised form.</param>
    /// <param name="origin">The occurrence's <c>Origin</c>; null for an occurrence of a pattern without a schedule.</param>
    /// <returns>The time; null for null; the text of any other value.</returns>
    public static string? OccurrenceTime(object? time, object? origin) => TimeValue.Read(time) is not { } moment ? Text(time)
        : InZone(moment) + ((origin is null or "" ? DateTimeOffset.UtcNow : Now(origin)) is { } now ? $" ({Distance(moment, now)})" : "");

    /// <summary>Several times, each as <see cref="OccurrenceTime"/> returns it, on a line of its own.</summary>
    /// <param name="times">The times; null for none.</param>
    /// <returns>The lines; null for none.</returns>
    public static string? Times(IEnumerable? times) =>
        times?.Cast<object?>().Select(time => OccurrenceTime(time, null)).ToList() is { Count: > 0 } lines ? string.Join("\n", lines) : null;

    /// <summary>The next time of a schedule, as <see cref="Time"/> returns it; the state of a schedule that does not run. Everything that needs attention has the warning colour.</summary>
    /// <param name="time">A <see cref="DateTimeOffset"/>, or its deserialised form.</param>
    /// <param name="state">The schedule's state, or its deserialised form: its text or its number.</param>
    /// <param name="origin">The schedule's <c>Origin</c>.</param>
    /// <param name="isResumeOverdue">Whether a suspended schedule was to be resumed before now.</param>
    /// <returns>The text; null for null.</returns>
    public static string? NextTime(object? time, object? state, object? origin = null, bool isResumeOverdue = false) =>
        (Enum.TryParse(Text(state), out ScheduleState known) ? known : ScheduleState.Active) switch
        {
            ScheduleState.Suspended when isResumeOverdue => Styled("suspended (resume overdue)", "Formatting", "Warning"),
            ScheduleState.Suspended => "suspended",
            ScheduleState.Interrupted => Styled("none (interrupted)", "Formatting", "Warning"),
            ScheduleState.Stuck => Styled(Time(time, origin), "Formatting", "Warning"),
            _ => Time(time, origin),
        };

    /// <summary>A state or status with a colour: green for success, the error colour for failure, the warning colour while it has not ended.</summary>
    /// <param name="state">The state, in the service's capitals. An unknown state has no colour.</param>
    /// <returns>
    /// The word, and around it what <c>$PSStyle</c> says, which PowerShell takes away again where its output goes into a file or a variable, or to a terminal
    /// without colours. The word alone where <c>$PSStyle.OutputRendering</c> is PlainText, and before PowerShell 7.2.
    /// </returns>
    public static string? State(object? state)
    {
        string? word = Text(state);
        return word switch
        {
            "SUCCESS" or "COMPLETED" or "ACTIVE" or nameof(HealthState.Healthy) => Styled(word, "Foreground", "Green"),
            "ERROR" or "FAILED" or "DELETE_FAILED" or nameof(HealthState.Critical) => Styled(word, "Formatting", "Error"),
            "RUNNING" or "NEW" or "BUILDING" or "SAVING" or "BUILD" or "BACKUP" or "REBOOT" or "RESIZE" or "UPGRADE" or nameof(HealthState.Warning) => Styled(word, "Formatting", "Warning"),
            _ => word,
        };
    }

    /// <summary>
    /// How far a time is from another, in the greatest of seconds, minutes, hours and days of which there is a whole one, rounded down: <c>in 58 s</c>,
    /// <c>in 4 min</c>, <c>in 3 h</c>, <c>2 d ago</c>; <c>now</c> for less than a second either way.
    /// </summary>
    /// <param name="time">The time to describe.</param>
    /// <param name="now">The time to compare it with.</param>
    /// <returns>The words, in every culture the same.</returns>
    public static string Distance(DateTimeOffset time, DateTimeOffset now)
    {
        TimeSpan length = (time - now).Duration();
        if (length < TimeSpan.FromSeconds(1))
            return "now";
        string words = length < TimeSpan.FromMinutes(1) ? $"{length.Seconds} s" : length < TimeSpan.FromHours(1) ? $"{length.Minutes} min" : length < TimeSpan.FromDays(1) ? $"{length.Hours} h" : $"{length.Days} d";
        return time > now ? $"in {words}" : $"{words} ago";
    }

    // A sandbox can be stepped, and a cloud's clock can be wrong, so relative times use the clock of the object's own cloud. Null for a sandbox that has ended.
    private static DateTimeOffset? Now(object? source)
    {
        try
        {
            TroveSession? session = (source is PSObject wrapped ? wrapped.BaseObject : source) as TroveSession;
            string? origin = session is null ? source?.ToString() : null;
            session ??= SharedSession.Current is { } current && (origin is null or "" || origin == current.Origin) ? current : null;
            return session?.CloudTime
                ?? (Uri.TryCreate(origin?.Split(' ')[0], UriKind.Absolute, out Uri? keystone) && Sandboxes.IsName(keystone.Host) ? Sandboxes.At(keystone)?.Clock.GetUtcNow() : DateTimeOffset.UtcNow);
        }
        catch (TroveScheduleException)
        {
            return DateTimeOffset.UtcNow; // The session has just been disconnected.
        }
    }

    private static string Utc(DateTimeOffset time) => time.ToString("u", CultureInfo.InvariantCulture);

    // The column of a table has 22 characters, so that the id of a schedule stays whole beside it in 60.
    private static string InZone(DateTimeOffset time) =>
        time.Offset == TimeSpan.Zero ? Utc(time) : time.ToString(time.Second == 0 ? "yyyy-MM-dd HH:mmzzz" : "yyyy-MM-dd HH:mm:sszzz", CultureInfo.InvariantCulture);

    // PSStyle.Instance is $PSStyle. Windows PowerShell does not have it, and the reference assemblies do not declare it.
    private static string? Styled(string? text, string group, string name)
    {
        object? style = typeof(PSObject).Assembly.GetType("System.Management.Automation.PSStyle")?.GetProperty("Instance")?.GetValue(null);
        return text is null || style is null || Read(style, "OutputRendering").ToString() == "PlainText"
            ? text
            : $"{Read(Read(style, group), name)}{text}{Read(style, "Reset")}";

        static object Read(object from, string property) => from.GetType().GetProperty(property)!.GetValue(from)!;
    }
}
