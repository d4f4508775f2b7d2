using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;

namespace TroveSchedules.Sandbox.Wire;

/// <summary>A request as the services see it.</summary>
internal sealed class Ask
{
    private readonly HttpRequestMessage _request;

    private Ask(HttpRequestMessage request, string body)
    {
        _request = request;
        Body = body;
        Uri = request.RequestUri!;
        // WSGI hands over a path that is decoded already, so %2F is a slash like any other.
        Path = Uri.UnescapeDataString(Uri.AbsolutePath).Trim('/').Split('/');
        Query = [.. Uri.Query.TrimStart('?').Split(['&'], StringSplitOptions.RemoveEmptyEntries).Select(pair =>
        {
            int equals = pair.IndexOf('=');
            return equals < 0
                ? new KeyValuePair<string, string>(Decoded(pair), "")
                : new KeyValuePair<string, string>(Decoded(pair.Substring(0, equals)), Decoded(pair.Substring(equals + 1)));
        })];
    }

    public Uri Uri { get; }

    public string Method => _request.Method.Method;

    /// <summary>The parts of the path, decoded.</summary>
    public string[] Path { get; }

    public IReadOnlyList<KeyValuePair<string, string>> Query { get; }

    public string Body { get; }

    public string? ContentType => _request.Content?.Headers.ContentType?.MediaType;

    public string Accept => Header("Accept") ?? "";

    public static async Task<Ask> ReadAsync(HttpRequestMessage request) =>
        new(request, request.Content is null ? "" : await request.Content.ReadAsStringAsync().ConfigureAwait(false));

    /// <summary>A header; null where it is not there.</summary>
    public string? Header(string name) =>
        _request.Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(", ", values) : null;

    /// <summary>A parameter, the last where it comes more than once; null where it is not there.</summary>
    public string? Parameter(string name)
    {
        string? found = null;
        foreach (KeyValuePair<string, string> pair in Query)
        {
            if (pair.Key == name)
                found = pair.Value;
        }
        return found;
    }

    private static string Decoded(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
