using System;
using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>
/// Finds out how to connect, from what OpenStack users have: <c>clouds.yaml</c> with <c>secure.yaml</c>, or <c>OS_*</c> variables.
/// The rules are openstacksdk's (openstack/config/loader.py): explicit values win over a region's, those over the cloud's entry,
/// that over its profile. A named cloud takes nothing from <c>OS_*</c>.
/// </summary>
public static class CloudConfiguration
{
    /// <summary>The settings of a cloud that <c>clouds.yaml</c> names.</summary>
    /// <param name="cloudName">Its name there, case-sensitive.</param>
    /// <param name="overrides">What wins over the file; null for nothing.</param>
    /// <param name="sources">Where files are looked for; null for openstacksdk's own places.</param>
    /// <exception cref="TroveScheduleException">
    /// <c>UnknownCloud</c>: no such entry. <c>InvalidConfiguration</c>: a file is malformed, or a setting is missing or makes no sense.
    /// </exception>
    public static CloudSettings FromCloud(string cloudName, CloudOverrides? overrides = null, ConfigurationSources? sources = null)
    {
        sources ??= new ConfigurationSources();
        Settings said = (overrides ?? new CloudOverrides()).ToSettings();
        CloudsFile?[] files = CloudsFiles(sources);
        CloudsFile[] entries = [.. files.Select(file => file?.Mapping("clouds")?.Mapping(cloudName)).OfType<CloudsFile>()];
        if (entries.Length == 0)
            throw UnknownCloud(cloudName, files, sources);

        string? profileName = entries.Select(entry => entry.Text("profile") ?? entry.Text("cloud")).FirstOrDefault(name => name is not null);
        CloudsFile? profile = profileName is null ? null : Profile(profileName, sources);
        // What secure.yaml says is a part of the entry; the profile is what the entry starts from.
        Settings settings = entries.Aggregate(new Settings(), (lower, entry) => entry.Settings().MergedOver(lower))
            .Overriding(profile?.Settings() ?? new Settings());
        settings = said.Overriding(Region(entries, said[Settings.RegionName] ?? settings[Settings.RegionName], cloudName).Overriding(settings));
        return Bound(new SettingsReader(settings, Origin(), name => name, sources).Read(cloudName), said);

        string Origin() =>
            $"the cloud '{cloudName}' in '{entries[0].Path}'{(profileName is not null && profile is null ? $" (whose profile '{profileName}' is in no clouds-public.yaml)" : "")}";
    }

    /// <summary>The settings of the cloud that <c>OS_CLOUD</c> names, or else those of the <c>OS_*</c> variables.</summary>
    /// <param name="overrides">What wins over them; null for nothing.</param>
    /// <param name="sources">Where variables and files are looked for; null for this process's and openstacksdk's own places.</param>
    /// <exception cref="TroveScheduleException">
    /// <c>NotConnected</c>: there is nothing to connect with. Otherwise as for <see cref="FromCloud"/>.
    /// </exception>
    public static CloudSettings FromEnvironment(CloudOverrides? overrides = null, ConfigurationSources? sources = null)
    {
        sources ??= new ConfigurationSources();
        if (sources.EnvironmentVariable("OS_CLOUD") is { Length: > 0 } cloudName)
            return FromCloud(cloudName, overrides, sources);

        Settings environment = Settings.Read(name => sources.EnvironmentVariable(VariableOf(name)));
        Settings said = (overrides ?? new CloudOverrides()).ToSettings();
        Settings settings = said.Overriding(environment);
        return settings.MeansToConnect
            ? Bound(new SettingsReader(settings, "the environment", VariableOf, sources).Read(cloudName: null), said)
            : throw NotConnected(CloudNames(sources));

        static string VariableOf(string name) => "OS_" + name.ToUpperInvariant();
    }

    /// <summary>The settings that are said explicitly, and nothing else: neither files nor variables are read.</summary>
    /// <param name="overrides">What is said.</param>
    /// <param name="sources">Where relative paths start; null for this process's current folder.</param>
    /// <exception cref="TroveScheduleException"><c>InvalidConfiguration</c>: something is missing or makes no sense.</exception>
    public static CloudSettings FromArguments(CloudOverrides overrides, ConfigurationSources? sources = null)
    {
        Settings said = (overrides ?? throw new ArgumentNullException(nameof(overrides))).ToSettings();
        return Bound(new SettingsReader(said, "the arguments", ParameterOf, sources ?? new ConfigurationSources()).Read(cloudName: null), said);

        static string ParameterOf(string name) =>
            string.Concat(name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word.Substring(1)));
    }

    /// <summary>The names that <see cref="FromCloud"/> knows, in the order of the files; empty when there are no files.</summary>
    /// <param name="sources">Where files are looked for; null for openstacksdk's own places.</param>
    /// <exception cref="TroveScheduleException"><c>InvalidConfiguration</c>: a file is malformed.</exception>
    public static IReadOnlyList<string> CloudNames(ConfigurationSources? sources = null) =>
        Names(CloudsFiles(sources ?? new ConfigurationSources()));

    private static CloudsFile?[] CloudsFiles(ConfigurationSources sources) =>
        [CloudsFile.Find("clouds", "OS_CLIENT_CONFIG_FILE", sources), CloudsFile.Find("secure", "OS_CLIENT_SECURE_FILE", sources)];

    private static string[] Names(CloudsFile?[] files) =>
        [.. files.SelectMany(file => file?.Mapping("clouds")?.Keys ?? []).Distinct()];

    // The profiles that openstacksdk brings along are not known here; an entry with an auth_url of its own needs none of them.
    private static CloudsFile? Profile(string name, ConfigurationSources sources) =>
        CloudsFile.Find("clouds-public", "OS_CLIENT_VENDOR_FILE", sources)?.Mapping("public-clouds")?.Mapping(name);

    private static Settings Region(CloudsFile[] entries, string? wanted, string cloudName)
    {
        (string Name, CloudsFile? Values)[] known = [.. entries.SelectMany(entry => entry.Regions())];
        if (known.Length == 0)
            return new Settings();
        (string name, CloudsFile? values) = wanted is null ? known[0] : known.FirstOrDefault(region => region.Name == wanted);
        if (name is null)
        {
            throw new TroveScheduleException(TroveErrorKind.Invalid,
                $"The cloud '{cloudName}' has no region '{wanted}' in '{entries[0].Path}', but {string.Join(", ", known.Select(region => region.Name))}. Case matters.")
            {
                ErrorId = "InvalidConfiguration",
                Target = wanted,
            };
        }
        Settings settings = values?.Settings() ?? new Settings();
        return Settings.Read(setting => setting == Settings.RegionName ? name : settings[setting]);
    }

    // A project that a file or a variable names beside an application credential is a leftover of another way in. One that is said
    // explicitly is meant, and to work in the credential's own project instead would be a surprise.
    private static CloudSettings Bound(CloudSettings settings, Settings said) =>
        settings.Credential.TakesScope || (said[Settings.ProjectId] ?? said[Settings.ProjectName]) is not { } project
            ? settings
            : throw new TroveScheduleException(TroveErrorKind.Invalid, $"The project '{project}' cannot be chosen: an application credential is bound to the project that it was made in.")
            {
                ErrorId = "InvalidConfiguration",
                Target = project,
                RecommendedAction = "Leave the project out, or use a password.",
            };

    private static TroveScheduleException NotConnected(IReadOnlyList<string> names) =>
        new(TroveErrorKind.Invalid, "There is no session, and nothing to connect with: neither OS_CLOUD nor OS_AUTH_URL is set.")
        {
            ErrorId = "NotConnected",
            RecommendedAction = $"Run Connect-TroveSession -Cloud NAME{(names.Count == 0 ? "" : $" (known are {string.Join(", ", names)})")} or with explicit parameters; "
                + "or set OS_CLOUD, or OS_AUTH_URL and the other OS_* variables.",
        };

    private static TroveScheduleException UnknownCloud(string cloudName, CloudsFile?[] files, ConfigurationSources sources)
    {
        string[] names = Names(files);
        string known = names.Length > 0 ? $"Known are {string.Join(", ", names)}" : "None is known";
        string[] read = [.. files.OfType<CloudsFile>().Select(file => file.Path)];
        string looked = read.Length > 0
            ? $"in {string.Join(" and ", read)}"
            : $"for there is no clouds.yaml, .yml or .json in {string.Join(", ", sources.Folders)}";
        return new TroveScheduleException(TroveErrorKind.NotFound, $"There is no cloud '{cloudName}'. {known}, {looked}.")
        {
            ErrorId = "UnknownCloud",
            Target = cloudName,
            RecommendedAction = "Name one of the known clouds, or add this one to clouds.yaml.",
        };
    }
}
