using System;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>A Keystone domain, named by its id or by its name: what makes the name of a user or of a project unique.</summary>
public sealed class Domain
{
    private Domain(string? id, string? name)
    {
        Id = id;
        Name = name;
    }

    /// <summary>The domain's id, such as <c>default</c>; null when it is known by name.</summary>
    public string? Id { get; }

    /// <summary>The domain's name, such as <c>Default</c>; null when it is known by id.</summary>
    public string? Name { get; }

    /// <summary>A domain known by its id.</summary>
    /// <param name="id">The id, as Keystone wrote it.</param>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public static Domain ById(string id) => new(Required.Text(id, nameof(id)), null);

    /// <summary>A domain known by its name.</summary>
    /// <param name="name">The name; Keystone compares it as its database does, usually without case.</param>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public static Domain ByName(string name) => new(null, Required.Text(name, nameof(name)));

    /// <summary>The domain in words: <c>domain 'Default'</c> or <c>domain id default</c>.</summary>
    public override string ToString() => Id is null ? $"domain '{Name}'" : $"domain id {Id}";
}
