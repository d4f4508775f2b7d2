using System;

namespace TroveSchedules.Dashboard;

/// <summary>How a dashboard runs.</summary>
public sealed record DashboardOptions
{
    /// <summary>The dashboard ends when no request came for this long.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a browser may take to send the body of a request, or to receive a response.</summary>
    public TimeSpan TransferLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a page waits for a check or for a job. Then it says what is going on, and refreshes itself.</summary>
    public TimeSpan WaitLimit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The clock of <see cref="IdleLimit"/>.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
