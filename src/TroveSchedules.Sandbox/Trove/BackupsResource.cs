using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using TroveSchedules.Sandbox.Keystone;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Trove;

/// <summary><c>/backups</c>, newest first. The marker is an offset, not an id.</summary>
internal sealed class BackupsResource(TroveService trove, SandboxOptions options, Scheduler scheduler, IdGenerator ids)
{
    private const int PageSize = 20;
    private const int LongestText = 255;
    private const string TextPattern = "^.*[0-9a-zA-Z]+.*$";
    private const string IdPattern = "^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$";
    private static readonly TimeSpan TaskManagerDelay = TimeSpan.FromSeconds(0.05);

    private readonly List<DatabaseBackup> _all = [];

    public HashSet<string> FailingInstances { get; } = new(StringComparer.OrdinalIgnoreCase);

    public int Quota => options.MaxBackups;

    public bool IsRunning(string instanceId) => _all.Exists(backup => backup.InstanceId == instanceId && backup.IsRunning);

    public Response List(Request request, Token caller, string? instanceId)
    {
        int offset = TroveService.ParseNumber(request.QueryParameter("marker"), 0), limit = TroveService.ParseNumber(request.QueryParameter("limit"), PageSize);
        if (offset < 0 || limit < 0)
            throw TroveService.InternalError();
        bool all = request.QueryParameter("all_projects") is "true" or "True" or "1";
        if ((all || request.QueryParameter("project_id") is not null) && !caller.IsAdmin)
            throw TroveService.Fault(403, "forbidden", "Policy doesn't allow backup:index:all_projects to be performed.");

        List<DatabaseBackup> page =
        [
            .. _all.Where(backup => (all || backup.ProjectId == caller.ProjectId) && (instanceId is null || backup.InstanceId == instanceId))
                .OrderByDescending(backup => backup.Updated).Skip(offset).Take(limit),
        ];
        var body = new JsonMap { { "backups", page.Select(backup => backup.ToJson()).ToList<object?>() } };
        if (page.Count == limit) // Trove also links from a full last page.
            body.Add("links", trove.NextLink(request, (offset + limit).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return Response.Json(200, body);
    }

    public Response Show(Token caller, string id) =>
        Response.Json(200, new JsonMap { { "backup", Require(id, caller.ProjectId, caller.IsAdmin).ToJson() } });

    public Response Post(Request request, Token caller)
    {
        JsonMap? body;
        try
        {
            body = Python.Parse(request.Body) as JsonMap;
        }
        catch (JsonException)
        {
            throw TroveService.Fault(400, "badRequest", "The server could not comply with the request since it is either malformed or otherwise incorrect.");
        }
        JsonMap backup = body?.GetMap("backup") ?? throw TroveService.InternalError();
        return Response.Json(202, new JsonMap { { "backup", Create(backup, caller.ProjectId, caller.IsAdmin).ToJson() } });
    }

    public Response Delete(Token caller, string id)
    {
        DatabaseBackup backup = Require(id, caller.ProjectId, caller.IsAdmin);
        List<DatabaseBackup> deleted = [.. WithDescendants(backup)];
        if (deleted.Find(member => member.IsRunning) is { } running)
            throw TroveService.Fault(422, "unprocessableEntity", $"Backup {running.Id} cannot be deleted because it is running.");
        scheduler.ScheduleAfter(TaskManagerDelay, () => _all.RemoveAll(deleted.Contains));
        return new Response(202, null);
    }

    /// <summary>Creates a backup, or throws the API's error response.</summary>
    public DatabaseBackup Create(JsonMap body, string? projectId, bool isAdmin)
    {
        Validate(body);
        string instanceId = body.GetString("instance") ?? throw TroveService.Fault(400, "badRequest", "instance is missing.");
        DatabaseInstance instance = trove.Instances.Require(instanceId, projectId, isAdmin);
        if (instance.IsBroken)
            throw TroveService.Fault(422, "unprocessableEntity", $"Instance {instance.Id} is not ready.");
        if (IsRunning(instance.Id))
        {
            throw TroveService.Fault(422, "unprocessableEntity",
                $"Instance {instance.Id} is not currently available for an action to be performed (instance status was BACKUP).");
        }
        DatabaseBackup? parent = null;
        if (body.GetString("parent_id") is { } parentId)
            parent = Require(parentId, projectId, isAdmin);
        else if (body["incremental"] is 1L)
            parent = _all.Where(backup => backup.InstanceId == instance.Id && backup.Status == "COMPLETED").OrderBy(backup => backup.Updated).LastOrDefault();
        string name = body.GetString("name")!;
        if (Mistral.Collation.IsBeyondBasicPlane(name) || (body.GetString("description") is { } words && Mistral.Collation.IsBeyondBasicPlane(words)))
            throw TroveService.InternalError(); // Trove's tables store three-byte utf8.
        if (Quota >= 0 && _all.Count(backup => backup.ProjectId == projectId) >= Quota)
            throw TroveService.Fault(413, "overLimit", "Quota exceeded for resources: ['backups'].");

        var created = new DatabaseBackup
        {
            Id = ids.Uuid(),
            Name = name,
            Description = body.GetString("description"),
            InstanceId = instance.Id,
            ProjectId = instance.ProjectId,
            ParentId = parent?.Id,
            Created = scheduler.NowInSeconds,
            Updated = scheduler.NowInSeconds,
        };
        _all.Add(created);
        scheduler.ScheduleAfter(TaskManagerDelay, () =>
        {
            created.Status = "BUILDING";
            created.Updated = scheduler.NowInSeconds;
            scheduler.ScheduleAfter(options.BackupDuration, () =>
            {
                bool fails = FailingInstances.Contains(created.InstanceId);
                created.Status = fails ? "FAILED" : "COMPLETED";
                created.Size = fails ? null : 0.14;
                created.Location = fails ? null : "http://127.0.0.1/v1/stack/database_backups/" + created.Id;
                created.Updated = scheduler.NowInSeconds;
            });
        });
        return created;
    }

    public DatabaseBackup Require(string id, string? projectId, bool isAdmin) =>
        _all.Find(backup => backup.Id == id && (isAdmin || backup.ProjectId == projectId)) ?? throw TroveService.NotFound(id);

    public IEnumerable<DatabaseBackup> ForProject(string? projectId) => _all.Where(backup => backup.ProjectId == projectId);

    private IEnumerable<DatabaseBackup> WithDescendants(DatabaseBackup parent) =>
        _all.Where(backup => backup.ParentId == parent.Id).SelectMany(WithDescendants).Append(parent);

    private static void Validate(JsonMap body)
    {
        var faults = new List<string>();
        if (!body.ContainsKey("instance"))
            throw TroveService.Fault(400, "badRequest", "instance is missing.");
        foreach (KeyValuePair<string, object?> member in body)
        {
            string shown = $"backup['{member.Key}'] {Python.Repr(member.Value)}";
            switch (member.Key)
            {
                case "name" or "description" when member.Value is string text:
                    if (text.Length == 0 && member.Key == "name")
                        faults.Add($"{shown} is too short");
                    if (text.Length > LongestText)
                        faults.Add($"{shown} is too long");
                    if (!Regex.IsMatch(text, TextPattern))
                        faults.Add($"{shown} does not match '{TextPattern}'");
                    break;
                case "instance" or "parent_id" when member.Value is string id:
                    if (!Regex.IsMatch(id, IdPattern))
                        faults.Add($"{shown} does not match '{IdPattern}'");
                    break;
                case "incremental" when member.Value is not long:
                    faults.Add($"{shown} is not of type 'integer'");
                    break;
            }
        }
        if (!body.ContainsKey("name"))
            faults.Add("backup 'name' is a required property");
        if (faults.Count > 0)
            throw TroveService.Fault(400, "badRequest", "Validation error: " + string.Join("; ", faults));
    }
}

/// <summary>A backup: NEW, BUILDING, then COMPLETED or FAILED.</summary>
internal sealed class DatabaseBackup
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public string? Description { get; init; }
    public required string InstanceId { get; init; }
    public required string ProjectId { get; init; }
    public string? ParentId { get; init; }
    public required DateTime Created { get; init; }
    public required DateTime Updated { get; set; }
    public string Status { get; set; } = "NEW";
    public double? Size { get; set; }
    public string? Location { get; set; }

    public bool IsRunning => Status is "NEW" or "BUILDING" or "SAVING";

    public JsonMap ToJson() => new()
    {
        { "id", Id }, { "name", Name }, { "description", Description }, { "locationRef", Location }, { "instance_id", InstanceId },
        { "created", TroveService.FormatTime(Created) }, { "updated", TroveService.FormatTime(Updated) }, { "size", Size }, { "status", Status }, { "parent_id", ParentId },
        { "project_id", ProjectId }, { "datastore", new JsonMap { { "type", "mysql" }, { "version", "8.0" }, { "version_id", "10000000-0000-4000-8000-000000000002" } } },
    };
}
