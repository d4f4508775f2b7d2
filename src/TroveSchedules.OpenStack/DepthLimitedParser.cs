using System.IO;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace TroveSchedules.OpenStack;

/// <summary>Limits the nesting depth of YAML. YamlDotNet parses by recursion, so deep nesting would overflow the stack and end the process.</summary>
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
