using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>Validates settings and converts them. Its errors use the names of the place that the settings came from.</summary>
/// <param name="settings">The merged settings.</param>
/// <param name="origin">The place of the settings, for errors about missing ones.</param>
/// <param name="subject">The cloud that the settings belong to, for messages that name the place themselves.</param>
/// <param name="nameOf">Gets a setting's name in that place.</param>
/// <param name="caller">The settings that the caller gives, and their names for messages.</param>
/// <param name="sources">The folder that relative paths start from.</param>
internal sealed class SettingsReader(SettingValues settings, string origin, string subject, Func<string, string> nameOf, CloudOverrides caller, ConfigurationSources sources)
{
    private const string Arguments = "the arguments";

    private static readonly Regex Keystone3 = new(@"^v?3(\.\d+)?$", RegexOptions.CultureInvariant);
    // A key in one line, without its PEM header.
    private static readonly Regex Base64 = new("[A-Za-z0-9+/=]{40}", RegexOptions.CultureInvariant);

    private static readonly Regex Mistral2 = new(@"^v?2(\.\d+)?$", RegexOptions.CultureInvariant);
    private static readonly Regex Trove1 = new(@"^v?1(\.\d+)?$", RegexOptions.CultureInvariant);

    /// <summary>The settings of a cloud.</summary>
    /// <param name="cloudName">Its name; null when it has none.</param>
    /// <param name="warnings">Warnings about the files and variables.</param>
    public CloudSettings Read(string? cloudName, IEnumerable<string> warnings)
    {
        RefuseKeysInNames();
        Uri authUrl = Url(Settings.AuthUrl) ?? throw Missing(Settings.AuthUrl, null);
        CloudCredential credential = Credential();
        if (settings.Of(Settings.ClientKey) is { Text: not null } key && settings[Settings.ClientCertificate] is null)
            throw Missing(Settings.ClientCertificate, $"{NameOf(key)} is set", key.IsArgument);
        RefuseUnsupported(credential);
        (PemSource? authorities, PemSource? certificate, PemSource? clientKey) = (Pem(Settings.CaCertificate), Pem(Settings.ClientCertificate), Pem(Settings.ClientKey));
        return new CloudSettings
        {
            CloudName = cloudName,
            AuthUrl = authUrl,
            Credential = credential,
            Project = credential.TakesScope ? Project() : null,
            Region = settings[Settings.RegionName],
            Interface = Interface(Settings.Interface) ?? EndpointInterface.Public,
            WorkflowEndpoint = Url(Settings.WorkflowEndpoint),
            DatabaseEndpoint = Url(Settings.DatabaseEndpoint),
            Workflow = Choice(Settings.Workflow),
            Database = Choice(Settings.Database),
            CaCertificatePath = authorities?.Path,
            ClientCertificatePath = certificate?.Path,
            ClientKeyPath = clientKey?.Path,
            CaCertificate = authorities,
            ClientCertificate = certificate,
            ClientKey = clientKey,
            SkipCertificateCheck = Flag(Settings.Insecure) ?? !(Flag(Settings.Verify) ?? true),
            Warnings = [.. settings.Warnings.Concat(warnings).Concat(UnusedSettings()).Concat(UnusedCredentials(credential)).Distinct()],
        };
    }

    private ServiceChoice Choice(ServiceSettings service) => new()
    {
        Region = settings[service.Region],
        Interface = Interface(service.Interface),
        Type = Expanded(service.Type),
        Name = Expanded(service.Name),
    };

    // Later messages contain names, for example those about the login and the catalog. They must not show a private key that was given as a name.
    private void RefuseKeysInNames()
    {
        if (Settings.All.FirstOrDefault(setting => setting is { Use: SettingUse.Honoured, Type: SettingType.Text, MayHoldSecret: false }
            && settings[setting] is { } text && (PemSource.IsPem(text) || text.Any(char.IsControl))) is { } wrong)
        {
            throw Wrong($"{At(wrong)} contains PEM text, a line feed or another control character, so it cannot be a name or an id.", null);
        }
    }

    private void RefuseUnsupported(CloudCredential credential)
    {
        foreach (Setting setting in Settings.All.Where(setting => setting.Use == SettingUse.Refused && settings[setting] is not null))
            throw Wrong($"{At(setting)} cannot be honoured: {setting.Reason}.", null, $"Take {NameOf(settings.Of(setting)!)} out{(setting == Settings.SystemScope || setting == Settings.TrustId ? ", and name a project" : "")}.");
        // Beside a project they are the domain of the project's and the user's name.
        if (credential.TakesScope && settings[Settings.ProjectId] is null && settings[Settings.ProjectName] is null
            && new[] { Settings.DomainId, Settings.DomainName }.FirstOrDefault(name => settings[name] is not null) is { } domain)
        {
            throw Wrong($"{At(domain)} asks for a token of a domain, which has no project, and schedules and instances belong to one.", null,
                $"Name a project; or, for the user's domain, write {nameOf(domain == Settings.DomainId ? Settings.UserDomainId : Settings.UserDomainName)}.");
        }
        Version(Settings.IdentityVersion, Keystone3, "Keystone is asked at v3");
        Version(Settings.Workflow.Version, Mistral2, "Mistral is asked at v2");
        Version(Settings.Database.Version, Trove1, "Trove is asked at v1.0");
    }

    private IEnumerable<string> UnusedSettings() =>
        from setting in Settings.All
        where setting.Use == SettingUse.Warned && settings[setting] is not null
        select $"{At(setting)} is not used: {(setting.Option is null ? "" : caller.Name(setting.Option) + " ")}{setting.Reason}.";

    // Warns of settings that the login does not use.
    private IEnumerable<string> UnusedCredentials(CloudCredential credential)
    {
        if (!credential.TakesScope && new[] { Settings.ProjectId, Settings.ProjectName }.FirstOrDefault(name => settings[name] is not null) is { } project)
            yield return $"{At(project)} is not used: an application credential is bound to the project that it was made in.";
        if (settings[Settings.AuthType] is not null)
            yield break;
        if (credential is not TokenCredential && settings[Settings.Token] is not null)
            yield return $"{At(Settings.Token)} is not used: {(credential is ApplicationCredential ? "the application credential" : "the password")} is.";
        if (credential is ApplicationCredential && settings[Settings.Password] is not null)
            yield return $"{At(Settings.Password)} is not used: the application credential is.";
    }

    // As in keystoneauth, auth_type decides. Without it, the settings that are there do.
    private CloudCredential Credential() => settings[Settings.AuthType] switch
    {
        "v3applicationcredential" => ApplicationCredential(),
        "token" or "v3token" => new TokenCredential(Required(Settings.Token)),
        "password" or "v3password" => PasswordCredential(),
        null when settings[Settings.ApplicationCredentialSecret] is not null => ApplicationCredential(),
        // The application credential may have fewer rights than the user whose password is beside it.
        null when new[] { Settings.ApplicationCredentialId, Settings.ApplicationCredentialName }.Select(name => settings.Of(name)).FirstOrDefault(value => value?.Text is not null) is { } alone =>
            throw Missing(Settings.ApplicationCredentialSecret, $"{NameOf(alone)} is set", alone.IsArgument),
        null when settings[Settings.Password] is null && settings[Settings.Token] is { } token => new TokenCredential(token),
        null => PasswordCredential(),
        { } other => throw Wrong($"{At(Settings.AuthType, other)} is not supported: only password, v3password, token, v3token and v3applicationcredential are.", other),
    };

    private PasswordCredential PasswordCredential()
    {
        if (settings[Settings.UserId] is { } id)
            return Keystone.PasswordCredential.ById(id, Required(Settings.Password));
        string name = Required(Settings.UserName);
        return Keystone.PasswordCredential.ByName(name, DomainOf($"user {ShownText.Quoted(name)}", Settings.UserDomainId, Settings.UserDomainName), Required(Settings.Password));
    }

    private ApplicationCredential ApplicationCredential()
    {
        string secret = Required(Settings.ApplicationCredentialSecret);
        if (settings[Settings.ApplicationCredentialId] is { } id)
            return Keystone.ApplicationCredential.ById(id, secret);
        if (settings[Settings.ApplicationCredentialName] is not { } name)
            throw Missing(Settings.ApplicationCredentialId, "an application credential's secret is set");
        if (settings[Settings.UserId] is { } userId)
            return Keystone.ApplicationCredential.ByName(name, userId, secret);
        if (settings[Settings.UserName] is not { } userName)
            throw Missing(Settings.UserName, $"the application credential {ShownText.Quoted(name)} is known by name");
        return Keystone.ApplicationCredential.ByName(
            name, userName, DomainOf($"user {ShownText.Quoted(userName)}", Settings.UserDomainId, Settings.UserDomainName), secret);
    }

    private ProjectScope? Project() =>
        settings[Settings.ProjectId] is { } id ? ProjectScope.ById(id)
        : settings[Settings.ProjectName] is { } name
            ? ProjectScope.ByName(name, DomainOf($"project {ShownText.Quoted(name)}", Settings.ProjectDomainId, Settings.ProjectDomainName))
        : null;

    private Domain DomainOf(string what, Setting idSetting, Setting nameSetting)
    {
        foreach ((Setting id, Setting name) in new[] { (idSetting, nameSetting), (Settings.DomainId, Settings.DomainName), (Settings.DefaultDomainId, Settings.DefaultDomainName) })
        {
            if (settings[id] is { } domainId)
                return Domain.ById(domainId);
            if (settings[name] is { } domainName)
                return Domain.ByName(domainName);
        }
        throw Missing(nameSetting, $"{what} is known by name");
    }

    private EndpointInterface? Interface(Setting setting) => settings[setting] switch
    {
        null => null,
        "public" or "publicURL" => EndpointInterface.Public,
        "internal" or "internalURL" => EndpointInterface.Internal,
        "admin" or "adminURL" => EndpointInterface.Admin,
        { } other => throw Wrong($"{At(setting, other)} is none of public, internal and admin.", other),
    };

    private Uri? Url(Setting setting) => Expanded(setting) is { } url ? CloudUrl.Parse(url, At(setting)) : null;

    // openstacksdk replaces {name} with the setting of that name. In practice only {region_name} is used.
    private string? Expanded(Setting setting)
    {
        if (settings[setting] is not { } text || PemSource.IsPem(text))
            return settings[setting];
        if (settings[Settings.RegionName] is { } region)
            text = text.Replace("{region_name}", region);
        if (text.IndexOfAny(['{', '}']) < 0)
            return text;
        throw text.Contains("{region_name}")
            ? Missing(Settings.RegionName, $"{NameOf(settings.Of(setting)!)} holds it in braces")
            : Wrong($"{At(setting)} holds a brace, and only {{region_name}} is replaced.", null);
    }

    private PemSource? Pem(Setting setting) => Expanded(setting) switch
    {
        null => null,
        { } text when PemSource.IsPem(text) => new PemSource(null, text, At(setting), mayBeSecret: true),
        { } path when IsPath(path) => new PemSource(sources.FullPath(path), null, At(setting), setting.MayHoldSecret || Base64.IsMatch(path)),
        _ => throw Wrong($"{At(setting)} is neither PEM text nor a path.", null),
    };

    private static bool IsPath(string text) => text.Length < 4_096 && !text.Any(char.IsControl);

    private void Version(Setting setting, Regex served, string rule)
    {
        if (settings[setting] is { } version && !served.IsMatch(version))
            throw Wrong($"{At(setting, version)} cannot be honoured: {rule}.", version);
    }

    private bool? Flag(Setting setting) => settings[setting]?.ToLowerInvariant() switch
    {
        null => null,
        "true" or "yes" or "on" or "1" => true,
        "false" or "no" or "off" or "0" => false,
        _ => throw Wrong($"{At(setting)} is neither true nor false.", null),
    };

    // The setting's name in its place, and the place. The value only if it cannot be a secret.
    private string At(Setting setting, string? value = null)
    {
        SettingValue given = settings.Of(setting)!;
        return $"{NameOf(given)}{(value is null ? "" : $" {ShownText.Quoted(value)}")} in {(given.IsArgument ? Arguments : subject)}{(given.Place is null ? "" : $" in {given.Place}")}";
    }

    private string NameOf(SettingValue value) => value.IsArgument ? value.Name : nameOf(value.Name);

    private string Required(Setting setting) => settings[setting] ?? throw Missing(setting, null);

    // The setting may be there under an unknown name.
    private TroveScheduleException Missing(Setting setting, string? because, bool isArgument = false)
    {
        string name = isArgument ? caller.Name(setting) : nameOf(setting);
        return Wrong($"{name} is missing in {(isArgument ? Arguments : origin)}{(because is null ? "" : $": {because}")}.{EmptyHint(setting)}{string.Concat(settings.Warnings.Distinct().Select(warning => " " + warning))}", null, $"Set {name}.");
    }

    private string EmptyHint(Setting setting) => settings.Of(setting) is { Text: null, Place: { } place } given ? $" {nameOf(given.Name)} is empty in {place}." : "";

    private static TroveScheduleException Wrong(string message, string? target, string? action = null) =>
        new(TroveErrorKind.Invalid, message) { ErrorId = "InvalidConfiguration", Target = target is not null && ShownText.IsShown(target) ? target : null, RecommendedAction = action };
}
