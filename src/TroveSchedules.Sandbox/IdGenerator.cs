using System;
using System.Globalization;
using System.Text;

namespace TroveSchedules.Sandbox;

/// <summary>Makes ids that look random. The same seed gives the same ids, so that a run can be repeated. Tokens and secrets do not depend on the seed.</summary>
internal sealed class IdGenerator(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>A UUID of version 4, as Mistral and Trove write them.</summary>
    public string Uuid()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        bytes[7] = (byte)((bytes[7] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes).ToString();
    }

    /// <summary>32 hexadecimal digits, as Keystone writes ids.</summary>
    public string HexId() => Uuid().Replace("-", "");

    /// <summary>A memory address as Python prints it.</summary>
    public string MemoryAddress() =>
        "0x7f" + _random.Next(0x1000, 0xffff).ToString("x4", CultureInfo.InvariantCulture) + _random.Next(0x100000, 0xffffff).ToString("x6", CultureInfo.InvariantCulture);

    /// <summary>Random URL-safe text of a given length, prefix included.</summary>
    public static string Secret(string prefix, int length)
    {
        var text = new StringBuilder(prefix);
        while (text.Length < length)
            text.Append(Convert.ToBase64String(Guid.NewGuid().ToByteArray()).TrimEnd('=').Replace('+', '-').Replace('/', '_'));
        text.Length = length;
        return text.ToString();
    }
}
