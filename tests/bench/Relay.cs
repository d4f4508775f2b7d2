using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;

namespace TroveSchedules.Benchmarks;

/// <summary>A request that went through the relay.</summary>
/// <param name="Service">0 is Keystone, 1 Mistral, 2 Trove.</param>
/// <param name="Method">GET and so on.</param>
/// <param name="PathAndQuery">As it was sent.</param>
/// <param name="Body">What was sent along; null for nothing.</param>
/// <param name="AnswerBytes">The length of the answer's body.</param>
internal sealed record Recorded(int Service, string Method, string PathAndQuery, string? Body, long AnswerBytes);

/// <summary>
/// Stands before the three services and counts, for every client in the same way. Keystone's catalog names the relay in place of the services. Figures of time are
/// made without it, except where it is said.
/// </summary>
internal sealed class Relay : IAsyncDisposable
{
    private static readonly string[] OfTheConnection = ["Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length", "Host"];
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false }) { Timeout = TimeSpan.FromMinutes(10) };
    private readonly List<HttpListener> _listeners = [];
    private readonly string[] _services;
    private readonly string[] _relays;
    private readonly List<Recorded> _recorded = [];

    public Relay(Cloud cloud)
    {
        _services = [cloud.Keystone, Authority(cloud.Mistral), Authority(cloud.Trove)];
        _relays = [.. _services.Select(_ => $"http://127.0.0.1:{FreePort()}")];
        Cloud = cloud.Behind(_relays);
        for (int i = 0; i < _services.Length; i++)
        {
            var listener = new HttpListener { Prefixes = { _relays[i] + "/" } };
            listener.Start();
            _listeners.Add(listener);
            _ = ListenAsync(listener, i);
        }
    }

    /// <summary>The cloud as it is seen through the relay.</summary>
    public Cloud Cloud { get; }

    /// <summary>What came through since the last <see cref="Clear"/>, in the order of arrival.</summary>
    public IReadOnlyList<Recorded> Recorded
    {
        get
        {
            lock (_recorded)
                return [.. _recorded];
        }
    }

    public void Clear()
    {
        lock (_recorded)
            _recorded.Clear();
    }

    public ValueTask DisposeAsync()
    {
        _listeners.ForEach(listener => listener.Close());
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ListenAsync(HttpListener listener, int service)
    {
        while (listener.IsListening)
        {
            try
            {
                HttpListenerContext context = await listener.GetContextAsync();
                _ = PassOnAsync(context, service);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task PassOnAsync(HttpListenerContext context, int service)
    {
        try
        {
            HttpListenerRequest ask = context.Request;
            byte[]? body = null;
            if (ask.HasEntityBody)
            {
                using var read = new MemoryStream();
                await ask.InputStream.CopyToAsync(read);
                body = read.ToArray();
            }
            int place;
            lock (_recorded)
            {
                place = _recorded.Count;
                _recorded.Add(new Recorded(service, ask.HttpMethod, ask.RawUrl!, body is null ? null : Encoding.UTF8.GetString(body), 0));
            }
            using var request = new HttpRequestMessage(new HttpMethod(ask.HttpMethod), _services[service] + ask.RawUrl) { Content = body is null ? null : new ByteArrayContent(body) };
            foreach (string name in ask.Headers.AllKeys.OfType<string>().Except(OfTheConnection, StringComparer.OrdinalIgnoreCase))
            {
                if (!request.Headers.TryAddWithoutValidation(name, ask.Headers[name]))
                    request.Content?.Headers.TryAddWithoutValidation(name, ask.Headers[name]);
            }
            using HttpResponseMessage answer = await _http.SendAsync(request);
            byte[] bytes = await answer.Content.ReadAsByteArrayAsync();
            lock (_recorded)
            {
                if (place < _recorded.Count)
                    _recorded[place] = _recorded[place] with { AnswerBytes = bytes.Length };
            }
            await AnswerAsync(context.Response, answer, service == 0 ? Renamed(bytes) : bytes);
        }
        catch (Exception e) when (e is HttpRequestException or HttpListenerException or IOException or ObjectDisposedException)
        {
            context.Response.Abort(); // One of the two ends is gone.
        }
    }

    private static async Task AnswerAsync(HttpListenerResponse response, HttpResponseMessage answer, byte[] bytes)
    {
        response.StatusCode = (int)answer.StatusCode;
        foreach ((string name, IEnumerable<string> values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (!OfTheConnection.Contains(name, StringComparer.OrdinalIgnoreCase))
                response.Headers[name] = string.Join(", ", values);
        }
        response.ContentLength64 = bytes.Length;
        if (bytes.Length > 0)
            await response.OutputStream.WriteAsync(bytes);
        response.Close();
    }

    private byte[] Renamed(byte[] bytes)
    {
        string text = Encoding.UTF8.GetString(bytes);
        for (int i = 0; i < _services.Length; i++)
            text = text.Replace(_services[i], _relays[i], StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(text);
    }

    private static string Authority(string url) => new Uri(url).GetLeftPart(UriPartial.Authority);

    private static int FreePort()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return port;
    }
}
