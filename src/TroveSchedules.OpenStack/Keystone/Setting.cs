using System;
using System.Collections.Generic;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>How a setting is used.</summary>
internal enum SettingUse
{
    /// <summary>It is used.</summary>
    Honoured,

    /// <summary>It is an error that names the setting, because ignoring it would do something other than intended.</summary>
    Refused,

    /// <summary>It is not used, which causes a warning.</summary>
    Warned,

    /// <summary>It does not concern this library.</summary>
    Elsewhere,
}

/// <summary>The type of a setting's value.</summary>
internal enum SettingType
{
    Text,
    Flag,
    Url,

    /// <summary>The path of a PEM file, or PEM text.</summary>
    Pem,
    Interface,
    Version,

    /// <summary>Any value, including a list or a mapping.</summary>
    Any,
}

/// <summary>A setting of openstacksdk.</summary>
/// <param name="Names">Its names in clouds.yaml, the usual one first. In capitals and with the prefix OS_ each is the name of a variable.</param>
/// <param name="Use">How it is used.</param>
/// <param name="Type">The type of its value.</param>
/// <param name="MayHoldSecret">Whether messages must never show its value, even an invalid one.</param>
/// <param name="Reason">Why it is refused or not used; null for the others. Messages put the name of the <paramref name="Option"/> before it.</param>
/// <param name="Given">How the caller gives it; null if the caller cannot.</param>
/// <param name="Option">What the caller uses instead: a member of <see cref="CloudSettings"/>, or <see cref="CloudOverrides.Concurrency"/>; null for nothing.</param>
internal sealed record Setting(
    IReadOnlyList<string> Names, SettingUse Use, SettingType Type, bool MayHoldSecret = false, string? Reason = null, OverrideMember? Given = null, string? Option = null)
{
    public string Name => Names[0];

    public static implicit operator string(Setting setting) => setting.Name;

    /// <summary>Whether two texts have the same meaning. The old names of interfaces end in URL.</summary>
    public bool HaveSameMeaning(string? one, string? other) => one == other || (Type == SettingType.Interface && WithoutUrl(one) == WithoutUrl(other));

    private static string? WithoutUrl(string? text) => text?.EndsWith("URL", StringComparison.Ordinal) == true ? text.Substring(0, text.Length - 3) : text;
}

/// <summary>How the caller gives a setting.</summary>
/// <param name="Member">The member of <see cref="CloudOverrides"/>.</param>
/// <param name="Text">Its value as clouds.yaml would have it; null or empty where the caller gives none.</param>
internal sealed record OverrideMember(string Member, Func<CloudOverrides, string?> Text);
