using System;
using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>
/// Reads the settings of a connection from <c>clouds.yaml</c> with <c>secure.yaml</c>, or from <c>OS_*</c> variables.
/// The rules are openstacksdk's (openstack/config/loader.py): the caller's values come before a region's, those before the cloud's entry,
/// and that before its profile. In each of them the nearest key is used, and a null or an empty text removes the values of places with lower priority. A named cloud takes
/// nothing from <c>OS_*</c>, except <c>OS_REGION_NAME</c> beside <c>OS_CLOUD</c>. <see cref="Settings"/> lists all settings and their use.
/// </summary>
public static class CloudConfiguration
{
    /// <summary>The settings of a cloud that <c>clouds.yaml</c> names.</summary>
    /// <param name="cloudName">Its name there, case-sensitive.</param>
    /// <param name="overrides">Values that replace those of the file; null for none.</param>
    /// <param name="sources">The places of the files; null for those of openstacksdk.</param>
    /// <exception cref="TroveScheduleException">
    /// <c>UnknownCloud</c>: no such entry. <c>InvalidConfiguration</c>: a file is malformed, or a setting is missing or invalid.
    /// </exception>
    public static CloudSettings FromCloud(string cloudName, CloudOverrides? overrides = null, ConfigurationSources? sources = null) =>
        OfCloud(cloudName, overrides ?? new CloudOverrides(), new SettingValues(), sources ?? new ConfigurationSources());

    /// <summary>The settings of the cloud that <c>OS_CLOUD</c> names, or else those of the <c>OS_*</c> variables.</summary>
    /// <param name="overrides">Values that replace them; null for none.</param>
    /// <param name="sources">The variables and the places of the files; null for the process's environment and the places of openstacksdk.</param>
    /// <exception cref="TroveScheduleException">
    /// <c>NotConnected</c>: neither variable is set. Otherwise as for <see cref="FromCloud"/>.
    /// </exception>
    public static CloudSettings FromEnvironment(CloudOverrides? overrides = null, ConfigurationSources? sources = null)
    {
        sources ??= new ConfigurationSources();
        overrides ??= new CloudOverrides();
        if (sources.EnvironmentVariable("OS_CLOUD") is { Length: > 0 } cloudName)
            return OfCloud(cloudName, overrides, BesideCloud(sources), sources);

        RefuseContradictions(sources);
        SettingValues environment = SettingValues.Read(name => name == Settings.Regions ? null : sources.EnvironmentVariable(VariableOf(name)), [.. UnknownVariables(sources), .. RegionsVariable(sources)]);
        SettingValues given = overrides.ToSettings();
        SettingValues settings = given.Overriding(environment);
        if (!settings.HasUrlOrCredential)
            throw NotConnected(CloudNames(sources));
        var skippedFiles = new List<string>();
        CloudsFile? profile = Profile(settings, "the environment", sources, skippedFiles, out string[] warnings);
        return CheckProject(new SettingsReader(Completed(settings, given, profile, "the environment", []), "the environment", "the environment", VariableOf, overrides, sources)
            .Read(cloudName: null, [.. warnings, .. SkippedWarnings(skippedFiles)]), given);
    }

    /// <summary>The settings that the caller gives. Files and variables are not read.</summary>
    /// <param name="overrides">The settings.</param>
    /// <param name="sources">Where relative paths start; null for this process's current folder.</param>
    /// <exception cref="TroveScheduleException"><c>InvalidConfiguration</c>: a setting is missing or invalid.</exception>
    public static CloudSettings FromArguments(CloudOverrides overrides, ConfigurationSources? sources = null)
    {
        SettingValues given = (overrides ?? throw new ArgumentNullException(nameof(overrides))).ToSettings();
        return CheckProject(new SettingsReader(given, "the arguments", "the arguments", name => overrides.Name(KnownSettings.Find(name)!), overrides, sources ?? new ConfigurationSources()).Read(cloudName: null, []), given);
    }

    /// <summary>The names that <see cref="FromCloud"/> knows, in the order of the files; empty when there are no files.</summary>
    /// <param name="sources">The places of the files; null for those of openstacksdk.</param>
    /// <exception cref="TroveScheduleException"><c>InvalidConfiguration</c>: a file is malformed.</exception>
    public static IReadOnlyList<string> CloudNames(ConfigurationSources? sources = null) =>
        Names(CloudsFiles(sources ?? new ConfigurationSources(), []));

    private static CloudSettings OfCloud(string cloudName, CloudOverrides overrides, SettingValues beside, ConfigurationSources sources)
    {
        SettingValues given = overrides.ToSettings();
        var skippedFiles = new List<string>();
        CloudsFile?[] files = CloudsFiles(sources, skippedFiles);
        string[] misplaced = [.. files.OfType<CloudsFile>().SelectMany(file => file.MisplacedKeys())];
        CloudsFile[] entries = [.. files.Select(file => file?.Mapping("clouds")?.Mapping(cloudName)).OfType<CloudsFile>()];
        if (entries.Length == 0)
            throw UnknownCloud(cloudName, files, sources, [.. skippedFiles], misplaced);

        // The values in secure.yaml belong to the entry. The profile has defaults for the entry.
        string subject = $"the cloud '{cloudName}'";
        SettingValues entry = entries.Select(each => each.Settings()).Aggregate((merged, nearer) => nearer.MergedOver(merged));
        CloudsFile? profile = Profile(entry, subject, sources, skippedFiles, out string[] warnings);
        SettingValues settings = Completed(given.Overriding(beside.Overriding(entry)), given.Overriding(beside), profile, subject, entries);
        string origin = $"{subject} in '{entries[0].Path}'{(entry[Settings.Profile] is { } name && profile is null ? $" (whose profile {ShownProfile(name)} is in no clouds-public.yaml)" : "")}";
        return CheckProject(new SettingsReader(settings, origin, subject, name => name, overrides, sources).Read(cloudName, [.. warnings, .. misplaced, .. SkippedWarnings(skippedFiles)]), given);
    }

    // Only the nearest list of regions counts, because openstacksdk replaces the list as a whole.
    private static SettingValues Completed(SettingValues settings, SettingValues given, CloudsFile? profile, string subject, CloudsFile[] entries)
    {
        if (profile is not null)
            settings = settings.Overriding(profile.Settings());
        foreach (CloudsFile layer in Enumerable.Reverse(entries).Concat(profile is null ? [] : [profile]))
        {
            var warnings = new List<string>();
            if (layer.Regions(warnings) is { } regions)
                return regions.Count == 0 ? settings : given.Overriding(Region(layer, regions, given[Settings.RegionName] ?? settings[Settings.RegionName], subject, warnings).Overriding(settings));
        }
        return settings;
    }

    private static CloudsFile?[] CloudsFiles(ConfigurationSources sources, ICollection<string> skippedFiles) =>
        [CloudsFile.Find("clouds", "OS_CLIENT_CONFIG_FILE", sources, skippedFiles), CloudsFile.Find("secure", "OS_CLIENT_SECURE_FILE", sources, skippedFiles)];

    private static string[] Names(CloudsFile?[] files) =>
        [.. files.SelectMany(file => file?.Mapping("clouds")?.Keys ?? []).Distinct()];

    // The profiles that are part of openstacksdk are not available here.
    private static CloudsFile? Profile(SettingValues settings, string subject, ConfigurationSources sources, ICollection<string> skippedFiles, out string[] warnings)
    {
        warnings = [];
        if (settings[Settings.Profile] is not { } name)
            return null;
        CloudsFile? profile = CloudsFile.Find("clouds-public", "OS_CLIENT_VENDOR_FILE", sources, skippedFiles)?.Mapping("public-clouds")?.Mapping(name);
        if (profile is null)
            warnings = [$"The profile {ShownProfile(name)} of {subject} is in no clouds-public.yaml, so nothing of it is used."];
        return profile;
    }

    // openstacksdk also takes a URL as the profile, and a URL can hold a password.
    private static string ShownProfile(string profile) => Uri.TryCreate(profile, UriKind.Absolute, out Uri? address) ? $"'{CloudUrl.Masked(address)}'" : ShownText.Quoted(profile);

    private static IEnumerable<string> SkippedWarnings(IEnumerable<string> skippedFiles) => skippedFiles.Select(skipped => $"{Capitalized(skipped)}, so it was skipped.");

    private static string Capitalized(string text) => char.ToUpperInvariant(text[0]) + text.Substring(1);

    private static string VariableOf(string name) => "OS_" + name.ToUpperInvariant();

    // Beside OS_CLOUD, openstacksdk uses OS_REGION_NAME to select a region, and no other variable.
    private static SettingValues BesideCloud(ConfigurationSources sources)
    {
        string[] unused =
        [
            .. Settings.All.Where(setting => setting.Use is SettingUse.Honoured or SettingUse.Refused && setting.Type != SettingType.Version)
                .SelectMany(setting => setting.Names)
                .Where(name => name != Settings.RegionName && name != "cloud")
                .Select(VariableOf)
                .Where(variable => sources.EnvironmentVariable(variable) is { Length: > 0 }),
        ];
        return SettingValues.Read(
            name => name == Settings.RegionName ? sources.EnvironmentVariable(VariableOf(name)) : null,
            unused.Length == 0 ? [] : [$"OS_CLOUD is set, so {string.Join(", ", unused)} {(unused.Length == 1 ? "is" : "are")} not used."]);
    }

    // Variables of other programs begin with OS_, too, so only names that resemble a setting cause a warning.
    private static string[] UnknownVariables(ConfigurationSources sources) =>
    [
        .. from variable in sources.EnvironmentVariableNames
           where variable.StartsWith("OS_", StringComparison.Ordinal) && sources.EnvironmentVariable(variable) is { Length: > 0 }
           let name = variable.Substring(3).ToLowerInvariant()
           where KnownSettings.Find(name) is null || string.IsNullOrEmpty(sources.EnvironmentVariable(VariableOf(name)))
           let nearest = KnownSettings.Nearest(name)
           where nearest is not null
           orderby variable
           select $"{variable} is not a known variable, so it is not used. Did you mean {VariableOf(nearest)}?",
    ];

    private static string[] RegionsVariable(ConfigurationSources sources) =>
        string.IsNullOrEmpty(sources.EnvironmentVariable(VariableOf(Settings.Regions))) ? [] : ["OS_REGIONS in the environment is not used: a variable cannot hold a list. Set OS_REGION_NAME."];

    // In a file, two values for one setting are an error, too.
    private static void RefuseContradictions(ConfigurationSources sources)
    {
        foreach (Setting setting in Settings.All.Where(setting => setting.Use == SettingUse.Honoured))
        {
            string[] variables = [.. setting.Names.Select(VariableOf).Where(variable => sources.EnvironmentVariable(variable) is { Length: > 0 })];
            if (variables.FirstOrDefault(variable => !setting.HaveSameMeaning(sources.EnvironmentVariable(variable), sources.EnvironmentVariable(variables[0]))) is { } other)
                throw Wrong($"{other} differs from {variables[0]}, and both are the setting '{setting.Name}'.", "Unset one of them.");
        }
    }

    private static SettingValues Region(CloudsFile layer, IReadOnlyList<(string Name, CloudsFile? Values)> known, string? wanted, string subject, IReadOnlyList<string> warnings)
    {
        (string name, CloudsFile? values) = wanted is null ? known[0] : known.FirstOrDefault(region => region.Name == wanted);
        if (name is null)
        {
            throw new TroveScheduleException(TroveErrorKind.Invalid,
                $"{Capitalized(subject)} has no region {ShownText.Quoted(wanted!)} in '{layer.Path}', but {string.Join(", ", known.Select(region => Listed(region.Name)))}. Case matters.")
            {
                ErrorId = "InvalidConfiguration",
                Target = ShownText.IsShown(wanted!) ? wanted : null,
            };
        }
        SettingValues regionValues = values?.Settings() ?? new SettingValues();
        if (regionValues.Of(Settings.RegionName) is { Text: { } other } setting && other != name)
            throw Wrong($"{setting.Name} of the region {ShownText.Quoted(name)} in {setting.Place} differs from the region's name.", $"Take {setting.Name} out.");
        if (new[] { Settings.Profile, Settings.Regions }.Select(name => regionValues.Of(name)).FirstOrDefault(each => each?.Text is not null) is { } misplaced)
            throw Wrong($"{misplaced.Name} of the region {ShownText.Quoted(name)} in {misplaced.Place} cannot be honoured: it belongs to the whole cloud.", $"Move {misplaced.Name} to the cloud's entry.");
        return SettingValues.Read(each => each == Settings.RegionName ? name : null, warnings).MergedOver(regionValues);

        static string Listed(string region) => TerminalText.InvisibleCodePoints(region) is null && ShownText.IsShown(region) ? region : ShownText.Quoted(region);
    }

    private static TroveScheduleException Wrong(string message, string action) =>
        new(TroveErrorKind.Invalid, message) { ErrorId = "InvalidConfiguration", RecommendedAction = action };

    // A project in a file or a variable beside an application credential is left over from another way to log in. One that the caller
    // gives is intended, so it is an error: the credential works in its own project only.
    private static CloudSettings CheckProject(CloudSettings settings, SettingValues given) =>
        settings.Credential.TakesScope || (given[Settings.ProjectId] ?? given[Settings.ProjectName]) is not { } project
            ? settings
            : throw new TroveScheduleException(TroveErrorKind.Invalid, $"The project {ShownText.Quoted(project)} cannot be chosen: an application credential is bound to the project that it was made in.")
            {
                ErrorId = "InvalidConfiguration",
                Target = project,
                RecommendedAction = "Leave the project out, or use a password.",
            };

    private static TroveScheduleException NotConnected(IReadOnlyList<string> names) =>
        new(TroveErrorKind.Invalid, "There is no session, and nothing to connect with: neither OS_CLOUD nor OS_AUTH_URL is set.")
        {
            ErrorId = "NotConnected",
            RecommendedAction = $"Name a cloud of clouds.yaml{(names.Count == 0 ? "" : $" (known are {string.Join(", ", names.Where(ShownText.IsShown))})")}, or give the settings; "
                + "or set OS_CLOUD, or OS_AUTH_URL and the other OS_* variables.",
            Settings = [Settings.AuthUrl],
        };

    private static TroveScheduleException UnknownCloud(string cloudName, CloudsFile?[] files, ConfigurationSources sources, IReadOnlyCollection<string> skippedFiles, string[] misplaced)
    {
        if (files.OfType<CloudsFile>().FirstOrDefault(file => file.Mapping("clouds")?.Has(cloudName) == true) is { } empty)
        {
            return new TroveScheduleException(TroveErrorKind.Invalid, $"The cloud '{cloudName}' in '{empty.Path}' has no settings.")
            {
                ErrorId = "InvalidConfiguration",
                Target = cloudName,
                RecommendedAction = $"Write its settings below '{cloudName}', each indented.",
            };
        }
        string[] names = Names(files);
        string known = names.Length > 0 ? $"Known are {string.Join(", ", names.Select(ShownText.Quoted))}" : "None is known";
        string[] read = [.. files.OfType<CloudsFile>().Select(file => file.Path)];
        string places = read.Length > 0
            ? $"in {string.Join(" and ", read)}"
            : skippedFiles.Count > 0 ? $"for {string.Join(" and ", skippedFiles)}, and no other clouds.yaml, .yml or .json is in {string.Join(", ", sources.Folders)}"
            : $"for there is no clouds.yaml, .yml or .json in {string.Join(", ", sources.Folders)}";
        return new TroveScheduleException(TroveErrorKind.NotFound, $"There is no cloud {ShownText.Quoted(cloudName)}. {known}, {places}.{(read.Length > 0 ? string.Concat(misplaced.Concat(SkippedWarnings(skippedFiles)).Select(warning => " " + warning)) : "")}")
        {
            ErrorId = "UnknownCloud",
            Target = ShownText.IsShown(cloudName) ? cloudName : null,
            RecommendedAction = "Name one of the known clouds, or add this one to clouds.yaml.",
        };
    }
}
