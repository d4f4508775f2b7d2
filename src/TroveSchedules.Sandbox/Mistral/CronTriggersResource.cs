using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using TroveSchedules.Cron;
using TroveSchedules.Sandbox.Keystone;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary><c>/v2/cron_triggers</c>, and the firing of due triggers.</summary>
internal sealed class CronTriggersResource
{
    /// <summary>The pattern of a trigger that was created with only a first time. It has no occurrence.</summary>
    public const string NeverPattern = "0 0 30 2 0";

    private const int LongestName = 200;
    private const int LongestPattern = 100;

    // Once a second, Mistral fires the triggers that are due within two seconds.
    private static readonly TimeSpan FiringLead = TimeSpan.FromSeconds(2);

    private static readonly string[] Attributes =
    [
        "id", "name", "workflow_name", "workflow_id", "workflow_input", "workflow_params", "project_id", "scope", "pattern", "remaining_executions",
        "first_execution_time", "next_execution_time", "created_at", "updated_at",
    ];

    private readonly Scheduler _scheduler;
    private readonly IdGenerator _ids;
    private readonly KeystoneService _keystone;
    private readonly WorkflowsResource _workflows;
    private readonly WorkflowEngine _engine;
    private readonly ResourceTable<CronTrigger> _resource;
    private readonly List<CronTrigger> _missed = [];
    private bool _isFiring = true;

    public CronTriggersResource(Scheduler scheduler, IdGenerator ids, KeystoneService keystone, WorkflowsResource workflows, WorkflowEngine engine, string server)
    {
        _scheduler = scheduler;
        _ids = ids;
        _keystone = keystone;
        _workflows = workflows;
        _engine = engine;
        _resource = new ResourceTable<CronTrigger>
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
                new("remaining_executions", ColumnKind.Number, trigger => trigger.RemainingExecutions),
                new("first_execution_time", ColumnKind.Time, trigger => trigger.FirstExecutionTime),
                new("next_execution_time", ColumnKind.Time, trigger => trigger.NextExecutionTime),
                new("created_at", ColumnKind.Time, trigger => trigger.CreatedAt),
                new("updated_at", ColumnKind.Time, trigger => trigger.UpdatedAt),
            ],
            Filters =
            [
                "created_at", "name", "updated_at", "workflow_name", "workflow_id", "workflow_input", "workflow_params", "scope", "pattern",
                "remaining_executions", "first_execution_time", "next_execution_time", "project_id",
            ],
            FlagParameters = ["all_projects"],
            FindMarker = Find,
            Rows = query => Store.All.Where(query.Includes),
        };
    }

    public CronTriggerStore Store { get; } = new();

    /// <summary>Whether due triggers fire. When this becomes true again, each trigger that became due in the meantime fires once.</summary>
    public bool IsFiring
    {
        get => _isFiring;
        set
        {
            _isFiring = value;
            if (!value)
                return;
            foreach (CronTrigger trigger in _missed)
            {
                DateTime due = trigger.NextExecutionTime;
                _scheduler.ScheduleAfter(TimeSpan.Zero, () => Fire(trigger, due));
            }
            _missed.Clear();
        }
    }

    public Response Handle(Request request, Token caller, string? id)
    {
        switch (request.Method, id)
        {
            case ("GET", null): return _resource.List(request, caller);
            case ("GET", _):
                MistralErrors.RejectUnknownParameters(request);
                return Response.Json(200, _resource.ToJson(Find(caller, id)));
            case ("POST", null): return Create(request, caller);
            case ("DELETE", null): throw MistralErrors.ClientError(400, "Missing argument: \"identifier\"");
            case ("DELETE", _): return Delete(caller, id);
            default: return MistralErrors.MethodNotAllowed(request, "DELETE, GET, POST");
        }
    }

    // Finds a trigger by id or by name. An administrator can use those of all projects.
    private CronTrigger Find(Token caller, string identifier) =>
        Store.Find(identifier).Where(trigger => caller.IsAdmin || trigger.ProjectId == caller.ProjectId || trigger.Scope == "public")
            .OrderBy(trigger => trigger.Id, StringComparer.Ordinal).FirstOrDefault()
        ?? throw MistralErrors.ClientError(404, $"Cron trigger not found [identifier={identifier}]");

    private Response Create(Request request, Token caller)
    {
        JsonMap body = RequestBody.Read(request, "cron_trigger", Attributes);
        JsonMap input = RequestBody.ReadObject(body, "workflow_input", "cron_trigger") ?? [];
        JsonMap parameters = RequestBody.ReadObject(body, "workflow_params", "cron_trigger") ?? [];
        int? count = ParseRemainingExecutions(body);
        string scope = body.GetString("scope") ?? "private";
        if (scope is not ("private" or "public"))
            throw MistralErrors.ClientError(400, $"Invalid input for field/attribute scope. Value: '{scope}'. Value should be one of: public, private");
        if (!body.ContainsKey("name"))
            throw MistralErrors.ServerError("'name'");
        if (scope == "public" && !caller.IsAdmin)
            throw MistralErrors.Forbidden();
        string? name = body.GetString("name"), pattern = body.GetString("pattern") is { Length: > 0 } some ? some : null;
        DateTime? first = ParseFirstExecutionTime(body.GetString("first_execution_time"), pattern, count);
        CronPattern? schedule = pattern is null || pattern.Length > LongestPattern ? null : ParsePattern(pattern, first is not null);
        if (first is not null && pattern is null)
            count ??= 1;
        DateTime next = first ?? schedule?.Next(new DateTimeOffset(_scheduler.Now))?.UtcDateTime ?? _scheduler.Now;

        WorkflowDefinition workflow = _workflows.Find(caller, body.GetString("workflow_id") ?? body.GetString("workflow_name"));
        if (workflow.Spec.FindInputError(input) is { } inputError)
            throw MistralErrors.ClientError(400, inputError);
        Trust trust = _keystone.CreateTrust(caller) ?? throw MistralErrors.ServerError(
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
            Pattern = pattern ?? NeverPattern,
            Schedule = schedule,
            RemainingExecutions = count,
            FirstExecutionTime = first,
            NextExecutionTime = next,
            CreatedAt = _scheduler.NowInSeconds,
            Trust = trust,
        };
        if (FindConflict(trigger) is { } conflict)
        {
            _keystone.Trusts.Remove(trust);
            throw MistralErrors.ClientError(409, conflict);
        }
        Store.Add(trigger);
        ScheduleNextFiring(trigger);
        return Response.Json(201, _resource.ToCreatedJson(trigger));
    }

    private Response Delete(Token caller, string identifier)
    {
        CronTrigger trigger = Find(caller, identifier);
        if (!caller.IsAdmin && trigger.ProjectId != caller.ProjectId)
            throw MistralErrors.ClientError(403, $"Can not access CronTrigger resource of other projects, ID: {trigger.Id}");
        Store.Remove(trigger);
        _keystone.Trusts.Remove(trigger.Trust);
        return Response.NoContent();
    }

    private static int? ParseRemainingExecutions(JsonMap body)
    {
        long? count = body["remaining_executions"] switch
        {
            null => null,
            long whole => whole,
            string text when long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long whole) => whole,
            var other => throw MistralErrors.ClientError(400,
                $"Invalid input for field/attribute cron_trigger. Value: '{Python.Repr(body)}'. invalid literal for int() with base 10: {Python.Repr(other)}"),
        };
        if (count < 1)
            throw MistralErrors.ClientError(400, $"Invalid input for field/attribute remaining_executions. Value: '{count}'. Value should be greater or equal to 1");
        return (int?)count;
    }

    private DateTime? ParseFirstExecutionTime(string? text, string? pattern, int? count)
    {
        if (text is not { Length: > 0 })
            return pattern is not null ? null : throw MistralErrors.ClientError(400, "Pattern or first_execution_time must be specified.");
        string minute = text.Length > 16 ? text.Substring(0, 16) : text;
        if (!DateTime.TryParseExact(minute, "yyyy-M-d H:m", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime first))
            throw MistralErrors.ClientError(400, $"time data {Python.Repr(text)} does not match format '%Y-%m-%d %H:%M'");
        if (text.Length > 16)
            throw MistralErrors.ClientError(400, "unconverted data remains: " + text.Substring(16));
        if (first < _scheduler.Now + TimeSpan.FromMinutes(1))
            throw MistralErrors.ClientError(400, "first_execution_time must be at least 1 minute in the future.");
        if (pattern is null && count > 1)
            throw MistralErrors.ClientError(400, "Pattern must be provided if count is superior to 1.");
        return first;
    }

    // Applies the rules of croniter 1.3.5. Patterns that only later versions accept are refused.
    private static CronPattern? ParsePattern(string pattern, bool hasFirst)
    {
        if (CronPattern.TryParse(pattern, allowSeconds: true, out CronPattern? parsed, out CronPatternException? fault))
        {
            if (parsed.IsRefusedByCroniter135)
                throw Invalid(pattern);
            if (parsed.NeverOccursInCroniter135 && !hasFirst)
                throw MistralErrors.ServerError("failed to find next date");
            return parsed;
        }
        if (fault.NeverOccurs)
            return hasFirst ? null : throw MistralErrors.ServerError("failed to find next date");
        throw pattern.Contains("L-") ? MistralErrors.ServerError("name 'exc' is not defined") : Invalid(pattern);
    }

    private static ErrorResponseException Invalid(string pattern) => MistralErrors.ClientError(400, "The specified pattern is not valid: " + pattern);

    // Mistral reports every error of its database as a 409.
    private string? FindConflict(CronTrigger trigger)
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
            if (trigger.ProjectId is not null && (Store.FindByName(name).Any(other => other.ProjectId == trigger.ProjectId) || HasSameSchedule(trigger)))
                return $"Duplicate entry for cron trigger ['name', 'project_id']: {name}, None";
        }
        return trigger.Pattern.Length > LongestPattern ? DataError(1406, "Data too long for column 'pattern' at row 1", trigger) : null;
    }

    // The table has a second unique key over the columns below. Databases ignore it for rows where one of them is null, which is the usual case.
    private bool HasSameSchedule(CronTrigger trigger) =>
        trigger is { RemainingExecutions: not null, FirstExecutionTime: not null }
        && Store.All.Any(other => other.ProjectId == trigger.ProjectId
            && (other.Input, other.WorkflowName, other.Pattern, other.Params, other.RemainingExecutions, other.FirstExecutionTime) == (trigger.Input, trigger.WorkflowName, trigger.Pattern, trigger.Params, trigger.RemainingExecutions, trigger.FirstExecutionTime));

    // As in Mistral, the parameters of the statement contain the id of the trust. Clients must not show it.
    private static string DataError(int code, string message, CronTrigger trigger) =>
        $"Duplicate entry for cron trigger: (pymysql.err.DataError) ({code}, \"{message}\")\n"
        + "[SQL: INSERT INTO cron_triggers_v2 (created_at, updated_at, scope, project_id, id, name, pattern, first_execution_time, next_execution_time, workflow_name, "
        + "remaining_executions, workflow_id, workflow_params, workflow_params_hash, workflow_input, workflow_input_hash, trust_id) VALUES (%(created_at)s, ...)]\n"
        + $"[parameters: {{'scope': '{trigger.Scope}', 'project_id': '{trigger.ProjectId}', 'id': '{trigger.Id}', 'name': {Python.Repr(trigger.Name)}, 'trust_id': '{trigger.Trust.Id}'}}]\n"
        + "(Background on this error at: https://sqlalche.me/e/14/9h9h)";

    private void ScheduleNextFiring(CronTrigger trigger)
    {
        DateTime due = trigger.NextExecutionTime;
        _scheduler.ScheduleAt(due - FiringLead, () => Fire(trigger, due));
    }

    private void Fire(CronTrigger trigger, DateTime due)
    {
        if (trigger.NextExecutionTime != due || !Store.Contains(trigger))
            return;
        if (!_isFiring)
        {
            _missed.Add(trigger);
            return;
        }
        bool last = trigger.RemainingExecutions == 1;
        if (last)
        {
            Store.Remove(trigger);
        }
        else
        {
            trigger.RemainingExecutions--;
            // The next time is computed from now, so that several missed times cause one execution.
            DateTime after = due > _scheduler.Now ? due : _scheduler.Now;
            DateTimeOffset? next = trigger.Schedule?.Next(new DateTimeOffset(after));
            if (next is null)
                return; // From now on, Mistral fails on this trigger every second and never fires it.
            trigger.NextExecutionTime = next.Value.UtcDateTime;
            trigger.UpdatedAt = _scheduler.NowInSeconds;
            ScheduleNextFiring(trigger);
        }

        // If the workflow no longer accepts the input, Mistral writes that only to its log.
        WorkflowDefinition? workflow = _workflows.FindVisible(trigger.ProjectId, trigger.WorkflowName);
        var input = (JsonMap)Python.Parse(trigger.Input)!;
        Action? end = last ? () => _keystone.Trusts.Remove(trigger.Trust) : null;
        if (workflow is null || workflow.Spec.FindInputError(input) is not null)
        {
            end?.Invoke();
            return;
        }
        _engine.Start(workflow, input, trigger.ExecutionDescription, (JsonMap)Python.Parse(trigger.Params)!, trigger.ProjectId, null, end);
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
    public required int? RemainingExecutions { get; set; }
    public required DateTime? FirstExecutionTime { get; init; }
    public required DateTime NextExecutionTime { get; set; }
    public required DateTime CreatedAt { get; init; }
    public DateTime? UpdatedAt { get; set; }
    public required Trust Trust { get; init; }

    /// <summary>The description of the executions that the trigger starts.</summary>
    public string ExecutionDescription => DescriptionFor(Id, Name);

    public static string DescriptionFor(string id, string? name) => Python.Json(new JsonMap
    {
        { "description", $"Workflow execution created by cron trigger '({id})'." },
        { "triggered_by", new JsonMap { { "type", "cron_trigger" }, { "id", id }, { "name", name } } },
    });
}
