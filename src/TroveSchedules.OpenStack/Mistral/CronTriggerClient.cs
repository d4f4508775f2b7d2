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

    // What a CronTrigger holds, and no more: the rest would take the server as long again. A single trigger comes whole, for there it knows no fields.
    private static readonly string[] Columns =
    [
        "id", "name", "workflow_name", "workflow_input", "project_id", "pattern", "remaining_executions",
        "first_execution_time", "next_execution_time", "created_at", "updated_at",
    ];

    /// <summary>Makes a trigger, whose name must be new. Names are unique in a project, so however often it is attempted there is one at most.</summary>
    public async Task<CronTrigger> CreateAsync(CronTriggerRequest request, object? target, CancellationToken cancellationToken) =>
        Validate.ResponseMatches(await mistral.CreateAsync(
            mistral.Request(HttpMethod.Post, Path, target, () => WireJson.Body(request, WireJson.Default.CronTriggerRequest)),
            $"{Path}/{ResourceId.Segment(request.Name)}", WireJson.Default.CronTrigger, cancellationToken).ConfigureAwait(false),
            request.Name, "Mistral", trigger => trigger.Name, isChange: true);

    /// <summary>The trigger of that name or id; null when there is none. An administrator is given other projects' triggers too.</summary>
    public async Task<CronTrigger?> FindAsync(string nameOrId, CancellationToken cancellationToken) =>
        Validate.ResponseMatches(await mistral.FindAsync($"{Path}/{ResourceId.Segment(nameOrId)}", WireJson.Default.CronTrigger, nameOrId, cancellationToken).ConfigureAwait(false),
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
            trigger => trigger.Id, null, null, null, Paging.Large, cancellationToken);
    }

    /// <summary>Deletes the trigger of that id, and its trust with it.</summary>
    public Task DeleteAsync(string id, object? target, CancellationToken cancellationToken) =>
        mistral.DeleteAsync($"{Path}/{ResourceId.Segment(id)}", target, cancellationToken);
}

/// <summary>What is sent to make a cron trigger. <c>workflow_input</c> is JSON inside a JSON string.</summary>
internal sealed record CronTriggerRequest(
    string Name, string WorkflowName, string WorkflowInput, string? Pattern, string? FirstExecutionTime, int? RemainingExecutions);

/// <summary>A cron trigger as Mistral tells it.</summary>
internal sealed record CronTrigger
{
    public required string Id { get; init => field = Validate.Text(value); }
    public required string Name { get; init => field = Validate.Text(value); }
    public string? WorkflowName { get; init; }
    public string? WorkflowInput { get; init; }
    public string? ProjectId { get; init; }
    public string? Pattern { get; init; }
    public int? RemainingExecutions { get; init; }
    public DateTimeOffset? FirstExecutionTime { get; init; }
    public DateTimeOffset? NextExecutionTime { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
}

internal sealed record CronTriggerPage
{
    public required IReadOnlyList<CronTrigger> CronTriggers { get; init => field = Validate.Rows(value); }
    public string? Next { get; init; }
}
