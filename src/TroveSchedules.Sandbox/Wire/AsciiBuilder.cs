using System;
using System.Buffers;
using System.Text;

namespace TroveSchedules.Sandbox.Wire;

/// <summary>Builds ASCII text as bytes in a pooled buffer. A page of 1000 rows is almost a megabyte, so building a string first would waste memory.</summary>
internal sealed class AsciiBuilder : IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(1024);
    private int _length;

    public void Append(char c)
    {
        Reserve(1);
        _bytes[_length++] = (byte)c;
    }

    public void Append(string text) => Append(text, 0, text.Length);

    public void Append(string text, int start, int count)
    {
        Reserve(count);
        _length += Encoding.ASCII.GetBytes(text, start, count, _bytes, _length);
    }

    public byte[] ToBytes() => _bytes.AsSpan(0, _length).ToArray();

    public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);

    private void Reserve(int count)
    {
        if (_bytes.Length - _length >= count)
            return;
        byte[] longer = ArrayPool<byte>.Shared.Rent(Math.Max(_length + count, 2 * _bytes.Length));
        Buffer.BlockCopy(_bytes, 0, longer, 0, _length);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = longer;
    }
}
