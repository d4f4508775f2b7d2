using System;
using System.IO;
using System.Net.Http;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>Creates the primary HTTP handler. It trusts the certificates that the settings specify, and does not follow redirects.</summary>
internal static partial class PrimaryHandler
{
    /// <summary>Creates the handler. The caller disposes it.</summary>
    /// <exception cref="TroveScheduleException"><c>InvalidConfiguration</c>: a certificate or key cannot be loaded.</exception>
    public static HttpMessageHandler Create(CloudSettings settings) => Create(
        settings.SkipCertificateCheck,
        PemSource.Of(settings.CaCertificate, settings.CaCertificatePath) is { } source && !settings.SkipCertificateCheck ? Authorities(source) : null,
        PemSource.Of(settings.ClientCertificate, settings.ClientCertificatePath) is { } certificate
            ? Client(certificate, PemSource.Of(settings.ClientKey, settings.ClientKeyPath))
            : null);

    private static X509Certificate2Collection Authorities(PemSource source)
    {
        var authorities = new X509Certificate2Collection();
        Load(source, "CA certificates", () => ImportPem(authorities, source));
        return authorities.Count > 0 ? authorities : throw Wrong($"{Named("CA certificates", source)} holds no PEM certificate.", source);
    }

    // The client certificate first, then its intermediate certificates.
    private static X509Certificate2Collection Client(PemSource source, PemSource? key)
    {
        var certificates = new X509Certificate2Collection();
        if (source.Path is { } path && Path.GetExtension(path).ToLowerInvariant() is ".pfx" or ".p12")
            Load(source, "the client certificate", () => certificates.Add(new X509Certificate2(path)));
        else
            ImportPemWithKey(certificates, source, key);
        return certificates[0].HasPrivateKey ? certificates : throw Wrong($"There is no key to the client certificate {source.Shown}.", source);
    }

    private static void Load(PemSource source, string what, Action load, string advice = "")
    {
        try
        {
            load();
        }
        catch (CryptographicException e) when (e.Message.Contains("password"))
        {
            throw Wrong($"{Named(what, source)} cannot be loaded: it is protected by a password, which cannot be given. Export it without one.", source);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or FormatException or ArgumentException)
        {
            throw Wrong($"{Named(what, source)} cannot be loaded: {(Directory.Exists(source.Path) ? "it is a folder." : source.IsReasonShown ? e.Message : "there is no such file, nor is it PEM text.")}{advice}", source);
        }
    }

    private static string Named(string what, PemSource source) =>
        source.IsPathShown ? $"The file of {what} {source.Shown}" : $"The {(source.Path is null ? "PEM text" : "file")} of {what}, {source.Shown},";

    private static TroveScheduleException Wrong(string message, PemSource source) =>
        new(TroveErrorKind.Invalid, message) { ErrorId = "InvalidConfiguration", Target = source.Shown.Trim('\'') };
}
