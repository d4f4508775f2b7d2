using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Trove;
using Xunit;

namespace TroveSchedules.Tests.Contract;

/// <summary>WIRE.md, "Trove".</summary>
public abstract class TroveCases(ICloud cloud) : ContractCases(cloud)
{
    [ContractFact(Needs = Needs.Instances)]
    public async Task A_page_has_at_most_20_instances_for_any_limit()
    {
        CloudResponse page = await Trove("GET", "/instances?limit=100");
        Assert.Equal(20, page.List("instances").Count);
        string next = (string)page.List("links")[0]!["href"]!;
        Entry demo = await EnterAsync("demo");
        Assert.Equal($"https://{demo.Database!.Authority}/v1.0/{demo.ProjectId}/instances?limit=100&marker=20000000-0000-4000-8001-000000000016", next);
        Assert.Equal(["m", "broken", "dup", "dup", "db-00001"], page.Column("instances", "name").Take(5));
        Assert.Equal(20, (await Trove("GET", "/instances")).List("instances").Count);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task The_last_page_of_instances_has_no_links()
    {
        CloudResponse page = await Trove("GET", "/instances?marker=20000000-0000-4000-8001-000000000036");
        Assert.Equal(9, page.List("instances").Count);
        Assert.Null(page.Json!["links"]);
        Assert.Equal("{\"instances\": []}", (await Trove("GET", "/instances?marker=nope")).Body);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task The_marker_of_instances_can_be_any_text_and_the_ids_after_it_follow()
    {
        Assert.Equal("db-00030", (await Trove("GET", "/instances?marker=20000000-0000-4000-8001-00000000003")).Column("instances", "name").First());
        Assert.Equal("m", (await Trove("GET", "/instances?marker=1fffffff")).Column("instances", "name").First());
        Assert.Empty((await Trove("GET", "/instances?marker=20000001")).List("instances"));
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task Instances_cannot_be_filtered_by_name()
    {
        Assert.Equal(20, (await Trove("GET", "/instances?name=m")).List("instances").Count);
        CloudResponse reply = await Trove("GET", "/instances/m");
        Assert.Equal((404, "{\"itemNotFound\": {\"code\": 404, \"message\": \"Resource m cannot be found.\"}}"), (reply.Status, reply.Body));
    }

    [ContractTheory(Needs = Needs.Instances)]
    [InlineData("/instances?limit=0")]
    [InlineData("/instances?limit=x")]
    [InlineData("/backups?limit=-1")]
    [InlineData("/backups?limit=x")]
    [InlineData("/backups?marker=nope")]
    public async Task A_limit_or_marker_that_is_not_a_number_is_a_server_error(string path)
    {
        CloudResponse reply = await Trove("GET", path);
        Assert.Equal(500, reply.Status);
        Assert.Matches(@"^\{""instanceFault"": \{""code"": 500, ""message"": ""Internal Server Error\. Please keep this ID to help us figure out what went wrong: \([-0-9a-f]{36}\)\.""\}\}$", reply.Body);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task A_listed_instance_has_these_fields()
    {
        await IdleAsync(Dup);
        Entry demo = await EnterAsync("demo");
        CloudResponse page = await Trove("GET", $"/instances?limit=1&marker={Broken}");
        string up = $"https://{demo.Database!.Authority}";
        Assert.Equal(
            $"{{\"instances\": [{{\"id\": \"{Dup}\", \"name\": \"dup\", \"status\": \"ACTIVE\", \"operating_status\": \"HEALTHY\", "
            + $"\"links\": [{{\"href\": \"{up}/v1.0/{demo.ProjectId}/instances/{Dup}\", \"rel\": \"self\"}}, {{\"href\": \"{up}/instances/{Dup}\", \"rel\": \"bookmark\"}}], "
            + $"\"flavor\": {{\"id\": \"2\", \"links\": [{{\"href\": \"{up}/v1.0/{demo.ProjectId}/flavors/2\", \"rel\": \"self\"}}, {{\"href\": \"{up}/flavors/2\", \"rel\": \"bookmark\"}}]}}, "
            + "\"datastore\": {\"type\": \"mysql\", \"version\": \"8.0\"}, \"region\": \"RegionOne\", \"access\": {}, \"volume\": {\"size\": 1}}], "
            + $"\"links\": [{{\"rel\": \"next\", \"href\": \"{up}/v1.0/{demo.ProjectId}/instances?limit=1&marker={Dup}\"}}]}}",
            page.Body);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task A_single_instance_has_more_fields()
    {
        JsonNode instance = (await Trove("GET", "/instances/" + Broken)).Json!["instance"]!;
        Assert.Equal(("broken", "SHUTDOWN", ""), ((string?)instance["name"], (string?)instance["status"], (string?)instance["operating_status"]));
        string[] expected = ["id", "name", "status", "operating_status", "links", "flavor", "datastore", "region", "access", "volume", "created", "updated", "service_status_updated"];
        Assert.Equal(expected, instance.AsObject().Select(m => m.Key).Where(key => key != "fault"));
        Assert.Equal("8.0", (string?)instance["datastore"]!["version_number"]);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$", (string?)instance["created"]);
    }

    [ContractFact(Needs = Needs.Instances | Needs.People)]
    public async Task An_instance_of_another_project_is_404_and_the_path_of_that_project_is_403()
    {
        CloudResponse reply = await Trove("GET", "/instances/" + O);
        Assert.Equal((404, $"{{\"itemNotFound\": {{\"code\": 404, \"message\": \"Resource {O} cannot be found.\"}}}}"), (reply.Status, reply.Body));
        Entry demo = await EnterAsync("demo"), other = await EnterAsync("other");
        CloudResponse text = await SendAsync("GET", other.Database + "/instances", token: demo.Token);
        Assert.Equal((403, "{\"forbidden\": {\"code\": 403, \"message\": \"Access was denied to this resource.\"}}"), (text.Status, text.Body));
        CloudResponse html = await SendAsync("GET", other.Database + "/instances", token: demo.Token, accept: "*/*");
        Assert.Equal(
            (403, $"<html>\n <head>\n  <title>403 Forbidden</title>\n </head>\n <body>\n  <h1>403 Forbidden</h1>\n  Access was denied to this resource.<br /><br />\nUser with tenant id {demo.ProjectId} cannot access this resource.\n\n\n </body>\n</html>"),
            (html.Status, html.Body));
        CloudResponse json = await SendAsync("GET", other.Database + "/instances", token: demo.Token, accept: "application/json");
        Assert.Equal($"{{\"message\": \"Access was denied to this resource.<br /><br />\\nUser with tenant id {demo.ProjectId} cannot access this resource.\\n\\n\", \"code\": \"403 Forbidden\", \"title\": \"Forbidden\"}}", json.Body);
    }

    [ContractFact]
    public async Task An_invalid_token_is_401_in_JSON()
    {
        Entry demo = await EnterAsync("demo");
        foreach (string? token in new[] { null, "bad" })
        {
            CloudResponse reply = await SendAsync("GET", demo.Database + "/instances", token: token);
            Assert.Equal((401, "{\"error\": {\"code\": 401, \"title\": \"Unauthorized\", \"message\": \"The request you have made requires authentication.\"}}"), (reply.Status, reply.Body));
            Assert.StartsWith("Keystone uri=\"", reply.Headers["WWW-Authenticate"]);
        }
    }

    [ContractFact]
    public async Task An_unknown_path_is_404()
    {
        CloudResponse reply = await Trove("GET", "/nope");
        Assert.Equal((404, "{\"itemNotFound\": {\"code\": 404, \"message\": \"The resource could not be found.\"}}"), (reply.Status, reply.Body));
        Assert.Equal(404, (await Trove("PUT", "/backups", "{}")).Status);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task A_backup_is_accepted_with_202_and_completes()
    {
        await IdleAsync(Dup);
        using IDisposable held = Cloud.HoldBackups(Dup);
        CloudResponse made = await BackupAsync(new JsonObject { ["name"] = "n", ["instance"] = Dup, ["description"] = "d" });
        JsonNode backup = made.Json!["backup"]!;
        Assert.Equal(202, made.Status);
        Assert.Equal(
            $"{{\"backup\": {{\"id\": \"{backup["id"]}\", \"name\": \"n\", \"description\": \"d\", \"locationRef\": null, \"instance_id\": \"{Dup}\", \"created\": \"{backup["created"]}\", "
            + $"\"updated\": \"{backup["updated"]}\", \"size\": null, \"status\": \"NEW\", \"parent_id\": null, \"project_id\": \"{await ProjectAsync()}\", "
            + "\"datastore\": {\"type\": \"mysql\", \"version\": \"8.0\", \"version_id\": \"10000000-0000-4000-8000-000000000002\"}}}",
            made.Body);
        await UntilStatusAsync("BUILDING");
        held.Dispose();
        JsonNode done = await UntilStatusAsync("COMPLETED");
        Assert.Equal(0.14, (double)done["size"]!);
        Assert.EndsWith("/" + backup["id"], (string?)done["locationRef"]);
        Assert.True(DateTime.Parse((string)done["updated"]!, CultureInfo.InvariantCulture) >= DateTime.Parse((string)done["created"]!, CultureInfo.InvariantCulture));

        async Task<JsonNode> UntilStatusAsync(string status) =>
            (await UntilAsync(() => Trove("GET", $"/backups/{backup["id"]}"), reply => (string?)reply.Json!["backup"]!["status"] == status)).Json!["backup"]!;
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task During_a_backup_a_second_one_and_its_deletion_are_refused()
    {
        await IdleAsync(Dup);
        using IDisposable held = Cloud.HoldBackups(Dup);
        JsonNode first = (await BackupAsync(new JsonObject { ["name"] = "n", ["instance"] = Dup })).Json!["backup"]!;
        CloudResponse second = await BackupAsync(new JsonObject { ["name"] = "n", ["instance"] = Dup });
        Assert.Equal(
            (422, $"{{\"unprocessableEntity\": {{\"code\": 422, \"message\": \"Instance {Dup} is not currently available for an action to be performed (instance status was BACKUP).\"}}}}"),
            (second.Status, second.Body));
        Assert.Equal("BACKUP", (string?)(await Trove("GET", "/instances/" + Dup)).Json!["instance"]!["status"]);
        CloudResponse delete = await Trove("DELETE", $"/backups/{first["id"]}");
        Assert.Equal((422, $"{{\"unprocessableEntity\": {{\"code\": 422, \"message\": \"Backup {first["id"]} cannot be deleted because it is running.\"}}}}"), (delete.Status, delete.Body));
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task A_backup_of_a_broken_instance_is_422()
    {
        CloudResponse reply = await BackupAsync(new JsonObject { ["name"] = "n", ["instance"] = Broken });
        Assert.Equal((422, $"{{\"unprocessableEntity\": {{\"code\": 422, \"message\": \"Instance {Broken} is not ready.\"}}}}"), (reply.Status, reply.Body));
    }

    [ContractTheory(Needs = Needs.Instances)]
    [InlineData("{\"name\": \"x\"}", "instance is missing.")]
    [InlineData("{\"instance\": \"" + Dup + "\"}", "Validation error: backup 'name' is a required property")]
    [InlineData("{\"name\": \"\", \"instance\": \"" + Dup + "\"}", "Validation error: backup['name'] '' is too short; backup['name'] '' does not match '^.*[0-9a-zA-Z]+.*$'")]
    [InlineData("{\"name\": \"---\", \"instance\": \"" + Dup + "\"}", "Validation error: backup['name'] '---' does not match '^.*[0-9a-zA-Z]+.*$'")]
    [InlineData("{\"name\": \"x\", \"instance\": \"m\"}", "Validation error: backup['instance'] 'm' does not match '^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$'")]
    [InlineData("{\"name\": \"x\", \"instance\": \"" + Dup + "\", \"incremental\": true}", "Validation error: backup['incremental'] True is not of type 'integer'")]
    public async Task An_invalid_backup_is_400(string backup, string message)
    {
        CloudResponse reply = await BackupAsync(JsonNode.Parse(backup)!);
        Assert.Equal((400, $"{{\"badRequest\": {{\"code\": 400, \"message\": {PythonText(message)}}}}}"), (reply.Status, reply.Body));
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task An_emoji_in_a_backup_s_name_is_a_server_error()
    {
        await IdleAsync(Dup);
        Assert.Equal(500, (await BackupAsync(new JsonObject { ["name"] = "a\ud83d\ude00", ["instance"] = Dup })).Status);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task Unknown_parents_and_instances_are_404()
    {
        await IdleAsync(Dup);
        Assert.Equal(404, (await BackupAsync(new JsonObject { ["name"] = "n", ["instance"] = Nobody })).Status);
        CloudResponse parent = await BackupAsync(new JsonObject { ["name"] = "n", ["instance"] = Dup, ["parent_id"] = Nobody });
        Assert.Equal((404, $"{{\"itemNotFound\": {{\"code\": 404, \"message\": \"Resource {Nobody} cannot be found.\"}}}}"), (parent.Status, parent.Body));
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task Incremental_uses_the_newest_backup_as_parent_and_deleting_a_parent_deletes_its_increments()
    {
        const string Db = "20000000-0000-4000-8001-000000000020";
        await IdleAsync(Db);
        string first = await CompleteAsync(new JsonObject { ["name"] = "full", ["instance"] = Db });
        await Cloud.PassAsync(TimeSpan.FromSeconds(1.1));
        string second = await CompleteAsync(new JsonObject { ["name"] = "delta", ["instance"] = Db, ["incremental"] = 1 });
        await Cloud.PassAsync(TimeSpan.FromSeconds(1.1));
        string third = await CompleteAsync(new JsonObject { ["name"] = "fixed", ["instance"] = Db, ["parent_id"] = first });
        Assert.Equal([(third, first), (second, first), (first, null)],
            (await Trove("GET", "/backups?instance_id=" + Db)).List("backups").Select(b => ((string)b!["id"]!, (string?)b["parent_id"])));
        CloudResponse gone = await Trove("DELETE", "/backups/" + first);
        Assert.Equal((202, ""), (gone.Status, gone.Body));
        await UntilAsync(() => Trove("GET", "/backups?instance_id=" + Db), reply => reply.Body == "{\"backups\": []}");
        Assert.Equal(404, (await Trove("GET", "/backups/" + second)).Status);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task The_library_deletes_a_chain_whole_and_keeps_the_last_completed_backup()
    {
        const string Db = "20000000-0000-4000-8001-000000000026";
        using CloudSession session = await Cloud.ConnectAsync("demo");
        string full = await CompleteAsync(new JsonObject { ["name"] = "full", ["instance"] = Db });
        await Cloud.PassAsync(TimeSpan.FromSeconds(1.1));
        string first = await CompleteAsync(new JsonObject { ["name"] = "delta", ["instance"] = Db, ["incremental"] = 1 });
        await Cloud.PassAsync(TimeSpan.FromSeconds(1.1));
        string second = await CompleteAsync(new JsonObject { ["name"] = "delta", ["instance"] = Db, ["incremental"] = 1 });
        await Cloud.PassAsync(TimeSpan.FromSeconds(1.1));
        Assert.Equal([(full, "LastBackup"), (first, "LastBackup"), (second, "LastBackup")],
            (await session.Backups.PrepareRemovalAsync([full, first, second])).Select(removal => (removal.Id, removal.Error?.ErrorId)));

        string newer = await CompleteAsync(new JsonObject { ["name"] = "full", ["instance"] = Db });
        IReadOnlyList<BackupRetentionDecision> plan = await session.Backups.CreateRetentionPlanner(new RetentionRules { KeepLast = 1 }).PlanInstanceAsync(Db);
        Assert.Equal([(newer, RetentionAction.Keep), (second, RetentionAction.Remove), (first, RetentionAction.Remove), (full, RetentionAction.Remove)], plan.Select(one => (one.Id, one.Action)));
        BackupRemoval removal = Assert.Single(await session.Backups.PrepareRemovalAsync([.. plan.Where(one => one.Action == RetentionAction.Remove).Select(one => one.Id)]));
        Assert.Equal((full, null), (removal.Id, removal.Error));
        Assert.Equal([first, second], removal.Increments.Select(increment => increment.Id));
        await session.Backups.DeleteAsync(removal.Backup!);
        await UntilAsync(() => Trove("GET", "/backups?instance_id=" + Db), reply => reply.Column("backups", "id").SequenceEqual([newer]));
        Assert.Equal("BackupNotFound", (await Assert.ThrowsAsync<TroveScheduleException>(() => session.Backups.DeleteAsync(removal.Backup!))).ErrorId);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task A_parent_is_not_deleted_while_an_increment_is_made()
    {
        const string Db = "20000000-0000-4000-8001-000000000027";
        string full = await CompleteAsync(new JsonObject { ["name"] = "full", ["instance"] = Db });
        await Cloud.PassAsync(TimeSpan.FromSeconds(1.1));
        using IDisposable held = Cloud.HoldBackups(Db);
        string running = (string)(await BackupAsync(new JsonObject { ["name"] = "delta", ["instance"] = Db, ["parent_id"] = full })).Json!["backup"]!["id"]!;
        CloudResponse reply = await Trove("DELETE", "/backups/" + full);
        Assert.Equal((422, $"{{\"unprocessableEntity\": {{\"code\": 422, \"message\": \"Backup {running} cannot be deleted because it is running.\"}}}}"), (reply.Status, reply.Body));
        using CloudSession session = await Cloud.ConnectAsync("demo");
        Assert.Equal([(full, "BackupInProgress"), (running, "BackupInProgress")], (await session.Backups.PrepareRemovalAsync([full, running], force: true)).Select(removal => (removal.Id, removal.Error?.ErrorId)));
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task The_marker_of_backups_is_a_number_of_rows()
    {
        // All of one instance, because other cases create backups meanwhile; a second apart, because rows of the same second have no order.
        const string Db = "20000000-0000-4000-8001-000000000021";
        for (int n = 0; n < 3; n++)
        {
            await CompleteAsync(new JsonObject { ["name"] = "n", ["instance"] = Db });
            await Cloud.PassAsync(TimeSpan.FromSeconds(1.1));
        }
        string query = $"/backups?instance_id={Db}&limit=";
        Entry demo = await EnterAsync("demo");
        Assert.Equal($"https://{demo.Database!.Authority}/v1.0/{demo.ProjectId}{query}2&marker=2", (string?)(await Trove("GET", query + "2")).List("links")[0]!["href"]);
        string?[] all = [.. (await Trove("GET", query + "4")).Column("backups", "id")];
        Assert.Equal(3, all.Length);
        Assert.Equal(all.Skip(2), (await Trove("GET", query + "2&marker=2")).Column("backups", "id"));
        Assert.NotNull((await Trove("GET", query + "3")).Json!["links"]); // The page is full, though nothing follows.
        Assert.Null((await Trove("GET", query + "4")).Json!["links"]);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task The_library_lists_the_backups_of_an_instance()
    {
        const string Db = "20000000-0000-4000-8001-000000000025";
        string[] made = [await CompleteAsync(new JsonObject { ["name"] = "n", ["instance"] = Db }), await CompleteAsync(new JsonObject { ["name"] = "n", ["instance"] = Db })];
        using CloudSession session = await Cloud.ConnectAsync("demo");
        var ids = new List<string>();
        await foreach (Backup backup in session.Backups.ListAsync(Db))
            ids.Add(backup.Id);
        Assert.Equal(made.Order(), ids.Order());
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task The_library_lists_each_instance_of_several_pages_once()
    {
        using CloudSession session = await Cloud.ConnectAsync("demo");
        var names = new List<string?>();
        await foreach (Instance instance in session.Instances.ListAsync())
            names.Add(instance.Name);
        Assert.Equal(49, names.Count);
        Assert.Equal(["m", "broken", "dup", "dup", "db-00001"], names.Take(5));
        Assert.Equal("db-00045", names[^1]);
    }

    [ContractFact(Needs = Needs.Instances)]
    public async Task The_library_finds_an_instance_by_name_and_refuses_an_ambiguous_name()
    {
        using CloudSession session = await Cloud.ConnectAsync("demo");
        ResourceLookup instances = session.CreateLookup();
        Assert.Equal(M, (await instances.GetInstanceAsync("m")).Id);
        var two = await Assert.ThrowsAsync<TroveScheduleException>(() => instances.GetInstanceAsync("dup"));
        Assert.Contains(Dup, two.Message);
        Assert.Contains(OtherDup, two.Message);
        Assert.Equal("InstanceNotFound", (await Assert.ThrowsAsync<TroveScheduleException>(() => instances.GetInstanceAsync(O))).ErrorId);
    }

    [ContractFact(Needs = Needs.Instances | Needs.People)]
    public async Task A_backup_of_another_project_is_404_except_for_an_administrator()
    {
        string id = await CompleteAsync(new JsonObject { ["name"] = "n", ["instance"] = "20000000-0000-4000-8001-000000000024" });
        Assert.Equal(404, (await Trove("GET", "/backups/" + id, user: "other")).Status);
        Assert.Equal(404, (await Trove("DELETE", "/backups/" + id, user: "other")).Status);
        Assert.Equal(200, (await Trove("GET", "/backups/" + id, user: "admin")).Status);
        Assert.DoesNotContain(id, (await Trove("GET", "/backups?limit=1000", user: "admin")).Column("backups", "id"));
        Assert.Contains(id, (await Trove("GET", "/backups?limit=1000&all_projects=true", user: "admin")).Column("backups", "id"));
    }

    private async Task<string> CompleteAsync(JsonObject backup)
    {
        await IdleAsync((string)backup["instance"]!);
        string id = (string)(await BackupAsync(backup)).Json!["backup"]!["id"]!;
        await UntilAsync(() => Trove("GET", "/backups/" + id), reply => (string?)reply.Json!["backup"]!["status"] == "COMPLETED");
        return id;
    }
}

public sealed class TroveOnSandbox() : TroveCases(new SandboxUnderTest());

[Collection("real cloud")]
public sealed class TroveOnRealCloud() : TroveCases(RealCloud.Shared);
