using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Keystone;
using Xunit;

namespace TroveSchedules.Tests.Keystone;

public sealed class PrimaryHandlerTests : IDisposable
{
    private static readonly TestCertificate Authority = TestCertificate.Authority("ours");
    private static readonly TestCertificate OtherAuthority = TestCertificate.Authority("theirs");

    private readonly Folders folders = new();

    public void Dispose() => folders.Dispose();

    private string File(string name, string text) => folders.Write(name, text).PathOf(name);

    private static CloudSettings Settings(string? authorities = null, string? client = null, string? key = null, bool skip = false) => new()
    {
        AuthUrl = new Uri("https://127.0.0.1"),
        Credential = new TokenCredential("topsecret"),
        CaCertificatePath = authorities,
        ClientCertificatePath = client,
        ClientKeyPath = key,
        SkipCertificateCheck = skip,
    };

    private static async Task<HttpStatusCode> Call(TlsServer server, CloudSettings settings)
    {
        using var http = new HttpClient(PrimaryHandler.Create(settings));
        using HttpResponseMessage response = await http.GetAsync(server.Url);
        return response.StatusCode;
    }

    private static async Task AssertUntrusted(TlsServer server, CloudSettings settings)
    {
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => Call(server, settings));
        Assert.IsType<AuthenticationException>(error.InnerException);
    }

    [Fact]
    public async Task A_server_certificate_of_the_configured_authority_is_trusted()
    {
        using var server = new TlsServer(Authority.Server());
        Assert.Equal(HttpStatusCode.OK, await Call(server, Settings(File("ca.pem", Authority.Pem))));
    }

    [Fact]
    public async Task Every_authority_of_a_bundle_is_trusted()
    {
        using var server = new TlsServer(Authority.Server());
        Assert.Equal(HttpStatusCode.OK, await Call(server, Settings(File("ca.pem", "# two\n" + OtherAuthority.Pem + Authority.Pem))));
    }

    [Fact]
    public async Task The_server_may_send_an_intermediate_certificate()
    {
        using var server = new TlsServer(TestCertificate.Authority("between", Authority).Server());
        Assert.Equal(HttpStatusCode.OK, await Call(server, Settings(File("ca.pem", Authority.Pem))));
    }

    [Fact]
    public async Task A_server_certificate_of_another_authority_is_not_trusted()
    {
        using var server = new TlsServer(OtherAuthority.Server());
        await AssertUntrusted(server, Settings(File("ca.pem", Authority.Pem)));
    }

    [Fact]
    public async Task An_authority_with_the_same_name_but_another_key_is_not_trusted()
    {
        using var server = new TlsServer(TestCertificate.Authority("ours").Server());
        await AssertUntrusted(server, Settings(File("ca.pem", Authority.Pem)));
    }

    [Fact]
    public async Task Without_a_configured_authority_those_of_the_system_are_used()
    {
        using var server = new TlsServer(Authority.Server());
        await AssertUntrusted(server, Settings());
    }

    [Fact]
    public async Task The_host_name_is_checked_with_a_configured_authority()
    {
        using var server = new TlsServer(Authority.Server("elsewhere.example"));
        await AssertUntrusted(server, Settings(File("ca.pem", Authority.Pem)));
    }

    [Fact]
    public async Task An_expired_certificate_is_not_trusted()
    {
        using var server = new TlsServer(Authority.Server(until: DateTimeOffset.UtcNow.AddDays(-1)));
        await AssertUntrusted(server, Settings(File("ca.pem", Authority.Pem)));
    }

    [Fact]
    public async Task A_client_certificate_is_not_accepted_for_a_server()
    {
        using var server = new TlsServer(Authority.Client("somebody"));
        await AssertUntrusted(server, Settings(File("ca.pem", Authority.Pem)));
    }

    [Fact]
    public async Task SkipCertificateCheck_accepts_any_certificate()
    {
        using var server = new TlsServer(OtherAuthority.Server("elsewhere.example"));
        Assert.Equal(HttpStatusCode.OK, await Call(server, Settings(folders.PathOf("not-even-there.pem"), skip: true)));
    }

    [Theory]
    [InlineData("two files")]
    [InlineData("one file")]
    [InlineData("key first")]
    [InlineData("pfx")]
    public async Task The_client_sends_its_certificate(string form)
    {
        TestCertificate me = Authority.Client("me");
        (string path, string? key) = form switch
        {
            "two files" => (File("me.pem", me.Pem), File("me.key", me.KeyPem)),
            "one file" => (File("me.pem", me.Pem + me.KeyPem), null),
            "key first" => (File("me.pem", me.KeyPem + me.Pem), (string?)null),
            _ => (folders.PathOf("me.pfx"), null),
        };
        if (form == "pfx")
            System.IO.File.WriteAllBytes(path, me.Certificate.Export(X509ContentType.Pkcs12));
        using var server = new TlsServer(Authority.Server(), requiresClientCertificate: true);
        Assert.Equal(HttpStatusCode.OK, await Call(server, Settings(File("ca.pem", Authority.Pem), path, key)));
        Assert.Equal("CN=me", server.ClientSubject);
    }

    [Theory]
    [InlineData("text", "text")]
    [InlineData("text", "file")]
    [InlineData("file", "text")]
    [InlineData("text with key", null)]
    public async Task PEM_text_is_accepted_in_place_of_a_file(string cert, string? key)
    {
        TestCertificate me = Authority.Client("me");
        foreach (bool isEnvironment in new[] { false, true })
        {
            var settings = new Dictionary<string, string?>
            {
                ["cacert"] = Authority.Pem,
                ["cert"] = cert switch { "text" => me.Pem, "text with key" => me.Pem + me.KeyPem, _ => File("me.pem", me.Pem) },
                ["key"] = key switch { "text" => me.KeyPem, null => null, _ => File("me.key", me.KeyPem) },
            };
            using var server = new TlsServer(Authority.Server(), requiresClientCertificate: true);
            Assert.Equal(HttpStatusCode.OK, await Call(server, isEnvironment ? FromEnvironment(settings) : FromFile(settings)));
            Assert.Equal("CN=me", server.ClientSubject);
        }
    }

    [Fact]
    public void The_error_for_a_key_of_another_certificate_names_the_setting_and_its_line()
    {
        string pem = Authority.Client("me").Pem, other = Authority.Client("you").KeyPem;
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => PrimaryHandler.Create(FromFile(new() { ["cert"] = pem, ["key"] = other })));
        Assert.StartsWith(
            $"The PEM text of the client's key, key in the cloud 'prod' in '{folders.PathOf("here/clouds.yaml")}', line 5, cannot be loaded: ",
            error.Message);
        Assert.EndsWith($"It should be the key of the certificate cert in the cloud 'prod' in '{folders.PathOf("here/clouds.yaml")}', line 4.", error.Message);
        Assert.DoesNotContain(other.Split('\n')[1], error.ToString());
    }

    [Fact]
    public void The_error_for_an_invalid_key_names_the_key_and_not_the_certificate()
    {
        string certificate = File("me.pem", Authority.Client("me").Pem), key = File("me.key", "no key");
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => PrimaryHandler.Create(FromFile(new() { ["cert"] = certificate, ["key"] = key })));
        Assert.StartsWith($"The file of the client's key '{key}' cannot be loaded: ", error.Message);
        Assert.EndsWith($"It should be the key of the certificate '{certificate}'.", error.Message);
    }

    [Fact]
    public void The_error_for_a_certificate_without_a_key_tells_so()
    {
        string certificate = File("me.pem", Authority.Client("me").Pem);
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => PrimaryHandler.Create(FromFile(new() { ["cert"] = certificate })));
        Assert.StartsWith($"There is no key to the client certificate '{certificate}'", error.Message);
    }

    [Theory]
    [InlineData("cacert")]
    [InlineData("cert")]
    public void The_error_for_a_folder_tells_that_it_is_a_folder(string setting)
    {
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => PrimaryHandler.Create(FromFile(new() { [setting] = folders.PathOf("etc") })));
        Assert.EndsWith(" cannot be loaded: it is a folder.", error.Message);
    }

    [Fact]
    public void A_file_without_a_certificate_is_named()
    {
        string certificate = File("me.pem", "no certificate"), key = File("me.key", Authority.Client("me").KeyPem);
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => PrimaryHandler.Create(FromFile(new() { ["cert"] = certificate, ["key"] = key })));
        Assert.Equal($"The file of the client certificate '{certificate}' holds no PEM certificate.", error.Message);
    }

    [Theory]
    [InlineData("cert")]
    [InlineData("key")]
    public void A_path_without_a_file_is_not_repeated_because_it_may_be_a_secret(string setting)
    {
        var settings = new Dictionary<string, string?> { ["cert"] = setting == "cert" ? "topsecret" : File("me.pem", Authority.Client("me").Pem), ["key"] = setting == "key" ? "topsecret" : null };
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => PrimaryHandler.Create(FromFile(settings)));
        Assert.Contains($"{setting} in the cloud 'prod' in '{folders.PathOf("here/clouds.yaml")}', line {(setting == "key" ? 5 : 4)}, cannot be loaded: there is no such file", error.Message);
        Assert.DoesNotContain("topsecret", $"{error} {error.Target}");
    }

    private CloudSettings FromFile(Dictionary<string, string?> settings)
    {
        folders.Write("here/clouds.yaml", "clouds:\n  prod:\n    auth: {auth_url: 'http://k', user_id: u, password: p}\n"
            + string.Concat(settings.Where(each => each.Value is not null).Select(each => $"    {each.Key}: \"{each.Value!.Replace("\n", "\\n")}\"\n")));
        return CloudConfiguration.FromCloud("prod", null, folders.Sources);
    }

    private CloudSettings FromEnvironment(Dictionary<string, string?> settings)
    {
        folders.Set("OS_AUTH_URL", "http://k").Set("OS_USER_ID", "u").Set("OS_PASSWORD", "p");
        foreach ((string name, string? value) in settings)
            folders.Set("OS_" + name.ToUpperInvariant(), value ?? "");
        return CloudConfiguration.FromEnvironment(null, folders.Sources);
    }

    [Fact]
    public async Task The_client_sends_its_intermediate_certificates()
    {
        TestCertificate intermediate = TestCertificate.Authority("between", Authority);
        TestCertificate me = intermediate.Client("me");
        using var server = new TlsServer(Authority.Server(), requiresClientCertificate: true);
        await Call(server, Settings(File("ca.pem", Authority.Pem), File("me.pem", me.Pem + intermediate.Pem), File("me.key", me.KeyPem)));
        Assert.Equal(("CN=me", 1), (server.ClientSubject, server.ClientChainLength));
    }

    [Fact]
    public async Task Redirects_are_not_followed_and_cookies_are_not_stored()
    {
        using var server = new TlsServer(Authority.Server(), response: "302 Found\r\nLocation: /elsewhere\r\nSet-Cookie: a=b");
        using var http = new HttpClient(PrimaryHandler.Create(Settings(File("ca.pem", Authority.Pem))));
        using HttpResponseMessage first = await http.GetAsync(server.Url);
        using HttpResponseMessage second = await http.GetAsync(server.Url);
        Assert.Equal((HttpStatusCode.Found, HttpStatusCode.Found), (first.StatusCode, second.StatusCode));
        Assert.Equal(["GET / HTTP/1.1", "GET / HTTP/1.1"], server.Lines.Where(line => line.StartsWith("GET", StringComparison.Ordinal)));
        Assert.DoesNotContain(server.Lines, line => line.StartsWith("Cookie", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_handler_offers_TLS_1_2_and_1_3_whatever_the_system_settings_are()
    {
        // The ClientHello of any system: RFC 8446, 4.1.2 and 4.2.1. The test with system settings runs in another process.
        using var server = new HelloServer();
        using var http = new HttpClient(PrimaryHandler.Create(Settings()));
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(server.Url));
        Assert.Equal([0x0304, 0x0303], (await server.Offered).Where(version => (version & 0x0f0f) != 0x0a0a).OrderDescending());
    }

    [Theory]
    [InlineData(0x0301)]
    [InlineData(0x0302)]
    public async Task A_server_that_selects_an_older_TLS_version_is_refused(int version)
    {
        using var server = new HelloServer((ushort)version);
        using var http = new HttpClient(PrimaryHandler.Create(Settings(skip: true)));
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(server.Url));
        Assert.IsType<AuthenticationException>(error.InnerException);
    }

    [Fact]
    public async Task The_host_name_is_checked_without_a_configured_authority()
    {
        using var server = new TlsServer(Authority.Server("elsewhere.example"));
        using var http = new HttpClient(PrimaryHandler.Create(Settings()));
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(server.Url));
        Assert.Contains("RemoteCertificateNameMismatch", error.InnerException!.Message);
    }

    public static TheoryData<string, string?> Unusable => new()
    {
        { "missing", null },
        { "folder", null },
        { "file", "" },
        { "file", "no certificate at all" },
        { "file", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public void A_file_without_certificates_is_a_configuration_error(string what, string? text)
    {
        string path = what switch { "missing" => folders.PathOf("missing.pem"), "folder" => folders.Root, _ => File("file.pem", text!) };
        AssertConfigurationError(path, Settings(path));
        AssertConfigurationError(path, Settings(client: path));
    }

    [Fact]
    public void A_client_certificate_needs_its_own_unencrypted_key()
    {
        TestCertificate me = Authority.Client("me");
        string certificate = File("me.pem", me.Pem);
        AssertConfigurationError(certificate, Settings(client: certificate));
        AssertConfigurationError(certificate, Settings(client: certificate, key: folders.PathOf("missing.key")));
        AssertConfigurationError(certificate, Settings(client: certificate, key: File("other.key", Authority.Client("you").KeyPem)));
        string encrypted = me.Certificate.GetECDsaPrivateKey()!.ExportEncryptedPkcs8PrivateKeyPem(
            "topsecret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        AssertConfigurationError(certificate, Settings(client: certificate, key: File("encrypted.key", encrypted)), "encrypted");
        string pfx = folders.PathOf("me.pfx");
        System.IO.File.WriteAllBytes(pfx, me.Certificate.Export(X509ContentType.Pkcs12, "topsecret"));
        AssertConfigurationError(pfx, Settings(client: pfx), "protected by a password");
        System.IO.File.WriteAllBytes(pfx, X509CertificateLoader.LoadCertificate(me.Certificate.RawData).Export(X509ContentType.Pkcs12));
        AssertConfigurationError(pfx, Settings(client: pfx));
    }

    private static void AssertConfigurationError(string path, CloudSettings settings, string reason = "")
    {
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => PrimaryHandler.Create(settings));
        Assert.Equal((TroveErrorKind.Invalid, "InvalidConfiguration"), (error.Kind, error.ErrorId));
        Assert.Contains(path, error.Message);
        Assert.Contains(reason, error.Message);
    }
}
