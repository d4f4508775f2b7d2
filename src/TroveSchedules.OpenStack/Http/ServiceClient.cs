using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.OpenStack.Http;

/// <summary>Sends requests to one service and reads its responses. All failures are thrown as <see cref="TroveScheduleException"/>.</summary>
internal sealed class ServiceClient(HttpSender sender, string name, Func<Uri> endpoint)
{
    /// <summary>Builds a request to this service.</summary>
    public WireRequest Request(HttpMethod method, string path, object? target, Func<HttpContent>? content = null) =>
        new(name, method, new Uri(endpoint().AbsoluteUri.TrimEnd('/') + path), target) { Content = content };

    /// <summary>Sends a request and reads a JSON response.</summary>
    public Task<T> SendAsync<T>(WireRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        sender.SendAsync(request, (response, _, token) => ReadAsync(response, request, type, token), cancellationToken);

    /// <summary>Sends a GET and reads a JSON response.</summary>
    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, object? target, CancellationToken cancellationToken) =>
        SendAsync(Request(HttpMethod.Get, path, target), type, cancellationToken);

    /// <summary>Sends a GET and reads a JSON response; null if the service reports that the resource does not exist.</summary>
    public Task<T?> FindAsync<T>(string path, JsonTypeInfo<T> type, object? target, CancellationToken cancellationToken)
        where T : class
    {
        WireRequest request = Request(HttpMethod.Get, path, target);
        return sender.SendAsync(request, (response, _, token) => FindAsync(response, request, type, token), cancellationToken);
    }

    /// <summary>Creates a resource whose name the client chose. Retries never create it twice.</summary>
    /// <param name="request">The request that creates the resource.</param>
    /// <param name="path">The path of the created resource.</param>
    /// <param name="type">The JSON type of the response.</param>
    /// <param name="cancellationToken">Cancels the attempts. The service may still carry out a request that was sent.</param>
    public Task<T> CreateAsync<T>(WireRequest request, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        WireRequest find = Request(HttpMethod.Get, path, request.Target);
        return sender.CreateAsync(
            request, find, (response, token) => ReadAsync(response, request, type, token), (response, token) => FindAsync(response, find, type, token), cancellationToken);
    }

    /// <summary>Sends a DELETE, whose response has no body. A 404 to a retry counts as success, because an earlier attempt deleted the resource.</summary>
    /// <param name="path">The path of the resource.</param>
    /// <param name="target">What an error is about.</param>
    /// <param name="cancellationToken">Cancels the attempts. The service may still carry out a request that was sent.</param>
    /// <param name="success">The status that the API documents for a deletion.</param>
    public Task DeleteAsync(string path, object? target, CancellationToken cancellationToken, HttpStatusCode success = HttpStatusCode.NoContent)
    {
        WireRequest request = Request(HttpMethod.Delete, path, target);
        return sender.SendAsync(request, async (response, before, token) => response.StatusCode switch
        {
            var status when status == success => sender.IsInDoubt(request) ? await IsGoneAsync(request, response, token).ConfigureAwait(false) : true,
            HttpStatusCode.NotFound when before > 0 => await ServiceError.IsMissingAsync(response, request, token).ConfigureAwait(false),
            _ => throw (response.IsSuccessStatusCode
                ? Unknown(request, response, $"{(int)response.StatusCode} to a deletion", null)
                : await RefusalAsync(response, request, token).ConfigureAwait(false)),
        }, cancellationToken);
    }

    // A response that confirms a deletion which was not made is a failure that a retry can mend.
    private async Task<bool> IsGoneAsync(WireRequest deletion, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var find = new WireRequest(deletion.Service, HttpMethod.Get, deletion.Uri, deletion.Target);
        if (await sender.SendAsync(find, async (found, _, token) => await ServiceError.IsMissingAsync(found, find, token).ConfigureAwait(false) ? true
            : found.IsSuccessStatusCode ? false : throw await RefusalAsync(found, find, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false))
            return true;
        throw new TransientFailureException(new TroveScheduleException(TroveErrorKind.Unavailable, $"{deletion.Service} confirmed the deletion, but has not made it: it has lost its database.")
        {
            Target = deletion.Target,
            RequestId = ServiceError.RequestIdOf(response),
            RecommendedAction = "Try again later.",
            MayHaveHappened = true,
        }, null);
    }

    private async Task<T?> FindAsync<T>(HttpResponseMessage response, WireRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class =>
        await ServiceError.IsMissingAsync(response, request, cancellationToken).ConfigureAwait(false) ? null : await ReadAsync(response, request, type, cancellationToken).ConfigureAwait(false);

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, WireRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
            throw await RefusalAsync(response, request, cancellationToken).ConfigureAwait(false);
        try
        {
            using Stream body = await ResponseBody.OpenAsync(response, cancellationToken).ConfigureAwait(false);
            return await JsonSerializer.DeserializeAsync(body, type, cancellationToken).ConfigureAwait(false)
                ?? throw new JsonException("The answer is null.");
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or BodyTooLongException)
        {
            throw Unknown(request, response, ServiceError.Printable(e.Message), e);
        }
    }

    private static Task<TroveScheduleException> RefusalAsync(HttpResponseMessage response, WireRequest request, CancellationToken cancellationToken) =>
        ServiceError.ReadAsync(response, request, cancellationToken);

    private static TroveScheduleException Unknown(WireRequest request, HttpResponseMessage response, string what, Exception? cause) =>
        new(TroveErrorKind.ProtocolError, $"{request.Service} gave an answer that its API does not know: {what}", cause)
        {
            Target = request.Target,
            RequestId = ServiceError.RequestIdOf(response),
            StatusCode = (int)response.StatusCode,
            RecommendedAction = "Check that the URL is the service's own and that no proxy answers in its place.",
            MayHaveHappened = request.IsChange,
        };
}
