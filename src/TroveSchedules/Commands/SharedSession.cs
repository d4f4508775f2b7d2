using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Keystone;

namespace TroveSchedules.Commands;

/// <summary>The one session that all runspaces of the process share.</summary>
internal static class SharedSession
{
    private static readonly SemaphoreSlim One = new(1, 1);
    private static TroveSession? s_current;

    /// <summary>The session that is there; null when there is none.</summary>
    public static TroveSession? Current => Volatile.Read(ref s_current);

    public static void Set(TroveSession? session) => Volatile.Write(ref s_current, session);

    /// <summary>The session that is there, or else one made from the environment. Many may ask at once; one of them connects.</summary>
    public static async Task<TroveSession> GetAsync(SessionState state, CancellationToken cancellationToken)
    {
        if (Current is { } there)
            return there;
        await One.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Current is { } newer)
                return newer;
            CloudSettings settings = CloudConfiguration.FromEnvironment(null, Sources(state));
            TroveSession made = await CloudSession.ConnectAsync(settings, cancellationToken).ConfigureAwait(false);
            Set(made);
            return made;
        }
        finally
        {
            One.Release();
        }
    }

    /// <summary>Where settings are looked for: PowerShell's current folder, which need not be the process's.</summary>
    public static ConfigurationSources Sources(SessionState state) =>
        new() { CurrentFolder = state.Path.CurrentFileSystemLocation.ProviderPath };
}
