using System;
using System.Collections.Concurrent;
using System.Net.Security;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Keystone;
using TroveSchedules.Tests.Keystone;

namespace TroveSchedules.Tests.Hostile;

/// <summary>A Keystone, a Mistral and a Trove on one port of the loopback. A test sets their responses. Each response closes its
/// connection.</summary>
internal sealed class LoopbackCloud : IDisposable
{
    private static readonly TestCertificate Authority = TestCertificate.Authority("ours");

    private readonly LoopbackServer _server;
    private readonly bool _isTls;

    public LoopbackCloud(Func<LoopbackConnection, LoopbackRequest, Task> respond, bool isTls = false)
    {
        _isTls = isTls;
        _server = new LoopbackServer(async connection =>
        {
            if (await connection.ReadRequestAsync() is not { } request)
                return;
            Requests.Enqueue($"{request}{(request.Header("X-Auth-Token") is null ? "" : " with token")}");
            await (AcceptsLogins && IsLogin(request) ? connection.WriteAsync(Login) : respond(connection, request));
        }, isTls ? new SslServerAuthenticationOptions { ServerCertificate = Authority.Server().Certificate } : null);
    }

    /// <summary>The requests, and whether each had a token.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public string Url => _server.Url;

    /// <summary>Whether Keystone accepts logins.</summary>
    public bool AcceptsLogins { get; set; } = true;

    public static bool IsLogin(LoopbackRequest request) => request.Target == "/v3/auth/tokens";

    public CloudSettings Settings(Folders folders) => new()
    {
        AuthUrl = new Uri(Url),
        Credential = PasswordCredential.ById("u1", "topsecret"),
        MaxRetries = 0, // Retries would take real time.
        CaCertificatePath = _isTls ? folders.Write("ca.pem", Authority.Pem).PathOf("ca.pem") : null,
    };

    public void Dispose() => _server.Dispose();

    private LoopbackResponse Login => LoopbackResponse.Of(201, $$$"""
        {"token": {"expires_at": "2999-01-01T00:00:00Z", "project": {"id": "p1", "name": "demo"}, "catalog": [
          {"type": "workflowv2", "endpoints": [{"interface": "public", "region": "R", "url": "{{{Url}}}/v2"}]}, {"type": "database", "endpoints": [{"interface": "public", "region": "R", "url": "{{{Url}}}"}]}]}}
        """, "X-Subject-Token: gAAAAABo-topsecret", "Connection: close");
}
