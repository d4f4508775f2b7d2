using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>Logs in to a cloud: exchanges a credential for a project-scoped token.</summary>
/// <param name="sender">Sends the request. It must not follow redirects, which would send the credential to another server.</param>
/// <param name="settings">Keystone's URL, the credential and the project.</param>
/// <param name="clock">The current time, for the lifetime of a token whose response does not say when it was issued.</param>
internal sealed class Identity(HttpSender sender, CloudSettings settings, TimeProvider clock)
{
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(366);
    private static readonly Regex ProjectId = new(@"^[A-Za-z0-9._-]{1,255}\z", RegexOptions.CultureInvariant);

    private readonly Uri url = CloudUrl.Tokens(settings.AuthUrl);
    private readonly LoginErrors _errors = new(settings);

    private ProjectScope? Project => settings.Credential.TakesScope ? settings.Project : null;

    /// <summary>Requests a token. Identity API v3, <c>POST /v3/auth/tokens</c>.</summary>
    /// <exception cref="TroveScheduleException">
    /// <c>Unauthorized</c>: see <see cref="LoginErrors"/>. <c>UnscopedToken</c>: the settings name no project, and
    /// the user has no default project. <c>ProtocolError</c>: the response is not from Keystone. For other errors see <see cref="ServiceError"/>.
    /// </exception>
    public async Task<AuthToken> AuthenticateAsync(CancellationToken cancellationToken)
    {
        // Marked as unchanging and retryable, because an additional token has no effect in the cloud.
        var request = new WireRequest("Keystone", HttpMethod.Post, url, settings.AuthUrl) { Content = Body, IsChange = false, IsRetryable = true, Secret = settings.Credential.Secret };
        AuthToken granted = await sender.SendAsync(request, async (response, _, token) => response.StatusCode == HttpStatusCode.Created
            ? TokenOf(response, await AnswerAsync(response, token).ConfigureAwait(false))
            : throw await RefusalAsync(response, request, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        // Checked after the retries, because a retry would get the same token.
        return Project is not { Id: { } id } || string.Equals(id, granted.ProjectId, StringComparison.OrdinalIgnoreCase) ? granted : throw _errors.OtherProject($"of the project '{granted.ProjectName}' ({granted.ProjectId})");
    }

    private HttpContent Body()
    {
        var body = new AuthRequest
        {
            Auth = new AuthBody
            {
                Identity = settings.Credential.ToIdentity(),
                Scope = AuthScope.Of(Project),
            },
        };
        return WireJson.Body(body, WireJson.Default.AuthRequest);
    }

    private async Task<AuthResponseToken> AnswerAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            using Stream body = await ResponseBody.OpenAsync(response, cancellationToken).ConfigureAwait(false);
            AuthResponse? answer = await JsonSerializer.DeserializeAsync(body, WireJson.Default.AuthResponse, cancellationToken).ConfigureAwait(false);
            return answer?.Token ?? throw _errors.ProtocolError(response, "has no token in its body");
        }
        catch (JsonException)
        {
            throw _errors.ProtocolError(response, "is not the JSON that the Identity API promises");
        }
        catch (Exception e) when (e is InvalidDataException or BodyTooLongException)
        {
            throw _errors.ProtocolError(response, $"cannot be read: {ServiceError.Printable(e.Message.TrimEnd('.'))}", e);
        }
    }

    private AuthToken TokenOf(HttpResponseMessage response, AuthResponseToken answer)
    {
        string[] values = response.Headers.TryGetValues("X-Subject-Token", out var sent) ? [.. sent] : [];
        if (values.Length > 1)
            throw _errors.ProtocolError(response, "has more than one X-Subject-Token");
        string value = values.SingleOrDefault() is { Length: > 0 } one ? one : throw _errors.ProtocolError(response, "has no X-Subject-Token");
        if (!value.All(c => c is > ' ' and < '\x7f'))
            throw _errors.ProtocolError(response, "has an X-Subject-Token that no header can hold");
        DateTimeOffset expires = Time(answer.ExpiresAt) ?? throw _errors.ProtocolError(response, "does not say when the token expires");
        if (answer.Project?.Id is not { Length: > 0 } projectId)
            throw Project is null ? _errors.Unscoped() : _errors.OtherProject("without a project");
        if (!ProjectId.IsMatch(projectId)) // It becomes part of URLs.
            throw _errors.ProtocolError(response, "names a project by what is no id");

        // Dates in year 1 or 9999 are ignored, because arithmetic with them can overflow.
        DateTimeOffset? issued = Time(answer.IssuedAt) is { Year: > 1 and < 9999 } told ? told : null;
        TimeSpan life = expires - (issued ?? clock.GetUtcNow()); // If Keystone reports both times, the local clock is not used.
        if (life <= TimeSpan.Zero)
            throw _errors.ProtocolError(response, "holds a token that has expired already");
        if (life > LongestLife)
            life = LongestLife;

        return new AuthToken
        {
            Value = value,
            ExpiresAt = expires,
            IssuedAt = issued,
            Life = life,
            UserId = answer.User?.Id,
            UserName = Shown(answer.User?.Name),
            ProjectId = projectId,
            ProjectName = Shown(answer.Project.Name),
            Roles = [.. (answer.Roles ?? []).Select(role => role?.Name).OfType<string>()],
            Methods = answer.Methods ?? [],
            Catalog = new ServiceCatalog(answer.Catalog ?? [], projectId),
        };
    }

    private async Task<TroveScheduleException> RefusalAsync(HttpResponseMessage response, WireRequest request, CancellationToken cancellationToken)
    {
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.NotFound
            && await _errors.ReadAsync(response, cancellationToken).ConfigureAwait(false) is { } refusal)
            return refusal;
        if (response.StatusCode == HttpStatusCode.NotFound)
            return _errors.NoKeystone();
        if (response.IsSuccessStatusCode)
            return _errors.ProtocolError(response, $"has the status {(int)response.StatusCode} instead of 201");
        return await ServiceError.ReadAsync(response, request, cancellationToken).ConfigureAwait(false);
    }

    // For names that are only displayed, never sent. Keystone limits names to 255 characters.
    private static string? Shown(string? name) => name is null ? null : ServiceError.Printable(name, 255);

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time)
            ? time
            : null;
}
