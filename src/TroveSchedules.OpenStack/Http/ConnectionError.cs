using System;
#if NET
using System.Net.Http;
#endif
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using TroveSchedules.OpenStack.Keystone;

namespace TroveSchedules.OpenStack.Http;

/// <summary>Errors of requests that get no HTTP response: no connection, an untrusted certificate, or no HTTP. <see cref="ServiceError"/> handles responses.</summary>
internal static class ConnectionError
{
    /// <summary>Converts an exception of the HTTP stack.</summary>
    /// <param name="cause">The exception from .NET.</param>
    /// <param name="request">The request.</param>
    /// <returns>A <see cref="TroveScheduleException"/>, or a <see cref="TransientFailureException"/> that contains one if a retry can help.</returns>
    public static Exception From(Exception cause, WireRequest request)
    {
        SocketError? socket = null;
        for (Exception? e = cause; e is not null; e = e.InnerException)
        {
            if (e is AuthenticationException)
                return e.Message.Contains("certificate") ? UntrustedCertificate(e, cause, request) : HandshakeFailure(cause, request);
            socket = (e as SocketException)?.SocketErrorCode ?? socket;
        }
#if NET
        if (cause is HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.InvalidResponse } unreadable)
        {
            TroveScheduleException violation = NotHttp(cause, request);
            // A retry would get headers of the same length.
            return unreadable.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded ? violation : new TransientFailureException(violation, null);
        }
#endif
        TroveScheduleException failure = Unreachable(cause, socket, request);
        return socket is SocketError.HostNotFound ? failure : new TransientFailureException(failure, null);
    }

    private static TroveScheduleException HandshakeFailure(Exception cause, WireRequest request) =>
        new(TroveErrorKind.Unavailable, $"The TLS handshake with {request.Service} at {request.Uri.Authority} failed: {cause.GetBaseException().Message}", cause)
        {
            Target = request.Target,
            RecommendedAction = "Check the scheme (http or https) and the port of the address. TLS 1.2 and 1.3 are used.",
        };

    private static TroveScheduleException UntrustedCertificate(Exception reason, Exception cause, WireRequest request)
    {
        Advice advice = reason.Message.Contains(nameof(X509ChainStatusFlags.NotTimeValid))
                ? new("The certificate has expired, or is not valid yet. Check the clock of this machine, or ask those who run the cloud for a valid certificate.")
            : reason.Message.Contains(nameof(SslPolicyErrors.RemoteCertificateNameMismatch))
                ? new("The certificate is for another host name. Use that name in the address, or ask for a certificate for this one.")
            : new("Name the authority that signed it (cacert in clouds.yaml, OS_CACERT). To skip the check (insecure) leaves your password without protection.", Settings.CaCertificate, Settings.Insecure);
        return new TroveScheduleException(TroveErrorKind.Unavailable, $"The certificate of {request.Service} at {request.Uri.Authority} is not trusted: {reason.Message}", cause)
        {
            ErrorId = "UntrustedCertificate",
            Target = request.Target,
            RecommendedAction = advice.Text,
            Settings = advice.Settings,
        };
    }

#if NET
    private static TroveScheduleException NotHttp(Exception cause, WireRequest request) =>
        new(TroveErrorKind.ProtocolError, $"{request.Service} at {request.Uri.Authority} does not answer as HTTP wants it: {ServiceError.Printable(cause.Message)}", cause)
        {
            Target = request.Target,
            RecommendedAction = "Check that the URL is the service's own and that no proxy answers in its place.",
            MayHaveHappened = request.IsChange,
        };
#endif

    private static TroveScheduleException Unreachable(Exception cause, SocketError? socket, WireRequest request)
    {
        string reason = cause.GetBaseException().Message;
        Advice advice = ClientCertificateAdvice(reason) ?? request.ConnectionAdvice with { Text = request.ConnectionAdvice.Text + ProxyAdvice(request.Uri) };
        return new TroveScheduleException(TroveErrorKind.Unavailable, $"{request.Service} at {request.Address} cannot be reached: {reason.TrimEnd('.')}.", cause)
        {
            Target = request.Target,
            RecommendedAction = advice.Text,
            Settings = advice.Settings,
            MayHaveHappened = request.IsChange
                && socket is not (SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.HostUnreachable or SocketError.NetworkUnreachable),
        };
    }

    // OpenSSL's names of the TLS alerts with which a server rejects a client certificate.
    private static Advice? ClientCertificateAdvice(string reason) =>
        reason.Contains("alert certificate required")
            ? new("The server wants a client certificate. Give one (cert and key in clouds.yaml, OS_CERT and OS_KEY).", Settings.ClientCertificate, Settings.ClientKey)
        : reason.Contains("alert unknown ca") || reason.Contains("alert bad certificate") || reason.Contains("alert certificate")
            ? new("The server does not accept the client certificate. Check it (cert and key in clouds.yaml, OS_CERT and OS_KEY).", Settings.ClientCertificate, Settings.ClientKey)
        : null;

    private static string ProxyAdvice(Uri address)
    {
#if NET
        if (HttpClient.DefaultProxy.GetProxy(address) is { } proxy && proxy != address)
            return $" The request goes through the proxy {CloudUrl.Shown(proxy)}, which may be what fails: see the variables http_proxy, https_proxy and no_proxy.";
#endif
        return "";
    }
}
