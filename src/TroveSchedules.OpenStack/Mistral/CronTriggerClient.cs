using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.OpenStack.Mistral;

/// <summary><c>/v2/cron_triggers</c>.</summary>
internal sealed class CronTriggerClient(ServiceClient mistral)
{
    private const string Path = "/cron_triggers";

    // Only the fields of CronTrigger, because the others would double the server's time. The request for a single trigger has no such option.
    private static readonly string[] Columns =
    [
        "id", "name", "workflow_name", "workflow_input", "workflow_params", "project_id", "pattern", "remaining_executions",
        "first_execution_time", "next_execution_time", "created_at", "updated_at",
    ];

    /// <summary>Makes a trigger, whose name must be new. Names are unique in a project, so however often it is attempted there is one at most.</summary>
    public async Task<CronTrigger> CreateAsync(CronTriggerRequest request, object? target, CancellationToken cancellationToken) =>
        Validate.ResponseMatches(await mistral.CreateAsync(
            mistral.Request(HttpMethod.Post, Path, target, () => WireJson.Body(request, WireJson.Default.CronTriggerRequest)),
            $"{Path}/{ResourceId.Segment(request.Name)}", WireJson.Default.CronTrigger, cancellationToken).ConfigureAwait(false),
            request.Name, "Mistral", trigger => trigger.Name, isChange: true);

    /// <summary>The trigger of that name or id; null when there is none. An administrator is given other projects' triggers too. Errors have the target, by default the name or id.</summary>
    public async Task<CronTrigger?> FindAsync(string nameOrId, CancellationToken cancellationToken, object? target = null) =>
        Validate.ResponseMatches(await mistral.FindAsync($"{Path}/{ResourceId.Segment(nameOrId)}", WireJson.Default.CronTrigger, target ?? nameOrId, cancellationToken).ConfigureAwait(false),
            nameOrId, "Mistral", trigger => trigger.Name, trigger => trigger.Id);

    /// <summary>The triggers that run a workflow, in a stable order, so that one that fires meanwhile is neither lost nor seen twice.</summary>
    public IAsyncEnumerable<CronTrigger> ListAsync(string workflow, string? name, bool allProjects, CancellationToken cancellationToken)
    {
        Query query = new Query().Equal("workflow_name", workflow).SortBy("created_at,id", "asc,asc").AllProjects(allProjects).Fields(Columns);
        if (name is not null)
            query.Equal("name", name);
        return Paging.WalkAsync(
            async (marker, limit, token) =>
            {
                CronTriggerPage page = await mistral.GetAsync(
                    Path + query.Copy().Page(marker, limit), WireJson.Default.CronTriggerPage, name, token).ConfigureAwait(false);
                return new Page<CronTrigger>(page.CronTriggers, page.Next is not null);
            },
            trigger => trigger.Id, null, null, null, Paging.MaxPageSize, cancellationToken);
    }

    /// <summary>Deletes the trigger of that id, and its trust with it.</summary>
    public Task DeleteAsync(string id, object? target, CancellationToken cancellationToken) =>
        mistral.DeleteAsync($"{Path}/{ResourceId.Segment(id)}", target, cancellationToken);
}

/// <summary>The body of <c>POST /v2/cron_triggers</c>. <see href="https://docs.openstack.org/mistral/latest/user/rest_api_v2.html">Mistral REST API v2</see>.</summary>
/// <param name="Name">The name, which must be new in the project.</param>
/// <param name="WorkflowName">The full name of the workflow to start.</param>
/// <param name="WorkflowInput">The workflow's input: a JSON object inside a JSON string.</param>
/// <param name="Pattern">The cron pattern in UTC; null for one execution at <paramref name="FirstExecutionTime"/>.</param>
/// <param name="FirstExecutionTime">The first time in UTC as <c>yyyy-MM-dd HH:mm</c>, at least one minute ahead; null for the next time of the pattern.</param>
/// <param name="RemainingExecutions">The number of executions, 1 or more; null for no limit.</param>
/// <param name="WorkflowParams">Parameters of the executions, such as <c>env</c>: a JSON object inside a JSON string; null for none.</param>
internal sealed record CronTriggerRequest(
    string Name, string WorkflowName, string WorkflowInput, string? Pattern, string? FirstExecutionTime, int? RemainingExecutions, string? WorkflowParams = null);

/// <summary>A cron trigger in a response. <see href="https://docs.openstack.org/mistral/latest/user/rest_api_v2.html">Mistral REST API v2</see>.</summary>
internal sealed record CronTrigger
{
    /// <summary>Mistral's own id of the trigger, a UUID.</summary>
    public required string Id { get; init => field = Validate.Text(value); }
    /// <summary>The name, unique in a project. For our schedules it is the schedule's id, a UUID.</summary>
    public required string Name { get; init => field = Validate.Text(value); }
    /// <summary>The full name of the workflow that the trigger starts; null when the service leaves it out.</summary>
    public string? WorkflowName { get; init; }
    /// <summary>The workflow's input: a JSON object inside a JSON string; null when there is none.</summary>
    public string? WorkflowInput { get; init; }
    /// <summary>Parameters of the executions: a JSON object inside a JSON string. See <see cref="ScheduleMetadata"/>.</summary>
    public string? WorkflowParams { get; init; }
    /// <summary>The id of the project that owns the trigger, 32 hexadecimal digits.</summary>
    public string? ProjectId { get; init; }
    /// <summary>The cron pattern in UTC. A trigger with only a first time has <see cref="ScheduleRules.NeverPattern"/>.</summary>
    public string? Pattern { get; init; }
    /// <summary>The number of executions that are left, 1 or more; null for no limit.</summary>
    public int? RemainingExecutions { get; init; }
    /// <summary>The first time from the request, in UTC and whole minutes; null when none was given.</summary>
    public DateTimeOffset? FirstExecutionTime { get; init; }
    /// <summary>The next time that Mistral starts the workflow, in UTC.</summary>
    public DateTimeOffset? NextExecutionTime { get; init; }
    /// <summary>When the trigger was created, in UTC.</summary>
    public DateTimeOffset? CreatedAt { get; init; }
    /// <summary>When the trigger last changed, in UTC; null in the response to a POST, which leaves it out.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>A page of <c>GET /v2/cron_triggers</c>. <see href="https://docs.openstack.org/mistral/latest/user/rest_api_v2.html">Mistral REST API v2</see>.</summary>
internal sealed record CronTriggerPage
{
    /// <summary>The triggers, in the order of the request.</summary>
    public required IReadOnlyList<CronTrigger> CronTriggers { get; init => field = Validate.Rows(value); }
    /// <summary>The link to the next page, which is never followed; null on the last page.</summary>
    public string? Next { get; init; }
}
