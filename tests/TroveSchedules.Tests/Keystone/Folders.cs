using System;
using System.Collections.Generic;
using System.IO;
using TroveSchedules.OpenStack.Keystone;

namespace TroveSchedules.Tests.Keystone;

/// <summary>An isolated machine for a test: temporary folders, and its own environment variables.</summary>
public sealed class Folders : IDisposable
{
    private readonly Dictionary<string, string> variables = [];

    public Folders()
    {
        Root = Directory.CreateTempSubdirectory("trove-keystone-").FullName;
        foreach (string folder in new[] { "here", "home/.config/openstack", "etc" })
            Directory.CreateDirectory(Path.Combine(Root, folder));
    }

    public string Root { get; }

    public ConfigurationSources Sources => new()
    {
        CurrentFolder = Path.Combine(Root, "here"),
        HomeFolder = Path.Combine(Root, "home"),
        SystemFolder = Path.Combine(Root, "etc"),
        EnvironmentVariable = name => variables.TryGetValue(name, out string? value) ? value : null,
        EnvironmentVariableNames = variables.Keys,
    };

    public string PathOf(string path) => Path.Combine(Root, path);

    public Folders Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllText(PathOf(path), text);
        return this;
    }

    public Folders Set(string variable, string value)
    {
        variables[variable] = value;
        return this;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
