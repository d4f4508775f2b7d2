namespace TroveSchedules.Sandbox;

/// <summary>A user of the sandbox. The secrets are valid only there, so they may be shown.</summary>
public sealed class SandboxAccount
{
    internal SandboxAccount(string userId, string userName, string projectId, string role)
    {
        UserId = userId;
        UserName = userName;
        ProjectId = projectId;
        Role = role;
    }

    /// <summary>The domain of all users and projects.</summary>
    public const string Domain = "Default";

    /// <summary>The user's id.</summary>
    public string UserId { get; }

    /// <summary>The user's name: demo, other, admin, or that of a further project.</summary>
    public string UserName { get; }

    /// <summary>The user's password.</summary>
    public string Password => "secret-" + UserName;

    /// <summary>The id of the user's only project.</summary>
    public string ProjectId { get; }

    /// <summary>The name of that project.</summary>
    public string ProjectName => UserName;

    /// <summary>The user's role in that project: member or admin.</summary>
    public string Role { get; }

    /// <summary>The id of the user's application credential; null if there is none.</summary>
    public string? ApplicationCredentialId { get; internal init; }

    /// <summary>The secret of that credential; null if there is none.</summary>
    public string? ApplicationCredentialSecret { get; internal init; }
}
