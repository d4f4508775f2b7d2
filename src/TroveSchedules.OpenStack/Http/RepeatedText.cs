using System;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TroveSchedules.OpenStack.Http;

/// <summary>
/// Reads text that is as a rule the same in row after row, as a schedule's input is: then the rows share it. Each property has a converter of its own,
/// which keeps the last text that was not overlong.
/// </summary>
internal sealed class RepeatedText : JsonConverter<string?>
{
    private const int Longest = 4096;

    // Replaced as a whole: of two threads that read at once one makes its text anew.
    private Known? _last;

    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String || reader.HasValueSequence || reader.ValueSpan.Length > Longest)
            return reader.GetString();
        if (_last is not { } last || !reader.ValueSpan.SequenceEqual(last.Wire))
            _last = last = new Known(reader.ValueSpan.ToArray(), reader.GetString());
        return last.Text;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    private sealed record Known(byte[] Wire, string? Text);
}
