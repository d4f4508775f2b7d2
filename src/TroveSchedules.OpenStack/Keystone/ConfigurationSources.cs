using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>
/// Where settings are looked for: by default in this process's environment and in the folders that openstacksdk searches.
/// Tests, and hosts whose current folder is not the process's (PowerShell), say otherwise.
/// </summary>
public sealed class ConfigurationSources
{
    /// <summary>Gives an environment variable's value by its name; null or empty when it is not set.</summary>
    public Func<string, string?> EnvironmentVariable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>The folder that is searched first, and that relative paths start from.</summary>
    public string CurrentFolder { get; init; } = Directory.GetCurrentDirectory();

    /// <summary>What <c>~</c> stands for, and what holds <c>.config/openstack</c>.</summary>
    public string HomeFolder { get; init; } = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>The folder that is searched last.</summary>
    public string SystemFolder { get; init; } = RuntimeInformation.IsOSPlatform(OSPlatform.Windows)
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "OpenStack", "openstack")
        : "/etc/openstack";

    /// <summary>The folders in the order of the search.</summary>
    internal IEnumerable<string> Folders
    {
        get
        {
            yield return CurrentFolder;
            if (EnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } configuration)
                yield return Path.Combine(configuration, "openstack");
            if (EnvironmentVariable("APPDATA") is { Length: > 0 } roaming)
                yield return Path.Combine(roaming, "openstack");
            if (EnvironmentVariable("LOCALAPPDATA") is { Length: > 0 } local)
                yield return Path.Combine(local, "OpenStack", "openstack");
            yield return Path.Combine(HomeFolder, ".config", "openstack");
            yield return SystemFolder;
        }
    }

    /// <summary>A path as its user means it, made absolute.</summary>
    internal string FullPath(string path) =>
        path == "~" ? HomeFolder
        : path.StartsWith("~/", StringComparison.Ordinal) || path.StartsWith("~\\", StringComparison.Ordinal)
            ? Path.Combine(HomeFolder, path.Substring(2))
            : Path.GetFullPath(Path.Combine(CurrentFolder, path));
}
