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
    /// <summary>Calls something before each GET, such as to move the clock of a sandbox, so that what polls it sees time pass.</summary>
    public sealed class PollHandler : DelegatingHandler
    {
        private readonly Action<TimeSpan> _step;

        public PollHandler(HttpMessageHandler inner, Action<TimeSpan> step) : base(inner)
        {
            _step = step;
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method == HttpMethod.Get)
                _step(TimeSpan.FromSeconds(1));
            return base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>
    /// A server that records requests. It sends prepared responses, and forwards other requests to a service or to a handler in this process. Without
    /// either it answers 404.
    /// </summary>
    public sealed class TestServer : IDisposable
    {
        private static readonly HttpClient Network = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        private readonly LoopbackServer _server;
        private readonly ConcurrentQueue<Tuple<Regex, LoopbackResponse>> _answers = new ConcurrentQueue<Tuple<Regex, LoopbackResponse>>();
        private readonly ConcurrentQueue<Gate> _gates = new ConcurrentQueue<Gate>();
        private int _atOnce;
        private HttpClient _client = Network;
        private string _behind;

        public TestServer(string behind)
        {
            _behind = string.IsNullOrEmpty(behind) ? null : new Uri(behind).GetLeftPart(UriPartial.Authority);
            _server = LoopbackServer.Http(CountAsync);
        }

        public string Url => _server.Url;

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
            _answers.Enqueue(Tuple.Create(new Regex(request), LoopbackResponse.Of(status, body, all.Select(header => header.Key + ": " + header.Value).ToArray())));
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
            _server.Dispose();
        }

        private async Task<LoopbackResponse> CountAsync(LoopbackRequest request)
        {
            lock (_gates)
                MostAtOnce = Math.Max(MostAtOnce, ++_atOnce);
            try
            {
                return await AnswerAsync(request);
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

        private async Task<LoopbackResponse> AnswerAsync(LoopbackRequest request)
        {
            string asked = request.ToString();
            Requests.Enqueue(asked);
            Connections[request.ClientPort] = true;
            if (request.Header("X-Auth-Token") is string token)
                Tokens.Enqueue(token);
            if (request.Body.Length > 0)
                Bodies.Enqueue(request.Text);
            foreach (Gate gate in _gates.Where(g => g.Concerns(asked)))
                await gate.PassAsync();
            await Task.Delay(Delay);
            var prepared = _answers.FirstOrDefault(a => a.Item1.IsMatch(asked));
            return prepared != null ? prepared.Item2
                : _behind is null ? LoopbackResponse.Of(404, "{\"faultstring\": \"Not here\"}", "Content-Type: application/json")
                : await request.ForwardAsync(_client, _behind);
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
        private readonly LoopbackServer _server;

        public TlsFront(string behind)
        {
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
                    var certificate = new X509Certificate2(made.Export(X509ContentType.Pfx));
                    _server = new LoopbackServer(connection => TunnelAsync(connection.Stream, new Uri(behind)), new SslServerAuthenticationOptions { ServerCertificate = certificate });
                }
            }
        }

        public string Url => _server.Url;

        public string Pem { get; }

        public void Dispose() => _server.Dispose();

        private static async Task TunnelAsync(Stream client, Uri behind)
        {
            using (var server = new TcpClient())
            {
                await server.ConnectAsync(behind.Host, behind.Port);
                await Task.WhenAny(client.CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(client));
            }
        }
    }
}
