using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Trove;
using TroveSchedules.Tests.Http;
using TroveSchedules.Tests.Keystone;
using Xunit;

namespace TroveSchedules.Tests.Hostile;

/// <summary>Wherever an answer points, nobody goes there.</summary>
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
        await using LoopbackCloud elsewhere = await LoopbackCloud.StartAsync((cloud, context) => cloud.LogInAsync(context));
        bool mayLogIn = false;
        await using LoopbackCloud cloud = await LoopbackCloud.StartAsync((own, context) =>
        {
            if (mayLogIn && LoopbackCloud.IsLogin(context))
                return own.LogInAsync(context);
            context.Response.StatusCode = status;
            context.Response.Headers.Location = where == "the same host" ? "/trap" : $"{elsewhere.Url}/trap";
            return Task.CompletedTask;
        }, isTls: where == "plain http");

        await FailureAsync(() => CloudSession.ConnectAsync(cloud.Settings(folders)));
        mayLogIn = true;
        using CloudSession session = await CloudSession.ConnectAsync(cloud.Settings(folders));
        await FailureAsync(() => new BackupSchedules(session).ListAsync());
        await FailureAsync(() => new BackupSchedules(session).GetAsync(Rows.Id(1)));
        await FailureAsync(() => new BackupSchedules(session).DeleteAsync(new BackupSchedule { Id = Rows.Id(1), TriggerId = Rows.TriggerId(1), Input = "{}" }));
        await FailureAsync(() => new ScheduleExecutions(session).DeleteAsync(new ScheduleExecution { Id = Rows.Id(1), State = "SUCCESS" }));
        await FailureAsync(() => new Workbook(session).InstallAsync());
        await FailureAsync(async () => await new Backups(session).ListAsync().ToListAsync());

        Assert.Empty(elsewhere.Requests);
        Assert.DoesNotContain(cloud.Requests, request => request.Contains("trap"));

        async Task FailureAsync(Func<Task> act)
        {
            TroveScheduleException error = await ScriptedCloud.FailureOf(act);
            Assert.Equal((TroveErrorKind.ProtocolError, status), (error.Kind, error.StatusCode));
        }
    }

    [Fact]
    public async Task A_link_to_the_next_page_is_a_sign_and_no_address()
    {
        ScriptedCloud cloud = new ScriptedCloud()
            .On(Rows.TriggersRoute, Answers.Ok(Rows.Triggers([Rows.Trigger(1)], more: true)), Answers.Ok(Rows.Triggers()))
            .Always($"GET {Rows.TriggersPath}/{Rows.Id(1)}", Answers.Ok(Rows.Trigger()))
            .On(Rows.ExecutionsRoute, Answers.Ok(Rows.Executions([Rows.Execution(1)], more: true)), Answers.Ok(Rows.Executions()))
            .On($"GET {Rows.TrovePath}/instances", Answers.Ok(Rows.InstancePage([Rows.Instance(900)], "stolen")), Answers.Ok(Rows.Instances()));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Single(await new BackupSchedules(session).ListAsync());
        Assert.Single(await new ScheduleExecutions(session).ListAsync(Rows.Id(1)).ToListAsync());
        Assert.Single(await new Instances(session).ListAsync().ToListAsync());
        Assert.Equal(7, cloud.Requests.Count);
        Assert.All(cloud.Requests, request => Assert.Equal("cloud", request.Uri.Host));
        Assert.DoesNotContain(cloud.Requests, request => request.Query.Contains("stolen"));
    }
}
