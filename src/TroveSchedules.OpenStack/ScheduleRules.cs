using System;
using System.Linq;
using TroveSchedules.Cron;
using TroveSchedules.OpenStack.Http;
using TroveSchedules.OpenStack.Mistral;

namespace TroveSchedules.OpenStack;

/// <summary>The rules for a new schedule, checked before anything is sent.</summary>
internal static class ScheduleRules
{
    /// <summary>The pattern that Mistral returns for a trigger with only a first execution time.</summary>
    public const string NeverPattern = "0 0 30 2 0";

    private const int LongestText = 255;

    private static readonly DateTimeOffset LastMinute = new(9999, 12, 31, 23, 59, 0, TimeSpan.Zero);

    /// <summary>Checks each value and returns the parsed pattern; null for a single execution at the first execution time.</summary>
    public static CronPattern? Check(ScheduleRequest request, DateTimeOffset now)
    {
        CheckText(request.Name, "name", "InvalidName");
        if (request.Description is not null)
            CheckText(request.Description, "description", "InvalidDescription");
        if (request.ParentId is not null && request.Incremental)
        {
            throw Invalid("InvalidParent", null,
                "A schedule is incremental on one fixed parent (ParentId) or on the newest backup (Incremental), not both.",
                "Leave one of the two out.");
        }
        if (request.ParentId is not null && !ResourceId.IsUuid(request.ParentId))
            throw Invalid("InvalidParent", request.ParentId, $"'{request.ParentId}' is not the id of a backup, which is a UUID.", "Give the id of a backup.");
        if (request.RemainingExecutions < 1)
        {
            throw Invalid("InvalidRemainingExecutions", request.RemainingExecutions,
                $"A schedule cannot run {request.RemainingExecutions} times: the number of executions is 1 or more.", "Leave it out for a schedule without end.");
        }
        if (IsTooEarly(request.FirstExecutionTime, now))
        {
            throw Invalid("InvalidFirstExecutionTime", request.FirstExecutionTime,
                FormattableString.Invariant($"The first execution time {request.FirstExecutionTime:u} is not at least one minute after the cloud's present time, {now:u}."),
                "Name a later time. On the command line, one without a zone is this machine's local time.");
        }
        if (request.FirstExecutionTime > LastMinute)
        {
            throw Invalid("InvalidFirstExecutionTime", request.FirstExecutionTime,
                FormattableString.Invariant($"The first execution time {request.FirstExecutionTime:yyyy-MM-dd HH:mm:ss.FFFFFFFK} is later than {LastMinute:u}, the last whole minute of the calendar."), "Name an earlier time.");
        }
        if (request.Suspension is { MayBeOverdue: false, Until: { } until } && until <= now)
            throw MistralErrors.UntilHasPassed(until, now);
        if (request.Pattern is null && request.FirstExecutionTime is not null)
        {
            return request.RemainingExecutions is null or 1
                ? null
                : throw Invalid("InvalidRemainingExecutions", request.RemainingExecutions,
                    $"A schedule without a pattern runs once, not {request.RemainingExecutions} times.", "Give a pattern, or leave the number of executions out.");
        }
        return CronPattern.Parse(request.Pattern, request.AllowSeconds);
    }

    /// <summary>Checks a changed schedule. Properties that the change does not name may break a rule, because another client may have written them.</summary>
    /// <param name="changed">The schedule with its changes.</param>
    /// <param name="change">The changes.</param>
    /// <param name="now">The cloud's time.</param>
    public static void CheckChange(ScheduleRequest changed, ScheduleChange change, DateTimeOffset now) => Check(changed with
    {
        Name = change.Name is null ? "unchanged" : changed.Name,
        Description = change.Description is null ? null : changed.Description,
        Pattern = change.Pattern is null && changed.Pattern is not null ? "* * * * *" : changed.Pattern,
        FirstExecutionTime = change.FirstExecutionTime is null && changed.Pattern is not null ? null : changed.FirstExecutionTime,
    }, now);

    /// <summary>Checks that the installed workbook supports the request.</summary>
    public static void CheckWorkflowAccepts(ScheduleRequest request, WorkflowInputs inputs)
    {
        if (new[] { "instance", "name" }.FirstOrDefault(input => !inputs.Accepts(input)) is { } missing)
        {
            throw Invalid("InvalidForWorkbook", missing,
                $"The installed workbook takes no {missing} ({(inputs.Names.Count == 0 ? "it takes nothing" : $"it takes {string.Join(", ", inputs.Names)}")}), so no schedule can be made with it: its runs would not know what to back up.",
                "Install a workbook that takes it.");
        }
        if (request.ParentId is not null && !inputs.Accepts("parent_id"))
            throw Unfit("parent_id", "the spec's workbook and ours do, python-troveclient's does not");
        if (request.Incremental && !inputs.Accepts("incremental"))
            throw Unfit("incremental", "python-troveclient's workbook and ours do, the spec's does not");
        if (request.Description is not null && !inputs.Accepts("description"))
            throw Unfit("description", "the spec's workbook, python-troveclient's and ours do");

        TroveScheduleException Unfit(string input, string which) => Invalid("InvalidForWorkbook", input,
            $"The installed workbook takes no {input}, which this schedule needs (it takes {string.Join(", ", inputs.Names)}): {which}.",
            "Install a workbook that takes it.");
    }

    /// <summary>Checks that a parent is a backup of the instance. Trove does not check this, and would create incremental backups that cannot be restored.</summary>
    public static void CheckParent(Backup parent, Instance instance)
    {
        if (parent.InstanceId is { } owner && !string.Equals(owner, instance.Id, StringComparison.OrdinalIgnoreCase))
        {
            throw Invalid("InvalidParent", parent.Id,
                $"The backup '{parent.Id}' is of the instance {ServiceError.Printable(owner, 255)}, so it cannot be the parent of backups of '{ServiceError.Printable(instance.Name ?? instance.Id, 255)}' ({instance.Id}).",
                "Name a backup of the same instance.");
        }
    }

    /// <summary>Whether Mistral would reject a first execution time: it must be at least one minute ahead.</summary>
    public static bool IsTooEarly(DateTimeOffset? first, DateTimeOffset now) => WholeMinute(first) < now + TimeSpan.FromMinutes(1);

    /// <summary>Whether a first execution time is still to come, but so soon that Mistral might reject it by the time a change creates the new trigger. The old trigger is deleted by then.</summary>
    public static bool IsTooSoonToChange(DateTimeOffset? first, DateTimeOffset now) => first > now && IsTooEarly(first, now + TimeSpan.FromSeconds(30));

    /// <summary>Rounds a first execution time up to a whole minute, because Mistral stores whole minutes and must not run too early. The last minute of year 9999 is not rounded.</summary>
    public static DateTimeOffset? WholeMinute(DateTimeOffset? time) =>
        time > LastMinute ? LastMinute : time is { } t ? new DateTimeOffset((t.UtcTicks + TimeSpan.TicksPerMinute - 1) / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, TimeSpan.Zero) : null;

    // Trove's schema of a backup: 1 to 255 code points that match ^.*[0-9a-zA-Z]+.*$, where the dot matches no line feed. Each execution that breaks it
    // would fail.
    private static void CheckText(string? text, string what, string errorId)
    {
        if (string.IsNullOrEmpty(text))
            throw Invalid(errorId, text, $"The {what} of a backup cannot be empty.", $"Give a {what} of 1 to {LongestText} characters.");
        string shown = ServiceError.Printable(text!, 40);
        if (!ResourceId.HasNoLoneSurrogate(text!))
            throw Invalid(errorId, text, $"The {what} '{shown}' holds half of a character: one of two code units that belong together.", "Leave it out, or put the whole character in its place.");
        int length = text!.Count(c => !char.IsLowSurrogate(c));
        if (length > LongestText)
            throw Invalid(errorId, text, $"The {what} '{shown}' has {length} characters; Trove takes at most {LongestText}.", $"Shorten the {what}.");
        if (text!.Contains('\n'))
            throw Invalid(errorId, text, $"The {what} '{shown}' has more than one line; Trove takes one.", "Put a blank in the place of each line feed.");
        if (!text.Any(c => c < 128 && char.IsLetterOrDigit(c)))
            throw Invalid(errorId, text, $"The {what} '{shown}' has no letter from A to Z and no digit; Trove wants at least one.", "Add a letter or a digit.");
    }

    private static TroveScheduleException Invalid(string errorId, object? target, string message, string action) =>
        new(TroveErrorKind.Invalid, message) { ErrorId = errorId, Target = target, RecommendedAction = action };
}
