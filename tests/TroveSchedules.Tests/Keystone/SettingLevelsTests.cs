using System;
using System.Collections.Generic;
using System.Linq;
using TroveSchedules.OpenStack.Keystone;
using Xunit;

namespace TroveSchedules.Tests.Keystone;

/// <summary>The source with the highest precedence sets a value. Null or empty text there removes the values of the other sources.</summary>
public sealed class SettingLevelsTests : IDisposable
{
    // In order of precedence, highest first.
    private static readonly string[] Levels = ["region", "region <<", "secure", "secure <<", "entry", "entry <<", "entry << <<", "profile", "profile <<"];

    private static readonly Dictionary<string, string> States = new()
    {
        ["absent"] = "", ["null"] = "SETTING: null", ["empty"] = "SETTING: ''", ["value"] = "SETTING: NEAR",
    };

    private readonly Folders folders = new();

    private sealed record Read(string Name, bool InAuth, string Near, string Far, string? Default, Func<CloudSettings, string?> Get);

    private static readonly Read[] Settings =
    [
        new("project_id", true, "near", "far", null, cloud => cloud.Project?.Id),
        new("project_id", false, "near", "far", null, cloud => cloud.Project?.Id),
        new("tenant_id", true, "near", "far", null, cloud => cloud.Project?.Id),
        new("project-id", true, "near", "far", null, cloud => cloud.Project?.Id),
        new("password", true, "near", "far", null, cloud => cloud.Credential.Secret),
        new("password", false, "near", "far", null, cloud => cloud.Credential.Secret),
        new("interface", false, "internal", "admin", "Public", cloud => cloud.Interface.ToString()),
        new("workflow_endpoint_override", false, "http://near", "http://far", null, cloud => cloud.WorkflowEndpoint?.OriginalString),
        new("database_endpoint_override", false, "http://near", "http://far", null, cloud => cloud.DatabaseEndpoint?.OriginalString),
        new("cacert", false, "/near", "/far", null, cloud => cloud.CaCertificatePath),
        new("cert", false, "/near", "/far", null, cloud => cloud.ClientCertificatePath),
        new("insecure", false, "false", "true", "False", cloud => cloud.SkipCertificateCheck.ToString()),
        new("verify", false, "true", "false", "False", cloud => cloud.SkipCertificateCheck.ToString()),
    ];

    public static TheoryData<string, bool, string, string, string> Cases()
    {
        var cases = new TheoryData<string, bool, string, string, string>();
        foreach (Read setting in Settings)
        {
            foreach (string near in Levels)
            {
                foreach (string far in Levels.SkipWhile(level => level != near).Skip(1))
                {
                    foreach (string state in States.Keys)
                        cases.Add(setting.Name, setting.InAuth, near, far, state);
                }
            }
        }
        return cases;
    }

    public void Dispose() => folders.Dispose();

    [Theory]
    [InlineData("{project_id: null}", "{project_id: FAR}", null)]
    [InlineData("{project_id: ''}", "{project_id: FAR}", null)]
    [InlineData("{project_id: ~, <<: {project_id: NESTED}}", "{project_id: FAR}", null)]
    [InlineData("{<<: {project_id: null}}", "{project_id: FAR}", null)]
    [InlineData("{<<: {project_id: NESTED}}", "{project_id: FAR}", "NESTED")]
    [InlineData("{other: x}", "{project_id: FAR}", "FAR")]
    [InlineData("{project_id: NEAR}", "{project_id: null}", "NEAR")]
    [InlineData("{other: x}", "{project_id: null}, {project_id: FARTHER}", null)]
    public void The_first_of_several_merged_mappings_wins(string first, string others, string? expected)
    {
        folders.Write("here/clouds.yaml", $"clouds:\n  prod:\n    auth: {{auth_url: 'http://k', user_id: u, password: p, <<: [{first}, {others}]}}\n");
        Assert.Equal(expected, CloudConfiguration.FromCloud("prod", null, folders.Sources).Project?.Id);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_source_with_the_highest_precedence_wins_and_an_empty_value_removes_the_setting(string name, bool inAuth, string near, string far, string state)
    {
        Read setting = Settings.Single(each => each.Name == name && each.InAuth == inAuth);
        string nearText = States[state].Replace("SETTING", name).Replace("NEAR", setting.Near);
        Write(setting, level => level == near ? nearText : level == far ? $"{name}: {setting.Far}" : "");
        string? expected = state switch { "absent" => setting.Far, "value" => setting.Near, _ => setting.Default };
        if (setting.Default == "False" && expected is "true" or "false")
            expected = ((name == "insecure") == (expected == "true")).ToString();
        if (setting.Name == "interface" && expected != "Public")
            expected = char.ToUpperInvariant(expected![0]) + expected.Substring(1);
        Assert.Equal(expected, Value(setting));
    }

    [Theory]
    [InlineData("project_id: null, project_name: child", "project 'child' (domain id d)")]
    [InlineData("project_id: '', project_name: child", "project 'child' (domain id d)")]
    [InlineData("project-id: null, project_name: child", "project 'child' (domain id d)")]
    [InlineData("tenant_id: null, project_name: child", "project 'child' (domain id d)")]
    [InlineData("project_id: null", null)]
    [InlineData("project_id: child", "project id child")]
    [InlineData("tenant_id: child", "project id child")]
    public void A_null_beside_a_merge_key_removes_the_project_under_any_name(string own, string? project)
    {
        folders.Write("here/clouds.yaml", $$"""
            a: &a {auth_url: "http://k", user_id: u, password: p, project_domain_id: d, project_id: parent}
            clouds:
              prod:
                auth: {<<: *a, {{own}} }
            """);
        Assert.Equal(project, CloudConfiguration.FromCloud("prod", null, folders.Sources).Project?.ToString());
    }

    [Fact]
    public void Settings_of_an_entry_win_over_a_merged_auth()
    {
        folders.Write("here/clouds.yaml", """
            a: &a {auth: {auth_url: "http://k", user_id: u, password: p, project_id: parent}}
            clouds: {prod: {<<: *a, project_id: child}}
            """);
        Assert.Equal("child", CloudConfiguration.FromCloud("prod", null, folders.Sources).Project!.Id);
    }

    [Fact]
    public void A_setting_with_different_values_under_auth_and_beside_it_is_refused()
    {
        folders.Write("here/clouds.yaml", """
            clouds:
              prod:
                auth: {auth_url: "http://k", user_id: u, password: topsecret}
                password: topsecret2
            """);
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => CloudConfiguration.FromCloud("prod", null, folders.Sources));
        Assert.Contains("line 4: 'password' differs from 'password' under 'auth' (line 3)", error.Message);
        Assert.DoesNotContain("topsecret", error.ToString());
    }

    [Theory]
    [InlineData("null", "p")]
    [InlineData("[{name: One, values: {auth: {password: secure}}}]", "secure")]
    [InlineData("[Two]", "p")]
    public void The_regions_in_secure_yaml_win(string regions, string password)
    {
        folders.Write("here/clouds.yaml", "clouds: {prod: {auth: {auth_url: 'http://k', user_id: u, password: p}, regions: [{name: One, values: {}}]}}")
            .Write("here/secure.yaml", $"clouds: {{prod: {{regions: {regions}}}}}");
        Assert.Equal(password, CloudConfiguration.FromCloud("prod", null, folders.Sources).Credential.Secret);
    }

    [Theory]
    [InlineData("profile: null", null)]
    [InlineData("profile: other", "other")]
    [InlineData("{}", "vendor")]
    public void The_profile_in_secure_yaml_wins(string secure, string? region)
    {
        folders.Write("here/clouds.yaml", "clouds: {prod: {profile: vendor, auth: {auth_url: 'http://k', user_id: u, password: p}}}")
            .Write("here/secure.yaml", $"clouds:\n  prod:\n    {secure}\n")
            .Write("here/clouds-public.yaml", "public-clouds: {vendor: {region_name: vendor}, other: {regions: [other]}}");
        Assert.Equal(region, CloudConfiguration.FromCloud("prod", null, folders.Sources).Region);
    }

    private string? Value(Read setting)
    {
        try
        {
            return setting.Get(CloudConfiguration.FromCloud("prod", null, folders.Sources));
        }
        catch (TroveScheduleException e) when (setting.Name == "password" && e.Message.StartsWith("password is missing", StringComparison.Ordinal))
        {
            return null;
        }
    }

    private void Write(Read setting, Func<string, string> nearText)
    {
        string password = setting.Name == "password" ? "" : "password: p";
        string Place(string level, bool isAuth, string anchor, params string[] others)
        {
            string[] lines = [anchor.Length == 0 ? "" : $"<<: *{anchor}", setting.InAuth == isAuth ? nearText(level) : "", .. others];
            return "{" + string.Join(", ", lines.Where(line => line.Length > 0)) + "}";
        }
        string Both(string level, string name, params string[] others) =>
            $"{{auth: {Place(level, true, $"{name}auth", others)}, <<: {(setting.InAuth ? "{}" : $"*{name}beside")}{(setting.InAuth || nearText(level).Length == 0 ? "" : ", " + nearText(level))}";
        string Anchors(string name, string level, bool isDeep = false) =>
            (isDeep ? $"{name}deepauth: &{name}deepauth {Place(level + " <<", true, "")}\n{name}deepbeside: &{name}deepbeside {Place(level + " <<", false, "")}\n" : "")
            + $"{name}auth: &{name}auth {Place(level, true, isDeep ? name + "deepauth" : "")}\n{name}beside: &{name}beside {Place(level, false, isDeep ? name + "deepbeside" : "")}\n";
        folders.Write("here/clouds.yaml", Anchors("e", "entry <<", isDeep: true) + Anchors("r", "region <<")
            + $"clouds:\n  prod: {Both("entry", "e", "auth_url: 'http://k'", "user_id: u", password)}, profile: vendor, regions: [{{name: One, values: {Both("region", "r")}}}}}]}}\n");
        folders.Write("here/secure.yaml", Anchors("s", "secure <<") + $"clouds:\n  prod: {Both("secure", "s")}}}\n");
        folders.Write("here/clouds-public.yaml", Anchors("p", "profile <<") + $"public-clouds:\n  vendor: {Both("profile", "p")}}}\n");
    }
}
