using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TroveSchedules.OpenStack.Http;

/// <summary>
/// Masks secrets in the texts of one request and its response: the secrets that were sent, values whose key looks secret, the user and password of a URL, and every
/// repetition of these in any encoding. The beginning of a long secret is masked too.
/// </summary>
internal sealed class SecretMask
{
    private const string Masked = "***";
    private const string Telling = "pass|secret|token|receipt|private_?key";

    private static readonly Regex TellingName = new(Telling, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    // name: value and "name" = "value", with quotes that may be escaped. For text that is not JSON, or truncated JSON.
    private static readonly Regex Pair = new(
        $$"""({{Telling}})([\w-]{0,40}\\*["']?\s{0,9}[:=]\s{0,9})(\\+".*?(\\+"|$)|"([^"\\]|\\.)*("|$)|'[^']*('|$)|\S+)""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline);

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // In a URL: https://name:password@host.
    private static readonly Regex UserInfo = new(@"(?<=://)[^/\s@""'<>]{1,1000}@", RegexOptions.CultureInvariant);

    // The beginning of a token identifies its owner, and a reader who sees most of it may guess the rest.
    private const int Long = 32;
    private const int Beginning = 16;
    private const int ShortestBase64 = 8;

    // A pattern is some eighty times as long as the secret. For a longer secret, the pattern covers the beginning and then any token characters.
    private const int Longest = 2_000;

    private readonly Dictionary<string, Regex> _known = new(StringComparer.Ordinal);

    /// <summary>Creates a mask with the secrets that an attempt sent.</summary>
    /// <param name="request">The request.</param>
    /// <param name="message">The HTTP message of the attempt; null if unknown.</param>
    public static SecretMask ForRequest(WireRequest request, HttpRequestMessage? message)
    {
        var secrets = new SecretMask();
        secrets.Add(request.Secret ?? "");
        if (message is not null)
            secrets.AddHeader(message.Headers, "X-Auth-Token");
        return secrets;
    }

    /// <summary>Adds the value of a header to the secrets.</summary>
    public void AddHeader(HttpHeaders headers, string name)
    {
        if (!headers.TryGetValues(name, out IEnumerable<string>? values))
            return;
        foreach (string value in values)
            Add(value);
    }

    /// <summary>Masks the secrets in a body, and adds them to the known secrets.</summary>
    public string Mask(string body)
    {
        // Secrets that contain spaces come first, because MaskNamed masks only the first word of a value in prose. They cannot damage a key, because no key contains a space.
        string text = _known.Where(secret => secret.Key.Any(char.IsWhiteSpace)).Aggregate(body, (masked, secret) => secret.Value.Replace(masked, Masked));
        return MaskKnown(MaskNamed(text));
    }

    /// <summary>Masks all known secrets in a text.</summary>
    public string MaskKnown(string text) => _known.OrderByDescending(secret => secret.Key.Length)
        .Aggregate(UserInfo.Replace(text, Masked + "@"), (masked, secret) => secret.Value.Replace(masked, Masked));

    /// <summary>Copies an error with all known secrets masked. An inner exception or a service message that contains a secret is omitted.</summary>
    public TroveScheduleException Mask(TroveScheduleException error)
    {
        Exception? cause = error.InnerException is { } inner && IsOpen(inner.ToString()) ? null : error.InnerException;
        return cause == error.InnerException && !new[] { error.Message, error.ServerMessage, error.RequestId }.Any(IsOpen)
            ? error
            : new TroveScheduleException(error.Kind, MaskKnown(error.Problem), cause)
            {
                ErrorId = error.ErrorId,
                Target = error.Target,
                ServerMessage = IsOpen(error.ServerMessage) ? null : error.ServerMessage,
                StatusCode = error.StatusCode,
                RequestId = error.RequestId is { } id ? MaskKnown(id) : null,
                MayHaveHappened = error.MayHaveHappened,
                RecommendedAction = error.RecommendedAction,
                Settings = error.Settings,
            };

        bool IsOpen(string? text) => text is not null && MaskKnown(text) != text;
    }

    /// <summary>Adds a secret, also as it appears in JSON, URLs, HTML and base64.</summary>
    public void Add(string secret)
    {
        if (secret.Length > Longest)
            secret = secret.Substring(0, Longest);
        if (secret.Length == 0 || _known.ContainsKey(secret))
            return;
        string base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).TrimEnd('='), forms = Written(secret);
        if (base64.Length >= ShortestBase64) // A shorter text may be an ordinary word.
            forms += $"|{Regex.Escape(base64)}";
        if (secret.Length >= Long)
            forms += $@"|(?:{Written(secret.Substring(0, Beginning))}|{Regex.Escape(base64.Substring(0, Beginning))})[\w%.~+/=-]*";
        _known[secret] = new Regex(forms, RegexOptions.CultureInvariant);
    }

    // A pattern that matches the text with each special character in any of its encodings.
    private static string Written(string text)
    {
        var pattern = new StringBuilder();
        for (int at = 0; at < text.Length; at++)
        {
            char c = text[at];
            if (c is (>= '0' and <= '9') or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z') or '_')
            {
                pattern.Append(c);
                continue;
            }
            string whole = char.IsSurrogatePair(text, at) ? text.Substring(at++, 2) : c.ToString();
            pattern.Append(@"(?:\\{0,9}(?:").Append(Regex.Escape(whole)).Append('|').Append(string.Concat(whole.Select(half => $@"\\{{1,9}}u(?i:{(int)half:x4})"))).Append(')')
                .Append("|(?i:").Append(string.Concat(Encoding.UTF8.GetBytes(whole).Select(part => $"%{part:x2}"))).Append(')')
                .Append(FormattableString.Invariant($"|&#(?:0*{CodePoint(whole)}|(?i:x0*{CodePoint(whole):x}));"))
                .Append(whole switch { " " => @"|\+", "\"" => "|&quot;", "&" => "|&amp;", "<" => "|&lt;", ">" => "|&gt;", "'" => "|&apos;", "\n" => @"|\\{1,9}n", "\t" => @"|\\{1,9}t", _ => "" })
                .Append(')');
        }
        return pattern.ToString();
    }

    private static int CodePoint(string character) => character.Length == 2 ? char.ConvertToUtf32(character, 0) : character[0];

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
            catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException) // The last two: a lone surrogate.
            {
            }
        }
        return Pair.Replace(text, pair =>
        {
            string value = pair.Groups[3].Value;
            if (value[0] is '"' or '\'' or '\\') // In prose, the next word may not be a secret.
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
                writer.WriteStringValue(MaskNamed(element.GetString()!)); // JSON inside a string, such as Mistral's inputs, or plain text.
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
