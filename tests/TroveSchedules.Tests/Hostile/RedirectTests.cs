using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Trove;
using TroveSchedules.Tests.Http;
using TroveSchedules.Tests.Keystone;
using Xunit;

namespace TroveSchedules.Tests.Hostile;

/// <summary>Redirects are never followed.</summary>
public sealed class RedirectTests : IDisposable
{
    private readonly Folders folders = new();

    public void Dispose() => folders.Dispose();

    public static TheoryData<int, string> Redirects
    {
        get
        {
            var data = new TheoryData<int, string>();
            foreach (int status in new[] { 301, 302, 303, 307, 308 })
            {
                foreach (string where in new[] { "another host", "the same host", "plain http" })
                    data.Add(status, where);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Redirects))]
    public async Task A_redirect_is_an_error_and_is_not_followed(int status, string where)
    {
        using var elsewhere = new LoopbackCloud((_, _) => throw new UnexpectedRequestException("The redirect was followed."));
        using var cloud = new LoopbackCloud((connection, _) => connection.WriteAsync(LoopbackResponse.Of(status, "",
            $"Location: {(where == "the same host" ? "/trap" : $"{elsewhere.Url}/trap?ticket=unknown-secret")}", "Connection: close")), isTls: where == "plain http");

        cloud.AcceptsLogins = false;
        await FailureAsync(() => CloudSession.ConnectAsync(cloud.Settings(folders)));
        cloud.AcceptsLogins = true;
        using CloudSession session = await CloudSession.ConnectAsync(cloud.Settings(folders));
        await FailureAsync(() => session.Schedules.ListAsync());
        await FailureAsync(() => session.Schedules.GetAsync(Rows.Id(1)));
        await FailureAsync(() => session.Schedules.DeleteAsync(new BackupSchedule { Id = Rows.Id(1), TriggerId = Rows.TriggerId(1), Input = "{}" }));
        await FailureAsync(() => session.Executions.DeleteAsync(new ScheduleExecution { Id = Rows.Id(1), State = "SUCCESS" }));
        await FailureAsync(() => session.Workbook.InstallAsync());
        await FailureAsync(async () => await session.Backups.ListAsync().ToListAsync());

        Assert.Empty(elsewhere.Requests);
        Assert.DoesNotContain(cloud.Requests, request => request.Contains("trap"));

        async Task FailureAsync(Func<Task> act)
        {
            TroveScheduleException error = await ScriptedCloud.FailureOf(act);
            Assert.Equal((TroveErrorKind.ProtocolError, status), (error.Kind, error.StatusCode));
            Assert.Contains(where == "the same host" ? $"redirects to {cloud.Url}/trap," : $"redirects to {elsewhere.Url}/trap?***,", error.Problem);
            Assert.DoesNotContain("unknown-secret", error.ToString());
        }
    }

    public static TheoryData<string, string> Locations => new()
    {
        { "https://k.example/v3/auth/tokens", "https://k.example/v3/auth/tokens" },
        { "http://cloud:8989/v2/", "http://cloud:8989/v2/" },
        { "/elsewhere", "http://cloud:8989/elsewhere" },
        { "elsewhere", "http://cloud:8989/v2/elsewhere" },
        { "?token=unknown-secret", "http://cloud:8989/v2/cron_triggers?***" },
        { "//sso.example/login?next=unknown-secret", "http://sso.example/login?***" },
        { "https://sso.example/login?SAMLRequest=unknown-secret#unknown-secret", "https://sso.example/login?***" },
        { "https://sso.example/#access_token=unknown-secret", "https://sso.example/#***" },
        { "https://ann:unknown-secret@sso.example:8443/login", "https://***@sso.example:8443/login" },
        { "https://unknown-secret@sso.example", "https://***@sso.example/" },
        { "https://sso.example/a%20b/ü", "https://sso.example/a%20b/%C3%BC" },
        { "https://[::1]:5000/v3", "https://[::1]:5000/v3" },
        { "https://sso.example/token=topsecret/x", "https://sso.example/token=***" },
        { "javascript:alert('unknown-secret')", "an address of javascript" },
        { "file:///etc/unknown-secret", "an address of file" },
        { "https://", "an address that is none" },
        { "http://a b:unknown-secret@/", "an address that is none" },
    };

    [Theory]
    [MemberData(nameof(Locations))]
    public async Task The_target_of_a_redirect_is_shown_without_possible_secrets(string location, string shown)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always("GET " + Rows.TriggersPath, Answers.Status(302, ("Location", location)));
        using CloudSession session = await cloud.ConnectAsync();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => session.Schedules.ListAsync());
        Assert.Contains($"HTTP 302 redirects to {shown}, ", error.Problem);
        Assert.Contains("workflow_endpoint_override", error.RecommendedAction);
        Assert.DoesNotContain("unknown-secret", error.ToString());
        Assert.Single(cloud.Requests);
    }

    [Theory]
    [InlineData("POST /v3/auth/tokens", "auth_url")]
    [InlineData("GET " + Rows.TriggersPath, "workflow_endpoint_override")]
    [InlineData("GET " + Rows.TrovePath + "/instances", "database_endpoint_override")]
    public async Task The_error_for_a_redirect_names_the_setting_and_repeats_no_secret(string route, string setting)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always("GET " + Rows.TriggersPath, Answers.Ok(Rows.Triggers())).Always(route, (request, token) =>
            Answers.Status(301, ("Location", $"https://new.example/{request.Token ?? ScriptedCloud.Password}/{new string('x', 5000)}"))(request, token));
        TroveScheduleException error = await ScriptedCloud.FailureOf(async () =>
        {
            using CloudSession session = await cloud.ConnectAsync();
            await session.Schedules.ListAsync();
            await session.Instances.ListAsync().ToListAsync();
        });
        Assert.Equal((TroveErrorKind.ProtocolError, 301), (error.Kind, error.StatusCode));
        Assert.Contains("redirects to https://new.example/", error.Problem);
        Assert.Contains(setting, error.RecommendedAction);
        Assert.Equal([setting], error.Settings);
        Assert.InRange(error.Message.Length, 100, 3000);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(302)]
    [InlineData(304)]
    [InlineData(302, "")]
    [InlineData(202, "http://elsewhere/")]
    [InlineData(401, "http://elsewhere/")]
    public async Task A_redirect_without_a_location_is_reported_without_one(int status, string? location = null)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always("GET " + Rows.TriggersPath, Answers.Status(status, location is null ? [] : [("Location", location)]));
        using CloudSession session = await cloud.ConnectAsync();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => session.Schedules.ListAsync());
        Assert.Equal((status == 401 ? TroveErrorKind.Unauthorized : TroveErrorKind.ProtocolError, status), (error.Kind, error.StatusCode));
        Assert.DoesNotContain("redirects", error.Problem);
    }

    [Fact]
    public async Task A_link_to_the_next_page_is_never_followed()
    {
        ScriptedCloud cloud = new ScriptedCloud()
            .On(Rows.TriggersRoute, Answers.Ok(Rows.Triggers([Rows.Trigger(1)], more: true)), Answers.Ok(Rows.Triggers()))
            .Always($"GET {Rows.TriggersPath}/{Rows.Id(1)}", Answers.Ok(Rows.Trigger()))
            .On(Rows.ExecutionsRoute, Answers.Ok(Rows.Executions([Rows.Execution(1)], more: true)), Answers.Ok(Rows.Executions()))
            .On($"GET {Rows.TrovePath}/instances", Answers.Ok(Rows.InstancePage([Rows.Instance(900)], "stolen")), Answers.Ok(Rows.Instances()));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Single(await session.Schedules.ListAsync());
        Assert.Single(await session.Executions.ListAsync(Rows.Id(1)).ToListAsync());
        Assert.Single(await session.Instances.ListAsync().ToListAsync());
        Assert.Equal(7, cloud.Requests.Count);
        Assert.All(cloud.Requests, request => Assert.Equal("cloud", request.Uri.Host));
        Assert.DoesNotContain(cloud.Requests, request => request.Query.Contains("stolen"));
    }
}
