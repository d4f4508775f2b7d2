using System;
using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.Sandbox.Keystone;

/// <summary>A token that was issued.</summary>
internal sealed class Token
{
    public required string Id { get; init; }

    public required SandboxAccount User { get; init; }

    /// <summary>The project it is scoped to; null for none.</summary>
    public string? ProjectId { get; init; }

    public required IReadOnlyList<string> Methods { get; init; }

    public required IReadOnlyList<string> AuditIds { get; init; }

    public required DateTime IssuedAt { get; init; }

    public required DateTime ExpiresAt { get; init; }

    public bool IsRevoked { get; set; }

    /// <summary>Keystone gives no token and no trust in exchange for it.</summary>
    public bool IsDelegated => Methods.Contains("application_credential");

    public bool IsAdmin => ProjectId is not null && User.Role == "admin";

    /// <summary>The names of the roles: each brings along those that it implies.</summary>
    public string[] Roles => ProjectId is null ? [] : IsAdmin ? ["admin", "member", "reader"] : ["member", "reader"];
}

/// <summary>What lets Mistral act for a user later on.</summary>
internal sealed record Trust(string Id, SandboxAccount Trustor, string? ProjectId);
