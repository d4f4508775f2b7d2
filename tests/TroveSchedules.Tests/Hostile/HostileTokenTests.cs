using System;
using System.Linq;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Keystone;
using TroveSchedules.Tests.Http;
using Xunit;

namespace TroveSchedules.Tests.Hostile;

/// <summary>Responses to logins that no real Keystone sends.</summary>
public sealed class HostileTokenTests
{
    private const string Login = HostileCloud.Login;

    private static string Body(string expires = "2026-11-22T08:42:30Z", string? issued = "2026-11-22T07:42:30Z", string project = ScriptedCloud.Project, string mistral = "http://cloud:8989/v2", string more = "") => $$$"""
        {"token": {"expires_at": "{{{expires}}}", "issued_at": "{{{issued}}}", "project": {"id": {{{System.Text.Json.JsonSerializer.Serialize(project)}}}, "name": "demo"},
         "catalog": [{{{more}}}{"type": "workflowv2", "endpoints": [{"interface": "public", "region": "R", "url": {{{System.Text.Json.JsonSerializer.Serialize(mistral)}}} }]},
                     {"type": "database", "endpoints": [{"interface": "public", "region": "R", "url": "http://cloud:8779"}]}]}}
        """;

    private static ScriptedCloud Cloud(string body, params string[] tokens) => new ScriptedCloud()
        .Always(Login, Answers.Json(201, body, [.. (tokens.Length == 0 ? ["gAAAA-topsecret"] : tokens).Select(token => ("X-Subject-Token", token))]))
        .Always(Rows.TriggersRoute, Answers.Ok(Rows.Triggers(Rows.Trigger())));

    private static async Task<TroveScheduleException> FailureOf(ScriptedCloud cloud)
    {
        TroveScheduleException error = await ScriptedCloud.FailureOf(async () =>
        {
            using CloudSession session = await cloud.ConnectAsync();
            await session.Schedules.ListAsync();
        });
        Assert.Empty(cloud.Requests);
        return error;
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a b")]
    [InlineData("topsecret\r\nX-Evil: 1")]
    [InlineData("topsecret\nX-Evil: 1")]
    [InlineData("topsecret\0")]
    [InlineData("topsecret\u007f")]
    [InlineData("töpsecret")]
    [InlineData("topsecret\u009b31m")]
    public async Task A_token_that_is_invalid_in_a_header_is_a_protocol_error(string token) =>
        Assert.Equal(TroveErrorKind.ProtocolError, (await FailureOf(Cloud(Body(), token))).Kind);

    [Fact]
    public async Task Two_tokens_in_one_response_are_a_protocol_error() =>
        Assert.Equal(TroveErrorKind.ProtocolError, (await FailureOf(Cloud(Body(), "topsecret-one", "topsecret-two"))).Kind);

    [Theory]
    [InlineData("2026-11-22T07:42:29Z", null)]
    [InlineData("2026-11-22T07:42:30Z", "2026-11-22T07:42:30Z")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:60Z", null)]
    [InlineData("99999-01-01T00:00:00Z", null)]
    public async Task A_token_with_an_invalid_or_past_expiry_is_a_protocol_error(string expires, string? issued) =>
        Assert.Equal(TroveErrorKind.ProtocolError, (await FailureOf(Cloud(Body(expires, issued)))).Kind);

    [Theory]
    [InlineData("9999-12-31T23:59:59.9999999Z", null)]
    [InlineData("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59Z")]
    [InlineData("9999-12-31T23:59:59.9999999Z", "0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59.9999999Z", "2026-11-22T07:42:30Z")]
    [InlineData("1971-01-01T01:00:00Z", "1971-01-01T00:00:00Z")]
    public async Task A_token_that_expires_at_the_end_of_the_calendar_is_accepted(string expires, string? issued)
    {
        ScriptedCloud cloud = Cloud(Body(expires, issued));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Single(await session.Schedules.ListAsync());
        cloud.Clock.Advance(TimeSpan.FromDays(1000));
        Assert.Equal(9, session.CloudTime.AddMinutes(-1).ToString("HH:mm:ss.").Length); // Arithmetic with it does not overflow.
        Assert.Single(await session.Schedules.ListAsync());
        Assert.Equal(2, cloud.LoginRequests.Count);
    }

    [Theory]
    [InlineData("../../v3/users")]
    [InlineData("p1?x")]
    [InlineData("p1#x")]
    [InlineData("p1/x")]
    [InlineData("p 1")]
    [InlineData("p1\n")]
    [InlineData("@evil.example/")]
    [InlineData("ｐ1")]
    public async Task A_project_id_that_would_change_the_address_is_a_protocol_error(string project) =>
        Assert.Equal(TroveErrorKind.ProtocolError, (await FailureOf(Cloud(Body(project: project)))).Kind);

    [Fact]
    public async Task A_project_id_too_long_for_an_address_is_a_protocol_error() =>
        Assert.Equal(TroveErrorKind.ProtocolError, (await FailureOf(Cloud(Body(project: new string('p', 100_000))))).Kind);

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("javascript:alert(1)")]
    [InlineData("ftp://cloud/v2")]
    [InlineData("gopher://cloud")]
    [InlineData("ws://cloud/v2")]
    [InlineData("http://demo:topsecret@cloud/v2")]
    [InlineData("http://demo@cloud/v2")]
    [InlineData("http://cloud/v2?token=topsecret")]
    [InlineData("http://cloud/v2#topsecret")]
    [InlineData("/v2")]
    [InlineData("v2")]
    [InlineData("//evil.example/v2")]
    [InlineData("\\\\evil.example\\v2")]
    [InlineData("http:")]
    [InlineData("http://")]
    [InlineData("http:///v2")]
    [InlineData("http://:8989/v2")]
    [InlineData("http://cloud:99999/v2")]
    [InlineData("http://cloud\r\nX-Evil: 1/v2")]
    [InlineData("http://clo\0ud/v2")]
    [InlineData("http://[fe80::1%25eth0/v2")]
    [InlineData("http://evil.example\\@cloud/v2")]
    [InlineData("http://cloud:8989:8989/v2")]
    public async Task An_endpoint_that_is_not_an_http_address_is_refused_before_a_token_is_sent(string url)
    {
        TroveScheduleException error = await FailureOf(Cloud(Body(mistral: url)));
        Assert.Equal((TroveErrorKind.Invalid, "InvalidConfiguration"), (error.Kind, error.ErrorId));
        Assert.Contains("The address of Mistral in the catalog", error.Message);
    }

    [Theory]
    [InlineData("http://elsewhere", "http://elsewhere/v2/cron_triggers")]
    [InlineData("HTTP://ELSEWHERE:80/", "http://elsewhere/v2/cron_triggers")]
    [InlineData("https://elsewhere", "https://elsewhere/v2/cron_triggers")]
    [InlineData("http://elsewhere/a\r\nX-Evil: 1", "http://elsewhere/a%0D%0AX-Evil:%201/v2/cron_triggers")]
    [InlineData("http://[::1]:8989/v2", "http://[::1]:8989/v2/cron_triggers")]
    [InlineData("http://[fe80::1%25eth0]:8989/v2", "http://[fe80::1]:8989/v2/cron_triggers")]
    [InlineData("http://[::1]evil.example/v2", "http://[::1]/evil.example/v2/cron_triggers")]
    public async Task A_token_is_sent_only_to_the_address_in_the_catalog(string url, string expected)
    {
        ScriptedCloud cloud = Cloud(Body(mistral: url)).Always($"GET {new Uri(expected).AbsolutePath}", Answers.Ok(Rows.Triggers()));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Empty(await session.Schedules.ListAsync());
        RecordedRequest sent = Assert.Single(cloud.Requests);
        Assert.Equal((expected, "gAAAA-topsecret"), (sent.Uri.GetLeftPart(UriPartial.Path), sent.Token));
        Assert.Equal(session.WorkflowEndpoint.Authority, sent.Uri.Authority);
    }

    [Fact]
    public async Task An_endpoint_override_replaces_the_address_in_the_catalog()
    {
        ScriptedCloud cloud = Cloud(Body(mistral: "http://evil.example"));
        using CloudSession session = await cloud.ConnectAsync(new CloudSettings
        {
            AuthUrl = ScriptedCloud.Settings.AuthUrl,
            Credential = ScriptedCloud.Settings.Credential,
            WorkflowEndpoint = new Uri("http://mine:8989"),
        });
        Assert.Single(await session.Schedules.ListAsync());
        Assert.Equal("mine", Assert.Single(cloud.Requests).Uri.Host);
    }

    [Fact]
    public async Task A_catalog_with_100000_endpoints_is_read()
    {
        string others = string.Concat(Enumerable.Range(0, 50_000).Select(i => $$"""
            {"type": "other{{i}}", "endpoints": [{"interface": "public", "region": "R", "url": "http://evil.example"}]}, {"type": "workflowv2", "endpoints": [{"interface": "admin", "region": "R{{i}}", "url": "http://evil.example"}]},
            """));
        ScriptedCloud cloud = Cloud(Body(more: others));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Single(await session.Schedules.ListAsync());
        Assert.Equal("cloud", Assert.Single(cloud.Requests).Uri.Host);
        Assert.InRange((await ScriptedCloud.FailureOf(() => Cloud(Body(more: others)).ConnectAsync(new CloudSettings
        {
            AuthUrl = ScriptedCloud.Settings.AuthUrl,
            Credential = ScriptedCloud.Settings.Credential,
            Region = "nowhere",
        }))).Message.Length, 1, 5_000);
    }
}
