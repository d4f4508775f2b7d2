using System;
using TroveSchedules.Cron;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.OpenStack.Mistral;

/// <summary>The errors about what Mistral holds: schedules, executions and the workbook. For what Mistral itself refuses see <see cref="ServiceError"/>.</summary>
internal static class MistralErrors
{
    private const string ListSchedules = "List the schedules to see their ids.";
    private const string ListExecutions = "List the executions of a schedule to see their ids.";

    public static TroveScheduleException ScheduleNotFound(string id, string? project) =>
        new(TroveErrorKind.NotFound, $"No schedule of project '{project}' has the id '{id}'.") { ErrorId = "ScheduleNotFound", Target = id, RecommendedAction = ListSchedules };

    /// <param name="schedule">The schedule as it was read.</param>
    /// <param name="cause">Mistral's error; null if a lookup did not find it.</param>
    public static TroveScheduleException ScheduleIsGone(BackupSchedule schedule, TroveScheduleException? cause) =>
        new(TroveErrorKind.NotFound, $"The schedule '{schedule.Id}' does not exist any more.", cause) { ErrorId = "ScheduleNotFound", Target = schedule, RecommendedAction = ListSchedules };

    public static TroveScheduleException NotASchedule(string id, string? workflow) =>
        new(TroveErrorKind.Invalid,
            $"The cron trigger '{id}' runs the workflow '{ServiceError.Printable(workflow ?? "", 255)}', not '{BackupSchedules.WorkflowName}', so it is not a backup schedule.")
        {
            ErrorId = "InvalidSchedule",
            Target = id,
            RecommendedAction = ListSchedules,
        };

    /// <param name="cause">Mistral's error; null if no request was sent.</param>
    /// <param name="instance">The instance that was to be backed up.</param>
    public static TroveScheduleException DelegatedToken(TroveScheduleException? cause, object instance) =>
        new(TroveErrorKind.Forbidden,
            "An application credential cannot create schedules: Mistral needs a trust for each, and Keystone refuses trusts to delegated tokens.", cause)
        {
            ErrorId = "ApplicationCredential",
            Target = instance,
            RecommendedAction = "Connect with a user's name and password to create schedules; the application credential can list and delete them.",
        };

    public static TroveScheduleException NoNextTime(string? text, CronPattern? pattern, TroveScheduleException cause) =>
        new(TroveErrorKind.Invalid, $"Mistral finds no time for the pattern '{text}'.", cause)
        {
            ErrorId = "InvalidCronPattern",
            Target = text,
            RecommendedAction = pattern is { Surprises.Count: > 0 } ? string.Join(" ", pattern.Surprises) : "Write the pattern in another way.",
        };

    public static TroveScheduleException DuplicateSchedule(PreparedSchedule prepared, TroveScheduleException cause) =>
        new(TroveErrorKind.Conflict,
            $"The schedule was not created: '{prepared.Request.Name}' already exists with the same pattern, first time and number of executions, and Mistral accepts no second one.", cause)
        {
            Target = prepared.Id,
            RecommendedAction = $"It is among the schedules of the instance {prepared.Instance.Id}.",
        };

    public static TroveScheduleException NameIsNotAnId(BackupSchedule schedule) =>
        new(TroveErrorKind.Invalid, $"The schedule '{ServiceError.Printable(schedule.Id, 255)}' cannot be changed, because its name is not a UUID: another client created it.")
        {
            ErrorId = "InvalidSchedule",
            Target = schedule,
            RecommendedAction = "Create a new schedule, and delete this one.",
        };

    public static TroveScheduleException UnknownMetadata(BackupSchedule schedule, string triggerId, string problem) =>
        new(TroveErrorKind.Invalid, $"The schedule '{schedule.Id}' cannot be changed: the data under 'trove_schedules' in the parameters of its cron trigger '{triggerId}' {problem}.")
        {
            ErrorId = "UnknownMetadata",
            Target = schedule,
            RecommendedAction = "Use a version of this module that knows it, or create a new schedule and delete this one.",
        };

    public static TroveScheduleException UntilHasPassed(DateTimeOffset until, DateTimeOffset now) =>
        new(TroveErrorKind.Invalid, FormattableString.Invariant($"The time {until:u} to resume at is not after the cloud's present time, {now:u}."))
        {
            ErrorId = "InvalidUntil",
            Target = until,
            RecommendedAction = "Name a later time. On the command line, one without a zone is this machine's local time.",
        };

    public static TroveScheduleException NamesNoInstance(BackupSchedule schedule) =>
        new(TroveErrorKind.Invalid, $"The schedule '{schedule.Id}' names no instance, so its executions cannot be compared with backups.")
        {
            ErrorId = "InvalidInstance",
            Target = schedule,
            RecommendedAction = "Read the schedule again, or create it again with an instance.",
        };

    public static TroveScheduleException OnlyTimeHasPassed(BackupSchedule schedule, DateTimeOffset time) =>
        new(TroveErrorKind.Invalid, FormattableString.Invariant($"The schedule '{schedule.Id}' cannot be resumed: its only execution time, {time:u}, has passed."))
        {
            ErrorId = "InvalidFirstExecutionTime",
            Target = schedule,
            RecommendedAction = "Change its first execution time or its pattern, then resume it; or delete it.",
        };

    public static TroveScheduleException FirstTimeIsTooSoon(BackupSchedule schedule, DateTimeOffset time) =>
        new(TroveErrorKind.Invalid, FormattableString.Invariant($"The schedule '{schedule.Id}' was not changed: its first execution time, {time:u}, is less than 90 seconds ahead. Mistral might refuse the new definition after the old one is deleted."))
        {
            ErrorId = "InvalidFirstExecutionTime",
            Target = schedule,
            RecommendedAction = "Name a later time, or repeat the change when this one has passed.",
        };

    public static TroveScheduleException OtherChange(BackupSchedule schedule, TroveScheduleException cause) =>
        new(TroveErrorKind.Conflict, $"The schedule '{schedule.Id}' was not changed: another client is changing it.", cause)
        {
            ErrorId = "ScheduleChangeInProgress",
            Target = schedule,
            RecommendedAction = "Repeat the change in a moment.",
        };

    /// <param name="schedule">The schedule.</param>
    /// <param name="triggerId">The trigger that keeps the new definition.</param>
    /// <param name="cause">Mistral's error, or the cancellation.</param>
    public static TroveScheduleException ChangeInterrupted(BackupSchedule schedule, string triggerId, Exception cause) =>
        new((cause as TroveScheduleException)?.Kind ?? TroveErrorKind.Unavailable,
            $"The change of the schedule '{schedule.Id}' was cut off: it {(cause is TroveScheduleException { MayHaveHappened: false } ? "does" : "may")} not run now. Its new definition is in the cron trigger '{triggerId}'. {(cause as TroveScheduleException)?.Problem}".TrimEnd(), cause)
        {
            ErrorId = "ScheduleChangeInterrupted",
            Target = schedule,
            RecommendedAction = "Repeat the change, or resume the schedule: either finishes the job.",
        };

    /// <param name="id">The execution's id.</param>
    /// <param name="target">The id, or the execution as it was read.</param>
    /// <param name="cause">Mistral's error; null if no request was sent.</param>
    public static TroveScheduleException ExecutionNotFound(string id, object target, TroveScheduleException? cause = null) =>
        new(TroveErrorKind.NotFound, $"There is no execution '{id}'.", cause) { ErrorId = "ExecutionNotFound", Target = target, RecommendedAction = ListExecutions };

    public static TroveScheduleException NotAScheduleExecution(string id, string? workflow) =>
        new(TroveErrorKind.Invalid,
            $"The execution '{id}' ran the workflow '{ServiceError.Printable(workflow ?? "", 255)}', not '{BackupSchedules.WorkflowName}', so it is not an execution of a backup schedule.")
        {
            ErrorId = "InvalidExecution",
            Target = id,
            RecommendedAction = ListExecutions,
        };

    public static TroveScheduleException ExecutionNotEnded(ScheduleExecution execution, TroveScheduleException cause) =>
        new(TroveErrorKind.Forbidden, $"The execution '{execution.Id}' has not ended, so it was not deleted.", cause)
        {
            ErrorId = "ExecutionNotFinished",
            Target = execution,
            RecommendedAction = "Wait until it has ended, or force its deletion.",
        };

    /// <param name="execution">The execution, which ended in ERROR or CANCELLED.</param>
    public static TroveScheduleException ExecutionFailed(ScheduleExecution execution)
    {
        string reason = execution.Reason ?? ServiceError.Printable(execution.StateInfo?.Trim() ?? "");
        return new(TroveErrorKind.Failed, $"The execution '{execution.Id}' ended in {ServiceError.Printable(execution.State, 50)}{(reason.Length == 0 ? "." : $": {reason}")}")
        {
            ErrorId = "ExecutionFailed",
            Target = execution,
            ServerMessage = reason.Length == 0 ? null : reason,
        };
    }

    /// <param name="execution">The execution, which ended in SUCCESS and does not name its backup.</param>
    public static TroveScheduleException BackupUnknown(ScheduleExecution execution) =>
        new(TroveErrorKind.NotFound, $"The execution '{execution.Id}' ended in SUCCESS, but does not name its backup, because the workbook that it ran does not return it.")
        {
            ErrorId = "BackupUnknown",
            Target = execution,
            RecommendedAction = "The bundled workbook returns it. Install that, or look for the backup among those of the instance.",
        };

    /// <param name="execution">The execution whose backup ended, with <see cref="ScheduleExecution.BackupStatus"/>.</param>
    public static TroveScheduleException BackupFailed(ScheduleExecution execution) =>
        new(TroveErrorKind.Failed, $"The backup '{execution.BackupId}' of the execution '{execution.Id}' ended in {ServiceError.Printable(execution.BackupStatus!, 50)}.")
        {
            ErrorId = "BackupFailed",
            Target = execution,
            RecommendedAction = "Trove does not return the reason: ask the cloud's administrator.",
        };

    /// <param name="execution">The execution whose backup does not exist.</param>
    public static TroveScheduleException BackupIsGone(ScheduleExecution execution) =>
        new(TroveErrorKind.NotFound, $"The backup '{execution.BackupId}' of the execution '{execution.Id}' does not exist any more.") { ErrorId = "BackupNotFound", Target = execution };

    /// <param name="what">What was awaited: "The execution '1'".</param>
    /// <param name="state">Its last known state; null if it was never read.</param>
    /// <param name="limit">How long was waited.</param>
    /// <param name="target">The execution, or its id.</param>
    public static TroveScheduleException WaitTimeout(string what, string? state, TimeSpan limit, object target) =>
        new(TroveErrorKind.Timeout, FormattableString.Invariant($"{what} has not ended within {limit.TotalSeconds:0} s{(state is null ? "" : $". Its state is {ServiceError.Printable(state, 50)}")}."))
        {
            ErrorId = "WaitTimeout",
            Target = target,
            RecommendedAction = "It goes on: wait for it again.",
        };

    /// <param name="schedule">The schedule whose input the installed workflow refuses.</param>
    /// <param name="cause">Mistral's error.</param>
    public static TroveScheduleException InputMismatch(BackupSchedule schedule, TroveScheduleException cause) =>
        new(TroveErrorKind.Invalid,
            $"The schedule '{schedule.Id}' was created for another workbook: the installed one does not take its input. Mistral says: {cause.ServerMessage}", cause)
        {
            ErrorId = "InvalidForWorkbook",
            Target = schedule,
            RecommendedAction = "Its own runs fail for the same reason. Install the bundled workbook, or create the schedule again.",
        };

    public static TroveScheduleException WorkbookNotInstalled(string? project, TroveScheduleException? cause = null) =>
        new(TroveErrorKind.NotFound, $"The workflow '{BackupSchedules.WorkflowName}' is not installed in project '{project}'.", cause)
        {
            ErrorId = "WorkbookNotInstalled",
            Target = BackupSchedules.WorkflowName,
            RecommendedAction = "Install the workbook.",
        };

    public static TroveScheduleException NoTroveActions(string action) =>
        new(TroveErrorKind.NotFound, $"This cloud's Mistral has no action '{action}', so a schedule could only fail.")
        {
            ErrorId = "NoTroveActions",
            Target = action,
            RecommendedAction = "Ask the cloud's administrator to install mistral-extra on Mistral's servers.",
        };

    public static TroveScheduleException NotAWorkbook(string reason) =>
        new(TroveErrorKind.Invalid, $"This is not a Trove workbook: {reason}.") { ErrorId = "InvalidWorkbook", RecommendedAction = "Without a definition the bundled workbook is installed." };
}
