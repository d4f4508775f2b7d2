using System;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>The project that a token is asked for. Identity API v3, <c>auth.scope.project</c>.</summary>
public sealed class ProjectScope
{
    private ProjectScope(string? id, string? name, Domain? domain)
    {
        Id = id;
        Name = name;
        Domain = domain;
    }

    /// <summary>The project's id; null when it is known by name.</summary>
    public string? Id { get; }

    /// <summary>The project's name; null when it is known by id.</summary>
    public string? Name { get; }

    /// <summary>The domain in which <see cref="Name"/> is unique; null when the project is known by id.</summary>
    public Domain? Domain { get; }

    /// <summary>A project known by its id.</summary>
    /// <param name="id">The id, as Keystone wrote it.</param>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public static ProjectScope ById(string id) => new(Required.Text(id, nameof(id)), null, null);

    /// <summary>A project known by its name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="domain">Its domain: Keystone refuses a name without one.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    /// <exception cref="ArgumentNullException">The domain is null.</exception>
    public static ProjectScope ByName(string name, Domain domain) =>
        new(null, Required.Text(name, nameof(name)), domain ?? throw new ArgumentNullException(nameof(domain)));

    /// <summary>The project in words, such as <c>project 'demo' (domain 'Default')</c>.</summary>
    public override string ToString() => Id is null ? $"project '{Name}' ({Domain})" : $"project id {Id}";
}
