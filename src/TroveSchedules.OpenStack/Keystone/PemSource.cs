using System.IO;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>Certificates or a key, from a file or as PEM text in a setting. It does not override ToString, because it may contain a key.</summary>
/// <param name="path">The file; null if <paramref name="text"/> is given.</param>
/// <param name="text">The PEM text; null if <paramref name="path"/> is given.</param>
/// <param name="setting">The setting and its place, for messages; null if it does not come from a setting.</param>
/// <param name="mayBeSecret">Whether a path without a file may be a secret that was set by mistake.</param>
internal sealed class PemSource(string? path, string? text, string? setting, bool mayBeSecret)
{
    public string? Path { get; } = path;

    /// <summary>Its name in errors: the path, unless no such file exists and the path may be a secret that was set by mistake.</summary>
    public string Shown => IsPathShown ? $"'{Path}'" : setting!;

    public bool IsPathShown => Path is not null && (!mayBeSecret || File.Exists(Path) || Directory.Exists(Path));

    /// <summary>Whether an error may contain the message of the .NET exception, which quotes the path.</summary>
    public bool IsReasonShown => Path is null || IsPathShown;

    public static bool IsPem(string value) => value.Contains("-----BEGIN");

    /// <summary>The source for a path. It keeps the setting's details if the path is still the setting's.</summary>
    public static PemSource? Of(PemSource? source, string? path) =>
        source is not null && source.Path == path ? source : path is null ? null : new PemSource(path, null, null, mayBeSecret: false);

    public string Read() => text ?? File.ReadAllText(Path!);
}
