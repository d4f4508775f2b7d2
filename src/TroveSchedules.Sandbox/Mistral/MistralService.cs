using System;
using System.Collections.Generic;
using System.Linq;
using TroveSchedules.Sandbox.Keystone;
using TroveSchedules.Sandbox.Trove;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary>Mistral v2: authenticates a request and routes it to its resource.</summary>
internal sealed class MistralService
{
    private readonly SandboxOptions _options;
    private readonly KeystoneService _keystone;
    private readonly ExecutionsResource _executions;
    private readonly TasksResource _tasks;
    private readonly ExecutionSeeder _seeder;
    private readonly WorkbooksResource _workbooks;
    private readonly WorkflowsResource _workflows;
    private readonly ActionsResource _actions;

    public MistralService(SandboxOptions options, Scheduler scheduler, IdGenerator ids, KeystoneService keystone, TroveService trove)
    {
        _options = options;
        _keystone = keystone;
        string server = options.MistralUrl.AbsoluteUri.TrimEnd('/');
        _actions = new ActionsResource(trove, server);
        _workflows = new WorkflowsResource(scheduler, ids, server);
        _workbooks = new WorkbooksResource(scheduler, ids, _workflows, server);
        var store = new ExecutionStore();
        var engine = new WorkflowEngine(scheduler, ids, _actions, store);
        _tasks = new TasksResource(store, server);
        _executions = new ExecutionsResource(scheduler, _workflows, store, engine, _tasks, server);
        _seeder = new ExecutionSeeder(scheduler, ids, _workflows, store);
        CronTriggers = new CronTriggersResource(scheduler, ids, keystone, _workflows, engine, server);
        _workflows.Triggers = CronTriggers;
    }

    public CronTriggersResource CronTriggers { get; }

    public Response Handle(Request request)
    {
        string url = _options.MistralUrl.AbsoluteUri.TrimEnd('/');
        if (request.Path[0].Length == 0)
        {
            return Response.Json(200, new JsonMap
            {
                {
                    "versions", new List<object?>
                    {
                        new JsonMap
                        {
                            { "id", "v2.0" }, { "status", "CURRENT" },
                            { "links", new List<object?> { new JsonMap { { "href", url + "/v2" }, { "target", "v2" }, { "rel", "self" } } } },
                        },
                    }
                },
            });
        }
        string? token = request.Header("X-Auth-Token");
        if (_keystone.FindValidToken(token) is not { } caller)
        {
            return MistralErrors.Unauthorized(request, _keystone.Challenge,
                "Failed to validate access token: " + (token is null ? "Authentication required" : "Auth token is invalid: " + token));
        }
        if (request.Path.Length == 1 && request.Path[0] == "v2")
            return Response.Json(200, new JsonMap { { "uri", url + "/v2" } });
        if (request.Path.Length < 2 || request.Path[0] != "v2")
            return MistralErrors.PathNotFound(request);

        string? id = request.Path.Length > 2 ? request.Path[2] : null;
        string? subresource = request.Path.Length > 3 ? request.Path[3] : null;
        if (request.Path.Length > 4)
            return MistralErrors.PathNotFound(request);
        return (request.Path[1], subresource) switch
        {
            ("cron_triggers", null) => CronTriggers.Handle(request, caller, id),
            ("executions", null or "tasks") => _executions.Handle(request, caller, id, subresource),
            ("tasks", null or "action_executions") => _tasks.Handle(request, caller, id, subresource),
            ("action_executions", null) => _tasks.HandleActionExecutions(request, caller, id),
            ("workbooks", null) => _workbooks.Handle(request, caller, id),
            ("workflows", null) => _workflows.Handle(request, caller, id),
            ("actions", null) => _actions.Handle(request, caller, id),
            _ => MistralErrors.PathNotFound(request),
        };
    }

    /// <summary>Adds a history of executions to a trigger.</summary>
    public void SeedExecutions(string trigger, int count, int own, TimeSpan span, int errors)
    {
        CronTrigger found = CronTriggers.Store.Find(trigger).FirstOrDefault()
            ?? throw new ArgumentException($"There is no cron trigger '{trigger}'.", nameof(trigger));
        _seeder.Seed(found, count, own, span, errors);
    }
}
