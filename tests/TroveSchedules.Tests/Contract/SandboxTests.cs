using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Time.Testing;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Trove;
using TroveSchedules.Sandbox;
using Xunit;

namespace TroveSchedules.Tests.Contract;

/// <summary>Features of the sandbox that no real cloud has: a controllable clock and a seeded history.</summary>
public sealed class SandboxTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 8, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_filtered_page_of_100000_executions_has_the_newest_50()
    {
        using SandboxCloud cloud = CreateCloud();
        using CloudSession session = await ConnectAsync(cloud);
        BackupSchedule some = await ScheduleAsync(session), all = await ScheduleAsync(session);
        cloud.SeedExecutions(some.TriggerId, 100_000, own: 500);
        cloud.SeedExecutions(all.TriggerId, 100_000);
        using HttpClient http = Http(cloud, session);
        foreach (BackupSchedule schedule in new[] { some, all })
        {
            string body = await http.GetStringAsync(
                $"{session.WorkflowEndpoint}/executions?workflow_name=eq:trove.backup_create&description=has:{schedule.TriggerId}&sort_keys=created_at&sort_dirs=desc&limit=50");
            string[] created = [.. JsonNode.Parse(body)!["executions"]!.AsArray().Select(execution => (string)execution!["created_at"]!)];
            Assert.Equal(50, created.Length);
            Assert.Equal(created.OrderDescending(), created);
        }
    }

    [Fact]
    public async Task The_history_is_complete_and_in_order()
    {
        using SandboxCloud cloud = CreateCloud();
        using CloudSession session = await ConnectAsync(cloud);
        BackupSchedule schedule = await ScheduleAsync(session);
        cloud.SeedExecutions(schedule.TriggerId, 5_000, own: 700, errors: 10);
        List<ScheduleExecution> runs = await RunsAsync(session, schedule);
        Assert.Equal(700, runs.Count);
        Assert.Equal(700, runs.Select(run => run.Id).Distinct().Count());
        Assert.Equal(70, runs.Count(run => run.State == "ERROR"));
        Assert.Equal(runs.Select(run => run.ExecutionTime).OrderDescending(), runs.Select(run => run.ExecutionTime));
    }

    [Fact]
    public async Task Reading_a_long_history_keeps_at_most_two_pages_in_memory()
    {
        using SandboxCloud cloud = CreateCloud();
        using CloudSession session = await ConnectAsync(cloud);
        BackupSchedule schedule = await ScheduleAsync(session);
        cloud.SeedExecutions(schedule.TriggerId, 20_000);
        var ids = new List<WeakReference>();
        int alive = 0;
        await foreach (ScheduleExecution run in session.Executions.ListAsync(schedule))
        {
            ids.Add(new WeakReference(run.Id)); // The row of the page references the same string.
            if (ids.Count < 20_000)
                continue;
            GC.Collect();
            alive = ids.Count(id => id.IsAlive);
        }
        Assert.Equal(20_000, ids.Count);
        Assert.InRange(alive, 1, 2_000);
    }

    [Theory]
    [InlineData("created_at,id", "desc,desc")]
    [InlineData("created_at,id", "asc,desc")]
    [InlineData("created_at", "desc")]
    [InlineData("created_at", "asc")]
    [InlineData("state,created_at", "asc,desc")]
    public async Task Pages_neither_skip_nor_repeat_executions_with_the_same_time(string keys, string directions)
    {
        using SandboxCloud cloud = CreateCloud();
        using CloudSession session = await ConnectAsync(cloud);
        BackupSchedule schedule = await ScheduleAsync(session);
        cloud.SeedExecutions(schedule.TriggerId, 600, own: 300, days: TimeSpan.FromMinutes(1).TotalDays);
        using HttpClient http = Http(cloud, session);
        List<string> unpaged = await IdsAsync("");
        var paged = new List<string>();
        for (string marker = ""; paged.Count == 0 || marker.Length > 0;)
        {
            List<string> page = await IdsAsync("&limit=7" + marker);
            paged.AddRange(page);
            marker = page.Count == 7 ? "&marker=" + page[^1] : "";
        }
        Assert.Equal(600, unpaged.Distinct().Count());
        Assert.Equal(unpaged, paged);

        async Task<List<string>> IdsAsync(string page)
        {
            string order = page.Length == 0 && !keys.Contains("id") ? $"sort_keys={keys},id&sort_dirs={directions},asc" : $"sort_keys={keys}&sort_dirs={directions}";
            return Ids(await http.GetStringAsync($"{session.WorkflowEndpoint}/executions?fields=id&{order}{page}"));
        }
    }

    [Fact]
    public async Task The_last_page_of_a_long_history_needs_no_more_memory_than_the_first()
    {
        using SandboxCloud cloud = CreateCloud();
        using CloudSession session = await ConnectAsync(cloud);
        BackupSchedule schedule = await ScheduleAsync(session);
        cloud.SeedExecutions(schedule.TriggerId, 20_000);
        using var handler = new HttpMessageInvoker(cloud.CreateHandler());
        List<string> oldest = (await PageAsync("sort_dirs=asc&limit=51")).Ids;
        long first = (await PageAsync("sort_dirs=desc&limit=50")).Allocated;
        (List<string> ids, long last) = await PageAsync("sort_dirs=desc&limit=50&marker=" + oldest[^1]);
        Assert.Equal(oldest.SkipLast(1).Reverse(), ids);
        Assert.True(last < 2 * first, $"{first} bytes for the first, {last} for the last");

        async Task<(List<string> Ids, long Allocated)> PageAsync(string query)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{session.WorkflowEndpoint}/executions?fields=id&sort_keys=created_at&{query}");
            request.Headers.Add("X-Auth-Token", session.Token.Value);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Task<HttpResponseMessage> sent = handler.SendAsync(request, default); // Runs synchronously on this thread.
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            using HttpResponseMessage response = await sent;
            return (Ids(await response.Content.ReadAsStringAsync()), allocated);
        }
    }

    [Fact]
    public async Task Missed_executions_run_once()
    {
        using SandboxCloud cloud = CreateCloud();
        using CloudSession session = await ConnectAsync(cloud);
        BackupSchedule schedule = await ScheduleAsync(session, "*/5 * * * *");
        cloud.RunsTriggers = false;
        cloud.Step(TimeSpan.FromMinutes(42));
        Assert.Empty(await RunsAsync(session, schedule));
        Assert.True((await session.Schedules.GetAsync(schedule.Id)).IsStuck);
        cloud.RunsTriggers = true;
        cloud.Step(TimeSpan.FromSeconds(5));
        Assert.Single(await RunsAsync(session, schedule));
        Assert.Equal(Start.AddMinutes(45), (await session.Schedules.GetAsync(schedule.Id)).NextExecutionTime);
    }

    [Fact]
    public async Task A_step_of_one_day_runs_each_execution_at_its_time()
    {
        using SandboxCloud cloud = CreateCloud();
        using CloudSession session = await ConnectAsync(cloud);
        BackupSchedule schedule = await ScheduleAsync(session, "0 */6 * * *");
        cloud.Step(TimeSpan.FromDays(1));
        List<ScheduleExecution> runs = await RunsAsync(session, schedule);
        Assert.Equal(
            [new(2026, 11, 23, 5, 59, 58, TimeSpan.Zero), new(2026, 11, 22, 23, 59, 58, TimeSpan.Zero), new(2026, 11, 22, 17, 59, 58, TimeSpan.Zero), new DateTimeOffset(2026, 11, 22, 11, 59, 58, TimeSpan.Zero)],
            runs.Select(run => run.ExecutionTime!.Value));
        Assert.All(runs, run => Assert.Equal("SUCCESS", run.State));
        var backups = new List<Backup>();
        await foreach (Backup backup in session.Backups.ListAsync())
            backups.Add(backup);
        Assert.Equal(4, backups.Count(backup => backup.Status == "COMPLETED"));
    }

    [Fact]
    public async Task A_backup_can_fail_after_a_successful_execution()
    {
        using SandboxCloud cloud = CreateCloud();
        using CloudSession session = await ConnectAsync(cloud);
        BackupSchedule schedule = await ScheduleAsync(session, "*/5 * * * *");
        cloud.FailBackups(schedule.InstanceId!);
        cloud.Step(TimeSpan.FromMinutes(6));
        ScheduleExecution run = Assert.Single(await RunsAsync(session, schedule, new ExecutionQuery { IncludeBackupStatus = true }));
        Assert.Equal(("SUCCESS", "FAILED"), (run.State, run.BackupStatus));
    }

    [Fact]
    public async Task Backups_on_several_pages_are_each_listed_once()
    {
        using SandboxCloud cloud = CreateCloud(new SandboxOptions { Clock = new FakeTimeProvider(Start), Speed = 0, MaxBackups = -1 });
        using CloudSession session = await ConnectAsync(cloud);
        await ScheduleAsync(session, "*/5 * * * *");
        cloud.Step(TimeSpan.FromDays(1.5));
        var ids = new HashSet<string>();
        await foreach (Backup backup in session.Backups.ListAsync())
            Assert.True(ids.Add(backup.Id));
        Assert.Equal(432, ids.Count);
    }

    [Fact]
    public async Task An_expired_token_is_renewed_automatically()
    {
        using SandboxCloud cloud = CreateCloud();
        using CloudSession session = await ConnectAsync(cloud);
        DateTimeOffset first = session.TokenExpiresAt;
        cloud.Step(TimeSpan.FromHours(2));
        await session.Schedules.ListAsync();
        Assert.Equal(first.AddHours(2), session.TokenExpiresAt);
    }

    [Fact]
    public async Task An_expired_token_is_401_in_every_service()
    {
        using SandboxCloud cloud = CreateCloud();
        using CloudSession session = await ConnectAsync(cloud);
        cloud.Step(TimeSpan.FromHours(1));
        using var http = new HttpClient(cloud.CreateHandler());
        http.DefaultRequestHeaders.Add("X-Auth-Token", session.Token.Value);
        foreach (Uri url in new[] { new Uri(session.WorkflowEndpoint + "/cron_triggers"), new Uri(session.DatabaseEndpoint + "/instances"), new Uri(session.AuthUrl + "/auth/catalog") })
            Assert.Equal(401, (int)(await http.GetAsync(url)).StatusCode);
    }

    [Fact]
    public async Task Speed_sets_the_speed_of_the_clock_without_a_timer()
    {
        var clock = new FakeTimeProvider(Start);
        using var cloud = new SandboxCloud(new SandboxOptions { Clock = clock, Speed = 60 });
        using CloudSession session = await ConnectAsync(cloud);
        BackupSchedule schedule = await ScheduleAsync(session, "*/5 * * * *");
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(Start.AddMinutes(11), cloud.Clock.GetUtcNow());
        Assert.Equal(2, (await RunsAsync(session, schedule)).Count);
    }

    [Fact]
    public async Task Two_sandboxes_are_independent()
    {
        using SandboxCloud one = CreateCloud(), two = CreateCloud();
        using CloudSession session = await ConnectAsync(one), other = await ConnectAsync(two);
        await ScheduleAsync(session);
        Assert.Empty(await other.Schedules.ListAsync());
        using var http = new HttpClient(two.CreateHandler());
        http.DefaultRequestHeaders.Add("X-Auth-Token", session.Token.Value);
        Assert.Equal(401, (int)(await http.GetAsync(session.WorkflowEndpoint + "/cron_triggers")).StatusCode);
    }

    [Fact]
    public async Task A_disposed_sandbox_does_not_respond_and_is_collected()
    {
        var ended = new SandboxCloud();
        using var http = new HttpClient(ended.CreateHandler());
        ended.Dispose();
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync("http://sandbox.invalid:5000/v3"));
        WeakReference reference = CreateUnreferenced();
        for (int n = 0; n < 200 && reference.IsAlive; n++)
        {
            // A pool thread may still reference its last work item on its stack, until it runs another one.
            await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount * 4).Select(_ => Task.Run(GC.Collect)));
            GC.WaitForPendingFinalizers();
        }
        Assert.False(reference.IsAlive);
    }

    // Creates a cloud with a schedule that is due each minute, and drops the last reference to it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference CreateUnreferenced()
    {
        var cloud = new SandboxCloud();
        using (CloudSession session = ConnectAsync(cloud).GetAwaiter().GetResult())
            ScheduleAsync(session, "* * * * *").GetAwaiter().GetResult();
        cloud.Dispose();
        return new WeakReference(cloud);
    }

    [Fact]
    public async Task A_request_to_another_host_fails()
    {
        using SandboxCloud cloud = CreateCloud();
        using var http = new HttpClient(cloud.CreateHandler());
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync("http://elsewhere.invalid/v2"));
    }

    [Fact]
    public async Task HasTroveActions_is_false_without_mistral_extra()
    {
        using SandboxCloud cloud = CreateCloud();
        using CloudSession session = await CloudSession.ConnectAsync(
            SandboxUnderTest.Settings(cloud, "demo"), cloud.Clock, () => new WithoutTroveActions(cloud.CreateHandler()), default);
        Assert.False((await session.Workbook.InstallAsync()).HasTroveActions);
    }

    [Theory]
    [InlineData("action: std.noop\n        on-success: u", "The sandbox does not support 'on-success' in a task. It supports description, action, input, publish, wait-before.")]
    [InlineData("action: std.noop\n        publish:\n          a: <% $.b + 1 %>", "The sandbox cannot evaluate <% $.b + 1 %>. It supports $, task().result,")]
    [InlineData("action: std.noop\n    vars:\n      a: 1", "The sandbox does not support 'vars' in a workflow.")]
    [InlineData("action: std.noop\nactions:\n  a:\n    base: std.noop", "The sandbox does not support 'actions' in a workbook.")]
    public async Task A_workbook_that_the_sandbox_cannot_run_is_refused(string task, string reason)
    {
        using SandboxCloud cloud = CreateCloud();
        using CloudSession session = await ConnectAsync(cloud);
        using HttpClient http = Http(cloud, session);
        using HttpResponseMessage refused = await http.PostAsync(session.WorkflowEndpoint + "/workbooks",
            new StringContent($"version: '2.0'\nname: x\nworkflows:\n  w:\n    tasks:\n      t:\n        {task}\n"));
        Assert.Equal(400, (int)refused.StatusCode);
        Assert.StartsWith(reason, (string)JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["faultstring"]!);
    }

    [Fact]
    public async Task The_same_requests_with_the_same_seed_give_the_same_ids()
    {
        async Task<string> OnceAsync()
        {
            using SandboxCloud cloud = CreateCloud(new SandboxOptions { Clock = new FakeTimeProvider(Start), Seed = 1 });
            using CloudSession session = await ConnectAsync(cloud);
            return (await ScheduleAsync(session)).TriggerId;
        }
        Assert.Equal(await OnceAsync(), await OnceAsync());
    }

    private static SandboxCloud CreateCloud(SandboxOptions? options = null) =>
        new(options ?? new SandboxOptions { Clock = new FakeTimeProvider(Start) });

    private static async Task<CloudSession> ConnectAsync(SandboxCloud cloud)
    {
        CloudSession session = await CloudSession.ConnectAsync(SandboxUnderTest.Settings(cloud, "demo"), cloud.Clock, cloud.CreateHandler, default);
        await session.Workbook.InstallAsync();
        return session;
    }

    private static Task<BackupSchedule> ScheduleAsync(CloudSession session, string pattern = "0 3 * * *") =>
        session.Schedules.CreateAsync(new ScheduleRequest { Instance = "m", Name = "n", Pattern = pattern });

    private static async Task<List<ScheduleExecution>> RunsAsync(CloudSession session, BackupSchedule schedule, ExecutionQuery? query = null)
    {
        var runs = new List<ScheduleExecution>();
        await foreach (ScheduleExecution run in session.Executions.ListAsync(schedule, query))
            runs.Add(run);
        return runs;
    }

    private static HttpClient Http(SandboxCloud cloud, CloudSession session) =>
        new(cloud.CreateHandler()) { DefaultRequestHeaders = { { "X-Auth-Token", session.Token.Value } } };

    private static List<string> Ids(string page) => [.. JsonNode.Parse(page)!["executions"]!.AsArray().Select(run => (string)run!["id"]!)];

    /// <summary>Responds like a Mistral without mistral-extra, which has no <c>trove.*</c> actions.</summary>
    private sealed class WithoutTroveActions(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.AbsolutePath.StartsWith("/v2/actions/trove.", StringComparison.Ordinal))
                request.RequestUri = new Uri(request.RequestUri, "/v2/actions/absent"); // The sandbox's own 404.
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
