using System;
using System.Collections.Concurrent;
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
    private readonly CloudSession _session;
    private readonly RequestGate _gate;
    private readonly Panels _panels;
    private readonly Router _router;
    private readonly SemaphoreSlim _places = new(MaxConcurrent);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Task, bool> _inProgress = new();
    private volatile bool _isRunning;
    private int _waiting;
    private long _lastUse;

    private DashboardServer(CloudSession session, DashboardOptions options, HttpListener listener, int port)
    {
        _options = options;
        _listener = listener;
        _gate = new RequestGate(port);
        _session = session;
        _panels = new Panels(session, _gate.FormToken, options, _end.Token);
        _router = new Router(_panels);
        _lastUse = options.Clock.GetTimestamp();
    }

    /// <summary>The address to open. It works once: its key is exchanged for a cookie.</summary>
    public Uri Address => _gate.Address;

    /// <summary>Completes when a browser has opened the address.</summary>
    public Task Opened => _gate.Opened;

    /// <summary>Starts to listen on a free port.</summary>
    /// <param name="session">The session, which stays open when the dashboard ends.</param>
    /// <param name="options">How the dashboard runs; null for the defaults.</param>
    /// <returns>The dashboard. It answers while <see cref="RunAsync"/> runs.</returns>
    /// <exception cref="TroveScheduleException">Failed (<c>DashboardNotStarted</c>) if no port can be opened; Invalid (<c>NotConnected</c>) if the session has ended.</exception>
    public static DashboardServer Start(CloudSession session, DashboardOptions? options = null)
    {
        _ = session.CloudTime; // Throws if the session has ended.
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

    /// <summary>Answers requests until it is cancelled, disposed, or idle for too long, or the session ends. Changes that have begun are finished first; a job in progress begins no more.</summary>
    /// <param name="cancellationToken">Ends the dashboard.</param>
    /// <returns>A task that completes when the dashboard has ended.</returns>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        using CancellationTokenRegistration cancel = cancellationToken.Register(_end.Cancel), disconnect = _session.Closed.Register(_end.Cancel);
        _isRunning = true;
        Task idle = EndWhenIdleAsync(), end = WhenEndedAsync();
        while (!_end.IsCancellationRequested)
        {
            try
            {
                Task<HttpListenerContext> next = _listener.GetContextAsync();
                if (await Task.WhenAny(next, end).ConfigureAwait(false) == end)
                    break;
                Task answer = AnswerAsync(await next.ConfigureAwait(false));
                _inProgress[answer] = true;
                _ = answer.ContinueWith(ended => _inProgress.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                // A client went away before its request was complete.
            }
        }
        // The listener closes last, so that the browser still gets the answer to its change.
        await Task.WhenAll([idle, .. _inProgress.Keys, .. _panels.Running]).ConfigureAwait(false);
        _listener.Close();
    }

    /// <summary>Ends the dashboard.</summary>
    public void Dispose()
    {
        _end.Cancel();
        if (!_isRunning)
            _listener.Close();
    }

    private async Task WhenEndedAsync()
    {
        try
        {
            await DelayAsync(Timeout.InfiniteTimeSpan, _end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task EndWhenIdleAsync()
    {
        try
        {
            TimeSpan left;
            while ((left = _options.IdleLimit - _options.Clock.GetElapsedTime(Interlocked.Read(ref _lastUse))) > TimeSpan.Zero)
            {
                await DelayAsync(left, _end.Token).ConfigureAwait(false);
                if (_panels.Running.Count > 0)
                    Interlocked.Exchange(ref _lastUse, _options.Clock.GetTimestamp());
            }
            _end.Cancel();
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

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var limit = new CancellationTokenSource();
        // A client that sends or reads slowly loses its connection.
        using CancellationTokenRegistration abort = limit.Token.Register(() => Abort(context.Response));
        try
        {
            await SendAsync(context.Response, await RespondAsync(context.Request, context.Response, limit).ConfigureAwait(false), limit).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // The client went away, or the dashboard ends.
        }
    }

    private async Task<Response> RespondAsync(HttpListenerRequest request, HttpListenerResponse response, CancellationTokenSource limit)
    {
        // Ends what can be ended: everything but a change that has begun.
        using CancellationTokenRegistration end = _end.Token.Register(limit.Cancel);
        if (_gate.Check(request) is { } refused)
            return refused;
        // A page that refreshes itself is not used for that.
        if (request.Headers["X-Refresh"] is null)
            Interlocked.Exchange(ref _lastUse, _options.Clock.GetTimestamp());
        bool isChange = request.HttpMethod == "POST";
        string? body = isChange ? await ReadAsync(request, response, limit).ConfigureAwait(false) : request.Url!.Query;
        if (body is null)
            return Response.Refused(HttpStatusCode.RequestEntityTooLarge, "The form is too long.");
        var values = new FormValues(body);
        if (isChange && !_gate.HasToken(values))
            return Response.Refused(HttpStatusCode.Forbidden, "The form is not one of the dashboard. Go back, reload the page, and try again.");
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return Response.Refused(HttpStatusCode.ServiceUnavailable, "Too many requests at once. Try again.");
        }
        try
        {
            await _places.WaitAsync(limit.Token).ConfigureAwait(false);
            try
            {
                if (isChange)
                    end.Dispose();
                return await _router.AnswerAsync(request.HttpMethod, request.Url!.AbsolutePath, values, isChange ? CancellationToken.None : limit.Token).ConfigureAwait(false);
            }
            finally
            {
                _places.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private static void Abort(HttpListenerResponse response)
    {
        try
        {
            response.Abort();
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It runs in a timer's callback, where an exception would end the process.
        }
    }

    private async Task<string?> ReadAsync(HttpListenerRequest request, HttpListenerResponse response, CancellationTokenSource limit)
    {
        limit.CancelAfter(_options.TransferLimit);
        // On Linux and macOS, Abort sends the status before it closes the connection. Without this, a form that never arrived would be answered with 200.
        response.StatusCode = (int)HttpStatusCode.RequestTimeout;
        using var copy = new MemoryStream();
        byte[] buffer = new byte[8192];
        int count;
        long length = 0;
        // The rest of one that is too long is read, too. A browser shows the answer only when it has sent all.
        while ((count = await request.InputStream.ReadAsync(buffer, 0, buffer.Length, limit.Token).ConfigureAwait(false)) > 0)
        {
            length += count;
            if (length <= MaxBody)
                copy.Write(buffer, 0, count);
        }
        limit.CancelAfter(Timeout.InfiniteTimeSpan);
        return length > MaxBody ? null : Encoding.UTF8.GetString(copy.ToArray());
    }

    private async Task SendAsync(HttpListenerResponse to, Response response, CancellationTokenSource limit)
    {
        limit.CancelAfter(_options.TransferLimit);
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
        if (response.Next is { } next)
            to.Headers["Refresh"] = "1; url=" + next;
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
