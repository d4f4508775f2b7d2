using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>
/// The sources of settings. By default, these are the environment of this process and the folders that openstacksdk searches.
/// Tests set other sources, and so do hosts whose current folder is not the process's (PowerShell).
/// </summary>
public sealed class ConfigurationSources
{
    /// <summary>Gets the value of an environment variable; null or empty if it is not set.</summary>
    public Func<string, string?> EnvironmentVariable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>The names of all environment variables. They are searched for misspelled settings.</summary>
    public IEnumerable<string> EnvironmentVariableNames { get; init; } = [.. Environment.GetEnvironmentVariables().Keys.Cast<string>()];

    /// <summary>The folder that is searched first, and the base of relative paths.</summary>
    public string CurrentFolder { get; init; } = Directory.GetCurrentDirectory();

    /// <summary>The home folder, for <c>~</c> and <c>.config/openstack</c>; empty if the user has none.</summary>
    public string HomeFolder { get; init; } = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);

    /// <summary>The folder that is searched last.</summary>
    public string SystemFolder { get; init; } = RuntimeInformation.IsOSPlatform(OSPlatform.Windows)
        ? Below(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "OpenStack", "openstack") ?? ""
        : "/etc/openstack";

    /// <summary>The folders, in search order. Relative paths are omitted, because they would depend on the current folder of the process.</summary>
    internal IEnumerable<string> Folders => new[]
    {
        CurrentFolder,
        Below(EnvironmentVariable("XDG_CONFIG_HOME"), "openstack"),
        Below(EnvironmentVariable("APPDATA"), "openstack"),
        Below(EnvironmentVariable("LOCALAPPDATA"), "OpenStack", "openstack"),
        Below(HomeFolder, ".config", "openstack"),
        SystemFolder,
    }.OfType<string>().Where(Path.IsPathRooted);

    /// <summary>Resolves a path of the user to an absolute path.</summary>
    /// <exception cref="TroveScheduleException"><c>InvalidConfiguration</c>: the path starts with <c>~</c>, and there is no home folder.</exception>
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
