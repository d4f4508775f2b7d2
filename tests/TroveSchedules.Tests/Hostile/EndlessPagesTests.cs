using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Http;
using TroveSchedules.OpenStack.Trove;
using TroveSchedules.Tests.Http;
using Xunit;

namespace TroveSchedules.Tests.Hostile;

/// <summary>Reading an endless listing ends with an error.</summary>
public sealed class EndlessPagesTests
{
    private static readonly string[] ManyTriggers = [.. Enumerable.Range(1, 999).Select(i => Rows.Trigger(i))];

    private static async Task<TroveScheduleException> FailureOf(ScriptedCloud cloud, Func<CloudSession, Task> act)
    {
        using CloudSession session = await cloud.ConnectAsync();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => act(session));
        Assert.Equal(TroveErrorKind.ProtocolError, error.Kind);
        Assert.Contains("does not end", error.Message);
        return error;
    }

    [Fact]
    public async Task Repeated_schedules_under_new_markers_end_with_an_error()
    {
        int page = 0;
        string rows = string.Join(",", ManyTriggers);
        ScriptedCloud cloud = new ScriptedCloud().Always(Rows.TriggersRoute, (request, token) =>
            Answers.Ok($$"""{"cron_triggers": [{{rows}},{{Rows.Trigger(1_000_000 + ++page)}}], "next": "x"}""")(request, token));
        Assert.Contains("100000 rows", (await FailureOf(cloud, session => session.Schedules.ListAsync())).Message);
        Assert.Equal(100, page);
    }

    [Fact]
    public async Task An_endless_listing_of_instances_is_an_error()
    {
        int page = 0;
        ScriptedCloud cloud = new ScriptedCloud().Always($"GET {Rows.TrovePath}/instances", (request, token) =>
            Answers.Ok(Rows.InstancePage(Enumerable.Range(page++ * 1000, 1000).Select(i => Rows.Instance(i, "other")), "x"))(request, token));
        await FailureOf(cloud, session => session.Instances.GetAsync("m"));
        Assert.Equal(101, page); // The first page, and the 100,000 rows of a part.
    }

    [Fact]
    public async Task An_endless_listing_without_a_match_is_an_error()
    {
        int page = 0;
        string[] rows = new string[Paging.MaxPageSize];
        IAsyncEnumerable<string> walk = Paging.WalkAsync(
            (_, _, _) =>
            {
                rows[^1] = $"fresh {++page}";
                return Task.FromResult(new Page<string>(rows, true));
            },
            row => row, _ => false, null, 1, Paging.FirstPageSize, CancellationToken.None);
        TroveScheduleException error = await Assert.ThrowsAsync<TroveScheduleException>(async () => await walk.ToListAsync());
        Assert.Equal((TroveErrorKind.ProtocolError, 10_000), (error.Kind, page));
    }

    [Theory]
    [InlineData(99_999)]
    [InlineData(100_000)]
    public async Task The_maximum_number_of_rows_is_not_an_error(int count)
    {
        string[] rows = [.. Enumerable.Range(1, count).Select(i => $"{i}")];
        int at = 0;
        Assert.Equal(count, (await Paging.WalkAsync(
            (_, limit, _) =>
            {
                string[] page = [.. rows.Skip(at).Take(limit)];
                at += page.Length;
                return Task.FromResult(new Page<string>(page, at < count));
            },
            row => row, null, null, null, Paging.MaxPageSize, CancellationToken.None).ToListAsync()).Count);
    }

    [Fact]
    public async Task A_repeated_page_is_an_error()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always($"GET {Rows.TrovePath}/backups", Answers.Ok(
            $$"""{"backups": [{{Rows.Backup(1)}}], "links": [{"rel": "next", "href": "x"}]}"""));
        await FailureOf(cloud, async session => await session.Backups.ListAsync().ToListAsync());
        Assert.Equal(2, cloud.Requests.Count);
    }

    [Fact]
    public async Task An_empty_page_is_the_last_one_even_with_a_next_link()
    {
        ScriptedCloud cloud = new ScriptedCloud()
            .Always(Rows.TriggersRoute, Answers.Ok(Rows.Triggers([], more: true)))
            .Always($"GET {Rows.TrovePath}/instances", Answers.Ok(Rows.InstancePage([], "x")));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Empty(await session.Schedules.ListAsync());
        Assert.Empty(await session.Instances.ListAsync().ToListAsync());
        Assert.Equal(2, cloud.Requests.Count);
    }

    [Fact]
    public async Task A_page_larger_than_the_limit_is_cut_to_the_requested_number()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always($"GET {Rows.TrovePath}/instances", Answers.Ok(Rows.Instances([.. Enumerable.Range(1, 5000).Select(i => Rows.Instance(i))])));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Equal(3, (await session.Instances.ListAsync(null, 3).ToListAsync()).Count);
        Assert.Equal(5000, (await session.Instances.ListAsync().ToListAsync()).Count);
    }
}
