using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Trove;
using TroveSchedules.Tests.Http;
using Xunit;

namespace TroveSchedules.Tests.Trove;

public sealed class InstancesTests
{
    private const string ListRoute = "GET " + Rows.TrovePath + "/instances";

    private static ScriptedCloud Cloud(params string[] rows) => new ScriptedCloud().Always(ListRoute, Answers.Ok(Rows.Instances(rows)));

    [Fact]
    public async Task An_instance_is_found_by_its_id_in_one_request()
    {
        ScriptedCloud cloud = new ScriptedCloud().WithInstance();
        using CloudSession session = await cloud.ConnectAsync();
        Instance instance = await session.Instances.GetAsync(Rows.Id(900));
        Assert.Equal((Rows.Id(900), "m", "ACTIVE", "mysql", "5.7", "RegionOne", 2),
            (instance.Id, instance.Name, instance.Status, instance.Datastore, instance.DatastoreVersion, instance.Region, instance.VolumeSize));
        Assert.Equal($"GET {Rows.TrovePath}/instances/{Rows.Id(900)}", Assert.Single(cloud.Routes));
    }

    [Fact]
    public async Task Lookups_by_name_share_one_list()
    {
        ScriptedCloud cloud = Cloud(Rows.Instance(1, "a"), Rows.Instance(2, "b"), Rows.Instance(3, "A"));
        using CloudSession session = await cloud.ConnectAsync();
        ResourceLookup instances = session.CreateLookup();
        Assert.Equal(Rows.Id(1), (await instances.GetInstanceAsync("a")).Id);
        Assert.Equal(Rows.Id(3), (await instances.GetInstanceAsync("A")).Id);
        Assert.Equal(Rows.Id(2), (await instances.GetInstanceAsync("b")).Id);
        await ScriptedCloud.FailureOf(() => instances.GetInstanceAsync("c"));
        Assert.Equal([ListRoute], cloud.Routes);
    }

    /// <summary>A Trove with a number of instances, which returns at most 20 per page.</summary>
    private static ScriptedCloud CloudWithInstances(int count)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(ListRoute, (request, token) =>
        {
            string? marker = request.Parameters.GetValueOrDefault("marker");
            int from = marker is null ? 0 : int.Parse(marker[^12..]);
            string[] rows = [.. Enumerable.Range(from + 1, Math.Min(Math.Min(20, int.Parse(request.Parameters["limit"])), count - from)).Select(i => Rows.Instance(i, $"db-{i}"))];
            return Answers.Ok(from + rows.Length < count ? Rows.InstancePage(rows, "stolen") : Rows.Instances(rows))(request, token);
        });
        for (int i = 1; i <= count; i++)
            cloud.Always($"{ListRoute}/{Rows.Id(i)}", Answers.Ok($$"""{"instance": {{Rows.Instance(i, $"db-{i}")}}}"""));
        return cloud;
    }

    private static string[] RequestedPaths(ScriptedCloud cloud) => [.. cloud.Requests.Select(request => request.ToString()[$"{ListRoute}/".Length..])];

    [Fact]
    public async Task Lookups_of_many_ids_need_one_request_for_each_twenty_and_one_more()
    {
        ScriptedCloud cloud = CloudWithInstances(60);
        using CloudSession session = await cloud.ConnectAsync();
        ResourceLookup instances = session.CreateLookup();
        for (int i = 1; i <= 60; i++)
            Assert.Equal((Rows.Id(i), $"db-{i}"), ((await instances.GetInstanceAsync(Rows.Id(i))).Id, (await instances.GetInstanceAsync(Rows.Id(i))).Name));
        Assert.Equal([Rows.Id(1), "limit=20", $"limit=20&marker={Rows.Id(20)}", $"limit=20&marker={Rows.Id(40)}"], RequestedPaths(cloud));
    }

    [Fact]
    public async Task A_few_ids_among_many_instances_do_not_read_the_whole_list()
    {
        ScriptedCloud cloud = CloudWithInstances(1000);
        using CloudSession session = await cloud.ConnectAsync();
        ResourceLookup instances = session.CreateLookup();
        foreach (int i in new[] { 900, 900, 800, 800, 25, 900 })
            Assert.Equal(Rows.Id(i), (await instances.GetInstanceAsync(Rows.Id(i).ToUpperInvariant())).Id);
        Assert.Equal([Rows.Id(900), "limit=20", Rows.Id(800), $"limit=20&marker={Rows.Id(20)}"], RequestedPaths(cloud));
    }

    [Fact]
    public async Task A_lookup_by_name_reuses_the_pages_that_were_read_for_ids()
    {
        ScriptedCloud cloud = CloudWithInstances(50);
        using CloudSession session = await cloud.ConnectAsync();
        ResourceLookup instances = session.CreateLookup();
        await instances.GetInstanceAsync(Rows.Id(1));
        await instances.GetInstanceAsync(Rows.Id(2));
        Assert.Equal(Rows.Id(3), (await instances.GetInstanceAsync("db-3")).Id);
        Assert.Equal(Enumerable.Range(1, 50).Select(Rows.Id), (await instances.AllInstancesAsync()).Select(instance => instance.Id));
        Assert.Equal(Rows.Id(49), (await instances.GetInstanceAsync(Rows.Id(49))).Id);
        Assert.Equal([Rows.Id(1), "limit=20", $"limit=1000&marker={Rows.Id(20)}", $"limit=1000&marker={Rows.Id(40)}"], RequestedPaths(cloud));
    }

    public static TheoryData<string, string[]> LongLists => new()
    {
        { "random ids", RandomIds(200) },
        { "a few pages", RandomIds(45) },
        { "one page", RandomIds(20) },
        { "most ids at the end", [.. RandomIds(100), .. RandomIds(100).Select(id => "ffffffff" + id[8..])] },
        { "most ids at the beginning", [.. RandomIds(100), .. RandomIds(100).Select(id => "00000000" + id[8..])] },
        { "ids that are markers", [.. RandomIds(100), .. Enumerable.Range(0, 256).Select(i => $"{i:x2}000000"), .. Enumerable.Range(0, 256).Select(i => $"{i:x2}FFFFFF-0000-4000-8000-000000000000")] },
        { "ids that are no UUIDs", [.. Enumerable.Range(100, 100).Select(i => $"instance-{i}")] },
        { "ids in sequence", [.. Enumerable.Range(1, 100).Select(Rows.Id)] },
    };

    private static string[] RandomIds(int count)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(_ => { byte[] bytes = new byte[16]; random.NextBytes(bytes); return new Guid(bytes).ToString(); })];
    }

    /// <summary>A Trove that sorts by id, returns at most 20 instances per page, and takes any text as a marker.</summary>
    private static Answer PagesOf(string[] ids) => (request, token) =>
    {
        string marker = request.Parameters.GetValueOrDefault("marker") ?? "";
        string[] after = [.. ids.Order(StringComparer.OrdinalIgnoreCase).Where(id => string.Compare(id, marker, StringComparison.OrdinalIgnoreCase) > 0)];
        string[] rows = [.. after.Take(20).Select(id => $$"""{"id": "{{id}}", "name": "{{id}}"}""")];
        return Answers.Ok(rows.Length < after.Length ? Rows.InstancePage(rows, "stolen") : Rows.Instances(rows))(request, token);
    };

    [Theory]
    [MemberData(nameof(LongLists))]
    public async Task Each_instance_of_a_long_list_is_read_once_in_few_requests(string what, string[] ids)
    {
        ScriptedCloud cloud = new ScriptedCloud().Always(ListRoute, PagesOf(ids));
        using CloudSession session = await cloud.ConnectAsync();
        ResourceLookup lookup = session.CreateLookup();
        Assert.Equal(ids.Order(StringComparer.OrdinalIgnoreCase), (await lookup.AllInstancesAsync()).Select(instance => instance.Id));
        Assert.True(cloud.Requests.Count <= (ids.Length + 19) / 20 + 3, $"{what}: {cloud.Requests.Count} requests");
        Assert.Equal(ids[^1], (await lookup.GetInstanceAsync(ids[^1])).Id);
    }

    [Fact]
    public async Task The_rest_of_a_long_list_is_read_in_four_parts_at_once()
    {
        var four = new TaskCompletionSource();
        int begun = 0;
        Answer pages = PagesOf(RandomIds(400));
        ScriptedCloud cloud = new ScriptedCloud().Always(ListRoute, async (request, token) =>
        {
            if (++begun == 5)
                four.SetResult();
            if (begun > 1)
                await four.Task;
            return await pages(request, token);
        });
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Equal(400, (await session.CreateLookup().AllInstancesAsync().WaitAsync(TimeSpan.FromMinutes(1))).Count);
    }

    [Fact]
    public async Task If_one_part_of_a_long_list_fails_the_list_fails_and_can_be_read_again()
    {
        Answer pages = PagesOf(RandomIds(400));
        int begun = 0;
        ScriptedCloud cloud = new ScriptedCloud().Always(ListRoute, (request, token) => ++begun == 4 ? Answers.Json(403, "{}")(request, token) : pages(request, token));
        using CloudSession session = await cloud.ConnectAsync();
        ResourceLookup lookup = session.CreateLookup();
        Assert.Equal(TroveErrorKind.Forbidden, (await ScriptedCloud.FailureOf(() => lookup.AllInstancesAsync())).Kind);
        Assert.Equal(400, (await lookup.AllInstancesAsync()).Select(instance => instance.Id).Distinct().Count());
        Assert.Equal(400, (await lookup.AllInstancesAsync()).Count);
    }

    [Fact]
    public async Task If_the_list_fails_each_id_is_requested()
    {
        ScriptedCloud cloud = CloudWithInstances(9).Always(ListRoute, Answers.Json(403, "{}"));
        using CloudSession session = await cloud.ConnectAsync();
        ResourceLookup instances = session.CreateLookup();
        foreach (int i in new[] { 1, 2, 3 })
            Assert.Equal(Rows.Id(i), (await instances.GetInstanceAsync(Rows.Id(i))).Id);
        Assert.Equal([Rows.Id(1), "limit=20", Rows.Id(2), Rows.Id(3)], RequestedPaths(cloud));
        Assert.Equal(TroveErrorKind.Forbidden, (await ScriptedCloud.FailureOf(() => instances.GetInstanceAsync("db-1"))).Kind);
    }

    [Fact]
    public async Task Concurrent_lookups_send_no_more_requests_than_sequential_ones()
    {
        ScriptedCloud cloud = CloudWithInstances(20);
        using CloudSession session = await cloud.ConnectAsync();
        ResourceLookup instances = session.CreateLookup();
        Instance[] found = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => instances.GetInstanceAsync(i % 2 == 0 ? Rows.Id(i / 2 + 1) : $"db-{i / 2 + 1}"))));
        Assert.Equal(Enumerable.Range(0, 40).Select(i => Rows.Id(i / 2 + 1)), found.Select(instance => instance.Id));
        Assert.InRange(cloud.Requests.Count, 1, 3);
    }

    [Fact]
    public async Task A_failed_list_request_is_not_cached()
    {
        ScriptedCloud cloud = Cloud(Rows.Instance(1, "a")).On(ListRoute, Answers.Json(500, "{}"));
        using CloudSession session = await cloud.ConnectAsync();
        ResourceLookup instances = session.CreateLookup();
        await ScriptedCloud.FailureOf(() => instances.GetInstanceAsync("a"));
        Assert.Equal(Rows.Id(1), (await instances.GetInstanceAsync("a")).Id);
    }

    [Fact]
    public async Task The_error_for_an_ambiguous_name_lists_the_ids()
    {
        ScriptedCloud cloud = Cloud(Rows.Instance(1, "dup"), Rows.Instance(2, "m"), Rows.Instance(3, "dup"));
        using CloudSession session = await cloud.ConnectAsync();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => session.Instances.GetAsync("dup"));
        Assert.Equal((TroveErrorKind.Invalid, "InvalidInstance", "dup"), (error.Kind, error.ErrorId, error.Target));
        Assert.Contains($"2 instances have the name 'dup': {Rows.Id(1)}, {Rows.Id(3)}", error.Message);
    }

    [Fact]
    public async Task The_error_for_an_unknown_instance_names_it()
    {
        using CloudSession session = await Cloud(Rows.Instance(1, "a")).ConnectAsync();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => session.Instances.GetAsync("nope"));
        Assert.Equal((TroveErrorKind.NotFound, "InstanceNotFound", "nope"), (error.Kind, error.ErrorId, error.Target));
        Assert.Contains("List the instances", error.RecommendedAction);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(null)]
    public async Task An_empty_name_is_refused_before_a_request_is_sent(string? name)
    {
        ScriptedCloud cloud = new();
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Equal("InvalidInstance", (await ScriptedCloud.FailureOf(() => session.Instances.GetAsync(name!))).ErrorId);
        Assert.Empty(cloud.Requests);
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("a/b")]
    [InlineData("../backups")]
    [InlineData("a?b")]
    [InlineData("a#b")]
    [InlineData("a%2Fb")]
    [InlineData("{20000000-0000-4000-8000-000000000001}")]
    [InlineData("(20000000-0000-4000-8000-000000000001)")]
    [InlineData(" 20000000-0000-4000-8000-000000000001 ")]
    [InlineData("{0x20000000,0x0000,0x4000,{0x80,0x00,0x00,0x00,0x00,0x00,0x00,0x01}}")]
    public async Task A_name_is_compared_locally_and_never_put_into_a_path(string name)
    {
        ScriptedCloud cloud = Cloud(Rows.Instance(1, name));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Equal(Rows.Id(1), (await session.Instances.GetAsync(name)).Id);
        Assert.Equal([ListRoute], cloud.Routes);
    }

    [Fact]
    public async Task Pages_of_Trove_are_read_from_the_configured_endpoint_whatever_the_link_is()
    {
        ScriptedCloud cloud = new ScriptedCloud().On(ListRoute,
            Answers.Ok(Rows.InstancePage(Enumerable.Range(1, 20).Select(i => Rows.Instance(i)), "stolen")),
            Answers.Ok(Rows.InstancePage(Enumerable.Range(21, 20).Select(i => Rows.Instance(i)), "stolen")),
            Answers.Ok(Rows.Instances(Rows.Instance(41))));
        using CloudSession session = await cloud.ConnectAsync();
        List<Instance> all = await session.Instances.ListAsync().ToListAsync();
        Assert.Equal(Enumerable.Range(1, 41).Select(Rows.Id), all.Select(instance => instance.Id));
        Assert.Equal([null, Rows.Id(20), Rows.Id(40)], cloud.Requests.Select(request => request.Parameters.GetValueOrDefault("marker")));
        Assert.All(cloud.Requests, request => Assert.Equal("http://cloud:8779", request.Uri.GetLeftPart(UriPartial.Authority)));
    }

    [Fact]
    public async Task An_instance_may_have_only_the_required_fields()
    {
        using CloudSession session = await Cloud("""{"id": "x", "volume": null, "datastore": {}}""").ConnectAsync();
        Instance instance = Assert.Single(await session.Instances.ListAsync().ToListAsync());
        Assert.Equal(("x", null, null, null), (instance.Id, instance.Name, instance.VolumeSize, instance.Datastore));
    }

    [Fact]
    public async Task Backups_are_filtered_by_the_id_of_their_instance()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always($"GET {Rows.TrovePath}/backups", Answers.Ok($$"""{"backups": [{{Rows.Backup(5)}}]}"""));
        using CloudSession session = await cloud.ConnectAsync();
        Backup backup = Assert.Single(await session.Backups.ListAsync("a&b").ToListAsync());
        Assert.Equal("?limit=200&instance_id=a%26b", cloud.Requests[0].Query);
        Assert.Equal((Rows.Id(5), "b", "COMPLETED", Rows.Id(900), 0.14, "mysql", "5.7"),
            (backup.Id, backup.Name, backup.Status, backup.InstanceId, backup.Size, backup.Datastore, backup.DatastoreVersion));
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 8, 35, 19, TimeSpan.Zero), backup.CreatedAt);
    }

    // Trove responds to GET /backups?marker=<an id> with 500.
    [Fact]
    public async Task The_marker_of_the_next_page_of_backups_is_a_number_and_not_an_id()
    {
        string Page(string links, params int[] backups) => $$"""{"backups": [{{string.Join(",", backups.Select(number => Rows.Backup(number)))}}]{{links}}}""";
        ScriptedCloud cloud = new ScriptedCloud().On($"GET {Rows.TrovePath}/backups",
            Answers.Ok(Page(""", "links": [{"rel": "next", "href": "https://evil.example/backups?marker=2"}]""", 1, 2)), Answers.Ok(Page("", 3)));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Equal([Rows.Id(1), Rows.Id(2), Rows.Id(3)], (await session.Backups.ListAsync().ToListAsync()).Select(backup => backup.Id));
        Assert.Equal(["?limit=200", "?limit=800&marker=2"], cloud.Requests.Select(request => request.Query));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData("x")]
    public async Task An_id_that_is_not_a_UUID_is_not_found_without_a_request(string id)
    {
        ScriptedCloud cloud = new();
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Null(await session.Backups.FindAsync(id));
        Assert.Equal("BackupNotFound", (await ScriptedCloud.FailureOf(() => session.Backups.GetAsync(id))).ErrorId);
        Assert.Empty(cloud.Requests);
    }

    [Fact]
    public async Task A_cloud_without_Trove_gives_NoEndpoint_and_not_NotFound()
    {
        ScriptedCloud cloud = new ScriptedCloud();
        cloud.Always("POST /v3/auth/tokens", Answers.Json(201, $$$"""
            {"token": {"methods": ["password"], "expires_at": "2026-11-22T09:00:00Z", "issued_at": "2026-11-22T07:42:30Z", "project": {"id": "{{{ScriptedCloud.Project}}}", "name": "demo"},
             "catalog": [{"type": "workflow", "endpoints": [{"interface": "public", "url": "http://cloud:8989"}]}]}}
            """, ("X-Subject-Token", "t")));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Equal("NoEndpoint", (await ScriptedCloud.FailureOf(() => session.Backups.FindAsync(Rows.Id(5)))).ErrorId);
        Assert.Equal("NoEndpoint", (await ScriptedCloud.FailureOf(() => session.Instances.GetAsync(Rows.Id(5)))).ErrorId);
    }
}
