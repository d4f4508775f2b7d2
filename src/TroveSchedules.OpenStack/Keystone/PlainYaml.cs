using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>
/// Reads YAML as openstacksdk's loader does: one document, in UTF-8 or with a byte order mark, of printable characters and without application tags. Anything else is refused
/// with file and line, because YamlDotNet would accept a part of the file, or read a tagged value as text.
/// </summary>
internal sealed class PlainYaml : IParser
{
    private const string NullTag = Core + "null";

    private const string Core = "tag:yaml.org,2002:";

    private static readonly string[] Known = ["!", NullTag, .. new[] { "str", "int", "float", "bool", "map", "seq", "timestamp", "merge" }.Select(type => Core + type)];
    private static readonly string[] Unread = [.. new[] { "binary", "omap", "pairs", "set" }.Select(type => Core + type)];
    private static readonly Regex Name = new(@"\G[""']?(?<name>[A-Za-z][A-Za-z0-9_-]*)[""']?\s*:", RegexOptions.CultureInvariant);
    private static readonly Regex Unprintable = new(@"[^\t\n\r\x20-\x7e\x85\xa0-\ufffd]", RegexOptions.CultureInvariant);

    private readonly string _path;
    private readonly string _errorId;
    private readonly bool _allowsAnchors;
    private readonly DepthLimitedParser _parser;
    private readonly string[] _lines;
    private readonly HashSet<AnchorName> _anchors = [];
    private int _documents;

    /// <summary>Reads the contents of a file.</summary>
    /// <param name="path">The file's path, for errors.</param>
    /// <param name="contents">Its contents.</param>
    /// <param name="errorId">The ErrorId of errors.</param>
    /// <param name="allowsAnchors">Whether to accept anchors and aliases.</param>
    /// <exception cref="TroveScheduleException">The contents are not text.</exception>
    public PlainYaml(string path, byte[] contents, string errorId = "InvalidConfiguration", bool allowsAnchors = true)
    {
        _path = path;
        _errorId = errorId;
        _allowsAnchors = allowsAnchors;
        string text = Text(contents);
        if (Unprintable.Match(text) is { Success: true } found)
            throw Wrong(1 + text.Take(found.Index).Count(c => c == '\n'), "there is a character that YAML does not allow. Save the file as UTF-8");
        _lines = text.Split('\n');
        _parser = new DepthLimitedParser(new StringReader(text));
    }

    public ParsingEvent? Current => _parser.Current;

    /// <summary>Whether a node has no value.</summary>
    public static bool IsNull(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" } && (node.Tag.IsEmpty || node.Tag.Value == NullTag);

    /// <summary>The key that begins at a place of the file; null when none does.</summary>
    /// <param name="place">The place, whose line and column count from one.</param>
    public string? KeyAt(Mark place) =>
        place.Line <= _lines.Length && _lines[place.Line - 1] is { } line && place.Column <= line.Length && Name.Match(line, (int)place.Column - 1) is { Success: true } found
            ? found.Groups["name"].Value
            : null;

    public bool MoveNext()
    {
        if (!_parser.MoveNext())
            return false;
        if (Current is DocumentStart && ++_documents > 1)
            throw Wrong(Current.Start.Line, "a second document begins. Keep one, or give each a file of its own");
        if (Current is NodeEvent { Tag.IsEmpty: false } typed && Unread.Contains(typed.Tag.Value))
            throw Wrong(Current.Start.Line, $"a value of the type !!{typed.Tag.Value.Substring(Core.Length)} is not read. Write it as text");
        if (!_allowsAnchors && Current is (AnchorAlias or NodeEvent { Anchor.IsEmpty: false }))
            throw Wrong(Current.Start.Line, "anchors (&) and aliases (*) are not read. Write the value itself; quote a value that begins with '&' or '*'");
        // For these two, YamlDotNet would name the line at the end of the file.
        if (Current is AnchorAlias alias && !_anchors.Contains(alias.Value))
            throw Wrong(Current.Start.Line, "a value begins with '*', and there is no anchor (&) of that name above it. Quote a value that begins with '*'");
        if (Current is Scalar { Anchor.IsEmpty: false, Value.Length: 0, Style: ScalarStyle.Plain })
            throw Wrong(Current.Start.Line, "a value begins with '&', which makes it an anchor without a value. Quote a value that begins with '&'");
        if (Current is NodeEvent { Anchor.IsEmpty: false } anchored)
            _anchors.Add(anchored.Anchor);
        // The tag itself may be a secret value.
        if (Current is NodeEvent { Tag.IsEmpty: false } node && !Known.Contains(node.Tag.Value))
            throw Wrong(Current.Start.Line, "a tag (!) is not known, so its value cannot be. Quote a value that begins with '!'");
        return true;
    }

    private string Text(byte[] contents)
    {
        try
        {
            // A byte order mark determines the encoding.
            using var reader = new StreamReader(new MemoryStream(contents), new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true);
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException)
        {
            throw Wrong(LineOfBadByte(contents), "there is a byte that is not UTF-8. Save the file as UTF-8");
        }
    }

    private static long LineOfBadByte(byte[] contents)
    {
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        long line = 1;
        for (int start = 0; start < contents.Length; line++)
        {
            int end = System.Array.IndexOf(contents, (byte)'\n', start) is >= 0 and int at ? at : contents.Length;
            try
            {
                strict.GetCharCount(contents, start, end - start);
            }
            catch (DecoderFallbackException)
            {
                return line;
            }
            start = end + 1;
        }
        return line;
    }

    private TroveScheduleException Wrong(long line, string rule) =>
        new(TroveErrorKind.Invalid, $"In the file '{_path}', line {line}: {rule}.") { ErrorId = _errorId };
}
