using System;
using System.Linq;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Trove;
using Xunit;

namespace TroveSchedules.Tests.Http;

/// <summary>A 404 from another server does not mean that the requested resource is missing.</summary>
public sealed class WithheldTests
{
    private static readonly Answer Gateway = Answers.Html(404, "<html><h1>404 Not Found</h1><hr>nginx</html>");

    public static TheoryData<string, Func<CloudSession, Task>> Operations => new()
    {
        { "a schedule", session => session.Schedules.GetAsync(Rows.Id(1)) },
        { "the schedules", session => session.Schedules.ListAsync() },
        { "a schedule to delete", session => session.Schedules.DeleteAsync(new BackupSchedule { Id = Rows.Id(1), TriggerId = Rows.TriggerId(1), Input = "{}" }) },
        { "an execution", session => session.Executions.GetAsync(Rows.Id(1)) },
        { "a backup", session => session.Backups.GetAsync(Rows.Id(5)) },
        { "an instance", session => session.Instances.GetAsync(Rows.Id(900)) },
        { "the workbook", session => session.Workbook.GetAsync() },
    };

    // A 404 in another service's format: Trove or Keystone at Mistral's URL, Mistral or Keystone at Trove's.
    private static readonly Answer TroveNotFound = Answers.TroveNotFound;
    private static readonly Answer KeystoneNotFound = Answers.Json(404, """{"error": {"code": 404, "message": "Could not find it.", "title": "Not Found"}}""");

    [Theory]
    [MemberData(nameof(Operations))]
    public Task A_404_of_a_gateway_is_not_reported_as_NotFound(string what, Func<CloudSession, Task> operation) => CheckAsync(what, operation, Gateway, Gateway);

    [Theory]
    [MemberData(nameof(Operations))]
    public Task A_404_of_Trove_at_the_address_of_Mistral_or_the_reverse_is_not_reported_as_NotFound(string what, Func<CloudSession, Task> operation) =>
        CheckAsync(what, operation, TroveNotFound, Answers.NotFound);

    [Theory]
    [MemberData(nameof(Operations))]
    public Task A_404_of_Keystone_is_not_reported_as_NotFound(string what, Func<CloudSession, Task> operation) => CheckAsync(what, operation, KeystoneNotFound, KeystoneNotFound);

    private static async Task CheckAsync(string what, Func<CloudSession, Task> operation, Answer mistral, Answer trove)
    {
        var cloud = new ScriptedCloud();
        foreach (string route in new[]
        {
            $"GET {Rows.TriggersPath}/{Rows.Id(1)}", $"GET {Rows.TriggersPath}/{Rows.TriggerId(1)}", $"DELETE {Rows.TriggersPath}/{Rows.TriggerId(1)}", $"DELETE {Rows.TriggersPath}/{Rows.Id(1)}", Rows.TriggersRoute,
            $"GET {Rows.ExecutionsPath}/{Rows.Id(1)}", $"GET {Rows.TrovePath}/backups/{Rows.Id(5)}", $"GET {Rows.TrovePath}/instances/{Rows.Id(900)}", $"GET {Rows.TrovePath}/instances", Rows.WorkflowRoute,
            Rows.ActionRoute,
        })
        {
            cloud.Always(route, route.Contains(Rows.TrovePath) ? trove : mistral);
        }
        TroveScheduleException error = await ScriptedCloud.FailureOf(async () =>
        {
            using CloudSession session = await cloud.ConnectAsync();
            await operation(session);
        });
        Assert.True(error is { Kind: TroveErrorKind.ProtocolError, StatusCode: 404, MayHaveHappened: false }, $"{what}: {error}");
        Assert.Matches("^(Mistral|Trove) does not answer at http.*, but something else: HTTP 404", error.Problem);
        Assert.Contains("_endpoint_override", error.RecommendedAction);
    }

    [Theory]
    [InlineData("simple words here")]
    [InlineData("correct horse & battery")]
    [InlineData("two  blanks")]
    [InlineData("quoted \"words\" and more")]
    [InlineData("tab\tand more")]
    public void A_secret_with_blanks_is_masked_completely(string secret)
    {
        string json = System.Text.Json.JsonSerializer.Serialize(secret);
        foreach (string body in new[]
        {
            $"password: {secret} is not valid", $"password={secret} rejected", $"{{\"password\":{json}}}", $"Invalid request {{\"auth\": {{\"password\": {json}}}}}",
            System.Text.Json.JsonSerializer.Serialize(new { error = new { message = $"got {{\"password\":{json}}}" } }),
        })
        {
            var mask = new OpenStack.Http.SecretMask();
            mask.Add(secret);
            string masked = mask.Mask(body);
            Assert.DoesNotContain(secret.Split([' ', '\t', '"'], StringSplitOptions.RemoveEmptyEntries).Where(word => word.Length > 2 && word != "and"), word => masked.Contains(word));
        }
    }
}
