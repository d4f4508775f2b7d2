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
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.TestSupport;

namespace TroveSchedules.PesterTests
{
    /// <summary>
    /// A server that records requests. It sends prepared responses, and forwards other requests to a service or to a handler in this process. Without
    /// either, it responds with 404.
    /// </summary>
    public sealed class TestServer : IDisposable
    {
        private static readonly HttpClient Network = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        private readonly LoopbackServer _server;
        private readonly ConcurrentQueue<Tuple<Regex, LoopbackResponse>> _responses = new ConcurrentQueue<Tuple<Regex, LoopbackResponse>>();
        private readonly ConcurrentQueue<Gate> _gates = new ConcurrentQueue<Gate>();
        private int _atOnce;
        private HttpClient _client = Network;
        private string _target;

        public TestServer(string target)
        {
            _target = string.IsNullOrEmpty(target) ? null : new Uri(target).GetLeftPart(UriPartial.Authority);
            _server = LoopbackServer.Http(CountAsync);
        }

        public string Url => _server.Url;

        /// <summary>"METHOD /path?query" of each request, in their order.</summary>
        public ConcurrentQueue<string> Requests { get; } = new ConcurrentQueue<string>();

        /// <summary>Delay of every response.</summary>
        public TimeSpan Delay { get; set; }

        /// <summary>Maximum number of concurrent requests so far.</summary>
        public int MostAtOnce { get; private set; }

        /// <summary>The connections of the requests, identified by the port of the client.</summary>
        public ConcurrentDictionary<int, bool> Connections { get; } = new ConcurrentDictionary<int, bool>();

        /// <summary>Errors of requests that got no response.</summary>
        public ConcurrentQueue<string> Failures { get; } = new ConcurrentQueue<string>();

        /// <summary>The bodies of the requests that had one.</summary>
        public ConcurrentQueue<string> Bodies { get; } = new ConcurrentQueue<string>();

        /// <summary>The tokens of the requests.</summary>
        public ConcurrentQueue<string> Tokens { get; } = new ConcurrentQueue<string>();

        /// <summary>Sets the response to the requests that match a regular expression, such as "^GET /v2/actions/".</summary>
        public void Answer(string request, int status, string body, System.Collections.IDictionary headers)
        {
            var all = new Dictionary<string, string> { ["Content-Type"] = "application/json" };
            foreach (System.Collections.DictionaryEntry header in headers ?? new Dictionary<string, string>())
                all[(string)header.Key] = (string)header.Value;
            _responses.Enqueue(Tuple.Create(new Regex(request), LoopbackResponse.Of(status, body, all.Select(header => header.Key + ": " + header.Value).ToArray())));
        }

        /// <summary>Waits for a number of requests that match a regular expression.</summary>
        public void WaitFor(string request, int count)
        {
            if (!SpinWait.SpinUntil(() => Requests.Count(text => Regex.IsMatch(text, request)) >= count, TimeSpan.FromSeconds(30)))
                throw new TimeoutException(count + " requests were expected that fit " + request + "; these came: " + string.Join(", ", Requests));
        }

        /// <summary>Forwards requests without a prepared response to a handler, with the address of this server.</summary>
        public void PassOnTo(HttpMessageHandler handler)
        {
            _client = new HttpClient(handler);
            _target = Url;
        }

        /// <summary>Holds the requests that match a regular expression at a gate.</summary>
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
            _server.Dispose();
        }

        private async Task<LoopbackResponse> CountAsync(LoopbackRequest request)
        {
            lock (_gates)
                MostAtOnce = Math.Max(MostAtOnce, ++_atOnce);
            try
            {
                return await RespondAsync(request);
            }
            catch (Exception e)
            {
                Failures.Enqueue(request + ": " + e);
                throw;
            }
            finally
            {
                lock (_gates)
                    _atOnce--;
            }
        }

        private async Task<LoopbackResponse> RespondAsync(LoopbackRequest request)
        {
            string text = request.ToString();
            Requests.Enqueue(text);
            Connections[request.ClientPort] = true;
            if (request.Header("X-Auth-Token") is string token)
                Tokens.Enqueue(token);
            if (request.Body.Length > 0)
                Bodies.Enqueue(request.Text);
            foreach (Gate gate in _gates.Where(g => g.Matches(text)))
                await gate.WaitAsync();
            await Task.Delay(Delay);
            var prepared = _responses.FirstOrDefault(a => a.Item1.IsMatch(text));
            return prepared != null ? prepared.Item2
                : _target is null ? LoopbackResponse.Of(404, "{\"faultstring\": \"Not here\"}", "Content-Type: application/json")
                : await request.ForwardAsync(_client, _target);
        }
    }

    /// <summary>A gate at which requests wait until a test releases them.</summary>
    public sealed class Gate
    {
        private readonly SemaphoreSlim _places = new SemaphoreSlim(0);
        private readonly Regex _request;

        public Gate(Regex request) => _request = request;

        public void Release(int count) => _places.Release(count);

        /// <summary>Releases all current and later requests.</summary>
        public void Open() => _places.Release(1000000);

        internal bool Matches(string text) => _request.IsMatch(text);

        internal Task WaitAsync() => _places.WaitAsync();
    }

    /// <summary>A TLS proxy with a self-signed certificate in front of a server without TLS.</summary>
    public sealed class TlsFront : IDisposable
    {
        private readonly LoopbackServer _server;

        public TlsFront(string target)
        {
            using (RSA key = RSA.Create(2048))
            {
                var request = new CertificateRequest("CN=Pester", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
                var names = new SubjectAlternativeNameBuilder();
                names.AddDnsName("localhost");
                names.AddIpAddress(IPAddress.Loopback);
                request.CertificateExtensions.Add(names.Build());
                request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
                using (X509Certificate2 selfSigned = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1)))
                {
                    Pem = "-----BEGIN CERTIFICATE-----\n" + Convert.ToBase64String(selfSigned.RawData, Base64FormattingOptions.InsertLineBreaks) + "\n-----END CERTIFICATE-----\n";
                    var certificate = new X509Certificate2(selfSigned.Export(X509ContentType.Pfx));
                    _server = new LoopbackServer(connection => TunnelAsync(connection.Stream, new Uri(target)), new SslServerAuthenticationOptions { ServerCertificate = certificate });
                }
            }
        }

        public string Url => _server.Url;

        public string Pem { get; }

        public void Dispose() => _server.Dispose();

        private static async Task TunnelAsync(Stream client, Uri target)
        {
            using (var server = new TcpClient())
            {
                await server.ConnectAsync(target.Host, target.Port);
                await Task.WhenAny(client.CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(client));
            }
        }
    }
}
