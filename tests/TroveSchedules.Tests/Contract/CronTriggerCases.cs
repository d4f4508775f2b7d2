using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Xunit;

namespace TroveSchedules.Tests.Contract;

/// <summary>WIRE.md, "Mistral v2: in general" and "Cron triggers".</summary>
public abstract class CronTriggerCases(ICloud cloud) : ContractCases(cloud)
{
    private const string Url = "/cron_triggers";
    private const string Unverified = "This server could not verify that you are authorized to access the document you requested. Either you supplied the wrong credentials (e.g., bad password), or your browser does not understand how to supply the credentials required.";

    private readonly string _prefix = Name("t");

    [ContractFact]
    public async Task A_created_trigger_is_returned_as_stored_without_updated_at()
    {
        string name = Name();
        CloudResponse created = await TriggerAsync(name);
        Assert.Equal(201, created.Status);
        Assert.Equal(
            $"{{\"id\": \"{created.Text("id")}\", \"name\": \"{name}\", \"workflow_name\": \"trove.backup_create\", \"workflow_id\": \"{created.Text("workflow_id")}\", "
            + $"\"workflow_input\": \"{{\\\"instance\\\": \\\"{M}\\\", \\\"name\\\": \\\"contract\\\"}}\", \"workflow_params\": \"{{}}\", \"project_id\": \"{await ProjectAsync()}\", "
            + "\"scope\": \"private\", \"pattern\": \"0 3 1 1 *\", \"remaining_executions\": null, \"first_execution_time\": null, "
            + $"\"next_execution_time\": \"{created.Text("next_execution_time")}\", \"created_at\": \"{created.Text("created_at")}\"}}",
            created.Body);
        Assert.Matches(@"^\d{4}-01-01 03:00:00$", created.Text("next_execution_time"));
        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$", created.Text("created_at"));
    }

    [ContractFact]
    public async Task A_trigger_is_read_by_id_or_by_name_in_any_case_with_updated_at()
    {
        string name = Name();
        CloudResponse created = await TriggerAsync(name);
        foreach (string key in new[] { name, created.Text("id")!, name.ToUpperInvariant() })
        {
            CloudResponse read = await Mistral("GET", $"{Url}/{key}");
            Assert.Equal((200, created.Body[..^1] + ", \"updated_at\": null}"), (read.Status, read.Body));
        }
    }

    [ContractFact]
    public async Task The_input_may_be_text_or_an_object_and_is_returned_as_ASCII_text()
    {
        const string InputName = "b\u00fc\ud83d\ude00/\"<";
        string expected = $"{{\"instance\": \"{M}\", \"name\": \"b\\u00fc\\ud83d\\ude00/\\\"<\"}}";
        Assert.Equal(expected, (await TriggerAsync(input: Input(name: InputName))).Text("workflow_input"));
        Assert.Equal(expected, (await TriggerAsync(input: JsonValue.Create(Input(name: InputName).ToJsonString()))).Text("workflow_input"));
    }

    [ContractFact]
    public async Task A_second_DELETE_is_404()
    {
        string name = Name();
        await TriggerAsync(name);
        CloudResponse deleted = await Mistral("DELETE", $"{Url}/{name}");
        Assert.Equal((204, ""), (deleted.Status, deleted.Body));
        Fault(await Mistral("DELETE", $"{Url}/{name}"), 404, $"Cron trigger not found [identifier={name}]");
        Fault(await Mistral("GET", $"{Url}/{name}"), 404, $"Cron trigger not found [identifier={name}]");
    }

    [ContractFact]
    public async Task PUT_is_405()
    {
        CloudResponse html = await Mistral("PUT", Url + "/x", "{}", accept: "*/*");
        Assert.Equal(405, html.Status);
        Assert.Equal(
            "<html>\n <head>\n  <title>405 Method Not Allowed</title>\n </head>\n <body>\n  <h1>405 Method Not Allowed</h1>\n  The method PUT is not allowed for this resource. <br /><br />\n\n </body>\n</html>",
            html.Body);
        Assert.Equal("text/html; charset=UTF-8", html.Headers["Content-Type"]);
        Assert.Equal("DELETE | GET | POST", html.Headers["Allow"]);
        Assert.Equal("405 Method Not Allowed\n\nThe method PUT is not allowed for this resource. \n\n ", (await Mistral("PUT", Url, "{}")).Body);
        Assert.Equal("{\"code\": 405, \"title\": \"Method Not Allowed\", \"description\": \"\"}", (await Mistral("PUT", Url, "{}", accept: "application/json")).Body);
    }

    [ContractFact]
    public async Task A_name_with_a_slash_cannot_be_used_in_a_path()
    {
        string name = Name("a/b");
        CloudResponse created = await TriggerAsync(name);
        Assert.Equal(201, created.Status);
        CloudResponse html = await Mistral("GET", $"{Url}/{Uri.EscapeDataString(name)}", accept: "*/*");
        Assert.Equal(
            (404, "<html>\n <head>\n  <title>404 Not Found</title>\n </head>\n <body>\n  <h1>404 Not Found</h1>\n  The resource could not be found.<br /><br />\n\n\n\n </body>\n</html>"),
            (html.Status, html.Body));
        CloudResponse text = await Mistral("DELETE", $"{Url}/{Uri.EscapeDataString(name)}");
        Assert.Equal((404, "404 Not Found\n\nThe resource could not be found.\n\n   "), (text.Status, text.Body));
        Assert.Equal(200, (await Mistral("GET", $"{Url}/{created.Text("id")}")).Status);
        Assert.Equal(204, (await Mistral("DELETE", $"{Url}/{created.Text("id")}")).Status);
    }

    [ContractFact]
    public async Task A_name_with_a_percent_sign_is_found_by_name()
    {
        string name = Name("a%41b%zz");
        await TriggerAsync(name);
        Assert.Equal(name, (await Mistral("GET", $"{Url}/{Uri.EscapeDataString(name)}")).Text("name"));
    }

    [ContractFact]
    public async Task The_404_for_an_unknown_path_is_not_JSON()
    {
        CloudResponse reply = await Mistral("GET", "/nope", accept: "*/*");
        Assert.Equal(404, reply.Status);
        Assert.StartsWith("<html>", reply.Body);
    }

    [ContractFact]
    public async Task The_401_for_an_invalid_token_repeats_the_reason_in_body_and_headers()
    {
        Entry demo = await EnterAsync("demo");
        const string Reason = "Failed to validate access token: Auth token is invalid: not-a-token";
        CloudResponse html = await SendAsync("GET", demo.Workflow + Url, token: "not-a-token", accept: "*/*");
        Assert.Equal(
            (401, $"<html>\n <head>\n  <title>401 Unauthorized</title>\n </head>\n <body>\n  <h1>401 Unauthorized</h1>\n  {Unverified}<br /><br />\n{Reason}\n\n\n </body>\n</html>"),
            (html.Status, html.Body));
        Assert.Equal(Reason, html.Headers["Server-Error-Message"]);
        Assert.StartsWith($"{Reason} | Keystone uri=\"http", html.Headers["WWW-Authenticate"]);
        CloudResponse text = await SendAsync("GET", demo.Workflow + Url, token: "not-a-token");
        Assert.Equal($"401 Unauthorized\n\n{Unverified}\n\n {Reason}  ", text.Body);
        CloudResponse json = await SendAsync("GET", demo.Workflow + Url, token: "not-a-token", accept: "application/json");
        Assert.Equal($"{{\"code\": 401, \"title\": \"Unauthorized\", \"description\": \"{Reason}\"}}", json.Body);
    }

    [ContractFact]
    public async Task A_missing_token_is_401()
    {
        CloudResponse none = await SendAsync("GET", (await EnterAsync("demo")).Workflow + Url);
        Assert.Equal(401, none.Status);
        Assert.EndsWith("Failed to validate access token: Authentication required  ", none.Body);
    }

    [ContractTheory]
    [InlineData("* * * * *")]
    [InlineData("*/2 * * * *")]
    [InlineData("5/15 * * * *")]
    [InlineData("5-59/15 * * * *")]
    [InlineData("0 3 * * mon-fri")]
    [InlineData("0 3 * * 7")]
    [InlineData("0 3 1 jan *")]
    [InlineData("0 0 L * *")]
    [InlineData("0 0 * * L5")]
    [InlineData("0 0 * * 5#3")]
    [InlineData("0 0 * * fri#1")]
    [InlineData("0 0 * * mon#2,tue#3")]
    [InlineData("0 0 * * 07#2")]
    [InlineData("0 0 * * L5,1#01")]
    [InlineData("0 0 13 * 5")]
    [InlineData("0 0 */2 * 1")]
    [InlineData("@hourly")]
    [InlineData("@daily")]
    [InlineData("@midnight")]
    [InlineData("@weekly")]
    [InlineData("@monthly")]
    [InlineData("@yearly")]
    [InlineData("@annually")]
    [InlineData("* * * * * */10")]
    [InlineData("30 2 * * * 15")]
    [InlineData("0\t3 * * *")]
    public async Task A_pattern_that_croniter_accepts_is_201(string pattern)
    {
        // An execution that becomes due during the test would need an instance.
        CloudResponse trigger = await TriggerAsync(pattern: pattern, input: Input(Nobody));
        Assert.Equal(201, trigger.Status);
        Assert.Equal(pattern, trigger.Text("pattern"));
        DateTimeOffset created = Time(trigger.Text("created_at")), next = Time(trigger.Text("next_execution_time"));
        global::TroveSchedules.Cron.CronPattern ours = global::TroveSchedules.Cron.CronPattern.Parse(pattern, allowSeconds: true);
        Assert.Contains(next, new[] { ours.Next(created), ours.Next(created.AddSeconds(-5)) }.OfType<DateTimeOffset>());

        static DateTimeOffset Time(string? text) => DateTimeOffset.Parse(text + "Z", System.Globalization.CultureInfo.InvariantCulture);
    }

    [ContractTheory]
    [InlineData("61 * * * *")]
    [InlineData("0 3 * * Sunday")]
    [InlineData("0 3 * * 8")]
    [InlineData("0 22-2 * * *")]
    [InlineData("5-1 * * * *")]
    [InlineData("0 0 * * fri-mon")]
    [InlineData("0 0 * * 5L")]
    [InlineData("0 0 15W * *")]
    [InlineData("0 0 ? * *")]
    [InlineData("H * * * *")]
    [InlineData("* * * * * * *")]
    [InlineData("* * * *")]
    [InlineData("1,,2 * * * *")]
    [InlineData("*/0 * * * *")]
    [InlineData("-1 * * * *")]
    [InlineData("0 0 * * 1#6")]
    [InlineData("0 0 * * mon-fri#2")]
    [InlineData("0 0 * * MON-Fri#2")]
    [InlineData("0 0 * * 1-5#2")]
    [InlineData("0 0 * * fri-mon#2")]
    [InlineData("0 0 * * mon-mon#2")]
    [InlineData("0 0 * * mon-fri#2,tue#1")]
    [InlineData("0 0 * * 2#3,mon-fri#2")]
    [InlineData("0 0 * * mon#1,tue")]
    [InlineData("5-5 22-2 * * *")]
    [InlineData("0 0 31 2 fri-mon")]
    [InlineData("@reboot")]
    [InlineData("TZ=UTC * * * * *")]
    public async Task A_pattern_that_croniter_refuses_is_400(string pattern) =>
        Fault(await TriggerAsync(pattern: pattern), 400, "The specified pattern is not valid: " + pattern);

    [ContractTheory]
    [InlineData("0 0 31 2 *", "failed to find next date")]
    [InlineData("0 0 31 4,6,9,11 *", "failed to find next date")]
    [InlineData("0 0 31 2 0", "failed to find next date")]
    [InlineData("0 0 30 2 0", "failed to find next date")]
    [InlineData("0 0 30,L 2 *", "failed to find next date")]
    [InlineData("0 0 31,L 4,6,9,11 1", "failed to find next date")]
    [InlineData("0 0 L-2 * *", "name 'exc' is not defined")]
    public async Task A_pattern_without_occurrences_is_500(string pattern, string message) =>
        Fault(await TriggerAsync(pattern: pattern), 500, message, "Server");

    [ContractFact]
    public async Task A_pattern_or_a_first_time_is_required()
    {
        Fault(await TriggerAsync(pattern: null), 400, "Pattern or first_execution_time must be specified.");
        Fault(await TriggerAsync(pattern: ""), 400, "Pattern or first_execution_time must be specified.");
    }

    [ContractFact]
    public async Task A_first_time_has_no_seconds_and_is_at_least_a_minute_in_the_future()
    {
        Fault(await First("2030-01-01T00:00:00Z"), 400, "time data '2030-01-01T00:00:00Z' does not match format '%Y-%m-%d %H:%M'");
        Fault(await First("2030-01-01 00:00:30"), 400, "unconverted data remains: :30");
        Fault(await First("2020-01-01 00:00"), 400, "first_execution_time must be at least 1 minute in the future.");

        Task<CloudResponse> First(string time) => TriggerAsync(more: new JsonObject { ["first_execution_time"] = time });
    }

    [ContractFact]
    public async Task A_first_time_alone_gives_a_pattern_without_occurrences_and_one_execution()
    {
        CloudResponse created = await TriggerAsync(pattern: null, more: new JsonObject { ["first_execution_time"] = "2091-01-01 00:00" });
        Assert.Equal(201, created.Status);
        Assert.Equal(("0 0 30 2 0", "1"), (created.Text("pattern"), created.Text("remaining_executions")));
        Assert.Equal(("2091-01-01 00:00:00", "2091-01-01 00:00:00"), (created.Text("first_execution_time"), created.Text("next_execution_time")));
        Fault(await TriggerAsync(pattern: null, more: new JsonObject { ["first_execution_time"] = "2091-01-01 00:00", ["remaining_executions"] = 2 }),
            400, "Pattern must be provided if count is superior to 1.");
    }

    [ContractFact]
    public async Task With_a_pattern_the_first_time_is_the_next_execution()
    {
        CloudResponse created = await TriggerAsync(more: new JsonObject { ["first_execution_time"] = "2091-02-03 04:05", ["remaining_executions"] = 3 });
        Assert.Equal(("0 3 1 1 *", "3", "2091-02-03 04:05:00"), (created.Text("pattern"), created.Text("remaining_executions"), created.Text("next_execution_time")));
    }

    [ContractFact]
    public async Task The_number_of_executions_is_at_least_one()
    {
        Fault(await TriggerAsync(more: new JsonObject { ["remaining_executions"] = 0 }),
            400, "Invalid input for field/attribute remaining_executions. Value: '0'. Value should be greater or equal to 1");
        CloudResponse text = await TriggerAsync(more: new JsonObject { ["remaining_executions"] = "x" });
        Assert.Equal(400, text.Status);
        Assert.EndsWith("'remaining_executions': 'x'}'. invalid literal for int() with base 10: 'x'", text.Text("faultstring"));
        Assert.StartsWith("Invalid input for field/attribute cron_trigger. Value: '{'name': '", text.Text("faultstring"));
    }

    [ContractFact]
    public async Task An_input_with_missing_or_additional_keys_is_400()
    {
        Fault(await TriggerAsync(input: new JsonObject { ["instance"] = M, ["bogus"] = 1, ["bogus2"] = 2 }),
            400, "Invalid input [name=backup_create, class=DirectWorkflowSpec, missing=['name'], unexpected=['bogus', 'bogus2']]");
        Fault(await TriggerAsync(input: new JsonObject()), 400, "Invalid input [name=backup_create, class=DirectWorkflowSpec, missing=['instance', 'name']]");
    }

    [ContractFact]
    public async Task An_input_must_be_an_object()
    {
        Fault(await TriggerAsync(input: JsonValue.Create("[1]")), 400, "JsonType field value must be a dictionary [actual=[1]]");
        CloudResponse list = await TriggerAsync(input: new JsonArray(1));
        Assert.Equal(400, list.Status);
        Assert.Contains("the JSON object must be str, bytes or bytearray, not list", list.Text("faultstring"));
    }

    [ContractFact]
    public async Task An_unknown_workflow_is_404()
    {
        Fault(await TriggerAsync(workflow: "nope"), 404, "Workflow not found [workflow_identifier=nope, namespace=]");
        Fault(await Mistral("POST", Url, new JsonObject { ["name"] = Name(), ["pattern"] = "0 3 1 1 *" }), 404, "Workflow not found [workflow_identifier=None, namespace=]");
    }

    [ContractFact]
    public async Task An_existing_name_is_409()
    {
        string name = Name();
        await TriggerAsync(name);
        Fault(await TriggerAsync(name, "5 5 5 5 *"), 409, $"Duplicate entry for cron trigger ['name', 'project_id']: {name}, None");
        string upper = name.ToUpperInvariant();
        Fault(await TriggerAsync(upper), 409, $"Duplicate entry for cron trigger ['name', 'project_id']: {upper}, None");
    }

    [ContractFact]
    public async Task An_equal_trigger_with_another_name_is_accepted()
    {
        Assert.Equal(201, (await TriggerAsync()).Status);
        Assert.Equal(201, (await TriggerAsync()).Status);
    }

    [ContractFact]
    public async Task An_equal_trigger_with_first_time_and_number_of_executions_is_409_with_a_message_about_the_name()
    {
        var additional = new JsonObject { ["first_execution_time"] = "2037-05-06 18:30", ["remaining_executions"] = 2 };
        string second = Name();
        Assert.Equal(201, (await TriggerAsync(more: additional)).Status);
        Fault(await TriggerAsync(second, more: additional), 409, $"Duplicate entry for cron trigger ['name', 'project_id']: {second}, None");
        additional["remaining_executions"] = 3;
        Assert.Equal(201, (await TriggerAsync(more: additional)).Status);
    }

    [ContractFact]
    public async Task A_database_error_is_409_with_the_SQL_and_a_trust()
    {
        (string Name, string Pattern, string Reason)[] refused =
        [
            ("\ud83d\ude00", "0 3 1 1 *", "(1366, \"Incorrect string value: '\\\\xF0\\\\x9F\\\\x98\\\\x80' for column `mistral`.`cron_triggers_v2`.`name` at row 1\")"),
            (new string('x', 201), "0 3 1 1 *", "(1406, \"Data too long for column 'name' at row 1\")"),
            (Name(), "0 3 1 1 " + string.Join(",", Enumerable.Repeat("1", 60)), "(1406, \"Data too long for column 'pattern' at row 1\")"),
        ];
        foreach ((string name, string pattern, string reason) in refused)
        {
            CloudResponse reply = await TriggerAsync(name, pattern);
            Assert.Equal(409, reply.Status);
            Assert.StartsWith($"Duplicate entry for cron trigger: (pymysql.err.DataError) {reason}\n[SQL: INSERT INTO cron_triggers_v2 (created_at, ", reply.Text("faultstring"));
            Assert.Matches("'trust_id': '[0-9a-f]{32}'", reply.Text("faultstring"));
        }
    }

    [ContractFact]
    public async Task A_malformed_request_is_refused()
    {
        Fault(await Mistral("POST", Url, "not json"), 400, "Request is not in valid JSON format");
        Fault(await Mistral("POST", Url, ""), 400, "Missing argument: \"cron_trigger\"");
        Fault(await Mistral("POST", Url, "{}"), 500, "'name'", "Server");
        Fault(await Mistral("POST", Url, "null"), 500, "'NoneType' object has no attribute 'to_dict'", "Server");
        Fault(await Mistral("POST", Url, "[1]"), 500, "'list' object has no attribute 'keys'", "Server");
        Fault(await Mistral("POST", Url, "{}", type: "text/plain"), 415, "Unknown mimetype: text/plain");
        Fault(await TriggerAsync(more: new JsonObject { ["bogus"] = 1 }), 400, "Unknown attribute for argument cron_trigger: bogus");
        Fault(await Mistral("DELETE", Url), 400, "Missing argument: \"identifier\"");
    }

    [ContractFact(Needs = Needs.People)]
    public async Task A_public_scope_is_forbidden_for_users()
    {
        Fault(await TriggerAsync(more: new JsonObject { ["scope"] = "public" }), 403, "Operation forbidden (insufficient permissions)");
        CloudResponse bogus = await TriggerAsync(more: new JsonObject { ["scope"] = "bogus" });
        Assert.Equal(400, bogus.Status);
        Assert.StartsWith("Invalid input for field/attribute scope. Value: 'bogus'. Value should be one of: ", bogus.Text("faultstring"));
    }

    [ContractFact(Needs = Needs.People)]
    public async Task A_trigger_of_another_project_is_404()
    {
        string name = Name();
        string id = (await TriggerAsync(name)).Text("id")!;
        foreach (string key in new[] { name, id })
        {
            Fault(await Mistral("GET", $"{Url}/{key}", user: "other"), 404, $"Cron trigger not found [identifier={key}]");
            Fault(await Mistral("DELETE", $"{Url}/{key}", user: "other"), 404, $"Cron trigger not found [identifier={key}]");
        }
        Assert.Equal("{\"cron_triggers\": []}", (await Mistral("GET", $"{Url}?name={name}", user: "other")).Body);
    }

    [ContractFact(Needs = Needs.People)]
    public async Task An_administrator_reads_a_trigger_of_another_project_by_name_and_lists_it_only_on_request()
    {
        string name = Name();
        await TriggerAsync(name);
        Assert.Equal(200, (await Mistral("GET", $"{Url}/{name}", user: "admin")).Status);
        Assert.Empty((await Mistral("GET", $"{Url}?name={name}", user: "admin")).List("cron_triggers"));
        Assert.Single((await Mistral("GET", $"{Url}?name={name}&all_projects=true", user: "admin")).List("cron_triggers"));
        Assert.Single((await Mistral("GET", $"{Url}?name={name}&project_id={await ProjectAsync()}", user: "admin")).List("cron_triggers"));
        Assert.Equal(204, (await Mistral("DELETE", $"{Url}/{name}", user: "admin")).Status);
    }

    [ContractTheory(Needs = Needs.People)]
    [InlineData("true")]
    [InlineData("1")]
    [InlineData("false")]
    public async Task The_all_projects_parameter_with_any_value_is_forbidden_for_users(string value) =>
        Fault(await Mistral("GET", $"{Url}?all_projects={value}"), 403, "Operation forbidden (insufficient permissions)");

    [ContractFact(Needs = Needs.People)]
    public async Task The_id_of_another_project_as_a_filter_lists_nothing()
    {
        CloudResponse reply = await Mistral("GET", $"{Url}?project_id={await ProjectAsync("other")}");
        Assert.Equal((200, "{\"cron_triggers\": []}"), (reply.Status, reply.Body));
    }

    [ContractTheory]
    [InlineData("name=eq:{p}a", "a")]
    [InlineData("name={p}A", "a")]
    [InlineData("name=has:{p}", "a,b,c,once")]
    [InlineData("name=has:{p}_", "a,b,c,once")]
    [InlineData("name=has:{p}%25c", "c,once")]
    [InlineData("name=in:{p}a,{p}c", "a,c")]
    [InlineData("name=has:{p}&name=eq:{p}b", "b")]
    [InlineData("name=ne:{p}a", "")]
    [InlineData("name=has:{p}&pattern=eq:5 5 5 5 *", "b")]
    [InlineData("name=has:{p}&pattern=has:30", "once")]
    [InlineData("name=has:{p}&next_execution_time=gt:2090-01-01 00:00:00", "c,once")]
    [InlineData("name=has:{p}&next_execution_time=lt:2090-01-01", "a,b")]
    [InlineData("name=has:{p}&next_execution_time=gt:rubbish", "a,b,c,once")]
    [InlineData("name=has:{p}&next_execution_time=lte:rubbish", "")]
    [InlineData("name=has:{p}&first_execution_time=neq:rubbish", "c,once")]
    [InlineData("name=has:{p}&remaining_executions=1", "once")]
    [InlineData("name=has:{p}&scope=private", "a,b,c,once")]
    [InlineData("name=has:{p}&scope=bogus", "")]
    [InlineData("name=has:{p}&workflow_name=eq:trove.backup_create", "a,b,c,once")]
    [InlineData("name=has:{p}&workflow_name=nin:trove.backup_create,x", "")]
    [InlineData("name=has:{p}&workflow_params={}", "a,b,c,once")]
    [InlineData("name=has:{p}&created_at=gt:2020-01-01", "a,b,c,once")]
    [InlineData("name=has:{p}&created_at=rubbish", "")]
    [InlineData("name=", "")]
    public async Task A_filter_returns_the_matching_triggers(string query, string found)
    {
        await CreateFourAsync();
        CloudResponse reply = await Mistral("GET", $"{Url}?{Fill(query)}&fields=name&sort_keys=name");
        Assert.Equal(200, reply.Status);
        Assert.Equal(found, string.Join(",", reply.Column("cron_triggers", "name").Select(name => name![_prefix.Length..])));
    }

    [ContractFact]
    public async Task An_input_is_filtered_by_exact_JSON_only()
    {
        string name = Name();
        await TriggerAsync(input: Input(name: name));
        string exact = Uri.EscapeDataString(Input(name: name).ToJsonString());
        Assert.Single((await Mistral("GET", $"{Url}?workflow_input={exact}")).List("cron_triggers"));
        Assert.Empty((await Mistral("GET", $"{Url}?workflow_input={Uri.EscapeDataString($"{{\"name\": \"{name}\"}}")}")).List("cron_triggers"));
        Fault(await Mistral("GET", $"{Url}?workflow_input=has:x"),
            400, "Invalid input for field/attribute workflow_input. Value: 'has:x'. unable to convert to json. Error: Expecting value: line 1 column 1 (char 0)");
    }

    [ContractFact]
    public async Task The_operator_of_a_workflow_id_filter_is_ignored()
    {
        string name = Name();
        string workflow = (await TriggerAsync(name)).Text("workflow_id")!;
        Assert.Single((await Mistral("GET", $"{Url}?name={name}&workflow_id=neq:{workflow}")).List("cron_triggers"));
    }

    [ContractTheory]
    [InlineData("bogus=1", 400, "Unknown argument: \"bogus\"")]
    [InlineData("id=x", 400, "Unknown argument: \"id\"")]
    [InlineData("limit=0", 400, "Limit must be positive.")]
    [InlineData("limit=-1", 400, "Limit must be positive.")]
    [InlineData("limit=x", 400, "Invalid input for field/attribute limit. Value: 'x'. unable to convert to int. Error: invalid literal for int() with base 10: 'x'")]
    [InlineData("limit=", 400, "Invalid input for field/attribute limit. Value: ''. unable to convert to int. Error: invalid literal for int() with base 10: ''")]
    [InlineData("marker=nope", 400, "Invalid input for field/attribute marker. Value: 'nope'. unable to convert to uuid. Error: Expected a uuid but received nope.")]
    [InlineData("marker=" + Nobody, 404, "Cron trigger not found [identifier=" + Nobody + "]")]
    [InlineData("sort_dirs=up", 400, "Unknown sort direction, must be 'desc' or 'asc'.")]
    [InlineData("sort_keys=name&sort_dirs=asc,desc", 400, "Length of sort_keys must be equal or greater than sort_dirs.")]
    [InlineData("remaining_executions=gte:1", 400, "Invalid input for field/attribute remaining_executions. Value: 'gte:1'. unable to convert to integer. Error: invalid literal for int() with base 10: 'gte:1'")]
    [InlineData("workflow_id=x", 400, "Invalid input for field/attribute workflow_id. Value: 'x'. unable to convert to uuid. Error: Expected a uuid but received x.")]
    [InlineData("fields=bogus", 400, "Some fields do not exist  [bogus], please choose from [id, name, workflow_name, workflow_id, workflow_input, workflow_params, project_id, scope, pattern, remaining_executions, first_execution_time, next_execution_time, created_at, updated_at]")]
    public async Task Invalid_list_parameters_are_refused(string query, int status, string message) =>
        Fault(await Mistral("GET", $"{Url}?{query}"), status, message);

    [ContractFact]
    public async Task An_unknown_sort_key_is_500() =>
        Fault(await Mistral("GET", Url + "?sort_keys=bogus"), 500, "Sort key supplied is invalid: bogus", "Server");

    [ContractFact]
    public async Task Fields_selects_columns_and_always_includes_the_id()
    {
        string name = Name();
        string id = (await TriggerAsync(name)).Text("id")!;
        Assert.Equal($"{{\"cron_triggers\": [{{\"id\": \"{id}\", \"name\": \"{name}\", \"pattern\": \"0 3 1 1 *\"}}]}}",
            (await Mistral("GET", $"{Url}?name={name}&fields=Pattern,NAME")).Body);
    }

    [ContractFact]
    public async Task A_list_has_every_column()
    {
        string name = Name();
        CloudResponse created = await TriggerAsync(name);
        Assert.Equal($"{{\"cron_triggers\": [{created.Body[..^1]}, \"updated_at\": null}}]}}", (await Mistral("GET", $"{Url}?name={name}")).Body);
    }

    [ContractTheory]
    [InlineData("name", "asc", "a,b,c,once")]
    [InlineData("name", "desc", "once,c,b,a")]
    [InlineData("next_execution_time,name", "desc,asc", "c,once,b,a")]
    [InlineData("remaining_executions,name", "", "a,b,c,once")]
    [InlineData("first_execution_time,name", "asc,desc", "b,a,once,c")]
    public async Task A_list_is_sorted_nulls_first(string keys, string directions, string found)
    {
        await CreateFourAsync();
        string dirs = directions.Length > 0 ? "&sort_dirs=" + directions : "";
        CloudResponse all = await Mistral("GET", $"{Url}?name=has:{_prefix}&fields=name&sort_keys={keys}{dirs}");
        Assert.Equal(found, string.Join(",", all.Column("cron_triggers", "name").Select(name => name![_prefix.Length..])));
    }

    [ContractFact]
    public async Task Pages_follow_each_other_by_marker()
    {
        await CreateFourAsync();
        string query = $"{Url}?name=has:{_prefix}&fields=name&limit=2&sort_keys=name&sort_dirs=desc";
        CloudResponse first = await Mistral("GET", query);
        Assert.Equal([_prefix + "once", _prefix + "c"], first.Column("cron_triggers", "name"));
        CloudResponse second = await Mistral("GET", $"{query}&marker={first.List("cron_triggers")[1]!["id"]}");
        Assert.Equal([_prefix + "b", _prefix + "a"], second.Column("cron_triggers", "name"));
        Assert.NotNull(second.Text("next")); // A full page has a next link even if it is the last one.
        CloudResponse third = await Mistral("GET", $"{query}&marker={second.List("cron_triggers")[1]!["id"]}");
        Assert.Equal("{\"cron_triggers\": []}", third.Body);
    }

    [ContractFact]
    public async Task A_page_that_is_not_full_has_no_next_link()
    {
        await CreateFourAsync();
        Assert.Null((await Mistral("GET", $"{Url}?name=has:{_prefix}&limit=5")).Json!["next"]);
        Assert.Null((await Mistral("GET", $"{Url}?name=has:{_prefix}")).Json!["next"]);
    }

    [ContractFact]
    public async Task The_next_link_is_not_URL_encoded()
    {
        await CreateFourAsync();
        Entry demo = await EnterAsync("demo");
        CloudResponse page = await Mistral("GET", $"{Url}?limit=1&fields=name&sort_keys=name&pattern=eq:5 5 5 5 *&name=in:{_prefix}a,{_prefix}b&workflow_name={Workflow}");
        string id = (string)page.List("cron_triggers")[0]!["id"]!;
        Assert.Equal(
            $"{demo.Workflow.AbsoluteUri}{Url}?sort_keys=name,id&sort_dirs=asc,asc&name=in:['{_prefix}a', '{_prefix}b']&workflow_name=eq:{Workflow}&pattern=eq:5 5 5 5 *&limit=1&marker={id}&fields=id,name",
            page.Text("next"));
    }

    [ContractFact(Needs = Needs.People)]
    public async Task The_next_link_omits_all_projects()
    {
        await CreateFourAsync();
        CloudResponse page = await Mistral("GET", $"{Url}?limit=1&name=has:{_prefix}&all_projects=true&sort_keys=name", user: "admin");
        string id = (string)page.List("cron_triggers")[0]!["id"]!;
        Assert.EndsWith($"{Url}?sort_keys=name,id&sort_dirs=asc,asc&name=has:{_prefix}&limit=1&marker={id}", page.Text("next"));
    }

    [ContractFact]
    public async Task The_query_of_the_library_works()
    {
        const string Columns = "id%2Cname%2Cworkflow_name%2Cworkflow_input%2Cworkflow_params%2Cproject_id%2Cpattern%2Cremaining_executions%2Cfirst_execution_time%2Cnext_execution_time%2Ccreated_at%2Cupdated_at";
        string name = Name("in:x");
        await TriggerAsync(name);
        CloudResponse found = await Mistral("GET", $"{Url}?workflow_name=eq%3Atrove.backup_create&sort_keys=created_at%2Cid&sort_dirs=asc%2Casc&fields={Columns}&name=eq%3A{Uri.EscapeDataString(name)}&limit=1000");
        Assert.Equal([name], found.Column("cron_triggers", "name"));
        Assert.Equal(Uri.UnescapeDataString(Columns).Split(','), found.List("cron_triggers")[0]!.AsObject().Select(column => column.Key));
    }

    [ContractFact]
    public async Task A_single_trigger_accepts_no_fields_parameter()
    {
        string id = (await TriggerAsync(Name())).Text("id")!;
        Fault(await Mistral("GET", $"{Url}/{id}?fields=id"), 400, "Unknown argument: \"fields\"");
    }

    private async Task CreateFourAsync()
    {
        await TriggerAsync(_prefix + "a");
        await TriggerAsync(_prefix + "b", "5 5 5 5 *");
        await TriggerAsync(_prefix + "c", "0 3 * * *", more: new JsonObject { ["first_execution_time"] = "2092-01-01 00:00" });
        await TriggerAsync(_prefix + "once", null, more: new JsonObject { ["first_execution_time"] = "2091-01-01 00:00" });
    }

    private string Fill(string query) => query.Replace("{p}", _prefix).Replace("{}", "%7B%7D");
}

public sealed class CronTriggersOnSandbox() : CronTriggerCases(new SandboxUnderTest());

[Collection("real cloud")]
public sealed class CronTriggersOnRealCloud() : CronTriggerCases(RealCloud.Shared);
