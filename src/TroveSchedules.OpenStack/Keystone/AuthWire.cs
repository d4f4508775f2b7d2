using System.Collections.Generic;

namespace TroveSchedules.OpenStack.Keystone;

// The bodies of POST /v3/auth/tokens: https://docs.openstack.org/api-ref/identity/v3/#authentication-and-token-management
// Classes, not records: a record prints its members, and these hold secrets.

/// <summary>The body of the request.</summary>
internal sealed class AuthRequest
{
    /// <summary>Who logs in, and to what.</summary>
    public required AuthBody Auth { get; init; }
}

/// <summary><c>auth</c>.</summary>
internal sealed class AuthBody
{
    /// <summary>The credential.</summary>
    public required AuthIdentity Identity { get; init; }

    /// <summary>The project to work in; null for an application credential, which has its own, or for an unscoped token.</summary>
    public AuthScope? Scope { get; init; }
}

/// <summary><c>identity</c>: the method, and the one property that belongs to it.</summary>
internal sealed class AuthIdentity
{
    /// <summary>The method: <c>password</c>, <c>application_credential</c> or <c>token</c>.</summary>
    public required string[] Methods { get; init; }

    /// <summary>The user and password; null for another method.</summary>
    public AuthPassword? Password { get; init; }

    /// <summary>The application credential; null for another method.</summary>
    public AuthApplicationCredential? ApplicationCredential { get; init; }

    /// <summary>The token; null for another method.</summary>
    public AuthTokenId? Token { get; init; }
}

/// <summary><c>password</c>.</summary>
internal sealed class AuthPassword
{
    /// <summary>The user and the password.</summary>
    public required AuthUser User { get; init; }
}

/// <summary>A user, by id or by name and domain.</summary>
internal sealed class AuthUser(string? id, string? name, Domain? domain)
{
    /// <summary>The user's id; null if the name is given.</summary>
    public string? Id { get; } = id;

    /// <summary>The user's name; null if the id is given.</summary>
    public string? Name { get; } = name;

    /// <summary>The domain of the name; null if the id is given.</summary>
    public AuthDomain? Domain { get; } = AuthDomain.Of(domain);

    /// <summary>The password, a secret; null for the owner of an application credential.</summary>
    public string? Password { get; init; }
}

/// <summary><c>application_credential</c>, by id or by name and owner.</summary>
internal sealed class AuthApplicationCredential
{
    /// <summary>The id; null if the name is given.</summary>
    public string? Id { get; init; }

    /// <summary>The name; null if the id is given.</summary>
    public string? Name { get; init; }

    /// <summary>The secret.</summary>
    public required string Secret { get; init; }

    /// <summary>The owner; null if the id is given.</summary>
    public AuthUser? User { get; init; }
}

/// <summary><c>token</c>.</summary>
internal sealed class AuthTokenId
{
    /// <summary>The token itself, a secret.</summary>
    public required string Id { get; init; }
}

/// <summary><c>scope</c>.</summary>
internal sealed class AuthScope
{
    /// <summary>The project.</summary>
    public required AuthProject Project { get; init; }

    public static AuthScope? Of(ProjectScope? project) => project is null
        ? null
        : new() { Project = new() { Id = project.Id, Name = project.Name, Domain = AuthDomain.Of(project.Domain) } };
}

/// <summary>A project, by id or by name and domain.</summary>
internal sealed class AuthProject
{
    /// <summary>The project's id; null if the name is given.</summary>
    public string? Id { get; init; }

    /// <summary>The project's name; null if the id is given.</summary>
    public string? Name { get; init; }

    /// <summary>The domain of the name; null if the id is given.</summary>
    public AuthDomain? Domain { get; init; }
}

/// <summary>A domain, by id or by name.</summary>
internal sealed class AuthDomain
{
    /// <summary>The domain's id; null if the name is given.</summary>
    public string? Id { get; init; }

    /// <summary>The domain's name; null if the id is given.</summary>
    public string? Name { get; init; }

    public static AuthDomain? Of(Domain? domain) => domain is null ? null : new() { Id = domain.Id, Name = domain.Name };
}

/// <summary>The body of the response. The token itself is in the header <c>X-Subject-Token</c>.</summary>
internal sealed class AuthResponse
{
    /// <summary>What the token is for; null if the response is not of Keystone.</summary>
    public AuthResponseToken? Token { get; init; }
}

/// <summary><c>token</c>.</summary>
internal sealed class AuthResponseToken
{
    /// <summary>When the token expires, in ISO 8601 and UTC.</summary>
    public string? ExpiresAt { get; init; }

    /// <summary>When the token was issued, in ISO 8601 and UTC.</summary>
    public string? IssuedAt { get; init; }

    /// <summary>The methods that were used to get the token.</summary>
    public IReadOnlyList<string>? Methods { get; init; }

    /// <summary>The user; null when left out.</summary>
    public AuthNamed? User { get; init; }

    /// <summary>The project; null for an unscoped token.</summary>
    public AuthNamed? Project { get; init; }

    /// <summary>The roles of the user in the project; null for an unscoped token.</summary>
    public IReadOnlyList<AuthNamed?>? Roles { get; init; }

    /// <summary>The services of the cloud; null for an unscoped token.</summary>
    public IReadOnlyList<CatalogService?>? Catalog { get; init; }
}

/// <summary>A user, a project or a role.</summary>
internal sealed class AuthNamed
{
    /// <summary>The id.</summary>
    public string? Id { get; init; }

    /// <summary>The name.</summary>
    public string? Name { get; init; }
}

/// <summary>A service in the catalog.</summary>
internal sealed class CatalogService
{
    /// <summary>The type, such as <c>workflowv2</c> or <c>database</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The name that the operator gave it.</summary>
    public string? Name { get; init; }

    /// <summary>The addresses of the service; null or empty for none.</summary>
    public IReadOnlyList<CatalogEndpoint?>? Endpoints { get; init; }
}

/// <summary>An address of a service.</summary>
internal sealed class CatalogEndpoint
{
    /// <summary><c>public</c>, <c>internal</c> or <c>admin</c>.</summary>
    public string? Interface { get; init; }

    /// <summary>The id of the region.</summary>
    public string? RegionId { get; init; }

    /// <summary>The name of the region, which older releases give in place of the id.</summary>
    public string? Region { get; init; }

    /// <summary>The address, which may end with a version or a project id.</summary>
    public string? Url { get; init; }
}
