using System;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TroveSchedules.OpenStack.Http;

/// <summary>
/// Reads the services' times: <c>2016-06-14 14:47:16</c> (Mistral), the same with a fraction (older Mistral), with a T (Trove)
/// and with a Z (Keystone). All are UTC. Empty text is no time.
/// </summary>
internal sealed class WireTime : JsonConverter<DateTimeOffset?>
{
    private static readonly string[] Forms = ["yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        if (reader.TokenType != JsonTokenType.String)
            throw new JsonException("A time is not text.");
        return Parse(reader.GetString()!);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options)
    {
        if (value is { } time)
            writer.WriteStringValue(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        else
            writer.WriteNullValue();
    }

    private static DateTimeOffset? Parse(string text)
    {
        if (text.Length == 0)
            return null;
        return DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time)
            ? time
            : throw new JsonException($"'{ServiceError.Printable(text, 40)}' is not a time.");
    }

    /// <summary>A time as a filter compares it.</summary>
    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
