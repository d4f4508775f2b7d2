using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Keystone;
using Xunit;

namespace TroveSchedules.Tests.Http;

/// <summary>
/// A cloud without a network. Its Keystone accepts every login. Each test sets the responses of Mistral and Trove.
/// </summary>
internal sealed class ScriptedCloud : ScriptedHandler
{
    public const string Project = "b151f44f2d7b4cc3a89b81c47938484b";
    public const string Token = "gAAAAABo-topsecret-";
    public const string Password = "topsecret-password";

    public static readonly DateTimeOffset Start = new(2026, 11, 22, 7, 42, 30, TimeSpan.Zero);

    private int _logins;

    public ScriptedCloud(ManualClock? clock = null)
    {
        Clock = clock ?? new ManualClock(Start);
        Always("POST /v3/auth/tokens", Accept);
    }

    public ManualClock Clock { get; }

    /// <summary>How far the cloud's clock is ahead of the local clock.</summary>
    public TimeSpan Ahead { get; init; }

    public TimeSpan TokenLife { get; init; } = TimeSpan.FromHours(1);

    public string[] Methods { get; init; } = ["password"];

    public string MistralUrl { get; set; } = "http://cloud:8989/v2";

    public int Logins => _logins;

    /// <summary>The requests to Mistral and Trove, in their order.</summary>
    public override IReadOnlyList<RecordedRequest> Requests => [.. base.Requests.Where(request => !IsLogin(request))];

    public IReadOnlyList<RecordedRequest> LoginRequests => [.. base.Requests.Where(IsLogin)];

    public IEnumerable<string> Routes => Requests.Select(request => request.Route);

    public static CloudSettings Settings => new()
    {
        AuthUrl = new Uri("http://cloud:5000/v3"),
        Credential = PasswordCredential.ByName("demo", Domain.ByName("Default"), Password),
        Project = ProjectScope.ById(Project),
    };

    /// <summary>Sets the responses to the next requests of a route, one each.</summary>
    public ScriptedCloud On(string route, params Answer[] answers)
    {
        Next(route, answers);
        return this;
    }

    /// <summary>Sets the response to all other requests of a route.</summary>
    public ScriptedCloud Always(string route, Answer answer)
    {
        Default(route, answer);
        return this;
    }

    public Task<CloudSession> ConnectAsync(CloudSettings? settings = null) =>
        CloudSession.ConnectAsync(settings ?? Settings, Clock, () => this, CancellationToken.None);

    /// <summary>Runs an operation that must fail, and checks that the error contains no secret.</summary>
    public static async Task<TroveScheduleException> FailureOf(Func<Task> act)
    {
        TroveScheduleException error = await Assert.ThrowsAnyAsync<TroveScheduleException>(act);
        string[] shown = [error.ToString(), error.Message, error.ServerMessage ?? "", error.RecommendedAction ?? "", error.RequestId ?? "", error.Target?.ToString() ?? ""];
        Assert.All(shown, text => Assert.DoesNotContain("topsecret", text));
        return error;
    }

    private static bool IsLogin(RecordedRequest request) => request.Uri.Port == 5000;

    /// <summary>Keystone accepts every login.</summary>
    public Task<HttpResponseMessage> Accept(RecordedRequest request, CancellationToken cancellationToken)
    {
        int number = Interlocked.Increment(ref _logins);
        DateTimeOffset now = Clock.World + Ahead;
        string body = $$$"""
            {"token": {"methods": [{{{string.Join(",", Methods.Select(method => $"\"{method}\""))}}}], "user": {"domain": {"id": "default", "name": "Default"}, "id": "fe01", "name": "demo"},
             "expires_at": "{{{Text(now + TokenLife)}}}", "issued_at": "{{{Text(now)}}}",
             "project": {"domain": {"id": "default", "name": "Default"}, "id": "{{{Project}}}", "name": "demo"}, "roles": [{"id": "r1", "name": "member"}],
             "catalog": [
               {"type": "workflowv2", "name": "mistral", "endpoints": [{"interface": "public", "region_id": "RegionOne", "region": "RegionOne", "url": "{{{MistralUrl}}}"}]},
               {"type": "database", "name": "trove", "endpoints": [{"interface": "public", "region_id": "RegionOne", "region": "RegionOne", "url": "http://cloud:8779/v1.0/{{{Project}}}"}]}]}}
            """;
        return Answers.Json(201, body, ("X-Subject-Token", Token + number))(request, cancellationToken);

        static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
    }
}
