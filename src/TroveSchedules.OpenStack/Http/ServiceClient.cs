using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.OpenStack.Http;

/// <summary>Sends requests to one service and reads its answers. Everything that can go wrong on the way leaves here as a <see cref="TroveScheduleException"/>.</summary>
internal sealed class ServiceClient(HttpSender sender, string name, Func<Uri> endpoint)
{
    /// <summary>A request to this service.</summary>
    public WireRequest Request(HttpMethod method, string path, object? target, Func<HttpContent>? content = null) =>
        new(name, method, new Uri(endpoint().AbsoluteUri.TrimEnd('/') + path), target) { Content = content };

    /// <summary>Sends and reads a JSON answer.</summary>
    public Task<T> SendAsync<T>(WireRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        sender.SendAsync(request, (response, _, token) => ReadAsync(response, request, type, token), cancellationToken);

    /// <summary>Gets a JSON answer.</summary>
    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, object? target, CancellationToken cancellationToken) =>
        SendAsync(Request(HttpMethod.Get, path, target), type, cancellationToken);

    /// <summary>Gets a JSON answer, or null where the service says that there is no such thing.</summary>
    public Task<T?> FindAsync<T>(string path, JsonTypeInfo<T> type, object? target, CancellationToken cancellationToken)
        where T : class
    {
        WireRequest request = Request(HttpMethod.Get, path, target);
        return sender.SendAsync(request, (response, _, token) => FindAsync(response, request, type, token), cancellationToken);
    }

    /// <summary>Makes something under a name of our own, exactly once however often that is attempted.</summary>
    /// <param name="request">What makes it.</param>
    /// <param name="path">Where it is once it is there.</param>
    /// <param name="type">How it is read.</param>
    /// <param name="cancellationToken">Ends the attempts; one that was sent may still be carried out.</param>
    public Task<T> CreateAsync<T>(WireRequest request, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        WireRequest find = Request(HttpMethod.Get, path, request.Target);
        return sender.CreateAsync(
            request, find, (response, token) => ReadAsync(response, request, type, token), (response, token) => FindAsync(response, find, type, token), cancellationToken);
    }

    /// <summary>Deletes; the answer has no body. What is not there any more when that is repeated has been deleted.</summary>
    public Task DeleteAsync(string path, object? target, CancellationToken cancellationToken)
    {
        WireRequest request = Request(HttpMethod.Delete, path, target);
        return sender.SendAsync(request, async (response, before, token) => response.StatusCode switch
        {
            HttpStatusCode.NoContent => true,
            HttpStatusCode.NotFound when before > 0 => await ServiceError.IsMissingAsync(response, request, token).ConfigureAwait(false),
            _ => throw (response.IsSuccessStatusCode
                ? Unknown(request, response, $"{(int)response.StatusCode} to a deletion", null)
                : await RefusalAsync(response, request, token).ConfigureAwait(false)),
        }, cancellationToken);
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
