using System;
using System.Net.Http;

namespace TroveSchedules.OpenStack.Http;

/// <summary>What is asked of a service. Each attempt sends it as a message of its own.</summary>
/// <param name="Service">The service as a user knows it: Keystone, Mistral or Trove.</param>
/// <param name="Method">The method.</param>
/// <param name="Uri">The address.</param>
/// <param name="Target">What it is about; null when nothing in particular.</param>
internal sealed record WireRequest(string Service, HttpMethod Method, Uri Uri, object? Target)
{
    /// <summary>Makes the body; null where there is none.</summary>
    public Func<HttpContent>? Content { get; init; }

    /// <summary>Whether it changes anything in the cloud, so that a lost answer leaves open whether it has.</summary>
    public bool IsChange { get; init; } = Method != HttpMethod.Get;

    /// <summary>Whether to send it again does no harm.</summary>
    public bool MayRepeat { get; init; } = Method != HttpMethod.Post;
}
