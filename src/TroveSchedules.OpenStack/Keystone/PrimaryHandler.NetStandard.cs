#if !NET
using System;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace TroveSchedules.OpenStack.Keystone;

internal static partial class PrimaryHandler
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private static HttpClientHandler Create(bool skipCheck, X509Certificate2Collection? authorities, X509Certificate2Collection? client)
    {
        var handler = new HttpClientHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
            // The defaults of Windows PowerShell are TLS versions before 1.2, and two connections per host.
            SslProtocols = SslProtocols.Tls12,
            MaxConnectionsPerServer = 64,
        };
        if (skipCheck)
            handler.ServerCertificateCustomValidationCallback = (_, _, _, _) => true;
        else if (authorities is not null)
            handler.ServerCertificateCustomValidationCallback = (_, server, sent, errors) => IsTrusted(server, sent, errors, authorities);
        if (client is not null)
            handler.ClientCertificates.AddRange(client);
        return handler;
    }

    // .NET Standard 2.0 cannot build a chain with custom roots. The chain is built with unknown roots allowed;
    // it must have no other error, and its root must be one of the configured authorities.
    private static bool IsTrusted(X509Certificate2 server, X509Chain sent, SslPolicyErrors errors, X509Certificate2Collection authorities)
    {
        if ((errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
            return false;
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                RevocationMode = X509RevocationMode.NoCheck,
                VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority,
            },
        };
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        chain.ChainPolicy.ExtraStore.AddRange(authorities);
        foreach (X509ChainElement element in sent.ChainElements)
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        return chain.Build(server)
            && chain.ChainStatus.All(status => status.Status == X509ChainStatusFlags.UntrustedRoot)
            && chain.ChainElements[chain.ChainElements.Count - 1].Certificate.RawData is var root
            && authorities.Cast<X509Certificate2>().Any(authority => authority.RawData.SequenceEqual(root));
    }

    private static void ImportPem(X509Certificate2Collection certificates, PemSource source)
    {
        foreach (Match block in Regex.Matches(source.Read(), "-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----"))
            certificates.Add(new X509Certificate2(Convert.FromBase64String(block.Groups[1].Value)));
    }

    private static void ImportPemWithKey(X509Certificate2Collection certificates, PemSource source, PemSource? key)
    {
        Load(source, "the client certificate", () => source.Read()); // A missing file or a folder gets its own error.
        throw Wrong($"The client certificate {source.Shown} is no PFX file, and Windows PowerShell can load no other: convert it with openssl pkcs12 -export.", source);
    }
}
#endif
