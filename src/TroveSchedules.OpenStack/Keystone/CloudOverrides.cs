using System;
using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>
/// What is said explicitly, and therefore wins over what a file or the environment says. Whatever is null or empty is not said.
/// To name a thing by its name hides an id that was configured for it, and the other way round.
/// </summary>
public sealed class CloudOverrides
{
    /// <summary>Keystone's address, with or without <c>/v3</c>.</summary>
    public string? AuthUrl { get; init; }

    /// <summary>The user's id.</summary>
    public string? UserId { get; init; }

    /// <summary>The user's name.</summary>
    public string? UserName { get; init; }

    /// <summary>The id of the user's domain.</summary>
    public string? UserDomainId { get; init; }

    /// <summary>The name of the user's domain.</summary>
    public string? UserDomainName { get; init; }

    /// <summary>The user's password; can be set, not read. Implies entering by password.</summary>
    public string? Password { internal get; init; }

    /// <summary>An application credential's id.</summary>
    public string? ApplicationCredentialId { get; init; }

    /// <summary>An application credential's name.</summary>
    public string? ApplicationCredentialName { get; init; }

    /// <summary>An application credential's secret; can be set, not read. Implies entering by application credential.</summary>
    public string? ApplicationCredentialSecret { internal get; init; }

    /// <summary>A token; can be set, not read. Implies entering by token.</summary>
    public string? Token { internal get; init; }

    /// <summary>The project's id.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The project's name.</summary>
    public string? ProjectName { get; init; }

    /// <summary>The id of the project's domain.</summary>
    public string? ProjectDomainId { get; init; }

    /// <summary>The name of the project's domain.</summary>
    public string? ProjectDomainName { get; init; }

    /// <summary>The region, case-sensitive.</summary>
    public string? Region { get; init; }

    /// <summary>Which endpoints to use; null when not said.</summary>
    public EndpointInterface? Interface { get; init; }

    /// <summary>Mistral's address.</summary>
    public string? WorkflowEndpoint { get; init; }

    /// <summary>Trove's address.</summary>
    public string? DatabaseEndpoint { get; init; }

    /// <summary>A PEM file of the authorities to trust, or its text.</summary>
    public string? CaCertificatePath { get; init; }

    /// <summary>A PEM or PFX file with the client's certificate, or PEM text, in which a key may stand; can be set, not read.</summary>
    public string? ClientCertificatePath { internal get; init; }

    /// <summary>The PEM file of the key to it, or its text; can be set, not read.</summary>
    public string? ClientKeyPath { internal get; init; }

    /// <summary>Whether any certificate will do; null when not said.</summary>
    public bool? SkipCertificateCheck { get; init; }

    internal Settings ToSettings()
    {
        var said = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            [Settings.AuthUrl] = AuthUrl,
            [Settings.AuthType] = this switch
            {
                { Token.Length: > 0 } => "token",
                { ApplicationCredentialSecret.Length: > 0 } => "v3applicationcredential",
                { Password.Length: > 0 } => "password",
                _ => null,
            },
            [Settings.UserId] = UserId,
            [Settings.UserName] = UserName,
            [Settings.UserDomainId] = UserDomainId,
            [Settings.UserDomainName] = UserDomainName,
            [Settings.Password] = Password,
            [Settings.ApplicationCredentialId] = ApplicationCredentialId,
            [Settings.ApplicationCredentialName] = ApplicationCredentialName,
            [Settings.ApplicationCredentialSecret] = ApplicationCredentialSecret,
            [Settings.Token] = Token,
            [Settings.ProjectId] = ProjectId,
            [Settings.ProjectName] = ProjectName,
            [Settings.ProjectDomainId] = ProjectDomainId,
            [Settings.ProjectDomainName] = ProjectDomainName,
            [Settings.RegionName] = Region,
            // Those of one service would win over them.
            [Settings.WorkflowRegion] = Region,
            [Settings.DatabaseRegion] = Region,
            [Settings.Interface] = Interface?.ToString().ToLowerInvariant(),
            [Settings.WorkflowInterface] = Interface?.ToString().ToLowerInvariant(),
            [Settings.DatabaseInterface] = Interface?.ToString().ToLowerInvariant(),
            [Settings.WorkflowEndpoint] = WorkflowEndpoint,
            [Settings.DatabaseEndpoint] = DatabaseEndpoint,
            [Settings.CaCertificate] = CaCertificatePath,
            [Settings.ClientCertificate] = ClientCertificatePath,
            [Settings.ClientKey] = ClientKeyPath,
            [Settings.Insecure] = SkipCertificateCheck is { } skip ? (skip ? "true" : "false") : null,
        };
        return Settings.Read(name => said.TryGetValue(name, out string? value) ? value : null, areArguments: true);
    }

    /// <summary>The parameter of Connect-TroveSession that sets a setting.</summary>
    internal static string ParameterOf(string name) => name switch
    {
        Settings.CaCertificate => "CACertificate",
        Settings.ClientCertificate => "ClientCertificate",
        Settings.ClientKey => "ClientKey",
        Settings.RegionName => "Region",
        Settings.WorkflowEndpoint => "WorkflowEndpoint",
        Settings.DatabaseEndpoint => "DatabaseEndpoint",
        _ => string.Concat(name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word.Substring(1))),
    };
}
