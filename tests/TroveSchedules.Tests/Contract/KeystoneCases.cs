using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Keystone;
using Xunit;

namespace TroveSchedules.Tests.Contract;

/// <summary>WIRE.md, "Keystone v3".</summary>
public abstract class KeystoneCases(ICloud cloud) : ContractCases(cloud)
{
    private const string Tokens = "/v3/auth/tokens";
    private const string Unauthorized = "{\"error\":{\"code\":401,\"message\":\"The request you have made requires authentication.\",\"title\":\"Unauthorized\"}}\n";
    private const string Malformed = "The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.";

    [ContractFact(Needs = Needs.People)]
    public async Task A_password_login_returns_a_token_in_a_header_and_the_catalog_in_the_body()
    {
        CloudResponse reply = await Login(Password());
        Assert.Equal(201, reply.Status);
        Assert.True(reply.Headers["X-Subject-Token"].Length > 100);
        Assert.StartsWith("req-", reply.Headers["x-openstack-request-id"]);
        JsonNode token = reply.Json!["token"]!;
        Assert.Equal(["methods", "user", "audit_ids", "expires_at", "issued_at", "project", "is_domain", "roles", "catalog"], token.AsObject().Select(m => m.Key));
        Assert.Equal("password", (string?)token["methods"]![0]);
        Assert.Equal("demo", (string?)token["project"]!["name"]);
        Assert.Equal(["member", "reader"], token["roles"]!.AsArray().Select(role => (string?)role!["name"]).Order());
        Assert.Contains("\"user\": {\"domain\": {\"id\": \"default\", \"name\": \"Default\"}, \"id\": \"", reply.Body);
    }

    [ContractFact(Needs = Needs.People)]
    public async Task Token_times_are_in_UTC_with_six_decimals()
    {
        JsonNode token = (await Login(Password())).Json!["token"]!;
        DateTime issued = Time(token["issued_at"]), expires = Time(token["expires_at"]);
        Assert.True(expires > issued);

        static DateTime Time(JsonNode? text) => DateTime.ParseExact((string)text!, "yyyy-MM-dd'T'HH:mm:ss'.000000Z'", CultureInfo.InvariantCulture);
    }

    [ContractFact(Needs = Needs.People)]
    public async Task The_catalog_has_Mistral_and_Trove_for_three_interfaces()
    {
        JsonNode token = (await Login(Password())).Json!["token"]!;
        foreach ((string type, string end) in new[] { ("workflowv2", "/v2"), ("database", "/v1.0/" + await ProjectAsync()), ("identity", "/v3") })
        {
            JsonNode service = Assert.Single(token["catalog"]!.AsArray(), one => (string?)one!["type"] == type)!;
            Assert.Equal(["admin", "internal", "public"], service["endpoints"]!.AsArray().Select(e => (string?)e!["interface"]).Distinct().Order());
            Assert.All(service["endpoints"]!.AsArray(), endpoint =>
            {
                Assert.EndsWith(end, (string?)endpoint!["url"]);
                Assert.Equal((string?)endpoint["region_id"], (string?)endpoint["region"]);
            });
        }
    }

    [ContractFact(Needs = Needs.People)]
    public async Task The_nocatalog_parameter_omits_the_catalog() =>
        Assert.Null((await Keystone("POST", Tokens + "?nocatalog", Auth(Password(), Scope()))).Json!["token"]!["catalog"]);

    [ContractFact(Needs = Needs.People)]
    public async Task A_user_can_be_given_by_id()
    {
        Entry demo = await EnterAsync("demo");
        var identity = new JsonObject { ["methods"] = new JsonArray("password"), ["password"] = new JsonObject { ["user"] = new JsonObject { ["id"] = demo.UserId, ["password"] = "secret-demo" } } };
        Assert.Equal(201, (await Keystone("POST", Tokens, Auth(identity, new JsonObject { ["project"] = new JsonObject { ["id"] = demo.ProjectId } }))).Status);
    }

    [ContractFact(Needs = Needs.People)]
    public async Task A_name_without_a_domain_is_400()
    {
        CloudResponse user = await Keystone("POST", Tokens, Auth(Password(domain: false), Scope()));
        Assert.Equal((400, $"{{\"error\":{{\"code\":400,\"message\":\"Expecting to find domain in user. {Malformed}\",\"title\":\"Bad Request\"}}}}\n"), (user.Status, user.Body));
        CloudResponse project = await Keystone("POST", Tokens, Auth(Password(), Scope(domain: false)));
        Assert.Equal((400, $"{{\"error\":{{\"code\":400,\"message\":\"Expecting to find domain in project. {Malformed}\",\"title\":\"Bad Request\"}}}}\n"), (project.Status, project.Body));
    }

    [ContractFact(Needs = Needs.People)]
    public async Task A_wrong_password_an_unknown_project_and_a_foreign_project_give_the_same_401()
    {
        foreach (JsonObject auth in new[] { Auth(Password(password: "wrong"), Scope()), Auth(Password(), Scope("nope")), Auth(Password(), Scope("other")), Auth(Password("nobody"), Scope()) })
        {
            CloudResponse reply = await Keystone("POST", Tokens, auth);
            Assert.Equal((401, Unauthorized), (reply.Status, reply.Body));
            Assert.StartsWith("Keystone uri=\"http", reply.Headers["WWW-Authenticate"]);
            Assert.EndsWith("/v3\"", reply.Headers["WWW-Authenticate"]);
        }
    }

    [ContractFact(Needs = Needs.People)]
    public async Task A_malformed_token_request_is_400()
    {
        CloudResponse text = await Keystone("POST", Tokens, "not json");
        Assert.Equal((400, $"{{\"error\":{{\"code\":400,\"message\":\"Expecting to find valid JSON in request body. {Malformed}\",\"title\":\"Bad Request\"}}}}\n"), (text.Status, text.Body));
        CloudResponse empty = await Keystone("POST", Tokens, "{}");
        Assert.Equal((400, $"{{\"error\":{{\"code\":400,\"message\":\"Expecting to find auth in request body. {Malformed}\",\"title\":\"Bad Request\"}}}}\n"), (empty.Status, empty.Body));
        Assert.StartsWith("'identity' is a required property", (string?)(await Keystone("POST", Tokens, "{\"auth\": {}}")).Json!["error"]!["message"]);
    }

    [ContractFact(Needs = Needs.People)]
    public async Task A_login_without_a_scope_returns_a_token_without_a_project()
    {
        CloudResponse reply = await Keystone("POST", Tokens, Auth(Password()));
        Assert.Equal(201, reply.Status);
        Assert.Equal(["methods", "user", "audit_ids", "expires_at", "issued_at"], reply.Json!["token"]!.AsObject().Select(m => m.Key));
    }

    [ContractFact(Needs = Needs.People)]
    public async Task A_token_without_a_project_lists_nothing_with_a_200()
    {
        string token = (await Keystone("POST", Tokens, Auth(Password()))).Headers["X-Subject-Token"];
        Entry demo = await EnterAsync("demo");
        string name = Name();
        await TriggerAsync(name);
        CloudResponse list = await SendAsync("GET", $"{demo.Workflow}/cron_triggers?name={name}", token: token);
        Assert.Equal((200, "{\"cron_triggers\": []}"), (list.Status, list.Body));
        Fault(await SendAsync("GET", $"{demo.Workflow}/cron_triggers/{name}", token: token), 404, $"Cron trigger not found [identifier={name}]");
        Assert.Equal("{\"executions\": []}", (await SendAsync("GET", $"{demo.Workflow}/executions", token: token)).Body);
    }

    [ContractFact(Needs = Needs.People)]
    public async Task The_library_refuses_a_token_without_a_project()
    {
        CloudSettings demo = Cloud.As("demo");
        var unscoped = new CloudSettings { AuthUrl = demo.AuthUrl, Credential = demo.Credential };
        var error = await Assert.ThrowsAsync<TroveScheduleException>(() => CloudSession.ConnectAsync(unscoped, TimeProvider.System, Cloud.CreateHandler, default));
        Assert.Equal("UnscopedToken", error.ErrorId);
    }

    [ContractFact(Needs = Needs.People)]
    public async Task A_token_can_be_exchanged_for_another_with_the_same_expiry()
    {
        CloudResponse first = await Login(Password());
        await Cloud.PassAsync(TimeSpan.FromSeconds(1));
        CloudResponse second = await Keystone("POST", Tokens, Auth(TokenOf(first), Scope()));
        Assert.Equal(201, second.Status);
        Assert.Equal(["password", "token"], second.Json!["token"]!["methods"]!.AsArray().Select(m => (string?)m).Order()); // Keystone returns them in any order.
        Assert.Equal((string?)first.Json!["token"]!["expires_at"], (string?)second.Json!["token"]!["expires_at"]);
    }

    [ContractFact(Needs = Needs.People)]
    public async Task A_token_without_a_project_can_be_scoped()
    {
        CloudResponse second = await Keystone("POST", Tokens, Auth(TokenOf(await Keystone("POST", Tokens, Auth(Password()))), Scope()));
        Assert.Equal("demo", (string?)second.Json!["token"]!["project"]!["name"]);
    }

    [ContractFact(Needs = Needs.People)]
    public async Task An_invalid_token_cannot_be_exchanged()
    {
        CloudResponse reply = await Keystone("POST", Tokens, Auth(new JsonObject { ["methods"] = new JsonArray("token"), ["token"] = new JsonObject { ["id"] = "xx" } }));
        Assert.Equal((404, "{\"error\":{\"code\":404,\"message\":\"Could not recognize Fernet token\",\"title\":\"Not Found\"}}\n"), (reply.Status, reply.Body));
    }

    [ContractFact(Needs = Needs.People)]
    public async Task A_revoked_token_cannot_be_exchanged()
    {
        CloudResponse first = await Login(Password());
        await Keystone("DELETE", Tokens, user: "demo", header: ("X-Subject-Token", first.Headers["X-Subject-Token"]));
        CloudResponse reply = await Keystone("POST", Tokens, Auth(TokenOf(first), Scope()));
        Assert.Equal((404, "{\"error\":{\"code\":404,\"message\":\"Failed to validate token\",\"title\":\"Not Found\"}}\n"), (reply.Status, reply.Body));
    }

    [ContractFact(Needs = Needs.People)]
    public async Task The_library_reports_an_invalid_token_and_not_a_missing_Keystone()
    {
        CloudSettings demo = Cloud.As("demo");
        var settings = new CloudSettings { AuthUrl = demo.AuthUrl, Credential = new TokenCredential("gAAAAABno-such-token"), Project = demo.Project };
        var error = await Assert.ThrowsAsync<TroveScheduleException>(() => CloudSession.ConnectAsync(settings, TimeProvider.System, Cloud.CreateHandler, default));
        Assert.Equal(TroveErrorKind.Unauthorized, error.Kind);
    }

    [ContractFact(Needs = Needs.People)]
    public async Task An_application_credential_is_scoped_to_its_project_and_accepts_no_scope()
    {
        CloudResponse good = await Keystone("POST", Tokens, Auth(AppCred()));
        Assert.Equal(201, good.Status);
        Assert.Equal("demo", (string?)good.Json!["token"]!["project"]!["name"]);
        Assert.Equal(["application_credential"], good.Json["token"]!["methods"]!.AsArray().Select(m => (string?)m));
        CloudResponse scoped = await Keystone("POST", Tokens, Auth(AppCred(), Scope()));
        Assert.Equal(
            (401, "{\"error\":{\"code\":401,\"identity\":{},\"message\":\"Error authenticating with application credential: Application credentials cannot request a scope.\",\"title\":\"Unauthorized\"}}\n"),
            (scoped.Status, scoped.Body));
        CloudResponse wrong = await Keystone("POST", Tokens, Auth(AppCred("wrong")));
        Assert.Equal((401, Unauthorized), (wrong.Status, wrong.Body));
    }

    [ContractFact(Needs = Needs.People)]
    public async Task An_application_credential_can_be_given_by_name_and_user()
    {
        var credential = (ApplicationCredential)Cloud.As("demo-appcred").Credential;
        var identity = new JsonObject
        {
            ["methods"] = new JsonArray("application_credential"),
            ["application_credential"] = new JsonObject { ["name"] = "stack", ["secret"] = credential.Secret, ["user"] = User("demo") },
        };
        Assert.Equal(201, (await Keystone("POST", Tokens, Auth(identity))).Status);
    }

    [ContractFact(Needs = Needs.People)]
    public async Task An_unknown_application_credential_id_is_404_and_an_unknown_name_401()
    {
        CloudResponse id = await Keystone("POST", Tokens, Auth(Named(new JsonObject { ["id"] = "nope" })));
        Assert.Equal((404, "{\"error\":{\"code\":404,\"message\":\"Could not find Application Credential: nope.\",\"title\":\"Not Found\"}}\n"), (id.Status, id.Body));
        CloudResponse user = await Keystone("POST", Tokens, Auth(Named(new JsonObject { ["name"] = "stack", ["user"] = User("nobody") })));
        Assert.Equal((404, "{\"error\":{\"code\":404,\"message\":\"Could not find user: nobody.\",\"title\":\"Not Found\"}}\n"), (user.Status, user.Body));
        CloudResponse name = await Keystone("POST", Tokens, Auth(Named(new JsonObject { ["name"] = "nope", ["user"] = User("demo") })));
        Assert.Equal((401, Unauthorized), (name.Status, name.Body));

        static JsonObject Named(JsonObject which)
        {
            which["secret"] = "x";
            return new JsonObject { ["methods"] = new JsonArray("application_credential"), ["application_credential"] = which };
        }
    }

    [ContractFact(Needs = Needs.People)]
    public async Task The_library_shows_the_message_of_Keystone_for_a_rejected_credential()
    {
        CloudSettings demo = Cloud.As("demo");
        foreach ((CloudCredential credential, int status, string message) in new (CloudCredential, int, string)[]
        {
            (ApplicationCredential.ById("nope", "x"), 404, "Could not find Application Credential: nope."),
            (new TokenCredential("nope"), 404, "Could not recognize Fernet token"),
            (PasswordCredential.ByName("demo", Domain.ByName("Default"), "wrong"), 401, "The request you have made requires authentication."),
        })
        {
            var settings = new CloudSettings { AuthUrl = demo.AuthUrl, Credential = credential, Project = demo.Project };
            var error = await Assert.ThrowsAsync<TroveScheduleException>(() => CloudSession.ConnectAsync(settings, TimeProvider.System, Cloud.CreateHandler, default));
            Assert.Equal(("Unauthorized", status, message), (error.ErrorId, error.StatusCode, error.ServerMessage));
            Assert.Contains(message, error.Problem);
        }
    }

    [ContractFact(Needs = Needs.People)]
    public async Task A_delegated_token_cannot_be_exchanged()
    {
        CloudResponse first = await Keystone("POST", Tokens, Auth(AppCred()));
        CloudResponse second = await Keystone("POST", Tokens, Auth(TokenOf(first)));
        Assert.Equal(
            (403, "{\"error\":{\"code\":403,\"message\":\"You are not authorized to perform the requested action: Using a delegated token to create another token is not allowed..\",\"title\":\"Forbidden\"}}\n"),
            (second.Status, second.Body));
    }

    [ContractFact]
    public async Task The_root_lists_the_versions_with_300()
    {
        CloudResponse root = await Keystone("GET", "/");
        Assert.Equal(300, root.Status);
        Assert.StartsWith("{\"versions\": {\"values\": [{\"id\": \"v3.", root.Body);
        CloudResponse v3 = await Keystone("GET", "/v3");
        Assert.Equal(200, v3.Status);
        Assert.StartsWith("{\"version\": {\"id\": \"v3.", v3.Body);
        Assert.Equal(v3.Body, (await Keystone("GET", "/v3/")).Body);
    }

    [ContractFact]
    public async Task Version_2_is_404()
    {
        CloudResponse reply = await Keystone("GET", "/v2.0");
        Assert.Equal(404, reply.Status);
        Assert.StartsWith("<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>", reply.Body);
        Assert.StartsWith("text/html", reply.Headers["Content-Type"]);
    }

    [ContractTheory(Needs = Needs.People)]
    [InlineData("/v3")]
    [InlineData("/v3/")]
    [InlineData("/")]
    [InlineData("")]
    public async Task The_library_accepts_the_auth_url_with_or_without_version_and_slash(string end)
    {
        CloudSettings demo = Cloud.As("demo");
        var settings = new CloudSettings { AuthUrl = new Uri(demo.AuthUrl.GetLeftPart(UriPartial.Authority) + end), Credential = demo.Credential, Project = demo.Project };
        using CloudSession session = await CloudSession.ConnectAsync(settings, TimeProvider.System, Cloud.CreateHandler, default);
        Assert.Equal("demo", session.ProjectName);
    }

    [ContractFact(Needs = Needs.People)]
    public async Task A_token_can_be_read_and_revoked()
    {
        string token = (await Login(Password())).Headers["X-Subject-Token"];
        CloudResponse shown = await Keystone("GET", Tokens, user: "demo", header: ("X-Subject-Token", token));
        Assert.Equal(200, shown.Status);
        Assert.Equal("demo", (string?)shown.Json!["token"]!["user"]!["name"]);
        CloudResponse revoked = await Keystone("DELETE", Tokens, user: "demo", header: ("X-Subject-Token", token));
        Assert.Equal((204, ""), (revoked.Status, revoked.Body));
        Assert.Equal(404, (await Keystone("GET", Tokens, user: "demo", header: ("X-Subject-Token", token))).Status);
        Assert.Equal(401, (await Keystone("GET", Tokens, header: ("X-Subject-Token", token))).Status);
    }

    [ContractFact(Needs = Needs.People)]
    public async Task Each_trigger_has_a_trust_that_is_deleted_with_it()
    {
        Entry demo = await EnterAsync("demo");
        string ownTrusts = "/v3/OS-TRUST/trusts?trustor_user_id=" + demo.UserId;
        IEnumerable<string?> before = (await Keystone("GET", ownTrusts, user: "demo")).Column("trusts", "id");
        string id = (await TriggerAsync()).Text("id")!;
        JsonNode trust = Assert.Single((await Keystone("GET", ownTrusts, user: "demo")).List("trusts"), one => !before.Contains((string?)one!["id"]))!;
        Assert.Equal(
            ["id", "trustor_user_id", "trustee_user_id", "project_id", "impersonation", "expires_at", "remaining_uses", "deleted_at", "redelegated_trust_id", "redelegation_count", "links"],
            trust.AsObject().Select(m => m.Key));
        Assert.Equal(demo.ProjectId, (string?)trust["project_id"]);
        Assert.True((bool)trust["impersonation"]!);
        await Mistral("DELETE", "/cron_triggers/" + id);
        Assert.DoesNotContain((string?)trust["id"], (await Keystone("GET", ownTrusts, user: "demo")).Column("trusts", "id"));
    }

    [ContractFact(Needs = Needs.People)]
    public async Task Listing_all_trusts_is_forbidden()
    {
        CloudResponse reply = await Keystone("GET", "/v3/OS-TRUST/trusts", user: "demo");
        Assert.Equal(
            (403, "{\"error\":{\"code\":403,\"message\":\"You are not authorized to perform the requested action: identity:list_trusts.\",\"title\":\"Forbidden\"}}\n"),
            (reply.Status, reply.Body));
    }

    [ContractFact(Needs = Needs.People)]
    public async Task Creating_a_trigger_with_an_application_credential_is_500()
    {
        CloudResponse refused = await TriggerAsync(user: "demo-appcred");
        Assert.Equal(500, refused.Status);
        Assert.StartsWith(
            "{\"faultcode\": \"Server\", \"faultstring\": \"Authorization failed: You are not authorized to perform the requested action: Using a delegated token to create another token is not allowed.. (HTTP 403) (Request-ID: req-",
            refused.Body);
    }

    [ContractFact(Needs = Needs.People | Needs.Instances)]
    public async Task An_application_credential_can_do_everything_else()
    {
        string name = Name();
        await TriggerAsync(name);
        Assert.Equal(200, (await Mistral("GET", "/cron_triggers/" + name, user: "demo-appcred")).Status);
        Assert.Equal(204, (await Mistral("DELETE", "/cron_triggers/" + name, user: "demo-appcred")).Status);
        await IdleAsync(OtherDup);
        CloudResponse run = await RunAsync(user: "demo-appcred");
        Assert.Equal(201, run.Status);
        await EndAsync(run.Text("id")!);
        Assert.Equal(204, (await Mistral("DELETE", "/executions/" + run.Text("id"), user: "demo-appcred")).Status);
    }

    [ContractFact(Needs = Needs.People | Needs.Instances)]
    public async Task The_library_tells_that_an_application_credential_cannot_schedule()
    {
        using CloudSession session = await Cloud.ConnectAsync("demo-appcred");
        var error = await Assert.ThrowsAsync<TroveScheduleException>(
            () => session.Schedules.CreateAsync(new ScheduleRequest { Instance = "m", Name = "n", Pattern = "0 3 * * *" }));
        Assert.Equal("ApplicationCredential", error.ErrorId);
    }

    [ContractFact(Needs = Needs.People)]
    public async Task Region_names_are_case_sensitive()
    {
        CloudSettings demo = Cloud.As("demo");
        CloudSettings In(string region) => new() { AuthUrl = demo.AuthUrl, Credential = demo.Credential, Project = demo.Project, Region = region };
        using CloudSession session = await CloudSession.ConnectAsync(In("RegionOne"), TimeProvider.System, Cloud.CreateHandler, default);
        var error = await Assert.ThrowsAsync<TroveScheduleException>(() => CloudSession.ConnectAsync(In("regionone"), TimeProvider.System, Cloud.CreateHandler, default));
        Assert.Equal("NoEndpoint", error.ErrorId);
    }

    private Task<CloudResponse> Login(JsonObject identity) => Keystone("POST", Tokens, Auth(identity, Scope()));

    private static JsonObject Auth(JsonObject identity, JsonObject? scope = null)
    {
        var auth = new JsonObject { ["identity"] = identity };
        if (scope is not null)
            auth["scope"] = scope;
        return new JsonObject { ["auth"] = auth };
    }

    private static JsonObject User(string name, bool domain = true)
    {
        var user = new JsonObject { ["name"] = name };
        if (domain)
            user["domain"] = new JsonObject { ["name"] = "Default" };
        return user;
    }

    private static JsonObject Password(string name = "demo", string password = "secret-demo", bool domain = true)
    {
        JsonObject user = User(name, domain);
        user["password"] = password;
        return new JsonObject { ["methods"] = new JsonArray("password"), ["password"] = new JsonObject { ["user"] = user } };
    }

    private static JsonObject Scope(string name = "demo", bool domain = true)
    {
        var project = new JsonObject { ["name"] = name };
        if (domain)
            project["domain"] = new JsonObject { ["id"] = "default" };
        return new JsonObject { ["project"] = project };
    }

    private static JsonObject TokenOf(CloudResponse reply) =>
        new() { ["methods"] = new JsonArray("token"), ["token"] = new JsonObject { ["id"] = reply.Headers["X-Subject-Token"] } };

    private JsonObject AppCred(string? secret = null)
    {
        var credential = (ApplicationCredential)Cloud.As("demo-appcred").Credential;
        return new JsonObject
        {
            ["methods"] = new JsonArray("application_credential"),
            ["application_credential"] = new JsonObject { ["id"] = credential.Id, ["secret"] = secret ?? credential.Secret },
        };
    }
}

public sealed class KeystoneOnSandbox() : KeystoneCases(new SandboxUnderTest());

[Collection("real cloud")]
public sealed class KeystoneOnRealCloud() : KeystoneCases(RealCloud.Shared);
