using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Dashboard;

/// <summary>
/// Serves the dashboard of a session on the loopback address. It uses HttpListener, which both editions of PowerShell have; ASP.NET Core is not part of PowerShell's runtime, and would have to be shipped.
/// </summary>
public sealed class DashboardServer : IDisposable
{
    private const int MaxBody = 1024 * 1024;
    private const int MaxConcurrent = 16;
    private const int MaxWaiting = 512;

    private readonly DashboardOptions _options;
    private readonly HttpListener _listener;
    private readonly RequestGate _gate;
    private readonly Router _router;
    private readonly SemaphoreSlim _places = new(MaxConcurrent);
    private readonly CancellationTokenSource _end = new();
    private int _waiting;
    private long _lastRequest;

    private DashboardServer(CloudSession session, DashboardOptions options, HttpListener listener, int port)
    {
        _options = options;
        _listener = listener;
        _gate = new RequestGate(port);
        _router = new Router(new Panels(session, _gate.FormToken));
        _lastRequest = options.Clock.GetTimestamp();
    }

    /// <summary>The address to open. It works once: its key is exchanged for a cookie.</summary>
    public Uri Address => _gate.Address;

    /// <summary>Starts to listen on a free port.</summary>
    /// <param name="session">The session, which stays open when the dashboard ends.</param>
    /// <param name="options">How the dashboard runs; null for the defaults.</param>
    /// <returns>The dashboard. It answers while <see cref="RunAsync"/> runs.</returns>
    /// <exception cref="TroveScheduleException">Failed (<c>DashboardNotStarted</c>) if no port can be opened.</exception>
    public static DashboardServer Start(CloudSession session, DashboardOptions? options = null)
    {
        // Between the search and the start, another program can take the port.
        for (int attempt = 1; ; attempt++)
        {
            int port = FreePort();
            var listener = new HttpListener();
            listener.Prefixes.Add(FormattableString.Invariant($"http://127.0.0.1:{port}/"));
            try
            {
                listener.Start();
                return new DashboardServer(session, options ?? new DashboardOptions(), listener, port);
            }
            catch (Exception e) when (e is HttpListenerException or SocketException)
            {
                listener.Close();
                if (attempt == 10)
                    throw new TroveScheduleException(TroveErrorKind.Failed, $"The dashboard could not be started: {e.Message}", e) { ErrorId = "DashboardNotStarted", RecommendedAction = "Check that programs may listen on 127.0.0.1." };
            }
        }
    }

    /// <summary>Answers requests until it is cancelled, disposed, or idle for too long.</summary>
    /// <param name="cancellationToken">Ends the dashboard and the requests in progress.</param>
    /// <returns>A task that completes when the dashboard has ended.</returns>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _end.Token);
        using CancellationTokenRegistration close = stop.Token.Register(_listener.Close);
        Task idle = EndWhenIdleAsync(stop);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                HttpListenerContext context = await _listener.GetContextAsync().ConfigureAwait(false);
                Interlocked.Exchange(ref _lastRequest, _options.Clock.GetTimestamp());
                _ = AnswerAsync(context, stop.Token);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                // The listener was closed, or a client went away before its request was complete.
            }
        }
        stop.Cancel();
        await idle.ConfigureAwait(false);
    }

    /// <summary>Ends the dashboard.</summary>
    public void Dispose()
    {
        _end.Cancel();
        _listener.Close();
    }

    private async Task EndWhenIdleAsync(CancellationTokenSource stop)
    {
        try
        {
            TimeSpan left;
            while ((left = _options.IdleLimit - _options.Clock.GetElapsedTime(Interlocked.Read(ref _lastRequest))) > TimeSpan.Zero)
                await DelayAsync(left, stop.Token).ConfigureAwait(false);
            stop.Cancel();
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task DelayAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        var due = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using ITimer timer = _options.Clock.CreateTimer(_ => due.TrySetResult(true), null, time, Timeout.InfiniteTimeSpan);
        using CancellationTokenRegistration end = cancellationToken.Register(() => due.TrySetCanceled(cancellationToken));
        await due.Task.ConfigureAwait(false);
    }

    private async Task AnswerAsync(HttpListenerContext context, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // A client that sends or reads slowly must not hold a place.
        using CancellationTokenRegistration abort = limit.Token.Register(context.Response.Abort);
        try
        {
            if (_gate.Check(context.Request) is { } refused)
            {
                await SendAsync(context, refused, limit).ConfigureAwait(false);
                return;
            }
            if (Interlocked.Increment(ref _waiting) > MaxWaiting)
            {
                Interlocked.Decrement(ref _waiting);
                await SendAsync(context, Response.Refused(HttpStatusCode.ServiceUnavailable, "Too many requests at once. Try again."), limit).ConfigureAwait(false);
                return;
            }
            try
            {
                limit.CancelAfter(_options.TransferLimit);
                // On Linux and macOS, Abort sends the status before it closes the connection. Without this, a form that never arrived would be answered with 200.
                context.Response.StatusCode = (int)HttpStatusCode.RequestTimeout;
                string? body = context.Request.HttpMethod == "POST" ? await ReadAsync(context.Request, limit.Token).ConfigureAwait(false) : "";
                limit.CancelAfter(Timeout.InfiniteTimeSpan);
                await _places.WaitAsync(limit.Token).ConfigureAwait(false);
                Response response;
                try
                {
                    response = body is null ? Response.Refused(HttpStatusCode.RequestEntityTooLarge, "The form is too long.")
                        : context.Request.HttpMethod == "POST" && !_gate.HasToken(new FormValues(body)) ? Response.Refused(HttpStatusCode.Forbidden, "The form is not one of the dashboard. Go back, reload the page, and try again.")
                        : await _router.AnswerAsync(context.Request.HttpMethod, context.Request.Url!.AbsolutePath, new FormValues(context.Request.HttpMethod == "POST" ? body : context.Request.Url.Query), limit.Token).ConfigureAwait(false);
                }
                finally
                {
                    _places.Release();
                }
                await SendAsync(context, response, limit).ConfigureAwait(false);
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // The client went away, or the dashboard ends.
        }
    }

    private static async Task<string?> ReadAsync(HttpListenerRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength64 > MaxBody)
            return null;
        using var copy = new MemoryStream();
        byte[] buffer = new byte[8192];
        int count;
        while ((count = await request.InputStream.ReadAsync(buffer, 0, buffer.Length, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (copy.Length + count > MaxBody)
                return null;
            copy.Write(buffer, 0, count);
        }
        return Encoding.UTF8.GetString(copy.ToArray());
    }

    private async Task SendAsync(HttpListenerContext context, Response response, CancellationTokenSource limit)
    {
        limit.CancelAfter(_options.TransferLimit);
        HttpListenerResponse to = context.Response;
        to.StatusCode = (int)response.Status;
        to.ContentType = response.ContentType;
        to.Headers["Content-Security-Policy"] = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        to.Headers["Cache-Control"] = "no-store";
        to.Headers["X-Content-Type-Options"] = "nosniff";
        to.Headers["Referrer-Policy"] = "same-origin";
        to.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        to.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (response.Location is { } location)
            to.Headers["Location"] = location;
        if (response.Cookie is { } cookie)
            to.Headers["Set-Cookie"] = cookie;
        byte[] bytes = Encoding.UTF8.GetBytes(response.Body);
        to.ContentLength64 = bytes.Length;
        await to.OutputStream.WriteAsync(bytes, 0, bytes.Length, limit.Token).ConfigureAwait(false);
        to.Close();
    }

    private static int FreePort()
    {
        var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        try
        {
            return ((IPEndPoint)probe.LocalEndpoint).Port;
        }
        finally
        {
            probe.Stop();
        }
    }
}
