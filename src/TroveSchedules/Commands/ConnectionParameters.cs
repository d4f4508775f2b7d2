using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using TroveSchedules.OpenStack.Keystone;

namespace TroveSchedules.Commands;

/// <summary>The parameters of Connect-TroveSession that give settings of the connection, as its <see cref="ConnectionSettingAttribute"/>s say.</summary>
internal static class ConnectionParameters
{
    /// <summary>Each such parameter, with a member of <see cref="CloudOverrides"/> or <see cref="CloudSettings"/> that it gives.</summary>
    public static IReadOnlyList<(PropertyInfo Parameter, string Member)> All { get; } =
    [
        .. from parameter in typeof(ConnectTroveSessionCommand).GetProperties()
           from member in parameter.GetCustomAttribute<ConnectionSettingAttribute>()?.Members ?? []
           select (parameter, member),
    ];

    /// <summary>Gives no setting. Messages name the parameters all the same.</summary>
    public static CloudOverrides None { get; } = new() { NameOf = NameOf };

    /// <summary>The parameter for a setting.</summary>
    /// <param name="setting">The setting's name in clouds.yaml.</param>
    /// <returns>The parameter with its dash; null where there is none.</returns>
    public static string? Of(string setting) => CloudOverrides.MemberOf(setting) is { } member && ParameterOf(member) is { } parameter ? "-" + parameter : null;

    /// <summary>What messages call a member of <see cref="CloudOverrides"/>, or an option that takes the place of a setting.</summary>
    public static string NameOf(string member) => member switch
    {
        nameof(CloudSettings.TimeLimit) or nameof(CloudSettings.MaxRetries) => $"-{ParameterOf(member)} of Connect-TroveSession",
        CloudOverrides.Concurrency => "-ThrottleLimit",
        _ => ParameterOf(member) ?? member,
    };

    private static string? ParameterOf(string member) => All.FirstOrDefault(each => each.Member == member).Parameter?.Name;
}
