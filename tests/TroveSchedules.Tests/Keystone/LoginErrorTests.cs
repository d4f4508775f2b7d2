using System;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;
using TroveSchedules.OpenStack.Keystone;
using TroveSchedules.Tests.Http;
using Xunit;

namespace TroveSchedules.Tests.Keystone;

/// <summary>
/// The errors for logins that Keystone rejects. The bodies are those of Keystone 22, with <c>[security_compliance]</c> in its keystone.conf
/// (tests/stack/README.md), unless a comment says otherwise.
/// </summary>
public sealed class LoginErrorTests
{
    private const string Plain = "The request you have made requires authentication.";
    private const string Expired = "The password is expired and needs to be changed for user: 989b7134cbe94626951532992cb04479.";
    private const string Receipt = "gAAAAABrCbRcReceiptOfTheFirstFactor-topsecret_9Q==";
    private const string Secret = "topsecret";

    private static readonly Domain Default = Domain.ByName("Default");
    private static readonly CloudCredential Password = PasswordCredential.ByName("demo", Default, Secret);
    private static readonly CloudCredential Application = ApplicationCredential.ById("a1", Secret);
    private static readonly CloudCredential Token = new TokenCredential(Secret);

    private static string Error(string message, int code = 401) =>
        $$$"""{"error":{"code":{{{code}}},"message":{{{JsonSerializer.Serialize(message)}}},"title":"Unauthorized"}}""";

    private static string Factors(string given, string required, string more = "") => $$$"""
        {"receipt": {"methods": {{{given}}}, "user": {"id": "u1", "name": "demo", "domain": {"id": "default", "name": "Default"}},
         "expires_at": "2026-11-27T16:53:28.000000Z", "issued_at": "2026-11-27T16:48:28.000000Z"{{{more}}}}, "required_auth_methods": {{{required}}}}
        """;

    private static async Task<TroveScheduleException> Refusal(string body, CloudCredential? credential = null, int status = 401, string type = "application/json", string? receipt = null)
    {
        var settings = new CloudSettings { AuthUrl = new Uri("http://k:5000/v3"), Credential = credential ?? Password, Project = ProjectScope.ByName("shop", Default) };
        (string, string)[] headers = [("x-openstack-request-id", "req-1"), .. receipt is null ? [] : new[] { ("Openstack-Auth-Receipt", receipt) }];
        var keystone = new ScriptedHandler(Answers.Text(status, body, type, headers));
        var sender = new HttpSender(new HttpClient(keystone), TimeProvider.System, new RetryPolicy(TimeProvider.System, TimeSpan.FromMinutes(1), maxRetries: 0));
        TroveScheduleException error = await Assert.ThrowsAsync<TroveScheduleException>(() => new Identity(sender, settings, TimeProvider.System).AuthenticateAsync(CancellationToken.None));
        foreach (string text in new[] { error.ToString(), error.RecommendedAction ?? "", error.ServerMessage ?? "", error.RequestId ?? "" })
        {
            Assert.DoesNotContain(Secret, text);
            Assert.DoesNotContain("gAAAAABrCbRc", text);
        }
        return error;
    }

    public static TheoryData<string, string, string[]> Causes => new()
    {
        { "expired", Expired, ["dashboard", "POST http://k:5000/v3/users/USER_ID/password"] },
        { "expired, in other words", "Your password has expired. Please set a new one.", ["POST http://k:5000/v3/users"] },
        { "to be changed", "Password must be changed on first use", ["POST http://k:5000/v3/users"] },
        // Up to Keystone 18 (CVE-2021-38155). Later releases use the general message for a locked account.
        { "locked", "The account is locked for user: 989b7134cbe94626951532992cb04479.", ["Wait", "lockout_duration", "openstack user set --enable"] },
        { "locked, in other words", "Account locked out after too many failed attempts", ["Wait", "openstack user set --enable"] },
        { "locked for a time", "The account is temporarily disabled for user: 989b.", ["Wait", "openstack user set --enable"] },
        { "disabled user", "The account is disabled for user: 989b7134cbe94626951532992cb04479.", ["administrator", "enable"] },
        { "disabled project", "Project is disabled: p1", ["administrator", "enable"] },
        { "disabled domain", "Domain is disabled: default", ["administrator", "enable"] },
        // Messages with insecure_debug.
        { "unknown user", "Could not find user: nobody. (Disable insecure_debug mode to suppress these details.)", ["Check the credential and the names"] },
        { "no role", "User 749e has no access to project 3fd0 (Disable insecure_debug mode to suppress these details.)", ["Check the credential and the names"] },
        { "wrong password", "Invalid username or password (Disable insecure_debug mode to suppress these details.)", ["Check the credential and the names"] },
        { "unsupported", "Attempted to authenticate with an unsupported method.", ["Check the credential and the names"] },
        { "blocked is not locked", "Blocked by the firewall of the week", ["Check the credential and the names"] },
    };

    [Theory]
    [MemberData(nameof(Causes))]
    public async Task A_reason_is_shown_with_the_message_of_Keystone_and_its_own_advice(string cause, string message, string[] advice)
    {
        TroveScheduleException error = await Refusal(Error(message));
        Assert.True(error.Problem.Contains(message), cause);
        Assert.Equal((TroveErrorKind.Unauthorized, "Unauthorized", 401, "req-1", message), (error.Kind, error.ErrorId, error.StatusCode, error.RequestId, error.ServerMessage));
        Assert.All(advice, part => Assert.Contains(part, error.RecommendedAction));
        Assert.All(["user 'demo'", "project 'shop'", "http://k:5000/v3"], name => Assert.Contains(name, error.Problem));
        Assert.EndsWith(", then connect again.", error.RecommendedAction);
        Assert.DoesNotContain("does not say", error.Message);
    }

    [Fact]
    public async Task The_URL_to_change_an_expired_password_has_the_id_of_the_user_if_it_is_known() =>
        Assert.Contains("POST http://k:5000/v3/users/u%201/password", (await Refusal(Error(Expired), PasswordCredential.ById("u 1", Secret))).RecommendedAction);

    [Theory]
    [InlineData(Plain)]
    [InlineData("The request you have made requires authentication")]
    [InlineData(Plain + " (Disable insecure_debug mode to suppress these details.)")]
    public async Task A_general_message_of_Keystone_is_shown_with_the_possible_causes(string message)
    {
        TroveScheduleException error = await Refusal(Error(message));
        Assert.Equal(message, error.ServerMessage);
        Assert.All([message, "does not say which is wrong", "the user, its domain, the password, the project, or the user's role in it", "locked", "disabled"], part => Assert.Contains(part, error.Problem));
        Assert.Contains("does not say", (await Refusal(Error(message), Application)).Problem);
        Assert.Contains("does not say", (await Refusal(Error(message), Token)).Problem);
    }

    public static TheoryData<string, string> UnreadableBodies => new()
    {
        { "", "text/plain" },
        { "<html><h1>401 Authorization Required</h1><p>The password is expired</p></html>", "text/html" },
        { "{}", "application/json" },
        { """{"error": {"code": 401}}""", "application/json" },
        { """{"error": {"message": ["The password is expired"]}}""", "application/json" },
        { """{"error": {"message": "The password is exp""", "application/json" },
    };

    [Theory]
    [MemberData(nameof(UnreadableBodies))]
    public async Task An_unreadable_message_is_reported_as_unreadable(string body, string type)
    {
        TroveScheduleException error = await Refusal(body, type: type);
        Assert.Null(error.ServerMessage);
        Assert.Contains("holds no reason that can be read", error.Problem);
        Assert.Contains("the user, its domain, the password, the project, or the user's role in it", error.Problem);
        Assert.DoesNotContain("does not say", error.Problem);
    }

    public static TheoryData<string, string, string, string> MissingFactors => new()
    {
        { "recorded", """["password"]""", """[["totp", "password"]]""", "totp" },
        { "recorded, of three rules", """["password"]""", """[["totp", "password"], ["mapped", "password"]]""", "totp, or mapped" },
        { "two at once", """["password"]""", """[["password", "totp", "x509"]]""", "totp and x509" },
        { "the same twice", """["password"]""", """[["password", "totp"], ["totp", "password"]]""", "totp" },
        { "without those that were given", """["password", "token"]""", """[["totp", "password"]]""", "totp" },
    };

    [Theory]
    [MemberData(nameof(MissingFactors))]
    public async Task A_missing_second_factor_is_named_and_not_reported_as_a_wrong_password(string what, string given, string required, string named)
    {
        foreach (string? header in new[] { Receipt, null })
        {
            TroveScheduleException error = await Refusal(Factors(given, required), receipt: header);
            Assert.True(error.Problem.EndsWith($"still wants {named}.", StringComparison.Ordinal), $"{what}: {error.Problem}");
            Assert.Equal((TroveErrorKind.Unauthorized, 401, "req-1", null), (error.Kind, error.StatusCode, error.RequestId, error.ServerMessage));
            Assert.DoesNotContain("does not accept", error.Message);
            Assert.All(["application credential", "multi_factor_auth_rules", "use that token", "then connect again"], part => Assert.Contains(part, error.RecommendedAction));
        }
    }

    public static TheoryData<string> BodiesWithoutMethods =>
    [
        Factors("""["password"]""", "[]"), Factors("""["password"]""", "null"), Factors("""["password"]""", """[["password"]]"""), Factors("null", """[[], null, 7, [7, null]]"""),
        Factors("7", """{"totp": 1}"""), "", "null", "[]", "<html>", """{"receipt": "gAAAAABrCbRcInTheBody"}""", Error("topsecret"),
    ];

    [Theory]
    [MemberData(nameof(BodiesWithoutMethods))]
    public async Task A_receipt_without_methods_is_reported(string body)
    {
        TroveScheduleException error = await Refusal(body, receipt: Receipt);
        Assert.Contains("as one factor of several", error.Problem);
        Assert.Contains("names none", error.Problem);
        Assert.DoesNotContain("does not accept", error.Problem);
    }

    // Recorded: Keystone applies the rules to application credentials too, and lists no rule that starts with one.
    [Fact]
    public async Task The_advice_for_an_application_credential_with_rules_does_not_propose_one()
    {
        TroveScheduleException error = await Refusal(Factors("""["application_credential"]""", "[]"), Application, receipt: Receipt);
        Assert.Contains("application credential id a1 as one factor of several", error.Problem);
        Assert.All(["""["application_credential"]""", "multi_factor_auth_rules", "use that token"], part => Assert.Contains(part, error.RecommendedAction));
        Assert.DoesNotContain("use an application credential", error.RecommendedAction);
    }

    [Fact]
    public async Task Names_of_methods_are_masked_and_shortened()
    {
        string many = string.Join(",", Enumerable.Range(0, 5000).Select(i => $"\"method{i}\""));
        TroveScheduleException error = await Refusal(Factors("""["password"]""", $$"""[["topsecret", "{{Receipt}}", "\u001b[31mred"], [{{many}}]]"""), receipt: Receipt);
        Assert.Contains("***", error.Problem);
        Assert.DoesNotContain('\u001b', error.Message);
        Assert.InRange(error.Message.Length, 100, 3000);
    }

    public static TheoryData<string, string> Echoes => new()
    {
        { "The password 'topsecret' is expired and needs to be changed.", "POST http://k:5000" },
        { "Account locked: topsecret was tried too often", "Wait" },
        { "Could not find user: topsecret", "Check" },
        { "Could not find token: gAAAAABrCbRcSomeToken.", "Check" },
        { "Could not find auth receipt: gAAAAABrCbRcSomeReceipt.", "Check" },
        { "{'password': 'topsecret'} is expired: http://demo:topsecret@k/?x=dG9wc2VjcmV0", "POST http://k:5000" },
    };

    [Theory]
    [MemberData(nameof(Echoes))]
    public async Task A_secret_in_the_message_of_Keystone_is_masked_and_the_rest_is_shown(string message, string advice)
    {
        foreach (CloudCredential credential in new[] { Password, Application, Token })
        {
            TroveScheduleException error = await Refusal(Error(message), credential);
            Assert.Contains("***", error.ServerMessage);
            Assert.Contains(error.ServerMessage!, error.Problem);
            Assert.Contains(advice, credential == Password ? error.RecommendedAction : error.RecommendedAction + advice);
        }
    }

    [Fact]
    public async Task Messages_contain_no_control_characters_and_are_shortened()
    {
        TroveScheduleException error = await Refusal(Error("The password is expired\u001b[31m" + new string('x', 100_000 / 2)));
        Assert.DoesNotContain('\u001b', error.Message + error.ServerMessage);
        Assert.InRange(error.ServerMessage!.Length, 1000, 2001);
    }

    // Recorded: a 404 in Keystone's format is about the credential. "There is no Keystone v3" would be wrong.
    [Theory]
    [InlineData("Could not find Application Credential: a1.")]
    [InlineData("Could not find user: nobody.")]
    [InlineData("Failed to validate token")]
    [InlineData("Could not recognize Fernet token")]
    public async Task A_404_in_the_format_of_Keystone_is_a_login_error(string message)
    {
        foreach (CloudCredential credential in new[] { Password, Application, Token })
        {
            TroveScheduleException error = await Refusal(Error(message, 404), credential, status: 404);
            Assert.Equal((TroveErrorKind.Unauthorized, 404, message), (error.Kind, error.StatusCode, error.ServerMessage));
            Assert.Contains(message, error.Problem);
            Assert.DoesNotContain("There is no Keystone", error.Problem);
        }
    }
}
