using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Tasks;

namespace TroveSchedules.Tests.Keystone;

/// <summary>An https server on the loopback that answers every request alike, and remembers who called and what was asked.</summary>
internal sealed class TlsServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly SslStreamCertificateContext certificate;
    private readonly bool asksForClient;
    private readonly string answer;

    public TlsServer(TestCertificate certificate, bool asksForClient = false, string answer = "200 OK")
    {
        this.answer = answer;
        this.certificate = SslStreamCertificateContext.Create(certificate.Certificate, [.. certificate.Chain], offline: true);
        this.asksForClient = asksForClient;
        listener.Start();
        _ = ServeAsync();
    }

    public Uri Url => new($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");

    public List<string> Lines { get; } = [];

    public string? ClientSubject { get; private set; }

    public int ClientChainLength { get; private set; }

    public void Dispose() => listener.Dispose();

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                using TcpClient client = await listener.AcceptTcpClientAsync();
                using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = certificate,
                    ClientCertificateRequired = asksForClient,
                    RemoteCertificateValidationCallback = (_, remote, chain, _) =>
                    {
                        ClientSubject = remote?.Subject;
                        ClientChainLength = chain?.ChainPolicy.ExtraStore.Count ?? 0;
                        return true;
                    },
                });
                using var reader = new StreamReader(tls, Encoding.ASCII, leaveOpen: true);
                while (await reader.ReadLineAsync() is { Length: > 0 } line)
                    Lines.Add(line);
                await tls.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return;
            }
            catch (Exception e) when (e is IOException or AuthenticationException or SocketException)
            {
                // A client that does not trust us hangs up.
            }
        }
    }
}

/// <summary>A server that reads the beginning of one handshake, answers with a version of TLS or hangs up, and tells which versions it was offered.</summary>
internal sealed class HelloServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public HelloServer(ushort? answer = null)
    {
        listener.Start();
        Offered = AnswerAsync(answer);
    }

    public Uri Url => new($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");

    public Task<int[]> Offered { get; }

    public void Dispose() => listener.Dispose();

    private async Task<int[]> AnswerAsync(ushort? answer)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync();
        NetworkStream stream = client.GetStream();
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

/// <summary>A certificate, its key, and what leads from it to its authority.</summary>
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

    // Windows' TLS uses no key that exists only in memory; exportable, so that tests can write it to a file.
    private static X509Certificate2 Usable(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
}
