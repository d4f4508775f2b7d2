using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Keystone;

/// <summary>Identity v3, as far as a client of Mistral and Trove needs it.</summary>
internal sealed class KeystoneService
{
    private const string Malformed = "The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.";

    private readonly SandboxOptions _options;
    private readonly Agenda _agenda;
    private readonly Ids _ids;
    private readonly Dictionary<string, Token> _tokens = [];
    private readonly Dictionary<string, string> _names = [];
    private readonly string _mistralUserId;

    public KeystoneService(SandboxOptions options, Agenda agenda, Ids ids)
    {
        _options = options;
        _agenda = agenda;
        _ids = ids;
        Accounts = [Account("demo", "member", ids.Hex()), Account("other", "member", null), Account("admin", "admin", null)];
        _mistralUserId = ids.Hex();
    }

    public IReadOnlyList<SandboxAccount> Accounts { get; }

    public List<Trust> Trusts { get; } = [];

    public string Url => _options.KeystoneUrl.AbsoluteUri.TrimEnd('/') + "/v3";

    /// <summary>What the services put into <c>WWW-Authenticate</c>.</summary>
    public string Challenge => $"Keystone uri=\"{Url}\"";

    /// <summary>The token of that id while it is good; null otherwise.</summary>
    public Token? Find(string? id) =>
        id is not null && _tokens.TryGetValue(id, out Token? token) && !token.IsRevoked && _agenda.Now < token.ExpiresAt ? token : null;

    public Answer Answer(Ask ask)
    {
        Answer answer = (ask.Method, string.Join("/", ask.Path)) switch
        {
            ("GET" or "HEAD", "") => Json(300, new JsonMap { { "versions", new JsonMap { { "values", new List<object?> { Version() } } } } }).With("Location", Url + "/"),
            ("GET" or "HEAD", "v3") => Json(200, new JsonMap { { "version", Version() } }),
            ("POST", "v3/auth/tokens") => Issue(ask),
            ("GET" or "HEAD", "v3/auth/tokens") => Show(ask),
            ("DELETE", "v3/auth/tokens") => Revoke(ask),
            (_, "v3/auth/tokens") => Json(405, null, "{\"message\": \"The method is not allowed for the requested URL.\"}\n").With("Allow", "POST, DELETE, OPTIONS, GET, HEAD"),
            ("GET", "v3/auth/catalog") => Json(200, new JsonMap { { "catalog", Catalogue(Caller(ask)) }, { "links", Links(Url + "/auth/catalog") } }),
            ("GET", "v3/OS-TRUST/trusts") => ListTrusts(ask),
            _ => new Answer(404,
                "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.</p>\n",
                "text/html; charset=utf-8"),
        };
        return answer.With("Vary", "X-Auth-Token").With("x-openstack-request-id", "req-" + Guid.NewGuid());
    }

    /// <summary>Makes a trust from the caller's token, which Keystone refuses where that is delegated.</summary>
    public Trust? MakeTrust(Token caller)
    {
        if (caller.IsDelegated)
            return null;
        var trust = new Trust(_ids.Hex(), caller.User, caller.ProjectId);
        Trusts.Add(trust);
        return trust;
    }

    private Answer Issue(Ask ask)
    {
        JsonMap? root;
        try
        {
            root = Python.Parse(ask.Body) as JsonMap;
        }
        catch (JsonException)
        {
            throw Error(400, $"Expecting to find valid JSON in request body. {Malformed}", "Bad Request");
        }
        JsonMap auth = root?.Map("auth") ?? throw Error(400, $"Expecting to find auth in request body. {Malformed}", "Bad Request");
        JsonMap identity = auth.Map("identity") ?? throw Error(400, "'identity' is a required property", "Bad Request");
        string method = (identity["methods"] as List<object?>)?.FirstOrDefault() as string ?? throw Error(400, "'methods' is a required property", "Bad Request");
        JsonMap details = identity.Map(method) ?? throw Unauthorized();
        JsonMap? scope = auth.Map("scope")?.Map("project");

        Token token;
        switch (method)
        {
            case "password":
                token = New(ByPassword(details), null, ["password"], ProjectOf(scope), null);
                break;
            case "token":
                Token old = Find(details.Text("id")) ?? throw Lost(details.Text("id"));
                if (old.IsDelegated)
                    throw Error(403, "You are not authorized to perform the requested action: Using a delegated token to create another token is not allowed..", "Forbidden");
                token = New(old.User, old.ExpiresAt, [.. old.Methods.Where(m => m != "token"), "token"], ProjectOf(scope) ?? (auth.Has("scope") ? null : old.ProjectId), old.AuditIds[0]);
                break;
            case "application_credential":
                if (auth.Has("scope"))
                {
                    throw new Refusal(Unauthorised(
                        "{\"error\":{\"code\":401,\"identity\":{},\"message\":\"Error authenticating with application credential: Application credentials cannot request a scope.\",\"title\":\"Unauthorized\"}}\n"));
                }
                SandboxAccount user = ByApplicationCredential(details);
                token = New(user, null, ["application_credential"], user.ProjectId, null);
                break;
            default:
                throw Unauthorized();
        }
        if (token.ProjectId is not null && token.ProjectId != token.User.ProjectId)
            throw Unauthorized();
        _tokens.Add(token.Id, token);
        return Json(201, new JsonMap { { "token", Body(token, ask.Parameter("nocatalog") is null) } }).With("X-Subject-Token", token.Id);
    }

    private Answer Show(Ask ask)
    {
        Caller(ask);
        Token subject = Find(ask.Header("X-Subject-Token")) ?? throw Lost(ask.Header("X-Subject-Token"));
        return Json(200, new JsonMap { { "token", Body(subject, true) } }).With("X-Subject-Token", subject.Id);
    }

    private Answer Revoke(Ask ask)
    {
        Token caller = Caller(ask);
        Token? subject = Find(ask.Header("X-Subject-Token"));
        if (subject is null || (subject.User != caller.User && !caller.IsAdmin))
            throw Error(403, "You are not authorized to perform the requested action: identity:revoke_token.", "Forbidden");
        subject.IsRevoked = true;
        return Wire.Answer.NoContent();
    }

    private Answer ListTrusts(Ask ask)
    {
        Token caller = Caller(ask);
        string? trustor = ask.Parameter("trustor_user_id");
        if (trustor != caller.User.UserId && !caller.IsAdmin)
            throw Error(403, "You are not authorized to perform the requested action: identity:list_trusts.", "Forbidden");
        return Json(200, new JsonMap
        {
            {
                "trusts", Trusts.Where(trust => trustor is null || trust.Trustor.UserId == trustor).Select(trust => new JsonMap
                {
                    { "id", trust.Id }, { "trustor_user_id", trust.Trustor.UserId }, { "trustee_user_id", _mistralUserId }, { "project_id", trust.ProjectId },
                    { "impersonation", true }, { "expires_at", null }, { "remaining_uses", null }, { "deleted_at", null }, { "redelegated_trust_id", null },
                    { "redelegation_count", 0 }, { "links", new JsonMap { { "self", $"{Url}/OS-TRUST/trusts/{trust.Id}" } } },
                }).ToList<object?>()
            },
            { "links", Links(ask.Uri.AbsoluteUri) },
        });
    }

    private Token New(SandboxAccount user, DateTime? expires, string[] methods, string? projectId, string? parent)
    {
        DateTime now = _agenda.Second;
        string audit = Ids.Secret("", 22);
        return new Token
        {
            Id = Ids.Secret("gAAAAAB", 183),
            User = user,
            ProjectId = projectId,
            Methods = methods,
            AuditIds = parent is null ? [audit] : [audit, parent],
            IssuedAt = now,
            ExpiresAt = expires ?? now + _options.TokenLife,
        };
    }

    private SandboxAccount ByPassword(JsonMap details)
    {
        JsonMap user = details.Map("user") ?? throw Unauthorized();
        SandboxAccount? found = Accounts.FirstOrDefault(Named(user, "user", account => account.UserId, account => account.UserName));
        return found is not null && user.Text("password") == found.Password ? found : throw Unauthorized();
    }

    private SandboxAccount ByApplicationCredential(JsonMap details)
    {
        SandboxAccount? found;
        if (details.Text("id") is { } id)
        {
            found = Accounts.FirstOrDefault(account => account.ApplicationCredentialId == id)
                ?? throw Error(404, $"Could not find Application Credential: {id}.", "Not Found");
        }
        else
        {
            JsonMap user = details.Map("user") ?? throw Unauthorized();
            found = Accounts.FirstOrDefault(Named(user, "user", account => account.UserId, account => account.UserName));
            if (found is null && !user.Has("id"))
                throw Error(404, $"Could not find user: {user.Text("name")}.", "Not Found");
            if (details.Text("name") != "stack")
                throw Unauthorized();
        }
        return found?.ApplicationCredentialSecret is { } secret && details.Text("secret") == secret ? found : throw Unauthorized();
    }

    private string? ProjectOf(JsonMap? scope)
    {
        if (scope is null)
            return null;
        SandboxAccount? found = Accounts.FirstOrDefault(Named(scope, "project", account => account.ProjectId, account => account.ProjectName));
        return found?.ProjectId ?? throw Unauthorized();
    }

    // By id, or by name within a domain.
    private Func<SandboxAccount, bool> Named(JsonMap said, string what, Func<SandboxAccount, string> id, Func<SandboxAccount, string> name)
    {
        if (said.Text("id") is { } wanted)
            return account => id(account) == wanted;
        JsonMap domain = said.Map("domain") ?? throw Error(400, $"Expecting to find domain in {what}. {Malformed}", "Bad Request");
        bool known = domain.Text("id") == "default" || domain.Text("name") == SandboxAccount.Domain;
        return account => known && name(account) == said.Text("name");
    }

    private Token Caller(Ask ask) => Find(ask.Header("X-Auth-Token")) ?? throw Unauthorized();

    private JsonMap Body(Token token, bool catalogue)
    {
        var domain = new JsonMap { { "id", "default" }, { "name", SandboxAccount.Domain } };
        var body = new JsonMap
        {
            { "methods", token.Methods },
            { "user", new JsonMap { { "domain", domain }, { "id", token.User.UserId }, { "name", token.User.UserName }, { "password_expires_at", null } } },
            { "audit_ids", token.AuditIds },
            { "expires_at", Time(token.ExpiresAt) },
            { "issued_at", Time(token.IssuedAt) },
        };
        if (token.ProjectId is null)
            return body;
        body.Add("project", new JsonMap { { "domain", domain }, { "id", token.ProjectId }, { "name", token.User.ProjectName } });
        body.Add("is_domain", false);
        body.Add("roles", token.Roles.Select(role => new JsonMap { { "id", IdOf("role " + role) }, { "name", role } }).ToList<object?>());
        if (catalogue)
            body.Add("catalog", Catalogue(token));
        return body;
    }

    private List<object?> Catalogue(Token token) =>
    [
        Service("database", "trove", _options.TroveUrl.AbsoluteUri.TrimEnd('/') + "/v1.0/" + token.ProjectId),
        Service("workflowv2", "mistral", _options.MistralUrl.AbsoluteUri.TrimEnd('/') + "/v2"),
        Service("identity", "keystone", Url),
    ];

    private JsonMap Service(string type, string name, string url) => new()
    {
        {
            "endpoints", new[] { "admin", "internal", "public" }.Select(face => new JsonMap
            {
                { "id", IdOf($"{name} {face}") }, { "interface", face }, { "region_id", "RegionOne" }, { "url", url }, { "region", "RegionOne" },
            }).ToList<object?>()
        },
        { "id", IdOf(name) },
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

    private string IdOf(string what)
    {
        if (!_names.TryGetValue(what, out string? id))
            _names.Add(what, id = _ids.Hex());
        return id;
    }

    private SandboxAccount Account(string name, string role, string? credential) => new(_ids.Hex(), name, _ids.Hex(), role)
    {
        ApplicationCredentialId = credential,
        ApplicationCredentialSecret = credential is null ? null : Ids.Secret("", 86),
    };

    private Refusal Unauthorized() =>
        new(Unauthorised("{\"error\":{\"code\":401,\"message\":\"The request you have made requires authentication.\",\"title\":\"Unauthorized\"}}\n"));

    private Answer Unauthorised(string body) => new Answer(401, body).With("WWW-Authenticate", Challenge).With("Vary", "X-Auth-Token")
        .With("x-openstack-request-id", "req-" + Guid.NewGuid());

    // One that was issued and is no good any more is another thing than one that never was.
    private Refusal Lost(string? id) => Error(404,
        string.IsNullOrEmpty(id) ? "No token in the request" : _tokens.ContainsKey(id!) ? "Failed to validate token" : "Could not recognize Fernet token", "Not Found");

    private static Refusal Error(int status, string message, string title) =>
        new(new Answer(status, $"{{\"error\":{{\"code\":{status},\"message\":{Python.Json(message)},\"title\":{Python.Json(title)}}}}}\n")
            .With("Vary", "X-Auth-Token").With("x-openstack-request-id", "req-" + Guid.NewGuid()));

    private static Answer Json(int status, JsonMap? body, string? text = null) => new(status, text ?? Python.Json(body));

    private static string Time(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
