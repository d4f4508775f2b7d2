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
internal sealed class ServiceClient(Exchange exchange, string name, Func<Uri> endpoint)
{
    /// <summary>Sends and reads a JSON answer.</summary>
    public Task<T> SendAsync<T>(
        HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, object? target, CancellationToken cancellationToken) =>
        ExchangeAsync(method, path, content, target, (response, token) => ReadAsync(response, type, target, token), cancellationToken);

    /// <summary>Gets a JSON answer.</summary>
    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, object? target, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, null, type, target, cancellationToken);

    /// <summary>Deletes; the answer has no body.</summary>
    public Task DeleteAsync(string path, object? target, CancellationToken cancellationToken) =>
        ExchangeAsync(HttpMethod.Delete, path, null, target, (_, _) => Task.FromResult(true), cancellationToken);

    /// <summary>Gets a JSON answer, or null where the service says that there is no such thing.</summary>
    public async Task<T?> FindAsync<T>(string path, JsonTypeInfo<T> type, object? target, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await GetAsync(path, type, target, cancellationToken).ConfigureAwait(false);
        }
        catch (TroveScheduleException e) when (e is { Kind: TroveErrorKind.NotFound, StatusCode: (int)HttpStatusCode.NotFound }) // Not Keystone's, in a renewal.
        {
            return null;
        }
    }

    private async Task<T> ExchangeAsync<T>(
        HttpMethod method, string path, HttpContent? content, object? target,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(endpoint().AbsoluteUri.TrimEnd('/') + path)) { Content = content };
        return await exchange.SendAsync(request, name, target, async (response, token) => response.IsSuccessStatusCode
            ? await read(response, token).ConfigureAwait(false)
            : throw await ServiceError.ReadAsync(response, name, target, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, object? target, CancellationToken cancellationToken)
    {
        try
        {
            using Stream body = await AnswerBody.OpenAsync(response, cancellationToken).ConfigureAwait(false);
            return await JsonSerializer.DeserializeAsync(body, type, cancellationToken).ConfigureAwait(false)
                ?? throw new JsonException("The answer is null.");
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            throw new TroveScheduleException(TroveErrorKind.ProtocolError, $"{name} gave an answer that its API does not know: {ServiceError.Printable(e.Message)}", e)
            {
                Target = target,
                RequestId = ServiceError.RequestIdOf(response),
                StatusCode = (int)response.StatusCode,
                RecommendedAction = "Check that the URL is the service's own and that no proxy answers in its place.",
            };
        }
    }
}
