using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>A mapping in a clouds file. JSON is valid YAML, so one reader handles both.</summary>
internal sealed class CloudsFile
{
    private const int DeepestMerge = 16;

    // Text in the place of a name may be a password: YAML reads {password:secret} as one key.
    private static readonly Regex PlainName = new("^[A-Za-z][A-Za-z0-9_-]{0,63}$", RegexOptions.CultureInvariant);

    private static readonly string[] Sections = ["clouds", "public-clouds", "client", "cache", "ansible", "metrics", "influxdb", "functional"];

    private readonly YamlMappingNode mapping;

    private CloudsFile(string path, YamlMappingNode mapping)
    {
        Path = path;
        this.mapping = mapping;
    }

    public string Path { get; }

    /// <summary>The first file of that name that can be read, as openstacksdk chooses it; null when there is none.</summary>
    /// <param name="name">The name without an extension: clouds, secure or clouds-public.</param>
    /// <param name="variable">The environment variable that names a file instead.</param>
    /// <param name="sources">Where to look.</param>
    /// <param name="skippedFiles">Gets the files and folders that exist and cannot be read, with the reason.</param>
    /// <exception cref="TroveScheduleException">The file is not YAML, or the variable names none that can be read.</exception>
    public static CloudsFile? Find(string name, string variable, ConfigurationSources sources, ICollection<string> skippedFiles)
    {
        if (sources.EnvironmentVariable(variable) is { Length: > 0 } named)
        {
            string path = sources.FullPath(named);
            return TryRead(path, out string? reason) ?? throw Wrong($"{variable} names the file '{path}', which {reason ?? "does not exist"}.");
        }
        foreach (string path in sources.Folders.SelectMany(folder => new[] { ".yaml", ".yml", ".json" }, (folder, extension) => System.IO.Path.Combine(folder, name + extension)))
        {
            if (TryRead(path, out string? reason) is { } file)
                return file;
            if (reason is not null)
                Skip(path, reason);
        }
        return null;

        void Skip(string path, string reason)
        {
            // Without access to the folder it is unknown whether the file exists.
            string skipped = File.Exists(path) || Directory.Exists(path) || IsLink(path) ? $"the file '{path}' {reason}" : $"the folder '{System.IO.Path.GetDirectoryName(path)}' may not be entered by this user";
            if (!skippedFiles.Contains(skipped))
                skippedFiles.Add(skipped);
        }
    }

    public IEnumerable<string> Keys => Entries().Where(entry => !IsNull(entry.Value)).Select(entry => entry.Key).Distinct();

    /// <summary>Warnings about keys beside <c>clouds</c> that openstacksdk does not know: often a misspelt name, or settings that are not indented.</summary>
    public IEnumerable<string> MisplacedKeys() =>
        from entry in OwnEntries()
        where !Sections.Contains(entry.Key) && entry.Value is not YamlMappingNode { Anchor.IsEmpty: false } and not YamlSequenceNode { Anchor.IsEmpty: false }
        let problem = NotPlain(entry.Key)
        select $"In the file '{Path}', line {entry.Line}: {problem ?? $"'{entry.Key}'"} is {(Has("clouds") ? "beside 'clouds', so it is not used" : "not used, and 'clouds' is missing")}."
            + (problem is not null ? "" : !Has("clouds") && KnownSettings.Nearest(entry.Key, ["clouds"]) is { } clouds ? $" Did you mean '{clouds}'?" : " Put clouds below 'clouds', and settings below their cloud.");

    /// <summary>Whether the mapping has the key, though perhaps with nothing below it.</summary>
    public bool Has(string key) => Entries().Any(entry => entry.Key == key);

    /// <summary>The mapping under a key; null when there is none.</summary>
    public CloudsFile? Mapping(string key) => First(key) switch
    {
        null => null,
        { Value: YamlMappingNode node } => new CloudsFile(Path, node),
        { } other => throw Wrong($"'{key}' must be a mapping", other.Line),
    };

    /// <summary>The entries of <c>regions</c>, each a name alone, or <c>name</c> and <c>values</c>; null if the mapping has no regions.</summary>
    /// <param name="warnings">Gets warnings about unknown keys of a region.</param>
    public IReadOnlyList<(string Name, CloudsFile? Values)>? Regions(ICollection<string> warnings)
    {
        Entry? entry = Entries().Where(entry => entry.Key == "regions").Select(entry => (Entry?)entry).FirstOrDefault();
        switch (entry?.Value)
        {
            case null:
                return null;
            case YamlSequenceNode list:
                var regions = new List<(string Name, CloudsFile? Values)>();
                foreach (YamlNode node in list)
                {
                    (string Name, CloudsFile? Values) region = Region(node, warnings);
                    if (regions.Any(other => other.Name == region.Name))
                        throw Wrong($"the region {ShownText.Quoted(region.Name)} appears twice. Keep one", node.Start.Line);
                    regions.Add(region);
                }
                return regions;
            case { } other when IsNull(other):
                return [];
            default:
                throw Wrong("'regions' must be a list", entry!.Value.Line);
        }
    }

    private (string, CloudsFile?) Region(YamlNode node, ICollection<string> warnings)
    {
        if (node is YamlScalarNode { Value.Length: > 0 } alone)
            return (alone.Value, null);
        if (node is not YamlMappingNode mapping || new CloudsFile(Path, mapping) is not { } region || region.First("name")?.Value is not YamlScalarNode { Value.Length: > 0 } name)
            throw Wrong("a region must be a name, or a mapping with 'name' and 'values'", node.Start.Line);
        foreach (Entry entry in region.Entries().Where(entry => entry.Key is not ("name" or "values")))
        {
            string setting = entry.Key.Replace('-', '_');
            if (setting == "auth" || KnownSettings.Find(setting) is { Use: not SettingUse.Elsewhere })
                throw Wrong($"'{entry.Key}' is beside a region's name. Put it below 'values'", entry.Line);
            string? nearest = KnownSettings.Nearest(setting, ["values"]) ?? Proposal(setting);
            warnings.Add($"In the file '{Path}', line {entry.Line}: {NotPlain(entry.Key) ?? $"'{entry.Key}'"} is not a part of a region, so it is not used."
                + (nearest is null ? " Put settings below 'values'." : nearest == "values" ? " Did you mean 'values'?" : $" Did you mean '{nearest}', below 'values'?"));
        }
        return (name.Value, region.Mapping("values"));
    }

    /// <summary>
    /// The settings of a cloud, of a profile or of a region's values, under <c>auth</c> and beside it. The nearest key is used, even if its value is null:
    /// a mapping's own keys come before those that it merges with &lt;&lt;, and at the same distance keys under <c>auth</c> come first. The nearest key also hides farther settings with
    /// the same meaning, such as a project's id behind its name.
    /// </summary>
    public SettingValues Settings()
    {
        Entry auth = Entries().FirstOrDefault(entry => entry.Key == "auth");
        if (auth.Value is not null && IsNull(auth.Value))
            throw Wrong("'auth' is empty. Write settings below it, or take the line out", auth.Line);
        FoundKey[] found =
        [
            .. Mapping("auth")?.Entries().Select(entry => new FoundKey(entry.Key, entry.Value, entry.Line, auth.Depth, entry.Depth)) ?? [],
            .. Entries().Where(entry => entry.Key != "auth").Select(entry => new FoundKey(entry.Key, entry.Value, entry.Line, entry.Depth, int.MaxValue)),
        ];
        ILookup<Setting?, FoundKey> known = found.Where(each => !found.Any(each.IsHiddenBy)).ToLookup(each => KnownSettings.Find(each.Name));
        return SettingValues.Read(setting => Nearest(setting, known[setting]), [.. known[null].Where(IsNearest).Select(Unknown)]);

        bool IsNearest(FoundKey unknown) => found.First(each => each.Name == unknown.Name).Equals(unknown);
    }

    private static string? Proposal(string name) => KnownSettings.Nearest(name) ?? (name == "auth" ? null : KnownSettings.Nearest(name, ["auth"]));

    private readonly record struct Entry(string Key, YamlNode Value, long Line, int Depth);

    private readonly record struct FoundKey(string Key, YamlNode Value, long Line, int Depth, int DepthInAuth)
    {
        public string Name => Key.Replace('-', '_');

        public bool IsAsNearAs(FoundKey other) => (Depth, DepthInAuth).Equals((other.Depth, other.DepthInAuth));

        // The settings under auth and those beside it are one place. It keeps both a project's id and its name.
        public bool IsHiddenBy(FoundKey other) =>
            (other.Depth, other.OwnDepthInAuth).CompareTo((Depth, OwnDepthInAuth)) < 0
            && other.Value is not YamlScalarNode { Value: null or "" } && !IsNull(other.Value)
            && KnownSettings.Find(Name) is { } setting && KnownSettings.Find(other.Name) is { } otherSetting && SettingValues.AreAlternatives(setting.Name, otherSetting.Name);

        private int OwnDepthInAuth => DepthInAuth == int.MaxValue ? 0 : DepthInAuth;
    }

    private SettingValue? Nearest(Setting setting, IEnumerable<FoundKey> found)
    {
        FoundKey[] byDistance = [.. found.OrderBy(each => each.Depth).ThenBy(each => each.DepthInAuth).ThenBy(each => setting.Names.TakeWhile(name => name != each.Name).Count())];
        if (byDistance.Length == 0)
            return null;
        FoundKey[] equallyNear = [.. byDistance.Where(each => each.IsAsNearAs(byDistance[0]))];
        FoundKey nearest = equallyNear[0];
        string? text = Text(setting, nearest);
        if (setting.Use == SettingUse.Honoured && equallyNear.FirstOrDefault(each => !setting.HaveSameMeaning(Text(setting, each), text)) is { Key: { } otherKey } contradiction)
            throw Wrong($"'{otherKey}' differs from '{nearest.Key}' (line {nearest.Line}), and both are the setting '{setting.Name}'. Keep one", contradiction.Line);
        // Which of these two wins changed between the versions of openstacksdk.
        FoundKey beside = byDistance.FirstOrDefault(each => each.Depth == nearest.Depth && each.DepthInAuth == int.MaxValue);
        if (nearest.DepthInAuth != int.MaxValue && beside.Value is not null && text is { Length: > 0 } && Text(setting, beside) is { Length: > 0 } other && !setting.HaveSameMeaning(other, text))
            throw Wrong($"'{beside.Key}' differs from '{nearest.Key}' under 'auth' (line {nearest.Line}), and openstacksdk's versions do not agree which to take. Keep one", beside.Line);
        return new SettingValue(nearest.Key, text, $"'{Path}', line {nearest.Line}");
    }

    private string? Text(Setting setting, FoundKey found) => found.Value switch
    {
        { } node when IsNull(node) => null,
        YamlScalarNode scalar => scalar.Value,
        _ when setting.Type == SettingType.Any => "(several values)",
        _ => throw Wrong($"'{found.Key}' must be a single value", found.Line),
    };

    private string Unknown(FoundKey found)
    {
        string place = $"In the file '{Path}', line {found.Line}: ";
        if (found.Key == "<<")
            return $"{place}'<<' in quotes is an ordinary key, so it is not used. Write << without quotes.";
        if (TerminalText.InvisibleCodePoints(found.Key) is { } codes)
            return $"{place}a key contains an invisible character ({codes}), so it is not used. Delete that character.";
        string? nearest = Proposal(found.Name);
        // In the line 'topsecret: password', key and value are swapped.
        if (nearest is null && found.Value is YamlScalarNode { Value: { } text } && KnownSettings.Find(text.Replace('-', '_')) is { Use: not SettingUse.Elsewhere })
            return $"{place}a key is not a known setting, but its value is the name of one. Are the two swapped?";
        if (!PlainName.IsMatch(found.Key))
            return $"{place}a key is not a known setting, so it is not used. Is a blank missing after a colon?";
        return $"{place}'{found.Key}' is not a known setting, so it is not used.{(nearest is null ? "" : $" Did you mean '{nearest}'?")}";
    }

    // The error of a key that must not be shown; null for other keys.
    private static string? NotPlain(string key) =>
        TerminalText.InvisibleCodePoints(key) is { } codes ? $"a key that contains an invisible character ({codes})" : PlainName.IsMatch(key) ? null : "a key";

    private Entry? First(string key) =>
        Entries().Where(entry => entry.Key == key).Select(entry => (Entry?)entry).FirstOrDefault() is { } nearest && !IsNull(nearest.Value) ? nearest : null;

    // YAML's merge key: an entry's own keys come first, then those of the merged mappings, in their order.
    private IEnumerable<Entry> Entries() =>
        Mappings().SelectMany((from, distance) => from.OwnEntries().Select(entry => entry with { Depth = distance }));

    private IEnumerable<Entry> OwnEntries()
    {
        foreach (KeyValuePair<YamlNode, YamlNode> entry in mapping.Children)
        {
            if (entry.Key is not YamlScalarNode { Value: { } name } key)
                throw Wrong("a key must be a single value", entry.Key.Start.Line);
            if (!IsMerge(key))
                yield return new Entry(name, entry.Value, key.Start.Line, 0);
        }
    }

    private IEnumerable<CloudsFile> Mappings(int depth = 0)
    {
        yield return this;
        YamlNode? merged = mapping.Children.FirstOrDefault(entry => entry.Key is YamlScalarNode key && IsMerge(key)).Value;
        if (depth == DeepestMerge || merged is null)
            yield break;
        foreach (YamlNode taken in merged as YamlSequenceNode ?? (IEnumerable<YamlNode>)[merged])
        {
            if (taken is not YamlMappingNode from)
                throw Wrong("'<<' must take in a mapping, or a list of mappings", taken.Start.Line);
            foreach (CloudsFile next in new CloudsFile(Path, from).Mappings(depth + 1))
                yield return next;
        }
    }

    // In quotes, and therefore in JSON, << is an ordinary key.
    private static bool IsMerge(YamlScalarNode key) => key is { Value: "<<", Style: ScalarStyle.Plain };

    private static bool IsNull(YamlNode node) => PlainYaml.IsNull(node);

    private static CloudsFile? TryRead(string path, out string? reason)
    {
        reason = null;
        PlainYaml? parser = null;
        try
        {
            parser = new PlainYaml(path, File.ReadAllBytes(path));
            var yaml = new YamlStream();
            yaml.Load(parser);
            return yaml.Documents.FirstOrDefault()?.RootNode switch
            {
                YamlMappingNode root => new CloudsFile(path, root),
                null => new CloudsFile(path, new YamlMappingNode()),
                YamlScalarNode scalar when IsNull(scalar) => new CloudsFile(path, new YamlMappingNode()),
                { } other => throw Wrong($"The file '{path}' does not hold a mapping (line {other.Start.Line})."),
            };
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            reason = IsLink(path) ? "is a link to a file that does not exist" : null;
            return null;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            // A file of another user is not an error: openstacksdk continues with the next folder.
            reason = Directory.Exists(path) ? "is a folder"
                : e is UnauthorizedAccessException ? "may not be read by this user"
                : "cannot be read";
            return null;
        }
        catch (Exception e) when (e is YamlException or InvalidOperationException)
        {
            // YamlDotNet's own message may quote the line, and a password with it. It does not always know the line, nor (with an
            // unclosed brace) that the fault is the file's.
            long line = e is YamlException { Start: { Index: > 0 } start } ? start.Line : parser?.Current?.Start.Line ?? 1;
            if (e is YamlException duplicate && e.Message.StartsWith("Duplicate key", StringComparison.Ordinal))
                throw Wrong($"In the file '{path}', line {line}: {(parser!.KeyAt(duplicate.Start) is { } name && PlainName.IsMatch(name) ? $"the key '{name}'" : "a key")} appears twice in one mapping. Keep one.");
            throw Wrong($"The file '{path}' is not valid YAML or JSON: see line {line} and those beside it.");
        }
    }

    private static bool IsLink(string path) => new FileInfo(path).Attributes is var attributes && attributes != (FileAttributes)(-1) && attributes.HasFlag(FileAttributes.ReparsePoint);

    private TroveScheduleException Wrong(string rule, long line) =>
        Wrong($"In the file '{Path}', line {line}: {rule}.");

    private static TroveScheduleException Wrong(string message) =>
        new(TroveErrorKind.Invalid, message) { ErrorId = "InvalidConfiguration" };
}
