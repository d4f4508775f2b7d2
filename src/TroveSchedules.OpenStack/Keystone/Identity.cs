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

/// <summary>Enters a cloud: exchanges a credential for a token of a project.</summary>
/// <param name="sender">Sends the request. Must not follow redirects, which would carry the credential elsewhere.</param>
/// <param name="settings">Whom to ask, and as whom.</param>
/// <param name="clock">Says how long a token lives of which Keystone does not say when its life began.</param>
internal sealed class Identity(HttpSender sender, CloudSettings settings, TimeProvider clock)
{
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(366);
    private static readonly Regex ProjectId = new(@"^[A-Za-z0-9._-]{1,255}\z", RegexOptions.CultureInvariant);

    private readonly Uri url = CloudUrl.Tokens(settings.AuthUrl);

    private ProjectScope? Project => settings.Credential.TakesScope ? settings.Project : null;

    /// <summary>Asks for a token. Identity API v3, <c>POST /v3/auth/tokens</c>.</summary>
    /// <exception cref="TroveScheduleException">
    /// <c>Unauthorized</c>: what <see cref="LoginRefusal"/> says. <c>UnscopedToken</c>: no project was named, and
    /// the user has no default one. <c>ProtocolError</c>: the answer is not Keystone's. Otherwise what <see cref="ServiceError"/> says.
    /// </exception>
    public async Task<AuthToken> AuthenticateAsync(CancellationToken cancellationToken)
    {
        // It changes nothing: a token more or less is none the wiser.
        var request = new WireRequest("Keystone", HttpMethod.Post, url, settings.AuthUrl) { Content = Body, IsChange = false, IsRetryable = true, Secret = settings.Credential.Secret };
        AuthToken granted = await sender.SendAsync(request, async (response, _, token) => response.StatusCode == HttpStatusCode.Created
            ? TokenOf(response, await AnswerAsync(response, token).ConfigureAwait(false))
            : throw await RefusalAsync(response, request, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        // Checked here and not in the attempt, because a retry would get the same token.
        return Project is not { Id: { } id } || string.Equals(id, granted.ProjectId, StringComparison.OrdinalIgnoreCase) ? granted : throw OtherProject($"of the project '{granted.ProjectName}' ({granted.ProjectId})");
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
            return answer?.Token ?? throw ProtocolError(response, "has no token in its body");
        }
        catch (JsonException)
        {
            throw ProtocolError(response, "is not the JSON that the Identity API promises");
        }
        catch (Exception e) when (e is InvalidDataException or BodyTooLongException)
        {
            throw ProtocolError(response, $"cannot be read: {ServiceError.Printable(e.Message.TrimEnd('.'))}", e);
        }
    }

    private AuthToken TokenOf(HttpResponseMessage response, AuthResponseToken answer)
    {
        string[] values = response.Headers.TryGetValues("X-Subject-Token", out var sent) ? [.. sent] : [];
        if (values.Length > 1)
            throw ProtocolError(response, "has more than one X-Subject-Token");
        string value = values.SingleOrDefault() is { Length: > 0 } one ? one : throw ProtocolError(response, "has no X-Subject-Token");
        if (!value.All(c => c is > ' ' and < '\x7f'))
            throw ProtocolError(response, "has an X-Subject-Token that no header can hold");
        DateTimeOffset expires = Time(answer.ExpiresAt) ?? throw ProtocolError(response, "does not say when the token expires");
        if (answer.Project?.Id is not { Length: > 0 } projectId)
            throw Project is null ? Unscoped() : OtherProject("without a project");
        if (!ProjectId.IsMatch(projectId)) // It becomes part of addresses.
            throw ProtocolError(response, "names a project by what is no id");

        // At the ends of the calendar there is no reckoning from it.
        DateTimeOffset? issued = Time(answer.IssuedAt) is { Year: > 1 and < 9999 } told ? told : null;
        TimeSpan life = expires - (issued ?? clock.GetUtcNow()); // By Keystone's clock alone, where it tells both.
        if (life <= TimeSpan.Zero)
            throw ProtocolError(response, "holds a token that has expired already");
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
            && await new LoginRefusal(settings, url, Project).ReadAsync(response, cancellationToken).ConfigureAwait(false) is { } refusal)
            return refusal;
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return new TroveScheduleException(TroveErrorKind.Invalid, $"There is no Keystone v3 at {CloudUrl.Shown(settings.AuthUrl)}: {CloudUrl.Shown(url)} is not found.")
            {
                ErrorId = "InvalidConfiguration",
                Target = settings.AuthUrl,
                StatusCode = 404,
                RecommendedAction = "Give the auth URL that the cloud's openrc or clouds.yaml names.",
            };
        }
        if (response.IsSuccessStatusCode)
            return ProtocolError(response, $"has the status {(int)response.StatusCode} instead of 201");
        return await ServiceError.ReadAsync(response, request, cancellationToken).ConfigureAwait(false);
    }

    private TroveScheduleException Unscoped() =>
        new(TroveErrorKind.Invalid, $"Keystone at {CloudUrl.Shown(settings.AuthUrl)} accepts {settings.Credential}, but no project was named and the user has no default one. Mistral would show such a token empty lists.")
        {
            ErrorId = "UnscopedToken",
            Target = settings.AuthUrl,
            RecommendedAction = "Name a project: project_name in clouds.yaml, or OS_PROJECT_NAME.",
            Settings = [Settings.ProjectName, Settings.ProjectId],
        };

    private TroveScheduleException OtherProject(string what) =>
        new(TroveErrorKind.Invalid, $"Keystone at {CloudUrl.Shown(settings.AuthUrl)} gave a token {what}, though {Project} was asked for.")
        {
            ErrorId = "OtherProject",
            Target = settings.AuthUrl,
            RecommendedAction = "Check that the auth URL is Keystone's own and that no proxy answers in its place.",
        };

    private TroveScheduleException ProtocolError(HttpResponseMessage response, string what, Exception? cause = null) =>
        new(TroveErrorKind.ProtocolError, $"The answer of {CloudUrl.Shown(url)} {what}.", cause)
        {
            Target = settings.AuthUrl,
            StatusCode = (int)response.StatusCode,
            RequestId = ServiceError.RequestIdOf(response),
            RecommendedAction = "Check that the auth URL is Keystone's own and that no proxy answers in its place.",
        };

    // Names that are shown and never sent. Keystone's have 255 characters at most.
    private static string? Shown(string? name) => name is null ? null : ServiceError.Printable(name, 255);

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time)
            ? time
            : null;
}
