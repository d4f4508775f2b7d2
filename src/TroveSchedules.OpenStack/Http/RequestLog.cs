using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Threading;

namespace TroveSchedules.OpenStack.Http;

/// <summary>
/// Hears of the requests that are made on behalf of whoever listens: of each that goes over the wire, those that renew a token and those that are
/// repeated included. What it hears is masked: it holds no token, password or secret, and no control characters.
/// </summary>
public sealed class RequestLog
{
    private static readonly AsyncLocal<RequestLog?> Listener = new();

    private readonly LinkedList<string> _waits = new();

    /// <summary>Who hears of the requests that this flow of execution makes from now on; null, the default, for nobody. Sessions are shared, listeners are not.</summary>
    public static RequestLog? Current
    {
        get => Listener.Value;
        set => Listener.Value = value;
    }

    /// <summary>Gets one line for each request, when its answer begins or fails to come: method, address, status, milliseconds, request id. Called on any thread; null to forgo it.</summary>
    public Action<string>? Line { get; init; }

    /// <summary>Gets the bodies of requests and answers, the first <see cref="RequestLogHandler.LongestBody"/> characters of each. Called on any thread; null to forgo it, and then no body is kept in memory.</summary>
    public Action<string>? Body { get; init; }

    /// <summary>What is being waited for, such as <c>Mistral: GET /v2/executions</c>, another string for each request, the newest of several; null when nothing is.</summary>
    public string? Waiting
    {
        get
        {
            lock (_waits)
                return _waits.Last?.Value;
        }
    }

    /// <summary>Notes that a request is under way until the result is disposed.</summary>
    internal IDisposable WaitFor(string service, HttpRequestMessage request)
    {
        lock (_waits)
            return new Wait(_waits, _waits.AddLast($"{service}: {request.Method} {ServiceError.Printable(request.RequestUri!.AbsolutePath)}"));
    }

    private sealed class Wait(LinkedList<string> all, LinkedListNode<string> own) : IDisposable
    {
        public void Dispose()
        {
            lock (all)
                all.Remove(own);
        }
    }
}
