#if NET
using System;
using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace TroveSchedules.OpenStack.Keystone;

internal static partial class PrimaryHandler
{
    private static SocketsHttpHandler Create(bool skipCheck, X509Certificate2Collection? authorities, X509Certificate2Collection? client)
    {
        // Without this, system settings could allow older versions.
        var tls = new SslClientAuthenticationOptions { EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 };
        if (skipCheck)
            tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        else if (authorities is not null)
            tls.CertificateChainPolicy = OnlyTrusting(authorities);
        if (client is not null)
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(client[0], client, offline: true);
        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            EnableMultipleHttp2Connections = true, // A server may allow fewer streams per connection than there are concurrent requests.
            SslOptions = tls,
        };
    }

    private static X509ChainPolicy OnlyTrusting(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            // Private authorities rarely publish revocations. Revocation is not checked for the system's authorities either.
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    private static void ImportPem(X509Certificate2Collection certificates, PemSource source) => certificates.ImportFromPem(source.Read());

    private static void ImportPemWithKey(X509Certificate2Collection certificates, PemSource source, PemSource? key)
    {
        string pem = "";
        Load(source, "the client certificate", () =>
        {
            pem = source.Read();
            certificates.ImportFromPem(pem);
        });
        if (certificates.Count == 0)
            throw Wrong($"{Named("the client certificate", source)} holds no PEM certificate.", source);
        if (key is null && !pem.Contains("PRIVATE KEY-----"))
            throw Wrong($"There is no key to the client certificate {source.Shown}: its file contains none, and no key file is given with it.", source);
        Load(key ?? source, "the client's key", () =>
        {
            string keyPem = key is null ? pem : key.Read();
            if (keyPem.Contains("ENCRYPTED"))
                throw new FormatException("The key is encrypted, and a passphrase cannot be given. Decrypt it, for example with openssl pkey.");
            using X509Certificate2 client = X509Certificate2.CreateFromPem(pem, keyPem);
            // TLS on Windows cannot use an ephemeral key, so the certificate is exported to PFX and imported again.
            certificates[0] = new X509Certificate2(client.Export(X509ContentType.Pkcs12));
        }, $" It should be the key of the certificate {source.Shown}.");
    }
}
#endif
