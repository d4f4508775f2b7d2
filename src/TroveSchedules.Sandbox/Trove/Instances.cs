using System;
using System.Collections.Generic;
using System.Linq;
using TroveSchedules.Sandbox.Keystone;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Trove;

/// <summary><c>/instances</c>: read-only, at most 20 a page, in the order of their ids.</summary>
internal sealed class Instances
{
    private const int PageSize = 20;

    private readonly TroveService _trove;
    private readonly List<DatabaseInstance> _all = [];

    public Instances(TroveService trove, SandboxOptions options, Agenda agenda, IReadOnlyList<SandboxAccount> accounts)
    {
        _trove = trove;
        string demo = accounts.Single(account => account.UserName == "demo").ProjectId;
        string other = accounts.Single(account => account.UserName == "other").ProjectId;
        int number = 0;
        foreach ((string name, string project) in new[] { ("m", demo), ("broken", demo), ("dup", demo), ("dup", demo), ("o", other) })
            _all.Add(new DatabaseInstance($"20000000-0000-4000-8000-{++number:d12}", name, project, name == "broken", agenda.Second));
        for (int n = 1; n <= options.Instances; n++)
            _all.Add(new DatabaseInstance($"20000000-0000-4000-8001-{n:d12}", $"db-{n:d5}", demo, false, agenda.Second));
    }

    public Answer List(Ask ask, Token caller, bool detailed)
    {
        int limit = Math.Min(TroveService.Number(ask.Parameter("limit"), PageSize), PageSize);
        if (limit <= 0)
            throw TroveService.Broken();
        string? marker = ask.Parameter("marker");
        List<DatabaseInstance> rest =
        [
            .. _all.Where(instance => instance.ProjectId == caller.ProjectId && (marker is null || string.CompareOrdinal(instance.Id, marker) > 0))
                .Take(limit + 1),
        ];
        List<DatabaseInstance> page = [.. rest.Take(limit)];
        var body = new JsonMap { { "instances", page.Select(instance => View(instance, caller, detailed, false)).ToList<object?>() } };
        if (rest.Count > limit)
            body.Add("links", _trove.NextLink(ask, page[page.Count - 1].Id));
        return Answer.Json(200, body);
    }

    public Answer Show(Ask ask, Token caller, string id) =>
        Answer.Json(200, new JsonMap { { "instance", View(Load(id, caller), caller, true, true) } });

    /// <summary>The instance of that id, which must be the caller's or the caller an administrator.</summary>
    public DatabaseInstance Load(string id, Token caller) => Load(id, caller.ProjectId, caller.IsAdmin);

    public DatabaseInstance Load(string id, string? projectId, bool isAdmin) =>
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
            string created = TroveService.Time(instance.Created);
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

    /// <summary>ACTIVE, BACKUP while one runs, or SHUTDOWN.</summary>
    public string StatusOf(DatabaseInstance instance) =>
        instance.IsBroken ? "SHUTDOWN" : _trove.Backups.IsRunning(instance.Id) ? "BACKUP" : "ACTIVE";

    private List<object?> Links(string up, string path) =>
    [
        new JsonMap { { "href", up + path }, { "rel", "self" } },
        new JsonMap { { "href", _trove.LinkBase + path }, { "rel", "bookmark" } },
    ];
}

/// <summary>A database instance. One that is broken lets no backup be made of it.</summary>
internal sealed record DatabaseInstance(string Id, string Name, string ProjectId, bool IsBroken, DateTime Created);
