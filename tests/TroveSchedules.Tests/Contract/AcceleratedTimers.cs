using System;
using System.Threading;

namespace TroveSchedules.Tests.Contract;

/// <summary>A clock that divides the waits between attempts by 100. It keeps the time limit of an operation (100 s), because a busy cloud may need a part of it.</summary>
internal sealed class AcceleratedTimers(ICloud cloud) : TimeProvider
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _clock = cloud is SandboxUnderTest sandbox ? sandbox.Cloud.Clock : System;

    /// <summary>Whether to divide the time limit as well, for tests that wait for it.</summary>
    public bool DividesLimit { get; set; }

    public override long TimestampFrequency => _clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow();

    public override long GetTimestamp() => _clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, dueTime > TimeSpan.Zero && (DividesLimit || dueTime <= LongestWait) ? dueTime / 100 : dueTime, period);
}
