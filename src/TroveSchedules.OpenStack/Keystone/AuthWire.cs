using System.Collections.Generic;

namespace TroveSchedules.OpenStack.Keystone;

// The bodies of POST /v3/auth/tokens (Identity API v3, "Authentication and token management"). Classes, not records: a record prints
// its members, and these hold secrets.

internal sealed class AuthRequest
{
    public required AuthBody Auth { get; init; }
}

internal sealed class AuthBody
{
    public required AuthIdentity Identity { get; init; }

    public AuthScope? Scope { get; init; }
}

internal sealed class AuthIdentity
{
    public required string[] Methods { get; init; }

    public AuthPassword? Password { get; init; }

    public AuthApplicationCredential? ApplicationCredential { get; init; }

    public AuthTokenId? Token { get; init; }
}

internal sealed class AuthPassword
{
    public required AuthUser User { get; init; }
}

internal sealed class AuthUser(string? id, string? name, Domain? domain)
{
    public string? Id { get; } = id;

    public string? Name { get; } = name;

    public AuthDomain? Domain { get; } = AuthDomain.Of(domain);

    public string? Password { get; init; }
}

internal sealed class AuthApplicationCredential
{
    public string? Id { get; init; }

    public string? Name { get; init; }

    public required string Secret { get; init; }

    public AuthUser? User { get; init; }
}

internal sealed class AuthTokenId
{
    public required string Id { get; init; }
}

internal sealed class AuthScope
{
    public required AuthProject Project { get; init; }

    public static AuthScope? Of(ProjectScope? project) => project is null
        ? null
        : new() { Project = new() { Id = project.Id, Name = project.Name, Domain = AuthDomain.Of(project.Domain) } };
}

internal sealed class AuthProject
{
    public string? Id { get; init; }

    public string? Name { get; init; }

    public AuthDomain? Domain { get; init; }
}

internal sealed class AuthDomain
{
    public string? Id { get; init; }

    public string? Name { get; init; }

    public static AuthDomain? Of(Domain? domain) => domain is null ? null : new() { Id = domain.Id, Name = domain.Name };
}

internal sealed class AuthResponse
{
    public AuthResponseToken? Token { get; init; }
}

internal sealed class AuthResponseToken
{
    public string? ExpiresAt { get; init; }

    public string? IssuedAt { get; init; }

    public IReadOnlyList<string>? Methods { get; init; }

    public AuthNamed? User { get; init; }

    public AuthNamed? Project { get; init; }

    public IReadOnlyList<AuthNamed?>? Roles { get; init; }

    public IReadOnlyList<CatalogService?>? Catalog { get; init; }
}

internal sealed class AuthNamed
{
    public string? Id { get; init; }

    public string? Name { get; init; }
}

internal sealed class CatalogService
{
    public string? Type { get; init; }

    public string? Name { get; init; }

    public IReadOnlyList<CatalogEndpoint?>? Endpoints { get; init; }
}

internal sealed class CatalogEndpoint
{
    public string? Interface { get; init; }

    public string? RegionId { get; init; }

    public string? Region { get; init; }

    public string? Url { get; init; }
}
