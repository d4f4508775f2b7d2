using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.OpenStack.Mistral;

/// <summary><c>/v2/workflows</c>, and <c>/v2/actions</c>, which a workflow is made of.</summary>
internal sealed class WorkflowClient(ServiceClient mistral)
{
    /// <summary>The workflow of that name, the session's own or a public one; null when there is none.</summary>
    public async Task<Workflow?> FindAsync(string name, CancellationToken cancellationToken) =>
        Validate.ResponseMatches(await mistral.FindAsync($"/workflows/{Uri.EscapeDataString(name)}", WireJson.Default.Workflow, name, cancellationToken).ConfigureAwait(false),
            name, "Mistral", workflow => workflow.Name);

    /// <summary>The workflows of that name: the session's own, and public ones.</summary>
    public async Task<IReadOnlyList<Workflow>> ListAsync(string name, CancellationToken cancellationToken) =>
        (await mistral.GetAsync("/workflows" + new Query().Equal("name", name), WireJson.Default.WorkflowPage, name, cancellationToken).ConfigureAwait(false)).Workflows;

    /// <summary>Whether the cloud's Mistral has an action.</summary>
    public async Task<bool> HasActionAsync(string name, CancellationToken cancellationToken) =>
        Validate.ResponseMatches(await mistral.FindAsync($"/actions/{Uri.EscapeDataString(name)}", WireJson.Default.MistralAction, name, cancellationToken).ConfigureAwait(false),
            name, "Mistral", action => action.Name) is not null;
}

/// <summary>A workflow in a response. <see href="https://docs.openstack.org/mistral/latest/user/rest_api_v2.html">Mistral REST API v2</see>.</summary>
internal sealed record Workflow
{
    /// <summary>The workflow's full name: the workbook's name, a dot and its own.</summary>
    public required string Name { get; init => field = Validate.Text(value); }
    /// <summary>The inputs as text for people, such as <c>instance, name, description=None</c>. Older releases have nothing else.</summary>
    public string? Input { get; init; }
    /// <summary>The inputs as a JSON object inside a JSON string, <c>{"input": ["name", {"description": null}]}</c>; null from older releases.</summary>
    public string? Interface { get; init; }
    /// <summary>The workflow as YAML text; null when the response leaves it out.</summary>
    public string? Definition { get; init; }
    /// <summary><c>private</c>, or <c>public</c> for all projects.</summary>
    public string? Scope { get; init; }
    /// <summary>The id of the project that owns the workflow, 32 hexadecimal digits.</summary>
    public string? ProjectId { get; init; }
    /// <summary>When the workflow was created, in UTC.</summary>
    public DateTimeOffset? CreatedAt { get; init; }
    /// <summary>When the workflow was last replaced, in UTC; null when the response leaves it out.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>The response to <c>GET /v2/workflows</c>. <see href="https://docs.openstack.org/mistral/latest/user/rest_api_v2.html">Mistral REST API v2</see>.</summary>
internal sealed record WorkflowPage
{
    /// <summary>The workflows of that name: at most one of the project, and public ones.</summary>
    public required IReadOnlyList<Workflow> Workflows { get; init => field = Validate.Rows(value); }
}

/// <summary>An action in a response. <see href="https://docs.openstack.org/mistral/latest/user/rest_api_v2.html">Mistral REST API v2</see>.</summary>
internal sealed record MistralAction
{
    /// <summary>The action's name, such as <c>trove.backups_create</c>.</summary>
    public required string Name { get; init => field = Validate.Text(value); }
}
