using System;
using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>What a place says of one setting. Without a text of its own, for the text may be a secret.</summary>
/// <param name="name">The name that the place uses.</param>
/// <param name="text">Its text; null or empty where the place takes away what weaker places say.</param>
/// <param name="place">The file and the line; null where there are none.</param>
/// <param name="isArgument">Whether a parameter sets it.</param>
internal sealed class SettingValue(string name, string? text, string? place, bool isArgument = false)
{
    public string Name { get; } = name;

    public string? Text { get; } = text is { Length: > 0 } ? text : null;

    public string? Place { get; } = place;

    public bool IsArgument { get; } = isArgument;
}

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
    public const string DomainId = "domain_id";
    public const string DomainName = "domain_name";
    public const string DefaultDomainId = "default_domain_id";
    public const string DefaultDomainName = "default_domain_name";
    public const string SystemScope = "system_scope";
    public const string TrustId = "trust_id";
    public const string Profile = "profile";
    public const string RegionName = "region_name";
    public const string Regions = "regions";
    public const string Interface = "interface";
    public const string WorkflowEndpoint = "workflow_endpoint_override";
    public const string WorkflowInterface = "workflow_interface";
    public const string WorkflowRegion = "workflow_region_name";
    public const string WorkflowType = "workflow_service_type";
    public const string WorkflowName = "workflow_service_name";
    public const string IdentityVersion = "identity_api_version";
    public const string WorkflowVersion = "workflow_api_version";
    public const string DatabaseEndpoint = "database_endpoint_override";
    public const string DatabaseInterface = "database_interface";
    public const string DatabaseRegion = "database_region_name";
    public const string DatabaseType = "database_service_type";
    public const string DatabaseName = "database_service_name";
    public const string DatabaseVersion = "database_api_version";
    public const string CaCertificate = "cacert";
    public const string ClientCertificate = "cert";
    public const string ClientKey = "key";
    public const string Insecure = "insecure";
    public const string Verify = "verify";

    // Settings that say the same thing in different ways. The nearest place that sets one of them replaces the whole group.
    private static readonly string[][] Alternatives =
    [
        [UserId, UserName],
        [UserDomainId, UserDomainName],
        [ApplicationCredentialId, ApplicationCredentialName],
        [ProjectId, ProjectName, SystemScope],
        [ProjectDomainId, ProjectDomainName],
        [DomainId, DomainName],
        [DefaultDomainId, DefaultDomainName],
        [Insecure, Verify],
    ];

    // The certificate may be in clouds.yaml and its key in secure.yaml, so two files that are read as one keep both.
    private static readonly string[] CertificateAndKey = [ClientCertificate, ClientKey];

    private readonly Dictionary<string, SettingValue> values = new(StringComparer.Ordinal);

    /// <summary>The setting's text; null when nobody set it, or the nearest place took it away.</summary>
    public string? this[string name] => Of(name)?.Text;

    /// <summary>What is wrong with the places beside the settings: what nobody knows.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>True when there is an address or a credential, so that someone meant to connect.</summary>
    public bool MeansToConnect =>
        new[] { AuthUrl, UserId, UserName, Password, ApplicationCredentialId, ApplicationCredentialName, ApplicationCredentialSecret, Token }
            .Any(name => this[name] is not null);

    /// <summary>Collects the settings that a place says, whatever it calls them.</summary>
    /// <param name="find">What the place says of a setting, a null of its own included; null when it says nothing.</param>
    /// <param name="warnings">What is to be said of the place.</param>
    public static Settings Read(Func<Setting, SettingValue?> find, IReadOnlyList<string>? warnings = null)
    {
        var settings = new Settings { Warnings = warnings ?? [] };
        foreach (Setting setting in KnownSettings.All.Where(setting => setting.Use != SettingUse.Elsewhere))
        {
            if (find(setting) is { } said)
                settings.values[setting.Name] = said;
        }
        return settings;
    }

    /// <summary>Collects the settings that a place says, one that knows no null: what is empty there is not said.</summary>
    /// <param name="textOf">The text that the place has under a name; null or empty for none.</param>
    /// <param name="warnings">What is to be said of the place.</param>
    /// <param name="areArguments">Whether the place is the parameters.</param>
    public static Settings Read(Func<string, string?> textOf, IReadOnlyList<string>? warnings = null, bool areArguments = false) => Read(
        setting => setting.Names.Select(name => new SettingValue(name, textOf(name), null, areArguments)).FirstOrDefault(said => said.Text is not null), warnings);

    /// <summary>What is said of the setting; null when nothing is.</summary>
    public SettingValue? Of(string name) => values.TryGetValue(name, out SettingValue? said) ? said : null;

    /// <summary>Whether both settings say the same thing in different ways, such as a project's id and its name.</summary>
    public static bool AreAlternatives(string one, string other) => one != other && Alternatives.Any(group => group.Contains(one) && group.Contains(other));

    /// <summary>These settings, and from below what they do not set: two files that are read as one. An id here hides a name there, and a name an id.</summary>
    public Settings MergedOver(Settings lower) => Over(lower, Alternatives);

    /// <summary>The same for two separate places, of which each sets a client certificate together with its key.</summary>
    public Settings Overriding(Settings lower) => Over(lower, [.. Alternatives, CertificateAndKey]);

    private Settings Over(Settings lower, string[][] groups)
    {
        var merged = new Settings { Warnings = [.. Warnings, .. lower.Warnings] };
        foreach (KeyValuePair<string, SettingValue> setting in lower.values.Where(setting => !groups.Any(group => group.Contains(setting.Key) && group.Any(other => this[other] is not null))).Concat(values))
            merged.values[setting.Key] = setting.Value;
        return merged;
    }
}
