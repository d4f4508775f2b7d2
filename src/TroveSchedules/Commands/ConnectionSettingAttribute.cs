using System;
using System.Collections.Generic;

namespace TroveSchedules.Commands;

/// <summary>Marks a parameter of Connect-TroveSession that gives settings of the connection.</summary>
/// <param name="members">The members of <see cref="OpenStack.Keystone.CloudOverrides"/> that it gives, or the one of <see cref="OpenStack.Keystone.CloudSettings"/>.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ConnectionSettingAttribute(params string[] members) : Attribute
{
    public IReadOnlyList<string> Members { get; } = members;
}
