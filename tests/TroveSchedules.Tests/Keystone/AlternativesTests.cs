using System;
using System.Collections.Generic;
using System.Linq;
using TroveSchedules.OpenStack.Keystone;
using Xunit;

namespace TroveSchedules.Tests.Keystone;

/// <summary>Of two alternative settings, such as a project's id and its name, the one with the higher precedence is used.</summary>
public sealed class AlternativesTests : IDisposable
{
    private const string User = "user_id: u, password: p";

    private readonly Folders folders = new();

    private static readonly (string Near, string Far, string Others, Func<CloudSettings, string?> Get)[] Pairs =
    [
        .. Both("project_id: ONE", "project_name: TWO", $"{User}, project_domain_id: d", Project),
        .. Both("tenant_id: ONE", "project_name: TWO", $"{User}, project_domain_id: d", Project),
        .. Both("project-id: ONE", "tenant_name: TWO", $"{User}, project_domain_id: d", Project),
        .. Both("user_id: ONE", "username: TWO", "user_domain_id: d, password: p", Login),
        .. Both("user_id: ONE", "user_name: TWO", "user_domain_id: d, password: p", Login),
        .. Both("user_domain_id: ONE", "user_domain_name: TWO", "username: n, password: p", Login),
        .. Both("default_domain_id: ONE", "default_domain_name: TWO", "username: n, password: p", Login),
        .. Both("default_domain: ONE", "default_domain_name: TWO", "username: n, password: p", Login),
        .. Both("project_domain_id: ONE", "project_domain_name: TWO", $"{User}, project_name: n", Project),
        .. Both("domain_id: ONE", "domain_name: TWO", $"{User}, project_name: n", Project),
        .. Both("application_credential_id: ONE", "application_credential_name: TWO", "user_id: u, application_credential_secret: s", Login),
        ("verify: true", "insecure: true", User, Skips), ("verify: false", "insecure: false", User, Skips),
        ("insecure: true", "verify: true", User, Skips), ("insecure: false", "verify: false", User, Skips),
    ];

    // The ways to give one setting the higher precedence. {o} is replaced by the other settings of the login.
    private static readonly Dictionary<string, (string Clouds, string? Secure, string? Public)> Ways = new()
    {
        ["secure.yaml"] = ("clouds: {prod: {auth: {{o}, {far}}}}", "clouds: {prod: {auth: {{near}}}}", null),
        ["secure.yaml, beside auth"] = ("clouds: {prod: {auth: {{o}, {far}}}}", "clouds: {prod: {{near}}}", null),
        ["secure.yaml over <<"] = ("clouds: {prod: {auth: {{o}, <<: {{far}}}}}", "clouds: {prod: {auth: {<<: {{near}}}}}", null),
        ["<< in auth"] = ("a: &a {{far}}\nclouds: {prod: {auth: {<<: *a, {o}, {near}}}}", null, null),
        ["nested << in auth"] = ("a: &a {{far}}\nb: &b {<<: *a}\nclouds: {prod: {auth: {{near}, {o}, <<: *b}}}", null, null),
        ["<< over a nested <<"] = ("a: &a {{far}}\nb: &b {<<: *a, {near}}\nclouds: {prod: {auth: {<<: *b, {o}}}}", null, null),
        ["<< of a list"] = ("a: &a {{far}}\nb: &b {{near}}\nclouds: {prod: {auth: {<<: [*b, *a], {o}}}}", null, null),
        ["<< of the entry with its auth"] = ("a: &a {auth: {{o}, {far}}}\nclouds: {prod: {<<: *a, {near}}}", null, null),
        ["<< of the entry"] = ("a: &a {{far}}\nclouds: {prod: {<<: *a, {near}, auth: {{o}}}}", null, null),
        ["nested << of the entry"] = ("a: &a {{far}}\nb: &b {<<: *a, {near}}\nclouds: {prod: {<<: *b, auth: {{o}}}}", null, null),
        ["<< of the entry under an auth of its own"] = ("a: &a {{far}}\nclouds: {prod: {<<: *a, auth: {{o}, {near}}}}", null, null),
        ["beside an auth with <<"] = ("a: &a {{far}}\nclouds: {prod: {auth: {<<: *a, {o}}, {near}}}", null, null),
        ["region"] = ("clouds: {prod: {auth: {{o}, {far}}, regions: [{name: R, values: {auth: {{near}}}}]}}", null, null),
        ["<< in a region"] = ("a: &a {{far}}\nclouds: {prod: {auth: {{o}}, regions: [{name: R, values: {<<: *a, {near}}}]}}", null, null),
        ["profile"] = ("clouds: {prod: {profile: vendor, auth: {{o}, {near}}}}", null, "public-clouds: {vendor: {auth: {{far}}}}"),
    };

    public static TheoryData<string, int> Cases()
    {
        var cases = new TheoryData<string, int>();
        foreach (string way in Ways.Keys)
        {
            foreach (int pair in Enumerable.Range(0, Pairs.Length))
                cases.Add(way, pair);
        }
        return cases;
    }

    public void Dispose() => folders.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_alternative_with_the_higher_precedence_is_used(string way, int pair)
    {
        (string near, string far, string others, Func<CloudSettings, string?> get) = Pairs[pair];
        string expected = get(Read(("clouds: {prod: {auth: {{o}, {near}}}}", null, null), near, far, others))!;
        Assert.NotEqual(expected, get(Read(("clouds: {prod: {auth: {{o}, {far}}}}", null, null), near, far, others)));
        Assert.Equal(expected, get(Read(Ways[way], near, far, others)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_null_or_empty_alternative_does_not_hide_the_other(string way, int pair)
    {
        (string near, string far, string others, Func<CloudSettings, string?> get) = Pairs[pair];
        string expected = get(Read(("clouds: {prod: {auth: {{o}, {far}}}}", null, null), near, far, others))!;
        foreach (string nothing in new[] { "null", "''", "~" })
            Assert.Equal(expected, get(Read(Ways[way], $"{near.Split(':')[0]}: {nothing}", far, others)));
    }

    [Fact]
    public void The_user_in_secure_yaml_is_used_with_the_password_in_secure_yaml()
    {
        folders.Write("here/clouds.yaml", "clouds: {prod: {auth: {auth_url: 'http://k', user_id: UID, password: old, project_id: p}}}")
            .Write("here/secure.yaml", "clouds: {prod: {auth: {username: bob, user_domain_name: D, password: new}}}");
        CloudCredential credential = CloudConfiguration.FromCloud("prod", null, folders.Sources).Credential;
        Assert.Equal(("the password of user 'bob' (domain 'D')", "new"), (credential.ToString(), credential.Secret));
    }

    [Theory]
    [InlineData("auth: {auth_url: 'http://k', user_id: u, password: p, project_id: ID, project_name: n, project_domain_id: d}")]
    [InlineData("auth: {auth_url: 'http://k', user_id: u, password: p, project_id: ID, project_domain_id: d}, project_name: n")]
    [InlineData("auth: {auth_url: 'http://k', user_id: u, password: p, project_name: n, project_domain_id: d}, project_id: ID")]
    public void An_id_wins_over_a_name_in_the_same_place(string entry)
    {
        folders.Write("here/clouds.yaml", $"clouds: {{prod: {{{entry}}}}}");
        Assert.Equal("project id ID", CloudConfiguration.FromCloud("prod", null, folders.Sources).Project!.ToString());
    }

    [Theory]
    [InlineData("cert: /c.pem", "key: /k.pem")]
    [InlineData("key: /k.pem", "cert: /c.pem")]
    public void A_certificate_and_its_key_may_be_set_in_two_files(string clouds, string secure)
    {
        folders.Write("here/clouds.yaml", $"clouds: {{prod: {{{clouds}, auth: {{auth_url: 'http://k', {User}}}}}}}").Write("here/secure.yaml", $"clouds: {{prod: {{{secure}}}}}");
        CloudSettings cloud = CloudConfiguration.FromCloud("prod", null, folders.Sources);
        Assert.Equal(("/c.pem", "/k.pem"), (cloud.ClientCertificatePath, cloud.ClientKeyPath));
    }

    private static string? Project(CloudSettings cloud) => cloud.Project?.ToString();

    private static string? Login(CloudSettings cloud) => cloud.Credential.ToString();

    private static string? Skips(CloudSettings cloud) => cloud.SkipCertificateCheck.ToString();

    private static (string Near, string Far, string Others, Func<CloudSettings, string?> Get)[] Both(string one, string two, string others, Func<CloudSettings, string?> get) =>
        [(one, two, others, get), (two, one, others, get)];

    private CloudSettings Read((string Clouds, string? Secure, string? Public) way, string near, string far, string others)
    {
        folders.Write("here/clouds.yaml", Filled(way.Clouds)).Write("here/secure.yaml", Filled(way.Secure)).Write("here/clouds-public.yaml", Filled(way.Public));
        return CloudConfiguration.FromCloud("prod", null, folders.Sources);

        string Filled(string? text) => text?.Replace("{o}", $"auth_url: 'http://k', {others}").Replace("{near}", near).Replace("{far}", far) ?? "";
    }
}
