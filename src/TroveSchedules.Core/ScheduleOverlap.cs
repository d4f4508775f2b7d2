using System;

namespace TroveSchedules;

/// <summary>Two executions of one instance that follow each other sooner than a backup of the instance takes. Trove refuses the second backup while the first one runs.</summary>
public sealed class ScheduleOverlap
{
    /// <summary>The id of the instance.</summary>
    public required string InstanceId { get; init; }

    /// <summary>The id of the schedule that is due first.</summary>
    public required string ScheduleId { get; init; }

    /// <summary>The id of the schedule that is due next. It is <see cref="ScheduleId"/> if a schedule follows itself too closely.</summary>
    public required string NextScheduleId { get; init; }

    /// <summary>When <see cref="ScheduleId"/> is due the first time that the two are too close, with the offset of the time zone that was asked for; UTC by default.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>When <see cref="NextScheduleId"/> is due after <see cref="Time"/>, with the offset of the same time zone. Never before <see cref="Time"/>.</summary>
    public required DateTimeOffset NextTime { get; init; }

    /// <summary>The shortest time between the two in the period; zero if both are due at the same time.</summary>
    public required TimeSpan Gap { get; init; }

    /// <summary>How often the two are too close in the period; 1 or more.</summary>
    public required int Count { get; init; }

    /// <summary>The longest that one of the last five completed backups of the instance took, from Trove's times <c>created</c> and <c>updated</c>, in whole seconds; zero or more.</summary>
    public required TimeSpan BackupDuration { get; init; }

    /// <summary>The id of the project that the schedules belong to; null if the schedule does not tell it.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The cloud that the backups were read from: Keystone's public address in the catalog, or else the auth URL, and the region. Null for an object that a cmdlet did not create.</summary>
    public string? Origin { get; init; }

    /// <summary>The time, as <see cref="IsoTime"/> writes it.</summary>
    public override string ToString() => IsoTime.Format(Time);
}
