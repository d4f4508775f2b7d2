using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text.Json;
using TroveSchedules.OpenStack.Keystone;
using Xunit;

namespace TroveSchedules.Tests.Keystone;

/// <summary>Objects with secrets never show them, in any kind of output.</summary>
public sealed class SecretsTests
{
    private const string Secret = "topsecret";

    private static readonly Domain Default = Domain.ByName("Default");

    private static readonly CloudCredential[] Credentials =
    [
        PasswordCredential.ByName("ann", Default, Secret),
        PasswordCredential.ById("u1", Secret),
        ApplicationCredential.ById("a1", Secret),
        ApplicationCredential.ByName("ci", "u1", Secret),
        ApplicationCredential.ByName("ci", "ann", Default, Secret),
        new TokenCredential(Secret),
    ];

    public static TheoryData<object> Holders =>
    [
        .. Credentials,
        .. Credentials.Select(credential => new CloudSettings { AuthUrl = new Uri("http://k"), Credential = credential }),
        .. Credentials.Select(credential => credential.ToIdentity()),
        new AuthRequest { Auth = new AuthBody { Identity = Credentials[0].ToIdentity() } },
        new CloudOverrides { AuthUrl = "http://k", UserId = "u1", Password = Secret, ApplicationCredentialSecret = Secret, Token = Secret },
        new CloudOverrides { Password = Secret }.ToSettings(),
        new CloudOverrides { ClientCertificatePath = Secret, ClientKeyPath = Secret },
        new CloudSettings { AuthUrl = new Uri("http://k"), Credential = Credentials[0], ClientKey = new PemSource(null, Secret, "key", mayBeSecret: true) },
        new PemSource(null, Secret, "key", mayBeSecret: true),
        new SettingValue("key", Secret, null),
        new AuthToken { Value = Secret, ExpiresAt = default, Life = default, ProjectId = "p1", Roles = [], Methods = [], Catalog = new ServiceCatalog([], "p1") },
    ];

    [Theory]
    [MemberData(nameof(Holders))]
    public void ToString_does_not_contain_the_secret(object holder) => Assert.DoesNotContain(Secret, holder.ToString());

    [Theory]
    [MemberData(nameof(Holders))]
    public void Public_properties_of_a_public_type_do_not_contain_the_secret(object holder)
    {
        if (holder.GetType().IsPublic)
            Assert.DoesNotContain(Secret, string.Join("\n", Texts(holder, depth: 4)));
    }

    [Theory]
    [MemberData(nameof(Holders))]
    public void JSON_of_a_public_type_does_not_contain_the_secret(object holder)
    {
        if (holder.GetType().IsPublic)
            Assert.DoesNotContain(Secret, JsonSerializer.Serialize(holder, holder.GetType()));
    }

    [Fact]
    public void ToString_of_settings_masks_a_password_in_the_address()
    {
        var settings = new CloudSettings { AuthUrl = new Uri($"http://ann:{Secret}@k/v3?token={Secret}"), Credential = Credentials[0] };
        Assert.StartsWith("http://k/v3, ", settings.ToString());
        Assert.DoesNotContain(Secret, settings.ToString());
    }

    [Fact]
    public void An_empty_secret_is_refused()
    {
        Assert.Throws<ArgumentException>(() => PasswordCredential.ById("u1", ""));
        Assert.Throws<ArgumentException>(() => ApplicationCredential.ById("a1", ""));
        Assert.Throws<ArgumentException>(() => new TokenCredential(""));
    }

    private static IEnumerable<string> Texts(object? value, int depth)
    {
        if (value is null || depth == 0)
            yield break;
        yield return value.ToString() ?? "";
        if (value is string or IEnumerable || value.GetType().IsPrimitive)
            yield break;
        foreach (PropertyInfo property in value.GetType().GetProperties().Where(property => property.GetGetMethod() is not null && property.GetIndexParameters().Length == 0))
        {
            foreach (string text in Texts(property.GetValue(value), depth - 1))
                yield return text;
        }
    }
}
