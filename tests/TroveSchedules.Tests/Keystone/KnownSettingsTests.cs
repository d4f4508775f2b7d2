using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using TroveSchedules.OpenStack.Keystone;
using Xunit;

namespace TroveSchedules.Tests.Keystone;

/// <summary>Compares the table of known settings with their actual effect.</summary>
public sealed class KnownSettingsTests : IDisposable
{
    private const string Secret = "topsecret";

    // The effect of each supported setting. CloudConfigurationTests covers the settings of the login.
    private static readonly Dictionary<string, (string Value, Func<CloudSettings, string?> Get, string Expected)> Effects = new()
    {
        ["region_name"] = ("R", cloud => cloud.Region, "R"),
        ["interface"] = ("admin", cloud => cloud.Interface.ToString(), "Admin"),
        ["identity_api_version"] = ("3", cloud => cloud.Warnings.Count.ToString(), "0"),
        ["workflow_endpoint_override"] = ("http://m", cloud => cloud.WorkflowEndpoint?.OriginalString, "http://m"),
        ["workflow_interface"] = ("internal", cloud => cloud.Workflow.Interface.ToString(), "Internal"),
        ["workflow_region_name"] = ("R", cloud => cloud.Workflow.Region, "R"),
        ["workflow_service_type"] = ("x:workflow", cloud => cloud.Workflow.Type, "x:workflow"),
        ["workflow_service_name"] = ("mine", cloud => cloud.Workflow.Name, "mine"),
        ["workflow_api_version"] = ("2", cloud => cloud.Warnings.Count.ToString(), "0"),
        ["database_endpoint_override"] = ("http://t", cloud => cloud.DatabaseEndpoint?.OriginalString, "http://t"),
        ["database_interface"] = ("internalURL", cloud => cloud.Database.Interface.ToString(), "Internal"),
        ["database_region_name"] = ("R", cloud => cloud.Database.Region, "R"),
        ["database_service_type"] = ("rax:database", cloud => cloud.Database.Type, "rax:database"),
        ["database_service_name"] = ("mine", cloud => cloud.Database.Name, "mine"),
        ["database_api_version"] = ("1.0", cloud => cloud.Warnings.Count.ToString(), "0"),
        ["cacert"] = ("/ca", cloud => cloud.CaCertificatePath, "/ca"),
        ["cert"] = ("/c", cloud => cloud.ClientCertificatePath, "/c"),
        ["insecure"] = ("true", cloud => cloud.SkipCertificateCheck.ToString(), "True"),
        ["verify"] = ("false", cloud => cloud.SkipCertificateCheck.ToString(), "True"),
        ["project_id"] = ("P", cloud => cloud.Project?.Id, "P"),
        ["user_id"] = ("U", cloud => ((PasswordCredential)cloud.Credential).UserId, "U"),
        ["auth_url"] = ("http://other", cloud => cloud.AuthUrl.Host, "other"),
        ["auth_type"] = ("v3password", cloud => cloud.Credential.GetType().Name, "PasswordCredential"),
        ["password"] = ("other", cloud => cloud.Credential.Secret, "other"),
        ["profile"] = ("vendor", cloud => cloud.Region, "of-vendor"),
    };

    private readonly Folders folders = new();

    public static TheoryData<string> NamesOf(string use) =>
        [.. Settings.All.Where(setting => setting.Use.ToString() == use).SelectMany(setting => setting.Names)];

    public static IEnumerable<object[]> EffectNames() => Effects.Keys.SelectMany(key => KnownSettings.Find(key)!.Names, (key, name) => new object[] { key, name });

    public void Dispose() => folders.Dispose();

    private CloudSettings Read(string lines, string? without = null)
    {
        string[] auth = [.. new[] { "auth_url: http://k", "user_id: u", "password: p" }.Where(line => without is null || !line.StartsWith(without + ":", StringComparison.Ordinal))];
        folders.Write("here/clouds.yaml", $"clouds:\n  prod:\n    auth: {{{string.Join(", ", auth)}}}\n    {lines}\n")
            .Write("etc/clouds-public.yaml", "public-clouds: {vendor: {region_name: of-vendor}}");
        return CloudConfiguration.FromCloud("prod", null, folders.Sources);
    }

    private CloudSettings Variables(string name, string value)
    {
        folders.Set("OS_AUTH_URL", "http://k").Set("OS_USER_ID", "u").Set("OS_PASSWORD", "p");
        folders.Set(Variable(name), value).Write("etc/clouds-public.yaml", "public-clouds: {vendor: {region_name: of-vendor}}");
        return CloudConfiguration.FromEnvironment(null, folders.Sources);
    }

    private static string Variable(string name) => "OS_" + name.ToUpperInvariant();

    [Fact]
    public void Every_name_belongs_to_one_setting() =>
        Assert.Empty(Settings.All.SelectMany(setting => setting.Names).GroupBy(name => name).Where(names => names.Count() > 1).Select(names => names.Key));

    [Fact]
    public void Only_refused_and_unused_settings_have_a_reason() =>
        Assert.All(Settings.All, setting => Assert.Equal(setting.Use is SettingUse.Refused or SettingUse.Warned, setting.Reason is not null));

    [Theory]
    [MemberData(nameof(NamesOf), "Refused")]
    public void A_refused_setting_is_an_error_with_name_file_and_line(string name)
    {
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => Read($"{name}: {Secret}"));
        Assert.StartsWith($"{name} in the cloud 'prod' in '{folders.PathOf("here/clouds.yaml")}', line 4 cannot be honoured: ", error.Message);
        Assert.Contains(name, error.RecommendedAction);
        Assert.DoesNotContain(Secret, error.ToString());
        error = Assert.Throws<TroveScheduleException>(() => Variables(name, Secret));
        Assert.StartsWith($"{Variable(name)} in the environment cannot be honoured: ", error.Message);
        Assert.DoesNotContain(Secret, error.ToString());
    }

    [Theory]
    [MemberData(nameof(NamesOf), "Warned")]
    public void An_unused_setting_gives_one_warning_with_name_file_and_line(string name)
    {
        string warning = Assert.Single(Read($"{name}: {Secret}").Warnings);
        Assert.StartsWith($"{name} in the cloud 'prod' in '{folders.PathOf("here/clouds.yaml")}', line 4 is not used: ", warning);
        Assert.DoesNotContain(Secret, warning);
        warning = Assert.Single(Variables(name, Secret).Warnings);
        Assert.StartsWith($"{Variable(name)} in the environment is not used: ", warning);
        Assert.DoesNotContain(Secret, warning);
    }

    [Theory]
    [MemberData(nameof(NamesOf), "Elsewhere")]
    [InlineData("compute_api_version")]
    [InlineData("volumev3_endpoint_override")]
    [InlineData("dns_service_type")]
    [InlineData("has_network")]
    [InlineData("object_store_region_name")]
    [InlineData("baremetal_introspection_status_code_retries")]
    [InlineData("compute_timeout")]
    public void Settings_of_other_services_are_ignored(string name)
    {
        Assert.Empty(Read($"{name}: [x]").Warnings);
        Assert.Empty(Variables(name, "x").Warnings);
    }

    [Theory]
    [MemberData(nameof(EffectNames))]
    public void A_supported_setting_works_under_each_of_its_names(string key, string name)
    {
        (string value, Func<CloudSettings, string?> get, string expected) = Effects[key];
        Assert.Equal(expected, get(Read($"{name}: '{value}'", without: key)));
        Assert.Equal(expected, get(Read($"{name.Replace('_', '-')}: '{value}'", without: key)));
        if (name != "cloud")
            Assert.Equal(expected, get(Variables(name, value)));
    }

    [Fact]
    public void Each_supported_setting_is_tested()
    {
        string[] login =
        [
            "username", "user_domain_id", "user_domain_name", "application_credential_id", "application_credential_name", "application_credential_secret", "token",
            "project_name", "project_domain_id", "project_domain_name", "domain_id", "domain_name", "default_domain_id", "default_domain_name", "regions", "key",
        ];
        Assert.Equal(Settings.All.Where(setting => setting.Use == SettingUse.Honoured).Select(setting => setting.Name).Order(), Effects.Keys.Concat(login).Order());
    }

    [Theory]
    [InlineData("projct_name", "project_name")]
    [InlineData("pasword", "password")]
    [InlineData("regoin_name", "region_name")]
    [InlineData("databse_interface", "database_interface")]
    [InlineData("user-domian-name", "user_domain_name")]
    [InlineData("system_scopes", "system_scope")]
    [InlineData("authurl", "auth_url")]
    public void A_misspelled_setting_gives_a_warning_with_the_nearest_known_name(string name, string nearest)
    {
        string warning = Assert.Single(Read($"{name}: {Secret}").Warnings);
        Assert.Equal($"In the file '{folders.PathOf("here/clouds.yaml")}', line 4: '{name}' is not a known setting, so it is not used. Did you mean '{nearest}'?", warning);
        string variable = Variable(name.Replace('-', '_'));
        folders.Set("OS_AUTH_URL", "http://k").Set("OS_USER_ID", "u").Set("OS_PASSWORD", "p").Set(variable, Secret).Set("OS_ARCH", "x").Set("OS_TEST_PATH", "x");
        Assert.Equal([$"{variable} is not a known variable, so it is not used. Did you mean {Variable(nearest)}?"], CloudConfiguration.FromEnvironment(null, folders.Sources).Warnings);
    }

    [Theory]
    [InlineData("favourite_colour")]
    [InlineData("min_version")]
    [InlineData("statsd")]
    public void An_unknown_setting_without_a_similar_name_gives_a_warning_without_a_proposal(string name) =>
        Assert.EndsWith($"'{name}' is not a known setting, so it is not used.", Assert.Single(Read($"{name}: blue").Warnings));

    [Theory]
    [InlineData("client_cert", "cert")]
    [InlineData("client-key", "key")]
    [InlineData("ca_cert", "cacert")]
    [InlineData("REGION_NAME", "region_name")]
    [InlineData("WORKFLOW_INTERFACE", "workflow_interface")]
    [InlineData("Region-Name", "region_name")]
    [InlineData("Project", "project_name")]
    [InlineData("Auth", "auth")]
    [InlineData("AUTH", "auth")]
    [InlineData("auht", "auth")]
    public void A_synonym_of_a_setting_gives_a_warning_with_the_supported_name(string name, string nearest) =>
        Assert.EndsWith($"'{name}' is not a known setting, so it is not used. Did you mean '{nearest}'?", Assert.Single(Read($"{name}: blue").Warnings));

    [Fact]
    public void Only_supported_or_refused_settings_are_proposed()
    {
        Assert.All(Settings.All.SelectMany(setting => setting.Names, (setting, name) => KnownSettings.Nearest(name + "x")), proposed =>
            Assert.True(proposed is null || KnownSettings.Find(proposed)!.Use is SettingUse.Honoured or SettingUse.Refused, proposed));
    }

    [Theory]
    [InlineData("topsecret: password")]
    [InlineData("topsecret: application-credential-secret")]
    [InlineData("topsecret: auth_token")]
    public void A_secret_swapped_with_its_key_is_not_repeated(string line)
    {
        string warning = Assert.Single(Read(line).Warnings);
        Assert.EndsWith("line 4: a key is not a known setting, but its value is the name of one. Are the two swapped?", warning);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("v2.0")]
    [InlineData("30")]
    public void An_identity_API_version_other_than_3_is_refused(string version)
    {
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => Read($"identity_api_version: '{version}'"));
        Assert.StartsWith($"identity_api_version '{version}' in the cloud 'prod' in '{folders.PathOf("here/clouds.yaml")}', line 4 cannot be honoured: Keystone is asked at v3.", error.Message);
        Assert.Contains("OS_IDENTITY_API_VERSION", Assert.Throws<TroveScheduleException>(() => Variables("identity_api_version", version)).Message);
    }

    [Theory]
    [InlineData("application_credential_id: a, application_credential_secret: topsecret, project_id: OTHER", "project_id", "an application credential is bound to the project that it was made in.")]
    [InlineData("application_credential_id: a, application_credential_secret: topsecret, project_name: OTHER", "project_name", "an application credential is bound to the project that it was made in.")]
    [InlineData("application_credential_id: a, application_credential_secret: topsecret, user_id: u, password: topsecret", "password", "the application credential is.")]
    [InlineData("application_credential_id: a, application_credential_secret: topsecret, token: topsecret", "token", "the application credential is.")]
    [InlineData("user_id: u, password: topsecret, token: topsecret", "token", "the password is.")]
    public void A_setting_that_the_chosen_login_does_not_use_gives_a_warning(string auth, string name, string reason)
    {
        folders.Write("here/clouds.yaml", $"clouds:\n  prod:\n    auth: {{auth_url: 'http://k', {auth}}}\n");
        string warning = Assert.Single(CloudConfiguration.FromCloud("prod", null, folders.Sources).Warnings);
        Assert.Equal($"{name} in the cloud 'prod' in '{folders.PathOf("here/clouds.yaml")}', line 3 is not used: {reason}", warning);
    }

    [Theory]
    [InlineData("https://user:topsecret@vendor.example", "https://***@vendor.example/")]
    [InlineData("https://vendor.example/p?token=topsecret", "https://vendor.example/p?***")]
    public void Secrets_in_the_address_of_a_profile_are_masked(string profile, string shown)
    {
        string warning = Assert.Single(Read($"profile: '{profile}'").Warnings);
        Assert.Equal($"The profile '{shown}' of the cloud 'prod' is in no clouds-public.yaml, so nothing of it is used.", warning);
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => Read($"profile: '{profile}'", without: "auth_url"));
        Assert.Contains(shown, error.Message);
        Assert.DoesNotContain(Secret, error.ToString());
    }

    [Theory]
    [InlineData("auth: {auth_url: 'http://k', user_id: u, password: p, pasword: x}", 3)]
    [InlineData("auth: {auth_url: 'http://k', user_id: u, password: p}\n    regions: [{name: R, values: {pasword: x}}]", 4)]
    [InlineData("auth: {auth_url: 'http://k', user_id: u, password: p}\n    profile: vendor", 1)]
    public void An_unknown_setting_is_found_at_every_level(string entry, int line)
    {
        folders.Write("here/clouds.yaml", $"clouds:\n  prod:\n    {entry}\n").Write("here/clouds-public.yaml", "public-clouds: {vendor: {auth: {pasword: x}}}");
        Assert.Contains($"line {line}: 'pasword' is not a known setting", Assert.Single(CloudConfiguration.FromCloud("prod", null, folders.Sources).Warnings));
    }

    [Fact]
    public void A_password_that_YAML_reads_as_a_key_is_not_repeated()
    {
        folders.Write("here/clouds.yaml", $"clouds:\n  prod:\n    auth: {{auth_url: 'http://k', user_id: u, token: t, password:{Secret}}}\n");
        string warning = Assert.Single(CloudConfiguration.FromCloud("prod", null, folders.Sources).Warnings);
        Assert.Contains("line 3", warning);
        Assert.DoesNotContain(Secret, warning);
    }

    [Theory]
    [InlineData("pasword: topsecret", "Did you mean 'password'?")]
    [InlineData("password:topsecret", "Is a blank missing after a colon?")]
    public void The_error_for_a_missing_setting_points_to_a_similar_unknown_name(string line, string hint)
    {
        folders.Write("here/clouds.yaml", $"clouds:\n  prod:\n    auth: {{auth_url: 'http://k', user_id: u, {line}}}\n");
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => CloudConfiguration.FromCloud("prod", null, folders.Sources));
        Assert.StartsWith("password is missing in the cloud 'prod'", error.Message);
        Assert.Contains(hint, error.Message);
        Assert.DoesNotContain(Secret, error.ToString());
    }

    public static TheoryData<string, string> SecretShapes()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string pem = key.ExportPkcs8PrivateKeyPem().Replace("PRIVATE KEY-----\n", $"PRIVATE KEY-----\n{Secret}");
        var shapes = new TheoryData<string, string>();
        foreach (string name in Settings.All.Where(setting => setting.MayHoldSecret).SelectMany(setting => setting.Names).Append("cacert"))
        {
            shapes.Add(name, pem);
            shapes.Add(name, pem.Replace("\n", "\\n"));
            shapes.Add(name, pem.Replace("-----BEGIN PRIVATE KEY-----\n", ""));
            shapes.Add(name, pem.Replace("-----BEGIN ", "-----BEGIN  "));
            shapes.Add(name, $"{Secret}\n{Secret}");
            shapes.Add(name, string.Concat(pem.Split('\n').Where(line => !line.StartsWith('-'))));
            if (name != "cacert")
                shapes.Add(name, Secret);
        }
        return shapes;
    }

    [Theory]
    [MemberData(nameof(SecretShapes))]
    public void A_value_that_may_be_a_secret_is_never_repeated(string name, string value)
    {
        string beside = name == "key" ? "cert: |\n      -----BEGIN CERTIFICATE-----\n    " : "";
        AssertSilent(() => Read($"{beside}{name}: |\n      {value.ReplaceLineEndings("\n      ")}", without: name));
        AssertSilent(() => Read($"{name}: [\"{value.Replace("\n", "\\n")}\"]", without: name));
        AssertSilent(() => Read($"{name}: !vault {Secret}", without: name));
        if (name == "key")
            folders.Set("OS_CERT", value);
        AssertSilent(() => Variables(name, value));
    }

    public static TheoryData<string> NamesOfValues() =>
        [.. Settings.All.Where(setting => setting.Type is SettingType.Text or SettingType.Interface or SettingType.Version or SettingType.Flag).SelectMany(setting => setting.Names)];

    [Theory]
    [InlineData("username")]
    [InlineData("user_domain_id")]
    [InlineData("project_name")]
    [InlineData("region_name")]
    [InlineData("workflow_service_type")]
    [InlineData("application_credential_name")]
    public void A_private_key_in_place_of_a_name_is_refused(string name)
    {
        foreach (string value in new[] { $"-----BEGIN PRIVATE KEY----- {Secret}", $"{Secret}\\n{Secret}", $"{Secret}\\u0007" })
        {
            TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => Read($"{name}: \"{value}\""));
            Assert.StartsWith($"{name} in the cloud 'prod' in '{folders.PathOf("here/clouds.yaml")}', line 4 contains PEM text", error.Message);
            Assert.DoesNotContain(Secret, error.ToString());
        }
    }

    // A user can paste a key or a long secret into any setting by mistake.
    [Theory]
    [MemberData(nameof(NamesOfValues))]
    public void Errors_do_not_repeat_a_misplaced_private_key_or_a_long_text(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string pem = key.ExportPkcs8PrivateKeyPem().Replace("PRIVATE KEY-----\n", $"PRIVATE KEY-----\n{Secret}");
        foreach (string value in new[] { pem, $"{Secret}\n{Secret}", string.Concat(Enumerable.Repeat(Secret, 8)) })
        {
            string text = value.Replace("\n", "\\n");
            foreach (string lines in new[] { $"{name}: \"{text}\"", $"{name}: \"{text}\"\n    regions: [One]", $"auth_type: v3applicationcredential\n    {name}: \"{text}\"" })
                AssertErrorIsSilent(() => Read(lines, without: value == pem ? "user_id" : null));
            AssertErrorIsSilent(() => Read($"\"{text}\": \"{name}\""));
            AssertErrorIsSilent(() => Read($"regions: [{{name: R, \"{text}\": \"{name}\"}}, \"{text}\"]\n    region_name: S"));
            AssertErrorIsSilent(() => Variables(name, value));
        }
    }

    private static void AssertErrorIsSilent(Func<CloudSettings> read)
    {
        var messages = new List<string?>();
        try
        {
            messages.AddRange(read().Warnings);
        }
        catch (TroveScheduleException e)
        {
            messages.AddRange([e.ToString(), e.Target?.ToString(), e.RecommendedAction]);
        }
        Assert.DoesNotContain(messages, text => text?.Contains(Secret) ?? false);
    }

    // All possible results: an error, a warning, or a handler that cannot be created.
    private static void AssertSilent(Func<CloudSettings> read)
    {
        var messages = new List<string?>();
        try
        {
            CloudSettings cloud = read();
            messages.AddRange(cloud.Warnings);
            messages.Add(cloud.ToString());
            PrimaryHandler.Create(cloud).Dispose();
        }
        catch (TroveScheduleException e)
        {
            messages.AddRange([e.ToString(), e.Target?.ToString(), e.RecommendedAction]);
            Assert.Equal("InvalidConfiguration", e.ErrorId);
        }
        Assert.DoesNotContain(messages, text => text?.Contains(Secret) ?? false);
    }
}
