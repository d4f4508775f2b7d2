using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using TroveSchedules.Cron;
using TroveSchedules.Sandbox.Keystone;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary><c>/v2/cron_triggers</c>, and what fires them.</summary>
internal sealed class CronTriggers
{
    /// <summary>What a trigger with a first time alone gets: a day that never comes.</summary>
    public const string Never = "0 0 30 2 0";

    private const int LongestName = 200;
    private const int LongestPattern = 100;

    // Every second Mistral starts what is due within two.
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(2);

    private static readonly string[] Attributes =
    [
        "id", "name", "workflow_name", "workflow_id", "workflow_input", "workflow_params", "project_id", "scope", "pattern", "remaining_executions",
        "first_execution_time", "next_execution_time", "created_at", "updated_at",
    ];

    private readonly Agenda _agenda;
    private readonly Ids _ids;
    private readonly KeystoneService _keystone;
    private readonly Workflows _workflows;
    private readonly WorkflowEngine _engine;
    private readonly Resource<CronTrigger> _resource;
    private readonly List<CronTrigger> _held = [];
    private bool _run = true;

    public CronTriggers(Agenda agenda, Ids ids, KeystoneService keystone, Workflows workflows, WorkflowEngine engine, string server)
    {
        _agenda = agenda;
        _ids = ids;
        _keystone = keystone;
        _workflows = workflows;
        _engine = engine;
        _resource = new Resource<CronTrigger>
        {
            Name = "cron_triggers",
            Server = server,
            Columns =
            [
                new("id", ColumnKind.Id, trigger => trigger.Id),
                new("name", ColumnKind.Text, trigger => trigger.Name),
                new("workflow_name", ColumnKind.Text, trigger => trigger.WorkflowName),
                new("workflow_id", ColumnKind.Id, trigger => trigger.WorkflowId),
                new("workflow_input", ColumnKind.Json, trigger => trigger.Input),
                new("workflow_params", ColumnKind.Json, trigger => trigger.Params),
                new("project_id", ColumnKind.Id, trigger => trigger.ProjectId),
                new("scope", ColumnKind.Text, trigger => trigger.Scope),
                new("pattern", ColumnKind.Text, trigger => trigger.Pattern),
                new("remaining_executions", ColumnKind.Number, trigger => trigger.Remaining),
                new("first_execution_time", ColumnKind.Time, trigger => trigger.First),
                new("next_execution_time", ColumnKind.Time, trigger => trigger.Next),
                new("created_at", ColumnKind.Time, trigger => trigger.CreatedAt),
                new("updated_at", ColumnKind.Time, trigger => trigger.UpdatedAt),
            ],
            Filters =
            [
                "created_at", "name", "updated_at", "workflow_name", "workflow_id", "workflow_input", "workflow_params", "scope", "pattern",
                "remaining_executions", "first_execution_time", "next_execution_time", "project_id",
            ],
            Switches = ["all_projects"],
            Find = Find,
            Rows = query => All.Where(query.Sees),
        };
    }

    public List<CronTrigger> All { get; } = [];

    /// <summary>Whether what is due is run. What was missed runs once when this becomes true.</summary>
    public bool Run
    {
        get => _run;
        set
        {
            _run = value;
            if (!value)
                return;
            foreach (CronTrigger trigger in _held)
            {
                DateTime due = trigger.Next;
                _agenda.After(TimeSpan.Zero, () => Fire(trigger, due));
            }
            _held.Clear();
        }
    }

    public Answer Answer(Ask ask, Token caller, string? id)
    {
        switch (ask.Method, id)
        {
            case ("GET", null): return _resource.List(ask, caller);
            case ("GET", _):
                MistralFault.CheckArguments(ask);
                return Wire.Answer.Json(200, _resource.View(Find(caller, id)));
            case ("POST", null): return Create(ask, caller);
            case ("DELETE", null): throw MistralFault.Client(400, "Missing argument: \"identifier\"");
            case ("DELETE", _): return Delete(caller, id);
            default: return MistralFault.NoSuchMethod(ask, "DELETE, GET, POST");
        }
    }

    // By id or by name; an administrator finds any project's.
    private CronTrigger Find(Token caller, string identifier) =>
        All.Where(trigger => caller.IsAdmin || trigger.ProjectId == caller.ProjectId || trigger.Scope == "public")
            .Where(trigger => Collation.Compare(trigger.Id, identifier) == 0 || (trigger.Name is not null && Collation.Compare(trigger.Name, identifier) == 0))
            .OrderBy(trigger => trigger.Id, StringComparer.Ordinal).FirstOrDefault()
        ?? throw MistralFault.Client(404, $"Cron trigger not found [identifier={identifier}]");

    private Answer Create(Ask ask, Token caller)
    {
        JsonMap body = RequestBody.Read(ask, "cron_trigger", Attributes);
        JsonMap input = RequestBody.Json(body, "workflow_input", "cron_trigger") ?? [];
        JsonMap parameters = RequestBody.Json(body, "workflow_params", "cron_trigger") ?? [];
        int? count = Count(body);
        string scope = body.Text("scope") ?? "private";
        if (scope is not ("private" or "public"))
            throw MistralFault.Client(400, $"Invalid input for field/attribute scope. Value: '{scope}'. Value should be one of: public, private");
        if (!body.Has("name"))
            throw MistralFault.Server("'name'");
        if (scope == "public" && !caller.IsAdmin)
            throw MistralFault.Forbidden();
        string? name = body.Text("name"), pattern = body.Text("pattern") is { Length: > 0 } some ? some : null;
        DateTime? first = First(body.Text("first_execution_time"), pattern, count);
        CronPattern? schedule = pattern is null || pattern.Length > LongestPattern ? null : Parse(pattern, first is not null);
        if (first is not null && pattern is null)
            count ??= 1;
        DateTime next = first ?? schedule?.Next(new DateTimeOffset(_agenda.Now))?.UtcDateTime ?? _agenda.Now;

        WorkflowDefinition workflow = _workflows.Find(caller, body.Text("workflow_id") ?? body.Text("workflow_name"));
        if (workflow.Spec.Misfit(input) is { } misfit)
            throw MistralFault.Client(400, misfit);
        Trust trust = _keystone.MakeTrust(caller) ?? throw MistralFault.Server(
            "Authorization failed: You are not authorized to perform the requested action: Using a delegated token to create another token is not allowed.. "
            + $"(HTTP 403) (Request-ID: req-{Guid.NewGuid()})");
        var trigger = new CronTrigger
        {
            Id = _ids.Uuid(),
            Name = name,
            WorkflowName = workflow.Name,
            WorkflowId = workflow.Id,
            Input = Python.Json(input),
            Params = Python.Json(parameters),
            ProjectId = caller.ProjectId,
            Scope = scope,
            Pattern = pattern ?? Never,
            Schedule = schedule,
            Remaining = count,
            First = first,
            Next = next,
            CreatedAt = _agenda.Second,
            Trust = trust,
        };
        if (Clash(trigger) is { } clash)
        {
            _keystone.Trusts.Remove(trust);
            throw MistralFault.Client(409, clash);
        }
        All.Add(trigger);
        PutDown(trigger);
        return Wire.Answer.Json(201, _resource.ViewCreated(trigger));
    }

    private Answer Delete(Token caller, string identifier)
    {
        CronTrigger trigger = Find(caller, identifier);
        if (!caller.IsAdmin && trigger.ProjectId != caller.ProjectId)
            throw MistralFault.Client(403, $"Can not access CronTrigger resource of other projects, ID: {trigger.Id}");
        All.Remove(trigger);
        _keystone.Trusts.Remove(trigger.Trust);
        return Wire.Answer.NoContent();
    }

    private static int? Count(JsonMap body)
    {
        long? count = body["remaining_executions"] switch
        {
            null => null,
            long whole => whole,
            string text when long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long whole) => whole,
            var other => throw MistralFault.Client(400,
                $"Invalid input for field/attribute cron_trigger. Value: '{Python.Repr(body)}'. invalid literal for int() with base 10: {Python.Repr(other)}"),
        };
        if (count < 1)
            throw MistralFault.Client(400, $"Invalid input for field/attribute remaining_executions. Value: '{count}'. Value should be greater or equal to 1");
        return (int?)count;
    }

    private DateTime? First(string? said, string? pattern, int? count)
    {
        if (said is not { Length: > 0 })
            return pattern is not null ? null : throw MistralFault.Client(400, "Pattern or first_execution_time must be specified.");
        string minute = said.Length > 16 ? said.Substring(0, 16) : said;
        if (!DateTime.TryParseExact(minute, "yyyy-M-d H:m", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime first))
            throw MistralFault.Client(400, $"time data {Python.Repr(said)} does not match format '%Y-%m-%d %H:%M'");
        if (said.Length > 16)
            throw MistralFault.Client(400, "unconverted data remains: " + said.Substring(16));
        if (first < _agenda.Now + TimeSpan.FromMinutes(1))
            throw MistralFault.Client(400, "first_execution_time must be at least 1 minute in the future.");
        if (pattern is null && count > 1)
            throw MistralFault.Client(400, "Pattern must be provided if count is superior to 1.");
        return first;
    }

    // As croniter 1.3.5 reads it. What a newer one alone accepts, it refuses.
    private static CronPattern? Parse(string pattern, bool hasFirst)
    {
        if (CronPattern.TryParse(pattern, allowSeconds: true, out CronPattern? good, out CronPatternException? fault))
        {
            if (good.IsRefusedAt135)
                throw Invalid(pattern);
            if (good.IsNeverAt135 && !hasFirst)
                throw MistralFault.Server("failed to find next date");
            return good;
        }
        if (fault.Reason.Contains("never comes in month"))
            return hasFirst ? null : throw MistralFault.Server("failed to find next date");
        throw pattern.Contains("L-") ? MistralFault.Server("name 'exc' is not defined") : Invalid(pattern);
    }

    private static Refusal Invalid(string pattern) => MistralFault.Client(400, "The specified pattern is not valid: " + pattern);

    // What the database refuses, all of which becomes a 409.
    private string? Clash(CronTrigger trigger)
    {
        if (trigger.Name is { } name)
        {
            if (Collation.IsBeyondBasicPlane(name))
            {
                string bytes = string.Concat(System.Text.Encoding.UTF8.GetBytes(name.Substring(name.ToList().FindIndex(char.IsSurrogate))).Take(5)
                    .Select(b => b is >= 32 and < 127 ? ((char)b).ToString() : "\\\\x" + b.ToString("X2", CultureInfo.InvariantCulture)));
                return DataError(1366, $"Incorrect string value: '{bytes}' for column `mistral`.`cron_triggers_v2`.`name` at row 1", trigger);
            }
            if (name.Length > LongestName)
                return DataError(1406, "Data too long for column 'name' at row 1", trigger);
            if (All.Exists(other => other.ProjectId is not null && other.ProjectId == trigger.ProjectId
                && ((other.Name is not null && Collation.Compare(other.Name, name) == 0) || IsSame(other, trigger))))
                return $"Duplicate entry for cron trigger ['name', 'project_id']: {name}, None";
        }
        return trigger.Pattern.Length > LongestPattern ? DataError(1406, "Data too long for column 'pattern' at row 1", trigger) : null;
    }

    // A second key spans all that a trigger does; where a column of it is null, as mostly one is, databases let it pass.
    private static bool IsSame(CronTrigger one, CronTrigger other) =>
        one is { Remaining: not null, First: not null }
        && (one.Input, one.WorkflowName, one.Pattern, one.Params, one.Remaining, one.First) == (other.Input, other.WorkflowName, other.Pattern, other.Params, other.Remaining, other.First);

    // The parameters of the statement hold the trust's id, which a client must not show.
    private static string DataError(int code, string message, CronTrigger trigger) =>
        $"Duplicate entry for cron trigger: (pymysql.err.DataError) ({code}, \"{message}\")\n"
        + "[SQL: INSERT INTO cron_triggers_v2 (created_at, updated_at, scope, project_id, id, name, pattern, first_execution_time, next_execution_time, workflow_name, "
        + "remaining_executions, workflow_id, workflow_params, workflow_params_hash, workflow_input, workflow_input_hash, trust_id) VALUES (%(created_at)s, ...)]\n"
        + $"[parameters: {{'scope': '{trigger.Scope}', 'project_id': '{trigger.ProjectId}', 'id': '{trigger.Id}', 'name': {Python.Repr(trigger.Name)}, 'trust_id': '{trigger.Trust.Id}'}}]\n"
        + "(Background on this error at: https://sqlalche.me/e/14/9h9h)";

    private void PutDown(CronTrigger trigger)
    {
        DateTime due = trigger.Next;
        _agenda.At(due - Early, () => Fire(trigger, due));
    }

    private void Fire(CronTrigger trigger, DateTime due)
    {
        if (trigger.Next != due || !All.Contains(trigger))
            return;
        if (!_run)
        {
            _held.Add(trigger);
            return;
        }
        bool last = trigger.Remaining == 1;
        if (last)
        {
            All.Remove(trigger);
        }
        else
        {
            trigger.Remaining--;
            // What was missed runs once: the next time is after now.
            DateTime after = due > _agenda.Now ? due : _agenda.Now;
            DateTimeOffset? next = trigger.Schedule?.Next(new DateTimeOffset(after));
            if (next is null)
                return; // Mistral fails on it each second from now on, and runs nothing.
            trigger.Next = next.Value.UtcDateTime;
            trigger.UpdatedAt = _agenda.Second;
            PutDown(trigger);
        }

        // If the workflow does not take the input any more, Mistral says so to its log alone.
        WorkflowDefinition? workflow = _workflows.FindVisible(trigger.ProjectId, trigger.WorkflowName);
        var input = (JsonMap)Python.Parse(trigger.Input)!;
        Action? end = last ? () => _keystone.Trusts.Remove(trigger.Trust) : null;
        if (workflow is null || workflow.Spec.Misfit(input) is not null)
        {
            end?.Invoke();
            return;
        }
        _engine.Start(workflow, input, trigger.Cause, (JsonMap)Python.Parse(trigger.Params)!, trigger.ProjectId, null, end);
    }
}

/// <summary>A cron trigger.</summary>
internal sealed class CronTrigger : IProjectRow
{
    public required string Id { get; init; }
    public required string? Name { get; init; }
    public required string WorkflowName { get; init; }
    public required string WorkflowId { get; init; }
    public required string Input { get; init; }
    public required string Params { get; init; }
    public required string? ProjectId { get; init; }
    public required string Scope { get; init; }
    public required string Pattern { get; init; }
    public required CronPattern? Schedule { get; init; }
    public required int? Remaining { get; set; }
    public required DateTime? First { get; init; }
    public required DateTime Next { get; set; }
    public required DateTime CreatedAt { get; init; }
    public DateTime? UpdatedAt { get; set; }
    public required Trust Trust { get; init; }

    /// <summary>What the executions that it causes have as their description.</summary>
    public string Cause => CauseOf(Id, Name);

    public static string CauseOf(string id, string? name) => Python.Json(new JsonMap
    {
        { "description", $"Workflow execution created by cron trigger '({id})'." },
        { "triggered_by", new JsonMap { { "type", "cron_trigger" }, { "id", id }, { "name", name } } },
    });
}
