using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Http;
using Xunit;

namespace TroveSchedules.Tests.Http;

/// <summary>A server may repeat the secrets of a request anywhere and in any encoding. No error and no log shows them.</summary>
public sealed class SecretEchoTests
{
    private const string Get = "GET " + Rows.TriggersPath;
    private const string Password = "top\"sec ret/ü+&<'z\\9";

    private static readonly Dictionary<string, Func<string, string>> Encodings = new()
    {
        ["plain"] = secret => secret,
        ["json"] = secret => JsonEncodedText.Encode(secret).ToString(),
        ["relaxed json"] = secret => JsonEncodedText.Encode(secret, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(),
        ["json in json"] = secret => JsonEncodedText.Encode(JsonEncodedText.Encode(secret).ToString()).ToString(),
        ["address"] = Uri.EscapeDataString,
        ["address, lower case"] = secret => Uri.EscapeDataString(secret).ToLowerInvariant(),
        ["form"] = WebUtility.UrlEncode,
        ["page"] = WebUtility.HtmlEncode,
        ["base64"] = secret => Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)),
    };

    public static TheoryData<string> SpellingNames => [.. Encodings.Keys];

    [Theory]
    [MemberData(nameof(SpellingNames))]
    public void A_secret_is_masked_in_every_encoding(string spelling)
    {
        var mask = new SecretMask();
        mask.Add(Password);
        // In a URL, only plain letters can differ in case from the secret.
        string written = spelling == "address, lower case" ? Encodings[spelling](Password.ToLowerInvariant()) : Encodings[spelling](Password);
        string masked = mask.MaskKnown($"before {written} after");
        Assert.Equal("before *** after", masked.Replace("***==", "***", StringComparison.Ordinal).Replace("***=", "***", StringComparison.Ordinal));
    }

    [Fact]
    public void The_beginning_of_a_long_secret_is_masked()
    {
        string token = "gAAAAABo" + new string('x', 150) + "-_Q==";
        var mask = new SecretMask();
        mask.Add(token);
        Assert.Equal("a *** b *** c", mask.MaskKnown($"a {token.Substring(0, 40)} b {token.Substring(0, 16)} c"));
        Assert.Equal("gAAAAABoxxxxxx", mask.MaskKnown("gAAAAABoxxxxxx"));
    }

    [Fact]
    public void User_and_password_in_an_address_are_masked()
    {
        Assert.Equal("The proxy 'http://***@proxy:3128/' and https://***@k.", new SecretMask().MaskKnown("The proxy 'http://ann:topsecret@proxy:3128/' and https://ann@k."));
        Assert.Equal("http://k/a@b and a://", new SecretMask().MaskKnown("http://k/a@b and a://"));
    }

    [Fact]
    public void Masking_a_long_run_of_backslashes_does_not_hang()
    {
        var mask = new SecretMask();
        mask.Add("\\\"/");
        Assert.Equal(300_000, mask.MaskKnown(new string('\\', 300_000)).Length);
    }

    public static TheoryData<string> Places => ["faultstring", "message", "reason", "request id", "page", "broken json", "key", "network", "faultstring that has the service's own", "proxy"];

    private static Answer Echo(string place) => (request, token) => (place switch
    {
        "faultstring" => Answers.Fault(500, $"Traceback: {request.Token}"),
        "message" => Answers.Json(400, $$$"""{"badRequest": {"message": "No: {{{request.Token}}}"}}"""),
        "reason" => (_, _) => Task.FromResult(new HttpResponseMessage((HttpStatusCode)418) { ReasonPhrase = $"No {request.Token}", Content = new StringContent("") }),
        "request id" => Answers.Html(500, "", ("x-openstack-request-id", $"req-{request.Token}")),
        "page" => Answers.Html(403, $"<p>{request.Token}</p>"),
        "broken json" => Answers.Ok($$$"""{"cron_triggers": [{"id": {{{request.Token}}}"""),
        "key" => Answers.Ok($$$"""{"cron_triggers": [{"workflow_input": {"{{{request.Token}}}": [}]}"""),
        "network" => (_, _) => throw new HttpRequestException($"Received an invalid status line: '{request.Token}'.", new System.IO.IOException(request.Token)),
        "proxy" => (_, _) => throw new HttpRequestException("The proxy tunnel request to proxy 'http://ann:topsecret@proxy:3128/' failed with status code '407'."),
        _ => Answers.Fault(400, "RabbitMQ: {'transport_password': 'topsecret-of-rabbit'} of amqp://mistral:topsecret@rabbit:5672"),
    })(request, token);

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Errors_and_log_lines_do_not_contain_a_token_that_the_service_repeats(string place)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Echo(place));
        List<string> logged = [];
        RequestLog.Current = new RequestLog { Line = logged.Add };
        try
        {
            using CloudSession session = await cloud.ConnectAsync();
            await ScriptedCloud.FailureOf(() => session.Schedules.ListAsync());
        }
        finally
        {
            RequestLog.Current = null;
        }
        Assert.NotEmpty(logged);
        Assert.All(logged, line => Assert.DoesNotContain("topsecret", line));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Errors_and_log_lines_do_not_contain_a_password_that_Keystone_repeats(bool bodies)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always("POST /v3/auth/tokens",
            Answers.Json(500, $$$"""{"error": {"message": "{{{ScriptedCloud.Password}}}"}}""", ("x-openstack-request-id", ScriptedCloud.Password)));
        List<string> logged = [];
        RequestLog.Current = new RequestLog { Line = logged.Add, Body = bodies ? logged.Add : null };
        try
        {
            TroveScheduleException error = await ScriptedCloud.FailureOf(() => cloud.ConnectAsync());
            Assert.Equal((500, "***", null), (error.StatusCode, error.RequestId, error.ServerMessage));
        }
        finally
        {
            RequestLog.Current = null;
        }
        Assert.Equal(bodies ? 3 : 1, logged.Count);
        Assert.All(logged, line => Assert.DoesNotContain("topsecret", line));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(500)]
    public async Task Errors_and_log_lines_do_not_contain_an_auth_receipt(int status)
    {
        const string receipt = "gAAAAABrCbRc-topsecret-receipt-of-the-first-factor";
        ScriptedCloud cloud = new ScriptedCloud().Always("POST /v3/auth/tokens", Answers.Json(status,
            $$$"""{"receipt": {"methods": ["password"]}, "error": {"message": "Not good for more: {{{receipt}}}"}, "required_auth_methods": [["totp", "{{{receipt}}}"]]}""",
            ("Openstack-Auth-Receipt", receipt), ("x-openstack-request-id", receipt)));
        List<string> logged = [];
        RequestLog.Current = new RequestLog { Line = logged.Add, Body = logged.Add };
        try
        {
            await ScriptedCloud.FailureOf(() => cloud.ConnectAsync());
        }
        finally
        {
            RequestLog.Current = null;
        }
        Assert.Equal(3, logged.Count);
        Assert.All(logged, line => Assert.DoesNotContain("topsecret", line));
    }

    [Fact]
    public async Task An_error_without_a_secret_keeps_its_inner_exception_and_the_message_of_the_service()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(Get, Answers.Fault(400, "Sort key supplied is invalid: bogus"));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Equal("Sort key supplied is invalid: bogus", (await ScriptedCloud.FailureOf(() => session.Schedules.ListAsync())).ServerMessage);
        cloud.Always(Get, Answers.Ok("{"));
        Assert.IsType<JsonException>((await ScriptedCloud.FailureOf(() => session.Schedules.ListAsync())).InnerException);
    }

    [Fact]
    public void A_masked_error_keeps_all_other_properties()
    {
        var error = new TroveScheduleException(TroveErrorKind.Conflict, "No x9.");
        var values = new Dictionary<Type, object> { [typeof(string)] = "said", [typeof(object)] = "said", [typeof(int?)] = 409, [typeof(bool)] = true, [typeof(IReadOnlyList<string>)] = new[] { "said" } };
        PropertyInfo[] settable = [.. typeof(TroveScheduleException).GetProperties().Where(property => property.DeclaringType == typeof(TroveScheduleException) && property.CanWrite)];
        foreach (PropertyInfo property in settable)
            property.SetValue(error, values[property.PropertyType]);
        var mask = new SecretMask();
        mask.Add("x9");
        TroveScheduleException masked = mask.Mask(error);
        Assert.Equal((TroveErrorKind.Conflict, "No ***."), (masked.Kind, masked.Problem));
        Assert.All(settable, property => Assert.Equal(values[property.PropertyType], property.GetValue(masked)));
        Assert.Same(masked, mask.Mask(masked));
    }
}
