using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Keystone;

namespace TroveSchedules.OpenStack.Http;

/// <summary>Converts an HTTP error response into a <see cref="TroveScheduleException"/>. Only this class parses the services' error bodies.</summary>
internal static class ServiceError
{
    private const int LongestBody = 64 * 1024;
    private const int LongestMessage = 2000;
    private const int LongestPlace = 500;

    // What Mistral says as 400, 409 or 500 when the connection to its database is lost. The first two it then repeats for every request of the same client's connection.
    private static readonly string[] LostDatabase = ["Database transaction has already been started.", "Can't reconnect until invalid transaction is rolled back.", ".OperationalError)"];

    /// <summary>Reads an error response.</summary>
    /// <param name="response">A response whose status is not 2xx.</param>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static async Task<TroveScheduleException> ReadAsync(HttpResponseMessage response, WireRequest request, CancellationToken cancellationToken)
    {
        // Mistral's 401 repeats the token in its body and in two headers, so a 401 is not read. LoginErrors reads Keystone's 401.
        byte[] body = response.StatusCode == HttpStatusCode.Unauthorized ? [] : await ReadBodyAsync(response, cancellationToken).ConfigureAwait(false);
        string? words = ServerWords(body, response.StatusCode == HttpStatusCode.NotFound ? request.Service : null);
        int status = (int)response.StatusCode;
        if (response.StatusCode == HttpStatusCode.NotFound && words is null)
            return NotTheServices(response, request);
        TroveErrorKind kind = IsLostDatabase(request.Service, words) ? TroveErrorKind.Unavailable : KindOf(status, hasQuota: words is not null && request.Service != "Keystone");
        string? shown = words is null ? null : SecretMask.ForRequest(request, response.RequestMessage).Mask(words); // A validation error can quote the request, and a traceback can contain settings of the service.
        string? place = PlaceOf(response, request.Uri);
        string what = place is not null ? $"HTTP {status} redirects to {place}, and no redirect is followed.{(shown is null ? "" : $" {shown}")}"
            : shown ?? $"HTTP {status} {ReasonOf(response)}".TrimEnd();
        return new TroveScheduleException(kind, $"{request.Service} {VerbOf(kind)}: {what}")
        {
            Target = request.Target,
            ServerMessage = shown == words ? words : null,
            StatusCode = status,
            RequestId = RequestIdOf(response),
            RecommendedAction = place is null ? ActionFor(kind, request.Service) : request.RedirectAdvice.Text,
            Settings = place is null ? [] : request.RedirectAdvice.Settings,
            // Mistral returns 409 for every database error. A 5xx can come after the change was made.
            MayHaveHappened = request.IsChange && kind is TroveErrorKind.Conflict or TroveErrorKind.Unavailable or TroveErrorKind.Timeout or TroveErrorKind.ProtocolError,
        };
    }

    /// <summary>Whether the message of an error says that Mistral has lost its database. The request is not to blame, whatever the status is.</summary>
    /// <param name="service">The service.</param>
    /// <param name="message">The message of the service; null if it gave none.</param>
    public static bool IsLostDatabase(string service, string? message) => service == "Mistral" && message is not null && LostDatabase.Any(message.Contains);

    /// <summary>Whether the message of an error says that Mistral's engine gave no answer to its API in time. The engine may still carry out the request.</summary>
    /// <param name="service">The service.</param>
    /// <param name="message">The message of the service; null if it gave none.</param>
    public static bool IsEngineTimeout(string service, string? message) => service == "Mistral" && message?.StartsWith("This rpc call ", StringComparison.Ordinal) == true;

    /// <summary>Whether the service itself reports that the resource does not exist.</summary>
    /// <param name="response">The response.</param>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="TroveScheduleException">ProtocolError: the body of the 404 is not in the service's format, so another server sent it, and it is unknown whether the resource exists.</exception>
    public static async Task<bool> IsMissingAsync(HttpResponseMessage response, WireRequest request, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.NotFound)
            return false;
        byte[] body = await ReadBodyAsync(response, cancellationToken).ConfigureAwait(false);
        return ServerWords(body, request.Service) is not null ? true : throw NotTheServices(response, request, DamageOf(response, body));
    }

    // An incomplete body was damaged on the way, so it does not show which server sent it.
    private static JsonException? DamageOf(HttpResponseMessage response, byte[] body)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/json")
            return null;
        try
        {
            JsonDocument.Parse(body).Dispose();
            return null;
        }
        catch (JsonException e)
        {
            return e;
        }
    }

    private static TroveScheduleException NotTheServices(HttpResponseMessage response, WireRequest request, JsonException? cause = null) =>
        new(TroveErrorKind.ProtocolError, $"{request.Service} does not answer at {request.Address}, but something else: HTTP 404 {ReasonOf(response)}.", cause)
        {
            Target = request.Target,
            StatusCode = 404,
            RequestId = RequestIdOf(response),
            RecommendedAction = request.WrongAddressAdvice.Text,
            Settings = request.WrongAddressAdvice.Settings,
        };

    /// <summary>The id under which the service logged the request; null if the response has none.</summary>
    public static string? RequestIdOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues("x-openstack-request-id", out var values)
        || response.Headers.TryGetValues("x-compute-request-id", out values)
            ? Printable(values.First())
            : null;

    /// <summary>Escapes server text for a terminal with <see cref="TerminalText"/>, and truncates it.</summary>
    public static string Printable(string text, int longest = LongestMessage) =>
        TerminalText.Sanitize(text.Length <= longest ? text : text.Substring(0, char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest) + "…");

    // The query may contain a ticket, and the user part a password. A URL that is not http or https is shown as its scheme only.
    private static string? PlaceOf(HttpResponseMessage response, Uri requestUrl)
    {
        if ((int)response.StatusCode is < 300 or > 399 || !response.Headers.TryGetValues("Location", out var values) || values.First() is not { Length: > 0 } location)
            return null;
        if (!Uri.TryCreate(requestUrl, location, out Uri? place))
            return "an address that is none";
        return place.Scheme == Uri.UriSchemeHttp || place.Scheme == Uri.UriSchemeHttps
            ? Printable(new SecretMask().Mask(CloudUrl.Masked(place)), LongestPlace)
            : $"an address of {Printable(place.Scheme)}";
    }

    private static TroveErrorKind KindOf(int status, bool hasQuota) => status switch
    {
        400 or 405 or 406 or 415 or 422 => TroveErrorKind.Invalid,
        401 => TroveErrorKind.Unauthorized,
        403 => TroveErrorKind.Forbidden,
        404 or 410 => TroveErrorKind.NotFound,
        408 or 504 => TroveErrorKind.Timeout,
        409 => TroveErrorKind.Conflict,
        413 when hasQuota => TroveErrorKind.QuotaExceeded, // Trove's status for an exceeded quota.
        511 => TroveErrorKind.ProtocolError, // The login page of a captive portal.
        429 or >= 500 => TroveErrorKind.Unavailable,
        _ => TroveErrorKind.ProtocolError,
    };

    private static string VerbOf(TroveErrorKind kind) => kind switch
    {
        TroveErrorKind.NotFound => "does not find it",
        TroveErrorKind.Unauthorized => "does not accept the credentials",
        TroveErrorKind.Forbidden => "does not allow it",
        TroveErrorKind.QuotaExceeded => "refuses for a quota",
        TroveErrorKind.Unavailable => "failed",
        TroveErrorKind.Timeout => "did not answer in time",
        TroveErrorKind.ProtocolError => "gave an answer that its API does not know",
        _ => "refuses",
    };

    private static string? ActionFor(TroveErrorKind kind, string service) => kind switch
    {
        TroveErrorKind.Unauthorized => "Check the credentials, then connect again.",
        TroveErrorKind.Forbidden => "Ask the cloud's administrator for a role that allows this, or use another account.",
        TroveErrorKind.QuotaExceeded => "Delete what is no longer needed, or ask for a larger quota.",
        TroveErrorKind.Unavailable or TroveErrorKind.Timeout => $"Try again later; if it persists, give the request id to those who run {service}.",
        TroveErrorKind.ProtocolError => "Check that the URL is the service's own and that no proxy answers in its place.",
        _ => null,
    };

    private static string ReasonOf(HttpResponseMessage response) =>
        Printable(response.StatusCode == HttpStatusCode.Unauthorized || response.ReasonPhrase is null ? response.StatusCode.ToString() : response.ReasonPhrase);

    /// <summary>The body of an error response, or its beginning; empty if it cannot be read, because the status is sufficient.</summary>
    public static async Task<byte[]> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            using Stream body = await ResponseBody.OpenAsync(response, cancellationToken).ConfigureAwait(false);
            var buffer = new byte[LongestBody];
            int length = 0, read;
            while (length < buffer.Length
                && (read = await body.ReadAsync(buffer, length, buffer.Length - length, cancellationToken).ConfigureAwait(false)) > 0)
                length += read;
            Array.Resize(ref buffer, length);
            return buffer;
        }
        catch (Exception e) when (e is IOException or HttpRequestException or InvalidDataException)
        {
            return [];
        }
    }

    /// <summary>The service's message in the body of an error response. It may contain a secret; null if there is none.</summary>
    /// <param name="body">The body.</param>
    /// <param name="service">Accepts only this service's format of a 404, because another server may answer at its URL; null for any service's format.</param>
    // Mistral: {"faultstring": ...}. Keystone, and Trove's 401: {"error": {"message": ...}}. Trove: {"<any one key>": {"message": ...}}, of a 404 "itemNotFound".
    // The HTML pages of 405, of some 404 and of proxies add nothing to the status.
    public static string? ServerWords(byte[] body, string? service = null)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return null;
            if (Text(document.RootElement, "faultstring") is { } fault)
                return service is null or "Mistral" ? fault : null;
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (service is not null && property.Name != (service switch { "Trove" => "itemNotFound", "Keystone" => "error", _ => null }))
                    continue;
                if (property.Value.ValueKind == JsonValueKind.Object && Text(property.Value, "message") is { } message)
                    return message;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // InvalidOperationException: a lone surrogate.
        {
        }
        return null;
    }

    private static string? Text(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out JsonElement value) || value.ValueKind != JsonValueKind.String)
            return null;
        string text = value.GetString()!;
        // A database error contains its SQL, parameters and a trust id.
        int sql = text.IndexOf("[SQL:", StringComparison.Ordinal);
        text = Printable(sql < 0 ? text : text.Substring(0, sql)).Trim();
        return text.Length == 0 ? null : text;
    }
}
