using System;
using System.Globalization;
using System.Text;

namespace TroveSchedules.Sandbox;

/// <summary>Generates ids. The same seed gives the same ids, so that a test can be repeated. Tokens and secrets do not depend on the seed.</summary>
internal sealed class IdGenerator(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>A version 4 UUID, the format of ids in Mistral and Trove.</summary>
    public string Uuid()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        bytes[7] = (byte)((bytes[7] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes).ToString();
    }

    /// <summary>32 hexadecimal digits, the format of ids in Keystone.</summary>
    public string HexId() => Uuid().Replace("-", "");

    /// <summary>A memory address in the format of Python.</summary>
    public string MemoryAddress() =>
        "0x7f" + _random.Next(0x1000, 0xffff).ToString("x4", CultureInfo.InvariantCulture) + _random.Next(0x100000, 0xffffff).ToString("x6", CultureInfo.InvariantCulture);

    /// <summary>Random URL-safe text of a given length, which includes the prefix.</summary>
    public static string Secret(string prefix, int length)
    {
        var text = new StringBuilder(prefix);
        while (text.Length < length)
            text.Append(Convert.ToBase64String(Guid.NewGuid().ToByteArray()).TrimEnd('=').Replace('+', '-').Replace('/', '_'));
        text.Length = length;
        return text.ToString();
    }
}
