using System;
using System.IO;
using System.Linq;
using System.Text;
using TroveSchedules.OpenStack.Keystone;
using Xunit;

namespace TroveSchedules.Tests.Keystone;

public sealed class CloudConfigurationTests : IDisposable
{
    private const string Prod = """
        clouds:
          prod:
            region_name: RegionOne
            auth:
              auth_url: https://prod.example/v3
              username: ann
              user_domain_name: Default
              project_name: shop
              project_domain_name: Default
              password: from-clouds
        """;

    private readonly Folders folders = new();

    public void Dispose() => folders.Dispose();

    private CloudSettings Cloud(string name = "prod", CloudOverrides? overrides = null) =>
        CloudConfiguration.FromCloud(name, overrides, folders.Sources);

    private CloudSettings FromEnvironment(CloudOverrides? overrides = null) => CloudConfiguration.FromEnvironment(overrides, folders.Sources);

    private TroveScheduleException CloudError(string name = "prod", CloudOverrides? overrides = null) =>
        Assert.Throws<TroveScheduleException>(() => Cloud(name, overrides));

    private Folders Entry(string lines) => folders.Write("here/clouds.yaml", "clouds:\n  prod:\n    " + lines.ReplaceLineEndings("\n    ") + "\n");

    private void SetAll(params string[] settings)
    {
        foreach (string[] pair in settings.Select(setting => setting.Split('=', 2)))
            folders.Set(pair[0], pair[1]);
    }

    [Fact]
    public void A_cloud_is_read_from_clouds_yaml()
    {
        folders.Write("here/clouds.yaml", Prod);
        CloudSettings cloud = Cloud();
        Assert.Equal("prod", cloud.CloudName);
        Assert.Equal("https://prod.example/v3", cloud.AuthUrl.ToString());
        Assert.Equal("the password of user 'ann' (domain 'Default')", cloud.Credential.ToString());
        Assert.Equal("from-clouds", cloud.Credential.Secret);
        Assert.Equal("project 'shop' (domain 'Default')", cloud.Project!.ToString());
        Assert.Equal("RegionOne", cloud.Region);
        Assert.Equal(EndpointInterface.Public, cloud.Interface);
        Assert.False(cloud.SkipCertificateCheck);
        Assert.Null(cloud.WorkflowEndpoint);
        Assert.Null(cloud.CaCertificatePath);
    }

    [Theory]
    [InlineData("here/clouds.yaml", "home/.config/openstack/clouds.yaml")]
    [InlineData("here/clouds.yaml", "here/clouds.yml")]
    [InlineData("here/clouds.yml", "here/clouds.json")]
    [InlineData("here/clouds.json", "home/.config/openstack/clouds.yaml")]
    [InlineData("xdg/openstack/clouds.yaml", "home/.config/openstack/clouds.yaml")]
    [InlineData("appdata/openstack/clouds.yaml", "home/.config/openstack/clouds.yaml")]
    [InlineData("home/.config/openstack/clouds.yaml", "etc/clouds.yaml")]
    [InlineData("named.txt", "here/clouds.yaml")]
    public void Only_the_first_file_in_the_search_order_of_openstacksdk_is_read(string first, string second)
    {
        folders.Set("XDG_CONFIG_HOME", folders.PathOf("xdg")).Set("APPDATA", folders.PathOf("appdata"));
        if (first == "named.txt")
            folders.Set("OS_CLIENT_CONFIG_FILE", folders.PathOf(first));
        folders.Write(first, "{\"clouds\": {\"first\": {}}}").Write(second, "{\"clouds\": {\"second\": {}}}");
        Assert.Equal(["first"], CloudConfiguration.CloudNames(folders.Sources));
    }

    [Fact]
    public void Secure_yaml_overrides_the_entry()
    {
        folders.Write("here/clouds.yaml", Prod).Write("home/.config/openstack/secure.yaml", "clouds: {prod: {auth: {password: from-secure}}}");
        Assert.Equal("from-secure", Cloud().Credential.Secret);
        Assert.Equal("shop", Cloud().Project!.Name);
    }

    [Fact]
    public void OS_CLIENT_SECURE_FILE_names_the_secure_file()
    {
        folders.Write("here/clouds.yaml", Prod).Write("vault/s.yaml", "clouds: {prod: {auth: {password: from-vault}}}")
            .Set("OS_CLIENT_SECURE_FILE", folders.PathOf("vault/s.yaml"));
        Assert.Equal("from-vault", Cloud().Credential.Secret);
    }

    [Theory]
    [InlineData("entry", null, null, null)]
    [InlineData("region", "region", null, null)]
    [InlineData("secure", null, "secure", null)]
    [InlineData("region", "region", "secure", null)]
    [InlineData("explicit", "region", "secure", "explicit")]
    public void Precedence_is_argument_then_region_then_secure_yaml_then_entry(string expected, string? inRegion, string? inSecure, string? argument)
    {
        Entry($"""
            auth: {"{"}auth_url: "http://k/v3", user_id: u, password: entry{"}"}
            regions:
            - name: R
              values: {(inRegion is null ? "{}" : $"{{auth: {{password: {inRegion}}}}}")}
            """);
        if (inSecure is not null)
            folders.Write("here/secure.yaml", $"clouds: {{prod: {{auth: {{password: {inSecure}}}}}}}");
        Assert.Equal(expected, Cloud(overrides: new CloudOverrides { Password = argument }).Credential.Secret);
    }

    [Fact]
    public void A_named_cloud_uses_only_the_region_from_the_variables()
    {
        folders.Write("here/clouds.yaml", Prod);
        SetAll("OS_CLOUD=prod", "OS_PASSWORD=from-variable", "OS_REGION_NAME=Elsewhere", "OS_PROJECT_NAME=other", "OS_AUTH_URL=http://elsewhere");
        CloudSettings cloud = FromEnvironment();
        Assert.Equal(("prod", "from-clouds", "Elsewhere", "shop", "prod.example"),
            (cloud.CloudName, cloud.Credential.Secret, cloud.Region, cloud.Project!.Name, cloud.AuthUrl.Host));
        Assert.Equal("OS_CLOUD is set, so OS_AUTH_URL, OS_PASSWORD, OS_PROJECT_NAME are not used.", Assert.Single(cloud.Warnings));
        Assert.Equal("RegionOne", Cloud().Region);
    }

    [Theory]
    [InlineData(null, "One", "http://one/v3")]
    [InlineData("Two", "Two", "http://two/v3")]
    [InlineData("Three", "Three", "http://entry/v3")]
    public void The_values_of_the_chosen_region_are_used(string? requested, string region, string authUrl)
    {
        Entry("""
            auth: {auth_url: "http://entry/v3", user_id: u, password: p}
            regions:
            - {name: One, values: {auth: {auth_url: "http://one/v3"}}}
            - {name: Two, values: {auth_url: "http://two/v3"}}
            - Three
            """);
        CloudSettings cloud = Cloud(overrides: new CloudOverrides { Region = requested });
        Assert.Equal((region, authUrl), (cloud.Region, cloud.AuthUrl.ToString()));
    }

    [Fact]
    public void An_unlisted_region_is_an_error_that_lists_the_regions()
    {
        Entry("""
            auth: {auth_url: "http://entry/v3", user_id: u, password: p}
            regions: [One, Two]
            """);
        TroveScheduleException error = CloudError(overrides: new CloudOverrides { Region = "one" });
        Assert.Equal("InvalidConfiguration", error.ErrorId);
        Assert.Contains("'one'", error.Message);
        Assert.Contains("One, Two", error.Message);
    }

    [Fact]
    public void Without_a_list_of_regions_any_explicit_region_is_accepted()
    {
        folders.Write("here/clouds.yaml", Prod);
        Assert.Equal("RegionTwo", Cloud(overrides: new CloudOverrides { Region = "RegionTwo" }).Region);
    }

    [Fact]
    public void An_explicit_name_hides_a_configured_id()
    {
        Entry("auth: {auth_url: http://k, user_id: u1, password: p, project_id: p1, project_domain_id: d1}");
        CloudSettings cloud = Cloud(overrides: new CloudOverrides { ProjectName = "mine", ProjectDomainName = "Mine", UserName = "bob", UserDomainName = "Mine" });
        Assert.Equal("project 'mine' (domain 'Mine')", cloud.Project!.ToString());
        Assert.Equal("the password of user 'bob' (domain 'Mine')", cloud.Credential.ToString());
    }

    [Fact]
    public void An_explicit_token_replaces_the_entrys_password()
    {
        folders.Write("here/clouds.yaml", Prod);
        CloudSettings cloud = Cloud(overrides: new CloudOverrides { Token = "t" });
        Assert.IsType<TokenCredential>(cloud.Credential);
        Assert.Equal("shop", cloud.Project!.Name);
    }

    [Fact]
    public void An_explicit_password_replaces_the_entrys_application_credential()
    {
        Entry("auth_type: v3applicationcredential\nauth: {auth_url: http://k, application_credential_id: a, application_credential_secret: s}");
        Assert.IsType<PasswordCredential>(Cloud(overrides: new CloudOverrides { UserId = "u", Password = "p" }).Credential);
    }

    [Theory]
    [InlineData("project_id: x", "project id x")]
    [InlineData("tenant_id: x", "project id x")]
    [InlineData("tenant-id: x", "project id x")]
    [InlineData("project_id: x, project_name: y", "project id x")]
    [InlineData("tenant_name: y, project_domain_id: d", "project 'y' (domain id d)")]
    [InlineData("project_name: y, project_domain_id: d, project_domain_name: D", "project 'y' (domain id d)")]
    [InlineData("project_name: y, default_domain: d", "project 'y' (domain id d)")]
    [InlineData("project_name: y, default_domain_name: D", "project 'y' (domain 'D')")]
    [InlineData("project_name: y, domain_name: D", "project 'y' (domain 'D')")]
    [InlineData("project_name: y, domain_id: d", "project 'y' (domain id d)")]
    public void A_project_can_be_set_under_several_names(string lines, string expected)
    {
        Entry($"auth: {{auth_url: http://k, user_id: u, password: p, {lines}}}");
        Assert.Equal(expected, Cloud().Project!.ToString());
    }

    [Theory]
    [InlineData("auth_type: password", "user_id: u, password: p", "the password of user id u")]
    [InlineData("auth_type: v3password", "username: n, user_domain_id: d, password: p", "the password of user 'n' (domain id d)")]
    [InlineData("auth_plugin: password", "user_name: n, default_domain_name: D, password: p", "the password of user 'n' (domain 'D')")]
    [InlineData("interface: public", "user_id: u, password: p, token: t", "the password of user id u")]
    [InlineData("auth_type: token", "user_id: u, password: p, token: t", "the token")]
    [InlineData("auth_type: v3token", "auth_token: t", "the token")]
    [InlineData("interface: public", "token: t", "the token")]
    [InlineData("auth_type: v3applicationcredential", "application_credential_id: a, application_credential_secret: s", "the application credential id a")]
    [InlineData("interface: public", "application_credential_id: a, application_credential_secret: s", "the application credential id a")]
    [InlineData("auth_type: v3applicationcredential", "application_credential_name: a, application_credential_secret: s, user_id: u", "the application credential 'a' of user id u")]
    [InlineData("auth_type: v3applicationcredential", "application_credential_name: a, application_credential_secret: s, username: n, user_domain_name: D", "the application credential 'a' of user 'n' (domain 'D')")]
    public void The_credential_depends_on_auth_type_or_on_the_settings_present(string type, string auth, string expected)
    {
        Entry($"{type}\nauth: {{auth_url: http://k, {auth}}}");
        Assert.Equal(expected, Cloud().Credential.ToString());
    }

    [Fact]
    public void An_application_credential_ignores_a_configured_project()
    {
        Entry("auth: {auth_url: http://k, application_credential_id: a, application_credential_secret: s, project_name: no-domain-needed}");
        Assert.Null(Cloud().Project);
    }

    [Fact]
    public void An_explicit_project_with_an_application_credential_is_refused()
    {
        Entry("auth: {auth_url: http://k, application_credential_id: a, application_credential_secret: topsecret}");
        TroveScheduleException error = CloudError(overrides: new CloudOverrides { ProjectName = "other", ProjectDomainName = "Default" });
        Assert.Equal(("InvalidConfiguration", "other"), (error.ErrorId, error.Target));
        Assert.DoesNotContain("topsecret", error.ToString());
    }

    [Theory]
    [InlineData("auth_url", "user_id: u, password: p")]
    [InlineData("username", "auth_url: http://k, password: p")]
    [InlineData("password", "auth_url: http://k, user_id: u")]
    [InlineData("user_domain_name", "auth_url: http://k, username: u, password: p")]
    [InlineData("project_domain_name", "auth_url: http://k, user_id: u, password: p, project_name: x")]
    [InlineData("application_credential_id", "auth_url: http://k, application_credential_secret: s")]
    [InlineData("username", "auth_url: http://k, application_credential_name: a, application_credential_secret: s")]
    [InlineData("user_domain_name", "auth_url: http://k, application_credential_name: a, username: u, application_credential_secret: s")]
    [InlineData("application_credential_secret", "auth_type: v3applicationcredential, auth_url: http://k, application_credential_id: a")]
    [InlineData("token", "auth_type: token, auth_url: http://k")]
    [InlineData("cert", "auth_url: http://k, user_id: u, password: p, key: k.pem")]
    public void A_missing_setting_is_named(string missing, string auth)
    {
        Entry($"auth: {{{auth}}}");
        TroveScheduleException error = CloudError();
        Assert.Equal((TroveErrorKind.Invalid, "InvalidConfiguration"), (error.Kind, error.ErrorId));
        Assert.StartsWith($"{missing} is missing in the cloud 'prod' in '{folders.PathOf("here/clouds.yaml")}'", error.Message);
        Assert.Equal($"Set {missing}.", error.RecommendedAction);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("v2password")]
    [InlineData("v3oidcpassword")]
    public void An_unsupported_auth_type_is_refused(string type)
    {
        Entry($"auth_type: {type}\nauth: {{auth_url: http://k, user_id: u, password: p}}");
        TroveScheduleException error = CloudError();
        Assert.Equal("InvalidConfiguration", error.ErrorId);
        Assert.Contains($"'{type}'", error.Message);
        Assert.Contains("v3applicationcredential", error.Message);
    }

    [Theory]
    [InlineData("interface: internal", EndpointInterface.Internal)]
    [InlineData("interface: internalURL", EndpointInterface.Internal)]
    [InlineData("endpoint_type: adminURL", EndpointInterface.Admin)]
    [InlineData("endpoint_type: publicURL", EndpointInterface.Public)]
    public void Interfaces_have_an_old_and_a_new_name(string line, EndpointInterface expected)
    {
        Entry(line + "\nauth: {auth_url: http://k, user_id: u, password: p}");
        Assert.Equal(expected, Cloud().Interface);
    }

    [Theory]
    [InlineData("verify: true", false)]
    [InlineData("verify: false", true)]
    [InlineData("verify: False", true)]
    [InlineData("insecure: true", true)]
    [InlineData("insecure: '1'", true)]
    [InlineData("insecure: no", false)]
    [InlineData("verify: true\ninsecure: true", true)]
    [InlineData("interface: public", false)]
    public void Verify_and_insecure_control_the_certificate_check(string lines, bool skip)
    {
        Entry(lines + "\nauth: {auth_url: http://k, user_id: u, password: p}");
        Assert.Equal(skip, Cloud().SkipCertificateCheck);
    }

    [Fact]
    public void An_explicit_certificate_check_wins_over_verify_false()
    {
        Entry("verify: false\nauth: {auth_url: http://k, user_id: u, password: p}");
        Assert.False(Cloud(overrides: new CloudOverrides { SkipCertificateCheck = false }).SkipCertificateCheck);
    }

    [Fact]
    public void Paths_are_relative_to_the_current_folder_or_to_home()
    {
        Entry("cacert: ca.pem\ncert: ~/me.pem\nkey: /abs/key.pem\nauth: {auth_url: http://k, user_id: u, password: p}");
        CloudSettings cloud = Cloud();
        Assert.Equal((folders.PathOf("here/ca.pem"), folders.PathOf("home/me.pem"), "/abs/key.pem"),
            (cloud.CaCertificatePath, cloud.ClientCertificatePath, cloud.ClientKeyPath));
    }

    [Theory]
    [InlineData("workflow_endpoint_override")]
    [InlineData("workflowv2_endpoint_override")]
    [InlineData("mistral_endpoint_override")]
    public void Mistrals_endpoint_can_be_overridden(string setting)
    {
        Entry($"{setting}: http://m:8989\ndatabase_endpoint_override: http://t:8779/v1.0/%(tenant_id)s\nauth: {{auth_url: http://k, user_id: u, password: p}}");
        Assert.Equal("http://m:8989", Cloud().WorkflowEndpoint!.OriginalString);
        Assert.Equal("http://t:8779/v1.0/%(tenant_id)s", Cloud().DatabaseEndpoint!.OriginalString);
    }

    [Theory]
    [InlineData("auth_url", "ftp://k/v3")]
    [InlineData("auth_url", "k:5000/v3")]
    [InlineData("auth_url", "http://ann:topsecret@k/v3")]
    [InlineData("auth_url", "http://k/v3?token=topsecret")]
    [InlineData("auth_url", "http://k/v3#x")]
    [InlineData("workflow_endpoint_override", "/v2")]
    [InlineData("database_endpoint_override", "http://ann:topsecret@t")]
    public void An_invalid_address_is_refused_without_repeating_it(string setting, string url)
    {
        string authUrl = setting == "auth_url" ? url : "http://k";
        Entry($"{(setting == "auth_url" ? "interface: public" : $"{setting}: \"{url}\"")}\nauth: {{auth_url: \"{authUrl}\", user_id: u, password: p}}");
        TroveScheduleException error = CloudError();
        Assert.Equal("InvalidConfiguration", error.ErrorId);
        Assert.StartsWith($"{setting} in the cloud 'prod'", error.Message);
        Assert.DoesNotContain("topsecret", error.ToString());
    }

    [Fact]
    public void The_error_for_an_unknown_cloud_lists_the_known_clouds_and_the_files()
    {
        folders.Write("here/clouds.yaml", Prod + "\n  test: {auth: {}}").Write("here/secure.yml", "clouds: {prod: {auth: {password: x}}}");
        TroveScheduleException error = CloudError("Prod");
        Assert.Equal((TroveErrorKind.NotFound, "UnknownCloud", "Prod"), (error.Kind, error.ErrorId, error.Target));
        Assert.Contains("Known are 'prod', 'test'", error.Message);
        Assert.Contains(folders.PathOf("here/clouds.yaml"), error.Message);
        Assert.Contains(folders.PathOf("here/secure.yml"), error.Message);
    }

    [Fact]
    public void Without_a_file_the_error_lists_the_searched_folders()
    {
        TroveScheduleException error = CloudError();
        Assert.Equal("UnknownCloud", error.ErrorId);
        foreach (string folder in new[] { "here", "home/.config/openstack", "etc" })
            Assert.Contains(folders.PathOf(folder), error.Message);
        Assert.Empty(CloudConfiguration.CloudNames(folders.Sources));
    }

    [Theory]
    [InlineData("OS_CLIENT_CONFIG_FILE")]
    [InlineData("OS_CLIENT_SECURE_FILE")]
    public void A_named_file_that_does_not_exist_is_an_error(string variable)
    {
        folders.Write("here/clouds.yaml", Prod).Set(variable, folders.PathOf("nowhere.yaml"));
        TroveScheduleException error = CloudError();
        Assert.Equal("InvalidConfiguration", error.ErrorId);
        Assert.Contains(variable, error.Message);
        Assert.Contains("nowhere.yaml", error.Message);
    }

    [Fact]
    public void An_entry_overrides_its_profile()
    {
        Entry("profile: vendor\nauth: {user_id: u, password: p, project_name: mine}");
        folders.Write("etc/clouds-public.yaml", """
            public-clouds:
              vendor:
                region_name: V1
                auth: {auth_url: "http://vendor/v3", project_id: never, project_domain_name: Default}
            """);
        CloudSettings cloud = Cloud();
        Assert.Equal(("vendor", "V1", "mine"), (cloud.AuthUrl.Host, cloud.Region, cloud.Project!.Name));
    }

    [Fact]
    public void The_error_for_a_missing_address_names_the_unknown_profile()
    {
        Entry("profile: rackspace\nauth: {user_id: u, password: p}");
        Assert.Contains("rackspace", CloudError().Message);
    }

    [Fact]
    public void YAML_merge_keys_and_anchors_work()
    {
        folders.Write("here/clouds.yaml", """
            common: &common
              region_name: RegionOne
              auth: &auth {auth_url: "http://k/v3", user_domain_name: Default, username: ann, password: p}
            clouds:
              prod:
                <<: *common
                auth: {<<: *auth, username: bob}
              list:
                <<: [{region_name: First}, *common]
            """);
        Assert.Equal("the password of user 'bob' (domain 'Default')", Cloud().Credential.ToString());
        Assert.Equal("RegionOne", Cloud().Region);
        Assert.Equal("First", Cloud("list").Region);
    }

    [Theory]
    [InlineData("password: 0123", "0123")]
    [InlineData("password: 'null'", "null")]
    [InlineData("password: \"a: #b\"", "a: #b")]
    [InlineData("password: yes", "yes")]
    [InlineData("password: 'pä$$ {x} %(y)s'", "pä$$ {x} %(y)s")]
    public void A_password_is_read_exactly_as_written(string line, string password)
    {
        Entry($"auth:\n  auth_url: http://k\n  user_id: u\n  {line}");
        Assert.Equal(password, Cloud().Credential.Secret);
    }

    [Theory]
    [InlineData("password:")]
    [InlineData("password: ~")]
    [InlineData("password: null")]
    [InlineData("password: ''")]
    public void An_empty_value_counts_as_not_set(string line)
    {
        Entry($"auth:\n  auth_url: http://k\n  user_id: u\n  {line}");
        Assert.StartsWith("password is missing", CloudError().Message);
    }

    [Theory]
    [InlineData("clouds:\n  prod:\n    auth: topsecret\n", 3)]
    [InlineData("clouds:\n  prod:\n    auth: {password: [topsecret], auth_url: http://k, user_id: u}\n", 3)]
    [InlineData("clouds: [topsecret]\n", 1)]
    [InlineData("clouds:\n  prod:\n    auth: {password: topsecret\n    x: y\n", 3)]
    [InlineData("clouds:\n  prod:\n    password: topsecret\n    password: topsecret\n", 4)]
    [InlineData("clouds:\n  prod:\n\t password: topsecret\n", 2)]
    [InlineData("clouds:\n  prod:\n    auth: *topsecret\n", 3)]
    [InlineData("clouds:\n  prod:\n    regions: topsecret\n", 3)]
    [InlineData("clouds:\n  prod:\n    regions:\n    - {nome: topsecret}\n", 4)]
    [InlineData("- topsecret\n", 1)]
    [InlineData("{\"clouds\": {\"prod\": {\"auth\": {\"password\": \"topsecret\n", 1)]
    public void The_error_for_a_malformed_file_has_the_line_but_none_of_the_contents(string text, int line)
    {
        folders.Write("here/clouds.yaml", text);
        TroveScheduleException error = CloudError();
        Assert.Equal((TroveErrorKind.Invalid, "InvalidConfiguration"), (error.Kind, error.ErrorId));
        Assert.Contains(folders.PathOf("here/clouds.yaml"), error.Message);
        Assert.Contains($"line {line}", error.Message);
        Assert.DoesNotContain("topsecret", error.ToString());
    }

    [Fact]
    public void A_mapping_that_merges_itself_is_an_error()
    {
        folders.Write("here/clouds.yaml", "clouds:\n  prod: &me\n    <<: *me\n");
        Assert.Equal("InvalidConfiguration", CloudError().ErrorId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("clouds:\n")]
    public void An_empty_file_has_no_clouds(string text)
    {
        folders.Write("here/clouds.yaml", text);
        Assert.Equal("UnknownCloud", CloudError().ErrorId);
    }

    [Fact]
    public void An_unreadable_file_is_skipped()
    {
        // A folder in place of the file makes it unreadable, because root, which runs tests in containers, can read any file.
        Directory.CreateDirectory(folders.PathOf("here/clouds.yaml"));
        folders.Write("etc/clouds.yaml", Prod);
        Assert.Equal(["prod"], CloudConfiguration.CloudNames(folders.Sources));
    }

    [Fact]
    public void Environment_variables_describe_a_cloud_without_a_name()
    {
        SetAll("OS_AUTH_URL=http://k:5000/v3", "OS_USERNAME=ann", "OS_PASSWORD=p", "OS_PROJECT_NAME=shop", "OS_USER_DOMAIN_NAME=Default",
            "OS_PROJECT_DOMAIN_ID=default", "OS_REGION_NAME=R", "OS_INTERFACE=internal", "OS_CACERT=ca.pem", "OS_INSECURE=true",
            "OS_MISTRAL_URL=http://m/v2", "OS_DATABASE_ENDPOINT_OVERRIDE=http://t", "OS_CERT=c.pem", "OS_KEY=k.pem");
        CloudSettings cloud = FromEnvironment();
        Assert.Null(cloud.CloudName);
        Assert.Equal("http://k:5000/v3, the password of user 'ann' (domain 'Default'), project 'shop' (domain id default)", cloud.ToString());
        Assert.Equal(("R", EndpointInterface.Internal, true), (cloud.Region, cloud.Interface, cloud.SkipCertificateCheck));
        Assert.Equal(("http://m/v2", "http://t"), (cloud.WorkflowEndpoint!.OriginalString, cloud.DatabaseEndpoint!.OriginalString));
        Assert.Equal((folders.PathOf("here/ca.pem"), folders.PathOf("here/c.pem"), folders.PathOf("here/k.pem")),
            (cloud.CaCertificatePath, cloud.ClientCertificatePath, cloud.ClientKeyPath));
    }

    [Theory]
    [InlineData("OS_USER_ID=u OS_PASSWORD=p OS_TENANT_NAME=t OS_DEFAULT_DOMAIN=default", "the password of user id u", "project 't' (domain id default)")]
    [InlineData("OS_USERNAME=n OS_PASSWORD=p OS_TENANT_ID=t OS_DEFAULT_DOMAIN_NAME=D", "the password of user 'n' (domain 'D')", "project id t")]
    [InlineData("OS_TOKEN=t OS_PROJECT_ID=p", "the token", "project id p")]
    [InlineData("OS_AUTH_TOKEN=t OS_AUTH_TYPE=token OS_PROJECT_ID=p OS_ENDPOINT_TYPE=publicURL", "the token", "project id p")]
    [InlineData("OS_AUTH_TYPE=v3applicationcredential OS_APPLICATION_CREDENTIAL_ID=a OS_APPLICATION_CREDENTIAL_SECRET=s OS_PROJECT_NAME=t", "the application credential id a", null)]
    [InlineData("OS_USER_ID=u OS_PASSWORD=p OS_PROJECT_ID= OS_PROJECT_NAME=", "the password of user id u", null)]
    public void A_variable_can_have_several_names(string variables, string credential, string? project)
    {
        SetAll(["OS_AUTH_URL=http://k", .. variables.Split(' ')]);
        Assert.Equal((credential, project), (FromEnvironment().Credential.ToString(), FromEnvironment().Project?.ToString()));
    }

    [Theory]
    [InlineData("OS_AUTH_URL", "OS_USER_ID=u OS_PASSWORD=p")]
    [InlineData("OS_PASSWORD", "OS_AUTH_URL=http://k OS_USER_ID=u")]
    [InlineData("OS_USER_DOMAIN_NAME", "OS_AUTH_URL=http://k OS_USERNAME=u OS_PASSWORD=p")]
    public void The_error_for_a_missing_variable_names_it(string missing, string variables)
    {
        SetAll(variables.Split(' '));
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => FromEnvironment());
        Assert.Equal("InvalidConfiguration", error.ErrorId);
        Assert.StartsWith($"{missing} is missing in the environment", error.Message);
    }

    [Fact]
    public void Explicit_values_complete_and_override_the_variables()
    {
        SetAll("OS_AUTH_URL=http://k", "OS_USERNAME=ann", "OS_USER_DOMAIN_ID=default", "OS_PROJECT_ID=p1", "OS_PASSWORD=from-variable");
        CloudSettings cloud = FromEnvironment(new CloudOverrides { Password = "said", ProjectId = "p2", Interface = EndpointInterface.Admin });
        Assert.Equal(("said", "p2", EndpointInterface.Admin), (cloud.Credential.Secret, cloud.Project!.Id, cloud.Interface));
    }

    [Fact]
    public void Without_settings_the_error_tells_how_to_connect()
    {
        folders.Write("here/clouds.yaml", Prod).Set("OS_REGION_NAME", "R").Set("OS_CLOUD", "");
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => FromEnvironment());
        Assert.Equal("NotConnected", error.ErrorId);
        Assert.Contains("OS_CLOUD", error.Message);
        Assert.Contains("Name a cloud of clouds.yaml (known are prod)", error.RecommendedAction);
    }

    [Fact]
    public void FromArguments_reads_neither_files_nor_variables()
    {
        folders.Write("here/clouds.yaml", Prod);
        SetAll("OS_CLOUD=prod", "OS_PROJECT_ID=p1", "OS_USER_DOMAIN_NAME=Default");
        var arguments = new CloudOverrides { AuthUrl = "http://k", UserName = "ann", Password = "p" };
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => CloudConfiguration.FromArguments(arguments, folders.Sources));
        Assert.StartsWith("UserDomainName is missing in the arguments", error.Message);
    }

    [Theory]
    [InlineData("domain_id: d", "domain_id")]
    [InlineData("domain_name: D", "domain_name")]
    [InlineData("domain-name: D", "domain-name")]
    public void A_domain_scope_is_refused_without_a_project(string lines, string setting)
    {
        Entry($"auth: {{auth_url: http://k, user_id: u, password: p, {lines}}}");
        Assert.StartsWith($"{setting} in the cloud 'prod' in '{folders.PathOf("here/clouds.yaml")}', line 3 asks for a token of a domain", CloudError().Message);
        Assert.Equal("p", Cloud(overrides: new CloudOverrides { ProjectId = "p" }).Project!.Id);
    }

    [Theory]
    [InlineData("OS_DOMAIN_ID=d")]
    [InlineData("OS_DOMAIN_NAME=D")]
    [InlineData("OS_SYSTEM_SCOPE=all")]
    [InlineData("OS_SYSTEM_SCOPE=all OS_PROJECT_ID=p")]
    [InlineData("OS_TRUST_ID=t")]
    [InlineData("OS_TRUST_ID=t OS_PROJECT_ID=p")]
    [InlineData("OS_PASSCODE=1 OS_PROJECT_ID=p")]
    public void A_variable_for_a_scope_other_than_a_project_is_refused(string variables)
    {
        SetAll(["OS_AUTH_URL=http://k", "OS_USER_ID=u", "OS_PASSWORD=p", .. variables.Split(' ')]);
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => FromEnvironment());
        Assert.Equal("InvalidConfiguration", error.ErrorId);
        Assert.StartsWith($"{variables.Split('=')[0]} in the environment ", error.Message);
    }

    [Fact]
    public void An_explicit_project_replaces_another_scope()
    {
        Entry("auth: {auth_url: http://k, user_id: u, password: p, system_scope: all}");
        Assert.Equal("mine", Cloud(overrides: new CloudOverrides { ProjectId = "mine" }).Project!.Id);
    }

    // A trust lets a user act for another user. Without it, the user would act with their own rights.
    [Theory]
    [InlineData("trust_id: t", "", "")]
    [InlineData("trust_id: t", "project_id: mine", "")]
    [InlineData("profile: vendor", "", "trust_id: t")]
    public void A_project_does_not_replace_a_trust(string entry, string secure, string vendor)
    {
        Entry($"auth: {{auth_url: http://k, user_id: u, password: p}}\n{entry}");
        folders.Write("here/secure.yaml", $"clouds: {{prod: {{{secure}}}}}").Write("here/clouds-public.yaml", $"public-clouds: {{vendor: {{{vendor}}}}}");
        TroveScheduleException error = CloudError(overrides: new CloudOverrides { ProjectId = "mine" });
        Assert.StartsWith("trust_id in the cloud 'prod' in ", error.Message);
        Assert.Equal("Take trust_id out, and name a project.", error.RecommendedAction);
    }

    [Fact]
    public void The_project_of_an_entry_replaces_the_scope_of_its_profile()
    {
        Entry("profile: vendor\nauth: {auth_url: http://k, user_id: u, password: p, project_id: mine}");
        folders.Write("etc/clouds-public.yaml", "public-clouds: {vendor: {auth: {system_scope: all}}}");
        Assert.Equal("mine", Cloud().Project!.Id);
    }

    [Theory]
    [InlineData("region_name: One", null, "Two")]
    [InlineData("regions: [One, Two]", null, "Two")]
    [InlineData("region_name: One", "Three", "Three")]
    [InlineData("interface: public", null, "Two")]
    public void OS_REGION_NAME_sets_the_region_of_OS_CLOUD(string lines, string? argument, string expected)
    {
        Entry(lines + "\nauth: {auth_url: http://k, user_id: u, password: p}");
        SetAll("OS_CLOUD=prod", "OS_REGION_NAME=Two");
        Assert.Equal(expected, FromEnvironment(new CloudOverrides { Region = argument }).Region);
        Assert.Empty(FromEnvironment().Warnings);
    }

    [Fact]
    public void An_unlisted_region_in_OS_REGION_NAME_is_an_error()
    {
        Entry("regions: [One]\nauth: {auth_url: http://k, user_id: u, password: p}");
        SetAll("OS_CLOUD=prod", "OS_REGION_NAME=Two");
        Assert.Contains("no region 'Two'", Assert.Throws<TroveScheduleException>(() => FromEnvironment()).Message);
    }

    [Fact]
    public void An_explicit_region_and_interface_win_over_the_settings_of_a_service()
    {
        Entry("workflow_region_name: A\ndatabase_region_name: A\nworkflow_interface: admin\ndatabase_interface: admin\nauth: {auth_url: http://k, user_id: u, password: p}");
        CloudSettings cloud = Cloud(overrides: new CloudOverrides { Region = "B", Interface = EndpointInterface.Internal });
        Assert.Equal(("B", EndpointInterface.Internal), (cloud.Workflow.Region, cloud.Workflow.Interface));
        Assert.Equal(("B", EndpointInterface.Internal), (cloud.Database.Region, cloud.Database.Interface));
    }

    [Theory]
    [InlineData("workflow_api_version", "1", false)]
    [InlineData("workflow_api_version", "3", false)]
    [InlineData("workflow_api_version", "latest", false)]
    [InlineData("workflow_api_version", "2", true)]
    [InlineData("workflowv2_api_version", "v2.0", true)]
    [InlineData("mistral_api_version", "v1", false)]
    [InlineData("database_api_version", "1", true)]
    [InlineData("database_api_version", "v1.0", true)]
    [InlineData("database_api_version", "2", false)]
    public void An_unsupported_API_version_is_refused(string setting, string version, bool isServed)
    {
        Entry($"{setting}: '{version}'\nauth: {{auth_url: http://k, user_id: u, password: p}}");
        if (isServed)
            Assert.Empty(Cloud().Warnings);
        else
            Assert.StartsWith($"{setting} '{version}' in the cloud 'prod' in '{folders.PathOf("here/clouds.yaml")}', line 3 cannot be honoured", CloudError().Message);
    }

    [Fact]
    public void An_unknown_profile_gives_a_warning_if_its_address_is_not_needed()
    {
        Entry("profile: rackspace\nauth: {auth_url: http://k, user_id: u, password: p}");
        Assert.Equal("The profile 'rackspace' of the cloud 'prod' is in no clouds-public.yaml, so nothing of it is used.", Assert.Single(Cloud().Warnings));
    }

    [Fact]
    public void An_entry_without_regions_uses_the_regions_of_its_profile()
    {
        Entry("profile: vendor\nauth: {user_id: u, password: p}");
        folders.Write("etc/clouds-public.yaml", "public-clouds: {vendor: {regions: [{name: A, values: {auth_url: 'http://a'}}, {name: B, values: {auth_url: 'http://b'}}]}}");
        Assert.Equal(("A", "a"), (Cloud().Region, Cloud().AuthUrl.Host));
        Assert.Equal("b", Cloud(overrides: new CloudOverrides { Region = "B" }).AuthUrl.Host);
    }

    [Fact]
    public void OS_PROFILE_names_a_profile()
    {
        folders.Write("etc/clouds-public.yaml", "public-clouds: {vendor: {auth: {auth_url: 'http://vendor'}, region_name: V}}");
        SetAll("OS_PROFILE=vendor", "OS_USER_ID=u", "OS_PASSWORD=p");
        Assert.Equal(("vendor", "V"), (FromEnvironment().AuthUrl.Host, FromEnvironment().Region));
    }

    [Theory]
    [InlineData("clouds:\n  prod:\n    auth:\n      password: !vault topsecret\n", 4)]
    [InlineData("clouds:\n  prod:\n    auth:\n      password: !!binary dG9wc2VjcmV0\n", 4)]
    [InlineData("clouds:\n  prod: !!python/object:topsecret {}\n", 2)]
    [InlineData("clouds:\n  prod:\n    regions: !set [topsecret]\n", 3)]
    [InlineData("clouds:\n  prod: {}\n  other: {auth: {password: !topsecret x}}\n", 3)]
    [InlineData("clouds: {}\n---\nclouds: {prod: {auth: {password: topsecret}}}\n", 2)]
    [InlineData("clouds: {prod: {}}\n...\n---\n", 3)]
    [InlineData("clouds:\n  prod:\n    <<: topsecret\n", 3)]
    [InlineData("clouds:\n  prod:\n    <<: [{}, topsecret]\n", 3)]
    [InlineData("clouds:\n  prod:\n    password: top\0secret\n", 3)]
    [InlineData("clouds:\n  prod:\n    password: top\u0007secret\n", 3)]
    public void Invalid_YAML_or_an_invalid_structure_is_an_error_with_its_line(string text, int line)
    {
        folders.Write("here/clouds.yaml", text);
        TroveScheduleException error = CloudError();
        Assert.Equal((TroveErrorKind.Invalid, "InvalidConfiguration"), (error.Kind, error.ErrorId));
        Assert.StartsWith($"In the file '{folders.PathOf("here/clouds.yaml")}', line {line}: ", error.Message);
        Assert.DoesNotContain("topsecret", error.ToString());
    }

    [Theory]
    [InlineData("latin-1", false)]
    [InlineData("utf-16", true)]
    [InlineData("utf-8", true)]
    [InlineData("utf-8-bom", true)]
    public void A_file_is_UTF_8_or_has_a_byte_order_mark(string encoding, bool isRead)
    {
        Encoding written = encoding switch { "latin-1" => Encoding.Latin1, "utf-16" => Encoding.Unicode, "utf-8" => new UTF8Encoding(false), _ => new UTF8Encoding(true) };
        File.WriteAllText(folders.PathOf("here/clouds.yaml"), "clouds:\r\n  prod:\r\n    auth: {auth_url: http://k, user_id: u, password: 'pä€'}\r\n".Replace("€", encoding == "latin-1" ? "" : "€"), written);
        if (isRead)
            Assert.Equal("pä€", Cloud().Credential.Secret);
        else
            Assert.Equal($"In the file '{folders.PathOf("here/clouds.yaml")}', line 3: there is a byte that is not UTF-8. Save the file as UTF-8.", CloudError().Message);
    }

    [Theory]
    [InlineData("password: ! 'x'", "x")]
    [InlineData("password: !!str null", "null")]
    [InlineData("password: !!str 0x1F", "0x1F")]
    [InlineData("password: '!vault x'", "!vault x")]
    public void Standard_YAML_tags_are_accepted(string line, string password)
    {
        Entry($"auth:\n  auth_url: http://k\n  user_id: u\n  {line}");
        Assert.Equal(password, Cloud().Credential.Secret);
    }

    [Theory]
    [InlineData("auth_url", "https://{region_name}.example/v3")]
    [InlineData("workflow_endpoint_override", "https://{region_name}.example/v3")]
    [InlineData("database_endpoint_override", "https://{region_name}.example/v3")]
    public void The_region_replaces_its_placeholder_in_an_address(string setting, string url)
    {
        Entry($"{setting}: \"{url}\"\nregions: [One, Two]\nauth: {{user_id: u, password: p{(setting == "auth_url" ? "" : ", auth_url: 'http://k'")}}}");
        foreach (string region in new[] { "One", "Two" })
        {
            CloudSettings cloud = Cloud(overrides: new CloudOverrides { Region = region });
            Uri? address = setting switch { "auth_url" => cloud.AuthUrl, "workflow_endpoint_override" => cloud.WorkflowEndpoint, _ => cloud.DatabaseEndpoint };
            Assert.Equal($"https://{region}.example/v3", address!.OriginalString);
        }
    }

    [Fact]
    public void The_region_replaces_its_placeholder_in_variables_and_arguments()
    {
        SetAll("OS_AUTH_URL=http://{region_name}/v3", "OS_USER_ID=u", "OS_PASSWORD=p", "OS_REGION_NAME=one");
        Assert.Equal("http://one/v3", FromEnvironment().AuthUrl.OriginalString);
        var arguments = new CloudOverrides { AuthUrl = "http://{region_name}", Region = "two", UserId = "u", Password = "p" };
        Assert.Equal("http://two", CloudConfiguration.FromArguments(arguments, folders.Sources).AuthUrl.OriginalString);
    }

    [Theory]
    [InlineData("http://k/{region_name}/v3", "region_name is missing")]
    [InlineData("http://k/{topsecret}/v3", "auth_url in the cloud 'prod'")]
    [InlineData("http://k/{{region_name}}/v3", "region_name is missing")]
    [InlineData("http://k/{region_name/v3", "auth_url in the cloud 'prod'")]
    [InlineData("http://k/region}/v3", "auth_url in the cloud 'prod'")]
    public void An_unresolved_placeholder_in_an_address_is_refused(string url, string message)
    {
        Entry($"auth: {{auth_url: \"{url}\", user_id: u, password: p}}");
        TroveScheduleException error = CloudError();
        Assert.Equal("InvalidConfiguration", error.ErrorId);
        Assert.StartsWith(message, error.Message);
        Assert.DoesNotContain("topsecret", error.ToString());
        if (!url.Contains("{{"))
            return;
        Entry($"region_name: R\nauth: {{auth_url: \"{url}\", user_id: u, password: p}}");
        Assert.StartsWith("auth_url in the cloud 'prod'", CloudError().Message);
    }

    [Theory]
    [InlineData("here/clouds.yaml")]
    [InlineData("home/.config/openstack/clouds.yaml")]
    [InlineData("etc/clouds.json")]
    public void An_unreadable_file_is_not_reported_as_missing(string path)
    {
        Directory.CreateDirectory(folders.PathOf(path));
        TroveScheduleException error = CloudError();
        Assert.Equal("UnknownCloud", error.ErrorId);
        Assert.Contains($"None is known, for the file '{folders.PathOf(path)}' is a folder, and no other clouds.yaml, .yml or .json is in ", error.Message);
    }

    [Fact]
    public void A_skipped_file_gives_a_warning()
    {
        Directory.CreateDirectory(folders.PathOf("here/clouds.yaml"));
        folders.Write("etc/clouds.yaml", Prod);
        string skipped = $"The file '{folders.PathOf("here/clouds.yaml")}' is a folder, so it was skipped.";
        Assert.Equal(skipped, Assert.Single(Cloud().Warnings));
        Assert.Contains(skipped, CloudError("other").Message);
    }

    [Theory]
    [InlineData("OS_CLIENT_CONFIG_FILE")]
    [InlineData("OS_CLIENT_SECURE_FILE")]
    public void The_error_for_a_named_file_tells_that_it_is_a_folder(string variable)
    {
        folders.Write("here/clouds.yaml", Prod).Set(variable, folders.PathOf("etc"));
        Assert.Equal($"{variable} names the file '{folders.PathOf("etc")}', which is a folder.", CloudError().Message);
    }

    [Theory]
    [InlineData("", null, null)]
    [InlineData("relative", null, null)]
    [InlineData(null, "XDG_CONFIG_HOME", ".")]
    [InlineData(null, "APPDATA", "relative")]
    [InlineData(null, "LOCALAPPDATA", "")]
    public void A_relative_folder_is_never_searched(string? home, string? variable, string? value)
    {
        var sources = new ConfigurationSources
        {
            CurrentFolder = folders.PathOf("here"),
            HomeFolder = home ?? folders.PathOf("home"),
            SystemFolder = "",
            EnvironmentVariable = name => name == variable ? value : null,
        };
        Assert.All(sources.Folders, folder => Assert.StartsWith(folders.Root, folder));
    }

    [Theory]
    [InlineData("~")]
    [InlineData("~/ca.pem")]
    public void A_path_in_the_home_folder_is_an_error_without_a_home_folder(string path)
    {
        var sources = new ConfigurationSources { CurrentFolder = folders.PathOf("here"), HomeFolder = "", SystemFolder = "", EnvironmentVariable = _ => null };
        Entry($"cacert: '{path}'\nauth: {{auth_url: http://k, user_id: u, password: p}}");
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => CloudConfiguration.FromCloud("prod", null, sources));
        Assert.Equal("InvalidConfiguration", error.ErrorId);
        Assert.Contains("no home folder", error.Message);
    }

    [Fact]
    public void A_broken_link_is_reported_as_a_link()
    {
        File.CreateSymbolicLink(folders.PathOf("here/clouds.yaml"), folders.PathOf("nowhere.yaml"));
        Assert.Contains($"'{folders.PathOf("here/clouds.yaml")}' is a link to a file that does not exist", CloudError().Message);
    }

    [Theory]
    [InlineData("interface: [internal, public]", "line 3: 'interface' must be a single value")]
    [InlineData("region_name: [One, Two]", "line 3: 'region_name' must be a single value")]
    [InlineData("cert: {path: topsecret}", "line 3: 'cert' must be a single value")]
    [InlineData("verify: /ca.pem", "verify in the cloud 'prod' in ")]
    [InlineData("insecure: topsecret", "insecure in the cloud 'prod' in ")]
    [InlineData("regions: [{name: One, values: {system_scope: all}}]", "system_scope in the cloud 'prod' in ")]
    [InlineData("<<: {auth: {auth_url: 'http://other', system_scope: all}}\nsystem_scope: null", null)]
    [InlineData("<<: {workflow_interface: topsecret}", "workflow_interface 'topsecret' in the cloud 'prod' in ")]
    [InlineData("<<: {trust_id: t}", "trust_id in the cloud 'prod' in ")]
    [InlineData("regions: {One: {}}", "line 3: 'regions' must be a list")]
    public void A_value_of_the_wrong_type_is_an_error(string line, string? message)
    {
        Entry(line + "\nauth: {auth_url: http://k, user_id: u, password: p}");
        if (message is null)
            Assert.Equal("k", Cloud().AuthUrl.Host);
        else
            Assert.Contains(message, CloudError().Message);
    }

    [Fact]
    public void A_null_auth_hides_a_merged_auth()
    {
        folders.Write("here/clouds.yaml", "a: &a {auth: {auth_url: http://k, user_id: u, password: p}}\nclouds: {prod: {<<: *a, auth: null}}\n");
        Assert.Equal($"In the file '{folders.PathOf("here/clouds.yaml")}', line 2: 'auth' is empty. Write settings below it, or take the line out.", CloudError().Message);
    }

    [Theory]
    [InlineData("auth: null")]
    [InlineData("auth:")]
    [InlineData("auth: ~")]
    public void An_empty_auth_is_an_error_in_every_file(string auth)
    {
        folders.Write("here/clouds.yaml", Prod).Write("here/secure.yaml", $"clouds:\n  prod:\n    {auth}\n");
        Assert.StartsWith($"In the file '{folders.PathOf("here/secure.yaml")}', line 3: 'auth' is empty", CloudError().Message);
        folders.Write("here/secure.yaml", "");
        Entry("profile: vendor\nauth: {user_id: u, password: p}");
        folders.Write("etc/clouds-public.yaml", $"public-clouds:\n  vendor:\n    auth_url: http://k\n    {auth}\n");
        Assert.StartsWith($"In the file '{folders.PathOf("etc/clouds-public.yaml")}', line 4: 'auth' is empty", CloudError().Message);
    }

    [Theory]
    [InlineData("region_name: One", "region-name: Two")]
    [InlineData("tenant_id: x", "project_id: y")]
    [InlineData("interface: internal", "endpoint_type: public")]
    [InlineData("cacert: a", "'ca-cert': b", false)]
    [InlineData("region_name: One", "region-name: One", false)]
    [InlineData("region_name: One", "region-name: null")]
    [InlineData("region_name: ''", "region-name: Two")]
    [InlineData("status_code_retries: 1", "connect_retries: 2", false)]
    public void Two_names_with_different_values_for_one_setting_are_an_error(string one, string other, bool isError = true)
    {
        Entry($"auth: {{auth_url: http://k, user_id: u, password: p, project_domain_id: d}}\n{one}\n{other}");
        if (isError)
            Assert.Matches($"line (4|5): '[a-z_-]+' differs from '[a-z_-]+' \\(line (5|4)\\), and both are the setting '[a-z_]+'\\. Keep one\\.$", CloudError().Message);
        else
            Assert.Equal("k", Cloud().AuthUrl.Host);
    }

    [Theory]
    [InlineData("username: ''", "username")]
    [InlineData("auth: {password: null}", "password")]
    [InlineData("auth: {auth_url: ''}", "auth_url")]
    public void The_error_tells_where_secure_yaml_empties_a_setting(string line, string setting)
    {
        folders.Write("here/clouds.yaml", "clouds: {prod: {auth: {auth_url: http://k, username: u, user_domain_id: d, password: p}}}").Write("here/secure.yaml", $"clouds:\n  prod:\n    {line}\n");
        TroveScheduleException error = CloudError();
        Assert.StartsWith($"{setting} is missing in the cloud 'prod'", error.Message);
        Assert.EndsWith($". {setting} is empty in '{folders.PathOf("here/secure.yaml")}', line 3. Set {setting}.", error.Message);
    }

    [Theory]
    [InlineData("cacert", "/etc/{region_name}.pem")]
    [InlineData("workflow_service_name", "mistral-{region_name}")]
    [InlineData("database_service_type", "database-{region_name}")]
    public void The_region_replaces_its_placeholder_in_paths_and_service_names(string setting, string value)
    {
        Entry($"region_name: R\n{setting}: '{value}'\nauth: {{auth_url: http://k, user_id: u, password: p}}");
        CloudSettings cloud = Cloud();
        Assert.Equal(value.Replace("{region_name}", "R"), setting switch { "cacert" => cloud.CaCertificatePath, "workflow_service_name" => cloud.Workflow.Name, _ => cloud.Database.Type });
        Entry($"region_name: R\n{setting}: '{value.Replace("region_name", "zone")}'\nauth: {{auth_url: http://k, user_id: u, password: p}}");
        Assert.StartsWith($"{setting} in the cloud 'prod' in ", CloudError().Message);
    }

    [Theory]
    [InlineData("clouds:\n  prod:\n    auth:\n      password: topsecret\n      password: topsecret\n", 5, "the key 'password' appears")]
    [InlineData("clouds:\n  prod: {}\n  prod: {}\n", 3, "the key 'prod' appears")]
    [InlineData("clouds:\n  prod: {auth: {password: topsecret}, auth: {}}\n", 2, "the key 'auth' appears")]
    [InlineData("clouds:\n  prod:\n    auth: {user_id: u, project_id: p, project_id: q}\n", 3, "the key 'project_id' appears")]
    [InlineData("clouds:\n  prod:\n    auth: {user_id: u, project_id: p, 'project_id': q}\n", 3, "the key 'project_id' appears")]
    [InlineData("{\"clouds\": {\"prod\": {\"auth\": {\"project_id\": \"p\", \"project_id\": \"q\"}}}}", 1, "the key 'project_id' appears")]
    [InlineData("clouds:\n  prod:\n    regions:\n    - {name: A, name: B}\n", 4, "the key 'name' appears")]
    [InlineData("clouds:\n  prod:\n    regions:\n    - name: A\n      name: B\n", 5, "the key 'name' appears")]
    [InlineData("clouds:\n  prod:\n    ? password\n    : x\n    ? password\n    : y\n", 5, "a key appears")]
    [InlineData("clouds:\n  prod: {auth: {topsecret, topsecret}}\n", 2, "appears")]
    public void A_key_that_appears_twice_is_named(string text, int line, string words)
    {
        folders.Write("here/clouds.yaml", text);
        string message = CloudError().Message;
        Assert.StartsWith($"In the file '{folders.PathOf("here/clouds.yaml")}', line {line}: ", message);
        Assert.EndsWith(" appears twice in one mapping. Keep one.", message);
        Assert.Contains(words, message);
        Assert.DoesNotContain("topsecret", message);
    }

    [Fact]
    public void An_unsupported_YAML_type_is_named()
    {
        folders.Write("here/clouds.yaml", "clouds:\n  prod:\n    password: !!binary dG9wc2VjcmV0\n");
        Assert.EndsWith("line 3: a value of the type !!binary is not read. Write it as text.", CloudError().Message);
    }

    [Theory]
    [InlineData("prod:")]
    [InlineData("prod: null")]
    public void A_cloud_without_settings_is_not_reported_as_missing(string line)
    {
        folders.Write("here/clouds.yaml", $"clouds:\n  {line}\n");
        TroveScheduleException error = CloudError();
        Assert.Equal(("InvalidConfiguration", $"The cloud 'prod' in '{folders.PathOf("here/clouds.yaml")}' has no settings. Write its settings below 'prod', each indented."), (error.ErrorId, error.Message));
    }

    [Theory]
    [InlineData("region", "region_name")]
    [InlineData("project", "project_name")]
    [InlineData("tenant", "tenant_name")]
    [InlineData("user", "user_name")]
    [InlineData("project_domain", "project_domain_name")]
    public void A_setting_without_its_suffix_gives_a_warning_with_the_full_name(string name, string nearest)
    {
        Entry($"auth: {{auth_url: http://k, user_id: u, password: p}}\n{name}: x");
        Assert.EndsWith($"'{name}' is not a known setting, so it is not used. Did you mean '{nearest}'?", Assert.Single(Cloud().Warnings));
    }

    [Theory]
    [InlineData("'<<': {region_name: R}")]
    [InlineData("\"<<\": {region_name: R}")]
    public void A_merge_key_in_quotes_is_an_ordinary_key(string line)
    {
        Entry($"{line}\nauth: {{auth_url: http://k, user_id: u, password: p}}");
        CloudSettings cloud = Cloud();
        Assert.Null(cloud.Region);
        Assert.Contains("'<<' in quotes is an ordinary key", Assert.Single(cloud.Warnings));
    }

    [Theory]
    [InlineData("cluods: {other: {}}", "cluods")]
    [InlineData("region_name: R", "region_name")]
    [InlineData("verify: false", "verify")]
    [InlineData("prod: {password: topsecret}", "prod")]
    public void Keys_beside_clouds_give_a_warning(string line, string key)
    {
        folders.Write("here/clouds.yaml", Prod + $"\n{line}\n");
        string warning = Assert.Single(Cloud().Warnings);
        Assert.Contains($": '{key}' is beside 'clouds', so it is not used.", warning);
        Assert.DoesNotContain("topsecret", warning);
        folders.Write("here/clouds.yaml", Prod).Write("here/secure.yaml", line + "\n");
        Assert.Contains($"'{folders.PathOf("here/secure.yaml")}', line 1: '{key}' is not used, and 'clouds' is missing.", Assert.Single(Cloud().Warnings));
        folders.Write("here/secure.yaml", "").Write("here/clouds.yaml", line + "\n");
        Assert.Contains($"'{folders.PathOf("here/clouds.yaml")}', line 1: '{key}' is not used, and 'clouds' is missing.", CloudError().Message);
    }

    [Theory]
    [InlineData("client: {force_ipv4: true}")]
    [InlineData("cache: {expiration_time: 3}")]
    [InlineData("common: &common {region_name: R}")]
    public void Sections_of_openstacksdk_and_anchors_beside_clouds_give_no_warning(string line)
    {
        folders.Write("here/clouds.yaml", line + "\n" + Prod);
        Assert.Empty(Cloud().Warnings);
    }

    [Theory]
    [InlineData("passcode: '1'", "Take passcode out.")]
    [InlineData("system_scope: all", "Take system_scope out, and name a project.")]
    public void The_recommended_action_names_the_refused_setting(string line, string action)
    {
        Entry($"auth: {{auth_url: http://k, user_id: u, password: p, project_id: q, {line}}}");
        Assert.Equal(action, CloudError().RecommendedAction);
    }

    [Fact]
    public void The_error_for_an_invalid_argument_names_the_argument()
    {
        foreach ((CloudOverrides arguments, string name) in new[]
        {
            (new CloudOverrides { AuthUrl = "http://k", UserId = "u", Password = "p", WorkflowEndpoint = "m" }, "WorkflowEndpoint in the arguments"),
            (new CloudOverrides { AuthUrl = "http://k", UserId = "u", Password = "p", DatabaseEndpoint = "m" }, "DatabaseEndpoint in the arguments"),
            (new CloudOverrides { AuthUrl = "http://{region_name}", UserId = "u", Password = "p" }, "Region is missing in the arguments"),
        })
        {
            Assert.Contains(name, Assert.Throws<TroveScheduleException>(() => CloudConfiguration.FromArguments(arguments, folders.Sources)).Message);
        }
    }

    [Fact]
    public void A_secure_file_that_is_not_UTF_8_is_named()
    {
        folders.Write("here/clouds.yaml", Prod);
        File.WriteAllBytes(folders.PathOf("here/secure.yaml"), [.. "clouds: {prod: {password: x"u8, 0xe4, .. "}}"u8]);
        Assert.StartsWith($"In the file '{folders.PathOf("here/secure.yaml")}', line 1: ", CloudError().Message);
    }

    [Theory]
    [InlineData("*topsecret")]
    [InlineData("*topsecret x")]
    [InlineData("&topsecret")]
    [InlineData("!topsecret")]
    [InlineData("@topsecret")]
    [InlineData("%topsecret")]
    [InlineData("`topsecret")]
    [InlineData("|topsecret")]
    [InlineData(">topsecret")]
    [InlineData("{topsecret")]
    [InlineData("[topsecret")]
    [InlineData("}topsecret")]
    [InlineData("]topsecret")]
    [InlineData("- topsecret")]
    [InlineData("topsecret: x")]
    [InlineData("\"topsecret\" x")]
    [InlineData("'topsecret' x")]
    public void A_password_without_necessary_quotes_is_an_error_with_its_line(string password)
    {
        folders.Write("here/clouds.yaml", $"clouds:\n  prod:\n    auth:\n      auth_url: http://k\n      user_id: u\n      password: {password}\n      project_id: p\n    region_name: R\n    interface: public\n  other:\n    region_name: R\n");
        TroveScheduleException error = CloudError();
        Assert.Contains("line 6", error.Message);
        Assert.DoesNotContain("topsecret", error.ToString());
    }

    [Theory]
    [InlineData("value: {region_name: R}", "'value' is not a part of a region, so it is not used. Did you mean 'values'?")]
    [InlineData("Values: {auth_url: 'http://r'}", "'Values' is not a part of a region, so it is not used. Did you mean 'values'?")]
    [InlineData("vlaues: {auth_url: 'http://r'}", "'vlaues' is not a part of a region, so it is not used. Did you mean 'values'?")]
    [InlineData("pasword: topsecret", "'pasword' is not a part of a region, so it is not used. Did you mean 'password', below 'values'?")]
    [InlineData("shade: blue", "'shade' is not a part of a region, so it is not used. Put settings below 'values'.")]
    [InlineData("<<: {value: {}}", "'value' is not a part of a region, so it is not used. Did you mean 'values'?")]
    [InlineData("'password:topsecret': x", "a key is not a part of a region, so it is not used. Put settings below 'values'.")]
    [InlineData("networks: []", "'networks' is not a part of a region, so it is not used. Put settings below 'values'.")]
    public void An_unknown_key_of_a_region_gives_a_warning(string line, string warning)
    {
        Entry($"auth: {{auth_url: http://k, user_id: u, password: p}}\nregions:\n- One\n- name: Two\n  {line}");
        Assert.Equal([$"In the file '{folders.PathOf("here/clouds.yaml")}', line 7: {warning}"], Cloud(overrides: new CloudOverrides { Region = "Two" }).Warnings);
        Assert.Single(Cloud().Warnings);
    }

    [Theory]
    [InlineData("auth: {password: topsecret}", "auth")]
    [InlineData("values:\n  auth: {password: topsecret}", "auth", 8)]
    [InlineData("values:\n  auth_url: http://r", "auth_url", 8)]
    [InlineData("auth-url: http://r", "auth-url")]
    [InlineData("verify: false", "verify")]
    [InlineData("system_scope: all", "system_scope")]
    [InlineData("api_timeout: 3", "api_timeout")]
    [InlineData("<<: {workflow_endpoint_override: http://m}", "workflow_endpoint_override")]
    public void A_setting_beside_a_regions_name_is_refused(string lines, string key, int line = 7)
    {
        Entry($"auth: {{auth_url: http://k, user_id: u, password: p}}\nregions:\n- One\n- name: Two\n  {lines}");
        Assert.Equal($"In the file '{folders.PathOf("here/clouds.yaml")}', line {line}: '{key}' is beside a region's name. Put it below 'values'.", CloudError().Message);
    }

    [Theory]
    [InlineData("[One, One]")]
    [InlineData("[One, {name: One, values: {}}]")]
    [InlineData("[{name: Two}, {name: One}, {name: 'One'}]")]
    public void A_region_that_appears_twice_is_refused(string regions)
    {
        Entry($"auth: {{auth_url: http://k, user_id: u, password: p}}\nregions: {regions}");
        Assert.Equal($"In the file '{folders.PathOf("here/clouds.yaml")}', line 4: the region 'One' appears twice. Keep one.", CloudError().Message);
    }

    [Theory]
    [InlineData("region_name: Two", "differs from the region's name. Take region_name out.")]
    [InlineData("region-name: Two", "differs from the region's name. Take region-name out.")]
    [InlineData("profile: vendor", "cannot be honoured: it belongs to the whole cloud. Move profile to the cloud's entry.")]
    [InlineData("cloud: vendor", "cannot be honoured: it belongs to the whole cloud. Move cloud to the cloud's entry.")]
    [InlineData("regions: [Two]", "cannot be honoured: it belongs to the whole cloud. Move regions to the cloud's entry.")]
    public void A_setting_that_a_region_cannot_set_is_refused(string value, string reason)
    {
        Entry($"auth: {{auth_url: http://k, user_id: u, password: p}}\nregions: [{{name: One, values: {{{value}}}}}]");
        Assert.Equal($"{value.Split(':')[0]} of the region 'One' in '{folders.PathOf("here/clouds.yaml")}', line 4 {reason}", CloudError().Message);
    }

    [Theory]
    [InlineData("region_name: One")]
    [InlineData("region_name: null")]
    public void The_values_of_a_region_may_repeat_its_name(string value)
    {
        Entry($"auth: {{auth_url: http://k, user_id: u, password: p}}\nregions: [{{name: One, values: {{{value}}}}}]");
        Assert.Equal(("One", 0), (Cloud().Region, Cloud().Warnings.Count));
    }

    [Theory]
    [InlineData("OS_PROJECT_ID=a OS_TENANT_ID=b", "OS_TENANT_ID differs from OS_PROJECT_ID, and both are the setting 'project_id'.")]
    [InlineData("OS_PROJECT_NAME=a OS_TENANT_NAME=b", "OS_TENANT_NAME differs from OS_PROJECT_NAME, and both are the setting 'project_name'.")]
    [InlineData("OS_INTERFACE=internal OS_ENDPOINT_TYPE=publicURL", "OS_ENDPOINT_TYPE differs from OS_INTERFACE, and both are the setting 'interface'.")]
    [InlineData("OS_MISTRAL_URL=http://a OS_WORKFLOW_ENDPOINT_OVERRIDE=http://b", "OS_MISTRAL_URL differs from OS_WORKFLOW_ENDPOINT_OVERRIDE, and both are the setting 'workflow_endpoint_override'.")]
    [InlineData("OS_TOKEN=topsecret OS_AUTH_TOKEN=topsecret2", "OS_AUTH_TOKEN differs from OS_TOKEN, and both are the setting 'token'.")]
    [InlineData("OS_TENANT_ID=a OS_PROJECT_ID=a", null)]
    [InlineData("OS_TENANT_ID=a OS_PROJECT_ID=", null)]
    [InlineData("OS_INTERFACE=internal OS_ENDPOINT_TYPE=internalURL", null)]
    [InlineData("OS_PROJECT_ID=a OS_TENANT_NAME=b", null)]
    public void Two_variables_with_different_values_for_one_setting_are_an_error(string variables, string? message)
    {
        SetAll(["OS_AUTH_URL=http://k", "OS_USER_ID=u", "OS_PASSWORD=p", .. variables.Split(' ')]);
        if (message is null)
        {
            Assert.Equal("k", FromEnvironment().AuthUrl.Host);
            return;
        }
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => FromEnvironment());
        Assert.Equal(("InvalidConfiguration", $"{message} Unset one of them."), (error.ErrorId, error.Message));
    }

    [Fact]
    public void Old_and_new_names_of_one_interface_do_not_conflict()
    {
        Entry("auth: {auth_url: http://k, user_id: u, password: p, interface: internal}\ninterface: internalURL\nendpoint_type: internal");
        Assert.Equal(EndpointInterface.Internal, Cloud().Interface);
    }

    [Theory]
    [InlineData("OS_REGIONS=One", "OS_REGIONS in the environment is not used: a variable cannot hold a list. Set OS_REGION_NAME.")]
    [InlineData("OS_project_id=x", "OS_project_id is not a known variable, so it is not used. Did you mean OS_PROJECT_ID?")]
    public void An_unusable_variable_gives_a_warning(string variable, string warning)
    {
        SetAll("OS_AUTH_URL=http://k", "OS_USER_ID=u", "OS_PASSWORD=p", variable);
        Assert.Equal([warning], FromEnvironment().Warnings);
    }

    [Theory]
    [InlineData("application_credential_id: a, user_id: u, password: p", "application_credential_id")]
    [InlineData("application_credential_name: a, user_id: u, password: p", "application_credential_name")]
    [InlineData("application_credential_id: a, application_credential_secret: '', user_id: u, password: p", "application_credential_id")]
    [InlineData("application_credential_id: a, token: t", "application_credential_id")]
    [InlineData("application_credential_id: a", "application_credential_id")]
    public void An_application_credential_without_its_secret_is_refused(string auth, string setting)
    {
        Entry($"auth: {{auth_url: http://k, {auth}}}");
        Assert.StartsWith($"application_credential_secret is missing in the cloud 'prod' in '{folders.PathOf("here/clouds.yaml")}': {setting} is set.", CloudError().Message);
        SetAll([.. $"auth_url: http://k, {auth}".Split(", ").Select(each => each.Split(": ")).Select(each => $"OS_{each[0].ToUpperInvariant()}={each[1].Trim('\'')}")]);
        Assert.StartsWith($"OS_APPLICATION_CREDENTIAL_SECRET is missing in the environment: OS_{setting.ToUpperInvariant()} is set.", Assert.Throws<TroveScheduleException>(() => FromEnvironment()).Message);
        Assert.Equal("the token", Cloud(overrides: new CloudOverrides { Token = "t" }).Credential.ToString());
    }

    [Theory]
    [InlineData("? [region_name]\n: R")]
    [InlineData("? {region_name: R}\n: x")]
    [InlineData("auth: {? [password] : topsecret}")]
    [InlineData("<<: {? [region_name] : R}")]
    public void A_key_with_several_values_is_refused(string lines)
    {
        Entry($"{lines}\nuser_id: u");
        Assert.Equal($"In the file '{folders.PathOf("here/clouds.yaml")}', line 3: a key must be a single value.", CloudError().Message);
    }

    [Fact]
    public void A_warning_has_the_line_of_the_key_not_of_its_value()
    {
        folders.Write("here/clouds.yaml", "Clouds:\n  # a comment\n\n\n  prod:\n    auth: {}\n");
        Assert.Contains("line 1: 'Clouds'", CloudError().Message);
        folders.Write("here/clouds.yaml", Prod + "\nprodd:\n\n    # a comment\n    - a\n");
        Assert.Contains($"line {Prod.Split('\n').Length + 1}: 'prodd'", Assert.Single(Cloud().Warnings));
    }

    [Theory]
    [InlineData("region_name: *a", "'region_name' must be a single value")]
    [InlineData("auth: *b", "'auth' must be a mapping")]
    [InlineData("regions: *a", "'regions' must be a list")]
    [InlineData("regions: [{name: R, values: *b}]", "'values' must be a mapping")]
    [InlineData("colour: *b", "'colour' is not a known setting")]
    public void An_error_in_an_alias_names_the_line_that_uses_it(string line, string message)
    {
        folders.Write("here/clouds.yaml", $"x-a: &a {{b: c}}\nx-b: &b [d]\nclouds:\n  prod:\n    {line}\n    user_id: u\n");
        Assert.Contains($"line 5: {message}", CloudError().Message);
    }

    [Theory]
    [InlineData("Clouds", "'Clouds' is not used, and 'clouds' is missing. Did you mean 'clouds'?")]
    [InlineData("cloud", "'cloud' is not used, and 'clouds' is missing. Did you mean 'clouds'?")]
    [InlineData("CLOUDS", "'CLOUDS' is not used, and 'clouds' is missing. Did you mean 'clouds'?")]
    [InlineData("prod", "'prod' is not used, and 'clouds' is missing. Put clouds below 'clouds', and settings below their cloud.")]
    [InlineData("clouds\u200b", "a key that contains an invisible character (U+200B) is not used, and 'clouds' is missing.")]
    public void A_file_without_clouds_is_an_error_that_tells_so(string key, string message)
    {
        folders.Write("here/clouds.yaml", $"{key}: {{prod: {{}}}}\n");
        Assert.Contains($"In the file '{folders.PathOf("here/clouds.yaml")}', line 1: {message}", CloudError().Message);
    }

    [Theory]
    [InlineData("region_name\u200b", "U+200B")]
    [InlineData("\u00a0region_name", "U+00A0")]
    [InlineData("region\u2060_name", "U+2060")]
    public void A_key_with_an_invisible_character_gives_a_warning(string key, string code)
    {
        Entry($"auth: {{auth_url: http://k, user_id: u, password: p}}\n\"{key}\": R");
        Assert.Equal($"In the file '{folders.PathOf("here/clouds.yaml")}', line 4: a key contains an invisible character ({code}), so it is not used. Delete that character.", Assert.Single(Cloud().Warnings));
    }

    [Fact]
    public void An_invisible_character_in_the_name_of_a_cloud_is_shown()
    {
        folders.Write("here/clouds.yaml", "clouds: {prod\u200b: {region_name: R}}\n");
        Assert.Contains("Known are 'prod\u200b' (with U+200B), in ", CloudError().Message);
    }

    [Fact]
    public void The_error_for_an_invalid_argument_over_a_file_names_the_argument()
    {
        Entry("cert: /c.pem\nkey: /k.pem\nauth: {auth_url: http://k, user_id: u, password: p}");
        Assert.Equal("ClientCertificatePath is missing in the arguments: ClientKeyPath is set. Set ClientCertificatePath.", CloudError(overrides: new CloudOverrides { ClientKeyPath = "/mine.pem" }).Message);
        Assert.StartsWith("WorkflowEndpoint in the arguments ", CloudError(overrides: new CloudOverrides { WorkflowEndpoint = "m" }).Message);
        Assert.StartsWith("AuthUrl in the arguments ", CloudError(overrides: new CloudOverrides { AuthUrl = "m" }).Message);
        Assert.StartsWith("CaCertificatePath in the arguments holds a brace", CloudError(overrides: new CloudOverrides { CaCertificatePath = "/{x}" }).Message);
    }

    [Theory]
    [InlineData("api_timeout", "TimeLimit says how long an operation may take.")]
    [InlineData("workflow_status_code_retries", "MaxRetries says how often a request is repeated.")]
    [InlineData("rate_limit", "the caller says how many requests are sent at a time.")]
    public void A_warning_names_the_option_that_replaces_a_setting(string name, string reason)
    {
        Entry($"{name}: 5\nauth: {{auth_url: http://k, user_id: u, password: p}}");
        Assert.EndsWith($" is not used: {reason}", Assert.Single(Cloud().Warnings));
        Assert.EndsWith($" is not used: <{reason.Replace(" says", "> says")}", Assert.Single(Cloud(overrides: new CloudOverrides { NameOf = option => $"<{option}>" }).Warnings));
    }

    [Fact]
    public void An_error_names_arguments_with_the_names_of_the_caller()
    {
        Entry("auth: {auth_url: http://k, user_id: u, password: p}");
        string MessageFor(CloudOverrides overrides) => CloudError(overrides: overrides).Message;
        Assert.Equal("<ClientCertificatePath> is missing in the arguments: <ClientKeyPath> is set. Set <ClientCertificatePath>.", MessageFor(new() { ClientKeyPath = "/mine.pem", NameOf = member => $"<{member}>" }));
        Assert.StartsWith("<CaCertificatePath> in the arguments holds a brace", MessageFor(new() { CaCertificatePath = "/{x}", NameOf = member => $"<{member}>" }));
    }

    [Theory]
    [InlineData("cacert", "CaCertificatePath")]
    [InlineData("workflow_endpoint_override", "WorkflowEndpoint")]
    [InlineData("tenant_name", "ProjectName")]
    [InlineData("verify", null)]
    [InlineData("favourite_colour", null)]
    public void MemberOf_returns_the_member_for_a_setting(string setting, string? member) => Assert.Equal(member, CloudOverrides.MemberOf(setting));

    [Fact]
    public void A_folder_in_place_of_a_client_certificate_is_reported()
    {
        Entry("auth: {auth_url: http://k, user_id: u, password: p}");
        CloudSettings cloud = Cloud(overrides: new CloudOverrides { ClientCertificatePath = folders.PathOf("etc") });
        string message = Assert.Throws<TroveScheduleException>(() => PrimaryHandler.Create(cloud)).Message;
        Assert.Equal($"The file of the client certificate '{folders.PathOf("etc")}' cannot be loaded: it is a folder.", message);
    }
}
