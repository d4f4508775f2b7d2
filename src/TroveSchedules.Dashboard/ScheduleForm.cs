using System;
using System.Collections.Generic;
using System.Globalization;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Dashboard;

/// <summary>The form of a new or changed schedule. It holds the texts as the user typed them; the library checks their values.</summary>
internal sealed record ScheduleForm
{
    /// <summary>The schedule that is changed; null for a new one.</summary>
    public string? Id { get; init; }

    public string Instance { get; init; } = "";

    public IReadOnlyList<InstanceChoice> Instances { get; init; } = [];

    public string? Name { get; init; }

    public string? Pattern { get; init; }

    public bool AllowSeconds { get; init; }

    public string? Description { get; init; }

    public bool Incremental { get; init; }

    public string? ParentId { get; init; }

    public string? FirstExecutionTime { get; init; }

    public string? RemainingExecutions { get; init; }

    public bool Suspended { get; init; }

    public static ScheduleForm Read(FormValues values) => new()
    {
        Instance = values["instance"] ?? "",
        Name = values["name"],
        Pattern = values["pattern"],
        AllowSeconds = values["allowSeconds"] is not null,
        Description = values["description"],
        Incremental = values["incremental"] is not null,
        ParentId = values["parentId"],
        FirstExecutionTime = values["firstExecutionTime"],
        RemainingExecutions = values["remainingExecutions"],
        Suspended = values["suspended"] is not null,
    };

    public static ScheduleForm Of(BackupSchedule schedule) => new()
    {
        Id = schedule.Id,
        Instance = schedule.InstanceId ?? "",
        Name = schedule.Name,
        Pattern = schedule.Pattern,
        Description = schedule.Description,
        Incremental = schedule.Incremental is true,
        ParentId = schedule.ParentId,
        RemainingExecutions = schedule.RemainingExecutions?.ToString(CultureInfo.InvariantCulture),
    };

    /// <exception cref="TroveScheduleException">Invalid for a time or a number that cannot be read.</exception>
    public ScheduleRequest ToRequest() => new()
    {
        Instance = Instance,
        Name = Name ?? "",
        Pattern = Pattern,
        AllowSeconds = AllowSeconds,
        Description = Description,
        Incremental = Incremental,
        ParentId = ParentId,
        FirstExecutionTime = Time(FirstExecutionTime, "first execution time"),
        RemainingExecutions = Number(),
        Suspension = Suspended ? new NewSuspension() : null,
    };

    /// <exception cref="TroveScheduleException">Invalid for a number that cannot be read.</exception>
    public ScheduleChange ToChange() => new()
    {
        Name = new NewValue<string>(Name ?? ""),
        Pattern = new NewValue<string?>(Pattern),
        AllowSeconds = AllowSeconds,
        Description = new NewValue<string?>(Description),
        Incremental = new NewValue<bool>(Incremental),
        ParentId = new NewValue<string?>(ParentId),
        RemainingExecutions = new NewValue<int?>(Number()),
    };

    /// <summary>The time of a field; null if it is empty.</summary>
    /// <exception cref="TroveScheduleException">Invalid (<c>InvalidTime</c>) for text that is not a time.</exception>
    public static DateTimeOffset? ReadTime(FormValues values, string field) => Time(values[field], "time");

    private static DateTimeOffset? Time(string? text, string what) => text is null ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time) ? time
        : throw new TroveScheduleException(TroveErrorKind.Invalid, $"The {what} '{text}' is not a time.") { ErrorId = "InvalidTime", RecommendedAction = "Write it as 2030-01-31 03:00, in UTC." };

    private int? Number() => RemainingExecutions is null ? null
        : int.TryParse(RemainingExecutions, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
        : throw new TroveScheduleException(TroveErrorKind.Invalid, $"The number of executions '{RemainingExecutions}' is not a whole number.") { ErrorId = "InvalidRemainingExecutions", RecommendedAction = "Give a number of 1 or more, or leave the field empty." };
}
