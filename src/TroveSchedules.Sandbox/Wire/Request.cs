using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;

namespace TroveSchedules.Sandbox.Wire;

/// <summary>A request, with the parts that a service uses.</summary>
internal sealed class Request
{
    private readonly HttpRequestMessage _request;

    private Request(HttpRequestMessage request, string body)
    {
        _request = request;
        Body = body;
        Uri = request.RequestUri!;
        // WSGI decodes the path before it is split, so %2F is also a separator.
        Path = Uri.UnescapeDataString(Uri.AbsolutePath).Trim('/').Split('/');
        Query = [.. Uri.Query.TrimStart('?').Split(['&'], StringSplitOptions.RemoveEmptyEntries).Select(pair =>
        {
            int equals = pair.IndexOf('=');
            return equals < 0
                ? new KeyValuePair<string, string>(Decode(pair), "")
                : new KeyValuePair<string, string>(Decode(pair.Substring(0, equals)), Decode(pair.Substring(equals + 1)));
        })];
    }

    public Uri Uri { get; }

    public string Method => _request.Method.Method;

    /// <summary>The decoded segments of the path.</summary>
    public string[] Path { get; }

    public IReadOnlyList<KeyValuePair<string, string>> Query { get; }

    public string Body { get; }

    public string? ContentType => _request.Content?.Headers.ContentType?.MediaType;

    public string Accept => Header("Accept") ?? "";

    public static async Task<Request> ReadAsync(HttpRequestMessage request) =>
        new(request, request.Content is null ? "" : await request.Content.ReadAsStringAsync().ConfigureAwait(false));

    /// <summary>The value of a header; null if it is missing.</summary>
    public string? Header(string name) =>
        _request.Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(", ", values) : null;

    /// <summary>The last value of a query parameter; null if it is missing.</summary>
    public string? QueryParameter(string name)
    {
        string? found = null;
        foreach (KeyValuePair<string, string> pair in Query)
        {
            if (pair.Key == name)
                found = pair.Value;
        }
        return found;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
