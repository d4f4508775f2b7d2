using System;
using System.Net.Http;

namespace TroveSchedules.Sandbox;

/// <summary>What goes wrong with a request.</summary>
public enum FaultKind
{
    /// <summary>Nobody listens.</summary>
    ConnectionRefused,

    /// <summary>The connection breaks, and the service never saw the request.</summary>
    ResetBefore,

    /// <summary>The service did what was asked, and the connection breaks before its answer arrives.</summary>
    ResetAfter,

    /// <summary>No answer ever comes.</summary>
    Timeout,

    /// <summary>After half of the body the answer stops for <see cref="Fault.Delay"/>.</summary>
    SlowBody,

    /// <summary>After half of the body the connection breaks.</summary>
    TruncatedBody,

    /// <summary>Half of the body is there, and says that it is all.</summary>
    MalformedJson,

    /// <summary>A proxy's page of HTML comes with a 200.</summary>
    Html,

    /// <summary>401, as Mistral words it: with the token in the body and in two headers.</summary>
    Unauthorized,

    /// <summary>429 with <c>Retry-After</c>.</summary>
    TooManyRequests,

    /// <summary>503 with <c>Retry-After</c>.</summary>
    ServiceUnavailable,

    /// <summary>500.</summary>
    ServerError,

    /// <summary>Every page is the first one, and has a next.</summary>
    EndlessPaging,

    /// <summary>307 to the same path on <see cref="Fault.RedirectTo"/>.</summary>
    Redirect,
}

/// <summary>Something that goes wrong on purpose: see <see cref="FaultHandler"/>.</summary>
public sealed class Fault
{
    /// <summary>Makes a fault.</summary>
    /// <param name="kind">What goes wrong.</param>
    public Fault(FaultKind kind) => Kind = kind;

    /// <summary>What goes wrong.</summary>
    public FaultKind Kind { get; }

    /// <summary>With which requests; all of them by default.</summary>
    public Func<HttpRequestMessage, bool> When { get; init; } = _ => true;

    /// <summary>How many times.</summary>
    public int Times { get; init; } = 1;

    /// <summary>How long a slow body waits.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>What <c>Retry-After</c> says, in whole seconds.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Where a redirect leads.</summary>
    public Uri RedirectTo { get; init; } = new("http://elsewhere.invalid");
}
