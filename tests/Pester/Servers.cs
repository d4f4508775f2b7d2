using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.PesterTests
{
    /// <summary>
    /// An HTTP server on the loopback that remembers what it was asked. It gives prepared answers; all else it passes on to another service, one in this
    /// process perhaps, or answers with 404 where there is none behind it.
    /// </summary>
    public sealed class TestServer : IDisposable
    {
        // These are of one connection, not of what is said through it.
        private static readonly string[] Kept = { "Connection", "Content-Length", "Content-Type", "Host", "Keep-Alive", "Transfer-Encoding" };
        private static readonly HttpClient Network = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        private readonly HttpListener _listener = new HttpListener();
        private readonly ConcurrentQueue<Tuple<Regex, int, string, Dictionary<string, string>>> _answers = new ConcurrentQueue<Tuple<Regex, int, string, Dictionary<string, string>>>();
        private readonly ConcurrentQueue<Gate> _gates = new ConcurrentQueue<Gate>();
        private int _atOnce;
        private HttpClient _client = Network;
        private string _behind;

        public TestServer(string behind)
        {
            _behind = string.IsNullOrEmpty(behind) ? null : new Uri(behind).GetLeftPart(UriPartial.Authority);
            Url = "http://127.0.0.1:" + Ports.Free();
            _listener.Prefixes.Add(Url + "/");
            _listener.Start();
            _ = ServeAsync();
        }

        public string Url { get; }

        /// <summary>"METHOD /path?query" of each request, in their order.</summary>
        public ConcurrentQueue<string> Requests { get; } = new ConcurrentQueue<string>();

        /// <summary>How long every answer takes.</summary>
        public TimeSpan Delay { get; set; }

        /// <summary>How many requests it has worked on at once, at most.</summary>
        public int MostAtOnce { get; private set; }

        /// <summary>The connections that requests came through, each by its client's port.</summary>
        public ConcurrentDictionary<int, bool> Connections { get; } = new ConcurrentDictionary<int, bool>();

        /// <summary>What went wrong with requests that got no answer.</summary>
        public ConcurrentQueue<string> Failures { get; } = new ConcurrentQueue<string>();

        /// <summary>The bodies of those that had one.</summary>
        public ConcurrentQueue<string> Bodies { get; } = new ConcurrentQueue<string>();

        /// <summary>The tokens that came along.</summary>
        public ConcurrentQueue<string> Tokens { get; } = new ConcurrentQueue<string>();

        /// <summary>Prepares the answer to the requests that fit a regular expression, such as "^GET /v2/actions/".</summary>
        public void Answer(string request, int status, string body, System.Collections.IDictionary headers)
        {
            var all = new Dictionary<string, string> { ["Content-Type"] = "application/json" };
            foreach (System.Collections.DictionaryEntry header in headers ?? new Dictionary<string, string>())
                all[(string)header.Key] = (string)header.Value;
            _answers.Enqueue(Tuple.Create(new Regex(request), status, body, all));
        }

        /// <summary>Waits until so many requests that fit a regular expression have come.</summary>
        public void WaitFor(string request, int count)
        {
            if (!SpinWait.SpinUntil(() => Requests.Count(asked => Regex.IsMatch(asked, request)) >= count, TimeSpan.FromSeconds(30)))
                throw new TimeoutException(count + " requests were expected that fit " + request + "; these came: " + string.Join(", ", Requests));
        }

        /// <summary>From now on what is not prepared goes to a handler, under this server's own address.</summary>
        public void PassOnTo(HttpMessageHandler handler)
        {
            _client = new HttpClient(handler);
            _behind = Url;
        }

        /// <summary>From now on the requests that fit a regular expression wait at a gate.</summary>
        public Gate Hold(string request)
        {
            var gate = new Gate(new Regex(request));
            _gates.Enqueue(gate);
            return gate;
        }

        public void Dispose()
        {
            foreach (Gate gate in _gates)
                gate.Open();
            _listener.Close();
        }

        private async Task ServeAsync()
        {
            while (_listener.IsListening)
            {
                HttpListenerContext context;
                try
                {
                    context = await _listener.GetContextAsync().ConfigureAwait(false);
                }
                catch (Exception e) when (e is HttpListenerException || e is ObjectDisposedException)
                {
                    return;
                }
                _ = CountAsync(context);
            }
        }

        private async Task CountAsync(HttpListenerContext context)
        {
            lock (_gates)
                MostAtOnce = Math.Max(MostAtOnce, ++_atOnce);
            try
            {
                await AnswerAsync(context).ConfigureAwait(false);
            }
            finally
            {
                lock (_gates)
                    _atOnce--;
            }
        }

        private async Task AnswerAsync(HttpListenerContext context)
        {
            string asked = context.Request.HttpMethod + " " + context.Request.RawUrl;
            byte[] body;
            using (var sent = new MemoryStream())
            {
                await context.Request.InputStream.CopyToAsync(sent).ConfigureAwait(false);
                body = sent.ToArray();
            }
            Requests.Enqueue(asked);
            Connections[context.Request.RemoteEndPoint.Port] = true;
            if (context.Request.Headers["X-Auth-Token"] is string token)
                Tokens.Enqueue(token);
            if (body.Length > 0)
                Bodies.Enqueue(Encoding.UTF8.GetString(body));
            foreach (Gate gate in _gates.Where(g => g.Concerns(asked)))
                await gate.PassAsync().ConfigureAwait(false);
            await Task.Delay(Delay).ConfigureAwait(false);
            try
            {
                var prepared = _answers.FirstOrDefault(a => a.Item1.IsMatch(asked));
                if (prepared != null)
                    await WriteAsync(context.Response, prepared.Item2, Encoding.UTF8.GetBytes(prepared.Item3), prepared.Item4).ConfigureAwait(false);
                else if (_behind is null)
                    await WriteAsync(context.Response, 404, Encoding.UTF8.GetBytes("{\"faultstring\": \"Not here\"}"), new Dictionary<string, string> { ["Content-Type"] = "application/json" }).ConfigureAwait(false);
                else
                    await PassOnAsync(context, body).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                Failures.Enqueue(asked + ": " + e);
                context.Response.Abort();
            }
        }

        private async Task PassOnAsync(HttpListenerContext context, byte[] body)
        {
            using (var request = new HttpRequestMessage(new HttpMethod(context.Request.HttpMethod), new Uri(_behind + context.Request.RawUrl)))
            {
                foreach (string header in context.Request.Headers.AllKeys.Where(h => !Kept.Contains(h, StringComparer.OrdinalIgnoreCase)))
                    request.Headers.TryAddWithoutValidation(header, context.Request.Headers[header]);
                if (body.Length > 0)
                {
                    request.Content = new ByteArrayContent(body);
                    request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
                }
                using (HttpResponseMessage response = await _client.SendAsync(request).ConfigureAwait(false))
                {
                    Dictionary<string, string> headers = response.Headers.Concat(response.Content.Headers)
                        .Where(h => h.Key == "Content-Type" || !Kept.Contains(h.Key, StringComparer.OrdinalIgnoreCase))
                        .ToDictionary(h => h.Key, h => string.Join(", ", h.Value));
                    await WriteAsync(context.Response, (int)response.StatusCode, await response.Content.ReadAsByteArrayAsync().ConfigureAwait(false), headers).ConfigureAwait(false);
                }
            }
        }

        private static async Task WriteAsync(HttpListenerResponse response, int status, byte[] body, Dictionary<string, string> headers)
        {
            response.StatusCode = status;
            foreach (KeyValuePair<string, string> header in headers)
                response.Headers[header.Key] = header.Value;
            if (status != 204)
            {
                response.ContentLength64 = body.Length;
                await response.OutputStream.WriteAsync(body, 0, body.Length).ConfigureAwait(false);
            }
            response.Close();
        }
    }

    /// <summary>Where requests wait until a test lets them on.</summary>
    public sealed class Gate
    {
        private readonly SemaphoreSlim _places = new SemaphoreSlim(0);
        private readonly Regex _request;

        public Gate(Regex request) => _request = request;

        public void Release(int count) => _places.Release(count);

        /// <summary>Lets all on, and those to come.</summary>
        public void Open() => _places.Release(1000000);

        internal bool Concerns(string asked) => _request.IsMatch(asked);

        internal Task PassAsync() => _places.WaitAsync();
    }

    /// <summary>TLS with a certificate that it signed itself, in front of a server that has none.</summary>
    public sealed class TlsFront : IDisposable
    {
        private readonly TcpListener _listener = new TcpListener(IPAddress.Loopback, 0);
        private readonly X509Certificate2 _certificate;
        private readonly Uri _behind;

        public TlsFront(string behind)
        {
            _behind = new Uri(behind);
            using (RSA key = RSA.Create(2048))
            {
                var request = new CertificateRequest("CN=Pester", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
                var names = new SubjectAlternativeNameBuilder();
                names.AddDnsName("localhost");
                names.AddIpAddress(IPAddress.Loopback);
                request.CertificateExtensions.Add(names.Build());
                request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
                using (X509Certificate2 made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1)))
                {
                    Pem = "-----BEGIN CERTIFICATE-----\n" + Convert.ToBase64String(made.RawData, Base64FormattingOptions.InsertLineBreaks) + "\n-----END CERTIFICATE-----\n";
                    _certificate = new X509Certificate2(made.Export(X509ContentType.Pfx));
                }
            }
            _listener.Start();
            Url = "https://127.0.0.1:" + ((IPEndPoint)_listener.LocalEndpoint).Port;
            _ = ServeAsync();
        }

        public string Url { get; }

        public string Pem { get; }

        public void Dispose() => _listener.Stop();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                    _ = TunnelAsync(await _listener.AcceptTcpClientAsync().ConfigureAwait(false));
            }
            catch (Exception e) when (e is SocketException || e is ObjectDisposedException || e is InvalidOperationException)
            {
            }
        }

        private async Task TunnelAsync(TcpClient client)
        {
            try
            {
                using (client)
                using (var tls = new SslStream(client.GetStream()))
                using (var server = new TcpClient())
                {
                    await tls.AuthenticateAsServerAsync(_certificate).ConfigureAwait(false);
                    await server.ConnectAsync(_behind.Host, _behind.Port).ConfigureAwait(false);
                    await Task.WhenAny(tls.CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(tls)).ConfigureAwait(false);
                }
            }
            catch (Exception)
            {
                // A client that does not trust us hangs up.
            }
        }
    }

    public static class Ports
    {
        /// <summary>A port on which nobody listens.</summary>
        public static int Free()
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            int port = ((IPEndPoint)listener.LocalEndpoint).Port;
            listener.Stop();
            return port;
        }
    }
}
