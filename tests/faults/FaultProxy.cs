using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.TestSupport;

namespace TroveSchedules.FaultTests;

/// <summary>The faults between a client and a service. "Before" means that the service does not receive the request, and "After" that it executes the
/// request.</summary>
public enum FaultKind
{
    /// <summary>The connection is reset before the request is read. For a short time nothing listens, so that the next connection is
    /// refused.</summary>
    ConnectionRefused,

    /// <summary>The whole request is read, and the connection is reset. The service does not receive the request.</summary>
    ResetBefore,

    /// <summary>The service executes the request. The connection is reset without its response.</summary>
    ResetAfter,

    /// <summary>The response is delayed, and its second half is delayed once more.</summary>
    Delay,

    /// <summary>The service executes the request. The connection is closed after half of the body of the response, or of its head if it has no
    /// body.</summary>
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

    /// <summary>502. The service does not receive the request.</summary>
    BadGatewayBefore,

    /// <summary>502 in place of the response of the service.</summary>
    BadGatewayAfter,

    /// <summary>504. The service does not receive the request.</summary>
    GatewayTimeoutBefore,

    /// <summary>504 in place of the response of the service.</summary>
    GatewayTimeoutAfter,

    /// <summary>200 with an HTML page of a proxy. The service does not receive the request.</summary>
    HtmlBefore,

    /// <summary>200 with an HTML page of a proxy in place of the response of the service.</summary>
    HtmlAfter,

    /// <summary>200 with half of a JSON text and a matching Content-Length. The service does not receive the request.</summary>
    MalformedJsonBefore,

    /// <summary>The response of the service with half of its body and a matching Content-Length.</summary>
    MalformedJsonAfter,

    /// <summary>The service executes the request, and no response is sent. Never chosen at random, because it takes as long as the time limit of the
    /// client.</summary>
    Timeout,
}

/// <summary>
/// A proxy in front of Keystone, Mistral and Trove, on three ports of the loopback. It uses its own HTTP/1.1 implementation and injects a fault into
/// a percentage of
/// the requests. The seed and the number of the request decide about the fault. The catalog of Keystone contains the addresses of the proxy.
/// </summary>
public sealed class FaultProxy : IDisposable
{
    /// <summary>The time without a listener after a <see cref="FaultKind.ConnectionRefused"/>.</summary>
    public static readonly TimeSpan RefusalTime = TimeSpan.FromSeconds(0.3);

    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(0.5);
    private static readonly FaultKind[] RandomKinds = Enum.GetValues<FaultKind>().Where(kind => kind != FaultKind.Timeout).ToArray();

    // Opens a connection for each request. Otherwise the connection pool could resend requests that the proxy does not count.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.Zero })
    {
        Timeout = TimeSpan.FromMinutes(5),
    };

    private readonly CancellationTokenSource _ended = new();
    private readonly string[] _services;
    private readonly LoopbackServer[] _servers;
    private readonly int[] _pendingStops = new int[3];
    private readonly ulong _seed;
    private readonly Dictionary<FaultKind, int> _faults = [];
    private readonly HashSet<string> _failedRequests = [];
    private readonly ConcurrentQueue<string> _log = new();
    private (FaultKind Kind, Regex Request)? _next;
    private int _requests;
    private int _retried;

    /// <summary>Starts listening.</summary>
    /// <param name="services">The addresses of Keystone, Mistral and Trove. Everything after the port is ignored.</param>
    /// <param name="seed">Decides, together with the number of a request, about its fault.</param>
    /// <param name="percent">Percentage of requests with a fault.</param>
    public FaultProxy(string[] services, ulong seed, int percent)
    {
        _services = services.Select(service => new Uri(service).GetLeftPart(UriPartial.Authority)).ToArray();
        _seed = seed;
        Percent = percent;
        _servers = _services.Select((_, i) => Ports.Listen(connection => ServeAsync(connection, i))).ToArray();
        Urls = _servers.Select(server => server.Url).ToArray();
    }

    /// <summary>The addresses of the proxy for Keystone, Mistral and Trove.</summary>
    public string[] Urls { get; }

    /// <summary>Percentage of requests with a fault.</summary>
    public int Percent { get; set; }

    /// <summary>Number of requests.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Number of requests that were sent again after a fault.</summary>
    public int Retried => Volatile.Read(ref _retried);

    /// <summary>Number of faults by kind.</summary>
    public IReadOnlyDictionary<FaultKind, int> Faults
    {
        get
        {
            lock (_faults)
                return new Dictionary<FaultKind, int>(_faults);
        }
    }

    /// <summary>One line for each request, such as "12 POST /v2/cron_triggers {body} ResetAfter 201".</summary>
    public IReadOnlyCollection<string> Log => _log;

    /// <summary>All tokens that Keystone issued through the proxy.</summary>
    public ConcurrentBag<string> Tokens { get; } = [];

    /// <summary>Errors of the proxy itself.</summary>
    public IReadOnlyCollection<string> Failures => _servers.SelectMany(server => server.Failures).ToArray();

    /// <summary>Whether the fault from <see cref="Inject"/> has not been applied yet.</summary>
    public bool IsWaiting
    {
        get
        {
            lock (_faults)
                return _next is not null;
        }
    }

    /// <summary>Decides about the fault of a request.</summary>
    /// <param name="seed">The seed of the proxy.</param>
    /// <param name="number">The number of the request, from 0.</param>
    /// <param name="percent">Percentage of requests with a fault.</param>
    /// <returns>The fault; null for none.</returns>
    public static FaultKind? Decide(ulong seed, int number, int percent)
    {
        ulong random = Mix(seed ^ Mix((ulong)number + 1));
        return random % 100 < (ulong)percent ? RandomKinds[random / 100 % (ulong)RandomKinds.Length] : null;
    }

    /// <summary>Injects a fault into the first request that matches.</summary>
    /// <param name="kind">The fault. <see cref="FaultKind.ConnectionRefused"/> starts immediately and applies to all requests; open connections are
    /// reset.</param>
    /// <param name="request">A regular expression for "METHOD /path?query".</param>
    public void Inject(FaultKind kind, string request)
    {
        if (kind == FaultKind.ConnectionRefused)
        {
            Count(kind);
            for (int service = 0; service < _servers.Length; service++)
                StopListening(service, resets: true);
            return;
        }
        lock (_faults)
            _next = (kind, new Regex(request));
    }

    /// <summary>Removes the fault from <see cref="Inject"/>.</summary>
    public void Withdraw()
    {
        lock (_faults)
            _next = null;
    }

    public void Dispose()
    {
        lock (_pendingStops)
            _ended.Cancel();
        foreach (LoopbackServer server in _servers)
            server.Dispose();
        _http.Dispose();
    }

    // The finisher of SplitMix64, which gives unrelated values for neighbouring inputs.
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

    private void StopListening(int service, bool resets)
    {
        lock (_pendingStops)
        {
            _pendingStops[service]++;
            _servers[service].Stop(resets: resets);
        }
        _ = ListenAgainAsync(service);
    }

    private async Task ListenAgainAsync(int service)
    {
        await Task.Delay(RefusalTime);
        lock (_pendingStops)
        {
            if (--_pendingStops[service] == 0 && !_ended.IsCancellationRequested)
                _servers[service].Start();
        }
    }

    private async Task ServeAsync(LoopbackConnection connection, int service)
    {
        // A request gets its number with its first byte, because a refused request is never read.
        while (await connection.HasMoreAsync())
        {
            int number = Interlocked.Increment(ref _requests) - 1;
            FaultKind? fault = Decide(_seed, number, Percent);
            if (fault == FaultKind.ConnectionRefused)
            {
                Count(FaultKind.ConnectionRefused);
                _log.Enqueue($"{number} (unread) ConnectionRefused");
                StopListening(service, resets: false);
                connection.Reset();
                return;
            }
            if (await connection.ReadRequestAsync() is not { } request)
                return;
            if (!await RespondAsync(connection, service, number, request, TakeInjectedFault(request) ?? fault))
                return;
        }
    }

    private FaultKind? TakeInjectedFault(LoopbackRequest request)
    {
        lock (_faults)
        {
            if (_next is not { } next || !next.Request.IsMatch(request.ToString()))
                return null;
            _next = null;
            return next.Kind;
        }
    }

    /// <summary>Sends the response or the fault.</summary>
    /// <returns>Whether the connection stays open.</returns>
    private async Task<bool> RespondAsync(LoopbackConnection connection, int service, int number, LoopbackRequest request, FaultKind? fault)
    {
        string key = $"{request} {request.Text}";
        lock (_faults)
        {
            if (_failedRequests.Remove(key))
                _retried++;
            if (fault is not null and not FaultKind.Delay)
                _failedRequests.Add(key);
        }
        if (fault is { } kind)
            Count(kind);

        bool reachesService = fault is null or FaultKind.ResetAfter or FaultKind.Delay or FaultKind.TruncatedBody or FaultKind.BadGatewayAfter or FaultKind.GatewayTimeoutAfter
            or FaultKind.HtmlAfter or FaultKind.MalformedJsonAfter or FaultKind.Timeout;
        LoopbackResponse? response = reachesService ? await ForwardAsync(service, request) : null;
        // The body of a login contains the password.
        _log.Enqueue($"{number} {(service == 0 ? request : key)} {fault} {response?.Status}");

        switch (fault)
        {
            case FaultKind.ResetBefore or FaultKind.ResetAfter:
                connection.Reset();
                return false;
            case FaultKind.Timeout:
                await Task.Delay(Timeout.InfiniteTimeSpan, _ended.Token);
                return false;
            case FaultKind.TruncatedBody:
                byte[] head = response!.Head();
                await connection.Stream.WriteAsync(response.Body.Length > 0 ? [.. head, .. response.Body[..(response.Body.Length / 2)]] : head[..(head.Length / 2)]);
                return false;
            case FaultKind.Delay:
                TimeSpan delay = LongestDelay * (Mix(_seed + (ulong)number) % 1000 / 1000.0);
                await Task.Delay(delay, _ended.Token);
                byte[] whole = [.. response!.Head(), .. response.Body];
                await connection.Stream.WriteAsync(whole.AsMemory(0, whole.Length / 2));
                await Task.Delay(delay, _ended.Token);
                await connection.Stream.WriteAsync(whole.AsMemory(whole.Length / 2));
                return true;
        }
        LoopbackResponse sent = fault switch
        {
            null => response!,
            FaultKind.TooManyRequests => Page(429, "Too Many Requests"),
            FaultKind.TooManyRequestsSeconds => Page(429, "Too Many Requests", "1"),
            FaultKind.TooManyRequestsDate => Page(429, "Too Many Requests", InSeconds(2)),
            FaultKind.ServiceUnavailable => Page(503, "Service Unavailable"),
            FaultKind.ServiceUnavailableSeconds => Page(503, "Service Unavailable", "1"),
            FaultKind.ServiceUnavailableDate => Page(503, "Service Unavailable", InSeconds(2)),
            FaultKind.BadGatewayBefore or FaultKind.BadGatewayAfter => Page(502, "Bad Gateway"),
            FaultKind.GatewayTimeoutBefore or FaultKind.GatewayTimeoutAfter => Page(504, "Gateway Timeout"),
            FaultKind.HtmlBefore or FaultKind.HtmlAfter => Page(200, "Please log in"),
            FaultKind.MalformedJsonAfter when response!.Body.Length > 1 => response with { Body = response.Body[..(response.Body.Length / 2)] },
            _ => LoopbackResponse.Of(200, "{\"cron_triggers\": [{\"na", "Content-Type: application/json"),
        };
        await connection.WriteAsync(sent);
        return true;
    }

    private async Task<LoopbackResponse> ForwardAsync(int service, LoopbackRequest request)
    {
        LoopbackResponse response = await request.ForwardAsync(_http, _services[service], _ended.Token);
        if (service != 0)
            return response;
        const string Token = "X-Subject-Token: ";
        if (response.Headers.FirstOrDefault(header => header.StartsWith(Token, StringComparison.OrdinalIgnoreCase)) is { } header)
            Tokens.Add(header[Token.Length..]);
        return response.Replace(_services, Urls);
    }

    private static string InSeconds(int seconds) => DateTime.UtcNow.AddSeconds(seconds).ToString("R", CultureInfo.InvariantCulture);

    private static LoopbackResponse Page(int status, string reason, string? retryAfter = null)
    {
        List<string> headers = ["Content-Type: text/html", "Date: " + InSeconds(0)];
        if (retryAfter is not null)
            headers.Add("Retry-After: " + retryAfter);
        return new LoopbackResponse(status, reason, headers, Encoding.UTF8.GetBytes($"<html><head><title>{reason}</title></head><body><h1>{reason}</h1></body></html>"));
    }

    /// <summary>
    /// Free ports below the range of ephemeral ports, so that a closed port stays free. A process reserves a block of ports by keeping a file open.
    /// </summary>
    private static class Ports
    {
        private const int First = 15000, Block = 100, Blocks = 170;
        private static readonly List<FileStream> _reservations = [];
        private static int _next, _end;

        public static LoopbackServer Listen(Func<LoopbackConnection, Task> serve)
        {
            while (true)
            {
                try
                {
                    return new LoopbackServer(serve, port: Next());
                }
                catch (SocketException)
                {
                    // Another process uses the port.
                }
            }
        }

        private static int Next()
        {
            lock (_reservations)
            {
                if (_next == _end)
                    ReserveBlock();
                return _next++;
            }
        }

        private static void ReserveBlock()
        {
            for (int i = 0; i < Blocks; i++)
            {
                try
                {
                    _reservations.Add(new FileStream(Path.Combine(Path.GetTempPath(), $"trove-fault-ports-{i}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
                    _next = First + (i * Block);
                    _end = _next + Block;
                    return;
                }
                catch (IOException)
                {
                    // Another process, or this one, has reserved the block.
                }
            }
            throw new InvalidOperationException("There is no port left.");
        }
    }
}
