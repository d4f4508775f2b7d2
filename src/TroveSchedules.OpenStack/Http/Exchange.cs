using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.OpenStack.Http;

/// <summary>Sends requests and has their answers read, as often as <see cref="RetryPolicy"/> allows. What the network does wrong leaves here as a <see cref="TroveScheduleException"/>.</summary>
/// <param name="http">The pipeline.</param>
/// <param name="clock">Tells how long a Retry-After is.</param>
/// <param name="policy">How often, and how long in all.</param>
/// <param name="secret">What the requests hold besides a token that must not be repeated; null for nothing.</param>
internal sealed class Exchange(HttpClient http, TimeProvider clock, RetryPolicy policy, string? secret = null)
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
        policy.ExecuteAsync(request with { MayRepeat = true }, async (before, token) =>
            (before == 0 ? null : await AttemptAsync(find, readMissing, token).ConfigureAwait(false))
            ?? await AttemptAsync(request, read, token).ConfigureAwait(false), cancellationToken);

    private async Task<T> AttemptAsync<T>(WireRequest request, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(request.Method, request.Uri) { Content = request.Content?.Invoke() };
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
            catch (TroveScheduleException e) when (IsPassing(response, e))
            {
                throw new PassingFault(Masked(e, message), RetryAfter(response));
            }
        }
        catch (ObjectDisposedException e)
        {
            throw CloudSession.Ended(e); // Meanwhile, by somebody who shares it.
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Unreachable(e, request, message);
        }
        catch (TroveScheduleException e) when (Masked(e, message) is { } masked && masked != e)
        {
            throw masked;
        }
    }

    // A 500 is a definite answer of Mistral. A success that cannot be read was somebody else's, or broke on its way.
    private static bool IsPassing(HttpResponseMessage response, TroveScheduleException failure) => response.IsSuccessStatusCode
        ? failure.Kind == TroveErrorKind.ProtocolError
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
    private TroveScheduleException Masked(TroveScheduleException error, HttpRequestMessage request)
    {
        var secrets = new SecretMask();
        secrets.Add(secret ?? "");
        secrets.AddHeader(request.Headers, "X-Auth-Token");
        return secrets.Mask(error);
    }

    /// <summary>The error for a request that got no answer: who was asked, and why not.</summary>
    private Exception Unreachable(Exception cause, WireRequest request, HttpRequestMessage message)
    {
        SocketError? socket = null;
        for (Exception? e = cause; e is not null; e = e.InnerException)
        {
            if (e is AuthenticationException)
            {
                return Masked(new TroveScheduleException(TroveErrorKind.Unavailable,
                    $"The certificate of {request.Service} at {request.Uri.Authority} is not trusted: {e.Message}", cause)
                {
                    ErrorId = "UntrustedCertificate",
                    Target = request.Target,
                    RecommendedAction = "Name the authority that signed it with -CACertificate (cacert in clouds.yaml, OS_CACERT); "
                        + "-SkipCertificateCheck turns the check off, and with it the protection of your password.",
                }, message);
            }
            socket = (e as SocketException)?.SocketErrorCode ?? socket;
        }
        TroveScheduleException failure = Masked(new TroveScheduleException(TroveErrorKind.Unavailable,
            $"{request.Service} at {request.Uri.Authority} cannot be reached: {cause.GetBaseException().Message}", cause)
        {
            Target = request.Target,
            RecommendedAction = $"Check the address, the network and whether {request.Service} is up.",
            MayHaveHappened = request.IsChange
                && socket is not (SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.HostUnreachable or SocketError.NetworkUnreachable),
        }, message);
        return socket is SocketError.HostNotFound ? failure : new PassingFault(failure, null);
    }
}
