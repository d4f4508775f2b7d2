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
        Instance instance = await new Instances(session).GetAsync(Rows.Id(900));
        Assert.Equal((Rows.Id(900), "m", "ACTIVE", "mysql", "5.7", "RegionOne", 2),
            (instance.Id, instance.Name, instance.Status, instance.Datastore, instance.DatastoreVersion, instance.Region, instance.VolumeSize));
        Assert.Equal($"GET {Rows.TrovePath}/instances/{Rows.Id(900)}", Assert.Single(cloud.Routes));
    }

    [Fact]
    public async Task Names_are_looked_up_in_one_list_that_is_read_once()
    {
        ScriptedCloud cloud = Cloud(Rows.Instance(1, "a"), Rows.Instance(2, "b"), Rows.Instance(3, "A"));
        using CloudSession session = await cloud.ConnectAsync();
        var instances = new Instances(session);
        Assert.Equal(Rows.Id(1), (await instances.GetAsync("a")).Id);
        Assert.Equal(Rows.Id(3), (await instances.GetAsync("A")).Id);
        Assert.Equal(Rows.Id(2), (await instances.GetAsync("b")).Id);
        await ScriptedCloud.FailureOf(() => instances.GetAsync("c"));
        Assert.Equal([ListRoute], cloud.Routes);
    }

    [Fact]
    public async Task A_list_that_could_not_be_read_is_read_again()
    {
        ScriptedCloud cloud = Cloud(Rows.Instance(1, "a")).On(ListRoute, Answers.Json(500, "{}"));
        using CloudSession session = await cloud.ConnectAsync();
        var instances = new Instances(session);
        await ScriptedCloud.FailureOf(() => instances.GetAsync("a"));
        Assert.Equal(Rows.Id(1), (await instances.GetAsync("a")).Id);
    }

    [Fact]
    public async Task A_name_that_several_have_is_refused_with_their_ids()
    {
        ScriptedCloud cloud = Cloud(Rows.Instance(1, "dup"), Rows.Instance(2, "m"), Rows.Instance(3, "dup"));
        using CloudSession session = await cloud.ConnectAsync();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => new Instances(session).GetAsync("dup"));
        Assert.Equal((TroveErrorKind.Invalid, "InvalidInstance", "dup"), (error.Kind, error.ErrorId, error.Target));
        Assert.Contains($"2 instances have the name 'dup': {Rows.Id(1)}, {Rows.Id(3)}", error.Message);
    }

    [Fact]
    public async Task An_unknown_instance_is_named()
    {
        using CloudSession session = await Cloud(Rows.Instance(1, "a")).ConnectAsync();
        TroveScheduleException error = await ScriptedCloud.FailureOf(() => new Instances(session).GetAsync("nope"));
        Assert.Equal((TroveErrorKind.NotFound, "InstanceNotFound", "nope"), (error.Kind, error.ErrorId, error.Target));
        Assert.Contains("Get-TroveInstance", error.RecommendedAction);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(null)]
    public async Task An_empty_name_is_refused_before_anything_is_sent(string? name)
    {
        ScriptedCloud cloud = new();
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Equal("InvalidInstance", (await ScriptedCloud.FailureOf(() => new Instances(session).GetAsync(name!))).ErrorId);
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
    public async Task A_name_is_compared_and_never_put_into_a_path(string name)
    {
        ScriptedCloud cloud = Cloud(Rows.Instance(1, name));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Equal(Rows.Id(1), (await new Instances(session).GetAsync(name)).Id);
        Assert.Equal([ListRoute], cloud.Routes);
    }

    [Fact]
    public async Task Troves_small_pages_are_walked_on_our_own_endpoint_whatever_the_link_says()
    {
        ScriptedCloud cloud = new ScriptedCloud().On(ListRoute,
            Answers.Ok(Rows.InstancePage(Enumerable.Range(1, 20).Select(i => Rows.Instance(i)), "stolen")),
            Answers.Ok(Rows.InstancePage(Enumerable.Range(21, 20).Select(i => Rows.Instance(i)), "stolen")),
            Answers.Ok(Rows.Instances(Rows.Instance(41))));
        using CloudSession session = await cloud.ConnectAsync();
        List<Instance> all = await new Instances(session).ListAsync().ToListAsync();
        Assert.Equal(Enumerable.Range(1, 41).Select(Rows.Id), all.Select(instance => instance.Id));
        Assert.Equal([null, Rows.Id(20), Rows.Id(40)], cloud.Requests.Select(request => request.Parameters.GetValueOrDefault("marker")));
        Assert.All(cloud.Requests, request => Assert.Equal("http://cloud:8779", request.Uri.GetLeftPart(UriPartial.Authority)));
    }

    [Fact]
    public async Task A_sparse_instance_is_an_instance()
    {
        using CloudSession session = await Cloud("""{"id": "x", "volume": null, "datastore": {}}""").ConnectAsync();
        Instance instance = Assert.Single(await new Instances(session).ListAsync().ToListAsync());
        Assert.Equal(("x", null, null, null), (instance.Id, instance.Name, instance.VolumeSize, instance.Datastore));
    }

    [Fact]
    public async Task Backups_of_an_instance_are_asked_for_by_its_id()
    {
        ScriptedCloud cloud = new ScriptedCloud().Always($"GET {Rows.TrovePath}/backups", Answers.Ok($$"""{"backups": [{{Rows.Backup(5)}}]}"""));
        using CloudSession session = await cloud.ConnectAsync();
        Backup backup = Assert.Single(await new Backups(session).ListAsync("a&b").ToListAsync());
        Assert.Equal("?limit=50&instance_id=a%26b", cloud.Requests[0].Query);
        Assert.Equal((Rows.Id(5), "b", "COMPLETED", Rows.Id(900), 0.14, "mysql", "5.7"),
            (backup.Id, backup.Name, backup.Status, backup.InstanceId, backup.Size, backup.Datastore, backup.DatastoreVersion));
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 8, 35, 19, TimeSpan.Zero), backup.CreatedAt);
    }

    // GET /backups?marker=<an id> is answered with 500.
    [Fact]
    public async Task The_next_page_of_backups_is_asked_for_by_their_number_and_not_by_an_id()
    {
        string Page(string links, params int[] backups) => $$"""{"backups": [{{string.Join(",", backups.Select(number => Rows.Backup(number)))}}]{{links}}}""";
        ScriptedCloud cloud = new ScriptedCloud().On($"GET {Rows.TrovePath}/backups",
            Answers.Ok(Page(""", "links": [{"rel": "next", "href": "https://evil.example/backups?marker=2"}]""", 1, 2)), Answers.Ok(Page("", 3)));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Equal([Rows.Id(1), Rows.Id(2), Rows.Id(3)], (await new Backups(session).ListAsync().ToListAsync()).Select(backup => backup.Id));
        Assert.Equal(["?limit=50", "?limit=200&marker=2"], cloud.Requests.Select(request => request.Query));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData("x")]
    public async Task What_is_no_uuid_is_no_backup_and_nothing_is_sent(string id)
    {
        ScriptedCloud cloud = new();
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Null(await new Backups(session).FindAsync(id));
        Assert.Equal("BackupNotFound", (await ScriptedCloud.FailureOf(() => new Backups(session).GetAsync(id))).ErrorId);
        Assert.Empty(cloud.Requests);
    }

    [Fact]
    public async Task A_cloud_without_trove_is_an_error_of_the_catalogue_and_no_absence()
    {
        ScriptedCloud cloud = new ScriptedCloud();
        cloud.Always("POST /v3/auth/tokens", Answers.Json(201, $$$"""
            {"token": {"methods": ["password"], "expires_at": "2026-11-22T09:00:00Z", "issued_at": "2026-11-22T07:42:30Z", "project": {"id": "{{{ScriptedCloud.Project}}}", "name": "demo"},
             "catalog": [{"type": "workflow", "endpoints": [{"interface": "public", "url": "http://cloud:8989"}]}]}}
            """, ("X-Subject-Token", "t")));
        using CloudSession session = await cloud.ConnectAsync();
        Assert.Equal("NoEndpoint", (await ScriptedCloud.FailureOf(() => new Backups(session).FindAsync(Rows.Id(5)))).ErrorId);
        Assert.Equal("NoEndpoint", (await ScriptedCloud.FailureOf(() => new Instances(session).GetAsync(Rows.Id(5)))).ErrorId);
    }
}
