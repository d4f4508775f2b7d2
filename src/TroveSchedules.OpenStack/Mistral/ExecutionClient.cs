using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text.Json.Serialization;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.OpenStack.Mistral;

/// <summary><c>/v2/executions</c>.</summary>
internal sealed class ExecutionClient(ServiceClient mistral)
{
    private const string Path = "/executions";

    // With the columns named, the response includes the output, and the server saves two or three SELECTs per row.
    private static readonly string[] Columns =
        ["id", "workflow_name", "description", "state", "state_info", "input", "output", "project_id", "created_at", "updated_at"];

    /// <summary>Starts an execution, whose id must be new. Mistral answers a repeat with the same execution, so however often it is attempted there is one at most.</summary>
    public async Task<Execution> CreateAsync(ExecutionRequest request, object? target, CancellationToken cancellationToken) =>
        Validate.ResponseMatches(await mistral.CreateAsync(
            mistral.Request(HttpMethod.Post, Path, target, () => WireJson.Body(request, WireJson.Default.ExecutionRequest)),
            $"{Path}/{ResourceId.Segment(request.Id)}", WireJson.Default.Execution, cancellationToken).ConfigureAwait(false),
            request.Id, "Mistral", execution => execution.Id, isChange: true);

    // Without input and output, which are the longest of them.
    private static readonly string[] ColumnsOfStates = ["id", "workflow_name", "description", "state", "state_info", "project_id", "created_at"];

    /// <summary>The execution of that id; null when there is none. An administrator is given other projects' executions too.</summary>
    public async Task<Execution?> FindAsync(string id, CancellationToken cancellationToken) =>
        Validate.ResponseMatches(await mistral.FindAsync($"{Path}/{ResourceId.Segment(id)}", WireJson.Default.Execution, id, cancellationToken).ConfigureAwait(false),
            id, "Mistral", execution => execution.Id);

    /// <summary>Executions of a workflow, newest first.</summary>
    /// <param name="workflow">The workflow's full name.</param>
    /// <param name="describedBy">Text that the description must contain (as SQL LIKE sees it); null for any.</param>
    /// <param name="states">The states wanted; none for all.</param>
    /// <param name="after">The earliest start wanted, of which the server sees whole seconds, and nothing where <paramref name="before"/> is given; null for any.</param>
    /// <param name="before">The latest start wanted, of which the server sees whole seconds; null for any.</param>
    /// <param name="allProjects">Whether to list all projects' executions, which only an administrator may.</param>
    /// <param name="keep">Selects rows. It is applied to each row, because <paramref name="describedBy"/> is a substring match, and seconds have fractions.</param>
    /// <param name="marker">The id of the execution after which to begin; null for the newest.</param>
    /// <param name="most">How many are wanted; null for all.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <param name="size">Size of the first page, in rows.</param>
    /// <param name="statesOnly">Whether to leave out the inputs and outputs, which the caller does not need.</param>
    public IAsyncEnumerable<Execution> ListAsync(
        string workflow, string? describedBy, IReadOnlyCollection<string> states, DateTimeOffset? after, DateTimeOffset? before,
        bool allProjects, Func<Execution, bool> keep, string? marker, long? most, CancellationToken cancellationToken, int size = Paging.FirstPageSize,
        bool statesOnly = false)
    {
        Query query = new Query().Equal("workflow_name", workflow).In("state", states);
        query = before is null ? query.AtOrAfter("created_at", after) : query.AtOrBefore("created_at", before); // Mistral applies only one filter per column.
        query.SortBy("created_at,id", "desc,desc").AllProjects(allProjects).Fields(statesOnly ? ColumnsOfStates : Columns);
        if (describedBy is not null)
            query.Has("description", describedBy);
        return Paging.WalkAsync(
            async (last, limit, token) =>
            {
                ExecutionPage page = await mistral.GetAsync(
                    Path + query.Copy().Page(last, limit), WireJson.Default.ExecutionPage, describedBy, token).ConfigureAwait(false);
                return new Page<Execution>(page.Executions, page.Next is not null && !(page.Executions.LastOrDefault()?.CreatedAt < after));
            },
            execution => execution.Id, keep, marker, most, size, cancellationToken);
    }

    /// <summary>When the oldest execution of a workflow started, as far as Mistral still has it; null for none.</summary>
    public async Task<DateTimeOffset?> OldestAsync(string workflow, CancellationToken cancellationToken)
    {
        Query query = new Query().Equal("workflow_name", workflow).SortBy("created_at,id", "asc,asc").Fields(ColumnsOfStates).Page(null, 1);
        ExecutionPage page = await mistral.GetAsync(Path + query, WireJson.Default.ExecutionPage, null, cancellationToken).ConfigureAwait(false);
        return page.Executions.FirstOrDefault()?.CreatedAt;
    }

    /// <summary>Deletes an execution; one that has not ended only by force.</summary>
    public Task DeleteAsync(string id, bool force, object? target, CancellationToken cancellationToken) =>
        mistral.DeleteAsync($"{Path}/{ResourceId.Segment(id)}{(force ? "?force=true" : "")}", target, cancellationToken);
}

/// <summary>The body of <c>POST /v2/executions</c>. <see href="https://docs.openstack.org/mistral/latest/user/rest_api_v2.html">Mistral REST API v2</see>.</summary>
/// <param name="Id">The id, a new UUID.</param>
/// <param name="WorkflowName">The full name of the workflow to start.</param>
/// <param name="Input">The workflow's input: a JSON object inside a JSON string.</param>
/// <param name="Description">Any text.</param>
internal sealed record ExecutionRequest(string Id, string WorkflowName, string Input, string Description);

/// <summary>An execution in a response. <see href="https://docs.openstack.org/mistral/latest/user/rest_api_v2.html">Mistral REST API v2</see>.</summary>
internal sealed record Execution
{
    /// <summary>Mistral's id of the execution, a UUID.</summary>
    public required string Id { get; init => field = Validate.Text(value); }
    /// <summary>The full name of the workflow.</summary>
    [JsonConverter(typeof(RepeatedTextConverter))]
    public string? WorkflowName { get; init; }
    /// <summary>Text. For an execution that a trigger started, a JSON object inside a JSON string, whose <c>triggered_by</c> names the trigger; null or any other text for others.</summary>
    [JsonConverter(typeof(RepeatedTextConverter))]
    public string? Description { get; init; }
    /// <summary>IDLE, RUNNING, PAUSED, SUCCESS, ERROR or CANCELLED.</summary>
    [JsonConverter(typeof(RepeatedTextConverter))]
    public required string State { get; init => field = Validate.Text(value); }
    /// <summary>The reason for the state, at any length; null when there is none.</summary>
    public string? StateInfo { get; init; }
    /// <summary>The workflow's input: a JSON object inside a JSON string.</summary>
    [JsonConverter(typeof(RepeatedTextConverter))]
    public string? Input { get; init; }
    /// <summary>The workflow's output: a JSON object inside a JSON string; null when the response leaves it out.</summary>
    [JsonConverter(typeof(RepeatedTextConverter))]
    public string? Output { get; init; }
    /// <summary>The id of the project that owns the execution, 32 hexadecimal digits.</summary>
    [JsonConverter(typeof(RepeatedTextConverter))]
    public string? ProjectId { get; init; }
    /// <summary>When the execution started, in UTC.</summary>
    public DateTimeOffset? CreatedAt { get; init; }
    /// <summary>When the execution last changed, in UTC.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>A page of <c>GET /v2/executions</c>. <see href="https://docs.openstack.org/mistral/latest/user/rest_api_v2.html">Mistral REST API v2</see>.</summary>
internal sealed record ExecutionPage
{
    /// <summary>The executions, in the order of the request.</summary>
    public required IReadOnlyList<Execution> Executions { get; init => field = Validate.Rows(value); }
    /// <summary>The link to the next page, which is never followed; null on the last page.</summary>
    public string? Next { get; init; }
}
