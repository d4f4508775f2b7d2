using System;
using System.Globalization;
using System.Text;

namespace TroveSchedules.Sandbox;

/// <summary>Ids that look random and come out the same for the same seed, so that a run can be repeated. Tokens and secrets are really random.</summary>
internal sealed class Ids(int seed)
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
    public string Hex() => Uuid().Replace("-", "");

    /// <summary>An address in the memory of a Python process.</summary>
    public string Address() => "0x7f" + _random.Next(0x1000, 0xffff).ToString("x4", CultureInfo.InvariantCulture) + _random.Next(0x100000, 0xffffff).ToString("x6", CultureInfo.InvariantCulture);

    /// <summary>Something nobody can guess, as long as a Fernet token.</summary>
    public static string Secret(string prefix, int length)
    {
        var text = new StringBuilder(prefix);
        while (text.Length < length)
            text.Append(Convert.ToBase64String(Guid.NewGuid().ToByteArray()).TrimEnd('=').Replace('+', '-').Replace('/', '_'));
        text.Length = length;
        return text.ToString();
    }
}
