#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.TestSupport;

/// <summary>The reaction of a service to a request: a response or a network error.</summary>
public delegate Task<HttpResponseMessage> Answer(RecordedRequest request, CancellationToken cancellationToken);

/// <summary>A request that a <see cref="ScriptedHandler"/> received.</summary>
public sealed record RecordedRequest(string Method, Uri Uri, string Body, string? Token, string? ContentType)
{
    /// <summary>Whether the request has <c>Connection: close</c>.</summary>
    public bool ClosesConnection { get; init; }

    /// <summary>Method and path, which select the response.</summary>
    public string Route => $"{Method} {Uri.AbsolutePath}";

    public string Query => Uri.Query;

    /// <summary>The parameters of the query, decoded.</summary>
    public IReadOnlyDictionary<string, string> Parameters => Uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2)).ToDictionary(pair => Uri.UnescapeDataString(pair[0]), pair => Uri.UnescapeDataString(pair[1]));

    public override string ToString() => $"{Method} {Uri.PathAndQuery}";
}

/// <summary>Services without a network. Records each request and returns scripted responses. A request without a response fails the test. Thread-safe.</summary>
/// <param name="otherwise">The response to requests without a route; null for none.</param>
public class ScriptedHandler(Answer? otherwise = null) : HttpMessageHandler
{
    private readonly object _lock = new();
    private readonly Dictionary<string, Queue<Answer>> _once = [];
    private readonly Dictionary<string, Answer> _always = [];
    private readonly List<RecordedRequest> _requests = [];

    /// <summary>The requests in their order.</summary>
    public virtual IReadOnlyList<RecordedRequest> Requests
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    /// <summary>Sets the responses to the next requests of a route, one each.</summary>
    protected void Next(string route, Answer[] answers)
    {
        lock (_lock)
        {
            if (!_once.TryGetValue(route, out Queue<Answer>? queue))
                _once.Add(route, queue = new Queue<Answer>());
            foreach (Answer answer in answers)
                queue.Enqueue(answer);
        }
    }

    /// <summary>Sets the response to all other requests of a route.</summary>
    protected void Default(string route, Answer answer)
    {
        lock (_lock)
            _always[route] = answer;
    }

    /// <summary>Selects the response to a request.</summary>
    /// <returns>The response; null if there is none.</returns>
    protected virtual Answer? Choose(RecordedRequest request)
    {
        lock (_lock)
            return _once.TryGetValue(request.Route, out Queue<Answer>? queue) && queue.TryDequeue(out Answer? next) ? next : _always.GetValueOrDefault(request.Route, otherwise!);
    }

    protected sealed override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var recorded = new RecordedRequest(request.Method.Method, request.RequestUri!,
            request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken),
            request.Headers.TryGetValues("X-Auth-Token", out IEnumerable<string>? tokens) ? string.Join(",", tokens) : null,
            request.Content?.Headers.ContentType?.ToString()) { ClosesConnection = request.Headers.ConnectionClose == true };
        lock (_lock)
            _requests.Add(recorded);
        Answer answer = Choose(recorded) ?? throw new UnexpectedRequestException($"No answer is set for {recorded}.");
        return await answer(recorded, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        // Not disposed, because the services outlive a session.
    }
}

/// <summary>A request that the test does not expect. The library does not convert this exception, so the test fails.</summary>
public sealed class UnexpectedRequestException(string message) : Exception(message);
