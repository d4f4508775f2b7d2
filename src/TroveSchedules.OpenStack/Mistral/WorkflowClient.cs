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

/// <summary>A workflow as Mistral tells it. <c>interface</c> is JSON inside a JSON string; <c>input</c> is the same for people, and all that older releases have.</summary>
internal sealed record Workflow
{
    public required string Name { get; init => field = Validate.Text(value); }
    public string? Input { get; init; }
    public string? Interface { get; init; }
    public string? Definition { get; init; }
    public string? Scope { get; init; }
    public string? ProjectId { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
}

internal sealed record WorkflowPage
{
    public required IReadOnlyList<Workflow> Workflows { get; init => field = Validate.Rows(value); }
}

internal sealed record MistralAction
{
    public required string Name { get; init => field = Validate.Text(value); }
}
