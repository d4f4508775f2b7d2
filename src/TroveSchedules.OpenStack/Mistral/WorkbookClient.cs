using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.OpenStack.Mistral;

/// <summary><c>/v2/workbooks</c>: the YAML goes as plain text.</summary>
internal sealed class WorkbookClient(ServiceClient mistral)
{
    private const string Path = "/workbooks";

    /// <summary>The workbooks of that name: the session's own, and public ones.</summary>
    public async Task<IReadOnlyList<WorkbookResponse>> ListAsync(string name, CancellationToken cancellationToken) =>
        (await mistral.GetAsync(Path + new Query().Equal("name", name), WireJson.Default.WorkbookPage, name, cancellationToken).ConfigureAwait(false)).Workbooks;

    /// <summary>Whether Mistral would take the definition, and why not.</summary>
    public Task<ValidationResponse> ValidateAsync(string definition, CancellationToken cancellationToken) =>
        mistral.SendAsync(
            mistral.Request(HttpMethod.Post, Path + "/validate", null, Yaml(definition)) with { IsChange = false, IsRetryable = true }, WireJson.Default.ValidationResponse, cancellationToken);

    /// <summary>Makes the workbook and its workflows.</summary>
    public Task<WorkbookResponse> CreateAsync(string definition, string scope, CancellationToken cancellationToken) =>
        mistral.SendAsync(mistral.Request(HttpMethod.Post, Path + ScopeQuery(scope), null, Yaml(definition)), WireJson.Default.WorkbookResponse, cancellationToken);

    /// <summary>Replaces the workbook and its workflows. A scope that is left out means private to Mistral, so it is always said.</summary>
    public Task<WorkbookResponse> UpdateAsync(string definition, string scope, CancellationToken cancellationToken) =>
        mistral.SendAsync(mistral.Request(HttpMethod.Put, Path + ScopeQuery(scope), null, Yaml(definition)), WireJson.Default.WorkbookResponse, cancellationToken);

    private static string ScopeQuery(string scope) => new Query().Add("scope", scope).ToString();

    private static Func<HttpContent> Yaml(string definition) => () => new StringContent(definition, Encoding.UTF8, "text/plain");
}

/// <summary>A workbook as Mistral tells it.</summary>
internal sealed record WorkbookResponse
{
    public required string Name { get; init => field = Validate.Text(value); }
    public string? Definition { get; init; }
    public string? Scope { get; init; }
    public string? ProjectId { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
}

internal sealed record WorkbookPage
{
    public required IReadOnlyList<WorkbookResponse> Workbooks { get; init => field = Validate.Rows(value); }
}

/// <summary>The verdict on a definition.</summary>
internal sealed record ValidationResponse(bool Valid, string? Error);
