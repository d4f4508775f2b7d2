using System;
using System.Collections.Generic;
using System.Linq;
using TroveSchedules.Sandbox.Keystone;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Trove;

/// <summary><c>/instances</c>: read-only, sorted by id, at most 20 per page.</summary>
internal sealed class InstancesResource
{
    private const int PageSize = 20;

    private readonly TroveService _trove;
    private readonly List<DatabaseInstance> _all = [];

    public InstancesResource(TroveService trove, SandboxOptions options, Scheduler scheduler, IReadOnlyList<SandboxAccount> accounts)
    {
        _trove = trove;
        string demo = accounts.Single(account => account.UserName == "demo").ProjectId;
        string other = accounts.Single(account => account.UserName == "other").ProjectId;
        int number = 0;
        foreach ((string name, string project) in new[] { ("m", demo), ("broken", demo), ("dup", demo), ("dup", demo), ("o", other) })
            _all.Add(new DatabaseInstance($"20000000-0000-4000-8000-{++number:d12}", name, project, name == "broken", scheduler.NowInSeconds));
        int group = 1;
        foreach (string project in accounts.Where(account => account.ProjectName.StartsWith("project-", StringComparison.Ordinal)).Select(account => account.ProjectId).Prepend(demo))
        {
            for (int n = 1; n <= options.Instances; n++)
                _all.Add(new DatabaseInstance($"20000000-0000-4000-8{group:x3}-{n:d12}", $"db-{n:d5}", project, false, scheduler.NowInSeconds));
            group++;
        }
    }

    public Response List(Request request, Token caller, bool detailed)
    {
        int limit = Math.Min(TroveService.ParseNumber(request.QueryParameter("limit"), PageSize), PageSize);
        if (limit <= 0)
            throw TroveService.InternalError();
        string? marker = request.QueryParameter("marker");
        List<DatabaseInstance> following =
        [
            .. _all.Where(instance => instance.ProjectId == caller.ProjectId && (marker is null || string.CompareOrdinal(instance.Id, marker) > 0))
                .Take(limit + 1),
        ];
        List<DatabaseInstance> page = [.. following.Take(limit)];
        var body = new JsonMap { { "instances", page.Select(instance => View(instance, caller, detailed, false)).ToList<object?>() } };
        if (following.Count > limit)
            body.Add("links", _trove.NextLink(request, page[page.Count - 1].Id));
        return Response.Json(200, body);
    }

    public Response Show(Request request, Token caller, string id) =>
        Response.Json(200, new JsonMap { { "instance", View(Require(id, caller), caller, true, true) } });

    /// <summary>The instance with this id. Only an administrator can read those of other projects.</summary>
    public DatabaseInstance Require(string id, Token caller) => Require(id, caller.ProjectId, caller.IsAdmin);

    public DatabaseInstance Require(string id, string? projectId, bool isAdmin) =>
        _all.Find(instance => string.Equals(instance.Id, id, StringComparison.OrdinalIgnoreCase) && (isAdmin || instance.ProjectId == projectId))
        ?? throw TroveService.NotFound(id);

    private JsonMap View(DatabaseInstance instance, Token caller, bool detailed, bool single)
    {
        string up = $"{_trove.LinkBase}/v1.0/{caller.ProjectId}";
        var view = new JsonMap
        {
            { "id", instance.Id }, { "name", instance.Name }, { "status", StatusOf(instance) }, { "operating_status", instance.IsBroken ? "" : "HEALTHY" },
            { "links", Links(up, "/instances/" + instance.Id) },
            { "flavor", new JsonMap { { "id", "2" }, { "links", Links(up, "/flavors/2") } } },
            { "datastore", detailed ? new JsonMap { { "type", "mysql" }, { "version", "8.0" }, { "version_number", "8.0" } } : new JsonMap { { "type", "mysql" }, { "version", "8.0" } } },
            { "region", "RegionOne" }, { "access", new JsonMap() },
            { "volume", single ? new JsonMap { { "size", 1 }, { "used", 0.16 } } : new JsonMap { { "size", 1 } } },
        };
        if (detailed)
        {
            string created = TroveService.FormatTime(instance.Created);
            view.Add("created", created);
            view.Add("updated", created);
            view.Add("service_status_updated", created);
        }
        if (single && caller.IsAdmin)
        {
            view.Add("tenant_id", instance.ProjectId);
            view.Add("server_id", "s-" + instance.Name);
            view.Add("volume_id", null);
            view.Add("encrypted_rpc_messaging", false);
        }
        return view;
    }

    /// <summary>ACTIVE, BACKUP during a backup, or SHUTDOWN.</summary>
    public string StatusOf(DatabaseInstance instance) =>
        instance.IsBroken ? "SHUTDOWN" : _trove.Backups.IsRunning(instance.Id) ? "BACKUP" : "ACTIVE";

    private List<object?> Links(string up, string path) =>
    [
        new JsonMap { { "href", up + path }, { "rel", "self" } },
        new JsonMap { { "href", _trove.LinkBase + path }, { "rel", "bookmark" } },
    ];
}

/// <summary>A database instance. Backups of a broken instance are refused.</summary>
internal sealed record DatabaseInstance(string Id, string Name, string ProjectId, bool IsBroken, DateTime Created);
