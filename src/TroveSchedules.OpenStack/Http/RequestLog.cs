using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Threading;

namespace TroveSchedules.OpenStack.Http;

/// <summary>
/// Receives a record of each HTTP request, including token renewals and retries. The records are masked: they contain no token, password or secret,
/// and no control characters.
/// </summary>
public sealed class RequestLog
{
    private static readonly AsyncLocal<RequestLog?> Listener = new();

    private readonly LinkedList<string> _waits = new();

    /// <summary>The log of the current asynchronous flow; null, the default, for no log. It is not a property of the session, because several callers can share a session.</summary>
    public static RequestLog? Current
    {
        get => Listener.Value;
        set => Listener.Value = value;
    }

    /// <summary>Receives one line per request, when the response headers arrive or the request fails: method, URL, status, milliseconds, request id. Called on any thread; null for no lines.</summary>
    public Action<string>? Line { get; init; }

    /// <summary>Receives the first <see cref="RequestLogHandler.LongestBody"/> characters of each request and response body. Called on any thread. If null, no body is kept in memory.</summary>
    public Action<string>? Body { get; init; }

    /// <summary>The newest request in progress, such as <c>Mistral: GET /v2/executions</c>; null for none. Each request has its own string instance.</summary>
    public string? Waiting
    {
        get
        {
            lock (_waits)
                return _waits.Last?.Value;
        }
    }

    /// <summary>Marks a request as in progress until the result is disposed.</summary>
    internal IDisposable TrackRequest(string service, HttpRequestMessage request)
    {
        lock (_waits)
            return new TrackedRequest(_waits, _waits.AddLast($"{service}: {request.Method} {ServiceError.Printable(request.RequestUri!.AbsolutePath)}"));
    }

    private sealed class TrackedRequest(LinkedList<string> all, LinkedListNode<string> own) : IDisposable
    {
        public void Dispose()
        {
            lock (all)
                all.Remove(own);
        }
    }
}
