using System;
using System.Collections.Generic;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>What becomes of a setting.</summary>
internal enum SettingUse
{
    /// <summary>The module does what it says.</summary>
    Honoured,

    /// <summary>To go on without it would do something else than what was meant: an error that names it.</summary>
    Refused,

    /// <summary>It is not used, and its user is told.</summary>
    Warned,

    /// <summary>It concerns nothing that this module does.</summary>
    Elsewhere,
}

/// <summary>What the value of a setting is.</summary>
internal enum SettingType
{
    Text,
    Flag,
    Url,

    /// <summary>The path of a PEM file, or PEM text.</summary>
    Pem,
    Interface,
    Version,

    /// <summary>A list or a mapping, too.</summary>
    Any,
}

/// <summary>A setting that openstacksdk knows.</summary>
/// <param name="Names">Its names in clouds.yaml, the first its own. With OS_ before it and in capitals each is the name of a variable.</param>
/// <param name="Use">What becomes of it.</param>
/// <param name="Type">What its value is.</param>
/// <param name="MayHoldSecret">Whether its value, however wrong, may be repeated nowhere.</param>
/// <param name="Reason">Why it is refused or not used; null for the others. Messages put the name of the <paramref name="Option"/> before it.</param>
/// <param name="Given">How the caller gives it; null where the caller cannot.</param>
/// <param name="Option">What the caller uses instead: a member of <see cref="CloudSettings"/>, or <see cref="CloudOverrides.Concurrency"/>; null for nothing.</param>
internal sealed record Setting(
    IReadOnlyList<string> Names, SettingUse Use, SettingType Type, bool MayHoldSecret = false, string? Reason = null, GivenSetting? Given = null, string? Option = null)
{
    public string Name => Names[0];

    public static implicit operator string(Setting setting) => setting.Name;

    /// <summary>Whether two texts say the same. The old names of interfaces end in URL.</summary>
    public bool IsSame(string? one, string? other) => one == other || (Type == SettingType.Interface && WithoutUrl(one) == WithoutUrl(other));

    private static string? WithoutUrl(string? text) => text?.EndsWith("URL", StringComparison.Ordinal) == true ? text.Substring(0, text.Length - 3) : text;
}

/// <summary>How the caller gives a setting.</summary>
/// <param name="Member">The member of <see cref="CloudOverrides"/>.</param>
/// <param name="Text">Its value as clouds.yaml would have it; null or empty where the caller gives none.</param>
internal sealed record GivenSetting(string Member, Func<CloudOverrides, string?> Text);
