using System;
using System.Collections.Generic;
using System.Linq;
using TroveSchedules.Sandbox.Keystone;
using TroveSchedules.Sandbox.Trove;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary><c>/v2/actions</c>: what tasks can do. A few of Mistral's own, and mistral-extra's for backups.</summary>
internal sealed class Actions
{
    private readonly TroveService _trove;
    private readonly Resource<ActionDefinition> _resource;
    private readonly List<ActionDefinition> _all =
    [
        new("std.echo", "output, delay=0", "Echo action."),
        new("std.fail", "error_data=null", "Fail action."),
        new("std.noop", "", "No-operation action."),
        new("trove.backups_create", "name, instance, description=null, parent_id=null, incremental=false, swift_container=null, restore_from=null, restore_ds_version=null, restore_size=null, action_region=\"\"", "Create or restore a new backup."),
        new("trove.backups_delete", "backup, action_region=\"\"", "Delete the specified backup."),
        new("trove.backups_get", "backup, action_region=\"\"", "Get a specific backup."),
        new("trove.backups_list", "limit=null, marker=null, datastore=null, instance_id=null, all_projects=false, project_id=null, action_region=\"\"", "Get a list of all backups."),
    ];

    public Actions(TroveService trove, string server)
    {
        _trove = trove;
        _resource = new Resource<ActionDefinition>
        {
            Name = "actions",
            Server = server,
            Columns =
            [
                new("id", ColumnKind.Text, action => action.Name),
                new("name", ColumnKind.Text, action => action.Name),
                new("is_system", ColumnKind.Shown, _ => false),
                new("input", ColumnKind.Text, action => action.Input),
                new("description", ColumnKind.Text, action => action.Description),
                new("tags", ColumnKind.Shown, _ => null),
                new("definition", ColumnKind.Text, _ => ""),
                new("scope", ColumnKind.Text, _ => null),
                new("project_id", ColumnKind.Shown, _ => null),
                new("created_at", ColumnKind.Shown, _ => ""),
                new("updated_at", ColumnKind.Shown, _ => ""),
                new("namespace", ColumnKind.Text, _ => ""),
            ],
            Filters = ["name", "description", "definition", "input", "namespace"],
            SortedBy = "name",
            Find = (_, name) => Find(name),
            Rows = _ => _all,
        };
    }

    public Answer Answer(Ask ask, Token caller, string? name) => (ask.Method, name) switch
    {
        ("GET", null) => _resource.List(ask, caller),
        ("GET", _) => Wire.Answer.Json(200, _resource.View(Find(name))),
        _ => MistralFault.NoSuchMethod(ask, "DELETE, GET, POST, PUT"),
    };

    /// <summary>Does it.</summary>
    /// <exception cref="ActionException">It failed; the message is what Mistral puts into <c>msg</c>.</exception>
    public object? Run(string name, JsonMap input, string? projectId)
    {
        try
        {
            switch (_all.Exists(action => action.Name == name) ? name : "")
            {
                case "std.noop":
                    return null;
                case "std.echo":
                    return input["output"];
                case "std.fail":
                    throw new ActionException("Fail action expected exception.");
                case "trove.backups_create":
                    var wanted = new JsonMap { { "name", input["name"] }, { "instance", input["instance"] } };
                    if (input["incremental"] is true or 1L)
                        wanted.Add("incremental", 1L);
                    foreach (string key in new[] { "description", "parent_id" })
                    {
                        if (input[key] is string { Length: > 0 } text)
                            wanted.Add(key, text);
                    }
                    return Made(_trove.Backups.Create(wanted, projectId, false).View());
                case "trove.backups_get":
                    return Made(_trove.Backups.Load(input.Text("backup") ?? "None", projectId, false).View());
                case "trove.backups_list":
                    return _trove.Backups.Of(projectId).Select(backup => Made(backup.View())).ToList<object?>();
                default:
                    throw new ActionException($"Failed to find action [action_name={name}]");
            }
        }
        catch (Refusal refusal)
        {
            throw new ActionException($"TroveAction.{name.Replace("trove.backups_", "backups.")} failed: {refusal.Answer.Words} (HTTP {refusal.Answer.Status})");
        }
    }

    // mistral-extra makes a dict of python-troveclient's object, its insides included.
    private static JsonMap Made(JsonMap backup)
    {
        var made = new JsonMap { { "manager", new JsonMap { { "api", new JsonMap { { "client", null } } } } }, { "_info", backup } };
        foreach (KeyValuePair<string, object?> member in backup)
            made.Add(member.Key, member.Value);
        made.Add("_loaded", true);
        return made;
    }

    private ActionDefinition Find(string name) =>
        _all.Find(action => action.Name == name) ?? throw MistralFault.Client(404, $"Action not found [name={name}, namespace=]");
}

/// <summary>An action.</summary>
internal sealed record ActionDefinition(string Name, string Input, string Description);

/// <summary>An action that failed.</summary>
internal sealed class ActionException(string message) : Exception(message);
