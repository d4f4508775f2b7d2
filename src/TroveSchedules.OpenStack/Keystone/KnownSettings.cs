using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>What becomes of a setting.</summary>
internal enum SettingUse
{
    /// <summary>The module does what it says.</summary>
    Honoured,

    /// <summary>To go on without it would do something else than what was meant: an error that names it.</summary>
    Refused,

    /// <summary>It is not used, and its user is told.</summary>
    Warned,

    /// <summary>It concerns nothing that this module does.</summary>
    Elsewhere,
}

/// <summary>What the value of a setting is.</summary>
internal enum SettingType
{
    Text,
    Flag,
    Url,

    /// <summary>The path of a PEM file, or PEM text.</summary>
    Pem,
    Interface,
    Version,

    /// <summary>A list or a mapping, too.</summary>
    Any,
}

/// <summary>A setting that openstacksdk knows.</summary>
/// <param name="Names">Its names in clouds.yaml, the first its own. With OS_ before it and in capitals each is the name of a variable.</param>
/// <param name="Use">What becomes of it.</param>
/// <param name="Type">What its value is.</param>
/// <param name="MayHoldSecret">Whether its value, however wrong, may be repeated nowhere.</param>
/// <param name="Reason">Why it is refused or not used; null for the others.</param>
internal sealed record Setting(IReadOnlyList<string> Names, SettingUse Use, SettingType Type, bool MayHoldSecret, string? Reason)
{
    public string Name => Names[0];

    /// <summary>Whether two texts say the same. The old names of interfaces end in URL.</summary>
    public bool IsSame(string? one, string? other) => one == other || (Type == SettingType.Interface && WithoutUrl(one) == WithoutUrl(other));

    private static string? WithoutUrl(string? text) => text?.EndsWith("URL", StringComparison.Ordinal) == true ? text.Substring(0, text.Length - 3) : text;
}

/// <summary>
/// Every setting that openstacksdk's documentation, its loader and keystoneauth's plugins know, and what this module does with it: the one list that the reader of clouds.yaml,
/// the reader of OS_* and the errors go by. doc/source/user/config/configuration.rst, openstack/config/loader.py and cloud_region.py.
/// </summary>
internal static class KnownSettings
{
    private const string OtherLogin = "it belongs to a kind of authentication that is not supported";
    private const string TimeoutSec = "-TimeoutSec of Connect-TroveSession says how long an operation may take";
    private const string MaxRetry = "-MaxRetry of Connect-TroveSession says how often a request is repeated";

    private static readonly string[] WorkflowNames = ["workflow", "workflowv2", "mistral"];
    private static readonly string[] DatabaseNames = ["database", "trove"];

    // Types, aliases and projects of the other services: service-types-authority, as os-service-types has it.
    private static readonly Regex OtherService = new(
        "^(accelerator|cyborg|admin_logic|adjutant|alarm|alarming|aodh|application_catalog|murano|application_container|container|zun|application_deployment|solum|"
        + "backup|freezer|baremetal|bare_metal|ironic|baremetal_introspection|ironic_inspector|block_storage|block_store|volume|volumev2|volumev3|cinder|"
        + "clustering|resource_cluster|cluster|senlin|compute|nova|container_infrastructure_management|container_infrastructure|container_infra|magnum|"
        + "data_processing|data_processing_v2|sahara|data_protection_orchestration|karbor|dns|designate|event|events|panko|function_engine|qinling|"
        + "identity|keystone|image|glance|infrastructure_optimization|infra_optim|watcher|instance_ha|ha|masakari|key_manager|barbican|load_balancer|octavia|"
        + "message|messaging|zaqar|metering|meter|telemetry|ceilometer|monitoring|monasca|monitoring_events|monitoring_log_api|monitoring_logging|"
        + "multi_region_network_automation|tricircle|network|neutron|nfv_orchestration|tacker|object_store|object|swift|operator_policy|policy|congress|"
        + "orchestration|heat|placement|rating|cloudkitty|rca|vitrage|reservation|blazar|resource_optimization|root_cause_analysis|search|searchlight|"
        + "shared_file_system|share|sharev2|manila|volume_alt|ec2_api|cloudformation|orchestration_cfn)_"
        + "(api_version|service_type|service_name|interface|endpoint_type|region_name|endpoint|endpoint_override|default_microversion|status_code_retries|"
        + "status_code_retry_delay|connect_retries|connect_retry_delay|rate_limit|concurrency|disabled_reason|min_version|max_version)$",
        RegexOptions.CultureInvariant);

    private static readonly Regex OtherPresence = new("^has_[a-z0-9_]+$", RegexOptions.CultureInvariant);
    private static readonly Regex OtherTimeout = new("^[a-z0-9_]+_timeout$", RegexOptions.CultureInvariant);

    /// <summary>The settings, in the order of the documentation.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        // How to enter.
        Honoured(Settings.AuthUrl, SettingType.Url),
        Honoured(Settings.AuthType, "auth_plugin"),
        Honoured(Settings.UserId), Honoured(Settings.UserName, "user_name"), Honoured(Settings.UserDomainId), Honoured(Settings.UserDomainName),
        Secret(Settings.Password),
        Honoured(Settings.ApplicationCredentialId), Honoured(Settings.ApplicationCredentialName), Secret(Settings.ApplicationCredentialSecret),
        Secret(Settings.Token, "auth_token"),
        Honoured(Settings.ProjectId, "tenant_id"), Honoured(Settings.ProjectName, "tenant_name"), Honoured(Settings.ProjectDomainId), Honoured(Settings.ProjectDomainName),
        Honoured(Settings.DomainId), Honoured(Settings.DomainName),
        Honoured(Settings.DefaultDomainId, "default_domain"), Honoured(Settings.DefaultDomainName),
        Refused("system_scope", "a token of the system has no project, and schedules and instances belong to one"),
        Refused("trust_id", "with a token of a trust Mistral can make no schedule, for Keystone grants no trust upon a trust"),
        Refused("passcode", "a second factor cannot be given; use an application credential", isSecret: true),
        Refused("auth_methods", "several factors cannot be given; use an application credential", SettingType.Any),
        Honoured(Settings.IdentityVersion, SettingType.Version),

        // Where to, and which service.
        Honoured(Settings.Profile, "cloud"),
        Honoured(Settings.RegionName), Honoured(Settings.Regions, SettingType.Any),
        Honoured(Settings.Interface, SettingType.Interface, "endpoint_type"),
        .. ServiceSettings(WorkflowNames, ["mistral_url"]),
        .. ServiceSettings(DatabaseNames, []),

        // TLS.
        Honoured(Settings.CaCertificate, SettingType.Pem),
        new([Settings.ClientCertificate], SettingUse.Honoured, SettingType.Pem, MayHoldSecret: true, null),
        new([Settings.ClientKey], SettingUse.Honoured, SettingType.Pem, MayHoldSecret: true, null),
        Honoured(Settings.Insecure, SettingType.Flag), Honoured(Settings.Verify, SettingType.Flag),

        // How to send.
        Warned("api_timeout", TimeoutSec, "timeout", "http_timeout"),
        Warned("connect_retries", MaxRetry, "status_code_retries"),
        Warned("connect_retry_delay", MaxRetry, "status_code_retry_delay"),
        Warned("rate_limit", "-ThrottleLimit says how many requests are sent at a time", "concurrency"),
        Warned("vendor_hook", "it names Python code"),
        Warned("service_type", "each service has its own: workflow_service_type and database_service_type"),
        Warned("service_name", "each service has its own: workflow_service_name and database_service_name"),
        Warned("api_version", "each service has its own, and Mistral is asked at v2 and Trove at v1.0"),
        Warned("endpoint_override", "each service has its own: workflow_endpoint_override and database_endpoint_override", "endpoint", "url", "service_endpoint"),
        Warned("default_microversion", "neither Mistral nor Trove has microversions"),

        // Other kinds of authentication: keystoneauth's plugins.
        .. new[]
        {
            "identity_provider", "identity_provider_url", "protocol", "client_id", "openid_scope", "access_token_endpoint", "access_token_type", "discovery_endpoint",
            "device_authorization_endpoint", "redirect_uri", "service_provider_endpoint", "service_provider_entity_id", "mutual_auth", "oauth2_endpoint", "oauth2_client_id",
            "consumer_key", "access_key", "code_challenge_method", "idp_otp_key", "remote_project_id", "remote_project_name",
        }.Select(name => Warned(name, OtherLogin)),
        .. new[] { "client_secret", "access_token", "authorization_code", "code", "oauth2_client_secret", "consumer_secret", "access_secret", "assertion", "admin_token", "service_token" }
            .Select(name => new Setting([name], SettingUse.Warned, SettingType.Any, MayHoldSecret: true, OtherLogin)),

        // Other services, and what is done beside requests.
        .. new[]
        {
            "name", "message", "status", "force_ipv4", "prefer_ipv6", "broken_ipv6", "cache", "metrics", "timing", "networks", "external_network", "internal_network",
            "nat_source", "floating_ip_source", "secgroup_source", "requires_floating_ip", "image_format", "image_api_use_tasks", "disable_vendor_agent",
            "object_store_segment_size", "app_name", "app_version", "ansible", "debug", "log_file", "log_level", "verbose", "beta_command", "cloud_name",
            "client_config_file", "client_secure_file", "client_vendor_file", "compute_microversion",
            "cloudname", "no_cache", "collect_timing", "private", "use_external_network", "use_internal_network",
        }.Select(name => new Setting([name], SettingUse.Elsewhere, SettingType.Any, MayHoldSecret: false, null)),
    ];

    private static readonly Dictionary<string, Setting> ByName =
        All.SelectMany(setting => setting.Names, (setting, name) => (setting, name)).ToDictionary(known => known.name, known => known.setting, StringComparer.Ordinal);

    private static readonly string[] Suggested = [.. All.Where(setting => setting.Use is SettingUse.Honoured or SettingUse.Refused).SelectMany(setting => setting.Names)];
    private static readonly string[] PemNames = [.. All.Where(setting => setting.Type == SettingType.Pem).SelectMany(setting => setting.Names)];

    private static readonly Setting OfAnotherService = new([""], SettingUse.Elsewhere, SettingType.Any, MayHoldSecret: false, null);

    /// <summary>The setting of that name; null when openstacksdk knows none.</summary>
    /// <param name="name">A name in clouds.yaml, with underscores.</param>
    public static Setting? Find(string name) =>
        ByName.TryGetValue(name, out Setting? known) ? known
        : OtherService.IsMatch(name) || OtherPresence.IsMatch(name) || OtherTimeout.IsMatch(name) ? OfAnotherService
        : null;

    /// <summary>The known name that is most like another one, of a setting that is used or refused; null when none is much like it.</summary>
    public static string? Nearest(string name)
    {
        name = name.ToLowerInvariant();
        return Suggested.Contains(name + "_name") ? name + "_name"
            : Nearest(name, Suggested) ?? PemNames.FirstOrDefault(known => name.EndsWith("_" + known, StringComparison.Ordinal));
    }

    /// <summary>The one of some names that is most like another one, whatever its case; null when none is much like it.</summary>
    public static string? Nearest(string name, IEnumerable<string> names)
    {
        (string nearest, int distance) = names.Select(known => (known, distance: Distance(name.ToLowerInvariant(), known))).OrderBy(each => each.distance).First();
        return distance <= Math.Max(1, Math.Min(3, name.Length / 3)) ? nearest : null;
    }

    // How many letters were left out, added, changed or swapped with the next.
    private static int Distance(string one, string other)
    {
        var cost = new int[one.Length + 1, other.Length + 1];
        for (int i = 0; i <= one.Length; i++)
        {
            for (int j = 0; j <= other.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    cost[i, j] = i + j;
                    continue;
                }
                cost[i, j] = Math.Min(Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1, cost[i - 1, j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }
        return cost[one.Length, other.Length];
    }

    private static Setting[] ServiceSettings(string[] prefixes, string[] otherAddresses)
    {
        return
        [
            new([.. Prefixed("endpoint_override", "endpoint"), .. otherAddresses], SettingUse.Honoured, SettingType.Url, MayHoldSecret: false, null),
            Of(SettingUse.Honoured, SettingType.Interface, null, "interface", "endpoint_type"),
            Of(SettingUse.Honoured, SettingType.Text, null, "region_name"),
            Of(SettingUse.Honoured, SettingType.Text, null, "service_type"),
            Of(SettingUse.Honoured, SettingType.Text, null, "service_name"),
            Of(SettingUse.Honoured, SettingType.Version, null, "api_version"),
            Of(SettingUse.Warned, SettingType.Any, "it has no microversions", "default_microversion"),
            Of(SettingUse.Warned, SettingType.Any, MaxRetry, "status_code_retries", "connect_retries", "status_code_retry_delay", "connect_retry_delay"),
            Of(SettingUse.Warned, SettingType.Any, "-ThrottleLimit says how many requests are sent at a time", "rate_limit", "concurrency"),
            Of(SettingUse.Warned, SettingType.Any, "each service has one version that this module knows", "min_version", "max_version"),
            new([.. prefixes.Select(prefix => "has_" + prefix)], SettingUse.Warned, SettingType.Any, MayHoldSecret: false, "the catalog says which services there are"),
            Of(SettingUse.Warned, SettingType.Any, "the catalog says which services there are", "disabled_reason"),
            Of(SettingUse.Warned, SettingType.Any, TimeoutSec, "timeout"),
        ];

        Setting Of(SettingUse use, SettingType type, string? reason, params string[] endings) => new(Prefixed(endings), use, type, MayHoldSecret: false, reason);

        string[] Prefixed(params string[] endings) => [.. endings.SelectMany(ending => prefixes, (ending, prefix) => $"{prefix}_{ending}")];
    }

    private static Setting Honoured(string name, params string[] others) => Honoured(name, SettingType.Text, others);

    private static Setting Honoured(string name, SettingType type, params string[] others) => new([name, .. others], SettingUse.Honoured, type, MayHoldSecret: false, null);

    private static Setting Secret(string name, params string[] others) => new([name, .. others], SettingUse.Honoured, SettingType.Text, MayHoldSecret: true, null);

    private static Setting Refused(string name, string reason, SettingType type = SettingType.Text, bool isSecret = false) => new([name], SettingUse.Refused, type, isSecret, reason);

    private static Setting Warned(string name, string reason, params string[] others) => new([name, .. others], SettingUse.Warned, SettingType.Any, MayHoldSecret: false, reason);
}
