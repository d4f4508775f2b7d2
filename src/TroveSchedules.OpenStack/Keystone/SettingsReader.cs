using System;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>Makes sense of settings, and says what is missing in the words of the place that they came from.</summary>
/// <param name="settings">Everything that was said, the stronger over the weaker.</param>
/// <param name="origin">Where it was said, for messages.</param>
/// <param name="nameOf">What a setting is called there.</param>
/// <param name="sources">Where paths start.</param>
internal sealed class SettingsReader(Settings settings, string origin, Func<string, string> nameOf, ConfigurationSources sources)
{
    public CloudSettings Read(string? cloudName)
    {
        Uri authUrl = CloudUrl.Parse(Needed(Settings.AuthUrl), $"{nameOf(Settings.AuthUrl)} in {origin}");
        CloudCredential credential = Credential();
        if (settings[Settings.ClientKey] is not null && settings[Settings.ClientCertificate] is null)
            throw Missing(Settings.ClientCertificate, $"{nameOf(Settings.ClientKey)} is set");
        return new CloudSettings
        {
            CloudName = cloudName,
            AuthUrl = authUrl,
            Credential = credential,
            Project = credential.TakesScope ? Project() : null,
            Region = settings[Settings.RegionName],
            Interface = Interface(),
            WorkflowEndpoint = Url(Settings.WorkflowEndpoint),
            DatabaseEndpoint = Url(Settings.DatabaseEndpoint),
            CaCertificatePath = Path(Settings.CaCertificate),
            ClientCertificatePath = Path(Settings.ClientCertificate),
            ClientKeyPath = Path(Settings.ClientKey),
            SkipCertificateCheck = Flag(Settings.Insecure) ?? !(Flag(Settings.Verify) ?? true),
        };
    }

    // Like keystoneauth, an explicit auth_type decides; without one, what there is does.
    private CloudCredential Credential() => settings[Settings.AuthType] switch
    {
        "v3applicationcredential" => ApplicationCredential(),
        "token" or "v3token" => new TokenCredential(Needed(Settings.Token)),
        "password" or "v3password" => PasswordCredential(),
        null when settings[Settings.ApplicationCredentialSecret] is not null => ApplicationCredential(),
        null when settings[Settings.Password] is null && settings[Settings.Token] is { } token => new TokenCredential(token),
        null => PasswordCredential(),
        { } other => throw Wrong($"{nameOf(Settings.AuthType)} '{other}' in {origin} is not supported: only password, v3password, token, v3token and v3applicationcredential are.", other),
    };

    private PasswordCredential PasswordCredential()
    {
        if (settings[Settings.UserId] is { } id)
            return Keystone.PasswordCredential.ById(id, Needed(Settings.Password));
        string name = Needed(Settings.UserName);
        return Keystone.PasswordCredential.ByName(name, DomainOf($"user '{name}'", Settings.UserDomainId, Settings.UserDomainName), Needed(Settings.Password));
    }

    private ApplicationCredential ApplicationCredential()
    {
        string secret = Needed(Settings.ApplicationCredentialSecret);
        if (settings[Settings.ApplicationCredentialId] is { } id)
            return Keystone.ApplicationCredential.ById(id, secret);
        if (settings[Settings.ApplicationCredentialName] is not { } name)
            throw Missing(Settings.ApplicationCredentialId, "an application credential's secret is set");
        if (settings[Settings.UserId] is { } userId)
            return Keystone.ApplicationCredential.ByName(name, userId, secret);
        if (settings[Settings.UserName] is not { } userName)
            throw Missing(Settings.UserName, $"the application credential '{name}' is known by name");
        return Keystone.ApplicationCredential.ByName(
            name, userName, DomainOf($"user '{userName}'", Settings.UserDomainId, Settings.UserDomainName), secret);
    }

    private ProjectScope? Project() =>
        settings[Settings.ProjectId] is { } id ? ProjectScope.ById(id)
        : settings[Settings.ProjectName] is { } name
            ? ProjectScope.ByName(name, DomainOf($"project '{name}'", Settings.ProjectDomainId, Settings.ProjectDomainName))
        : null;

    private Domain DomainOf(string what, string idSetting, string nameSetting) =>
        settings[idSetting] is { } id ? Domain.ById(id)
        : settings[nameSetting] is { } name ? Domain.ByName(name)
        : settings[Settings.DefaultDomainId] is { } defaultId ? Domain.ById(defaultId)
        : settings[Settings.DefaultDomainName] is { } defaultName ? Domain.ByName(defaultName)
        : throw Missing(nameSetting, $"{what} is known by name");

    private EndpointInterface Interface() => settings[Settings.Interface] switch
    {
        null or "public" or "publicURL" => EndpointInterface.Public,
        "internal" or "internalURL" => EndpointInterface.Internal,
        "admin" or "adminURL" => EndpointInterface.Admin,
        { } other => throw Wrong($"{nameOf(Settings.Interface)} '{other}' in {origin} is none of public, internal and admin.", other),
    };

    private Uri? Url(string setting) =>
        settings[setting] is { } url ? CloudUrl.Parse(url, $"{nameOf(setting)} in {origin}") : null;

    private string? Path(string setting) => settings[setting] is { } path ? sources.FullPath(path) : null;

    private bool? Flag(string setting) => settings[setting]?.ToLowerInvariant() switch
    {
        null => null,
        "true" or "yes" or "on" or "1" => true,
        "false" or "no" or "off" or "0" => false,
        _ => throw Wrong($"{nameOf(setting)} in {origin} is neither true nor false.", null),
    };

    private string Needed(string setting) => settings[setting] ?? throw Missing(setting, null);

    private TroveScheduleException Missing(string setting, string? because) =>
        Wrong($"{nameOf(setting)} is missing in {origin}{(because is null ? "" : $": {because}")}.", null, $"Set {nameOf(setting)}.");

    private static TroveScheduleException Wrong(string message, object? target, string? action = null) =>
        new(TroveErrorKind.Invalid, message) { ErrorId = "InvalidConfiguration", Target = target, RecommendedAction = action };
}
