using System;
using System.Collections.Concurrent;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Keystone;
using TroveSchedules.Sandbox;

namespace TroveSchedules.Commands;

/// <summary>The sandboxes of this process. Each has a URL like a real cloud, and ends with the session that created it.</summary>
internal static class Sandboxes
{
    private static readonly ConcurrentDictionary<string, SandboxCloud> All = new(StringComparer.OrdinalIgnoreCase);

    // Part of each name, so that an object from a sandbox of another process does not match a sandbox of this one.
    private static readonly string ProcessMark = Guid.NewGuid().ToString("N").Substring(0, 6);

    private static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(10);

    private static int s_count;

    /// <summary>Whether a host name belongs to a current or former sandbox. It ends in .invalid, a domain that no real host has.</summary>
    public static bool IsName(string host) => host.EndsWith(".invalid", StringComparison.OrdinalIgnoreCase);

    /// <summary>Creates a sandbox, and a session for its user demo.</summary>
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
        return await CloudSession.ConnectAsync(limited(settings), cloud.Clock, () => new SandboxOwnerHandler(cloud), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Creates another session with an existing sandbox, by its URL.</summary>
    public static Task<CloudSession> JoinAsync(CloudSettings settings, CancellationToken cancellationToken) => At(settings.AuthUrl) is { } cloud
        ? CloudSession.ConnectAsync(settings, cloud.Clock, () => new Guest(cloud), cancellationToken)
        : CloudSession.ConnectAsync(settings, cancellationToken);

    /// <summary>The sandbox with that URL; null if there is none.</summary>
    public static SandboxCloud? At(Uri authUrl) => All.TryGetValue(authUrl.Authority, out SandboxCloud? cloud) ? cloud : null;

    /// <summary>How time passes between two requests of a wait: a clock that stands still is moved, as Step-TroveSandbox moves it. Null for a clock that runs.</summary>
    public static Func<TimeSpan, CancellationToken, Task>? DelayOf(Uri authUrl) => At(authUrl) is { IsStopped: true } cloud
        ? (wait, cancellationToken) =>
        {
            cloud.Step(wait);
            return Task.Delay(ShortestDelay, cancellationToken); // Something may never end, such as a paused execution. Waiting for it must not use a whole core.
        }
        : null;

    /// <summary>Whether a sandbox has that URL. It is a separate method, because a method that calls <see cref="At"/> loads the sandbox's assembly.</summary>
    public static bool IsLive(Uri authUrl) => At(authUrl) is not null;

    /// <summary>Throws at once that the sandbox has ended, because a connection error would be retried.</summary>
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
    private sealed class SandboxOwnerHandler(SandboxCloud cloud) : DelegatingHandler(cloud.CreateHandler())
    {
        protected override void Dispose(bool disposing)
        {
            All.TryRemove(cloud.AuthUrl.Authority, out _);
            cloud.Dispose();
            base.Dispose(disposing);
        }
    }
}
