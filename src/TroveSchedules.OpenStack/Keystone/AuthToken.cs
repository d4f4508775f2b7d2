using System;
using System.Collections.Generic;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>A project-scoped token and the data of Keystone's response. Its text does not contain the token's value.</summary>
internal sealed class AuthToken
{
    private static readonly TimeSpan RenewalMargin = TimeSpan.FromMinutes(2);

    /// <summary>The value for the header <c>X-Auth-Token</c>. Secret.</summary>
    internal required string Value { get; init; }

    /// <summary>When it expires, UTC, by Keystone's clock.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was issued, UTC, by Keystone's clock; null if the response does not say.</summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>Its lifetime. If Keystone reports when it was issued, a wrong local clock does not affect it.</summary>
    public required TimeSpan Life { get; init; }

    /// <summary>The age at which to renew it: two minutes before it expires, or half of a lifetime that is shorter than four minutes.</summary>
    public TimeSpan RenewAfter => Life - TimeSpan.FromTicks(Math.Min(RenewalMargin.Ticks, Life.Ticks / 2));

    public string? UserId { get; init; }

    public string? UserName { get; init; }

    public required string ProjectId { get; init; }

    public string? ProjectName { get; init; }

    /// <summary>The names of the user's roles in the project.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>The authentication methods, such as <c>password</c>. If they include <c>application_credential</c>, Keystone creates no trust for the token.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    public required ServiceCatalog Catalog { get; init; }

    public override string ToString() => $"token of {UserName ?? UserId} for project {ProjectName ?? ProjectId} until {ExpiresAt:u}";
}
