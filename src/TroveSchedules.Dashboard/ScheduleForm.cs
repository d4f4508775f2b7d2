using System;
using System.Collections.Generic;
using System.Globalization;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Dashboard;

/// <summary>The form of a new or changed schedule. It holds the texts as the user typed them; the library checks their values.</summary>
internal sealed record ScheduleForm
{
    private const int MaxQuoted = 50;

    private static readonly string[] TimeFormats = ["yyyy-MM-dd", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK"];

    /// <summary>The schedule that is changed; null for a new one.</summary>
    public string? Id { get; init; }

    /// <summary>The id of the new schedule. A form that is sent twice creates one schedule.</summary>
    public string NewId { get; init; } = Guid.NewGuid().ToString();

    /// <summary>What the form of a change showed at first; null for a new schedule.</summary>
    public ScheduleForm? Was { get; init; }

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

    public static ScheduleForm Read(FormValues values)
    {
        ScheduleForm form = Read(values, "");
        form = Guid.TryParseExact(values["newId"], "D", out Guid id) ? form with { NewId = id.ToString() } : form;
        return values["was"] is null ? form : form with { Was = Read(values, "was.") };
    }

    private static ScheduleForm Read(FormValues values, string prefix) => new()
    {
        Instance = values[prefix + "instance"] ?? "",
        Name = values[prefix + "name"],
        Pattern = values[prefix + "pattern"],
        AllowSeconds = values[prefix + "allowSeconds"] is not null,
        Description = values[prefix + "description"],
        Incremental = values[prefix + "incremental"] is not null,
        ParentId = values[prefix + "parentId"],
        FirstExecutionTime = values[prefix + "firstExecutionTime"],
        RemainingExecutions = values[prefix + "remainingExecutions"],
        Suspended = values[prefix + "suspended"] is not null,
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
        Id = NewId,
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

    /// <summary>What the user changed in the form, and nothing else: an old page does not undo what was changed elsewhere.</summary>
    /// <param name="current">The form of the schedule as it is now.</param>
    /// <exception cref="TroveScheduleException">Invalid for a number that cannot be read; Conflict if something was changed both here and elsewhere.</exception>
    public ScheduleChange ToChange(ScheduleForm current) => new()
    {
        Name = IsChanged(current, "name", form => form.Name) ? new NewValue<string>(Name ?? "") : null,
        Pattern = IsChanged(current, "pattern", form => form.Pattern) ? new NewValue<string?>(Pattern) : null,
        AllowSeconds = AllowSeconds,
        Description = IsChanged(current, "description", form => form.Description) ? new NewValue<string?>(Description) : null,
        Incremental = IsChanged(current, "kind of backup", form => form.Incremental ? "incremental" : "full") ? new NewValue<bool>(Incremental) : null,
        ParentId = IsChanged(current, "parent", form => form.ParentId) ? new NewValue<string?>(ParentId) : null,
        RemainingExecutions = IsChanged(current, "number of executions", form => form.RemainingExecutions) ? new NewValue<int?>(Number()) : null,
    };

    private bool IsChanged(ScheduleForm current, string what, Func<ScheduleForm, string?> value)
    {
        string? here = value(this), before = value(Was ?? current), now = value(current);
        return here == before || here == now ? false
            : now == before ? true
            : throw new TroveScheduleException(TroveErrorKind.Conflict, $"The {what} was changed to '{now ?? "none"}' since this page was loaded.") { RecommendedAction = "Go back to the schedule, and change it again." };
    }

    /// <summary>The time of a field; null if it is empty.</summary>
    /// <exception cref="TroveScheduleException">Invalid (<c>InvalidTime</c>) for text that is not a time.</exception>
    public static DateTimeOffset? ReadTime(FormValues values, string field) => Time(values[field], "time");

    private static DateTimeOffset? Time(string? text, string what) => text is null ? null
        : DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time) ? time
        : throw new TroveScheduleException(TroveErrorKind.Invalid, $"The {what} '{Shorten(text)}' is not a time in ISO 8601.") { ErrorId = "InvalidTime", RecommendedAction = "Write it as 2030-01-31 03:00, in UTC." };

    private int? Number() => RemainingExecutions is null ? null
        : int.TryParse(RemainingExecutions, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
        : throw new TroveScheduleException(TroveErrorKind.Invalid, $"The number of executions '{Shorten(RemainingExecutions)}' is not a whole number from 1 to {int.MaxValue}.") { ErrorId = "InvalidRemainingExecutions", RecommendedAction = "Give such a number, or leave the field empty." };

    private static string Shorten(string text) => text.Length <= MaxQuoted ? text : text.Substring(0, MaxQuoted) + "…";
}
