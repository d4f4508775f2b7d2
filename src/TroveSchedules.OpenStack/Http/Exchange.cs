using System;
using System.IO;
#if NET
using System.Net;
#endif
using System.Net.Http;
using System.Security.Authentication;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.OpenStack.Http;

/// <summary>One request and its answer, within a time limit that covers the answer's body too. What the network does wrong leaves here as a <see cref="TroveScheduleException"/>.</summary>
/// <param name="http">The pipeline.</param>
/// <param name="clock">Measures the limit.</param>
/// <param name="secret">What the requests hold besides a token that must not be repeated; null for nothing.</param>
internal sealed class Exchange(HttpClient http, TimeProvider clock, string? secret = null)
{
    /// <summary>How long one request may take, repeats included. The slowest page measured on a real cloud took 2 s.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(100);

    public async Task<T> SendAsync<T>(
        HttpRequestMessage request, string service, object? target,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
#if NET
        using var limit = new CancellationTokenSource(Limit, clock);
#else
        using CancellationTokenSource limit = clock.CreateCancellationTokenSource(Limit);
#endif
#if NET
        request.Version = HttpVersion.Version20; // Where TLS offers it; 1.1 elsewhere, and on plain http.
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
#endif
        using IDisposable? wait = RequestLog.Current?.WaitFor(service, request);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using HttpResponseMessage response =
                await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            return await read(response, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TroveScheduleException(TroveErrorKind.Timeout,
                $"{service} at {request.RequestUri!.Authority} gave no answer within {Limit.TotalSeconds:0} s.", e)
            { Target = target };
        }
        catch (ObjectDisposedException e)
        {
            throw CloudSession.Ended(e); // Meanwhile, by somebody who shares it.
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Masked(Unreachable(e, service, request.RequestUri!, target), request);
        }
        catch (TroveScheduleException e) when (Masked(e, request) is { } masked && masked != e)
        {
            throw masked;
        }
#if !NET
        finally
        {
            limit.Cancel(); // Disposing of it leaves its timer running.
        }
#endif
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
    private static TroveScheduleException Unreachable(Exception cause, string name, Uri uri, object? target)
    {
        for (Exception? e = cause; e is not null; e = e.InnerException)
        {
            if (e is AuthenticationException)
            {
                return new TroveScheduleException(TroveErrorKind.Unavailable,
                    $"The certificate of {name} at {uri.Authority} is not trusted: {e.Message}", cause)
                {
                    ErrorId = "UntrustedCertificate",
                    Target = target,
                    RecommendedAction = "Name the authority that signed it with -CACertificate (cacert in clouds.yaml, OS_CACERT); "
                        + "-SkipCertificateCheck turns the check off, and with it the protection of your password.",
                };
            }
        }
        return new TroveScheduleException(TroveErrorKind.Unavailable,
            $"{name} at {uri.Authority} cannot be reached: {cause.GetBaseException().Message}", cause)
        {
            Target = target,
            RecommendedAction = $"Check the address, the network and whether {name} is up.",
        };
    }
}
