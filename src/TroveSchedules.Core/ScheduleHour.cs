using System;

namespace TroveSchedules;

/// <summary>The number of executions that schedules start in one hour.</summary>
public sealed class ScheduleHour
{
    /// <summary>The beginning of the hour, with the offset of the time zone that was asked for; UTC by default. When a clock is set back, two hours differ only in their offset.</summary>
    public required DateTimeOffset Hour { get; init; }

    /// <summary>The number of executions that are due in the hour; 0 or more. The first and the last hour count only the part that lies between the two ends.</summary>
    public required int Count { get; init; }

    /// <summary>The beginning of the hour, as <see cref="IsoTime"/> writes it.</summary>
    public override string ToString() => IsoTime.Format(Hour);
}
