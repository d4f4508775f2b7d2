namespace TroveSchedules;

/// <summary>How good a schedule or the backups of an instance are. The order is from good to bad.</summary>
public enum HealthState
{
    /// <summary>No problem was found.</summary>
    Healthy,

    /// <summary>Something could not be checked.</summary>
    Unknown,

    /// <summary>Backups are made, but something needs attention.</summary>
    Warning,

    /// <summary>Backups are not made, or cannot be relied on.</summary>
    Critical,
}
