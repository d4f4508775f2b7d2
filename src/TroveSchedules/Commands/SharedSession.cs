using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Keystone;

namespace TroveSchedules.Commands;

/// <summary>The session that all runspaces of the process share.</summary>
internal static class SharedSession
{
    private static readonly RequestCoalescer<TroveSession> Login = new();
    private static TroveSession? s_current;

    /// <summary>The current session; null for none.</summary>
    public static TroveSession? Current => Volatile.Read(ref s_current);

    public static void Set(TroveSession? session) => Volatile.Write(ref s_current, session);

    /// <summary>Removes a session that has ended, unless another has replaced it.</summary>
    public static void Remove(TroveSession? session) => Interlocked.CompareExchange(ref s_current, null, session);

    /// <summary>Gets the current session, or creates one from the environment. Concurrent callers share one login. A session that Connect-TroveSession creates in the meantime takes precedence.</summary>
    public static async Task<TroveSession> GetAsync(SessionState state, Func<string, Task> warn, CancellationToken cancellationToken)
    {
        if (Current is { } there)
            return there;
        CloudSettings settings = CloudConfiguration.FromEnvironment(ConnectionParameters.None, Sources(state));
        return await Login.RunAsync(async abandoned =>
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

    /// <summary>Connects to a cloud, or to a sandbox by its URL. Before anything is sent, it warns of unused settings and of unencrypted connections. The warning callback may throw to stop the connection.</summary>
    public static async Task<TroveSession> ConnectAsync(CloudSettings settings, Func<string, Task> warn, CancellationToken cancellationToken)
    {
        foreach (string warning in settings.Warnings)
            await warn(warning).ConfigureAwait(false);
        if (Sandboxes.IsName(settings.AuthUrl.Host) && Sandboxes.IsLive(settings.AuthUrl))
            return await Sandboxes.JoinAsync(settings, cancellationToken).ConfigureAwait(false);
        if (settings.SkipCertificateCheck)
            await warn("Certificates are not checked: whoever sits between this machine and the cloud can read and change everything, the password included.").ConfigureAwait(false);
        if (settings.IsAuthUrlOpen)
        {
            await warn($"{settings.AuthUrl} is reached by plain http: whoever listens on the way can read the password and the token. "
                + "Give its https address with -AuthUrl (auth_url in clouds.yaml, OS_AUTH_URL).").ConfigureAwait(false);
        }
        CloudSession session = await CloudSession.ConnectAsync(settings, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<Uri> open = session.OpenEndpoints();
        if (settings.IsAuthUrlOpen || open.Count == 0)
            return session;
        try
        {
            await warn($"{string.Join(" and ", open)} {(open.Count == 1 ? "is" : "are")} reached by plain http: whoever listens on the way "
                + "can read the token. Choose another -Interface, or give https addresses with -WorkflowEndpoint and -DatabaseEndpoint.").ConfigureAwait(false);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The sources of settings, with PowerShell's current folder, which can differ from the process's.</summary>
    public static ConfigurationSources Sources(SessionState state) =>
        new() { CurrentFolder = state.Path.CurrentFileSystemLocation.ProviderPath };
}
