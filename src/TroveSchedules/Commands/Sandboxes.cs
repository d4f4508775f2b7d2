using System;
using System.Collections.Concurrent;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Keystone;
using TroveSchedules.Sandbox;

namespace TroveSchedules.Commands;

/// <summary>The sandboxes of this process, each reached by its address as a real cloud is, and gone with the session that it was made for.</summary>
internal static class Sandboxes
{
    private static readonly ConcurrentDictionary<string, SandboxCloud> All = new(StringComparer.OrdinalIgnoreCase);

    // Part of each name, so that an object from a sandbox of another process does not match a sandbox of this one.
    private static readonly string ProcessMark = Guid.NewGuid().ToString("N").Substring(0, 6);

    private static int s_count;

    /// <summary>Whether a host is a sandbox, or was one: their names end in .invalid, as no host's does.</summary>
    public static bool IsName(string host) => host.EndsWith(".invalid", StringComparison.OrdinalIgnoreCase);

    /// <summary>Makes a sandbox, and a session of its user demo.</summary>
    public static async Task<TroveSession> ConnectAsync(double speed, int instances, Func<CloudSettings, CloudSettings> limited, CancellationToken cancellationToken)
    {
        string host = $"sandbox-{Interlocked.Increment(ref s_count)}-{ProcessMark}.invalid";
        var cloud = new SandboxCloud(new SandboxOptions
        {
            Speed = speed,
            Instances = instances,
            KeystoneUrl = new Uri($"http://{host}:5000"),
            MistralUrl = new Uri($"http://{host}:8989"),
            TroveUrl = new Uri($"http://{host}:8779"),
        });
        All[cloud.AuthUrl.Authority] = cloud;
        SandboxAccount demo = cloud.Accounts[0];
        var settings = new CloudSettings
        {
            AuthUrl = cloud.AuthUrl,
            Credential = PasswordCredential.ById(demo.UserId, demo.Password),
            Project = ProjectScope.ById(demo.ProjectId),
        };
        return await CloudSession.ConnectAsync(limited(settings), cloud.Clock, () => new Last(cloud), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes another session, with the sandbox at its address where that is there.</summary>
    public static Task<CloudSession> JoinAsync(CloudSettings settings, CancellationToken cancellationToken) => At(settings.AuthUrl) is { } cloud
        ? CloudSession.ConnectAsync(settings, cloud.Clock, () => new Guest(cloud), cancellationToken)
        : CloudSession.ConnectAsync(settings, cancellationToken);

    /// <summary>The sandbox at an address; null where that is no sandbox's.</summary>
    public static SandboxCloud? At(Uri authUrl) => All.TryGetValue(authUrl.Authority, out SandboxCloud? cloud) ? cloud : null;

    /// <summary>Whether there is a sandbox at an address. A method of its own, because a method that calls <see cref="At"/> loads the sandbox's assembly.</summary>
    public static bool IsLive(Uri authUrl) => At(authUrl) is not null;

    /// <summary>Says that the sandbox has ended, at once: a connection that broke would be tried again.</summary>
    private sealed class Guest(SandboxCloud cloud) : DelegatingHandler(cloud.CreateHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (At(cloud.AuthUrl) == cloud)
                return base.SendAsync(request, cancellationToken);
            throw new TroveScheduleException(TroveErrorKind.Unavailable, $"The sandbox at {cloud.AuthUrl} has ended: the session that made it was disconnected.")
            {
                RecommendedAction = "Make another with Connect-TroveSession -Sandbox.",
            };
        }
    }

    /// <summary>Ends its sandbox when the session ends.</summary>
    private sealed class Last(SandboxCloud cloud) : DelegatingHandler(cloud.CreateHandler())
    {
        protected override void Dispose(bool disposing)
        {
            All.TryRemove(cloud.AuthUrl.Authority, out _);
            cloud.Dispose();
            base.Dispose(disposing);
        }
    }
}
