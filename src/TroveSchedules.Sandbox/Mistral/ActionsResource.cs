using System;
using System.Collections.Generic;
using System.Linq;
using TroveSchedules.Sandbox.Keystone;
using TroveSchedules.Sandbox.Trove;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary><c>/v2/actions</c>: three standard actions of Mistral, and the backup actions of mistral-extra.</summary>
internal sealed class ActionsResource
{
    private readonly TroveService _trove;
    private readonly ResourceTable<ActionDefinition> _resource;
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

    public ActionsResource(TroveService trove, string server)
    {
        _trove = trove;
        _resource = new ResourceTable<ActionDefinition>
        {
            Name = "actions",
            Server = server,
            Columns =
            [
                new("id", ColumnKind.Text, action => action.Name),
                new("name", ColumnKind.Text, action => action.Name),
                new("is_system", ColumnKind.DisplayOnly, _ => false),
                new("input", ColumnKind.Text, action => action.Input),
                new("description", ColumnKind.Text, action => action.Description),
                new("tags", ColumnKind.DisplayOnly, _ => null),
                new("definition", ColumnKind.Text, _ => ""),
                new("scope", ColumnKind.Text, _ => null),
                new("project_id", ColumnKind.DisplayOnly, _ => null),
                new("created_at", ColumnKind.DisplayOnly, _ => ""),
                new("updated_at", ColumnKind.DisplayOnly, _ => ""),
                new("namespace", ColumnKind.Text, _ => ""),
            ],
            Filters = ["name", "description", "definition", "input", "namespace"],
            DefaultSortKey = "name",
            FindMarker = (_, name) => Find(name),
            Rows = _ => _all,
        };
    }

    public Response Handle(Request request, Token caller, string? name) => (request.Method, name) switch
    {
        ("GET", null) => _resource.List(request, caller),
        ("GET", _) => Response.Json(200, _resource.ToJson(Find(name))),
        _ => MistralErrors.MethodNotAllowed(request, "DELETE, GET, POST, PUT"),
    };

    /// <summary>Runs an action.</summary>
    /// <exception cref="ActionException">The action failed. The message is the text that Mistral shows as <c>msg</c>.</exception>
    public object? Execute(string name, JsonMap input, string? projectId)
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
                    var body = new JsonMap { { "name", input["name"] }, { "instance", input["instance"] } };
                    if (input["incremental"] is true or 1L)
                        body.Add("incremental", 1L);
                    foreach (string key in new[] { "description", "parent_id" })
                    {
                        if (input[key] is string { Length: > 0 } text)
                            body.Add(key, text);
                    }
                    return ToClientDictionary(_trove.Backups.Create(body, projectId, false).ToJson());
                case "trove.backups_get":
                    return ToClientDictionary(_trove.Backups.Require(input.GetString("backup") ?? "None", projectId, false).ToJson());
                case "trove.backups_list":
                    return _trove.Backups.ForProject(projectId).Select(backup => ToClientDictionary(backup.ToJson())).ToList<object?>();
                default:
                    throw new ActionException($"Failed to find action [action_name={name}]");
            }
        }
        catch (ErrorResponseException error)
        {
            throw new ActionException($"TroveAction.{name.Replace("trove.backups_", "backups.")} failed: {error.Response.FaultMessage} (HTTP {error.Response.Status})");
        }
    }

    // mistral-extra converts the object of python-troveclient to a dict, including its private members.
    private static JsonMap ToClientDictionary(JsonMap backup)
    {
        var dictionary = new JsonMap { { "manager", new JsonMap { { "api", new JsonMap { { "client", null } } } } }, { "_info", backup } };
        foreach (KeyValuePair<string, object?> member in backup)
            dictionary.Add(member.Key, member.Value);
        dictionary.Add("_loaded", true);
        return dictionary;
    }

    private ActionDefinition Find(string name) =>
        _all.Find(action => action.Name == name) ?? throw MistralErrors.ClientError(404, $"Action not found [name={name}, namespace=]");
}

/// <summary>An action.</summary>
internal sealed record ActionDefinition(string Name, string Input, string Description);

/// <summary>An action that failed.</summary>
internal sealed class ActionException(string message) : Exception(message);
