using System;
using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>Settings by the names that openstacksdk knows them by, from one place or several.</summary>
internal sealed class Settings
{
    public const string AuthUrl = "auth_url";
    public const string AuthType = "auth_type";
    public const string UserId = "user_id";
    public const string UserName = "username";
    public const string UserDomainId = "user_domain_id";
    public const string UserDomainName = "user_domain_name";
    public const string Password = "password";
    public const string ApplicationCredentialId = "application_credential_id";
    public const string ApplicationCredentialName = "application_credential_name";
    public const string ApplicationCredentialSecret = "application_credential_secret";
    public const string Token = "token";
    public const string ProjectId = "project_id";
    public const string ProjectName = "project_name";
    public const string ProjectDomainId = "project_domain_id";
    public const string ProjectDomainName = "project_domain_name";
    public const string DefaultDomainId = "default_domain_id";
    public const string DefaultDomainName = "default_domain_name";
    public const string RegionName = "region_name";
    public const string Interface = "interface";
    public const string WorkflowEndpoint = "workflow_endpoint_override";
    public const string DatabaseEndpoint = "database_endpoint_override";
    public const string CaCertificate = "cacert";
    public const string ClientCertificate = "cert";
    public const string ClientKey = "key";
    public const string Insecure = "insecure";
    public const string Verify = "verify";

    // Each setting with the other spellings that people have; the first that is there wins.
    private static readonly string[][] Spellings =
    [
        [AuthUrl], [AuthType, "auth_plugin"],
        [UserId], [UserName, "user_name"], [UserDomainId], [UserDomainName], [Password],
        [ApplicationCredentialId], [ApplicationCredentialName], [ApplicationCredentialSecret],
        [Token, "auth_token"],
        [ProjectId, "tenant_id"], [ProjectName, "tenant_name"], [ProjectDomainId], [ProjectDomainName],
        [DefaultDomainId, "default_domain", "domain_id"], [DefaultDomainName, "domain_name"],
        [RegionName], [Interface, "endpoint_type"],
        [WorkflowEndpoint, "workflowv2_endpoint_override", "mistral_endpoint_override", "mistral_url"],
        [DatabaseEndpoint, "trove_endpoint_override"],
        [CaCertificate], [ClientCertificate], [ClientKey], [Insecure], [Verify],
    ];

    // Two ways to say one thing: whoever says it, says it whole.
    private static readonly string[][] Alternatives =
    [
        [UserId, UserName],
        [UserDomainId, UserDomainName],
        [ApplicationCredentialId, ApplicationCredentialName],
        [ProjectId, ProjectName],
        [ProjectDomainId, ProjectDomainName],
        [ClientCertificate, ClientKey],
        [Insecure, Verify],
    ];

    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);

    /// <summary>The setting's text; null when nobody set it.</summary>
    public string? this[string name] => values.TryGetValue(name, out string? value) ? value : null;

    /// <summary>True when there is an address or a credential, so that someone meant to connect.</summary>
    public bool MeansToConnect =>
        new[] { AuthUrl, UserId, UserName, Password, ApplicationCredentialId, ApplicationCredentialName, ApplicationCredentialSecret, Token }
            .Any(values.ContainsKey);

    /// <summary>Collects the settings that a place holds, under whatever spelling.</summary>
    /// <param name="valueOf">The text that the place has under a spelling; null or empty for none.</param>
    public static Settings Read(Func<string, string?> valueOf)
    {
        var settings = new Settings();
        foreach (string[] spellings in Spellings)
        {
            if (spellings.Select(valueOf).FirstOrDefault(value => value is { Length: > 0 }) is { } value)
                settings.values[spellings[0]] = value;
        }
        return settings;
    }

    /// <summary>These settings, and what they do not say from below: two files that are read as one.</summary>
    public Settings MergedOver(Settings lower) => Over(lower, _ => false);

    /// <summary>These settings, and what they do not say from below, where an id here hides a name there and the other way round.</summary>
    public Settings Overriding(Settings lower) =>
        Over(lower, name => Alternatives.Any(group => group.Contains(name) && group.Any(values.ContainsKey)));

    private Settings Over(Settings lower, Func<string, bool> isHidden)
    {
        var merged = new Settings();
        foreach (KeyValuePair<string, string> setting in lower.values.Where(setting => !isHidden(setting.Key)).Concat(values))
            merged.values[setting.Key] = setting.Value;
        return merged;
    }
}
