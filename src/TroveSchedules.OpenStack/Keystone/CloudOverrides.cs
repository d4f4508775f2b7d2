using System;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>
/// What is said explicitly, and therefore wins over what a file or the environment says. Whatever is null or empty is not said.
/// To name a thing by its name hides an id that was configured for it, and the other way round.
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

    /// <summary>The user's password; can be set, not read. Implies entering by password.</summary>
    public string? Password { internal get; init; }

    /// <summary>An application credential's id.</summary>
    public string? ApplicationCredentialId { get; init; }

    /// <summary>An application credential's name.</summary>
    public string? ApplicationCredentialName { get; init; }

    /// <summary>An application credential's secret; can be set, not read. Implies entering by application credential.</summary>
    public string? ApplicationCredentialSecret { internal get; init; }

    /// <summary>A token; can be set, not read. Implies entering by token.</summary>
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

    /// <summary>Which endpoints to use; null when not said.</summary>
    public EndpointInterface? Interface { get; init; }

    /// <summary>Mistral's address.</summary>
    public string? WorkflowEndpoint { get; init; }

    /// <summary>Trove's address.</summary>
    public string? DatabaseEndpoint { get; init; }

    /// <summary>A PEM file of the authorities to trust, or its text.</summary>
    public string? CaCertificatePath { get; init; }

    /// <summary>A PEM or PFX file with the client's certificate, or PEM text, in which a key may stand; can be set, not read.</summary>
    public string? ClientCertificatePath { internal get; init; }

    /// <summary>The PEM file of the key to it, or its text; can be set, not read.</summary>
    public string? ClientKeyPath { internal get; init; }

    /// <summary>Whether any certificate will do; null when not said.</summary>
    public bool? SkipCertificateCheck { get; init; }

    /// <summary>
    /// The name that messages use for what the caller sets: it gets the name of a member of this class, <see cref="CloudSettings.TimeLimit"/> or
    /// <see cref="CloudSettings.MaxRetries"/> by name, or <see cref="Concurrency"/>. Null for these names themselves.
    /// </summary>
    public Func<string, string>? NameOf { get; init; }

    /// <summary>Stands in messages for what limits how many requests the caller sends at a time.</summary>
    public const string Concurrency = "the caller";

    /// <summary>The member of this class that gives a setting; null where none does.</summary>
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

    /// <summary>What messages call a setting that the caller gives.</summary>
    internal string Name(Setting setting) => setting.Given is { } given ? Name(given.Member) : setting.Name;

    internal string Name(string member) => NameOf?.Invoke(member) ?? member;
}
