using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Keystone;

/// <summary>The part of Identity v3 that clients of Mistral and Trove need.</summary>
internal sealed class KeystoneService
{
    private const string Malformed = "The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.";

    private readonly SandboxOptions _options;
    private readonly Scheduler _scheduler;
    private readonly IdGenerator _ids;
    private readonly Dictionary<string, Token> _tokens = [];
    private readonly Dictionary<string, string> _idsByName = [];
    private readonly string _mistralUserId;

    public KeystoneService(SandboxOptions options, Scheduler scheduler, IdGenerator ids)
    {
        _options = options;
        _scheduler = scheduler;
        _ids = ids;
        Accounts =
        [
            CreateAccount("demo", "member", ids.HexId()), CreateAccount("other", "member", null), CreateAccount("admin", "admin", null),
            .. Enumerable.Range(1, options.Projects).Select(n => CreateAccount(FormattableString.Invariant($"project-{n:d3}"), "member", null)),
        ];
        _mistralUserId = ids.HexId();
    }

    public IReadOnlyList<SandboxAccount> Accounts { get; }

    public HashSet<Trust> Trusts { get; } = [];

    public string Url => _options.KeystoneUrl.AbsoluteUri.TrimEnd('/') + "/v3";

    /// <summary>The value of <c>WWW-Authenticate</c> in 401 responses of all services.</summary>
    public string Challenge => $"Keystone uri=\"{Url}\"";

    /// <summary>The token with that id; null if it is unknown, revoked or expired.</summary>
    public Token? FindValidToken(string? id) =>
        id is not null && _tokens.TryGetValue(id, out Token? token) && !token.IsRevoked && _scheduler.Now < token.ExpiresAt ? token : null;

    public Response Handle(Request request)
    {
        Response response = (request.Method, string.Join("/", request.Path)) switch
        {
            ("GET" or "HEAD", "") => JsonResponse(300, new JsonMap { { "versions", new JsonMap { { "values", new List<object?> { Version() } } } } }).WithHeader("Location", Url + "/"),
            ("GET" or "HEAD", "v3") => JsonResponse(200, new JsonMap { { "version", Version() } }),
            ("POST", "v3/auth/tokens") => IssueToken(request),
            ("GET" or "HEAD", "v3/auth/tokens") => ShowToken(request),
            ("DELETE", "v3/auth/tokens") => RevokeToken(request),
            (_, "v3/auth/tokens") => JsonResponse(405, null, "{\"message\": \"The method is not allowed for the requested URL.\"}\n").WithHeader("Allow", "POST, DELETE, OPTIONS, GET, HEAD"),
            ("GET", "v3/auth/catalog") => JsonResponse(200, new JsonMap { { "catalog", Catalog(RequireCaller(request)) }, { "links", Links(Url + "/auth/catalog") } }),
            ("GET", "v3/OS-TRUST/trusts") => ListTrusts(request),
            _ => new Response(404,
                "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.</p>\n",
                "text/html; charset=utf-8"),
        };
        return response.WithHeader("Vary", "X-Auth-Token").WithHeader("x-openstack-request-id", "req-" + Guid.NewGuid());
    }

    /// <summary>Creates a trust with the caller's token. Null for a delegated token, because Keystone refuses it.</summary>
    public Trust? CreateTrust(Token caller)
    {
        if (caller.IsDelegated)
            return null;
        var trust = new Trust(_ids.HexId(), caller.User, caller.ProjectId);
        Trusts.Add(trust);
        return trust;
    }

    private Response IssueToken(Request request)
    {
        JsonMap? root;
        try
        {
            root = Python.Parse(request.Body) as JsonMap;
        }
        catch (JsonException)
        {
            throw Error(400, $"Expecting to find valid JSON in request body. {Malformed}", "Bad Request");
        }
        JsonMap auth = root?.GetMap("auth") ?? throw Error(400, $"Expecting to find auth in request body. {Malformed}", "Bad Request");
        JsonMap identity = auth.GetMap("identity") ?? throw Error(400, "'identity' is a required property", "Bad Request");
        string method = (identity["methods"] as List<object?>)?.FirstOrDefault() as string ?? throw Error(400, "'methods' is a required property", "Bad Request");
        JsonMap details = identity.GetMap(method) ?? throw Unauthorized();
        JsonMap? scope = auth.GetMap("scope")?.GetMap("project");

        Token token;
        switch (method)
        {
            case "password":
                token = CreateToken(AuthenticateByPassword(details), null, ["password"], FindProjectId(scope), null);
                break;
            case "token":
                Token old = FindValidToken(details.GetString("id")) ?? throw TokenNotFound(details.GetString("id"));
                if (old.IsDelegated)
                    throw Error(403, "You are not authorized to perform the requested action: Using a delegated token to create another token is not allowed..", "Forbidden");
                token = CreateToken(old.User, old.ExpiresAt, [.. old.Methods.Where(m => m != "token"), "token"], FindProjectId(scope) ?? (auth.ContainsKey("scope") ? null : old.ProjectId), old.AuditIds[0]);
                break;
            case "application_credential":
                if (auth.ContainsKey("scope"))
                {
                    throw new ErrorResponseException(UnauthorizedResponse(
                        "{\"error\":{\"code\":401,\"identity\":{},\"message\":\"Error authenticating with application credential: Application credentials cannot request a scope.\",\"title\":\"Unauthorized\"}}\n"));
                }
                SandboxAccount user = AuthenticateByApplicationCredential(details);
                token = CreateToken(user, null, ["application_credential"], user.ProjectId, null);
                break;
            default:
                throw Unauthorized();
        }
        if (token.ProjectId is not null && token.ProjectId != token.User.ProjectId)
            throw Unauthorized();
        _tokens.Add(token.Id, token);
        return JsonResponse(201, new JsonMap { { "token", DescribeToken(token, request.QueryParameter("nocatalog") is null) } }).WithHeader("X-Subject-Token", token.Id);
    }

    private Response ShowToken(Request request)
    {
        RequireCaller(request);
        Token subject = FindValidToken(request.Header("X-Subject-Token")) ?? throw TokenNotFound(request.Header("X-Subject-Token"));
        return JsonResponse(200, new JsonMap { { "token", DescribeToken(subject, true) } }).WithHeader("X-Subject-Token", subject.Id);
    }

    private Response RevokeToken(Request request)
    {
        Token caller = RequireCaller(request);
        Token? subject = FindValidToken(request.Header("X-Subject-Token"));
        if (subject is null || (subject.User != caller.User && !caller.IsAdmin))
            throw Error(403, "You are not authorized to perform the requested action: identity:revoke_token.", "Forbidden");
        subject.IsRevoked = true;
        return Response.NoContent();
    }

    private Response ListTrusts(Request request)
    {
        Token caller = RequireCaller(request);
        string? trustor = request.QueryParameter("trustor_user_id");
        if (trustor != caller.User.UserId && !caller.IsAdmin)
            throw Error(403, "You are not authorized to perform the requested action: identity:list_trusts.", "Forbidden");
        return JsonResponse(200, new JsonMap
        {
            {
                "trusts", Trusts.Where(trust => trustor is null || trust.Trustor.UserId == trustor).Select(trust => new JsonMap
                {
                    { "id", trust.Id }, { "trustor_user_id", trust.Trustor.UserId }, { "trustee_user_id", _mistralUserId }, { "project_id", trust.ProjectId },
                    { "impersonation", true }, { "expires_at", null }, { "remaining_uses", null }, { "deleted_at", null }, { "redelegated_trust_id", null },
                    { "redelegation_count", 0 }, { "links", new JsonMap { { "self", $"{Url}/OS-TRUST/trusts/{trust.Id}" } } },
                }).ToList<object?>()
            },
            { "links", Links(request.Uri.AbsoluteUri) },
        });
    }

    private Token CreateToken(SandboxAccount user, DateTime? expires, string[] methods, string? projectId, string? parent)
    {
        DateTime now = _scheduler.NowInSeconds;
        string audit = IdGenerator.Secret("", 22);
        return new Token
        {
            Id = IdGenerator.Secret("gAAAAAB", 183),
            User = user,
            ProjectId = projectId,
            Methods = methods,
            AuditIds = parent is null ? [audit] : [audit, parent],
            IssuedAt = now,
            ExpiresAt = expires ?? now + _options.TokenLife,
        };
    }

    private SandboxAccount AuthenticateByPassword(JsonMap details)
    {
        JsonMap user = details.GetMap("user") ?? throw Unauthorized();
        SandboxAccount? found = Accounts.FirstOrDefault(MatchIdOrName(user, "user", account => account.UserId, account => account.UserName));
        return found is not null && user.GetString("password") == found.Password ? found : throw Unauthorized();
    }

    private SandboxAccount AuthenticateByApplicationCredential(JsonMap details)
    {
        SandboxAccount? found;
        if (details.GetString("id") is { } id)
        {
            found = Accounts.FirstOrDefault(account => account.ApplicationCredentialId == id)
                ?? throw Error(404, $"Could not find Application Credential: {id}.", "Not Found");
        }
        else
        {
            JsonMap user = details.GetMap("user") ?? throw Unauthorized();
            found = Accounts.FirstOrDefault(MatchIdOrName(user, "user", account => account.UserId, account => account.UserName));
            if (found is null && !user.ContainsKey("id"))
                throw Error(404, $"Could not find user: {user.GetString("name")}.", "Not Found");
            if (details.GetString("name") != "stack")
                throw Unauthorized();
        }
        return found?.ApplicationCredentialSecret is { } secret && details.GetString("secret") == secret ? found : throw Unauthorized();
    }

    private string? FindProjectId(JsonMap? scope)
    {
        if (scope is null)
            return null;
        SandboxAccount? found = Accounts.FirstOrDefault(MatchIdOrName(scope, "project", account => account.ProjectId, account => account.ProjectName));
        return found?.ProjectId ?? throw Unauthorized();
    }

    // A request identifies a user or project by id, or by name and domain.
    private Func<SandboxAccount, bool> MatchIdOrName(JsonMap reference, string kind, Func<SandboxAccount, string> id, Func<SandboxAccount, string> name)
    {
        if (reference.GetString("id") is { } wantedId)
            return account => id(account) == wantedId;
        JsonMap domain = reference.GetMap("domain") ?? throw Error(400, $"Expecting to find domain in {kind}. {Malformed}", "Bad Request");
        bool isDefaultDomain = domain.GetString("id") == "default" || domain.GetString("name") == SandboxAccount.Domain;
        return account => isDefaultDomain && name(account) == reference.GetString("name");
    }

    private Token RequireCaller(Request request) => FindValidToken(request.Header("X-Auth-Token")) ?? throw Unauthorized();

    private JsonMap DescribeToken(Token token, bool withCatalog)
    {
        var domain = new JsonMap { { "id", "default" }, { "name", SandboxAccount.Domain } };
        var body = new JsonMap
        {
            { "methods", token.Methods },
            { "user", new JsonMap { { "domain", domain }, { "id", token.User.UserId }, { "name", token.User.UserName }, { "password_expires_at", null } } },
            { "audit_ids", token.AuditIds },
            { "expires_at", FormatTime(token.ExpiresAt) },
            { "issued_at", FormatTime(token.IssuedAt) },
        };
        if (token.ProjectId is null)
            return body;
        body.Add("project", new JsonMap { { "domain", domain }, { "id", token.ProjectId }, { "name", token.User.ProjectName } });
        body.Add("is_domain", false);
        body.Add("roles", token.Roles.Select(role => new JsonMap { { "id", IdFor("role " + role) }, { "name", role } }).ToList<object?>());
        if (withCatalog)
            body.Add("catalog", Catalog(token));
        return body;
    }

    private List<object?> Catalog(Token token) =>
    [
        CatalogEntry("database", "trove", _options.TroveUrl.AbsoluteUri.TrimEnd('/') + "/v1.0/" + token.ProjectId),
        CatalogEntry("workflowv2", "mistral", _options.MistralUrl.AbsoluteUri.TrimEnd('/') + "/v2"),
        CatalogEntry("identity", "keystone", Url),
    ];

    private JsonMap CatalogEntry(string type, string name, string url) => new()
    {
        {
            "endpoints", new[] { "admin", "internal", "public" }.Select(face => new JsonMap
            {
                { "id", IdFor($"{name} {face}") }, { "interface", face }, { "region_id", "RegionOne" }, { "url", url }, { "region", "RegionOne" },
            }).ToList<object?>()
        },
        { "id", IdFor(name) },
        { "type", type },
        { "name", name },
    };

    private JsonMap Version() => new()
    {
        { "id", "v3.14" }, { "status", "stable" }, { "updated", "2020-04-07T00:00:00Z" },
        { "links", new List<object?> { new JsonMap { { "rel", "self" }, { "href", Url + "/" } } } },
        { "media-types", new List<object?> { new JsonMap { { "base", "application/json" }, { "type", "application/vnd.openstack.identity-v3+json" } } } },
    };

    private static JsonMap Links(string self) => new() { { "next", null }, { "self", self }, { "previous", null } };

    private string IdFor(string name)
    {
        if (!_idsByName.TryGetValue(name, out string? id))
            _idsByName.Add(name, id = _ids.HexId());
        return id;
    }

    private SandboxAccount CreateAccount(string name, string role, string? credential) => new(_ids.HexId(), name, _ids.HexId(), role)
    {
        ApplicationCredentialId = credential,
        ApplicationCredentialSecret = credential is null ? null : IdGenerator.Secret("", 86),
    };

    private ErrorResponseException Unauthorized() =>
        new(UnauthorizedResponse("{\"error\":{\"code\":401,\"message\":\"The request you have made requires authentication.\",\"title\":\"Unauthorized\"}}\n"));

    private Response UnauthorizedResponse(string body) => new Response(401, body).WithHeader("WWW-Authenticate", Challenge).WithHeader("Vary", "X-Auth-Token")
        .WithHeader("x-openstack-request-id", "req-" + Guid.NewGuid());

    // Keystone has different messages for a token that is no longer valid and for one that it never issued.
    private ErrorResponseException TokenNotFound(string? id) => Error(404,
        string.IsNullOrEmpty(id) ? "No token in the request" : _tokens.ContainsKey(id!) ? "Failed to validate token" : "Could not recognize Fernet token", "Not Found");

    private static ErrorResponseException Error(int status, string message, string title) =>
        new(new Response(status, $"{{\"error\":{{\"code\":{status},\"message\":{Python.Json(message)},\"title\":{Python.Json(title)}}}}}\n")
            .WithHeader("Vary", "X-Auth-Token").WithHeader("x-openstack-request-id", "req-" + Guid.NewGuid()));

    private static Response JsonResponse(int status, JsonMap? body, string? text = null) => new(status, text ?? Python.Json(body));

    private static string FormatTime(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
