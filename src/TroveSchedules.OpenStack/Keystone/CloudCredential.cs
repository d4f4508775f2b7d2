using System;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>
/// What proves to Keystone who is asking: a <see cref="PasswordCredential"/>, an <see cref="ApplicationCredential"/> or a
/// <see cref="TokenCredential"/>. The secret in it can be used by this library and read by nobody.
/// </summary>
public abstract class CloudCredential
{
    private protected CloudCredential(string secret, string parameter) => Secret = Required.Text(secret, parameter);

    internal string Secret { get; }

    /// <summary>False when Keystone refuses a request that names a project, because the credential is bound to one already.</summary>
    internal virtual bool TakesScope => true;

    internal abstract AuthIdentity ToIdentity();
}

/// <summary>A user and a password. Identity API v3, method <c>password</c>.</summary>
public sealed class PasswordCredential : CloudCredential
{
    private PasswordCredential(string? userId, string? userName, Domain? userDomain, string password)
        : base(password, nameof(password))
    {
        UserId = userId;
        UserName = userName;
        UserDomain = userDomain;
    }

    /// <summary>The user's id; null when the user is known by name.</summary>
    public string? UserId { get; }

    /// <summary>The user's name; null when the user is known by id.</summary>
    public string? UserName { get; }

    /// <summary>The domain in which <see cref="UserName"/> is unique; null when the user is known by id.</summary>
    public Domain? UserDomain { get; }

    /// <summary>A user known by id.</summary>
    /// <param name="userId">The id, as Keystone wrote it.</param>
    /// <param name="password">The password.</param>
    /// <exception cref="ArgumentException">Either is empty.</exception>
    public static PasswordCredential ById(string userId, string password) =>
        new(Required.Text(userId, nameof(userId)), null, null, password);

    /// <summary>A user known by name.</summary>
    /// <param name="userName">The name.</param>
    /// <param name="userDomain">The user's domain: Keystone refuses a name without one.</param>
    /// <param name="password">The password.</param>
    /// <exception cref="ArgumentException">The name or the password is empty.</exception>
    /// <exception cref="ArgumentNullException">The domain is null.</exception>
    public static PasswordCredential ByName(string userName, Domain userDomain, string password) =>
        new(null, Required.Text(userName, nameof(userName)), userDomain ?? throw new ArgumentNullException(nameof(userDomain)), password);

    /// <summary>Whose password it is, without the password.</summary>
    public override string ToString() =>
        UserId is null ? $"the password of user '{UserName}' ({UserDomain})" : $"the password of user id {UserId}";

    internal override AuthIdentity ToIdentity() => new()
    {
        Methods = ["password"],
        Password = new AuthPassword { User = new AuthUser(UserId, UserName, UserDomain) { Password = Secret } },
    };
}

/// <summary>
/// An application credential: a secret that a user made for a program, bound to one project. Identity API v3, method
/// <c>application_credential</c>. With it schedules can be listed and deleted, but not created: Mistral needs a trust, and
/// Keystone gives none to a delegated token.
/// </summary>
public sealed class ApplicationCredential : CloudCredential
{
    private ApplicationCredential(string? id, string? name, string? userId, string? userName, Domain? userDomain, string secret)
        : base(secret, nameof(secret))
    {
        Id = id;
        Name = name;
        UserId = userId;
        UserName = userName;
        UserDomain = userDomain;
    }

    /// <summary>The credential's id; null when it is known by name.</summary>
    public string? Id { get; }

    /// <summary>The credential's name, unique for its user; null when it is known by id.</summary>
    public string? Name { get; }

    /// <summary>The id of the user who made it; null when the credential is known by id, or the user by name.</summary>
    public string? UserId { get; }

    /// <summary>The name of the user who made it; null when the credential or the user is known by id.</summary>
    public string? UserName { get; }

    /// <summary>The domain in which <see cref="UserName"/> is unique; null when that is null.</summary>
    public Domain? UserDomain { get; }

    /// <summary>A credential known by id.</summary>
    /// <param name="id">The id, as Keystone wrote it.</param>
    /// <param name="secret">The secret that Keystone showed once.</param>
    /// <exception cref="ArgumentException">Either is empty.</exception>
    public static ApplicationCredential ById(string id, string secret) =>
        new(Required.Text(id, nameof(id)), null, null, null, null, secret);

    /// <summary>A credential known by name, of a user known by id.</summary>
    /// <param name="name">The credential's name.</param>
    /// <param name="userId">The id of the user who made it.</param>
    /// <param name="secret">The secret that Keystone showed once.</param>
    /// <exception cref="ArgumentException">One of them is empty.</exception>
    public static ApplicationCredential ByName(string name, string userId, string secret) =>
        new(null, Required.Text(name, nameof(name)), Required.Text(userId, nameof(userId)), null, null, secret);

    /// <summary>A credential known by name, of a user known by name.</summary>
    /// <param name="name">The credential's name.</param>
    /// <param name="userName">The name of the user who made it.</param>
    /// <param name="userDomain">That user's domain.</param>
    /// <param name="secret">The secret that Keystone showed once.</param>
    /// <exception cref="ArgumentException">One of the texts is empty.</exception>
    /// <exception cref="ArgumentNullException">The domain is null.</exception>
    public static ApplicationCredential ByName(string name, string userName, Domain userDomain, string secret) =>
        new(null, Required.Text(name, nameof(name)), null, Required.Text(userName, nameof(userName)),
            userDomain ?? throw new ArgumentNullException(nameof(userDomain)), secret);

    /// <summary>Which credential it is, without the secret.</summary>
    public override string ToString() => this switch
    {
        { Id: { } id } => $"the application credential id {id}",
        { UserId: { } userId } => $"the application credential '{Name}' of user id {userId}",
        _ => $"the application credential '{Name}' of user '{UserName}' ({UserDomain})",
    };

    internal override bool TakesScope => false;

    internal override AuthIdentity ToIdentity() => new()
    {
        Methods = ["application_credential"],
        ApplicationCredential = new AuthApplicationCredential
        {
            Id = Id,
            Name = Name,
            Secret = Secret,
            User = Id is null ? new AuthUser(UserId, UserName, UserDomain) : null,
        },
    };
}

/// <summary>
/// A token that was issued before. Identity API v3, method <c>token</c>. The token that comes of it expires when the first one
/// does, so a session that is entered with a token cannot outlive it.
/// </summary>
public sealed class TokenCredential : CloudCredential
{
    /// <summary>Takes a token.</summary>
    /// <param name="token">The token, as in <c>X-Auth-Token</c>.</param>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public TokenCredential(string token)
        : base(token, nameof(token))
    {
    }

    /// <summary>That it is a token, and nothing of it.</summary>
    public override string ToString() => "the token";

    internal override AuthIdentity ToIdentity() => new() { Methods = ["token"], Token = new AuthTokenId { Id = Secret } };
}
