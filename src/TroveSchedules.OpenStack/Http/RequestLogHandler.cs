using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Keystone;

namespace TroveSchedules.OpenStack.Http;

/// <summary>Writes each request to <see cref="RequestLog.Current"/>. Without a log it does nothing, and it never changes what is sent or read.</summary>
internal sealed class RequestLogHandler(TimeProvider clock) : DelegatingHandler
{
    /// <summary>Maximum length of a logged body, in characters.</summary>
    public const int LongestBody = 4096;

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        RequestLog.Current is { } log && (log.Line ?? log.Body) is not null
            ? SendHeardAsync(log, request, cancellationToken)
            : base.SendAsync(request, cancellationToken);

    private async Task<HttpResponseMessage> SendHeardAsync(RequestLog log, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var secrets = new SecretMask();
        secrets.AddHeader(request.Headers, "X-Auth-Token");
        string what = Shown($"{request.Method} {request.RequestUri!.AbsoluteUri}");
        if (request.Content is { } content)
        {
            string body = ShownBody(await ContentReading.BytesAsync(content, cancellationToken).ConfigureAwait(false)); // Also collects the secrets in the body.
            log.Body?.Invoke($"{what} sends {body}");
        }

        long start = clock.GetTimestamp();
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            log.Line?.Invoke($"{what} {(cancellationToken.IsCancellationRequested ? "was cancelled" : "failed")} after {Milliseconds()}: {Shown(e.GetBaseException().Message)}");
            throw;
        }
        secrets.AddHeader(response.Headers, "X-Subject-Token");
        secrets.AddHeader(response.Headers, LoginErrors.ReceiptHeader);
        string id = ServiceError.RequestIdOf(response) is { } known ? $" ({Shown(known)})" : "";
        log.Line?.Invoke($"{what} {(int)response.StatusCode} in {Milliseconds()}{id}");
        if (log.Body is { } write && response.Content is not null)
        {
            if (response.StatusCode == HttpStatusCode.Unauthorized)
                write($"{what} answers a 401, which may repeat the token: it is not shown");
            else
                await LogBodyAsync(response, body => write($"{what} answers {ShownBody(body)}"), cancellationToken).ConfigureAwait(false);
        }
        return response;

        string Milliseconds() => FormattableString.Invariant($"{clock.GetElapsedTime(start).TotalMilliseconds:0} ms");

        string Shown(string text) => ServiceError.Printable(secrets.MaskKnown(text));

        string ShownBody(byte[] body)
        {
            string text = secrets.Mask(Encoding.UTF8.GetString(body));
            int shown = Math.Min(text.Length, LongestBody);
            return ServiceError.Printable(text.Substring(0, shown), LongestBody)
                + (shown < text.Length ? FormattableString.Invariant($" … and {text.Length - shown} more characters") : "");
        }
    }

    // Logs the body while the caller reads it, so that the log does not change the timing or the errors of the read.
    private static async Task LogBodyAsync(HttpResponseMessage response, Action<byte[]> write, CancellationToken cancellationToken)
    {
        Stream body = await ContentReading.StreamAsync(response.Content, cancellationToken).ConfigureAwait(false);
        var logged = new StreamContent(new LoggedStream(body, write));
        foreach (var header in response.Content.Headers)
            logged.Headers.TryAddWithoutValidation(header.Key, header.Value);
        response.Content = logged;
    }

    private sealed class LoggedStream(Stream body, Action<byte[]> write) : ForwardStream
    {
        private readonly MemoryStream _copy = new();
        private bool _isLogged;

        public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            Copy(buffer, offset, await body.ReadAsync(buffer, offset, count, cancellationToken).ConfigureAwait(false));

        public override int Read(byte[] buffer, int offset, int count) => Copy(buffer, offset, body.Read(buffer, offset, count));

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                WriteLog();
                body.Dispose();
            }
            base.Dispose(disposing);
        }

        private int Copy(byte[] buffer, int offset, int count)
        {
            _copy.Write(buffer, offset, count);
            if (count == 0)
                WriteLog();
            return count;
        }

        private void WriteLog()
        {
            if (_isLogged || _copy.Length == 0)
                return;
            _isLogged = true;
            write(_copy.ToArray());
        }
    }
}
