using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using TroveSchedules.Sandbox.Keystone;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Trove;

/// <summary><c>/backups</c>: newest first. Their marker is a number of rows, not an id.</summary>
internal sealed class Backups(TroveService trove, SandboxOptions options, Agenda agenda, Ids ids)
{
    private const int PageSize = 20;
    private const int LongestText = 255;
    private const string TextRule = "^.*[0-9a-zA-Z]+.*$";
    private const string IdRule = "^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$";
    private static readonly TimeSpan TaskManagerDelay = TimeSpan.FromSeconds(0.05);

    private readonly List<DatabaseBackup> _all = [];

    public HashSet<string> Failing { get; } = new(StringComparer.OrdinalIgnoreCase);

    public int Quota => options.MaxBackups;

    public bool IsRunning(string instanceId) => _all.Exists(backup => backup.InstanceId == instanceId && backup.IsRunning);

    public Answer List(Ask ask, Token caller, string? instanceId)
    {
        int offset = TroveService.Number(ask.Parameter("marker"), 0), limit = TroveService.Number(ask.Parameter("limit"), PageSize);
        if (offset < 0 || limit < 0)
            throw TroveService.Broken();
        bool all = ask.Parameter("all_projects") is "true" or "True" or "1";
        if ((all || ask.Parameter("project_id") is not null) && !caller.IsAdmin)
            throw TroveService.Fault(403, "forbidden", "Policy doesn't allow backup:index:all_projects to be performed.");

        List<DatabaseBackup> page =
        [
            .. _all.Where(backup => (all || backup.ProjectId == caller.ProjectId) && (instanceId is null || backup.InstanceId == instanceId))
                .OrderByDescending(backup => backup.Updated).Skip(offset).Take(limit),
        ];
        var body = new JsonMap { { "backups", page.Select(backup => backup.View()).ToList<object?>() } };
        if (page.Count == limit) // Also where nothing follows.
            body.Add("links", trove.NextLink(ask, (offset + limit).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return Answer.Json(200, body);
    }

    public Answer Show(Token caller, string id) =>
        Answer.Json(200, new JsonMap { { "backup", Load(id, caller.ProjectId, caller.IsAdmin).View() } });

    public Answer Post(Ask ask, Token caller)
    {
        JsonMap? body;
        try
        {
            body = Python.Parse(ask.Body) as JsonMap;
        }
        catch (JsonException)
        {
            throw TroveService.Fault(400, "badRequest", "The server could not comply with the request since it is either malformed or otherwise incorrect.");
        }
        JsonMap wanted = body?.Map("backup") ?? throw TroveService.Broken();
        return Answer.Json(202, new JsonMap { { "backup", Create(wanted, caller.ProjectId, caller.IsAdmin).View() } });
    }

    public Answer Delete(Token caller, string id)
    {
        DatabaseBackup backup = Load(id, caller.ProjectId, caller.IsAdmin);
        List<DatabaseBackup> doomed = [.. Family(backup)];
        if (doomed.Find(member => member.IsRunning) is { } running)
            throw TroveService.Fault(422, "unprocessableEntity", $"Backup {running.Id} cannot be deleted because it is running.");
        agenda.After(TaskManagerDelay, () => _all.RemoveAll(doomed.Contains));
        return new Answer(202, null);
    }

    /// <summary>Makes a backup, or refuses with what the API would answer.</summary>
    public DatabaseBackup Create(JsonMap wanted, string? projectId, bool isAdmin)
    {
        Validate(wanted);
        string instanceId = wanted.Text("instance") ?? throw TroveService.Fault(400, "badRequest", "instance is missing.");
        DatabaseInstance instance = trove.Instances.Load(instanceId, projectId, isAdmin);
        if (instance.IsBroken)
            throw TroveService.Fault(422, "unprocessableEntity", $"Instance {instance.Id} is not ready.");
        if (IsRunning(instance.Id))
        {
            throw TroveService.Fault(422, "unprocessableEntity",
                $"Instance {instance.Id} is not currently available for an action to be performed (instance status was BACKUP).");
        }
        DatabaseBackup? parent = null;
        if (wanted.Text("parent_id") is { } parentId)
            parent = Load(parentId, projectId, isAdmin);
        else if (wanted["incremental"] is 1L)
            parent = _all.Where(backup => backup.InstanceId == instance.Id && backup.Status == "COMPLETED").OrderBy(backup => backup.Updated).LastOrDefault();
        string name = wanted.Text("name")!;
        if (Mistral.Collation.IsBeyondBasicPlane(name) || (wanted.Text("description") is { } words && Mistral.Collation.IsBeyondBasicPlane(words)))
            throw TroveService.Broken(); // The tables are utf8, three bytes at most.
        if (Quota >= 0 && _all.Count(backup => backup.ProjectId == projectId) >= Quota)
            throw TroveService.Fault(413, "overLimit", "Quota exceeded for resources: ['backups'].");

        var made = new DatabaseBackup
        {
            Id = ids.Uuid(),
            Name = name,
            Description = wanted.Text("description"),
            InstanceId = instance.Id,
            ProjectId = instance.ProjectId,
            ParentId = parent?.Id,
            Created = agenda.Second,
            Updated = agenda.Second,
        };
        _all.Add(made);
        agenda.After(TaskManagerDelay, () =>
        {
            made.Status = "BUILDING";
            made.Updated = agenda.Second;
            agenda.After(options.BackupDuration, () =>
            {
                bool fails = Failing.Contains(made.InstanceId);
                made.Status = fails ? "FAILED" : "COMPLETED";
                made.Size = fails ? null : 0.14;
                made.Location = fails ? null : "http://127.0.0.1/v1/stack/database_backups/" + made.Id;
                made.Updated = agenda.Second;
            });
        });
        return made;
    }

    public DatabaseBackup Load(string id, string? projectId, bool isAdmin) =>
        _all.Find(backup => backup.Id == id && (isAdmin || backup.ProjectId == projectId)) ?? throw TroveService.NotFound(id);

    public IEnumerable<DatabaseBackup> Of(string? projectId) => _all.Where(backup => backup.ProjectId == projectId);

    private IEnumerable<DatabaseBackup> Family(DatabaseBackup parent) =>
        _all.Where(backup => backup.ParentId == parent.Id).SelectMany(Family).Append(parent);

    private static void Validate(JsonMap wanted)
    {
        var faults = new List<string>();
        if (!wanted.Has("instance"))
            throw TroveService.Fault(400, "badRequest", "instance is missing.");
        foreach (KeyValuePair<string, object?> member in wanted)
        {
            string said = $"backup['{member.Key}'] {Python.Repr(member.Value)}";
            switch (member.Key)
            {
                case "name" or "description" when member.Value is string text:
                    if (text.Length == 0 && member.Key == "name")
                        faults.Add($"{said} is too short");
                    if (text.Length > LongestText)
                        faults.Add($"{said} is too long");
                    if (!Regex.IsMatch(text, TextRule))
                        faults.Add($"{said} does not match '{TextRule}'");
                    break;
                case "instance" or "parent_id" when member.Value is string id:
                    if (!Regex.IsMatch(id, IdRule))
                        faults.Add($"{said} does not match '{IdRule}'");
                    break;
                case "incremental" when member.Value is not long:
                    faults.Add($"{said} is not of type 'integer'");
                    break;
            }
        }
        if (!wanted.Has("name"))
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

    public JsonMap View() => new()
    {
        { "id", Id }, { "name", Name }, { "description", Description }, { "locationRef", Location }, { "instance_id", InstanceId },
        { "created", TroveService.Time(Created) }, { "updated", TroveService.Time(Updated) }, { "size", Size }, { "status", Status }, { "parent_id", ParentId },
        { "project_id", ProjectId }, { "datastore", new JsonMap { { "type", "mysql" }, { "version", "8.0" }, { "version_id", "10000000-0000-4000-8000-000000000002" } } },
    };
}
