using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TroveSchedules.OpenStack.Http;

/// <summary>Takes the secrets out of what is said in one exchange: what stands under a telling name, and every repetition of it.</summary>
internal sealed class SecretMask
{
    private const string Masked = "***";
    private const string Telling = "pass|secret|token|private_?key";

    private static readonly Regex TellingName = new(Telling, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    // name: value and "name" = "value", with quotes that may be escaped. For what is no JSON, or only the beginning of some.
    private static readonly Regex Pair = new(
        $$"""({{Telling}})([\w-]{0,40}\\*["']?\s{0,9}[:=]\s{0,9})(\\+".*?(\\+"|$)|"([^"\\]|\\.)*("|$)|'[^']*('|$)|\S+)""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline);

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Makes a header's value known as a secret.</summary>
    public void AddHeader(HttpHeaders headers, string name)
    {
        if (!headers.TryGetValues(name, out IEnumerable<string>? values))
            return;
        foreach (string value in values)
            Add(value);
    }

    /// <summary>Masks the secrets of a body, and makes them known.</summary>
    public string Mask(string body) => MaskKnown(MaskNamed(body));

    /// <summary>Masks the secrets that are known so far, wherever they stand.</summary>
    public string MaskKnown(string text) => _known.OrderByDescending(secret => secret.Length).Aggregate(text, (masked, secret) => masked.Replace(secret, Masked));

    // A value is found as it is, and as JSON and addresses write it.
    private void Add(string secret)
    {
        if (secret.Length == 0)
            return;
        _known.Add(secret);
        _known.Add(JsonEncodedText.Encode(secret).ToString());
        _known.Add(JsonEncodedText.Encode(secret, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString());
        _known.Add(Uri.EscapeDataString(secret));
    }

    private string MaskNamed(string text)
    {
        if (text.TrimStart() is { Length: > 0 } json && json[0] is ('{' or '['))
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(text);
                using var written = new MemoryStream();
                using (var writer = new Utf8JsonWriter(written, Readable))
                    Write(writer, document.RootElement, isSecret: false, isToken: false);
                return Encoding.UTF8.GetString(written.ToArray());
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException) // The latter: half of a surrogate pair.
            {
            }
        }
        return Pair.Replace(text, pair =>
        {
            string value = pair.Groups[3].Value;
            if (value[0] is '"' or '\'' or '\\') // In prose the next word need be none.
                Add(value.Trim('"', '\'', '\\'));
            return pair.Groups[1].Value + pair.Groups[2].Value + Masked;
        });
    }

    private void Write(Utf8JsonWriter writer, JsonElement element, bool isSecret, bool isToken)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    writer.WritePropertyName(property.Name);
                    // Keystone's token has its value in "id".
                    Write(writer, property.Value, TellingName.IsMatch(property.Name) || (isToken && property.Name == "id"), property.Name == "token");
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement item in element.EnumerateArray())
                    Write(writer, item, isSecret, isToken);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String when !isSecret:
                writer.WriteStringValue(MaskNamed(element.GetString()!)); // JSON inside a string, as Mistral's inputs are, or somebody's words.
                break;
            case JsonValueKind.String:
                Add(element.GetString()!);
                writer.WriteStringValue(Masked);
                break;
            case JsonValueKind.Number when isSecret:
                writer.WriteStringValue(Masked);
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
