using System;
using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.Sandbox.Keystone;

/// <summary>A token that Keystone issued.</summary>
internal sealed class Token
{
    public required string Id { get; init; }

    public required SandboxAccount User { get; init; }

    /// <summary>The project that it is scoped to; null for an unscoped token.</summary>
    public string? ProjectId { get; init; }

    public required IReadOnlyList<string> Methods { get; init; }

    public required IReadOnlyList<string> AuditIds { get; init; }

    public required DateTime IssuedAt { get; init; }

    public required DateTime ExpiresAt { get; init; }

    public bool IsRevoked { get; set; }

    /// <summary>Whether Keystone refuses to make another token or a trust from it.</summary>
    public bool IsDelegated => Methods.Contains("application_credential");

    public bool IsAdmin => ProjectId is not null && User.Role == "admin";

    /// <summary>The names of its roles, implied roles included.</summary>
    public string[] Roles => ProjectId is null ? [] : IsAdmin ? ["admin", "member", "reader"] : ["member", "reader"];
}

/// <summary>A Keystone trust: it lets Mistral act for a user later.</summary>
internal sealed record Trust(string Id, SandboxAccount Trustor, string? ProjectId);
