using System;

namespace TroveSchedules;

/// <summary>A connection to one project of one cloud, as far as a user may see it. Holds no secret that can be read.</summary>
public abstract class TroveSession : IDisposable
{
    /// <summary>The cloud's name in clouds.yaml; null when the session was not made from there.</summary>
    public string? Cloud { get; init; }

    /// <summary>The Keystone that let the session in.</summary>
    public required Uri AuthUrl { get; init; }

    /// <summary>The user's name; null when Keystone did not tell.</summary>
    public abstract string? UserName { get; }

    /// <summary>The name of the project that the session works in.</summary>
    public abstract string? ProjectName { get; }

    /// <summary>The id of the project that the session works in.</summary>
    public abstract string ProjectId { get; }

    /// <summary>The region whose services are used; null when the cloud's only or first one is.</summary>
    public string? Region { get; init; }

    /// <summary>Where Mistral is.</summary>
    public abstract Uri WorkflowEndpoint { get; }

    /// <summary>Where Trove is.</summary>
    /// <exception cref="TroveScheduleException">NotFound (<c>NoEndpoint</c>) where the catalog has none.</exception>
    public abstract Uri DatabaseEndpoint { get; }

    /// <summary>The <c>Origin</c> of the objects that are read through the session: the address of Keystone in the catalog, and the region.</summary>
    public abstract string Origin { get; }

    /// <summary>When the present token expires, in UTC by the cloud's clock. It is renewed some two minutes earlier.</summary>
    public abstract DateTimeOffset TokenExpiresAt { get; }

    /// <summary>What time it is by the cloud's clock, in UTC: ahead of or behind this machine's where the two disagree, and in a sandbox wherever that was stepped to.</summary>
    /// <exception cref="TroveScheduleException">Invalid (<c>NotConnected</c>) once the session has ended.</exception>
    public abstract DateTimeOffset CloudTime { get; }

    /// <summary>Where the session leads: the cloud's name, else Keystone's address.</summary>
    public override string ToString() => Cloud ?? AuthUrl.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');

    /// <summary>Ends the session and closes its connections; what is used through it afterwards fails with <c>NotConnected</c>.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the session.</summary>
    /// <param name="disposing">Always true; there is no finalizer.</param>
    protected abstract void Dispose(bool disposing);
}
