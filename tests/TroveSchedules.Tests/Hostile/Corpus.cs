using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using TroveSchedules.OpenStack;
using TroveSchedules.Tests.Http;

namespace TroveSchedules.Tests.Hostile;

/// <summary>Responses of every kind that the library reads, recorded from Keystone 22, Mistral 15 and Trove 18.</summary>
internal static class Corpus
{
    /// <summary>Placeholder for the name of the trigger in the request.</summary>
    public const string RequestedName = "20000000-0000-4000-8000-000000000777";

    public const string Token = "gAAAAABo-topsecret-1";

    private const string Failure = """
        Failure caused by error in tasks: backup_create

          backup_create [task_ex_id=0b6f] -> The action raised an exception [action=<mistral_extra.TroveAction object at 0x7f>, action_ex_id=8a, msg='TroveAction.backups.create failed: Instance 2000 is not currently available for an action to be performed (instance status was BACKUP). (HTTP 422)']
            [action_ex_id=8a, idx=0]: The action raised an exception
        """;

    public static WireAnswer Login { get; } = WireAnswer.Json(201, $$$"""
        {"token": {"methods": ["password"], "user": {"domain": {"id": "default", "name": "Default"}, "id": "fe01", "name": "demo", "password_expires_at": null}, "audit_ids": ["3T2dc1CGQxyJsHdDu1xkcw"],
         "expires_at": "2026-11-22T08:42:30.000000Z", "issued_at": "2026-11-22T07:42:30.000000Z", "is_domain": false,
         "project": {"domain": {"id": "default", "name": "Default"}, "id": "{{{ScriptedCloud.Project}}}", "name": "demo"}, "roles": [{"id": "r1", "name": "member"}, {"id": "r2", "name": "reader"}],
         "catalog": [
           {"id": "c1", "type": "identity", "name": "keystone", "endpoints": [{"id": "e1", "interface": "public", "region_id": "RegionOne", "region": "RegionOne", "url": "http://cloud:5000/v3/"}]},
           {"id": "c2", "type": "workflowv2", "name": "mistral", "endpoints": [{"id": "e2", "interface": "public", "region_id": "RegionOne", "region": "RegionOne", "url": "http://cloud:8989/v2"},
             {"id": "e3", "interface": "internal", "region_id": "RegionOne", "region": "RegionOne", "url": "http://inside:8989/v2"}]},
           {"id": "c3", "type": "database", "name": "trove", "endpoints": [{"id": "e4", "interface": "public", "region_id": "RegionOne", "region": "RegionOne", "url": "http://cloud:8779/v1.0/$(project_id)s"}]}]}}
        """, ("X-Subject-Token", Token), ("Vary", "X-Auth-Token"));

    public static WireAnswer Trigger { get; } = WireAnswer.Json(200, Rows.Trigger(1));

    public static WireAnswer OneOff { get; } = WireAnswer.Json(200, Rows.Trigger(1, row =>
        (row["pattern"], row["first_execution_time"], row["remaining_executions"]) = ("0 0 30 2 0", "2026-11-23 03:00:00", 1)));

    public static WireAnswer CreatedTrigger { get; } = WireAnswer.Json(201, Rows.Trigger(77, row => row["name"] = RequestedName));

    public static WireAnswer FoundTrigger { get; } = CreatedTrigger with { Status = 200 };

    public static WireAnswer Triggers { get; } = WireAnswer.Json(200, Rows.Triggers([.. Enumerable.Range(1, 3).Select(i => Rows.Trigger(i)),
        Rows.Trigger(4, row => (row["pattern"], row["first_execution_time"]) = ("0 0 30 2 0", "2026-11-23 03:00:00")),
        Rows.Trigger(5, row => (row["workflow_input"], row["created_at"]) = ("{\"instance\": \"a\", \"incremental\": true}", "2026-11-22 07:42:31.123456"))], more: true));

    public static WireAnswer NoTriggers { get; } = WireAnswer.Json(200, Rows.Triggers());

    public static WireAnswer Execution { get; } = WireAnswer.Json(200, Rows.Execution(11, 1, row => row["output"] = $$"""{"status": "Backup complete", "backup_id": "{{Rows.Id(31)}}"}"""));

    public static WireAnswer Executions { get; } = WireAnswer.Json(200, Rows.Executions([
        Rows.Execution(11, 1, row => row["output"] = $$"""{"status": "Backup complete", "backup_id": "{{Rows.Id(31)}}"}"""),
        Rows.Execution(12, 1, row => (row["state"], row["state_info"], row["output"]) = ("ERROR", Failure, JsonSerializer.Serialize(new Dictionary<string, string> { ["result"] = Failure }))),
        Rows.Execution(13, null), Rows.Execution(14, 1, row => row["state"] = "RUNNING")], more: true));

    public static WireAnswer NoExecutions { get; } = WireAnswer.Json(200, Rows.Executions());

    public static WireAnswer Workbooks { get; } = WireAnswer.Json(200, $$"""
        {"workbooks": [{"id": "w", "name": "trove", "definition": {{JsonSerializer.Serialize(Workbook.Bundled)}}, "tags": [], "scope": "private", "project_id": "{{ScriptedCloud.Project}}", "namespace": "",
         "created_at": "2026-11-20 07:00:00", "updated_at": null}]}
        """);

    public static WireAnswer OldWorkbooks { get; } = WireAnswer.Json(200, $$"""
        {"workbooks": [{"name": "trove", "definition": "---\nname: trove\n", "scope": "public", "project_id": "{{ScriptedCloud.Project}}", "created_at": "2026-11-20 07:00:00", "updated_at": null}]}
        """);

    public static WireAnswer LoadedWorkbook { get; } = WireAnswer.Json(200, $$"""
        {"id": "w", "name": "trove", "definition": "---\nname: trove\n", "scope": "private", "project_id": "{{ScriptedCloud.Project}}", "created_at": "2026-11-20 07:00:00", "updated_at": "2026-11-22 07:42:31"}
        """);

    public static WireAnswer Valid { get; } = WireAnswer.Json(200, """{"valid": true}""");

    public static WireAnswer NotValid { get; } = WireAnswer.Json(200, """{"valid": false, "error": "Parse error: while scanning a simple key\n  in \"<byte string>\", line 3, column 1"}""");

    public static WireAnswer OurWorkflow { get; } = WireAnswer.Json(200, Rows.Workflow(Rows.OurInputs));

    public static WireAnswer SpecWorkflow { get; } = WireAnswer.Json(200, Rows.Workflow(Rows.SpecInputs));

    public static WireAnswer OldWorkflow { get; } = WireAnswer.Json(200, Rows.Workflow(Rows.SpecInputs, row => row.Remove("interface")));

    public static WireAnswer ForeignWorkflow { get; } = WireAnswer.Json(200, Rows.Workflow(Rows.OurInputs, row => (row["project_id"], row["scope"]) = (Rows.Other, "private")));

    public static WireAnswer Workflows { get; } = WireAnswer.Json(200, $$"""{"workflows": [{{Rows.Workflow(Rows.OurInputs, row => row["project_id"] = Rows.Other)}},{{Rows.Workflow(Rows.OurInputs)}}]}""");

    public static WireAnswer Action { get; } = WireAnswer.Json(200, """
        {"id": "a", "name": "trove.backups_create", "is_system": true, "input": "instance, name, description=null", "description": "Create a new backup.", "scope": "public", "created_at": "2026-11-20 07:00:00", "updated_at": null}
        """);

    public static WireAnswer Instance { get; } = WireAnswer.Json(200, $$"""{"instance": {{Rows.Instance(900)}}}""");

    public static WireAnswer Instances { get; } = WireAnswer.Json(200, Rows.InstancePage([Rows.Instance(900), Rows.Instance(901, "n"), Rows.Instance(902, "m2", "BACKUP")], Rows.Id(902)));

    public static WireAnswer NoInstances { get; } = WireAnswer.Json(200, Rows.Instances());

    public static WireAnswer Backup { get; } = WireAnswer.Json(200, $$"""{"backup": {{Rows.Backup(31)}}}""");

    public static WireAnswer Backups { get; } = WireAnswer.Json(200, $$"""
        {"backups": [{{Rows.Backup(31)}}, {{Rows.Backup(32, row => (row["status"], row["size"]) = ("NEW", null))}}], "links": [{"rel": "next", "href": "https://evil.example/v1.0/x/backups?marker=2&limit=20"}]}
        """);

    public static WireAnswer NoBackups { get; } = WireAnswer.Json(200, """{"backups": []}""");

    public static WireAnswer Deleted { get; } = WireAnswer.Empty(204);

    /// <summary>Error responses of each service, and of proxies in front of it.</summary>
    public static IReadOnlyList<WireAnswer> Refusals { get; } =
    [
        Fault(400, "The specified pattern is not valid: 61 * * * *"),
        Fault(400, "Invalid input [name=backup_create, class=DirectWorkflowSpec, missing=['instance', 'name']]"),
        Fault(403, "Only completed executions can be deleted. Use --force to override this. Execution 2000 is in RUNNING state"),
        Fault(403, "Operation forbidden (insufficient permissions)"),
        Fault(404, "Cron trigger not found [identifier=20000000-0000-4000-8000-000000000001]"),
        Fault(409, "Duplicate entry for cron trigger ['name', 'project_id']: t1, None"),
        Fault(409, "Duplicate entry for cron trigger: (pymysql.err.DataError) (1406, \"Data too long for column 'name' at row 1\")\n[SQL: INSERT INTO cron_triggers_v2 (trust_id) VALUES (%(trust_id)s)]\n[parameters: {'trust_id': 'topsecret-trust'}]"),
        Fault(500, "failed to find next date"),
        Fault(500, "Authorization failed: You are not authorized to perform the requested action: Using a delegated token to create another token is not allowed.. (HTTP 403) (Request-ID: req-1)"),
        WireAnswer.Json(400, """{"error": {"code": 400, "message": "Expecting to find domain in project. The server could not comply with the request since it is either malformed or otherwise incorrect.", "title": "Bad Request"}}"""),
        WireAnswer.Json(401, """{"error": {"code": 401, "message": "The request you have made requires authentication.", "title": "Unauthorized"}}""", ("WWW-Authenticate", "Keystone uri=\"http://127.0.0.1:5000/v3\"")),
        WireAnswer.Html(401, $"<html><head><title>401 Unauthorized</title></head><body>Failed to validate access token: Auth token is invalid: {Token}</body></html>", ("Server-Error-Message", $"Auth token is invalid: {Token}")),
        WireAnswer.Json(404, """{"itemNotFound": {"code": 404, "message": "Resource nope cannot be found."}}"""),
        WireAnswer.Json(400, """{"badRequest": {"code": 400, "message": "instance is missing."}}"""),
        WireAnswer.Json(422, """{"unprocessableEntity": {"code": 422, "message": "Instance 2000 is not currently available for an action to be performed (instance status was BACKUP)."}}"""),
        WireAnswer.Json(413, """{"overLimit": {"code": 413, "message": "Quota exceeded for resources: ['backups']."}}""", ("Retry-After", "17")),
        WireAnswer.Html(403, "<html><head><title>403 Forbidden</title></head></html>"),
        WireAnswer.Html(405, "<html><head><title>405 Method Not Allowed</title></head></html>", ("Allow", "GET, DELETE")),
        WireAnswer.Json(429, """{"error": {"message": "Too many requests"}}""", ("Retry-After", "3")),
        WireAnswer.Html(502, "<html><body><h1>502 Bad Gateway</h1></body></html>"),
        WireAnswer.Html(503, "<html><body><h1>503 Service Unavailable</h1></body></html>", ("Retry-After", "Sun, 22 Nov 2026 07:42:35 GMT"), ("Date", "Sun, 22 Nov 2026 07:42:30 GMT")),
        WireAnswer.Html(504, "<html><body><h1>504 Gateway Time-out</h1></body></html>"),
        WireAnswer.Json(300, """{"versions": {"values": [{"id": "v3.14", "status": "stable", "links": [{"rel": "self", "href": "http://evil.example:5000/v3/"}]}]}}""", ("Location", "http://evil.example:5000/v3/")),
        WireAnswer.Html(302, "<html>Moved</html>", ("Location", "https://evil.example/login")),
    ];

    /// <summary>All responses.</summary>
    public static IReadOnlyList<WireAnswer> All { get; } =
    [
        Login, Trigger, OneOff, CreatedTrigger, FoundTrigger, Triggers, NoTriggers, Execution, Executions, NoExecutions, Workbooks, OldWorkbooks, LoadedWorkbook, Valid, NotValid,
        OurWorkflow, SpecWorkflow, OldWorkflow, ForeignWorkflow, Workflows, Action, Instance, Instances, NoInstances, Backup, Backups, NoBackups, Deleted, .. Refusals,
    ];

    private static WireAnswer Fault(int status, string faultstring) =>
        WireAnswer.Json(status, $$"""{"faultcode": "{{(status < 500 ? "Client" : "Server")}}", "faultstring": {{JsonSerializer.Serialize(faultstring)}}, "debuginfo": null}""");
}
