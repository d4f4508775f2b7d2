using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Keystone;
using TroveSchedules.Tests.Http;

namespace TroveSchedules.Tests.Hostile;

/// <summary>A cloud that responds correctly except for one route. It records where a token was sent, and limits the number of requests.</summary>
internal sealed class HostileCloud : ScriptedHandler
{
    public const string Login = "POST /v3/auth/tokens";

    /// <summary>More requests than any operation needs for a cloud of this size, including retries.</summary>
    private const int MaxRequests = 100;

    private static readonly Dictionary<string, WireAnswer> CorrectResponses = new()
    {
        [Login] = Corpus.Login,
        ["GET /v2/cron_triggers"] = Corpus.Triggers,
        ["GET /v2/cron_triggers?marker"] = Corpus.NoTriggers,
        ["GET /v2/cron_triggers/{id}"] = Corpus.Trigger,
        ["GET /v2/cron_triggers/{asked}"] = Corpus.FoundTrigger,
        ["POST /v2/cron_triggers"] = Corpus.CreatedTrigger,
        ["DELETE /v2/cron_triggers/{id}"] = Corpus.Deleted,
        ["GET /v2/executions"] = Corpus.Executions,
        ["GET /v2/executions?marker"] = Corpus.NoExecutions,
        ["GET /v2/executions/{id}"] = Corpus.Execution,
        ["DELETE /v2/executions/{id}"] = Corpus.Deleted,
        ["GET /v2/workbooks"] = Corpus.Workbooks,
        ["POST /v2/workbooks"] = Corpus.LoadedWorkbook with { Status = 201 },
        ["PUT /v2/workbooks"] = Corpus.LoadedWorkbook,
        ["POST /v2/workbooks/validate"] = Corpus.Valid,
        ["GET /v2/workflows/trove.backup_create"] = Corpus.OurWorkflow,
        ["GET /v2/workflows"] = Corpus.Workflows,
        ["GET /v2/actions/trove.backups_create"] = Corpus.Action,
        ["GET /v1.0/p/instances"] = Corpus.Instances,
        ["GET /v1.0/p/instances?marker"] = Corpus.NoInstances,
        ["GET /v1.0/p/instances/{id}"] = Corpus.Instance,
        ["GET /v1.0/p/backups"] = Corpus.Backups,
        ["GET /v1.0/p/backups?marker"] = Corpus.NoBackups,
        ["GET /v1.0/p/backups/{id}"] = Corpus.Backup,
    };

    private readonly Dictionary<string, WireAnswer> _responses = new(CorrectResponses);
    private string? _mutatedRoute;
    private WireAnswer? _mutated;
    private int _remaining;
    private string? _triggerName;

    public ManualClock Clock { get; } = new(ScriptedCloud.Start);

    /// <summary>The distinct servers that received a request with a token.</summary>
    public HashSet<string> TokenSeenBy { get; } = [];

    /// <summary>Sets another correct response for a route.</summary>
    public HostileCloud With(string route, WireAnswer response)
    {
        _responses[route] = response;
        return this;
    }

    /// <summary>Mutates the responses to the first requests of a route.</summary>
    public void MutateRoute(string route, WireAnswer mutated, int times) => (_mutatedRoute, _mutated, _remaining) = (route, mutated, times);

    public Task<CloudSession> ConnectAsync(int retries, CancellationToken cancellationToken) =>
        CloudSession.ConnectAsync(ScriptedCloud.Settings with { MaxRetries = retries }, Clock, () => this, cancellationToken);

    protected override Answer Choose(RecordedRequest request)
    {
        if (Requests.Count > MaxRequests)
            throw new UnexpectedRequestException($"{request} is request number {Requests.Count}.");
        if (request.Token is not null)
            TokenSeenBy.Add(request.Uri.GetLeftPart(UriPartial.Authority));
        string path = request.Uri.AbsolutePath.Replace($"/v1.0/{ScriptedCloud.Project}", "/v1.0/p");
        string last = path[(path.LastIndexOf('/') + 1)..];
        if (Guid.TryParseExact(last, "D", out _))
            path = path[..^last.Length] + (last == _triggerName ? "{asked}" : "{id}");
        string route = $"{request.Method} {path}";
        if (route == "POST /v2/cron_triggers")
            _triggerName = NameIn(request.Body);
        WireAnswer response = route == _mutatedRoute && _remaining-- > 0 ? _mutated!
            : request.Query.Contains("marker=") && _responses.TryGetValue(route + "?marker", out WireAnswer? end) ? end
            : _responses.TryGetValue(route, out WireAnswer? correct) ? correct
            : WireAnswer.Json(404, """{"faultstring": "Not here."}"""); // The URL comes from a mutated catalog.
        return (_triggerName is null ? response : response with { Body = ReplaceName(response.Body, _triggerName) }).Answer;
    }

    private static string NameIn(string body)
    {
        const string Prefix = "\"name\":\"";
        int at = body.IndexOf(Prefix, StringComparison.Ordinal) + Prefix.Length;
        return body.Substring(at, Corpus.RequestedName.Length);
    }

    private static byte[] ReplaceName(byte[] body, string name)
    {
        ReadOnlySpan<byte> placeholder = "20000000-0000-4000-8000-000000000777"u8;
        byte[] result = [.. body];
        for (int at; (at = result.AsSpan().IndexOf(placeholder)) >= 0;)
            Encoding.ASCII.GetBytes(name).CopyTo(result, at);
        return result;
    }
}
