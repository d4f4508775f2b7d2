using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Tasks;

namespace TroveSchedules.Tests.Keystone;

/// <summary>An https server that sends the same response to every request, and records the requests and the clients' certificates.</summary>
internal sealed class TlsServer : IDisposable
{
    private readonly LoopbackServer server;

    public TlsServer(TestCertificate certificate, bool requiresClientCertificate = false, string response = "200 OK") =>
        server = new LoopbackServer(connection => RespondAsync(connection, response), new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate.Certificate, [.. certificate.Chain], offline: true),
            ClientCertificateRequired = requiresClientCertificate,
            RemoteCertificateValidationCallback = (_, remote, chain, _) =>
            {
                ClientSubject = remote?.Subject;
                ClientChainLength = chain?.ChainPolicy.ExtraStore.Count ?? 0;
                return true;
            },
        });

    public Uri Url => new(server.Url + "/");

    public List<string> Lines { get; } = [];

    public string? ClientSubject { get; private set; }

    public int ClientChainLength { get; private set; }

    public void Dispose() => server.Dispose();

    private async Task RespondAsync(LoopbackConnection connection, string response)
    {
        using var reader = new StreamReader(connection.Stream, Encoding.ASCII, leaveOpen: true);
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
            Lines.Add(line);
        await connection.WriteAsync($"HTTP/1.1 {response}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }
}

/// <summary>A server that reads the first message of a TLS handshake, selects a TLS version or closes the connection, and records the versions that the client offers.</summary>
internal sealed class HelloServer : IDisposable
{
    private readonly TaskCompletionSource<int[]> offered = new();
    private readonly LoopbackServer server;

    public HelloServer(ushort? response = null) => server = new LoopbackServer(async connection => offered.TrySetResult(await RespondAsync(connection.Stream, response)));

    public Uri Url => new($"https://127.0.0.1:{server.Port}/");

    public Task<int[]> Offered => offered.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public void Dispose() => server.Dispose();

    private static async Task<int[]> RespondAsync(Stream stream, ushort? answer)
    {
        var header = new byte[5];
        await stream.ReadExactlyAsync(header);
        var hello = new byte[BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(3))];
        await stream.ReadExactlyAsync(hello);
        if (answer is { } version)
        {
            // A ServerHello of that version: a random, no session, TLS_RSA_WITH_AES_128_CBC_SHA, no compression.
            byte[] body = [(byte)(version >> 8), (byte)version, .. new byte[32], 0, 0x00, 0x2f, 0];
            await stream.WriteAsync((byte[])[0x16, (byte)(version >> 8), (byte)version, 0, (byte)(body.Length + 4), 0x02, 0, 0, (byte)body.Length, .. body]);
            _ = await stream.ReadAtLeastAsync(header, 1, throwOnEndOfStream: false); // The alert.
        }
        return Versions(hello);
    }

    private static int[] Versions(byte[] hello)
    {
        int at = 4;
        int oldest = Read16(ref at);
        at += 32;
        at += 1 + hello[at];
        Skip16();
        at += 1 + hello[at];
        for (int end = Read16(ref at) + at; at < end;)
        {
            int type = Read16(ref at), length = Read16(ref at);
            if (type == 43)
                return [.. Enumerable.Range(0, hello[at] / 2).Select(i => (hello[at + 1 + (2 * i)] << 8) | hello[at + 2 + (2 * i)])];
            at += length;
        }
        return [oldest];

        int Read16(ref int from) => (hello[from++] << 8) | hello[from++];

        void Skip16() => at += 2 + ((hello[at] << 8) | hello[at + 1]);
    }
}

/// <summary>A certificate, its key, and its intermediate certificates.</summary>
internal sealed record TestCertificate(X509Certificate2 Certificate, params X509Certificate2[] Chain)
{
    public static TestCertificate Authority(string name, TestCertificate? issuer = null) => Make(name, issuer, request =>
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true)));

    public TestCertificate Server(string? host = null, DateTimeOffset? until = null) => Make("server", this, request =>
    {
        var names = new SubjectAlternativeNameBuilder();
        if (host is null)
            names.AddIpAddress(IPAddress.Loopback);
        else
            names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
    }, until);

    public TestCertificate Client(string name) => Make(name, this, request =>
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false)));

    public string Pem => Certificate.ExportCertificatePem() + "\n";

    public string KeyPem => Certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem() + "\n";

    private static TestCertificate Make(string name, TestCertificate? issuer, Action<CertificateRequest> describe, DateTimeOffset? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        describe(request);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        if (issuer is null)
            return new TestCertificate(Usable(request.CreateSelfSigned(now.AddDays(-2), now.AddDays(1))));
        using X509Certificate2 signed = request.Create(issuer.Certificate, now.AddDays(-2), until ?? issuer.Certificate.NotAfter, RandomNumberGenerator.GetBytes(8));
        bool isRoot = issuer.Certificate.Issuer == issuer.Certificate.Subject;
        return new TestCertificate(Usable(signed.CopyWithPrivateKey(key)), isRoot ? [] : [issuer.Certificate, .. issuer.Chain]);
    }

    // TLS on Windows cannot use an ephemeral key. Exportable, so that tests can write it to a file.
    private static X509Certificate2 Usable(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
}
