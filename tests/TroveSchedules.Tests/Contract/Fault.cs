using System;
using System.Net.Http;

namespace TroveSchedules.Tests.Contract;

/// <summary>How a request fails.</summary>
public enum FaultKind
{
    /// <summary>Nothing listens on the port.</summary>
    ConnectionRefused,

    /// <summary>The connection breaks before the service gets the request.</summary>
    ResetBefore,

    /// <summary>The service handles the request, and the connection breaks before the response arrives.</summary>
    ResetAfter,

    /// <summary>No response arrives.</summary>
    Timeout,

    /// <summary>The response pauses for <see cref="Fault.Delay"/> after half of the body.</summary>
    SlowBody,

    /// <summary>The connection breaks after half of the body.</summary>
    TruncatedBody,

    /// <summary>The body is cut in half, and its Content-Length says that it is complete.</summary>
    MalformedJson,

    /// <summary>A proxy sends an HTML page with status 200.</summary>
    Html,

    /// <summary>Mistral's 401, which repeats the token in the body and in two headers.</summary>
    Unauthorized,

    /// <summary>429 with <c>Retry-After</c>.</summary>
    TooManyRequests,

    /// <summary>503 with <c>Retry-After</c>.</summary>
    ServiceUnavailable,

    /// <summary>500.</summary>
    ServerError,

    /// <summary>400 in the words of a Mistral that has lost its database. The service does not get the request.</summary>
    LostDatabase,

    /// <summary>500 in the words of a Mistral whose engine does not answer. The service does not get the request.</summary>
    EngineTimeout,

    /// <summary>204. The service does not get the request. So Mistral answers a deletion on a connection whose database session is broken.</summary>
    NoContent,

    /// <summary>Every page is the first page and links to a next one.</summary>
    EndlessPaging,

    /// <summary>307 to the same path on <see cref="Fault.RedirectTo"/>.</summary>
    Redirect,
}

/// <summary>A fault for <see cref="FaultHandler"/> to inject.</summary>
internal sealed class Fault(FaultKind kind)
{
    public FaultKind Kind => kind;

    /// <summary>Selects the requests with the fault; all by default.</summary>
    public Func<HttpRequestMessage, bool> When { get; init; } = _ => true;

    /// <summary>Maximum number of requests with the fault.</summary>
    public int Times { get; init; } = 1;

    /// <summary>Pause between the halves of a slow body.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Value of <c>Retry-After</c>, in whole seconds.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Target of a redirect.</summary>
    public Uri RedirectTo { get; init; } = new("http://elsewhere.invalid");
}
