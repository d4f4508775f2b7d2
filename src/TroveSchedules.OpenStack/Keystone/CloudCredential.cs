using System;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>
/// The credential for a login to Keystone: a <see cref="PasswordCredential"/>, an <see cref="ApplicationCredential"/> or a
/// <see cref="TokenCredential"/>. Its secret is not readable outside this library.
/// </summary>
public abstract class CloudCredential
{
    private protected CloudCredential(string secret, string parameter) => Secret = Required.Text(secret, parameter);

    internal string Secret { get; }

    /// <summary>Whether a login may name a project. False for a credential that is bound to one, because Keystone rejects a scope for it.</summary>
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

    /// <summary>The user's id; null if <see cref="UserName"/> identifies the user.</summary>
    public string? UserId { get; }

    /// <summary>The user's name; null if <see cref="UserId"/> identifies the user.</summary>
    public string? UserName { get; }

    /// <summary>The domain in which <see cref="UserName"/> is unique; null if <see cref="UserId"/> identifies the user.</summary>
    public Domain? UserDomain { get; }

    /// <summary>Creates a credential for a user id.</summary>
    /// <param name="userId">The user's id in Keystone.</param>
    /// <param name="password">The password.</param>
    /// <exception cref="ArgumentException">Either is empty.</exception>
    public static PasswordCredential ById(string userId, string password) =>
        new(Required.Text(userId, nameof(userId)), null, null, password);

    /// <summary>Creates a credential for a user name.</summary>
    /// <param name="userName">The name.</param>
    /// <param name="userDomain">The user's domain. Keystone rejects a name without one.</param>
    /// <param name="password">The password.</param>
    /// <exception cref="ArgumentException">The name or the password is empty.</exception>
    /// <exception cref="ArgumentNullException">The domain is null.</exception>
    public static PasswordCredential ByName(string userName, Domain userDomain, string password) =>
        new(null, Required.Text(userName, nameof(userName)), userDomain ?? throw new ArgumentNullException(nameof(userDomain)), password);

    /// <summary>The user, without the password.</summary>
    public override string ToString() =>
        UserId is null ? $"the password of user '{UserName}' ({UserDomain})" : $"the password of user id {UserId}";

    internal override AuthIdentity ToIdentity() => new()
    {
        Methods = ["password"],
        Password = new AuthPassword { User = new AuthUser(UserId, UserName, UserDomain) { Password = Secret } },
    };
}

/// <summary>
/// An application credential: a secret that a user created for a program, bound to one project. Identity API v3, method
/// <c>application_credential</c>. It can list and delete schedules, but not create them: Mistral needs a trust, and
/// Keystone creates none for a delegated token.
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

    /// <summary>The credential's id; null if <see cref="Name"/> identifies it.</summary>
    public string? Id { get; }

    /// <summary>The credential's name, unique for its user; null if <see cref="Id"/> identifies it.</summary>
    public string? Name { get; }

    /// <summary>The id of the user who created it; null if <see cref="Id"/> identifies the credential, or <see cref="UserName"/> the user.</summary>
    public string? UserId { get; }

    /// <summary>The name of the user who created it; null if an id identifies the credential or the user.</summary>
    public string? UserName { get; }

    /// <summary>The domain in which <see cref="UserName"/> is unique; null if <see cref="UserName"/> is null.</summary>
    public Domain? UserDomain { get; }

    /// <summary>Creates a credential from its id.</summary>
    /// <param name="id">The id in Keystone.</param>
    /// <param name="secret">The secret, which Keystone shows only when the credential is created.</param>
    /// <exception cref="ArgumentException">Either is empty.</exception>
    public static ApplicationCredential ById(string id, string secret) =>
        new(Required.Text(id, nameof(id)), null, null, null, null, secret);

    /// <summary>Creates a credential from its name and its user's id.</summary>
    /// <param name="name">The credential's name.</param>
    /// <param name="userId">The id of the user who created it.</param>
    /// <param name="secret">The secret, which Keystone shows only when the credential is created.</param>
    /// <exception cref="ArgumentException">One of them is empty.</exception>
    public static ApplicationCredential ByName(string name, string userId, string secret) =>
        new(null, Required.Text(name, nameof(name)), Required.Text(userId, nameof(userId)), null, null, secret);

    /// <summary>Creates a credential from its name and its user's name.</summary>
    /// <param name="name">The credential's name.</param>
    /// <param name="userName">The name of the user who created it.</param>
    /// <param name="userDomain">That user's domain.</param>
    /// <param name="secret">The secret, which Keystone shows only when the credential is created.</param>
    /// <exception cref="ArgumentException">One of the texts is empty.</exception>
    /// <exception cref="ArgumentNullException">The domain is null.</exception>
    public static ApplicationCredential ByName(string name, string userName, Domain userDomain, string secret) =>
        new(null, Required.Text(name, nameof(name)), null, Required.Text(userName, nameof(userName)),
            userDomain ?? throw new ArgumentNullException(nameof(userDomain)), secret);

    /// <summary>The credential's id or name, without the secret.</summary>
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
/// An existing token. Identity API v3, method <c>token</c>. The new token expires at the same time as this one,
/// so a session that logs in with a token ends with it.
/// </summary>
public sealed class TokenCredential : CloudCredential
{
    /// <summary>Creates a credential from a token.</summary>
    /// <param name="token">The token, as in <c>X-Auth-Token</c>.</param>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public TokenCredential(string token)
        : base(token, nameof(token))
    {
    }

    /// <summary>The word for a token, without its value.</summary>
    public override string ToString() => "the token";

    internal override AuthIdentity ToIdentity() => new() { Methods = ["token"], Token = new AuthTokenId { Id = Secret } };
}
