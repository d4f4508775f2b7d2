using System.IO;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace TroveSchedules.OpenStack;

/// <summary>Reads YAML that nests no deeper than anybody writes it: YamlDotNet builds what is deeper by recursion, until the process ends for want of stack.</summary>
internal sealed class DepthLimitedParser(TextReader text) : IParser
{
    private const int Deepest = 100;

    private readonly Parser _parser = new(text);
    private int _depth;

    public ParsingEvent? Current => _parser.Current;

    public bool MoveNext()
    {
        if (!_parser.MoveNext())
            return false;
        _depth += _parser.Current!.NestingIncrease;
        return _depth <= Deepest ? true : throw new YamlException(Current!.Start, Current.End, $"it nests more than {Deepest} levels deep");
    }
}
