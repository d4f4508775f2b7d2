using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>Finds settings by name, and the most similar one for an unknown name.</summary>
internal static class KnownSettings
{
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

    private static readonly Dictionary<string, Setting> ByName =
        Settings.All.SelectMany(setting => setting.Names, (setting, name) => (setting, name)).ToDictionary(known => known.name, known => known.setting, StringComparer.Ordinal);

    private static readonly string[] Suggested = [.. Settings.All.Where(setting => setting.Use is SettingUse.Honoured or SettingUse.Refused).SelectMany(setting => setting.Names)];
    private static readonly string[] PemNames = [.. Settings.All.Where(setting => setting.Type == SettingType.Pem).SelectMany(setting => setting.Names)];

    private static readonly Setting OfAnotherService = new([""], SettingUse.Elsewhere, SettingType.Any);

    /// <summary>The setting of that name; null if openstacksdk has none.</summary>
    /// <param name="name">A name in clouds.yaml, with underscores.</param>
    public static Setting? Find(string name) =>
        ByName.TryGetValue(name, out Setting? known) ? known
        : OtherService.IsMatch(name) || OtherPresence.IsMatch(name) || OtherTimeout.IsMatch(name) ? OfAnotherService
        : null;

    /// <summary>The most similar name of a setting that is used or refused; null if none is similar.</summary>
    public static string? Nearest(string name)
    {
        name = name.ToLowerInvariant();
        return Suggested.Contains(name + "_name") ? name + "_name"
            : Nearest(name, Suggested) ?? PemNames.FirstOrDefault(known => name.EndsWith("_" + known, StringComparison.Ordinal));
    }

    /// <summary>The most similar one of some names, ignoring case; null if none is similar.</summary>
    public static string? Nearest(string name, IEnumerable<string> names)
    {
        (string nearest, int distance) = names.Select(known => (known, distance: Distance(name.ToLowerInvariant(), known))).OrderBy(each => each.distance).First();
        return distance <= Math.Max(1, Math.Min(3, name.Length / 3)) ? nearest : null;
    }

    // The number of letters that were omitted, added, changed or swapped with the next.
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
}
