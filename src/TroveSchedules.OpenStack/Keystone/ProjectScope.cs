using System;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>The project of the requested token. Identity API v3, <c>auth.scope.project</c>.</summary>
public sealed class ProjectScope
{
    private ProjectScope(string? id, string? name, Domain? domain)
    {
        Id = id;
        Name = name;
        Domain = domain;
    }

    /// <summary>The project's id; null if <see cref="Name"/> identifies it.</summary>
    public string? Id { get; }

    /// <summary>The project's name; null if <see cref="Id"/> identifies it.</summary>
    public string? Name { get; }

    /// <summary>The domain in which <see cref="Name"/> is unique; null if <see cref="Id"/> identifies the project.</summary>
    public Domain? Domain { get; }

    /// <summary>Creates a scope from a project's id.</summary>
    /// <param name="id">The id in Keystone.</param>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public static ProjectScope ById(string id) => new(Required.Text(id, nameof(id)), null, null);

    /// <summary>Creates a scope from a project's name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="domain">The project's domain. Keystone rejects a name without one.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    /// <exception cref="ArgumentNullException">The domain is null.</exception>
    public static ProjectScope ByName(string name, Domain domain) =>
        new(null, Required.Text(name, nameof(name)), domain ?? throw new ArgumentNullException(nameof(domain)));

    /// <summary>The project for messages, such as <c>project 'demo' (domain 'Default')</c>.</summary>
    public override string ToString() => Id is null ? $"project '{Name}' ({Domain})" : $"project id {Id}";
}
