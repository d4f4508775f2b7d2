using System;
using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.Sandbox.Keystone;

/// <summary>A token that Keystone issued.</summary>
internal sealed class Token
{
    public required string Id { get; init; }

    public required SandboxAccount User { get; init; }

    /// <summary>The project of its scope; null for an unscoped token.</summary>
    public string? ProjectId { get; init; }

    public required IReadOnlyList<string> Methods { get; init; }

    public required IReadOnlyList<string> AuditIds { get; init; }

    public required DateTime IssuedAt { get; init; }

    public required DateTime ExpiresAt { get; init; }

    public bool IsRevoked { get; set; }

    /// <summary>Whether Keystone refuses to create another token or a trust with it.</summary>
    public bool IsDelegated => Methods.Contains("application_credential");

    public bool IsAdmin => ProjectId is not null && User.Role == "admin";

    /// <summary>The names of its roles, including implied roles.</summary>
    public string[] Roles => ProjectId is null ? [] : IsAdmin ? ["admin", "member", "reader"] : ["member", "reader"];
}

/// <summary>A Keystone trust, with which Mistral can act for a user later.</summary>
internal sealed record Trust(string Id, SandboxAccount Trustor, string? ProjectId);
