#nullable enable
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.TestSupport;

/// <summary>A server on 127.0.0.1 with its own HTTP/1.1 implementation, so that a test controls each byte and the end of each connection.</summary>
public sealed class LoopbackServer : IDisposable
{
    private readonly Func<LoopbackConnection, Task> _serve;
    private readonly SslServerAuthenticationOptions? _tls;
    private readonly HashSet<LoopbackConnection> _open = [];
    private TcpListener? _listener;
    private int _connections;

    /// <summary>Starts listening.</summary>
    /// <param name="serve">Serves one connection, which is closed when the function ends.</param>
    /// <param name="tls">The TLS settings of an https server; null for http.</param>
    /// <param name="port">The port; 0 for a free one.</param>
    /// <exception cref="SocketException">The port is in use.</exception>
    public LoopbackServer(Func<LoopbackConnection, Task> serve, SslServerAuthenticationOptions? tls = null, int port = 0)
    {
        (_serve, _tls, Port) = (serve, tls, port);
        Start();
    }

    /// <summary>The port, which stays the same after <see cref="Stop"/> and <see cref="Start"/>.</summary>
    public int Port { get; private set; }

    /// <summary>Scheme, address and port, without a slash at the end.</summary>
    public string Url => $"{(_tls is null ? "http" : "https")}://127.0.0.1:{Port}";

    /// <summary>Number of connections so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Errors of the serving functions. A client that disconnects is not an error.</summary>
    public ConcurrentQueue<string> Failures { get; } = new();

    /// <summary>Starts a server that sends one response for each request and keeps the connections open.</summary>
    public static LoopbackServer Http(Func<LoopbackRequest, Task<LoopbackResponse>> respond, SslServerAuthenticationOptions? tls = null) => new(async connection =>
    {
        while (await connection.ReadRequestAsync() is { } request)
            await connection.WriteAsync(await respond(request));
    }, tls);

    /// <summary>A port on which nothing listens.</summary>
    public static int FreePort()
    {
        using var server = new LoopbackServer(_ => Task.CompletedTask);
        return server.Port;
    }

    /// <summary>Listens again after <see cref="Stop"/>.</summary>
    public void Start()
    {
        lock (_open)
        {
            var listener = new TcpListener(IPAddress.Loopback, Port);
            listener.Start();
            Port = ((IPEndPoint)listener.LocalEndpoint).Port;
            _listener = listener;
            _ = Task.Run(() => AcceptAsync(listener));
        }
    }

    /// <summary>Refuses new connections.</summary>
    /// <param name="resets">Whether the open connections are reset.</param>
    public void Stop(bool resets = false)
    {
        lock (_open)
        {
            _listener?.Stop();
            foreach (LoopbackConnection connection in resets ? _open.ToArray() : [])
                connection.Reset();
        }
    }

    /// <summary>Stops listening and closes the connections.</summary>
    public void Dispose()
    {
        Stop();
        lock (_open)
        {
            foreach (LoopbackConnection connection in _open.ToArray())
                connection.Dispose();
        }
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
                _ = ServeAsync(new LoopbackConnection(await listener.AcceptSocketAsync()));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(LoopbackConnection connection)
    {
        Interlocked.Increment(ref _connections);
        lock (_open)
            _open.Add(connection);
        try
        {
            if (_tls is not null)
                await connection.AuthenticateAsync(_tls);
            await _serve(connection);
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or OperationCanceledException or ObjectDisposedException)
        {
            // The client disconnected, or the server was disposed.
        }
        catch (Exception e)
        {
            Failures.Enqueue(e.ToString());
        }
        finally
        {
            lock (_open)
                _open.Remove(connection);
            connection.Dispose();
        }
    }
}

/// <summary>A client's connection to a <see cref="LoopbackServer"/>.</summary>
public sealed class LoopbackConnection : IDisposable
{
    private readonly Socket _socket;

    internal LoopbackConnection(Socket socket)
    {
        socket.NoDelay = true;
        _socket = socket;
        ClientPort = ((IPEndPoint)socket.RemoteEndPoint!).Port;
        Stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>The port of the client, which identifies the connection.</summary>
    public int ClientPort { get; }

    /// <summary>The stream of the connection, decrypted if the server uses TLS.</summary>
    public Stream Stream { get; private set; }

    /// <summary>Waits for the first byte of a request without reading it.</summary>
    /// <returns>False if the client closed the connection.</returns>
    public async Task<bool> HasMoreAsync() => await _socket.ReceiveAsync(new byte[1], SocketFlags.Peek) > 0;

    /// <summary>Reads a request.</summary>
    /// <returns>Null if the client closed the connection.</returns>
    public async Task<LoopbackRequest?> ReadRequestAsync()
    {
        byte[] buffer = new byte[16384];
        int filled = 0, end;
        while ((end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (filled == buffer.Length)
                Array.Resize(ref buffer, 2 * buffer.Length);
            int read = await Stream.ReadAsync(buffer.AsMemory(filled));
            if (read == 0)
                return null;
            filled += read;
        }
        string[] lines = Encoding.Latin1.GetString(buffer, 0, end).Split("\r\n");
        string[] first = lines[0].Split(' ');
        List<(string, string)> headers = lines.Skip(1).Select(line => line.Split(':', 2)).Select(pair => (pair[0], pair[1].Trim())).ToList();
        var request = new LoopbackRequest(first[0], first[1], headers, [], ClientPort);
        if (request.Header("Transfer-Encoding") is { } coding)
            throw new NotSupportedException($"{request}: Transfer-Encoding: {coding}");
        byte[] body = new byte[int.Parse(request.Header("Content-Length") ?? "0", CultureInfo.InvariantCulture)];
        int buffered = Math.Min(filled - end - 4, body.Length);
        Array.Copy(buffer, end + 4, body, 0, buffered);
        await Stream.ReadExactlyAsync(body.AsMemory(buffered));
        return request with { Body = body };
    }

    /// <summary>Sends a response.</summary>
    public async Task WriteAsync(LoopbackResponse response) => await Stream.WriteAsync((byte[])[.. response.Head(), .. response.Body]);

    /// <summary>Sends text as UTF-8.</summary>
    public async Task WriteAsync(string text) => await Stream.WriteAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Ends the connection with RST.</summary>
    public void Reset()
    {
        try
        {
            _socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            return;
        }
        _socket.Close();
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose() => Stream.Dispose();

    internal async Task AuthenticateAsync(SslServerAuthenticationOptions tls)
    {
        var stream = new SslStream(Stream);
        Stream = stream;
        await stream.AuthenticateAsServerAsync(tls);
    }
}

/// <summary>A request as it arrived.</summary>
/// <param name="Method">The method.</param>
/// <param name="Target">Path and query, not decoded.</param>
/// <param name="Headers">The headers in their order.</param>
/// <param name="Body">The body; empty without one.</param>
/// <param name="ClientPort">The client's port.</param>
public sealed record LoopbackRequest(string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body, int ClientPort)
{
    // These headers belong to one connection, so a proxy does not forward them.
    private static readonly string[] ConnectionHeaders = ["Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length", "Host", "Expect"];

    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The first value of a header; null without one.</summary>
    public string? Header(string name) => Headers.FirstOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>Sends the request to another server.</summary>
    /// <param name="client">Sends the request; it may use a handler inside this process.</param>
    /// <param name="server">Scheme, address and port of the server.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The server's response.</returns>
    public async Task<LoopbackResponse> ForwardAsync(HttpMessageInvoker client, string server, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(new HttpMethod(Method), server + Target) { Content = Body.Length > 0 ? new ByteArrayContent(Body) : null };
        foreach ((string name, string value) in Headers.Where(header => !IsOfConnection(header.Name)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content?.Headers.TryAddWithoutValidation(name, value);
        }
        using HttpResponseMessage response = await client.SendAsync(request, cancellationToken);
        return new LoopbackResponse((int)response.StatusCode, response.ReasonPhrase ?? "", response.Headers.Concat(response.Content.Headers)
            .Where(header => !IsOfConnection(header.Key)).SelectMany(header => header.Value.Select(value => $"{header.Key}: {value}")).ToArray(),
            await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    public override string ToString() => $"{Method} {Target}";

    private static bool IsOfConnection(string header) => ConnectionHeaders.Contains(header, StringComparer.OrdinalIgnoreCase);
}

/// <summary>A response to send.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Reason">The reason phrase.</param>
/// <param name="Headers">Header lines, such as <c>Retry-After: 1</c>. Content-Length is added.</param>
/// <param name="Body">The body; ignored for 204.</param>
public sealed record LoopbackResponse(int Status, string Reason, IReadOnlyList<string> Headers, byte[] Body)
{
    /// <summary>A response with text for a body and the usual reason phrase.</summary>
    public static LoopbackResponse Of(int status, string body = "", params string[] headers) =>
        new(status, new HttpResponseMessage((HttpStatusCode)status).ReasonPhrase ?? "", headers, Encoding.UTF8.GetBytes(body));

    /// <summary>Status line and headers, with the empty line that ends them.</summary>
    public byte[] Head() => Encoding.Latin1.GetBytes(
        $"HTTP/1.1 {Status} {Reason}\r\n{string.Concat(Headers.Select(header => header + "\r\n"))}{(Status == 204 ? "" : $"Content-Length: {Body.Length}\r\n")}\r\n");

    /// <summary>Replaces texts in the body, such as the addresses in a catalog by those of proxies.</summary>
    public LoopbackResponse Replace(IReadOnlyList<string> texts, IReadOnlyList<string> by)
    {
        string text = Encoding.UTF8.GetString(Body);
        for (int i = 0; i < texts.Count; i++)
            text = text.Replace(texts[i], by[i], StringComparison.Ordinal);
        return this with { Body = Encoding.UTF8.GetBytes(text) };
    }
}
