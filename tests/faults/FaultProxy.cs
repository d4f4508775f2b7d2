using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.FaultTests;

/// <summary>What can go wrong between a client and a service. "Before" and "after" say whether the service did what was asked.</summary>
public enum FaultKind
{
    /// <summary>The connection is reset before anything is read from it, and for a while nobody listens, so that the next is refused.</summary>
    ConnectionRefused,

    /// <summary>The request is read whole and the connection reset; the service is not asked.</summary>
    ResetBefore,

    /// <summary>The service has answered; its answer is kept back, and the connection reset.</summary>
    ResetAfter,

    /// <summary>The answer comes late, and its second half later still.</summary>
    Delay,

    /// <summary>The service has answered; of the answer's body, or of its head where it has none, half comes, and the connection is closed.</summary>
    TruncatedBody,

    /// <summary>429 without <c>Retry-After</c>.</summary>
    TooManyRequests,

    /// <summary>429 with <c>Retry-After</c> in seconds.</summary>
    TooManyRequestsSeconds,

    /// <summary>429 with <c>Retry-After</c> as a date.</summary>
    TooManyRequestsDate,

    /// <summary>503 without <c>Retry-After</c>.</summary>
    ServiceUnavailable,

    /// <summary>503 with <c>Retry-After</c> in seconds.</summary>
    ServiceUnavailableSeconds,

    /// <summary>503 with <c>Retry-After</c> as a date.</summary>
    ServiceUnavailableDate,

    /// <summary>502; the service is not asked.</summary>
    BadGatewayBefore,

    /// <summary>502 in the place of the service's answer.</summary>
    BadGatewayAfter,

    /// <summary>504; the service is not asked.</summary>
    GatewayTimeoutBefore,

    /// <summary>504 in the place of the service's answer.</summary>
    GatewayTimeoutAfter,

    /// <summary>200 with a proxy's page of HTML; the service is not asked.</summary>
    HtmlBefore,

    /// <summary>200 with a proxy's page of HTML in the place of the service's answer.</summary>
    HtmlAfter,

    /// <summary>200 with half a JSON text that says it is whole; the service is not asked.</summary>
    MalformedJsonBefore,

    /// <summary>The service's answer, of whose body half comes and says that it is whole.</summary>
    MalformedJsonAfter,

    /// <summary>The service has answered; nothing of that ever comes. Never by chance, for it takes as long as the client's patience.</summary>
    Timeout,
}

/// <summary>
/// Stands before Keystone, Mistral and Trove on three ports of the loopback, speaks HTTP/1.1 on sockets of its own, and lets every so many requests go wrong. Which,
/// and how, is a function of the seed and of how many requests came before. Keystone's catalog names the proxy in place of the services.
/// </summary>
public sealed class FaultProxy : IDisposable
{
    /// <summary>For how long nobody listens after a <see cref="FaultKind.ConnectionRefused"/>.</summary>
    public static readonly TimeSpan Away = TimeSpan.FromSeconds(0.3);

    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(0.5);
    private static readonly FaultKind[] ByChance = Enum.GetValues<FaultKind>().Where(kind => kind != FaultKind.Timeout).ToArray();
    private static readonly string[] OfTheConnection = ["Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length", "Host", "Expect"];

    // A connection for each request: what the pool of connections repeats by itself would be a fault that nobody counts.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.Zero })
    {
        Timeout = TimeSpan.FromMinutes(5),
    };

    private readonly CancellationTokenSource _ended = new();
    private readonly string[] _services;
    private readonly Listener[] _listeners;
    private readonly ulong _seed;
    private readonly Dictionary<FaultKind, int> _faults = [];
    private readonly HashSet<string> _owed = [];
    private readonly ConcurrentQueue<string> _log = new();
    private (FaultKind Kind, Regex Request)? _next;
    private int _requests;
    private int _retried;

    /// <summary>Begins to listen.</summary>
    /// <param name="services">The addresses of Keystone, Mistral and Trove; what follows the port does not matter.</param>
    /// <param name="seed">Decides, with the number of a request, what becomes of it.</param>
    /// <param name="percent">How many of a hundred requests go wrong.</param>
    public FaultProxy(string[] services, ulong seed, int percent)
    {
        _services = services.Select(service => new Uri(service).GetLeftPart(UriPartial.Authority)).ToArray();
        _seed = seed;
        Percent = percent;
        _listeners = _services.Select((_, i) => new Listener(connection => ServeAsync(connection, i))).ToArray();
        Urls = _listeners.Select(listener => $"http://127.0.0.1:{listener.Port}").ToArray();
    }

    /// <summary>Where the proxy stands for Keystone, Mistral and Trove.</summary>
    public string[] Urls { get; }

    /// <summary>How many of a hundred requests go wrong.</summary>
    public int Percent { get; set; }

    /// <summary>How many requests came.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>How many came once more after they had gone wrong.</summary>
    public int Retried => Volatile.Read(ref _retried);

    /// <summary>How many went wrong, by kind.</summary>
    public IReadOnlyDictionary<FaultKind, int> Faults
    {
        get
        {
            lock (_faults)
                return new Dictionary<FaultKind, int>(_faults);
        }
    }

    /// <summary>"12 POST /v2/cron_triggers {body} ResetAfter 201" of each request.</summary>
    public IReadOnlyCollection<string> Log => _log;

    /// <summary>Every token that Keystone gave out through the proxy.</summary>
    public ConcurrentBag<string> Tokens { get; } = [];

    /// <summary>What went wrong with the proxy itself.</summary>
    public ConcurrentQueue<string> Failures { get; } = new();

    /// <summary>Whether the fault that <see cref="Inject"/> prepared still waits for its request.</summary>
    public bool IsWaiting
    {
        get
        {
            lock (_faults)
                return _next is not null;
        }
    }

    /// <summary>What becomes of a request.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="number">How many requests came before.</param>
    /// <param name="percent">How many of a hundred go wrong.</param>
    /// <returns>The fault; null for none.</returns>
    public static FaultKind? Decide(ulong seed, int number, int percent)
    {
        ulong random = Mix(seed ^ Mix((ulong)number + 1));
        return random % 100 < (ulong)percent ? ByChance[random / 100 % (ulong)ByChance.Length] : null;
    }

    /// <summary>Lets the first request that fits go wrong.</summary>
    /// <param name="kind">How. <see cref="FaultKind.ConnectionRefused"/> begins at once, for every request: nobody listens, and what was connected is not.</param>
    /// <param name="request">A regular expression for "METHOD /path?query".</param>
    public void Inject(FaultKind kind, string request)
    {
        if (kind == FaultKind.ConnectionRefused)
        {
            Count(kind);
            foreach (Listener listener in _listeners)
                listener.GoAway(Away, hangUp: true);
            return;
        }
        lock (_faults)
            _next = (kind, new Regex(request));
    }

    /// <summary>Forgets what <see cref="Inject"/> prepared.</summary>
    public void Withdraw()
    {
        lock (_faults)
            _next = null;
    }

    public void Dispose()
    {
        _ended.Cancel();
        foreach (Listener listener in _listeners)
            listener.Dispose();
        _http.Dispose();
    }

    // SplitMix64's finisher: neighbours have nothing in common.
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    private void Count(FaultKind kind)
    {
        lock (_faults)
            _faults[kind] = _faults.GetValueOrDefault(kind) + 1;
    }

    private async Task ServeAsync(Connection connection, int service)
    {
        try
        {
            // A request's number is that of its first byte, for one that is refused is never read.
            while (await connection.HasMoreAsync(_ended.Token))
            {
                int number = Interlocked.Increment(ref _requests) - 1;
                FaultKind? fault = Decide(_seed, number, Percent);
                if (fault == FaultKind.ConnectionRefused)
                {
                    Count(FaultKind.ConnectionRefused);
                    _log.Enqueue($"{number} (unread) ConnectionRefused");
                    _listeners[service].GoAway(Away, hangUp: false);
                    connection.Reset();
                    return;
                }
                if (await Request.ReadAsync(connection.Stream, _ended.Token) is not { } request)
                    return;
                if (!await AnswerAsync(connection, service, number, request, Prepared(request) ?? fault))
                    return;
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client is gone, or the proxy.
        }
        catch (Exception e)
        {
            Failures.Enqueue(e.ToString());
        }
        finally
        {
            connection.Dispose();
        }
    }

    private FaultKind? Prepared(Request request)
    {
        lock (_faults)
        {
            if (_next is not { } next || !next.Request.IsMatch($"{request.Method} {request.Target}"))
                return null;
            _next = null;
            return next.Kind;
        }
    }

    /// <summary>Whether the connection lasts.</summary>
    private async Task<bool> AnswerAsync(Connection connection, int service, int number, Request request, FaultKind? fault)
    {
        string key = $"{request.Method} {request.Target} {Encoding.UTF8.GetString(request.Body)}";
        lock (_faults)
        {
            if (_owed.Remove(key))
                _retried++;
            if (fault is not null and not FaultKind.Delay)
                _owed.Add(key);
        }
        if (fault is { } kind)
            Count(kind);

        bool isAsked = fault is null or FaultKind.ResetAfter or FaultKind.Delay or FaultKind.TruncatedBody or FaultKind.BadGatewayAfter or FaultKind.GatewayTimeoutAfter
            or FaultKind.HtmlAfter or FaultKind.MalformedJsonAfter or FaultKind.Timeout;
        Answer? answer = isAsked ? await AskAsync(service, request) : null;
        // A login's body holds the password.
        _log.Enqueue($"{number} {(service == 0 ? request.Method + " " + request.Target : key)} {fault} {answer?.Status}");

        switch (fault)
        {
            case FaultKind.ResetBefore or FaultKind.ResetAfter:
                connection.Reset();
                return false;
            case FaultKind.Timeout:
                await Task.Delay(Timeout.InfiniteTimeSpan, _ended.Token);
                return false;
            case FaultKind.TruncatedBody:
                byte[] head = answer!.Head();
                await connection.Stream.WriteAsync(answer.Body.Length > 0 ? [.. head, .. answer.Body[..(answer.Body.Length / 2)]] : head[..(head.Length / 2)]);
                return false;
            case FaultKind.Delay:
                TimeSpan delay = LongestDelay * (Mix(_seed + (ulong)number) % 1000 / 1000.0);
                await Task.Delay(delay, _ended.Token);
                byte[] whole = [.. answer!.Head(), .. answer.Body];
                await connection.Stream.WriteAsync(whole.AsMemory(0, whole.Length / 2));
                await Task.Delay(delay, _ended.Token);
                await connection.Stream.WriteAsync(whole.AsMemory(whole.Length / 2));
                return true;
        }
        Answer given = fault switch
        {
            null => answer!,
            FaultKind.TooManyRequests => Page(429, "Too Many Requests"),
            FaultKind.TooManyRequestsSeconds => Page(429, "Too Many Requests", "1"),
            FaultKind.TooManyRequestsDate => Page(429, "Too Many Requests", InSeconds(2)),
            FaultKind.ServiceUnavailable => Page(503, "Service Unavailable"),
            FaultKind.ServiceUnavailableSeconds => Page(503, "Service Unavailable", "1"),
            FaultKind.ServiceUnavailableDate => Page(503, "Service Unavailable", InSeconds(2)),
            FaultKind.BadGatewayBefore or FaultKind.BadGatewayAfter => Page(502, "Bad Gateway"),
            FaultKind.GatewayTimeoutBefore or FaultKind.GatewayTimeoutAfter => Page(504, "Gateway Timeout"),
            FaultKind.HtmlBefore or FaultKind.HtmlAfter => Page(200, "Please log in"),
            FaultKind.MalformedJsonAfter when answer!.Body.Length > 1 => answer with { Body = answer.Body[..(answer.Body.Length / 2)] },
            _ => new Answer(200, "OK", ["Content-Type: application/json"], Encoding.UTF8.GetBytes("{\"cron_triggers\": [{\"na")),
        };
        await connection.Stream.WriteAsync((byte[])[.. given.Head(), .. given.Body]);
        return true;
    }

    private async Task<Answer> AskAsync(int service, Request request)
    {
        using var ask = new HttpRequestMessage(new HttpMethod(request.Method), _services[service] + request.Target)
        {
            Content = request.Body.Length > 0 ? new ByteArrayContent(request.Body) : null,
        };
        foreach ((string name, string value) in request.Headers)
        {
            if (!OfTheConnection.Contains(name, StringComparer.OrdinalIgnoreCase) && !ask.Headers.TryAddWithoutValidation(name, value))
                ask.Content?.Headers.TryAddWithoutValidation(name, value);
        }
        using HttpResponseMessage answer = await _http.SendAsync(ask, _ended.Token);
        byte[] body = await answer.Content.ReadAsByteArrayAsync(_ended.Token);
        if (service == 0)
        {
            if (answer.Headers.TryGetValues("X-Subject-Token", out IEnumerable<string>? tokens))
                Tokens.Add(tokens.First());
            body = Renamed(body);
        }
        return new Answer((int)answer.StatusCode, answer.ReasonPhrase ?? "", answer.Headers.Concat(answer.Content.Headers)
            .Where(header => !OfTheConnection.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
            .SelectMany(header => header.Value.Select(value => $"{header.Key}: {value}")).ToArray(), body);
    }

    private byte[] Renamed(byte[] body)
    {
        string text = Encoding.UTF8.GetString(body);
        for (int i = 0; i < _services.Length; i++)
            text = text.Replace(_services[i], Urls[i], StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(text);
    }

    private static string InSeconds(int seconds) => DateTime.UtcNow.AddSeconds(seconds).ToString("R", CultureInfo.InvariantCulture);

    private static Answer Page(int status, string reason, string? retryAfter = null)
    {
        List<string> headers = ["Content-Type: text/html", "Date: " + InSeconds(0)];
        if (retryAfter is not null)
            headers.Add("Retry-After: " + retryAfter);
        return new Answer(status, reason, headers, Encoding.UTF8.GetBytes($"<html><head><title>{reason}</title></head><body><h1>{reason}</h1></body></html>"));
    }

    private sealed record Answer(int Status, string Reason, IReadOnlyList<string> Headers, byte[] Body)
    {
        public byte[] Head() => Encoding.Latin1.GetBytes(
            $"HTTP/1.1 {Status} {Reason}\r\n{string.Concat(Headers.Select(header => header + "\r\n"))}{(Status == 204 ? "" : $"Content-Length: {Body.Length}\r\n")}\r\n");
    }

    private sealed record Request(string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
    {
        /// <summary>Reads one; null where the client hangs up instead.</summary>
        public static async Task<Request?> ReadAsync(Stream stream, CancellationToken ended)
        {
            byte[] buffer = new byte[16384];
            int filled = 0, end;
            while ((end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0)
            {
                if (filled == buffer.Length)
                    Array.Resize(ref buffer, 2 * buffer.Length);
                int read = await stream.ReadAsync(buffer.AsMemory(filled), ended);
                if (read == 0)
                    return null;
                filled += read;
            }
            string[] lines = Encoding.Latin1.GetString(buffer, 0, end).Split("\r\n");
            string[] first = lines[0].Split(' ');
            List<(string Name, string Value)> headers = lines.Skip(1).Select(line => line.Split(':', 2)).Select(pair => (pair[0], pair[1].Trim())).ToList();
            string? Header(string name) => headers.FirstOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
            if (Header("Transfer-Encoding") is { } coding)
                throw new NotSupportedException($"{lines[0]}: Transfer-Encoding: {coding}");
            byte[] body = new byte[int.Parse(Header("Content-Length") ?? "0", CultureInfo.InvariantCulture)];
            int there = Math.Min(filled - end - 4, body.Length);
            Array.Copy(buffer, end + 4, body, 0, there);
            try
            {
                await stream.ReadExactlyAsync(body.AsMemory(there), ended);
            }
            catch (EndOfStreamException)
            {
                return null;
            }
            return new Request(first[0], first[1], headers, body);
        }
    }

    private sealed class Connection(Socket socket) : IDisposable
    {
        public NetworkStream Stream { get; } = new(socket, ownsSocket: true);

        /// <summary>Waits for the first byte of a request without reading it.</summary>
        public async Task<bool> HasMoreAsync(CancellationToken ended) => await socket.ReceiveAsync(new byte[1], SocketFlags.Peek, ended) > 0;

        public void Reset()
        {
            try
            {
                socket.LingerState = new LingerOption(true, 0);
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                return;
            }
            socket.Close();
        }

        public void Dispose() => Stream.Dispose();
    }

    /// <summary>A port that can be left for a while.</summary>
    private sealed class Listener : IDisposable
    {
        private readonly Func<Connection, Task> _serve;
        private readonly HashSet<Connection> _connections = [];
        private TcpListener? _listener;
        private int _away;
        private bool _ended;

        public Listener(Func<Connection, Task> serve)
        {
            _serve = serve;
            while (_listener is null)
            {
                Port = Ports.Next();
                try
                {
                    Listen();
                }
                catch (SocketException)
                {
                    // Somebody else's.
                }
            }
        }

        public int Port { get; private set; }

        public void GoAway(TimeSpan time, bool hangUp)
        {
            lock (_connections)
            {
                _away++;
                _listener?.Stop();
                _listener = null;
                if (hangUp)
                {
                    foreach (Connection connection in _connections)
                        connection.Reset();
                    _connections.Clear();
                }
            }
            _ = ReturnAsync(time);
        }

        public void Dispose()
        {
            lock (_connections)
            {
                _ended = true;
                _listener?.Stop();
                foreach (Connection connection in _connections)
                    connection.Dispose();
                _connections.Clear();
            }
        }

        private async Task ReturnAsync(TimeSpan time)
        {
            await Task.Delay(time);
            lock (_connections)
            {
                if (--_away == 0 && !_ended)
                    Listen();
            }
        }

        private void Listen()
        {
            var listener = new TcpListener(IPAddress.Loopback, Port);
            listener.Start();
            _listener = listener;
            _ = AcceptAsync(listener);
        }

        private async Task AcceptAsync(TcpListener listener)
        {
            try
            {
                while (true)
                {
                    Socket socket = await listener.AcceptSocketAsync();
                    socket.NoDelay = true;
                    var connection = new Connection(socket);
                    lock (_connections)
                        _connections.Add(connection);
                    _ = _serve(connection);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // Nobody listens any more.
            }
        }
    }

    /// <summary>
    /// Ports that nobody takes while they are left: below those that the system gives to whoever connects, and in blocks, each of which is one process's as long as
    /// that holds a file open.
    /// </summary>
    private static class Ports
    {
        private const int First = 15000, Block = 100, Blocks = 170;
        private static readonly List<FileStream> _held = [];
        private static int _next, _end;

        public static int Next()
        {
            lock (_held)
            {
                if (_next == _end)
                    Hold();
                return _next++;
            }
        }

        private static void Hold()
        {
            for (int i = 0; i < Blocks; i++)
            {
                try
                {
                    _held.Add(new FileStream(Path.Combine(Path.GetTempPath(), $"trove-fault-ports-{i}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
                    _next = First + (i * Block);
                    _end = _next + Block;
                    return;
                }
                catch (IOException)
                {
                    // Another process has it, or this one.
                }
            }
            throw new InvalidOperationException("There is no port left.");
        }
    }
}
