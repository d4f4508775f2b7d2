using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>A mapping in a clouds file. JSON is YAML, so one reader does for both.</summary>
internal sealed class CloudsFile
{
    private const int DeepestMerge = 16;
    private readonly YamlMappingNode mapping;

    private CloudsFile(string path, YamlMappingNode mapping)
    {
        Path = path;
        this.mapping = mapping;
    }

    public string Path { get; }

    /// <summary>The first file of that name that exists and may be read, as openstacksdk chooses it; null when there is none.</summary>
    /// <param name="name">The name without an extension: clouds, secure or clouds-public.</param>
    /// <param name="variable">The environment variable that names a file instead.</param>
    /// <param name="sources">Where to look.</param>
    /// <exception cref="TroveScheduleException">The file is not YAML, or the variable names none that can be read.</exception>
    public static CloudsFile? Find(string name, string variable, ConfigurationSources sources)
    {
        if (sources.EnvironmentVariable(variable) is { Length: > 0 } named)
        {
            string path = sources.FullPath(named);
            return TryRead(path) ?? throw Wrong($"{variable} names the file '{path}', which does not exist or cannot be read.");
        }
        return sources.Folders
            .SelectMany(folder => new[] { ".yaml", ".yml", ".json" }, (folder, extension) => System.IO.Path.Combine(folder, name + extension))
            .Select(TryRead)
            .FirstOrDefault(file => file is not null);
    }

    public IEnumerable<string> Keys => Entries().Where(entry => !IsNull(entry.Value)).Select(entry => entry.Key).Distinct();

    /// <summary>The mapping under a key; null when there is none.</summary>
    public CloudsFile? Mapping(string key) => Node(key) switch
    {
        null => null,
        YamlMappingNode node => new CloudsFile(Path, node),
        { } other => throw Wrong($"'{key}' must be a mapping", other),
    };

    /// <summary>The text under a key, however quoted; null when there is none.</summary>
    public string? Text(string key) => Node(key) switch
    {
        null => null,
        YamlScalarNode node => node.Value,
        { } other => throw Wrong($"'{key}' must be a single value", other),
    };

    /// <summary>The entries of <c>regions</c>: a name alone, or <c>name</c> and <c>values</c>.</summary>
    public IReadOnlyList<(string Name, CloudsFile? Values)> Regions()
    {
        return Node("regions") switch
        {
            null => [],
            YamlSequenceNode list => [.. list.Select(Region)],
            { } other => throw Wrong("'regions' must be a list", other),
        };

        (string, CloudsFile?) Region(YamlNode node) => node switch
        {
            YamlScalarNode { Value.Length: > 0 } name => (name.Value, null),
            YamlMappingNode region when new CloudsFile(Path, region) is var named && named.Text("name") is { } name => (name, named.Mapping("values")),
            _ => throw Wrong("a region must be a name, or a mapping with 'name' and 'values'", node),
        };
    }

    /// <summary>The settings of a cloud, of a profile or of a region's values: what stands under <c>auth</c>, and what stands beside it.</summary>
    public Settings Settings()
    {
        CloudsFile? auth = Mapping("auth");
        return Keystone.Settings.Read(name => auth?.Spelled(name) ?? Spelled(name));
    }

    private string? Spelled(string name) => Text(name) ?? Text(name.Replace('_', '-'));

    private YamlNode? Node(string key) =>
        Entries().Where(entry => entry.Key == key).Select(entry => entry.Value).FirstOrDefault(value => !IsNull(value));

    // YAML's merge key: an entry's own keys come first, then those of the mappings that it takes in.
    private IEnumerable<(string Key, YamlNode Value)> Entries(int depth = 0)
    {
        foreach (KeyValuePair<YamlNode, YamlNode> entry in mapping.Children)
        {
            if (entry.Key is YamlScalarNode { Value: { } key } && key != "<<")
                yield return (key, entry.Value);
        }
        if (depth == DeepestMerge || !mapping.Children.TryGetValue("<<", out YamlNode? merged))
            yield break;
        foreach (YamlMappingNode taken in (merged as YamlSequenceNode ?? (IEnumerable<YamlNode>)[merged]).OfType<YamlMappingNode>())
        {
            foreach ((string, YamlNode) entry in new CloudsFile(Path, taken).Entries(depth + 1))
                yield return entry;
        }
    }

    private static bool IsNull(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" };

    private static CloudsFile? TryRead(string path)
    {
        if (!File.Exists(path))
            return null;
        ShallowParser? parser = null;
        try
        {
            using StreamReader reader = File.OpenText(path);
            parser = new ShallowParser(reader);
            var yaml = new YamlStream();
            yaml.Load(parser);
            return yaml.Documents.FirstOrDefault()?.RootNode switch
            {
                YamlMappingNode root => new CloudsFile(path, root),
                null => new CloudsFile(path, new YamlMappingNode()),
                { } other => throw Wrong($"The file '{path}' does not hold a mapping (line {other.Start.Line})."),
            };
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return null; // Another user's file is no reason to stop: openstacksdk goes on to the next folder.
        }
        catch (Exception e) when (e is YamlException or InvalidOperationException)
        {
            // YamlDotNet's own message may quote the line, and a password with it. It does not always know the line, nor (with an
            // unclosed brace) that the fault is the file's.
            long line = e is YamlException { Start: { Index: > 0 } start } ? start.Line : parser?.Current?.Start.Line ?? 1;
            throw Wrong($"The file '{path}' is not valid YAML or JSON: see line {line} and those beside it.");
        }
    }

    private TroveScheduleException Wrong(string rule, YamlNode node) =>
        Wrong($"In the file '{Path}', line {node.Start.Line}: {rule}.");

    private static TroveScheduleException Wrong(string message) =>
        new(TroveErrorKind.Invalid, message) { ErrorId = "InvalidConfiguration" };
}
