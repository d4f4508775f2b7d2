using System;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>
/// Settings that the caller gives. They replace those of a file or the environment. Null or empty means not given.
/// A name also replaces a configured id of the same object, and an id a configured name.
/// </summary>
public sealed class CloudOverrides
{
    /// <summary>Keystone's address, with or without <c>/v3</c>.</summary>
    public string? AuthUrl { get; init; }

    /// <summary>The user's id.</summary>
    public string? UserId { get; init; }

    /// <summary>The user's name.</summary>
    public string? UserName { get; init; }

    /// <summary>The id of the user's domain.</summary>
    public string? UserDomainId { get; init; }

    /// <summary>The name of the user's domain.</summary>
    public string? UserDomainName { get; init; }

    /// <summary>The user's password; can be set, not read. Implies a login by password.</summary>
    public string? Password { internal get; init; }

    /// <summary>An application credential's id.</summary>
    public string? ApplicationCredentialId { get; init; }

    /// <summary>An application credential's name.</summary>
    public string? ApplicationCredentialName { get; init; }

    /// <summary>An application credential's secret; can be set, not read. Implies a login by application credential.</summary>
    public string? ApplicationCredentialSecret { internal get; init; }

    /// <summary>A token; can be set, not read. Implies a login by token.</summary>
    public string? Token { internal get; init; }

    /// <summary>The project's id.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The project's name.</summary>
    public string? ProjectName { get; init; }

    /// <summary>The id of the project's domain.</summary>
    public string? ProjectDomainId { get; init; }

    /// <summary>The name of the project's domain.</summary>
    public string? ProjectDomainName { get; init; }

    /// <summary>The region, case-sensitive.</summary>
    public string? Region { get; init; }

    /// <summary>Which endpoints to use; null for the configured ones.</summary>
    public EndpointInterface? Interface { get; init; }

    /// <summary>Mistral's address.</summary>
    public string? WorkflowEndpoint { get; init; }

    /// <summary>Trove's address.</summary>
    public string? DatabaseEndpoint { get; init; }

    /// <summary>A PEM file of the authorities to trust, or its text.</summary>
    public string? CaCertificatePath { get; init; }

    /// <summary>A PEM or PFX file with the client's certificate, or PEM text, which may include the key; can be set, not read.</summary>
    public string? ClientCertificatePath { internal get; init; }

    /// <summary>The PEM file of the certificate's key, or its text; can be set, not read.</summary>
    public string? ClientKeyPath { internal get; init; }

    /// <summary>Whether to accept any certificate; null for the configured value.</summary>
    public bool? SkipCertificateCheck { get; init; }

    /// <summary>
    /// Gets the name that messages use for an option of the caller. The argument is the name of a member of this class, <see cref="CloudSettings.TimeLimit"/> or
    /// <see cref="CloudSettings.MaxRetries"/>, or <see cref="Concurrency"/>. Null to use these names.
    /// </summary>
    public Func<string, string>? NameOf { get; init; }

    /// <summary>The argument of <see cref="NameOf"/> for the caller's limit of concurrent requests.</summary>
    public const string Concurrency = "the caller";

    /// <summary>The member of this class for a setting; null for none.</summary>
    /// <param name="setting">A name of the setting in clouds.yaml.</param>
    public static string? MemberOf(string setting) => KnownSettings.Find(setting)?.Given?.Member;

    internal string? AuthType => this switch
    {
        { Token.Length: > 0 } => "token",
        { ApplicationCredentialSecret.Length: > 0 } => "v3applicationcredential",
        { Password.Length: > 0 } => "password",
        _ => null,
    };

    internal string? InterfaceText => Interface?.ToString().ToLowerInvariant();

    internal SettingValues ToSettings() =>
        SettingValues.Read(setting => setting.Given?.Text(this) is { Length: > 0 } text ? new SettingValue(Name(setting), text, null, isArgument: true) : null);

    /// <summary>The name of a setting in messages, if the caller gives it.</summary>
    internal string Name(Setting setting) => setting.Given is { } given ? Name(given.Member) : setting.Name;

    internal string Name(string member) => NameOf?.Invoke(member) ?? member;
}
