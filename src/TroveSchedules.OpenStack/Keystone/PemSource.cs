using System.IO;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>Certificates or a key: a file, or PEM text that stands in a setting. A class without a text of its own, since it may hold a key.</summary>
/// <param name="path">The file; null where the text is given.</param>
/// <param name="text">The PEM text; null where it stands in a file.</param>
/// <param name="setting">The setting that says it, and where that stands; null when no setting does.</param>
/// <param name="mayBeSecret">Whether the path, where it names no file, may be what should not be repeated.</param>
internal sealed class PemSource(string? path, string? text, string? setting, bool mayBeSecret)
{
    public string? Path { get; } = path;

    /// <summary>What errors call it: the path, unless it names no file and may be a secret that was written in its place.</summary>
    public string Shown => IsPathShown ? $"'{Path}'" : setting!;

    public bool IsPathShown => Path is not null && (!mayBeSecret || File.Exists(Path) || Directory.Exists(Path));

    /// <summary>Whether the reason of an error may be repeated, in which .NET quotes the path.</summary>
    public bool IsReasonShown => Path is null || IsPathShown;

    public static bool IsPem(string value) => value.Contains("-----BEGIN");

    /// <summary>What a setting says of the path that the settings have now.</summary>
    public static PemSource? Of(PemSource? said, string? path) =>
        said is not null && said.Path == path ? said : path is null ? null : new PemSource(path, null, null, mayBeSecret: false);

    public string Read() => text ?? File.ReadAllText(Path!);
}
