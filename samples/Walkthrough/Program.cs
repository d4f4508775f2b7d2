// The CLI section of the specification, in C#. It works in a sandbox in this process, or on a cloud where OS_CLOUD or OS_AUTH_URL names one:
//
//     dotnet run --project samples/Walkthrough [instance]
//
// The instance is m when left out. On a cloud one backup or two of it are made, and stay.

using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Keystone;
using TroveSchedules.Sandbox;
using Walkthrough;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true; // The schedule is still to be deleted.
    stop.Cancel();
};

bool namesCloud = new[] { "OS_CLOUD", "OS_AUTH_URL" }.Any(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 });
using SandboxCloud? sandbox = namesCloud ? null : new SandboxCloud(new SandboxOptions { Speed = 0 }); // Its clock moves only when it is stepped.
try
{
    using CloudSession session = await (sandbox is null ? ConnectToCloud() : ConnectToSandbox(sandbox));
    await new Steps(session, sandbox).RunAsync(args.FirstOrDefault() ?? "m", stop.Token);
    return 0;
}
catch (TroveScheduleException e)
{
    Console.Error.WriteLine($"{e.ErrorId}: {e.Message}");
    return 1;
}
catch (OperationCanceledException)
{
    return 130;
}

Task<CloudSession> ConnectToCloud() => CloudSession.ConnectAsync(CloudConfiguration.FromEnvironment(), stop.Token);

// A sandbox is a cloud whose requests go through its handler, by its clock.
Task<CloudSession> ConnectToSandbox(SandboxCloud cloud)
{
    SandboxAccount demo = cloud.Accounts.Single(account => account.UserName == "demo");
    var settings = new CloudSettings
    {
        AuthUrl = cloud.AuthUrl,
        Credential = PasswordCredential.ById(demo.UserId, demo.Password),
        Project = ProjectScope.ById(demo.ProjectId),
    };
    return CloudSession.ConnectAsync(settings, cloud.Clock, cloud.CreateHandler, stop.Token);
}
