using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Keystone;

namespace TroveSchedules.OpenStack.Http;

/// <summary>Sends requests and reads their responses, with the retries of <see cref="RetryPolicy"/>. Network failures are thrown as <see cref="TroveScheduleException"/>.</summary>
/// <param name="http">The pipeline.</param>
/// <param name="clock">The current time, for a Retry-After that is a date.</param>
/// <param name="policy">The retry policy.</param>
internal sealed class HttpSender(HttpClient http, TimeProvider clock, RetryPolicy policy)
{
    // How long an open connection of before may lead to a process that still has not noticed the loss of its database.
    private static readonly TimeSpan DoubtAfterLoss = TimeSpan.FromMinutes(1);

    // When a service last said that it has lost its database, by the monotonic clock.
    private readonly ConcurrentDictionary<string, long> _losses = new();

    /// <summary>
    /// Whether the service has lost its database recently. Mistral then can confirm the deletion of a cron trigger without deleting it: on a connection whose database session is broken, it never
    /// commits.
    /// </summary>
    public bool IsInDoubt(WireRequest request) => _losses.TryGetValue(request.Uri.Authority, out long loss) && clock.GetElapsedTime(loss) < DoubtAfterLoss;

    /// <summary>Sends a request, with retries, and reads the response.</summary>
    /// <param name="request">The request.</param>
    /// <param name="read">Reads the response. Its second argument is the number of earlier attempts.</param>
    /// <param name="cancellationToken">Cancels the attempts.</param>
    public Task<T> SendAsync<T>(WireRequest request, Func<HttpResponseMessage, int, CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        policy.ExecuteAsync(request, (before, token) => AttemptAsync(request, before, (response, either) => read(response, before, either), token), cancellationToken);

    /// <summary>Creates a resource whose name the client chose. Each retry first looks for the resource, because an earlier attempt may have created it.</summary>
    /// <param name="request">The request that creates the resource.</param>
    /// <param name="find">The request that gets the resource.</param>
    /// <param name="read">Reads the response to <paramref name="request"/>.</param>
    /// <param name="readMissing">Reads the response to <paramref name="find"/>; null if the resource does not exist.</param>
    /// <param name="cancellationToken">Cancels the attempts.</param>
    public Task<T> CreateAsync<T>(
        WireRequest request, WireRequest find, Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        Func<HttpResponseMessage, CancellationToken, Task<T?>> readMissing, CancellationToken cancellationToken)
        where T : class =>
        policy.ExecuteAsync(request with { IsRetryable = true }, async (before, token) =>
            (before == 0 ? null : await AttemptAsync(find, before, readMissing, token).ConfigureAwait(false))
            ?? await AttemptAsync(request, before, read, token).ConfigureAwait(false), cancellationToken);

    private async Task<T> AttemptAsync<T>(WireRequest request, int before, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(request.Method, request.Uri)
        {
            // An empty body keeps .NET from sending a DELETE again by itself when the connection closes before a response: the service may have acted.
            Content = request.Content?.Invoke() ?? (request.IsChange ? new ByteArrayContent([]) : null),
        };
#if NET
        message.Version = HttpVersion.Version20; // If TLS negotiates it. Otherwise, and on plain http, 1.1.
        message.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
#endif
        // The process at the other end, or its state for this connection, may be what fails. On a new connection, a load balancer chooses again.
        if (before > 0 || IsInDoubt(request))
            message.Headers.ConnectionClose = true;
        using IDisposable? wait = RequestLog.Current?.TrackRequest(request.Service, message);
        try
        {
            using HttpResponseMessage response =
                await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            try
            {
                return await read(response, cancellationToken).ConfigureAwait(false);
            }
            catch (TroveScheduleException e)
            {
                if (ServiceError.IsLostDatabase(request.Service, e.ServerMessage))
                    _losses[request.Uri.Authority] = clock.GetTimestamp();
                throw Masked(IsPassing(request, response, e) ? new TransientFailureException(e, RetryAfter(response)) : e, request, message, response);
            }
        }
        catch (ObjectDisposedException e)
        {
            throw CloudSession.Ended(e); // Another user of this session ended it in the meantime.
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Masked(ConnectionError.From(e, request), request, message);
        }
    }

    // Mistral's 500 is final, unless it has lost its database or its engine did not answer. A 2xx that cannot be parsed came from another server or was damaged on the way, so a retry can help, as for a
    // damaged 404 in response to a GET. A retried DELETE would take its own 404 for success. A body that is too long stays too long.
    private static bool IsPassing(WireRequest request, HttpResponseMessage response, TroveScheduleException failure) => response.IsSuccessStatusCode
        ? failure.Kind == TroveErrorKind.ProtocolError && failure.InnerException is not BodyTooLongException
        : response.StatusCode == HttpStatusCode.NotFound ? failure.InnerException is JsonException && !request.IsChange
        : ServiceError.IsLostDatabase(request.Service, failure.ServerMessage) || ServiceError.IsEngineTimeout(request.Service, failure.ServerMessage)
            || response.StatusCode is (HttpStatusCode)429 or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        TimeSpan? wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - (response.Headers.Date ?? clock.GetUtcNow()), // Uses the server's clock for both times.
            _ => null,
        };
        return wait > TimeSpan.Zero ? wait : null;
    }

    // A response can repeat the secrets of the request, and exceptions of the HTTP stack quote the response.
    private static Exception Masked(Exception error, WireRequest request, HttpRequestMessage message, HttpResponseMessage? response = null)
    {
        SecretMask secrets = SecretMask.ForRequest(request, message);
        if (response is not null)
            secrets.AddHeader(response.Headers, LoginErrors.ReceiptHeader);
        return error switch
        {
            TransientFailureException fault => new TransientFailureException(secrets.Mask(fault.Failure), fault.RetryAfter),
            TroveScheduleException failure => secrets.Mask(failure),
            _ => error,
        };
    }
}
