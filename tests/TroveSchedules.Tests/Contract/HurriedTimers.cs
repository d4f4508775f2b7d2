using System;
using System.Threading;

namespace TroveSchedules.Tests.Contract;

/// <summary>A clock that divides the waits between attempts by 100. It leaves the limit of an operation (100 s) as it is, for a busy cloud may need some of it.</summary>
internal sealed class HurriedTimers(ICloud cloud) : TimeProvider
{
    private readonly TimeProvider _clock = cloud is SandboxUnderTest sandbox ? sandbox.Cloud.Clock : System;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>Divide the limit as well, where a test waits for it to pass.</summary>
    public bool HurriesLimit { get; set; }

    public override long TimestampFrequency => _clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow();

    public override long GetTimestamp() => _clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, dueTime > TimeSpan.Zero && (HurriesLimit || dueTime <= LongestWait) ? dueTime / 100 : dueTime, period);
}
