using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;
using TroveSchedules.TestSupport;

namespace TroveSchedules.Benchmarks;

/// <summary>A request that went through the relay.</summary>
/// <param name="Service">0 is Keystone, 1 Mistral, 2 Trove.</param>
/// <param name="Method">GET and so on.</param>
/// <param name="PathAndQuery">As it was sent.</param>
/// <param name="Body">The body; null for none.</param>
/// <param name="AnswerBytes">Length of the response body.</param>
internal sealed record Recorded(int Service, string Method, string PathAndQuery, string? Body, long AnswerBytes);

/// <summary>
/// A proxy in front of the three services that counts requests in the same way for every client. Keystone's catalog contains the URLs of the relay. Times are
/// measured without it, unless the table says otherwise.
/// </summary>
internal sealed class Relay : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false }) { Timeout = TimeSpan.FromMinutes(10) };
    private readonly string[] _services;
    private readonly LoopbackServer[] _servers;
    private readonly string[] _relays;
    private readonly List<Recorded> _recorded = [];

    public Relay(Cloud cloud)
    {
        _services = [cloud.Keystone, Authority(cloud.Mistral), Authority(cloud.Trove)];
        _servers = [.. _services.Select((_, i) => LoopbackServer.Http(request => ForwardAsync(request, i)))];
        _relays = [.. _servers.Select(server => server.Url)];
        Cloud = cloud.Behind(_relays);
    }

    /// <summary>The cloud with the URLs of the relay.</summary>
    public Cloud Cloud { get; }

    /// <summary>The requests since the last <see cref="Clear"/>, in order of arrival.</summary>
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

    public void Dispose()
    {
        foreach (LoopbackServer server in _servers)
            server.Dispose();
        _http.Dispose();
    }

    private async Task<LoopbackResponse> ForwardAsync(LoopbackRequest request, int service)
    {
        int index;
        lock (_recorded)
        {
            index = _recorded.Count;
            _recorded.Add(new Recorded(service, request.Method, request.Target, request.Body.Length == 0 ? null : request.Text, 0));
        }
        LoopbackResponse response = await request.ForwardAsync(_http, _services[service]);
        lock (_recorded)
        {
            if (index < _recorded.Count)
                _recorded[index] = _recorded[index] with { AnswerBytes = response.Body.Length };
        }
        return service == 0 ? response.Replace(_services, _relays) : response;
    }

    private static string Authority(string url) => new Uri(url).GetLeftPart(UriPartial.Authority);
}
