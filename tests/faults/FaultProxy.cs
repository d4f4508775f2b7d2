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

    // A connection for each request: what the pool of connections repeats by itself would be a fault that nobody counts.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.Zero })
    {
        Timeout = TimeSpan.FromMinutes(5),
    };

    private readonly CancellationTokenSource _ended = new();
    private readonly string[] _services;
    private readonly LoopbackServer[] _servers;
    private readonly int[] _absences = new int[3];
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
        _servers = _services.Select((_, i) => Ports.Listen(connection => ServeAsync(connection, i))).ToArray();
        Urls = _servers.Select(server => server.Url).ToArray();
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
    public IReadOnlyCollection<string> Failures => _servers.SelectMany(server => server.Failures).ToArray();

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
            for (int service = 0; service < _servers.Length; service++)
                GoAway(service, hangUp: true);
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
        lock (_absences)
            _ended.Cancel();
        foreach (LoopbackServer server in _servers)
            server.Dispose();
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

    // Nobody listens for a while.
    private void GoAway(int service, bool hangUp)
    {
        lock (_absences)
        {
            _absences[service]++;
            _servers[service].Stop(resets: hangUp);
        }
        _ = ReturnAsync(service);
    }

    private async Task ReturnAsync(int service)
    {
        await Task.Delay(Away);
        lock (_absences)
        {
            if (--_absences[service] == 0 && !_ended.IsCancellationRequested)
                _servers[service].Start();
        }
    }

    private async Task ServeAsync(LoopbackConnection connection, int service)
    {
        // A request's number is that of its first byte, for one that is refused is never read.
        while (await connection.HasMoreAsync())
        {
            int number = Interlocked.Increment(ref _requests) - 1;
            FaultKind? fault = Decide(_seed, number, Percent);
            if (fault == FaultKind.ConnectionRefused)
            {
                Count(FaultKind.ConnectionRefused);
                _log.Enqueue($"{number} (unread) ConnectionRefused");
                GoAway(service, hangUp: false);
                connection.Reset();
                return;
            }
            if (await connection.ReadRequestAsync() is not { } request)
                return;
            if (!await AnswerAsync(connection, service, number, request, Prepared(request) ?? fault))
                return;
        }
    }

    private FaultKind? Prepared(LoopbackRequest request)
    {
        lock (_faults)
        {
            if (_next is not { } next || !next.Request.IsMatch(request.ToString()))
                return null;
            _next = null;
            return next.Kind;
        }
    }

    /// <summary>Whether the connection lasts.</summary>
    private async Task<bool> AnswerAsync(LoopbackConnection connection, int service, int number, LoopbackRequest request, FaultKind? fault)
    {
        string key = $"{request} {request.Text}";
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
        LoopbackResponse? answer = isAsked ? await AskAsync(service, request) : null;
        // A login's body holds the password.
        _log.Enqueue($"{number} {(service == 0 ? request : key)} {fault} {answer?.Status}");

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
        LoopbackResponse given = fault switch
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
            _ => LoopbackResponse.Of(200, "{\"cron_triggers\": [{\"na", "Content-Type: application/json"),
        };
        await connection.WriteAsync(given);
        return true;
    }

    private async Task<LoopbackResponse> AskAsync(int service, LoopbackRequest request)
    {
        LoopbackResponse answer = await request.ForwardAsync(_http, _services[service], _ended.Token);
        if (service != 0)
            return answer;
        const string Token = "X-Subject-Token: ";
        if (answer.Headers.FirstOrDefault(header => header.StartsWith(Token, StringComparison.OrdinalIgnoreCase)) is { } header)
            Tokens.Add(header[Token.Length..]);
        return answer.Replace(_services, Urls);
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
    /// Free ports below the range that the system gives to clients, so that a closed port stays free. A process reserves a block of ports by keeping a file open.
    /// </summary>
    private static class Ports
    {
        private const int First = 15000, Block = 100, Blocks = 170;
        private static readonly List<FileStream> _held = [];
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
                    // Somebody else's.
                }
            }
        }

        private static int Next()
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
