using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>The errors of a login. They have Keystone's message, without the secrets of the request and the response.</summary>
internal sealed class LoginErrors(CloudSettings settings)
{
    /// <summary>The header of a 401 with the receipt of a multi-factor login. For some minutes it replaces the factors that were accepted, so it is secret like a password.</summary>
    public const string ReceiptHeader = "Openstack-Auth-Receipt";

    private const int MostNames = 10;
    private const int LongestName = 64;
    private const RegexOptions AnyCase = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    // Unless [DEFAULT] insecure_debug is on, Keystone uses this message for every reason except an expired password. Since CVE-2021-38155 this includes a locked account.
    private static readonly Regex Plain = new(
        @"^(The request you have made requires authentication|Authentication required|Unauthorized)\.?(\s*\(Disable insecure_debug [^)]*\))?\z", AnyCase);

    private static readonly Regex Expired = new(
        @"\bpassword\b[^.]{0,80}\bexpired\b|\bexpired password\b|\bpassword\b[^.]{0,80}\b(must|needs? to|has to) be (changed|reset)\b|\bchange your password\b", AnyCase);

    private static readonly Regex Locked = new(@"\blocked\b|\block-?out\b|\btemporarily disabled\b|\btoo many (failed|invalid|unsuccessful)\b", AnyCase);
    private static readonly Regex Disabled = new(@"\bdisabled\b", AnyCase);

    private readonly Uri url = CloudUrl.Tokens(settings.AuthUrl);
    private readonly ProjectScope? project = settings.Credential.TakesScope ? settings.Project : null;

    private string Keystone => $"Keystone at {CloudUrl.Shown(settings.AuthUrl)}";

    private string What => $"{settings.Credential}{(project is null ? "" : $" for {project}")}";

    /// <summary>Reads a 401, or a 404 in Keystone's format, which is its response to an unknown application credential or token. Null for any other 404.</summary>
    public async Task<TroveScheduleException?> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        byte[] body = await ServiceError.ReadBodyAsync(response, cancellationToken).ConfigureAwait(false);
        using JsonDocument? answer = Parsed(body);
        JsonElement root = answer?.RootElement ?? default;
        string? words = ServiceError.ServerWords(body);
        if (response.StatusCode == HttpStatusCode.NotFound && (words is null || Member(root, "error").ValueKind != JsonValueKind.Object))
            return null;

        var secrets = new SecretMask();
        secrets.Add(settings.Credential.Secret);
        secrets.AddHeader(response.Headers, ReceiptHeader);
        string? shown = words is not null && secrets.Mask(words) is var masked && masked.Any(char.IsLetter) ? masked : null; // Otherwise the message consisted of the secret only.
        bool isFactor = response.Headers.Contains(ReceiptHeader) || Member(root, "required_auth_methods").ValueKind == JsonValueKind.Array;
        return new TroveScheduleException(TroveErrorKind.Unauthorized, isFactor ? $"{secrets.MaskKnown(MoreWanted(root))}{(shown is null ? "" : $" {shown}")}" : Refused(words, shown))
        {
            Target = settings.AuthUrl,
            ServerMessage = shown,
            StatusCode = (int)response.StatusCode,
            RequestId = ServiceError.RequestIdOf(response) is { } id ? secrets.MaskKnown(id) : null,
            RecommendedAction = $"{(isFactor ? FactorAction() : ActionFor(words ?? ""))}, then connect again.",
            Settings = isFactor ? [Settings.Token] : [],
        };
    }

    /// <summary>The token has no project.</summary>
    public TroveScheduleException Unscoped() =>
        new(TroveErrorKind.Invalid, $"{Keystone} accepts {settings.Credential}, but no project was named and the user has no default one. Mistral would show such a token empty lists.")
        {
            ErrorId = "UnscopedToken",
            Target = settings.AuthUrl,
            RecommendedAction = "Name a project: project_name in clouds.yaml, or OS_PROJECT_NAME.",
            Settings = [Settings.ProjectName, Settings.ProjectId],
        };

    /// <summary>The token is not for the requested project.</summary>
    public TroveScheduleException OtherProject(string what) =>
        new(TroveErrorKind.Invalid, $"{Keystone} gave a token {what}, though {project} was asked for.")
        {
            ErrorId = "OtherProject",
            Target = settings.AuthUrl,
            RecommendedAction = "Check that the auth URL is Keystone's own and that no proxy answers in its place.",
        };

    /// <summary>The response does not follow the Identity API.</summary>
    public TroveScheduleException ProtocolError(HttpResponseMessage response, string what, Exception? cause = null) =>
        new(TroveErrorKind.ProtocolError, $"The answer of {CloudUrl.Shown(url)} {what}.", cause)
        {
            Target = settings.AuthUrl,
            StatusCode = (int)response.StatusCode,
            RequestId = ServiceError.RequestIdOf(response),
            RecommendedAction = "Check that the auth URL is Keystone's own and that no proxy answers in its place.",
        };

    /// <summary>A 404 that is not in Keystone's format.</summary>
    public TroveScheduleException NoKeystone() =>
        new(TroveErrorKind.Invalid, $"There is no Keystone v3 at {CloudUrl.Shown(settings.AuthUrl)}: {CloudUrl.Shown(url)} is not found.")
        {
            ErrorId = "InvalidConfiguration",
            Target = settings.AuthUrl,
            StatusCode = 404,
            RecommendedAction = "Give the auth URL that the cloud's openrc or clouds.yaml names.",
        };

    private string Refused(string? words, string? shown)
    {
        if (words is null || shown is null)
            return $"{Keystone} does not accept {What}. Its answer holds no reason that can be read. What may be wrong: {WhatMayBeWrong()}.";
        string refused = $"{Keystone} does not accept {What}: {shown}{(shown[shown.Length - 1] is '.' or '!' or '?' or '…' ? "" : ".")}";
        return Plain.IsMatch(words)
            ? $"{refused} It does not say which is wrong: {WhatMayBeWrong()}. To a user who is locked out or disabled, and of a disabled project, it says the same."
            : refused;
    }

    private string WhatMayBeWrong() => settings.Credential switch
    {
        PasswordCredential { UserDomain: null } => project is null ? "the user or the password" : "the user, the password, the project, or the user's role in it",
        PasswordCredential => project is null ? "the user, its domain, or the password" : "the user, its domain, the password, the project, or the user's role in it",
        ApplicationCredential => "the credential, its secret or its user, or the credential has expired",
        _ => project is null ? "the token, which may have expired" : "the token, which may have expired, the project, or the user's role in it",
    };

    private string ActionFor(string words) =>
        Expired.IsMatch(words)
            ? $"Change the password in the dashboard, or by POST {UsersUrl}/{UserId}/password, which needs no token (openstack user password set needs one, and is refused in the same way)"
        : Locked.IsMatch(words)
            ? "Wait until the lock ends (lockout_duration in Keystone's configuration), or have an administrator unlock the user (openstack user set --enable)"
        : Disabled.IsMatch(words)
            ? "Have an administrator of the cloud enable what Keystone calls disabled"
        : "Check the credential and the names";

    private string UsersUrl => CloudUrl.Shown(new Uri(url, "../users"));

    private string UserId => settings.Credential is PasswordCredential { UserId: { } id } ? Uri.EscapeDataString(id) : "USER_ID";

    // Identity API v3, "Multi-factor authentication": a login must satisfy one of the rules.
    private string MoreWanted(JsonElement root)
    {
        string[] usedMethods = Names(Member(Member(root, "receipt"), "methods"));
        if (usedMethods.Length == 0)
            usedMethods = settings.Credential.ToIdentity().Methods;
        string[] wanted = [.. Items(Member(root, "required_auth_methods"))
            .Select(rule => string.Join(" and ", Names(rule).Except(usedMethods).OrderBy(name => name, StringComparer.Ordinal)))
            .Where(rule => rule.Length > 0)
            .Distinct()];
        return $"{Keystone} takes {What} as one factor of several, and {(wanted.Length == 0 ? "names none of the others" : $"still wants {string.Join(", or ", wanted)}")}.";
    }

    // Keystone also applies a user's rules to application credentials.
    private string FactorAction() =>
        settings.Credential is ApplicationCredential
            ? "Have an administrator add the rule [\"application_credential\"] to the user's multi_factor_auth_rules, or log in elsewhere with every factor and use that token"
            : "Log in elsewhere with every factor and use that token, or use an application credential (which makes no schedules) where the user's multi_factor_auth_rules have the rule [\"application_credential\"]";

    private static JsonDocument? Parsed(byte[] body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : default;

    private static IEnumerable<JsonElement> Items(JsonElement element) => element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().Take(MostNames) : [];

    private static string[] Names(JsonElement element) => [.. Items(element).Select(Name).OfType<string>()];

    private static string? Name(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String && element.GetString() is { Length: > 0 } name ? ServiceError.Printable(name, LongestName) : null;
        }
        catch (InvalidOperationException) // A lone surrogate.
        {
            return null;
        }
    }
}
