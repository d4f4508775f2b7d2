using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Keystone;

namespace TroveSchedules.OpenStack.Http;

/// <summary>Sends requests and has their answers read, as often as <see cref="RetryPolicy"/> allows. What the network does wrong leaves here as a <see cref="TroveScheduleException"/>.</summary>
/// <param name="http">The pipeline.</param>
/// <param name="clock">Measures until when a service asks to wait.</param>
/// <param name="policy">Says what is repeated.</param>
internal sealed class HttpSender(HttpClient http, TimeProvider clock, RetryPolicy policy)
{
    /// <summary>Sends a request, again where that may help, and reads the answer.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="read">Reads the answer to an attempt, which has so many before it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<T> SendAsync<T>(WireRequest request, Func<HttpResponseMessage, int, CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        policy.ExecuteAsync(request, (before, token) => AttemptAsync(request, (response, either) => read(response, before, either), token), cancellationToken);

    /// <summary>Makes something under a name that we chose: before each further attempt it is looked for.</summary>
    /// <param name="request">What makes it.</param>
    /// <param name="find">What finds it.</param>
    /// <param name="read">Reads the answer to either, as far as that is a success.</param>
    /// <param name="readMissing">Reads the answer to <paramref name="find"/>: null where there is no such thing.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<T> CreateAsync<T>(
        WireRequest request, WireRequest find, Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        Func<HttpResponseMessage, CancellationToken, Task<T?>> readMissing, CancellationToken cancellationToken)
        where T : class =>
        policy.ExecuteAsync(request with { IsRetryable = true }, async (before, token) =>
            (before == 0 ? null : await AttemptAsync(find, readMissing, token).ConfigureAwait(false))
            ?? await AttemptAsync(request, read, token).ConfigureAwait(false), cancellationToken);

    private async Task<T> AttemptAsync<T>(WireRequest request, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(request.Method, request.Uri)
        {
            // An empty body keeps .NET from sending a DELETE again by itself when the connection closes before an answer: the service may have acted.
            Content = request.Content?.Invoke() ?? (request.IsChange ? new ByteArrayContent([]) : null),
        };
#if NET
        message.Version = HttpVersion.Version20; // Where TLS offers it; 1.1 elsewhere, and on plain http.
        message.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
#endif
        using IDisposable? wait = RequestLog.Current?.WaitFor(request.Service, message);
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
                throw Masked(IsPassing(response, e) ? new TransientFailureException(e, RetryAfter(response)) : e, request, message, response);
            }
        }
        catch (ObjectDisposedException e)
        {
            throw CloudSession.Ended(e); // Meanwhile, by somebody who shares it.
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Masked(ConnectionError.From(e, request), request, message);
        }
    }

    // A 500 is a definite answer of Mistral. A success that cannot be read was somebody else's, or broke on its way; one that is too long will be so again.
    private static bool IsPassing(HttpResponseMessage response, TroveScheduleException failure) => response.IsSuccessStatusCode
        ? failure.Kind == TroveErrorKind.ProtocolError && failure.InnerException is not BodyTooLongException
        : response.StatusCode is (HttpStatusCode)429 or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        TimeSpan? wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - (response.Headers.Date ?? clock.GetUtcNow()), // Both by the server's clock.
            _ => null,
        };
        return wait > TimeSpan.Zero ? wait : null;
    }

    // A server can repeat what it was sent, and the network's own errors quote what it wrote.
    private static Exception Masked(Exception error, WireRequest request, HttpRequestMessage message, HttpResponseMessage? response = null)
    {
        SecretMask secrets = SecretMask.Of(request, message);
        if (response is not null)
            secrets.AddHeader(response.Headers, LoginRefusal.ReceiptHeader);
        return error switch
        {
            TransientFailureException fault => new TransientFailureException(secrets.Mask(fault.Failure), fault.RetryAfter),
            TroveScheduleException failure => secrets.Mask(failure),
            _ => error,
        };
    }
}
