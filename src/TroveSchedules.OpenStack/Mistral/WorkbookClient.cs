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

    /// <summary>Replaces the workbook and its workflows. Without a scope Mistral makes it private, so the scope is always sent.</summary>
    public Task<WorkbookResponse> UpdateAsync(string definition, string scope, CancellationToken cancellationToken) =>
        mistral.SendAsync(mistral.Request(HttpMethod.Put, Path + ScopeQuery(scope), null, Yaml(definition)), WireJson.Default.WorkbookResponse, cancellationToken);

    private static string ScopeQuery(string scope) => new Query().Add("scope", scope).ToString();

    private static Func<HttpContent> Yaml(string definition) => () => new StringContent(definition, Encoding.UTF8, "text/plain");
}

/// <summary>A workbook in a response. <see href="https://docs.openstack.org/mistral/latest/user/rest_api_v2.html">Mistral REST API v2</see>.</summary>
internal sealed record WorkbookResponse
{
    /// <summary>The workbook's name, as in its definition.</summary>
    public required string Name { get; init => field = Validate.Text(value); }
    /// <summary>The workbook as YAML text; null when the response leaves it out.</summary>
    public string? Definition { get; init; }
    /// <summary><c>private</c>, or <c>public</c> for all projects.</summary>
    public string? Scope { get; init; }
    /// <summary>The id of the project that owns the workbook, 32 hexadecimal digits.</summary>
    public string? ProjectId { get; init; }
    /// <summary>When the workbook was created, in UTC.</summary>
    public DateTimeOffset? CreatedAt { get; init; }
    /// <summary>When the workbook was last replaced, in UTC; null when the response leaves it out.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>The response to <c>GET /v2/workbooks</c>. <see href="https://docs.openstack.org/mistral/latest/user/rest_api_v2.html">Mistral REST API v2</see>.</summary>
internal sealed record WorkbookPage
{
    /// <summary>The workbooks of that name: at most one of the project, and public ones.</summary>
    public required IReadOnlyList<WorkbookResponse> Workbooks { get; init => field = Validate.Rows(value); }
}

/// <summary>The response to <c>POST /v2/workbooks/validate</c>. <see href="https://docs.openstack.org/mistral/latest/user/rest_api_v2.html">Mistral REST API v2</see>.</summary>
/// <param name="Valid">Whether Mistral accepts the definition.</param>
/// <param name="Error">Why it does not; null for a valid definition.</param>
internal sealed record ValidationResponse(bool Valid, string? Error);
