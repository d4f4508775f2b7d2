using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Microsoft.Extensions.Time.Testing;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Keystone;
using TroveSchedules.Sandbox;

namespace TroveSchedules.Tests.Contract;

/// <summary>A cloud that the contract is tested on.</summary>
public interface ICloud
{
    /// <summary>The settings to log in as demo, other, admin or demo-appcred.</summary>
    CloudSettings As(string user);

    /// <summary>The handler that sends requests to the cloud.</summary>
    HttpMessageHandler CreateHandler();

    /// <summary>A session of the library.</summary>
    Task<CloudSession> ConnectAsync(string user);

    /// <summary>Lets time pass.</summary>
    Task PassAsync(TimeSpan time);

    /// <summary>Keeps backups of an instance from ending until the result is disposed, however long that takes.</summary>
    IDisposable HoldBackups(string instance);
}

/// <summary>A sandbox of its own for each case; its clock stands still until it is stepped.</summary>
/// <param name="backupSeconds">How long a backup runs.</param>
public sealed class SandboxUnderTest(double backupSeconds = 1) : ICloud
{
    // Half a second past the minute, because fractions of a second are easy to get wrong.
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 8, 30, 0, 500, TimeSpan.Zero);

    public SandboxCloud Cloud { get; } = new(new SandboxOptions { Clock = new FakeTimeProvider(Start), Instances = 45, MaxBackups = 30, BackupDuration = TimeSpan.FromSeconds(backupSeconds) });

    public CloudSettings As(string user) => Settings(Cloud, user);

    public static CloudSettings Settings(SandboxCloud cloud, string user)
    {
        foreach (SandboxAccount account in cloud.Accounts)
        {
            if (user == account.UserName + "-appcred")
            {
                return new CloudSettings
                {
                    AuthUrl = cloud.AuthUrl,
                    Credential = ApplicationCredential.ById(account.ApplicationCredentialId!, account.ApplicationCredentialSecret!),
                };
            }
            if (user == account.UserName)
            {
                return new CloudSettings
                {
                    AuthUrl = cloud.AuthUrl,
                    Credential = PasswordCredential.ByName(account.UserName, Domain.ByName(SandboxAccount.Domain), account.Password),
                    Project = ProjectScope.ByName(account.ProjectName, Domain.ByName(SandboxAccount.Domain)),
                };
            }
        }
        throw new ArgumentException($"Nobody is called {user}.", nameof(user));
    }

    public HttpMessageHandler CreateHandler() => Cloud.CreateHandler();

    public Task<CloudSession> ConnectAsync(string user) => CloudSession.ConnectAsync(As(user), Cloud.Clock, Cloud.CreateHandler, default);

    public Task PassAsync(TimeSpan time)
    {
        Cloud.Step(time);
        return Task.CompletedTask;
    }

    // Its clock stands still between requests, so only cases that step it need backups that take longer.
    public IDisposable HoldBackups(string instance) => new Undo(() => { });
}

/// <summary>
/// The real cloud: that of <c>TROVE_TEST_STACK</c>, the state directory of tests/stack, or the one that <c>TROVE_TEST_CLOUD</c> names in clouds.yaml, which is asked
/// only for what any user and project can do.
/// </summary>
public sealed class RealCloud : ICloud
{
    private static readonly string? Stack = Variable("TROVE_TEST_STACK");
    private static readonly string? Named = Variable("TROVE_TEST_CLOUD");
    private static readonly object BehaviourLock = new();

    public static RealCloud Shared { get; } = new();

    /// <summary>Why a case is skipped; null if it runs.</summary>
    public static string? WhyNot(Needs needs) =>
        Stack is not null ? null
        : Named is null ? "No real cloud: set TROVE_TEST_STACK to the state directory of tests/stack, or TROVE_TEST_CLOUD to a name in clouds.yaml."
        : needs == Needs.None ? null
        : $"The case needs the {needs} of tests/stack, which the cloud '{Named}' lacks.";

    public CloudSettings As(string user) => Stack is not null
        ? CloudConfiguration.FromCloud(user, null, new ConfigurationSources { EnvironmentVariable = name => name == "OS_CLIENT_CONFIG_FILE" ? Path.Combine(Stack, "clouds.yaml") : null })
        : CloudConfiguration.FromCloud(Named!);

    public HttpMessageHandler CreateHandler() => new SocketsHttpHandler { AllowAutoRedirect = false };

    public Task<CloudSession> ConnectAsync(string user) => CloudSession.ConnectAsync(As(user));

    public Task PassAsync(TimeSpan time) => Task.Delay(time);

    /// <summary>A cloud that is not tests/stack makes real backups, which take long enough.</summary>
    public IDisposable HoldBackups(string instance)
    {
        if (Stack is null)
            return new Undo(() => { });
        ChangeHeld(held => held.Add(instance));
        return new Undo(() => ChangeHeld(held => held.Remove(held.FirstOrDefault(id => (string?)id == instance))));
    }

    private static void ChangeHeld(Action<JsonArray> change)
    {
        string file = Path.Combine(Stack!, "behaviour.json");
        lock (BehaviourLock)
        {
            JsonNode behaviour = JsonNode.Parse(File.ReadAllText(file))!;
            change(behaviour["held"]!.AsArray());
            // Replaced in one step, because Trove may be reading it.
            File.WriteAllText(file + ".new", behaviour.ToJsonString());
            File.Move(file + ".new", file, overwrite: true);
        }
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}

/// <summary>Undoes something when it is disposed.</summary>
internal sealed class Undo(Action undo) : IDisposable
{
    public void Dispose() => undo();
}
