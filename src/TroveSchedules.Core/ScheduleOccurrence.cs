using System;

namespace TroveSchedules;

/// <summary>A time at which a schedule or a pattern is due.</summary>
public sealed class ScheduleOccurrence
{
    /// <summary>The time, with the offset of the time zone that was asked for; UTC by default. Mistral may start the execution up to two seconds earlier.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The pattern; null for a schedule that runs once.</summary>
    public string? Pattern { get; init; }

    /// <summary>The id of the schedule; null if only a pattern was given.</summary>
    public string? ScheduleId { get; init; }

    /// <summary>The id of the project that the schedule belongs to; null if only a pattern was given.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The cloud that the schedule was read from: Keystone's public address in the catalog, or else the auth URL, and the region. Null if only a pattern was given.</summary>
    public string? Origin { get; init; }

    /// <summary>The time, as <see cref="IsoTime"/> writes it.</summary>
    public override string ToString() => IsoTime.Format(Time);
}
