using System;
using System.IO;
using System.Net.Http;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>What opens connections to a cloud: trusts whom the settings trust, and never goes where a redirect points.</summary>
internal static partial class PrimaryHandler
{
    /// <summary>Makes the handler. The caller disposes it.</summary>
    /// <exception cref="TroveScheduleException"><c>InvalidConfiguration</c>: a certificate or key cannot be loaded.</exception>
    public static HttpMessageHandler Create(CloudSettings settings) => Create(
        settings.SkipCertificateCheck,
        settings.CaCertificatePath is { } path && !settings.SkipCertificateCheck ? Authorities(path) : null,
        settings.ClientCertificatePath is null ? null : Client(settings.ClientCertificatePath, settings.ClientKeyPath));

    private static X509Certificate2Collection Authorities(string path)
    {
        var authorities = new X509Certificate2Collection();
        Load(path, "CA certificates", () => ImportPem(authorities, path));
        return authorities.Count > 0 ? authorities : throw Wrong($"The file of CA certificates '{path}' holds no PEM certificate.", path);
    }

    // The client's own certificate first, then those that lead from it to its authority.
    private static X509Certificate2Collection Client(string path, string? keyPath)
    {
        var certificates = new X509Certificate2Collection();
        if (Path.GetExtension(path).ToLowerInvariant() is ".pfx" or ".p12")
            Load(path, "the client certificate", () => certificates.Add(new X509Certificate2(path)));
        else
            ImportPemWithKey(certificates, path, keyPath);
        return certificates[0].HasPrivateKey ? certificates : throw Wrong($"There is no key to the client certificate '{path}'.", path);
    }

    private static void Load(string path, string what, Action load)
    {
        try
        {
            load();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or FormatException or ArgumentException)
        {
            throw Wrong($"The file of {what} '{path}' cannot be loaded: {e.Message}", path);
        }
    }

    private static TroveScheduleException Wrong(string message, string path) =>
        new(TroveErrorKind.Invalid, message) { ErrorId = "InvalidConfiguration", Target = path };
}
