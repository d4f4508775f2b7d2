using System;
using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>The value of one setting in one place. A class and not a record, because a record prints its members, and the text may be a secret.</summary>
/// <param name="name">The name that the place uses.</param>
/// <param name="text">Its text. Null or empty removes the values of places with lower priority.</param>
/// <param name="place">The file and the line; null where there are none.</param>
/// <param name="isArgument">Whether the caller gives it.</param>
internal sealed class SettingValue(string name, string? text, string? place, bool isArgument = false)
{
    public string Name { get; } = name;

    public string? Text { get; } = text is { Length: > 0 } ? text : null;

    public string? Place { get; } = place;

    public bool IsArgument { get; } = isArgument;
}

/// <summary>The values of settings, from one place or several.</summary>
internal sealed class SettingValues
{
    // Settings with the same purpose. The nearest place that sets one of them replaces the whole group.
    private static readonly string[][] Alternatives =
    [
        [Settings.UserId, Settings.UserName],
        [Settings.UserDomainId, Settings.UserDomainName],
        [Settings.ApplicationCredentialId, Settings.ApplicationCredentialName],
        [Settings.ProjectId, Settings.ProjectName, Settings.SystemScope],
        [Settings.ProjectDomainId, Settings.ProjectDomainName],
        [Settings.DomainId, Settings.DomainName],
        [Settings.DefaultDomainId, Settings.DefaultDomainName],
        [Settings.Insecure, Settings.Verify],
    ];

    // The certificate may be in clouds.yaml and its key in secure.yaml, so two files that are read as one keep both.
    private static readonly string[] CertificateAndKey = [Settings.ClientCertificate, Settings.ClientKey];

    private readonly Dictionary<string, SettingValue> values = new(StringComparer.Ordinal);

    /// <summary>The setting's text; null if it is not set, or if the nearest place removed it.</summary>
    public string? this[string name] => Of(name)?.Text;

    /// <summary>Warnings about the places, such as unknown settings.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>True if there is a URL or a credential, so that the user intended to connect.</summary>
    public bool HasUrlOrCredential =>
        new[]
        {
            Settings.AuthUrl, Settings.UserId, Settings.UserName, Settings.Password,
            Settings.ApplicationCredentialId, Settings.ApplicationCredentialName, Settings.ApplicationCredentialSecret, Settings.Token,
        }
            .Any(name => this[name] is not null);

    /// <summary>Collects the settings of a place.</summary>
    /// <param name="find">Gets the place's value of a setting, which may itself be empty; null if the place does not have the setting.</param>
    /// <param name="warnings">Warnings about the place.</param>
    public static SettingValues Read(Func<Setting, SettingValue?> find, IReadOnlyList<string>? warnings = null)
    {
        var settings = new SettingValues { Warnings = warnings ?? [] };
        foreach (Setting setting in Settings.All.Where(setting => setting.Use != SettingUse.Elsewhere))
        {
            if (find(setting) is { } value)
                settings.values[setting.Name] = value;
        }
        return settings;
    }

    /// <summary>Collects the settings of a place without nulls, where an empty value means not set.</summary>
    /// <param name="textOf">Gets the text under a name; null or empty for none.</param>
    /// <param name="warnings">Warnings about the place.</param>
    public static SettingValues Read(Func<string, string?> textOf, IReadOnlyList<string>? warnings = null) => Read(
        setting => setting.Names.Select(name => new SettingValue(name, textOf(name), null)).FirstOrDefault(value => value.Text is not null), warnings);

    /// <summary>The value of a setting; null if it is not set.</summary>
    public SettingValue? Of(string name) => values.TryGetValue(name, out SettingValue? value) ? value : null;

    /// <summary>Whether two settings have the same purpose, such as a project's id and its name.</summary>
    public static bool AreAlternatives(string one, string other) => one != other && Alternatives.Any(group => group.Contains(one) && group.Contains(other));

    /// <summary>These settings, and those of a lower place that they do not set: for two files that are read as one. An id here hides a name there, and a name an id.</summary>
    public SettingValues MergedOver(SettingValues lower) => Over(lower, Alternatives);

    /// <summary>The same for two separate places, each of which sets a client certificate together with its key.</summary>
    public SettingValues Overriding(SettingValues lower) => Over(lower, [.. Alternatives, CertificateAndKey]);

    private SettingValues Over(SettingValues lower, string[][] groups)
    {
        var merged = new SettingValues { Warnings = [.. Warnings, .. lower.Warnings] };
        foreach (KeyValuePair<string, SettingValue> setting in lower.values.Where(setting => !groups.Any(group => group.Contains(setting.Key) && group.Any(other => this[other] is not null))).Concat(values))
            merged.values[setting.Key] = setting.Value;
        return merged;
    }
}
