using System;
using System.Collections.Generic;
using TroveSchedules.Sandbox.Keystone;
using TroveSchedules.Sandbox.Trove;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary>Mistral v2: finds the resource that a path names.</summary>
internal sealed class MistralService
{
    private readonly SandboxOptions _options;
    private readonly KeystoneService _keystone;
    private readonly Executions _executions;
    private readonly Tasks _tasks;
    private readonly ExecutionSeeder _seeder;
    private readonly Workbooks _workbooks;
    private readonly Workflows _workflows;
    private readonly Actions _actions;

    public MistralService(SandboxOptions options, Agenda agenda, Ids ids, KeystoneService keystone, TroveService trove)
    {
        _options = options;
        _keystone = keystone;
        string server = options.MistralUrl.AbsoluteUri.TrimEnd('/');
        _actions = new Actions(trove, server);
        _workflows = new Workflows(agenda, ids, server);
        _workbooks = new Workbooks(agenda, ids, _workflows, server);
        var store = new ExecutionStore();
        var engine = new WorkflowEngine(agenda, ids, _actions, store);
        _tasks = new Tasks(store, server);
        _executions = new Executions(agenda, _workflows, store, engine, _tasks, server);
        _seeder = new ExecutionSeeder(agenda, ids, _workflows, store);
        Triggers = new CronTriggers(agenda, ids, keystone, _workflows, engine, server);
        _workflows.Triggers = Triggers;
    }

    public CronTriggers Triggers { get; }

    public Answer Answer(Ask ask)
    {
        string url = _options.MistralUrl.AbsoluteUri.TrimEnd('/');
        if (ask.Path[0].Length == 0)
        {
            return Wire.Answer.Json(200, new JsonMap
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
        string? said = ask.Header("X-Auth-Token");
        if (_keystone.Find(said) is not { } caller)
        {
            return MistralFault.Unauthorized(ask, _keystone.Challenge,
                "Failed to validate access token: " + (said is null ? "Authentication required" : "Auth token is invalid: " + said));
        }
        if (ask.Path.Length == 1 && ask.Path[0] == "v2")
            return Wire.Answer.Json(200, new JsonMap { { "uri", url + "/v2" } });
        if (ask.Path.Length < 2 || ask.Path[0] != "v2")
            return MistralFault.NoSuchPath(ask);

        string? id = ask.Path.Length > 2 ? ask.Path[2] : null;
        string? below = ask.Path.Length > 3 ? ask.Path[3] : null;
        if (ask.Path.Length > 4)
            return MistralFault.NoSuchPath(ask);
        return (ask.Path[1], below) switch
        {
            ("cron_triggers", null) => Triggers.Answer(ask, caller, id),
            ("executions", null or "tasks") => _executions.Answer(ask, caller, id, below),
            ("tasks", null or "action_executions") => _tasks.Answer(ask, caller, id, below),
            ("action_executions", null) => _tasks.AnswerActions(ask, caller, id),
            ("workbooks", null) => _workbooks.Answer(ask, caller, id),
            ("workflows", null) => _workflows.Answer(ask, caller, id),
            ("actions", null) => _actions.Answer(ask, caller, id),
            _ => MistralFault.NoSuchPath(ask),
        };
    }

    /// <summary>Writes a history of executions.</summary>
    public void Seed(string trigger, int count, int own, TimeSpan span, int errors) =>
        _seeder.Seed(Triggers.All.Find(one => one.Name == trigger || one.Id == trigger) ?? throw new ArgumentException($"There is no cron trigger '{trigger}'.", nameof(trigger)), count, own, span, errors);
}
