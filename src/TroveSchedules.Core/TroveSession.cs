using System;

namespace TroveSchedules;

/// <summary>A connection to one project of one cloud. No property contains a secret.</summary>
public abstract class TroveSession : IDisposable
{
    /// <summary>The cloud's name in clouds.yaml; null for a session that was created without it.</summary>
    public string? Cloud { get; init; }

    /// <summary>The address of the Keystone that issued the token.</summary>
    public required Uri AuthUrl { get; init; }

    /// <summary>The user's name; null if Keystone did not return it.</summary>
    public abstract string? UserName { get; }

    /// <summary>The name of the project that the session works in.</summary>
    public abstract string? ProjectName { get; }

    /// <summary>The id of the project that the session works in.</summary>
    public abstract string ProjectId { get; }

    /// <summary>The region whose services are used; null for the only or first region of the catalog.</summary>
    public string? Region { get; init; }

    /// <summary>The address of Mistral.</summary>
    public abstract Uri WorkflowEndpoint { get; }

    /// <summary>The address of Trove.</summary>
    /// <exception cref="TroveScheduleException">NotFound (<c>NoEndpoint</c>) if the catalog has no address for Trove.</exception>
    public abstract Uri DatabaseEndpoint { get; }

    /// <summary>The <c>Origin</c> of the objects that are read through the session: the address of Keystone in the catalog, and the region.</summary>
    public abstract string Origin { get; }

    /// <summary>When the current token expires, in UTC by the cloud's clock. The session renews it about two minutes earlier.</summary>
    public abstract DateTimeOffset TokenExpiresAt { get; }

    /// <summary>The current time of the cloud's clock, in UTC. It can differ from this machine's clock. A sandbox has a clock of its own.</summary>
    /// <exception cref="TroveScheduleException">Invalid (<c>NotConnected</c>) once the session has ended.</exception>
    public abstract DateTimeOffset CloudTime { get; }

    /// <summary>The cloud's name, or Keystone's address if the session has no cloud name.</summary>
    public override string ToString() => Cloud ?? AuthUrl.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');

    /// <summary>Ends the session and closes its connections. Later requests fail with <c>NotConnected</c>.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the session.</summary>
    /// <param name="disposing">Always true; there is no finalizer.</param>
    protected abstract void Dispose(bool disposing);
}
