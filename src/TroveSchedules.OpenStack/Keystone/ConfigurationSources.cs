using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
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

    /// <summary>The names of the environment's variables, in which those that are nearly a setting's are found.</summary>
    public IEnumerable<string> EnvironmentVariableNames { get; init; } = [.. Environment.GetEnvironmentVariables().Keys.Cast<string>()];

    /// <summary>The folder that is searched first, and that relative paths start from.</summary>
    public string CurrentFolder { get; init; } = Directory.GetCurrentDirectory();

    /// <summary>What <c>~</c> stands for, and what holds <c>.config/openstack</c>; empty when the user has none.</summary>
    public string HomeFolder { get; init; } = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);

    /// <summary>The folder that is searched last.</summary>
    public string SystemFolder { get; init; } = RuntimeInformation.IsOSPlatform(OSPlatform.Windows)
        ? Below(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "OpenStack", "openstack") ?? ""
        : "/etc/openstack";

    /// <summary>The folders in the order of the search. What is no whole path would be looked for in whichever folder the process is in, so it is left out.</summary>
    internal IEnumerable<string> Folders => new[]
    {
        CurrentFolder,
        Below(EnvironmentVariable("XDG_CONFIG_HOME"), "openstack"),
        Below(EnvironmentVariable("APPDATA"), "openstack"),
        Below(EnvironmentVariable("LOCALAPPDATA"), "OpenStack", "openstack"),
        Below(HomeFolder, ".config", "openstack"),
        SystemFolder,
    }.OfType<string>().Where(Path.IsPathRooted);

    /// <summary>A path as its user means it, made absolute.</summary>
    /// <exception cref="TroveScheduleException"><c>InvalidConfiguration</c>: it begins at the home folder, and there is none.</exception>
    internal string FullPath(string path)
    {
        if (path != "~" && !path.StartsWith("~/", StringComparison.Ordinal) && !path.StartsWith("~\\", StringComparison.Ordinal))
            return Path.GetFullPath(Path.Combine(CurrentFolder, path));
        if (Below(HomeFolder) is not { } home)
        {
            throw new TroveScheduleException(TroveErrorKind.Invalid, "A path begins with '~', and this user has no home folder.")
            {
                ErrorId = "InvalidConfiguration",
                RecommendedAction = "Write the whole path, or set HOME.",
            };
        }
        return path.Length < 2 ? home : Path.Combine(home, path.Substring(2));
    }

    private static string? Below(string? folder, params string[] parts) =>
        folder is { Length: > 0 } && Path.IsPathRooted(folder) ? Path.Combine([folder, .. parts]) : null;
}
