using System;
using System.Net;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Time.Testing;
using TroveSchedules.OpenStack.Http;
using TroveSchedules.OpenStack.Keystone;
using TroveSchedules.Tests.Http;
using Xunit;

namespace TroveSchedules.Tests.Keystone;

public sealed class IdentityTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 7, 0, 0, TimeSpan.Zero);

    internal const string Answer = """
        {"token": {"methods": ["password"], "user": {"domain": {"id": "default", "name": "Default"}, "id": "u1", "name": "demo", "password_expires_at": null},
         "audit_ids": ["x"], "expires_at": "2026-11-22T08:43:53.000000Z", "issued_at": "2026-11-22T07:43:53.000000Z",
         "project": {"domain": {"id": "default", "name": "Default"}, "id": "p1", "name": "demo"}, "is_domain": false,
         "roles": [{"id": "r1", "name": "member"}, {"id": "r2", "name": "reader"}],
         "catalog": [{"type": "workflowv2", "name": "mistral", "id": "s1", "endpoints":
           [{"id": "e1", "interface": "public", "region_id": "RegionOne", "region": "RegionOne", "url": "http://m:8989/v2"}]}]}}
        """;

    private static readonly Domain Default = Domain.ByName("Default");

    private static CloudSettings Settings(CloudCredential? credential = null, ProjectScope? project = null, string authUrl = "http://k:5000/v3") => new()
    {
        AuthUrl = new Uri(authUrl),
        Credential = credential ?? PasswordCredential.ByName("demo", Default, "topsecret"),
        Project = project,
    };

    private static HttpSender HttpSender(ScriptedHandler keystone) =>
        new(new HttpClient(keystone), TimeProvider.System, new RetryPolicy(TimeProvider.System, TimeSpan.FromMinutes(1), maxRetries: 0));

    private static Task<AuthToken> Authenticate(CloudSettings settings, ScriptedHandler keystone) =>
        new Identity(HttpSender(keystone), settings, new FakeTimeProvider(Now)).AuthenticateAsync(CancellationToken.None);

    private static ScriptedHandler Accepting(string body = Answer, string? token = "gAAAA") => new(Answers.Json(201, body, token is null ? [] : [("X-Subject-Token", token)]));

    private static async Task<TroveScheduleException> Refusal(ScriptedHandler keystone, CloudSettings? settings = null)
    {
        TroveScheduleException error = await Assert.ThrowsAsync<TroveScheduleException>(() => Authenticate(settings ?? Settings(), keystone));
        Assert.DoesNotContain("topsecret", error.ToString());
        Assert.DoesNotContain("topsecret", error.RecommendedAction ?? "");
        Assert.DoesNotContain("topsecret", error.ServerMessage ?? "");
        return error;
    }

    public static TheoryData<CloudCredential, ProjectScope?, string> Bodies => new()
    {
        {
            PasswordCredential.ByName("demo", Default, "topsecret"), ProjectScope.ByName("shop", Domain.ById("default")),
            """{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"demo","domain":{"name":"Default"},"password":"topsecret"}}},"scope":{"project":{"name":"shop","domain":{"id":"default"}}}}}"""
        },
        {
            PasswordCredential.ById("u1", "top\"secret\u00e4"), ProjectScope.ById("p1"),
            """{"auth":{"identity":{"methods":["password"],"password":{"user":{"id":"u1","password":"top\u0022secret\u00E4"}}},"scope":{"project":{"id":"p1"}}}}"""
        },
        {
            PasswordCredential.ById("u1", "topsecret"), null,
            """{"auth":{"identity":{"methods":["password"],"password":{"user":{"id":"u1","password":"topsecret"}}}}}"""
        },
        {
            ApplicationCredential.ById("a1", "topsecret"), ProjectScope.ById("never sent"),
            """{"auth":{"identity":{"methods":["application_credential"],"application_credential":{"id":"a1","secret":"topsecret"}}}}"""
        },
        {
            ApplicationCredential.ByName("ci", "demo", Default, "topsecret"), null,
            """{"auth":{"identity":{"methods":["application_credential"],"application_credential":{"name":"ci","secret":"topsecret","user":{"name":"demo","domain":{"name":"Default"}}}}}}"""
        },
        {
            ApplicationCredential.ByName("ci", "u1", "topsecret"), null,
            """{"auth":{"identity":{"methods":["application_credential"],"application_credential":{"name":"ci","secret":"topsecret","user":{"id":"u1"}}}}}"""
        },
        {
            new TokenCredential("topsecret"), ProjectScope.ById("p1"),
            """{"auth":{"identity":{"methods":["token"],"token":{"id":"topsecret"}},"scope":{"project":{"id":"p1"}}}}"""
        },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Each_credential_is_sent_in_the_format_of_the_identity_API(CloudCredential credential, ProjectScope? project, string expected)
    {
        ScriptedHandler keystone = Accepting();
        await Authenticate(Settings(credential, project), keystone);
        RecordedRequest request = Assert.Single(keystone.Requests);
        Assert.Equal(("POST", "http://k:5000/v3/auth/tokens", "application/json"), (request.Method, request.Uri.ToString(), request.ContentType));
        Assert.Equal(expected, request.Body);
    }

    [Theory]
    [InlineData("http://k:5000", "http://k:5000/v3/auth/tokens")]
    [InlineData("http://k:5000/", "http://k:5000/v3/auth/tokens")]
    [InlineData("http://k:5000/v3", "http://k:5000/v3/auth/tokens")]
    [InlineData("http://k:5000/v3/", "http://k:5000/v3/auth/tokens")]
    [InlineData("http://k:5000/v2.0", "http://k:5000/v3/auth/tokens")]
    [InlineData("http://k:5000/v2.0/", "http://k:5000/v3/auth/tokens")]
    [InlineData("https://k/identity", "https://k/identity/v3/auth/tokens")]
    [InlineData("https://k/identity/", "https://k/identity/v3/auth/tokens")]
    [InlineData("https://k/identity/v3", "https://k/identity/v3/auth/tokens")]
    [InlineData("https://k//v3//", "https://k//v3/auth/tokens")]
    [InlineData("https://[::1]:5000/v3", "https://[::1]:5000/v3/auth/tokens")]
    [InlineData("https://kv3", "https://kv3/v3/auth/tokens")]
    public async Task The_auth_url_works_with_and_without_version_path_and_final_slash(string authUrl, string expected)
    {
        ScriptedHandler keystone = Accepting();
        await Authenticate(Settings(authUrl: authUrl), keystone);
        Assert.Equal(expected, Assert.Single(keystone.Requests).Uri.ToString());
    }

    [Theory]
    [InlineData("ftp://k")]
    [InlineData("http://demo:topsecret@k/v3")]
    [InlineData("http://k/v3?x=topsecret")]
    public async Task An_invalid_auth_url_is_refused_before_a_request_is_sent(string authUrl)
    {
        ScriptedHandler keystone = Accepting();
        Assert.Equal("InvalidConfiguration", (await Refusal(keystone, Settings(authUrl: authUrl))).ErrorId);
        Assert.Empty(keystone.Requests);
    }

    [Fact]
    public async Task The_token_has_the_user_the_project_and_the_times_of_the_response()
    {
        AuthToken token = await Authenticate(Settings(), Accepting());
        Assert.Equal("gAAAA", token.Value);
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 8, 43, 53, TimeSpan.Zero), token.ExpiresAt);
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 7, 43, 53, TimeSpan.Zero), token.IssuedAt);
        Assert.Equal(("u1", "demo", "p1", "demo"), (token.UserId, token.UserName, token.ProjectId, token.ProjectName));
        Assert.Equal(["member", "reader"], token.Roles);
        Assert.Equal(["password"], token.Methods);
        Assert.Equal("http://m:8989/v2", token.Catalog.Mistral(Settings()).ToString());
        Assert.DoesNotContain("gAAAA", token.ToString());
    }

    [Theory]
    [InlineData("2026-11-22T08:43:53.000000Z", "2026-11-22T07:43:53.000000Z", 58 * 60)]
    [InlineData("2026-11-22T08:43:53", "2026-11-22T07:43:53", 58 * 60)]
    [InlineData("2026-11-22T10:43:53+02:00", "2026-11-22T07:43:53Z", 58 * 60)]
    [InlineData("2026-11-22T07:44:53Z", "2026-11-22T07:43:53Z", 30)]
    [InlineData("2001-01-01T01:00:00Z", "2001-01-01T00:00:00Z", 58 * 60)]
    [InlineData("2026-11-22T08:00:00Z", null, 58 * 60)]
    [InlineData("2026-11-22T08:00:00Z", "never", 58 * 60)]
    public async Task Renewal_is_due_two_minutes_early_or_at_half_of_a_short_life(string expires, string? issued, int seconds)
    {
        string issuedAt = issued is null ? "" : $", \"issued_at\": \"{issued}\"";
        AuthToken token = await Authenticate(Settings(), Accepting($$$"""{"token": {"expires_at": "{{{expires}}}"{{{issuedAt}}}, "project": {"id": "p1"} } }"""));
        Assert.Equal(TimeSpan.FromSeconds(seconds), token.RenewAfter);
    }

    [Fact]
    public async Task A_response_with_only_the_required_fields_is_accepted()
    {
        AuthToken token = await Authenticate(Settings(), Accepting("""
            {"token": {"expires_at": "2026-11-22T08:43:53Z", "project": {"id": "p1"}, "roles": [null, {}], "catalog": [null, {"type": "workflow", "endpoints": [null, {}]}]}}
            """));
        Assert.Empty(token.Roles);
        Assert.Empty(token.Methods);
        Assert.Throws<TroveScheduleException>(() => token.Catalog.Mistral(Settings()));
    }

    public static TheoryData<string, string?> Nonsense => new()
    {
        { Answer, null },
        { Answer, "" },
        { "<html>Welcome</html>", "gAAAA" },
        { "", "gAAAA" },
        { "null", "gAAAA" },
        { "[]", "gAAAA" },
        { "{}", "gAAAA" },
        { """{"token": null}""", "gAAAA" },
        { """{"token": "topsecret"}""", "gAAAA" },
        { """{"token": {"project": {"id": "p1"}}}""", "gAAAA" },
        { """{"token": {"project": {"id": "p1"}, "expires_at": null}}""", "gAAAA" },
        { """{"token": {"project": {"id": "p1"}, "expires_at": "tomorrow"}}""", "gAAAA" },
        { """{"token": {"project": {"id": "p1"}, "expires_at": 17}}""", "gAAAA" },
        { """{"token": {"project": {"id": "p1"}, "expires_at": "2026-11-22T06:59:59Z"}}""", "gAAAA" },
        { """{"token": {"project": {"id": "p1"}, "issued_at": "2026-11-22T09:00:00Z", "expires_at": "2026-11-22T08:00:00Z"}}""", "gAAAA" },
    };

    [Theory]
    [MemberData(nameof(Nonsense))]
    public async Task A_201_in_an_unexpected_format_is_a_protocol_error(string body, string? token)
    {
        TroveScheduleException error = await Refusal(Accepting(body, token));
        Assert.Equal((TroveErrorKind.ProtocolError, "ProtocolError", 201), (error.Kind, error.ErrorId, error.StatusCode));
    }

    [Theory]
    [InlineData(HttpStatusCode.OK, TroveErrorKind.ProtocolError)]
    [InlineData(HttpStatusCode.MultipleChoices, TroveErrorKind.ProtocolError)]
    [InlineData(HttpStatusCode.Found, TroveErrorKind.ProtocolError)]
    [InlineData(HttpStatusCode.BadRequest, TroveErrorKind.Invalid)]
    [InlineData(HttpStatusCode.Forbidden, TroveErrorKind.Forbidden)]
    [InlineData(HttpStatusCode.TooManyRequests, TroveErrorKind.Unavailable)]
    [InlineData(HttpStatusCode.ServiceUnavailable, TroveErrorKind.Unavailable)]
    public async Task Any_other_status_gives_an_error_of_its_kind(HttpStatusCode status, TroveErrorKind kind)
    {
        var keystone = new ScriptedHandler(Answers.Json((int)status, """{"error": {"code": 0, "message": "Because.", "title": "No"}}"""));
        TroveScheduleException error = await Refusal(keystone);
        Assert.Equal((kind, (int)status), (error.Kind, error.StatusCode));
        Assert.Single(keystone.Requests);
    }

    [Fact]
    public async Task The_message_of_Keystone_is_shown_unless_it_contains_the_secret()
    {
        string words = "Expecting to find domain in project.";
        var keystone = new ScriptedHandler((request, token) => Answers.Json(400, $$$"""{"error": {"code": 400, "message": "{{{words}}}"}}""")(request, token));
        Assert.Equal(words, (await Refusal(keystone)).ServerMessage);
        words = "Invalid input for field 'password': 'topsecret'.";
        TroveScheduleException error = await Refusal(keystone);
        Assert.Equal((TroveErrorKind.Invalid, 400, null), (error.Kind, error.StatusCode, error.ServerMessage));
    }

    public static TheoryData<CloudCredential, ProjectScope?, string[]> Refused => new()
    {
        { PasswordCredential.ByName("demo", Default, "topsecret"), ProjectScope.ByName("shop", Default), ["user 'demo' (domain 'Default')", "project 'shop' (domain 'Default')", "the user's role"] },
        { PasswordCredential.ById("u1", "topsecret"), null, ["user id u1", "the user or the password"] },
        { ApplicationCredential.ById("a1", "topsecret"), null, ["application credential id a1", "expired"] },
        { ApplicationCredential.ByName("ci", "u1", "topsecret"), null, ["application credential 'ci' of user id u1"] },
        { new TokenCredential("topsecret"), ProjectScope.ById("p1"), ["the token", "project id p1"] },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task The_error_for_a_failed_login_names_the_credential_the_project_and_Keystone(CloudCredential credential, ProjectScope? project, string[] named)
    {
        var keystone = new ScriptedHandler(Answers.Json(401, """{"error": {"code": 401, "message": "topsecret"}}""", ("x-openstack-request-id", "req-1")));
        TroveScheduleException error = await Refusal(keystone, Settings(credential, project));
        Assert.Equal((TroveErrorKind.Unauthorized, "Unauthorized", 401, "req-1"), (error.Kind, error.ErrorId, error.StatusCode, error.RequestId));
        Assert.All([.. named, "http://k:5000/v3"], name => Assert.Contains(name, error.Message));
    }

    [Theory]
    [InlineData("""{"token": {"expires_at": "2026-11-22T08:43:53Z"}}""")]
    [InlineData("""{"token": {"expires_at": "2026-11-22T08:43:53Z", "project": {"id": ""}}}""")]
    [InlineData("""{"token": {"expires_at": "2026-11-22T08:43:53Z", "domain": {"id": "default"}}}""")]
    public async Task A_token_without_a_project_is_refused(string body)
    {
        TroveScheduleException error = await Refusal(Accepting(body));
        Assert.Equal("UnscopedToken", error.ErrorId);
        Assert.Contains("OS_PROJECT_NAME", error.RecommendedAction);
    }

    [Fact]
    public async Task A_token_without_the_requested_project_is_refused()
    {
        CloudSettings settings = Settings(project: ProjectScope.ById("another"));
        TroveScheduleException error = await Refusal(Accepting(), settings);
        Assert.Equal((TroveErrorKind.Invalid, "OtherProject"), (error.Kind, error.ErrorId));
        Assert.Contains("though project id another was asked for", error.Message);

        JsonNode answer = JsonNode.Parse(Answer)!;
        answer["token"]!.AsObject().Remove("project");
        error = await Refusal(Accepting(answer.ToJsonString()), settings);
        Assert.Equal((TroveErrorKind.Invalid, "OtherProject"), (error.Kind, error.ErrorId));
        Assert.Contains("a token without a project, though project id another was asked for", error.Message);
    }

    [Fact]
    public async Task A_404_without_a_Keystone_error_is_a_configuration_error()
    {
        var nothing = new ScriptedHandler(Answers.Json(404, "<html/>"));
        TroveScheduleException error = await Refusal(nothing);
        Assert.Equal((TroveErrorKind.Invalid, "InvalidConfiguration"), (error.Kind, error.ErrorId));
        Assert.Contains("http://k:5000/v3/auth/tokens", error.Message);
    }

    [Fact]
    public async Task Cancellation_throws_OperationCanceledException() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new Identity(HttpSender(Accepting()), Settings(), new FakeTimeProvider(Now)).AuthenticateAsync(new CancellationToken(canceled: true)));
}
