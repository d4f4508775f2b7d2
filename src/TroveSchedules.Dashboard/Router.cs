using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.Dashboard;

/// <summary>Finds what answers a request. A part of a path is a word of the table or a UUID, and nothing else reaches a panel.</summary>
internal sealed class Router
{
    private const string Id = "{id}";

    private readonly Panels _panels;
    private readonly (string Method, string[] Parts, Func<string, FormValues, CancellationToken, Task<Response>> Answer)[] _routes;

    public Router(Panels panels)
    {
        _panels = panels;
        _routes =
        [
            Route("GET", "/", (_, query, stop) => panels.InstancesAsync(query, stop)),
            Route("GET", "/schedules", (_, query, stop) => panels.SchedulesAsync(query, stop)),
            Route("GET", "/schedules/new", (_, query, stop) => panels.NewScheduleAsync(query, stop)),
            Route("POST", "/schedules/new", (_, form, stop) => panels.CreateAsync(form, stop)),
            Route("POST", "/schedules/delete", (_, form, stop) => panels.DeleteSchedulesAsync(form, stop)),
            Route("GET", $"/schedules/{Id}", panels.ScheduleAsync),
            Route("GET", $"/schedules/{Id}/change", panels.ScheduleFormAsync),
            Route("POST", $"/schedules/{Id}/change", panels.ChangeAsync),
            Route("POST", $"/schedules/{Id}/suspend", panels.SuspendAsync),
            Route("POST", $"/schedules/{Id}/resume", panels.ResumeAsync),
            Route("POST", $"/schedules/{Id}/start", panels.StartAsync),
            Route("GET", $"/schedules/{Id}/executions", panels.ExecutionsAsync),
            Route("POST", $"/schedules/{Id}/executions/delete", panels.DeleteExecutionsAsync),
            Route("GET", "/pattern", (_, query, _) => Task.FromResult(panels.ExplainPattern(query))),
            Route("GET", $"/jobs/{Id}", (id, _, _) => Task.FromResult(panels.Job(id))),
            Route("POST", $"/jobs/{Id}/cancel", (id, _, _) => panels.CancelJobAsync(id)),
            Route("GET", "/dashboard.css", (_, _, _) => Task.FromResult(Panels.Styles())),
            Route("GET", "/dashboard.js", (_, _, _) => Task.FromResult(Panels.Script())),
        ];
    }

    /// <summary>Answers a request that got in. Errors of the services are pages, too.</summary>
    public async Task<Response> AnswerAsync(string method, string path, FormValues values, CancellationToken cancellationToken)
    {
        string[] parts = path.Trim('/').Split('/');
        foreach ((string routeMethod, string[] routeParts, Func<string, FormValues, CancellationToken, Task<Response>> answer) in _routes)
        {
            if (routeMethod != method || Match(routeParts, parts) is not { } id)
                continue;
            try
            {
                return await answer(id, values, cancellationToken).ConfigureAwait(false);
            }
            catch (TroveScheduleException e)
            {
                return _panels.Error(e, id.Length > 0 && e.Kind != TroveErrorKind.NotFound ? $"/schedules/{id}" : null);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Every request gets an answer. Without this, the browser would wait for the one that met a bug.
                return _panels.Error(new TroveScheduleException(TroveErrorKind.Failed, $"The dashboard could not make this page: {e.Message}", e) { RecommendedAction = "Report it as a bug, with what you did before." });
            }
        }
        return _panels.NotFound();
    }

    private static (string, string[], Func<string, FormValues, CancellationToken, Task<Response>>) Route(string method, string path, Func<string, FormValues, CancellationToken, Task<Response>> answer) =>
        (method, path.Trim('/').Split('/'), answer);

    // The id in the path, "" for a route without one, or null if the path is another one.
    private static string? Match(IReadOnlyList<string> route, IReadOnlyList<string> parts)
    {
        if (route.Count != parts.Count)
            return null;
        string id = "";
        foreach ((string expected, string part) in route.Zip(parts, (expected, part) => (expected, part)))
        {
            if (expected == Id && Guid.TryParseExact(part, "D", out Guid read))
                id = read.ToString();
            else if (expected != part)
                return null;
        }
        return id;
    }
}
