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
using Xunit.Sdk;

namespace TroveSchedules.Tests.Http;

/// <summary>One request as it went over the wire.</summary>
internal sealed record Sent(string Method, Uri Uri, string Body, string? Token, string? ContentType)
{
    /// <summary>Method and path, by which answers are told.</summary>
    public string Route => $"{Method} {Uri.AbsolutePath}";

    public string Query => Uri.Query;

    /// <summary>The query's parameters as a server reads them.</summary>
    public IReadOnlyDictionary<string, string> Parameters => Uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2)).ToDictionary(pair => Uri.UnescapeDataString(pair[0]), pair => Uri.UnescapeDataString(pair[1]));

    public override string ToString() => $"{Method} {Uri.PathAndQuery}";
}

/// <summary>
/// A cloud behind an <see cref="HttpMessageHandler"/>: Keystone logs in whoever asks; what Mistral and Trove answer, each test says. A request that
/// nobody has spoken for fails the test.
/// </summary>
internal sealed class ScriptedCloud : HttpMessageHandler
{
    public const string Project = "b151f44f2d7b4cc3a89b81c47938484b";
    public const string Token = "gAAAAABo-topsecret-";
    public const string Password = "topsecret-password";

    public static readonly DateTimeOffset Start = new(2026, 11, 22, 7, 42, 30, TimeSpan.Zero);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<Answer>> _once = [];
    private readonly Dictionary<string, Answer> _always = [];
    private readonly List<Sent> _requests = [];
    private int _logins;

    public ScriptedCloud(ManualClock? clock = null)
    {
        Clock = clock ?? new ManualClock(Start);
        Always("POST /v3/auth/tokens", Accept);
    }

    public ManualClock Clock { get; }

    /// <summary>How far the cloud's clock is ahead of ours.</summary>
    public TimeSpan Ahead { get; init; }

    public TimeSpan TokenLife { get; init; } = TimeSpan.FromHours(1);

    public string[] Methods { get; init; } = ["password"];

    public string MistralUrl { get; set; } = "http://cloud:8989/v2";

    public int Logins => _logins;

    /// <summary>What Mistral and Trove were asked, in order.</summary>
    public IReadOnlyList<Sent> Requests
    {
        get
        {
            lock (_lock)
                return [.. _requests.Where(request => !IsLogin(request))];
        }
    }

    public IReadOnlyList<Sent> LoginRequests
    {
        get
        {
            lock (_lock)
                return [.. _requests.Where(IsLogin)];
        }
    }

    public IEnumerable<string> Routes => Requests.Select(request => request.Route);

    public static CloudSettings Settings => new()
    {
        AuthUrl = new Uri("http://cloud:5000/v3"),
        Credential = PasswordCredential.ByName("demo", Domain.ByName("Default"), Password),
        Project = ProjectScope.ById(Project),
    };

    /// <summary>What the next requests of a route get, one after the other.</summary>
    public ScriptedCloud On(string route, params Answer[] answers)
    {
        lock (_lock)
        {
            if (!_once.TryGetValue(route, out Queue<Answer>? queue))
                _once.Add(route, queue = new Queue<Answer>());
            foreach (Answer answer in answers)
                queue.Enqueue(answer);
        }
        return this;
    }

    /// <summary>What every other request of a route gets.</summary>
    public ScriptedCloud Always(string route, Answer answer)
    {
        lock (_lock)
            _always[route] = answer;
        return this;
    }

    public Task<CloudSession> ConnectAsync(CloudSettings? settings = null) =>
        CloudSession.ConnectAsync(settings ?? Settings, Clock, () => this, CancellationToken.None);

    /// <summary>Runs what must fail, and makes sure that no secret came out with the failure.</summary>
    public static async Task<TroveScheduleException> FailureOf(Func<Task> act)
    {
        TroveScheduleException error = await Assert.ThrowsAnyAsync<TroveScheduleException>(act);
        string[] shown = [error.ToString(), error.Message, error.ServerMessage ?? "", error.RecommendedAction ?? "", error.RequestId ?? "", error.Target?.ToString() ?? ""];
        Assert.All(shown, text => Assert.DoesNotContain("topsecret", text));
        return error;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var sent = new Sent(request.Method.Method, request.RequestUri!,
            request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken),
            request.Headers.TryGetValues("X-Auth-Token", out IEnumerable<string>? tokens) ? string.Join(",", tokens) : null,
            request.Content?.Headers.ContentType?.ToString());
        Answer? answer;
        lock (_lock)
        {
            _requests.Add(sent);
            if (!(_once.TryGetValue(sent.Route, out Queue<Answer>? queue) && queue.TryDequeue(out answer)) && !_always.TryGetValue(sent.Route, out answer))
                throw new XunitException($"No answer was told for {sent}.");
        }
        return await answer(sent, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        // Sessions come and go; the cloud stays.
    }

    private static bool IsLogin(Sent request) => request.Uri.Port == 5000;

    /// <summary>Keystone lets whoever asks in.</summary>
    public Task<HttpResponseMessage> Accept(Sent request, CancellationToken cancellationToken)
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
