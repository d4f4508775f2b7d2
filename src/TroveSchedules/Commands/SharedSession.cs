using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Keystone;

namespace TroveSchedules.Commands;

/// <summary>The one session that all runspaces of the process share.</summary>
internal static class SharedSession
{
    private static readonly SingleFlight<TroveSession> One = new();
    private static TroveSession? s_current;

    /// <summary>The session that is there; null when there is none.</summary>
    public static TroveSession? Current => Volatile.Read(ref s_current);

    public static void Set(TroveSession? session) => Volatile.Write(ref s_current, session);

    /// <summary>Takes away the session that has ended, unless another has taken its place.</summary>
    public static void Remove(TroveSession? session) => Interlocked.CompareExchange(ref s_current, null, session);

    /// <summary>The session that is there, or else one made from the environment. Many may ask at once; they share one login. Who connects meanwhile on purpose has the last word.</summary>
    public static async Task<TroveSession> GetAsync(SessionState state, Action<string> warn, CancellationToken cancellationToken)
    {
        if (Current is { } there)
            return there;
        CloudSettings settings = CloudConfiguration.FromEnvironment(null, Sources(state));
        return await One.JoinAsync(async abandoned =>
        {
            if (Current is { } newer)
                return newer;
            TroveSession made = await ConnectAsync(settings, warn, abandoned).ConfigureAwait(false);
            if (Interlocked.CompareExchange(ref s_current, made, null) is not { } meanwhile)
                return made;
            made.Dispose();
            return meanwhile;
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Connects to a cloud, or to a sandbox at its address, and warns of what others can read on the way.</summary>
    public static async Task<TroveSession> ConnectAsync(CloudSettings settings, Action<string> warn, CancellationToken cancellationToken)
    {
        if (settings.SkipCertificateCheck)
            warn("Certificates are not checked: whoever sits between this machine and the cloud can read and change everything, the password included.");
        bool isOpen = IsOpen(settings.AuthUrl);
        if (isOpen)
            warn($"{settings.AuthUrl.Authority} is reached by plain http: whoever listens on the way can read the password and the token.");
        TroveSession session = await (Sandboxes.IsName(settings.AuthUrl.Host)
            ? Sandboxes.JoinAsync(settings, cancellationToken)
            : CloudSession.ConnectAsync(settings, cancellationToken)).ConfigureAwait(false);
        if (!isOpen && Endpoints(session).FirstOrDefault(IsOpen) is { } open)
            warn($"{open.Authority} is reached by plain http: whoever listens on the way can read the token.");
        return session;
    }

    /// <summary>Where settings are looked for: PowerShell's current folder, which need not be the process's.</summary>
    public static ConfigurationSources Sources(SessionState state) =>
        new() { CurrentFolder = state.Path.CurrentFileSystemLocation.ProviderPath };

    private static IEnumerable<Uri> Endpoints(TroveSession session)
    {
        yield return session.WorkflowEndpoint;
        Uri trove;
        try
        {
            trove = session.DatabaseEndpoint;
        }
        catch (TroveScheduleException)
        {
            yield break; // A cloud without Trove is an error once Trove is needed.
        }
        yield return trove;
    }

    private static bool IsOpen(Uri address) => address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback && !Sandboxes.IsName(address.Host);
}
