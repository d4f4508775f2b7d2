using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.Cron;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Dashboard;

/// <summary>
/// The panels: instances, schedules, one schedule, its executions, and the forms. Each calls the operations of the library that the cmdlets call, and renders a page. What fails is thrown as
/// <see cref="TroveScheduleException"/>, or shown in the form that caused it.
/// </summary>
internal sealed class Panels(CloudSession session, string formToken)
{
    private const int ExecutionsPerPage = 50;
    private const int NextTimes = 10;

    private static readonly TimeSpan HealthPeriod = TimeSpan.FromDays(14);

    public async Task<Response> InstancesAsync(FormValues query, CancellationToken cancellationToken)
    {
        var warnings = new List<string>();
        IReadOnlyList<ScheduleHealth> health = await HealthAsync(null, true, warnings, cancellationToken).ConfigureAwait(false);
        string? search = query["search"];
        var rows = health.GroupBy(one => one.InstanceId, StringComparer.OrdinalIgnoreCase)
            .Select(instance => new InstanceRow(
                instance.Key, Clean(instance.First().InstanceName ?? instance.Key), Clean(instance.First().InstanceStatus), instance.Max(one => one.State).ToString(),
                instance.Count(one => one.ScheduleId is not null), Utc(instance.Min(one => one.NextExecutionTime)), Utc(instance.Max(one => one.InstanceBackupTime))))
            .Where(row => Matches(search, row.Name, row.Id))
            .ToList();
        return Page("instances", "Instances", new { Rows = rows, Search = search, Warnings = warnings });
    }

    public async Task<Response> SchedulesAsync(FormValues query, CancellationToken cancellationToken)
    {
        var warnings = new List<string>();
        IReadOnlyList<ScheduleHealth> health = await HealthAsync(null, false, warnings, cancellationToken).ConfigureAwait(false);
        string? instance = query["instance"], search = query["search"], state = query["state"];
        var rows = health
            .Where(one => instance is null || string.Equals(one.InstanceId, instance, StringComparison.OrdinalIgnoreCase))
            .Where(one => (state is null || string.Equals(one.State.ToString(), state, StringComparison.OrdinalIgnoreCase)) && Matches(search, one.Name, one.InstanceName, one.ScheduleId))
            .Select(ScheduleRow.Of).ToList();
        string? name = instance is null ? null : health.FirstOrDefault(one => string.Equals(one.InstanceId, instance, StringComparison.OrdinalIgnoreCase))?.InstanceName ?? instance;
        return Page("schedules", name is null ? "Schedules" : $"Schedules of {Clean(name)}", new
        {
            Rows = rows, Instance = instance, InstanceName = Clean(name), Search = search, State = state, States = Enum.GetNames(typeof(HealthState)), Warnings = warnings, Token = formToken,
        });
    }

    public async Task<Response> ScheduleAsync(string id, FormValues query, CancellationToken cancellationToken)
    {
        var warnings = new List<string>();
        BackupSchedule schedule = await session.Schedules.GetAsync(id, false, cancellationToken).ConfigureAwait(false);
        ScheduleHealth? health = (await HealthAsync([schedule], false, warnings, cancellationToken).ConfigureAwait(false)).FirstOrDefault();
        return Page("schedule", Clean(schedule.Name) ?? id, ScheduleView.Of(schedule, health, warnings, query["done"], formToken, NextTimes, session.CloudTime));
    }

    public async Task<Response> ExecutionsAsync(string id, FormValues query, CancellationToken cancellationToken)
    {
        // One more than a page tells whether there is another.
        string? state = query["state"];
        var options = new ExecutionQuery { Limit = ExecutionsPerPage + 1, Marker = query["marker"], States = state is null ? [] : [state], IncludeBackupStatus = true };
        var rows = new List<ScheduleExecution>();
        await foreach (ScheduleExecution execution in session.Executions.ListAsync(id, options, cancellationToken).ConfigureAwait(false))
            rows.Add(execution);
        List<ScheduleExecution> shown = [.. rows.Take(ExecutionsPerPage)];
        return Page("executions", "Executions", new
        {
            Id = id, Rows = shown.Select(ExecutionRow.Of).ToList(), State = state, States = new[] { "SUCCESS", "ERROR", "RUNNING", "PAUSED", "IDLE", "CANCELLED" },
            Next = rows.Count > ExecutionsPerPage ? shown[ExecutionsPerPage - 1].Id : null, IsFirst = query["marker"] is null, Token = formToken,
        });
    }

    public async Task<Response> NewScheduleAsync(FormValues query, CancellationToken cancellationToken) =>
        Form(new ScheduleForm { Instance = query["instance"] ?? "", Instances = await InstancesOfFormAsync(cancellationToken).ConfigureAwait(false) }, null);

    public async Task<Response> CreateAsync(FormValues values, CancellationToken cancellationToken)
    {
        ScheduleForm form = ScheduleForm.Read(values) with { Instances = await InstancesOfFormAsync(cancellationToken).ConfigureAwait(false) };
        if (values["preview"] is not null)
            return Form(form, null);
        try
        {
            BackupSchedule created = await session.Schedules.CreateAsync(form.ToRequest(), null, cancellationToken).ConfigureAwait(false);
            return Response.See($"/schedules/{created.Id}?done=created");
        }
        catch (TroveScheduleException e) when (e.Kind is TroveErrorKind.Invalid or TroveErrorKind.NotFound or TroveErrorKind.Conflict)
        {
            return Form(form, e);
        }
    }

    public async Task<Response> ScheduleFormAsync(string id, FormValues query, CancellationToken cancellationToken) =>
        Form(ScheduleForm.Of(await session.Schedules.GetAsync(id, false, cancellationToken).ConfigureAwait(false)), null);

    public async Task<Response> ChangeAsync(string id, FormValues values, CancellationToken cancellationToken)
    {
        BackupSchedule schedule = await session.Schedules.GetAsync(id, false, cancellationToken).ConfigureAwait(false);
        ScheduleForm form = ScheduleForm.Read(values) with { Id = id, Instance = schedule.InstanceId ?? "" };
        if (values["preview"] is not null)
            return Form(form, null);
        try
        {
            await session.ScheduleChanges.ApplyAsync(await session.ScheduleChanges.PrepareAsync(schedule, form.ToChange(), null, cancellationToken).ConfigureAwait(false), null, cancellationToken).ConfigureAwait(false);
            return Response.See($"/schedules/{id}?done=changed");
        }
        catch (TroveScheduleException e) when (e.Kind is TroveErrorKind.Invalid or TroveErrorKind.NotFound or TroveErrorKind.Conflict)
        {
            return Form(form, e);
        }
    }

    public async Task<Response> SuspendAsync(string id, FormValues values, CancellationToken cancellationToken)
    {
        BackupSchedule schedule = await session.Schedules.GetAsync(id, false, cancellationToken).ConfigureAwait(false);
        await session.ScheduleChanges.ApplyAsync(
            await session.ScheduleChanges.PrepareSuspensionAsync(schedule, values["reason"], ScheduleForm.ReadTime(values, "until"), cancellationToken: cancellationToken).ConfigureAwait(false), null, cancellationToken).ConfigureAwait(false);
        return Response.See($"/schedules/{id}?done=suspended");
    }

    public async Task<Response> ResumeAsync(string id, FormValues values, CancellationToken cancellationToken)
    {
        BackupSchedule schedule = await session.Schedules.GetAsync(id, false, cancellationToken).ConfigureAwait(false);
        await session.ScheduleChanges.ApplyAsync(
            await session.ScheduleChanges.PrepareResumptionAsync(schedule, cancellationToken: cancellationToken).ConfigureAwait(false), null, cancellationToken).ConfigureAwait(false);
        return Response.See($"/schedules/{id}?done=resumed");
    }

    public async Task<Response> StartAsync(string id, FormValues values, CancellationToken cancellationToken)
    {
        BackupSchedule schedule = await session.Schedules.GetAsync(id, false, cancellationToken).ConfigureAwait(false);
        await session.Executions.StartAsync(schedule, Guid.NewGuid().ToString(), false, cancellationToken).ConfigureAwait(false);
        return Response.See($"/schedules/{id}/executions");
    }

    public async Task<Response> DeleteSchedulesAsync(FormValues values, CancellationToken cancellationToken)
    {
        List<BackupSchedule> schedules = [];
        foreach (string id in values.All("id").Where(id => Guid.TryParseExact(id, "D", out _)).Distinct(StringComparer.OrdinalIgnoreCase))
            schedules.Add(await session.Schedules.GetAsync(id, false, cancellationToken).ConfigureAwait(false));
        if (schedules.Count == 0)
            return Error(NothingSelected("schedules"));
        if (values["confirmed"] is null)
        {
            return Page("confirm", "Delete schedules", new
            {
                Action = "/schedules/delete", Question = schedules.Count == 1 ? "Delete this schedule? No more backups are made by it. Its executions and backups stay." : $"Delete these {schedules.Count} schedules? No more backups are made by them. Their executions and backups stay.",
                Rows = schedules.Select(schedule => new ConfirmedRow(schedule.Id, $"{Clean(schedule.Name)} ({Clean(schedule.Pattern) ?? "once"}) of instance {Clean(schedule.InstanceId)}")).ToList(), Back = "/schedules", Token = formToken,
            });
        }
        return await ForEachAsync(schedules, schedule => session.Schedules.DeleteAsync(schedule, false, cancellationToken), schedule => $"{schedule.Name} ({schedule.Id})", "/schedules").ConfigureAwait(false);
    }

    public async Task<Response> DeleteExecutionsAsync(string id, FormValues values, CancellationToken cancellationToken)
    {
        List<ScheduleExecution> executions = [];
        foreach (string execution in values.All("id").Where(one => Guid.TryParseExact(one, "D", out _)).Distinct(StringComparer.OrdinalIgnoreCase))
            executions.Add(await session.Executions.GetAsync(execution, cancellationToken: cancellationToken).ConfigureAwait(false));
        if (executions.Count == 0)
            return Error(NothingSelected("executions"));
        string back = $"/schedules/{id}/executions";
        if (values["confirmed"] is null)
        {
            return Page("confirm", "Delete executions", new
            {
                Action = back + "/delete", Question = executions.Count == 1 ? "Delete this execution? Its backup stays." : $"Delete these {executions.Count} executions? Their backups stay.",
                Rows = executions.Select(execution => new ConfirmedRow(execution.Id, $"{Utc(execution.ExecutionTime)}, {execution.State}")).ToList(), Back = back, Token = formToken,
            });
        }
        return await ForEachAsync(executions, execution => session.Executions.DeleteAsync(execution, cancellationToken: cancellationToken), execution => $"the execution of {Utc(execution.ExecutionTime)}", back).ConfigureAwait(false);
    }

    public Response ExplainPattern(FormValues query) => new(HttpStatusCode.OK, Response.Html, PageRenderer.Render("pattern", PatternView.Of(query["pattern"], query["allowSeconds"] is not null, session.CloudTime)));

    public static Response Asset(string file, string contentType) => new(HttpStatusCode.OK, contentType, PageRenderer.Read(file));

    public Response NotFound() => Page("error", "Not found", new { Problem = "The dashboard has no such page.", Action = "Go back to the instances." }, HttpStatusCode.NotFound);

    public Response Error(TroveScheduleException e) => Page("error", "Error", new { e.Problem, Action = e.RecommendedAction }, e.Kind switch
    {
        TroveErrorKind.NotFound => HttpStatusCode.NotFound,
        TroveErrorKind.Invalid => HttpStatusCode.BadRequest,
        TroveErrorKind.Conflict => HttpStatusCode.Conflict,
        TroveErrorKind.Forbidden or TroveErrorKind.Unauthorized => HttpStatusCode.Forbidden,
        TroveErrorKind.Unavailable or TroveErrorKind.Timeout => HttpStatusCode.ServiceUnavailable,
        _ => HttpStatusCode.BadGateway,
    });

    private static TroveScheduleException NothingSelected(string what) =>
        new(TroveErrorKind.Invalid, $"No {what} are selected.") { ErrorId = "NothingSelected", RecommendedAction = $"Go back, and select the {what} to delete." };

    private static async Task<string?> ErrorOfAsync(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
            return null;
        }
        catch (TroveScheduleException e)
        {
            return e.Message;
        }
    }

    // One failure does not keep the others from being done.
    private async Task<Response> ForEachAsync<T>(IReadOnlyList<T> items, Func<T, Task> work, Func<T, string> inWords, string back)
    {
        var failures = new List<ConfirmedRow>();
        foreach (T item in items)
        {
            if (await ErrorOfAsync(work(item)).ConfigureAwait(false) is { } error)
                failures.Add(new ConfirmedRow("", $"{Clean(inWords(item))}: {error}"));
        }
        return failures.Count == 0 ? Response.See(back) : Page("failures", "Not everything was deleted", new { Done = items.Count - failures.Count, Rows = failures, Back = back }, HttpStatusCode.Conflict);
    }

    private async Task<IReadOnlyList<ScheduleHealth>> HealthAsync(IReadOnlyCollection<BackupSchedule>? schedules, bool includeUnscheduled, List<string> warnings, CancellationToken cancellationToken)
    {
        void Warn(string text)
        {
            lock (warnings)
                warnings.Add(Clean(text)!);
        }

        return await session.Schedules.CheckHealthAsync(schedules, new HealthOptions { Since = session.CloudTime - HealthPeriod, IncludeUnscheduled = includeUnscheduled }, Warn, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<InstanceChoice>> InstancesOfFormAsync(CancellationToken cancellationToken)
    {
        var choices = new List<InstanceChoice>();
        await foreach (Instance instance in session.Instances.ListAsync(cancellationToken).ConfigureAwait(false))
            choices.Add(new InstanceChoice(instance.Id, Clean(instance.Name) ?? instance.Id));
        return [.. choices.OrderBy(choice => choice.Name, StringComparer.OrdinalIgnoreCase)];
    }

    private Response Form(ScheduleForm form, TroveScheduleException? error) => Page("form", form.Id is null ? "New schedule" : "Change a schedule", new
    {
        Form = form, Preview = PatternView.Of(form.Pattern, form.AllowSeconds, session.CloudTime), Problem = error?.Problem, Action = error?.RecommendedAction, Token = formToken,
    }, error is null ? HttpStatusCode.OK : HttpStatusCode.BadRequest);

    private Response Page(string template, string title, object model, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status, Response.Html, PageRenderer.Page(template, title, session.ProjectName ?? session.ProjectId, model));

    private static bool Matches(string? search, params string?[] texts) => search is null || texts.Any(text => text?.IndexOf(search, StringComparison.OrdinalIgnoreCase) >= 0);

    internal static string? Clean(string? text) => text is null ? null : TerminalText.SanitizeLine(text);

    internal static string? Utc(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
