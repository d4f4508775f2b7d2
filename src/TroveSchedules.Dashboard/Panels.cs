using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Dashboard;

/// <summary>
/// The panels: instances, schedules, one schedule, its executions, and the forms. Each calls the operations of the library that the cmdlets call, and renders a page. What fails is thrown as
/// <see cref="TroveScheduleException"/>, or shown in the form that caused it.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="formToken">The token of forms.</param>
/// <param name="options">How the dashboard runs.</param>
/// <param name="stop">Cancelled when the dashboard ends.</param>
internal sealed class Panels(CloudSession session, string formToken, DashboardOptions options, CancellationToken stop)
{
    private const int ExecutionsPerPage = 50;
    private const int NextTimes = 10;
    private const int MaxLookups = 10;

    private readonly HealthCache _health = new(session, options.Clock, stop);
    private readonly ConcurrentDictionary<string, BulkJob> _jobs = new(StringComparer.Ordinal);

    /// <summary>The jobs that have not ended.</summary>
    public IReadOnlyList<Task> Running => [.. _jobs.Values.Select(job => job.Completion).Where(task => !task.IsCompleted)];

    public async Task<Response> InstancesAsync(FormValues query, CancellationToken cancellationToken)
    {
        if (await CheckAsync(query).ConfigureAwait(false) is not { } check)
            return Checking(query.Address("/", "search", "state", "page"));
        string? search = query["search"], state = query["state"];
        List<IGrouping<string?, ScheduleHealth>> instances = [.. check.Health.GroupBy(one => one.InstanceId, StringComparer.OrdinalIgnoreCase)];
        ISet<string?> ambiguous = Repeated(instances.Select(instance => instance.First().InstanceName));
        List<InstanceRow> rows = [.. instances.Select(instance => InstanceRow.Of(instance, ambiguous.Contains(instance.First().InstanceName))).Where(row => Matches(search, row.Name, row.Id) && IsState(state, row.State))];
        return Page("instances", "Instances", new { Page = Paging<InstanceRow>.Of(rows, query, "/", "search", "state"), Search = search, State = state, States = HealthStates, check.Warnings });
    }

    public async Task<Response> SchedulesAsync(FormValues query, CancellationToken cancellationToken)
    {
        if (await CheckAsync(query).ConfigureAwait(false) is not { } check)
            return Checking(query.Address("/schedules", "instance", "search", "state", "page", "deleted"));
        string? instance = query["instance"], search = query["search"], state = query["state"];
        List<ScheduleHealth> inScope = [.. check.Health.Where(one => instance is null || string.Equals(one.InstanceId, instance, StringComparison.OrdinalIgnoreCase))];
        List<ScheduleRow> rows =
        [
            .. inScope.Where(one => one.ScheduleId is not null && IsState(state, one.State.ToString()))
                .Where(one => Matches(search, one.Name, one.InstanceName, one.ScheduleId)).Select(ScheduleRow.Of),
        ];
        if (instance is not null && inScope.Count == 0)
            return Error(new TroveScheduleException(TroveErrorKind.NotFound, $"No instance of the project has the id '{instance}'.") { RecommendedAction = "Go back to the instances." });
        string? name = instance is null ? null : Clean(inScope.FirstOrDefault()?.InstanceName ?? instance);
        return Page("schedules", name is null ? "Schedules" : $"Schedules of {name}", new
        {
            Page = Paging<ScheduleRow>.Of(rows, query, "/schedules", "instance", "search", "state"), Instance = instance, Search = search, State = state, States = HealthStates, Deleted = DeletedOf(query, "schedules"), check.Warnings, Token = formToken,
        });
    }

    public async Task<Response> ScheduleAsync(string id, FormValues query, CancellationToken cancellationToken)
    {
        BackupSchedule schedule = await session.Schedules.GetAsync(id, false, cancellationToken).ConfigureAwait(false);
        HealthCheck check = await HealthCheck.RunAsync(session, [schedule], cancellationToken).ConfigureAwait(false);
        return Page("schedule", Clean(schedule.Name) ?? id, ScheduleView.Of(schedule, check, query["done"], formToken, NextTimes));
    }

    public async Task<Response> ExecutionsAsync(string id, FormValues query, CancellationToken cancellationToken)
    {
        // One more than a page tells whether there is another.
        string? state = query["state"];
        BackupSchedule? schedule = null;
        await IfThereAsync(async () => schedule = await session.Schedules.GetAsync(id, false, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        var options = new ExecutionQuery { Limit = ExecutionsPerPage + 1, Marker = query["marker"], States = state is null ? [] : [state], IncludeBackupStatus = true };
        var rows = new List<ScheduleExecution>();
        await foreach (ScheduleExecution execution in (schedule is null ? session.Executions.ListAsync(id, options, cancellationToken) : session.Executions.ListAsync(schedule, options, cancellationToken)).ConfigureAwait(false))
            rows.Add(execution);
        List<ScheduleExecution> shown = [.. rows.Take(ExecutionsPerPage)];
        return Page("executions", $"Executions of {(schedule is null ? "a deleted schedule" : Clean(schedule.Name) ?? id)}", new
        {
            Id = id, IsDeleted = schedule is null, Rows = shown.Select(ExecutionRow.Of).ToList(), State = state, States = new[] { "SUCCESS", "ERROR", "RUNNING", "PAUSED", "IDLE", "CANCELLED" },
            Next = rows.Count > ExecutionsPerPage ? shown[ExecutionsPerPage - 1].Id : null, IsFirst = query["marker"] is null, IsLive = shown.Any(execution => execution.State is "RUNNING"), Deleted = DeletedOf(query, "executions"), Token = formToken,
        });
    }

    public async Task<Response> NewScheduleAsync(FormValues query, CancellationToken cancellationToken) =>
        Form(new ScheduleForm { Instance = query["instance"] ?? "", Instances = await InstancesOfFormAsync(cancellationToken).ConfigureAwait(false) }, null);

    public async Task<Response> CreateAsync(FormValues values, CancellationToken cancellationToken)
    {
        ScheduleForm form = ScheduleForm.Read(values) with { Instances = await InstancesOfFormAsync(cancellationToken).ConfigureAwait(false) };
        return values["preview"] is not null ? Form(form, null) : await TryAsync(form, async () =>
        {
            ScheduleRequest request = form.ToRequest();
            try
            {
                await session.Schedules.CreateAsync(request, null, cancellationToken).ConfigureAwait(false);
            }
            catch (TroveScheduleException e) when (e.Kind == TroveErrorKind.Conflict)
            {
                // The form was sent twice, or another schedule has the same values.
                bool isThere = false;
                await IfThereAsync(async () => isThere = await session.Schedules.GetAsync(form.NewId, false, cancellationToken).ConfigureAwait(false) is not null).ConfigureAwait(false);
                if (!isThere)
                    throw;
            }
            return Changed(form.NewId, "created");
        }).ConfigureAwait(false);
    }

    public async Task<Response> ScheduleFormAsync(string id, FormValues query, CancellationToken cancellationToken) =>
        Form(Unchanged(ScheduleForm.Of(await session.Schedules.GetAsync(id, false, cancellationToken).ConfigureAwait(false))), null);

    public async Task<Response> ChangeAsync(string id, FormValues values, CancellationToken cancellationToken)
    {
        BackupSchedule schedule = await session.Schedules.GetAsync(id, false, cancellationToken).ConfigureAwait(false);
        ScheduleForm form = ScheduleForm.Read(values) with { Id = id, Instance = schedule.InstanceId ?? "" };
        return values["preview"] is not null ? Form(form, null) : await TryAsync(form, async () =>
        {
            await ApplyAsync(session.ScheduleChanges.PrepareAsync(schedule, form.ToChange(ScheduleForm.Of(schedule)), null, cancellationToken), cancellationToken).ConfigureAwait(false);
            return Changed(id, "changed");
        }).ConfigureAwait(false);
    }

    public async Task<Response> SuspendAsync(string id, FormValues values, CancellationToken cancellationToken)
    {
        BackupSchedule schedule = await session.Schedules.GetAsync(id, false, cancellationToken).ConfigureAwait(false);
        await ApplyAsync(session.ScheduleChanges.PrepareSuspensionAsync(schedule, values["reason"], ScheduleForm.ReadTime(values, "until"), cancellationToken: cancellationToken), cancellationToken).ConfigureAwait(false);
        return Changed(id, "suspended");
    }

    public async Task<Response> ResumeAsync(string id, FormValues values, CancellationToken cancellationToken)
    {
        BackupSchedule schedule = await session.Schedules.GetAsync(id, false, cancellationToken).ConfigureAwait(false);
        await ApplyAsync(session.ScheduleChanges.PrepareResumptionAsync(schedule, cancellationToken: cancellationToken), cancellationToken).ConfigureAwait(false);
        return Changed(id, "resumed");
    }

    public async Task<Response> StartAsync(string id, FormValues values, CancellationToken cancellationToken)
    {
        BackupSchedule schedule = await session.Schedules.GetAsync(id, false, cancellationToken).ConfigureAwait(false);
        await session.Executions.StartAsync(schedule, Guid.TryParseExact(values["execution"], "D", out Guid execution) ? execution.ToString() : Guid.NewGuid().ToString(), false, cancellationToken).ConfigureAwait(false);
        _health.Drop();
        return Response.See($"/schedules/{id}/executions");
    }

    public async Task<Response> DeleteSchedulesAsync(FormValues values, CancellationToken cancellationToken)
    {
        List<BackupSchedule> schedules = await SelectedAsync(IdsOf(values), cancellationToken).ConfigureAwait(false);
        if (schedules.Count == 0)
            return Error(NothingSelected("schedules"));
        if (values["confirmed"] is null)
        {
            return Page("confirm", "Delete schedules", new
            {
                Action = "/schedules/delete", Back = "/schedules", Token = formToken,
                Question = schedules.Count == 1 ? "Delete this schedule? It makes no more backups then. Its executions and backups stay." : $"Delete these {schedules.Count} schedules? They make no more backups then. Their executions and backups stay.",
                Rows = schedules.Select(schedule => new ConfirmedRow(schedule.Id, $"{Clean(schedule.Name)} ({Clean(schedule.Pattern) ?? "once"}) of instance {Clean(_health.InstanceName(schedule.InstanceId) ?? schedule.InstanceId)}")).ToList(),
                Warnings = await RunningAsync(schedules, cancellationToken).ConfigureAwait(false),
            });
        }
        return await RunJobAsync("schedules", "/schedules", schedules, schedule => session.Schedules.DeleteAsync(schedule, false, CancellationToken.None), schedule => $"{Clean(schedule.Name)} ({schedule.Id})").ConfigureAwait(false);
    }

    public async Task<Response> DeleteExecutionsAsync(string id, FormValues values, CancellationToken cancellationToken)
    {
        var executions = new List<ScheduleExecution>();
        foreach (string execution in IdsOf(values))
            await IfThereAsync(async () => executions.Add(await session.Executions.GetAsync(execution, cancellationToken: cancellationToken).ConfigureAwait(false))).ConfigureAwait(false);
        if (executions.Count == 0)
            return Error(NothingSelected("executions"));
        string back = $"/schedules/{id}/executions";
        if (values["confirmed"] is null)
        {
            return Page("confirm", "Delete executions", new
            {
                Action = back + "/delete", Back = back, Token = formToken, Question = executions.Count == 1 ? "Delete this execution? Its backup stays." : $"Delete these {executions.Count} executions? Their backups stay.",
                Rows = executions.Select(execution => new ConfirmedRow(execution.Id, $"{UtcSeconds(execution.ExecutionTime)}, {Clean(execution.State)}")).ToList(),
                Warnings = executions.Any(execution => execution.State is "RUNNING") ? ["An execution that is running is not deleted."] : Array.Empty<string>(),
            });
        }
        return await RunJobAsync("executions", back, executions, execution => session.Executions.DeleteAsync(execution, cancellationToken: CancellationToken.None), execution => $"the execution of {UtcSeconds(execution.ExecutionTime)} ({execution.Id})").ConfigureAwait(false);
    }

    public Response Job(string id) => _jobs.TryGetValue(id, out BulkJob? job) ? JobPage(job) : NotFound();

    public async Task<Response> CancelJobAsync(string id)
    {
        if (!_jobs.TryGetValue(id, out BulkJob? job))
            return NotFound();
        job.Cancel();
        await job.Completion.ConfigureAwait(false);
        return Response.See($"/jobs/{id}");
    }

    public Response ExplainPattern(FormValues query) => new(HttpStatusCode.OK, Response.Html, PageRenderer.Render("pattern", PatternView.Of(query["pattern"], query["allowSeconds"] is not null, session.CloudTime)));

    public static Response Styles() => new(HttpStatusCode.OK, "text/css; charset=utf-8", PageRenderer.Styles);

    public static Response Script() => new(HttpStatusCode.OK, "text/javascript; charset=utf-8", PageRenderer.Script);

    public Response NotFound() => Page("error", "Not found", new { Problem = "The dashboard has no such page.", Action = "Go back to the instances." }, HttpStatusCode.NotFound);

    /// <param name="e">The error.</param>
    /// <param name="back">The page to go back to; null for none.</param>
    public Response Error(TroveScheduleException e, string? back = null) => Page("error", "Error", new { e.Problem, Action = e.RecommendedAction, Back = back }, StatusOf(e));

    internal static string? Clean(string? text) => text is null ? null : TerminalText.SanitizeLine(text);

    internal static string? Utc(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    internal static string? UtcSeconds(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Times of a pattern; with seconds, if the pattern has some.</summary>
    internal static IReadOnlyList<string?> Utc(IReadOnlyList<DateTimeOffset> times) => [.. times.Select(time => times.Any(one => one.Second != 0) ? UtcSeconds(time) : Utc(time))];

    private static HttpStatusCode StatusOf(TroveScheduleException e) => e.Kind switch
    {
        TroveErrorKind.NotFound => HttpStatusCode.NotFound,
        TroveErrorKind.Invalid => HttpStatusCode.BadRequest,
        TroveErrorKind.Conflict => HttpStatusCode.Conflict,
        TroveErrorKind.Forbidden or TroveErrorKind.Unauthorized => HttpStatusCode.Forbidden,
        TroveErrorKind.Unavailable or TroveErrorKind.Timeout => HttpStatusCode.ServiceUnavailable,
        _ => HttpStatusCode.BadGateway,
    };

    private static TroveScheduleException NothingSelected(string what) =>
        new(TroveErrorKind.Invalid, $"No {what} are selected, or they are already deleted.") { RecommendedAction = $"Go back, reload the page, and select the {what} to delete." };

    private static IReadOnlyList<string> IdsOf(FormValues values) => [.. values.All("id").Where(id => Guid.TryParseExact(id, "D", out _)).Distinct(StringComparer.OrdinalIgnoreCase)];

    // What was just deleted, in words; null for nothing.
    private static string? DeletedOf(FormValues query, string what) => !int.TryParse(query["deleted"], NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? null
        : count == 1 ? $"1 {what.TrimEnd('s')} was deleted." : FormattableString.Invariant($"{count} {what} were deleted.");

    private static ScheduleForm Unchanged(ScheduleForm form) => form with { Was = form };

    private static ISet<string?> Repeated(IEnumerable<string?> names) => new HashSet<string?>(names.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Skip(1).Any()).Select(group => group.Key), StringComparer.Ordinal);

    private static string[] HealthStates { get; } = Enum.GetNames(typeof(HealthState));

    private static bool IsState(string? wanted, string state) => wanted is null || string.Equals(wanted, state, StringComparison.OrdinalIgnoreCase);

    private static bool Matches(string? search, params string?[] texts) => search is null || texts.Any(text => text?.IndexOf(search, StringComparison.OrdinalIgnoreCase) >= 0);

    // What is already gone need not be deleted.
    private static async Task IfThereAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (TroveScheduleException e) when (e.Kind == TroveErrorKind.NotFound)
        {
        }
    }

    // Null while it is going on.
    private async Task<HealthCheck?> CheckAsync(FormValues query)
    {
        if (query["refresh"] is not null)
            _health.Drop();
        Task<HealthCheck> check = _health.GetAsync();
        await Task.WhenAny(check, Task.Delay(options.WaitLimit)).ConfigureAwait(false);
        if (!check.IsCompleted)
            return null;
        try
        {
            return await check.ConfigureAwait(false);
        }
        catch
        {
            // Its error is shown once. The next page checks again.
            _health.Drop();
            throw;
        }
    }

    private Response Checking(string address) => Page("checking", "Checking the schedules", new { Address = address }) with { Next = address };

    // Many are found faster in the listing than one by one.
    private async Task<List<BackupSchedule>> SelectedAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var schedules = new List<BackupSchedule>();
        if (ids.Count > MaxLookups)
        {
            var selected = new HashSet<string>(ids, StringComparer.OrdinalIgnoreCase);
            schedules.AddRange((await session.Schedules.ListAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).Where(schedule => selected.Contains(schedule.Id)));
            return schedules;
        }
        foreach (string id in ids)
            await IfThereAsync(async () => schedules.Add(await session.Schedules.GetAsync(id, false, cancellationToken).ConfigureAwait(false))).ConfigureAwait(false);
        return schedules;
    }

    private async Task<IReadOnlyList<string>> RunningAsync(IReadOnlyList<BackupSchedule> schedules, CancellationToken cancellationToken)
    {
        ILookup<string, ScheduleExecution> running = await session.Executions.InFlightAsync(false, cancellationToken).ConfigureAwait(false);
        return [.. schedules.Where(schedule => running[schedule.TriggerId].Any()).Select(schedule => $"An execution of {Clean(schedule.Name)} is running. It may fail if the schedule is deleted now.")];
    }

    private async Task ApplyAsync(Task<PreparedScheduleChange> prepared, CancellationToken cancellationToken) =>
        await session.ScheduleChanges.ApplyAsync(await prepared.ConfigureAwait(false), null, cancellationToken).ConfigureAwait(false);

    private Response Changed(string id, string done)
    {
        _health.Drop();
        return Response.See($"/schedules/{id}?done={done}");
    }

    private async Task<Response> TryAsync(ScheduleForm form, Func<Task<Response>> change)
    {
        try
        {
            return await change().ConfigureAwait(false);
        }
        catch (TroveScheduleException e)
        {
            return Form(form, e);
        }
    }

    private async Task<Response> RunJobAsync<T>(string what, string back, IReadOnlyList<T> items, Func<T, Task> change, Func<T, string> inWords)
    {
        BulkJob job = BulkJob.Start(what, back, items, change, inWords, stop);
        _jobs[job.Id] = job;
        _ = job.Completion.ContinueWith(_ => _health.Drop(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await Task.WhenAny(job.Completion, Task.Delay(options.WaitLimit)).ConfigureAwait(false);
        return Response.See(job.Done == job.Total ? FormattableString.Invariant($"{back}?deleted={job.Total}") : $"/jobs/{job.Id}");
    }

    private Response JobPage(BulkJob job)
    {
        bool isRunning = !job.Completion.IsCompleted;
        return Page("job", isRunning ? $"Deleting {job.What}" : "Deleted", new
        {
            job.Id, job.What, job.Total, job.Done, job.Failures, job.Back, Left = job.Total - job.Done - job.Failures.Count, job.IsCancelled, IsRunning = isRunning, Token = formToken,
        });
    }

    private async Task<IReadOnlyList<InstanceChoice>> InstancesOfFormAsync(CancellationToken cancellationToken)
    {
        var choices = new List<InstanceChoice>();
        await foreach (Instance instance in session.Instances.ListAsync(cancellationToken).ConfigureAwait(false))
            choices.Add(new InstanceChoice(instance.Id, Clean(instance.Name) ?? instance.Id));
        ISet<string?> ambiguous = Repeated(choices.Select(choice => choice.Name));
        return [.. choices.Select(choice => ambiguous.Contains(choice.Name) ? choice with { Name = $"{choice.Name} ({choice.Id})" } : choice).OrderBy(choice => choice.Name, StringComparer.OrdinalIgnoreCase)];
    }

    private Response Form(ScheduleForm form, TroveScheduleException? error) => Page("form", form.Id is null ? "New schedule" : "Change a schedule", new
    {
        Form = form, Preview = PageRenderer.Render("pattern", PatternView.Of(form.Pattern, form.AllowSeconds, session.CloudTime)), error?.Problem, Action = error?.RecommendedAction, Token = formToken,
    }, error is null ? HttpStatusCode.OK : StatusOf(error));

    private Response Page(string template, string title, object model, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status, Response.Html, PageRenderer.Page(template, title, session.ProjectName ?? session.ProjectId, model));
}
