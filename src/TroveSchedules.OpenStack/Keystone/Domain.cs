using System;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>A Keystone domain, identified by id or by name. Names of users and projects are unique within a domain.</summary>
public sealed class Domain
{
    private Domain(string? id, string? name)
    {
        Id = id;
        Name = name;
    }

    /// <summary>The domain's id, such as <c>default</c>; null if <see cref="Name"/> identifies it.</summary>
    public string? Id { get; }

    /// <summary>The domain's name, such as <c>Default</c>; null if <see cref="Id"/> identifies it.</summary>
    public string? Name { get; }

    /// <summary>Creates a domain from its id.</summary>
    /// <param name="id">The id in Keystone.</param>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public static Domain ById(string id) => new(Required.Text(id, nameof(id)), null);

    /// <summary>Creates a domain from its name.</summary>
    /// <param name="name">The name. Keystone's database compares it, usually case-insensitively.</param>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public static Domain ByName(string name) => new(null, Required.Text(name, nameof(name)));

    /// <summary>The domain for messages: <c>domain 'Default'</c> or <c>domain id default</c>.</summary>
    public override string ToString() => Id is null ? $"domain '{Name}'" : $"domain id {Id}";
}
