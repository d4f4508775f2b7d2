using System;

namespace TroveSchedules;

/// <summary>A moment at which a schedule or a pattern is due.</summary>
public sealed class ScheduleOccurrence
{
    /// <summary>The moment, in UTC. Mistral may start the run up to two seconds early.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The pattern that it comes from; null for a schedule that runs once.</summary>
    public string? Pattern { get; init; }

    /// <summary>The id of the schedule that it comes from; null where only a pattern was given.</summary>
    public string? ScheduleId { get; init; }

    /// <summary>The id of the project that the schedule belongs to; null where only a pattern was given.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The cloud that the schedule was read from: Keystone's public address in the catalog, or else the auth URL, and the region. Null where only a pattern was given.</summary>
    public string? Origin { get; init; }

    /// <summary>The moment, as <see cref="IsoTime"/> writes it.</summary>
    public override string ToString() => IsoTime.Format(Time);
}
