using System;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TroveSchedules.OpenStack.Http;

/// <summary>
/// Reads text that usually repeats from row to row, such as a schedule's input. Equal consecutive values share one string. Each property has its own
/// converter, which keeps the last text that was not too long.
/// </summary>
internal sealed class RepeatedTextConverter : JsonConverter<string?>
{
    private const int Longest = 4096;

    // Replaced as a whole, so a race between two threads costs only an extra string.
    private CachedText? _last;

    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String || reader.HasValueSequence || reader.ValueSpan.Length > Longest)
            return reader.GetString();
        if (_last is not { } last || !reader.ValueSpan.SequenceEqual(last.Wire))
            _last = last = new CachedText(reader.ValueSpan.ToArray(), reader.GetString());
        return last.Text;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    private sealed record CachedText(byte[] Wire, string? Text);
}
