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

        long asked = clock.GetTimestamp();
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
        if (log.Body is { } hear && response.Content is not null)
        {
            if (response.StatusCode == HttpStatusCode.Unauthorized)
                hear($"{what} answers a 401, which may repeat the token: it is not shown");
            else
                await HearAsync(response, body => hear($"{what} answers {ShownBody(body)}"), cancellationToken).ConfigureAwait(false);
        }
        return response;

        string Milliseconds() => FormattableString.Invariant($"{clock.GetElapsedTime(asked).TotalMilliseconds:0} ms");

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
    private static async Task HearAsync(HttpResponseMessage response, Action<byte[]> hear, CancellationToken cancellationToken)
    {
        Stream body = await ContentReading.StreamAsync(response.Content, cancellationToken).ConfigureAwait(false);
        var heard = new StreamContent(new HeardStream(body, hear));
        foreach (var header in response.Content.Headers)
            heard.Headers.TryAddWithoutValidation(header.Key, header.Value);
        response.Content = heard;
    }

    private sealed class HeardStream(Stream body, Action<byte[]> hear) : ForwardStream
    {
        private readonly MemoryStream _heard = new();
        private bool _isTold;

        public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            Heard(buffer, offset, await body.ReadAsync(buffer, offset, count, cancellationToken).ConfigureAwait(false));

        public override int Read(byte[] buffer, int offset, int count) => Heard(buffer, offset, body.Read(buffer, offset, count));

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                Tell();
                body.Dispose();
            }
            base.Dispose(disposing);
        }

        private int Heard(byte[] buffer, int offset, int count)
        {
            _heard.Write(buffer, offset, count);
            if (count == 0)
                Tell();
            return count;
        }

        private void Tell()
        {
            if (_isTold || _heard.Length == 0)
                return;
            _isTold = true;
            hear(_heard.ToArray());
        }
    }
}
