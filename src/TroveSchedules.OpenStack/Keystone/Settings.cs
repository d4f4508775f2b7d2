using System;
using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>
/// All settings of openstacksdk's documentation, its loader and keystoneauth's plugins, and how this library uses them. This one table drives the reader of clouds.yaml,
/// the reader of OS_*, the caller's settings and the errors. Sources: doc/source/user/config/configuration.rst, openstack/config/loader.py and cloud_region.py.
/// A new setting is a row here and the code that uses it. If the caller may give it, it is also a member
/// of <see cref="CloudOverrides"/> and a parameter of the module that names this member.
/// </summary>
internal static class Settings
{
    private const string OtherLogin = "it belongs to a kind of authentication that is not supported";

    // Must come before all rows, because each row with a name of its own adds itself.
    private static readonly List<Setting> Named = [];

    // The login.
    public static readonly Setting AuthUrl = Honoured(["auth_url"], SettingType.Url, Given(nameof(CloudOverrides.AuthUrl), caller => caller.AuthUrl));
    public static readonly Setting AuthType = Honoured(["auth_type", "auth_plugin"], given: Given(nameof(CloudOverrides.AuthType), caller => caller.AuthType));
    public static readonly Setting UserId = Honoured(["user_id"], given: Given(nameof(CloudOverrides.UserId), caller => caller.UserId));
    public static readonly Setting UserName = Honoured(["username", "user_name"], given: Given(nameof(CloudOverrides.UserName), caller => caller.UserName));
    public static readonly Setting UserDomainId = Honoured(["user_domain_id"], given: Given(nameof(CloudOverrides.UserDomainId), caller => caller.UserDomainId));
    public static readonly Setting UserDomainName = Honoured(["user_domain_name"], given: Given(nameof(CloudOverrides.UserDomainName), caller => caller.UserDomainName));
    public static readonly Setting Password = Secret(["password"], SettingType.Text, Given(nameof(CloudOverrides.Password), caller => caller.Password));
    public static readonly Setting ApplicationCredentialId =
        Honoured(["application_credential_id"], given: Given(nameof(CloudOverrides.ApplicationCredentialId), caller => caller.ApplicationCredentialId));
    public static readonly Setting ApplicationCredentialName =
        Honoured(["application_credential_name"], given: Given(nameof(CloudOverrides.ApplicationCredentialName), caller => caller.ApplicationCredentialName));
    public static readonly Setting ApplicationCredentialSecret =
        Secret(["application_credential_secret"], SettingType.Text, Given(nameof(CloudOverrides.ApplicationCredentialSecret), caller => caller.ApplicationCredentialSecret));
    public static readonly Setting Token = Secret(["token", "auth_token"], SettingType.Text, Given(nameof(CloudOverrides.Token), caller => caller.Token));
    public static readonly Setting ProjectId = Honoured(["project_id", "tenant_id"], given: Given(nameof(CloudOverrides.ProjectId), caller => caller.ProjectId));
    public static readonly Setting ProjectName = Honoured(["project_name", "tenant_name"], given: Given(nameof(CloudOverrides.ProjectName), caller => caller.ProjectName));
    public static readonly Setting ProjectDomainId = Honoured(["project_domain_id"], given: Given(nameof(CloudOverrides.ProjectDomainId), caller => caller.ProjectDomainId));
    public static readonly Setting ProjectDomainName = Honoured(["project_domain_name"], given: Given(nameof(CloudOverrides.ProjectDomainName), caller => caller.ProjectDomainName));
    public static readonly Setting DomainId = Honoured(["domain_id"]);
    public static readonly Setting DomainName = Honoured(["domain_name"]);
    public static readonly Setting DefaultDomainId = Honoured(["default_domain_id", "default_domain"]);
    public static readonly Setting DefaultDomainName = Honoured(["default_domain_name"]);
    public static readonly Setting SystemScope = Refused("system_scope", "a token of the system has no project, and schedules and instances belong to one");
    public static readonly Setting TrustId = Refused("trust_id", "with a token of a trust Mistral can make no schedule, for Keystone grants no trust upon a trust");
    public static readonly Setting Passcode = Refused("passcode", "a second factor cannot be given; use an application credential", isSecret: true);
    public static readonly Setting AuthMethods = Refused("auth_methods", "several factors cannot be given; use an application credential", SettingType.Any);
    public static readonly Setting IdentityVersion = Honoured(["identity_api_version"], SettingType.Version);

    // Regions and services.
    public static readonly Setting Profile = Honoured(["profile", "cloud"]);
    public static readonly Setting RegionName = Honoured(["region_name"], given: Given(nameof(CloudOverrides.Region), caller => caller.Region));
    public static readonly Setting Regions = Honoured(["regions"], SettingType.Any);
    public static readonly Setting Interface = Honoured(["interface", "endpoint_type"], SettingType.Interface, Given(nameof(CloudOverrides.Interface), caller => caller.InterfaceText));
    public static readonly ServiceSettings Workflow =
        Service(["workflow", "workflowv2", "mistral"], ["mistral_url"], Given(nameof(CloudOverrides.WorkflowEndpoint), caller => caller.WorkflowEndpoint));
    public static readonly ServiceSettings Database =
        Service(["database", "trove"], [], Given(nameof(CloudOverrides.DatabaseEndpoint), caller => caller.DatabaseEndpoint));

    // TLS.
    public static readonly Setting CaCertificate = Honoured(["cacert"], SettingType.Pem, Given(nameof(CloudOverrides.CaCertificatePath), caller => caller.CaCertificatePath));
    public static readonly Setting ClientCertificate = Secret(["cert"], SettingType.Pem, Given(nameof(CloudOverrides.ClientCertificatePath), caller => caller.ClientCertificatePath));
    public static readonly Setting ClientKey = Secret(["key"], SettingType.Pem, Given(nameof(CloudOverrides.ClientKeyPath), caller => caller.ClientKeyPath));
    public static readonly Setting Insecure =
        Honoured(["insecure"], SettingType.Flag, Given(nameof(CloudOverrides.SkipCertificateCheck), caller => caller.SkipCertificateCheck?.ToString()));
    public static readonly Setting Verify = Honoured(["verify"], SettingType.Flag);

    public static Setting WorkflowEndpoint => Workflow.Endpoint;

    public static Setting DatabaseEndpoint => Database.Endpoint;

    /// <summary>The setting of a service's URL.</summary>
    /// <param name="service">Mistral, Trove or Keystone.</param>
    public static Setting AddressOf(string service) => service switch { "Mistral" => WorkflowEndpoint, "Trove" => DatabaseEndpoint, _ => AuthUrl };

    /// <summary>The settings, in the order of the documentation.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        .. Named,

        // Requests.
        ReplacedBy(nameof(CloudSettings.TimeLimit), "api_timeout", "timeout", "http_timeout"),
        ReplacedBy(nameof(CloudSettings.MaxRetries), "connect_retries", "status_code_retries"),
        ReplacedBy(nameof(CloudSettings.MaxRetries), "connect_retry_delay", "status_code_retry_delay"),
        ReplacedBy(CloudOverrides.Concurrency, "rate_limit", "concurrency"),
        Warned("it names Python code", "vendor_hook"),
        Warned("each service has its own: workflow_service_type and database_service_type", "service_type"),
        Warned("each service has its own: workflow_service_name and database_service_name", "service_name"),
        Warned("each service has its own, and Mistral is asked at v2 and Trove at v1.0", "api_version"),
        Warned("each service has its own: workflow_endpoint_override and database_endpoint_override", "endpoint_override", "endpoint", "url", "service_endpoint"),
        Warned("neither Mistral nor Trove has microversions", "default_microversion"),

        // Other kinds of authentication: keystoneauth's plugins.
        .. new[]
        {
            "identity_provider", "identity_provider_url", "protocol", "client_id", "openid_scope", "access_token_endpoint", "access_token_type", "discovery_endpoint",
            "device_authorization_endpoint", "redirect_uri", "service_provider_endpoint", "service_provider_entity_id", "mutual_auth", "oauth2_endpoint", "oauth2_client_id",
            "consumer_key", "access_key", "code_challenge_method", "idp_otp_key", "remote_project_id", "remote_project_name",
        }.Select(name => Warned(OtherLogin, name)),
        .. new[] { "client_secret", "access_token", "authorization_code", "code", "oauth2_client_secret", "consumer_secret", "access_secret", "assertion", "admin_token", "service_token" }
            .Select(name => Warned(OtherLogin, name) with { MayHoldSecret = true }),

        // Other services, and settings that do not concern requests.
        .. new[]
        {
            "name", "message", "status", "force_ipv4", "prefer_ipv6", "broken_ipv6", "cache", "metrics", "timing", "networks", "external_network", "internal_network",
            "nat_source", "floating_ip_source", "secgroup_source", "requires_floating_ip", "image_format", "image_api_use_tasks", "disable_vendor_agent",
            "object_store_segment_size", "app_name", "app_version", "ansible", "debug", "log_file", "log_level", "verbose", "beta_command", "cloud_name",
            "client_config_file", "client_secure_file", "client_vendor_file", "compute_microversion",
            "cloudname", "no_cache", "collect_timing", "private", "use_external_network", "use_internal_network",
        }.Select(name => new Setting([name], SettingUse.Elsewhere, SettingType.Any)),
    ];

    private static ServiceSettings Service(string[] prefixes, string[] otherAddresses, OverrideMember endpoint)
    {
        // A value that the caller gives for all services replaces a file's value for one service.
        var settings = new ServiceSettings(
            Honoured([.. Prefixed("endpoint_override", "endpoint"), .. otherAddresses], SettingType.Url, endpoint),
            Honoured(Prefixed("interface", "endpoint_type"), SettingType.Interface, Interface.Given),
            Honoured(Prefixed("region_name"), given: RegionName.Given),
            Honoured(Prefixed("service_type")),
            Honoured(Prefixed("service_name")),
            Honoured(Prefixed("api_version"), SettingType.Version));
        Named.AddRange(
        [
            Warned("it has no microversions", Prefixed("default_microversion")),
            ReplacedBy(nameof(CloudSettings.MaxRetries), Prefixed("status_code_retries", "connect_retries", "status_code_retry_delay", "connect_retry_delay")),
            ReplacedBy(CloudOverrides.Concurrency, Prefixed("rate_limit", "concurrency")),
            Warned("each service has one version that this module knows", Prefixed("min_version", "max_version")),
            Warned("the catalog says which services there are", [.. prefixes.Select(prefix => "has_" + prefix)]),
            Warned("the catalog says which services there are", Prefixed("disabled_reason")),
            ReplacedBy(nameof(CloudSettings.TimeLimit), Prefixed("timeout")),
        ]);
        return settings;

        string[] Prefixed(params string[] endings) => [.. endings.SelectMany(ending => prefixes, (ending, prefix) => $"{prefix}_{ending}")];
    }

    private static OverrideMember Given(string member, Func<CloudOverrides, string?> text) => new(member, text);

    private static Setting Honoured(string[] names, SettingType type = SettingType.Text, OverrideMember? given = null) => Add(new(names, SettingUse.Honoured, type, Given: given));

    private static Setting Secret(string[] names, SettingType type, OverrideMember given) => Add(new(names, SettingUse.Honoured, type, MayHoldSecret: true, Given: given));

    private static Setting Refused(string name, string reason, SettingType type = SettingType.Text, bool isSecret = false) => Add(new([name], SettingUse.Refused, type, isSecret, reason));

    private static Setting Warned(string reason, params string[] names) => new(names, SettingUse.Warned, SettingType.Any, Reason: reason);

    // The caller has an option that does the same.
    private static Setting ReplacedBy(string option, params string[] names) => new(names, SettingUse.Warned, SettingType.Any, Option: option, Reason: option switch
    {
        nameof(CloudSettings.TimeLimit) => "says how long an operation may take",
        nameof(CloudSettings.MaxRetries) => "says how often a request is repeated",
        _ => "says how many requests are sent at a time",
    });

    private static Setting Add(Setting setting)
    {
        Named.Add(setting);
        return setting;
    }
}

/// <summary>The settings of one service, in place of those for all services.</summary>
internal sealed record ServiceSettings(Setting Endpoint, Setting Interface, Setting Region, Setting Type, Setting Name, Setting Version);
