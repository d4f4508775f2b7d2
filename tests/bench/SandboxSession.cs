using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Keystone;
using TroveSchedules.Sandbox;

namespace TroveSchedules.Benchmarks;

/// <summary>Logs in to a sandbox in this process.</summary>
internal static class SandboxSession
{
    public static Task<CloudSession> ConnectAsync(SandboxCloud cloud, SandboxAccount account) => CloudSession.ConnectAsync(
        new CloudSettings { AuthUrl = cloud.AuthUrl, Credential = PasswordCredential.ById(account.UserId, account.Password), Project = ProjectScope.ById(account.ProjectId) },
        cloud.Clock, cloud.CreateHandler);
}
