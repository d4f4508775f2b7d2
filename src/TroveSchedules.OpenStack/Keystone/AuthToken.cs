using System;
using System.Collections.Generic;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>A token of a project, and what Keystone said with it. Prints without its value.</summary>
internal sealed class AuthToken
{
    private static readonly TimeSpan RenewalMargin = TimeSpan.FromMinutes(2);

    /// <summary>The secret for <c>X-Auth-Token</c>.</summary>
    internal required string Value { get; init; }

    /// <summary>When Keystone's clock ends it, UTC.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When Keystone's clock began it, UTC; null when it did not say.</summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>How long it lives, which a wrong clock here neither shortens nor stretches.</summary>
    public required TimeSpan Life { get; init; }

    /// <summary>At what age to ask for the next: two minutes before the end of its life, or at half of a life shorter than four minutes.</summary>
    public TimeSpan RenewAfter => Life - TimeSpan.FromTicks(Math.Min(RenewalMargin.Ticks, Life.Ticks / 2));

    public string? UserId { get; init; }

    public string? UserName { get; init; }

    public required string ProjectId { get; init; }

    public string? ProjectName { get; init; }

    /// <summary>The names of the user's roles in the project.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>How it was got, such as <c>password</c>. With <c>application_credential</c> among them, Keystone gives no trust.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    public required ServiceCatalog Catalog { get; init; }

    public override string ToString() => $"token of {UserName ?? UserId} for project {ProjectName ?? ProjectId} until {ExpiresAt:u}";
}
