using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.Tests.Contract;

/// <summary>Injects faults into requests to the sandbox or to a real cloud. Thread-safe.</summary>
internal sealed class FaultHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private readonly List<(Fault Fault, int Left)> _faults = [];
    private readonly List<string> _requests = [];

    /// <summary>Every request so far, as <c>GET http://host/path?query</c>.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_faults)
                return [.. _requests];
        }
    }

    /// <summary>Runs before each request without a fault; null for nothing.</summary>
    public Func<HttpRequestMessage, Task>? Before { get; set; }

    /// <summary>Adds a fault. If several match a request, the oldest one applies.</summary>
    public void Inject(Fault fault)
    {
        lock (_faults)
            _faults.Add((fault, fault.Times));
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Fault? fault = Next(request);
        switch (fault?.Kind)
        {
            case null:
                if (Before is { } before)
                    await before(request);
                return await base.SendAsync(request, cancellationToken);
            case FaultKind.ConnectionRefused:
                throw new HttpRequestException($"Connection refused ({request.RequestUri!.Authority})", new SocketException((int)SocketError.ConnectionRefused));
            case FaultKind.ResetBefore:
                throw Reset();
            case FaultKind.ResetAfter:
                (await base.SendAsync(request, cancellationToken)).Dispose();
                throw Reset();
            case FaultKind.Timeout:
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                throw new InvalidOperationException();
            case FaultKind.SlowBody:
                return await HalvedAsync(request, token => Task.Delay(fault.Delay, token), cancellationToken);
            case FaultKind.TruncatedBody:
                return await HalvedAsync(request, _ => throw new IOException("The response ended prematurely."), cancellationToken);
            case FaultKind.MalformedJson:
                HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
                string text = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(cancellationToken));
                ReplaceBody(response, text.Substring(0, text.Length / 2));
                return response;
            case FaultKind.Html:
                return CreateResponse(request, 200, "<html><head><title>Please log in</title></head><body>Sign in to the network</body></html>", "text/html");
            case FaultKind.Unauthorized:
                return Unauthorized(request);
            case FaultKind.TooManyRequests or FaultKind.ServiceUnavailable:
                HttpResponseMessage unavailable = CreateResponse(request, fault.Kind == FaultKind.TooManyRequests ? 429 : 503, "<html><body>Not now.</body></html>", "text/html");
                unavailable.Headers.TryAddWithoutValidation("Retry-After", fault.RetryAfter.TotalSeconds.ToString("0", CultureInfo.InvariantCulture));
                return unavailable;
            case FaultKind.ServerError:
                return CreateResponse(request, 500, "{\"faultcode\": \"Server\", \"faultstring\": \"Something broke.\", \"debuginfo\": null}", "application/json");
            case FaultKind.LostDatabase:
                return CreateResponse(request, 400, "{\"faultcode\": \"Client\", \"faultstring\": \"Database transaction has already been started.\", \"debuginfo\": null}", "application/json");
            case FaultKind.EngineTimeout:
                return CreateResponse(request, 500, "{\"faultcode\": \"Server\", \"faultstring\": \"This rpc call \\\"start_workflow\\\" took longer than configured 60 seconds.\", \"debuginfo\": null}", "application/json");
            case FaultKind.NoContent:
                return CreateResponse(request, 204, "", "text/html");
            case FaultKind.EndlessPaging:
                return await FirstPageAsync(request, cancellationToken);
            default:
                HttpResponseMessage redirect = CreateResponse(request, 307, "", "text/html");
                redirect.Headers.Location = new Uri(fault.RedirectTo, request.RequestUri!.PathAndQuery);
                return redirect;
        }
    }

    private Fault? Next(HttpRequestMessage request)
    {
        lock (_faults)
        {
            _requests.Add($"{request.Method} {request.RequestUri!.AbsoluteUri}");
            int index = _faults.FindIndex(one => one.Left > 0 && one.Fault.When(request));
            if (index < 0)
                return null;
            (Fault fault, int left) = _faults[index];
            _faults[index] = (fault, left - 1);
            return fault;
        }
    }

    private async Task<HttpResponseMessage> HalvedAsync(HttpRequestMessage request, Func<CancellationToken, Task> onHalf, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var content = new StreamContent(new HalvedStream(body, onHalf));
        content.Headers.ContentType = response.Content.Headers.ContentType;
        response.Content = content;
        return response;
    }

    private async Task<HttpResponseMessage> FirstPageAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var url = new UriBuilder(request.RequestUri!);
        url.Query = string.Join("&", url.Query.TrimStart('?').Split('&').Where(pair => !pair.StartsWith("marker=", StringComparison.Ordinal)));
        request.RequestUri = url.Uri;
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        string text = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        if (response.IsSuccessStatusCode && !text.Contains("\"next\""))
        {
            bool isTrove = text.StartsWith("{\"instances\"", StringComparison.Ordinal) || text.StartsWith("{\"backups\"", StringComparison.Ordinal);
            string next = isTrove ? $"\"links\": [{{\"rel\": \"next\", \"href\": \"{url.Uri}\"}}]" : $"\"next\": \"{url.Uri}\"";
            text = text.Substring(0, text.LastIndexOf('}')) + ", " + next + "}";
        }
        ReplaceBody(response, text);
        return response;
    }

    private static HttpResponseMessage Unauthorized(HttpRequestMessage request)
    {
        string token = request.Headers.TryGetValues("X-Auth-Token", out IEnumerable<string>? values) ? values.First() : "";
        string reason = "Failed to validate access token: Auth token is invalid: " + token;
        HttpResponseMessage response = CreateResponse(request, 401, $"<html>\n <head>\n  <title>401 Unauthorized</title>\n </head>\n <body>\n{reason}\n </body>\n</html>", "text/html");
        response.Headers.TryAddWithoutValidation("Server-Error-Message", reason);
        response.Headers.TryAddWithoutValidation("WWW-Authenticate", reason);
        return response;
    }

    private static HttpResponseMessage CreateResponse(HttpRequestMessage request, int status, string body, string type) =>
        new((HttpStatusCode)status) { RequestMessage = request, Content = new StringContent(body, Encoding.UTF8, type) };

    private static void ReplaceBody(HttpResponseMessage response, string body)
    {
        MediaTypeHeaderValue? type = response.Content.Headers.ContentType;
        response.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        response.Content.Headers.ContentType = type;
    }

    private static HttpRequestException Reset() =>
        new("An error occurred while sending the request.", new IOException("Connection reset by peer", new SocketException((int)SocketError.ConnectionReset)));

    /// <summary>A body that waits or throws between its halves.</summary>
    private sealed class HalvedStream(byte[] body, Func<CancellationToken, Task> onHalf) : Stream
    {
        private int _at;
        private bool _halfPassed;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _at;
            set => throw new NotSupportedException();
        }

        public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            int half = body.Length / 2;
            if (_at >= half && !_halfPassed)
            {
                await onHalf(cancellationToken);
                _halfPassed = true;
            }
            int length = Math.Min(count, (_at < half ? half : body.Length) - _at);
            Array.Copy(body, _at, buffer, offset, length);
            _at += length;
            return length;
        }

        public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
