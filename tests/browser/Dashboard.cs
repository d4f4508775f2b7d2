using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Playwright;
using TroveSchedules.Dashboard;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Keystone;
using TroveSchedules.Sandbox;
using TroveSchedules.Tests.Contract;
using Xunit;

namespace TroveSchedules.BrowserTests;

/// <summary>A dashboard in front of a sandbox or of a real cloud, and pages of it in Chromium. It deletes what it created.</summary>
internal sealed class Dashboard : IAsyncDisposable
{
    /// <summary>The names of the clouds: "sandbox", and "stack" if TROVE_TEST_STACK is the state directory of tests/stack.</summary>
    public static TheoryData<string> Clouds { get; } = Stack is null ? ["sandbox"] : ["sandbox", "stack"];

    private readonly ConcurrentQueue<string> _violations = new(); // of the Content Security Policy
    private readonly string _prefix;
    private readonly DashboardServer _server;
    private readonly Task _running;

    private Dashboard(SandboxCloud? sandbox, CloudSession session, FaultHandler network)
    {
        (Sandbox, Session, Network) = (sandbox, session, network);
        _prefix = sandbox is null ? $"browser-{Guid.NewGuid():N}-" : "";
        _server = DashboardServer.Start(session, new DashboardOptions { WaitLimit = TimeSpan.FromMinutes(1) });
        _running = _server.RunAsync();
    }

    public CloudSession Session { get; }

    /// <summary>The connections to the cloud.</summary>
    public FaultHandler Network { get; }

    /// <summary>The sandbox; null on a real cloud.</summary>
    public SandboxCloud? Sandbox { get; }

    public Uri Root => new(_server.Address.GetLeftPart(UriPartial.Authority));

    private static string? Stack => Environment.GetEnvironmentVariable("TROVE_TEST_STACK") is { Length: > 0 } folder ? folder : null;

    public static async Task<Dashboard> StartAsync(string cloud = "sandbox", TimeSpan? timeLimit = null)
    {
        SandboxCloud? sandbox = cloud == "sandbox" ? new SandboxCloud(new SandboxOptions { Clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 30, 0, TimeSpan.Zero)), Speed = 0, MaxBackups = -1 }) : null;
        FaultHandler network = null!;
        CloudSession session;
        if (sandbox is null)
        {
            session = await CloudSession.ConnectAsync(CloudConfiguration.FromCloud("demo", null, new ConfigurationSources { EnvironmentVariable = name => name == "OS_CLIENT_CONFIG_FILE" ? Path.Combine(Stack!, "clouds.yaml") : null }));
        }
        else
        {
            SandboxAccount account = sandbox.Accounts.First(one => one.UserName == "demo");
            var settings = new CloudSettings
            {
                AuthUrl = sandbox.AuthUrl, Credential = PasswordCredential.ByName(account.UserName, Domain.ByName(SandboxAccount.Domain), account.Password),
                Project = ProjectScope.ByName(account.ProjectName, Domain.ByName(SandboxAccount.Domain)), MaxRetries = 0,
            };
            settings = timeLimit is { } limit ? settings with { TimeLimit = limit } : settings;
            session = await CloudSession.ConnectAsync(settings, timeLimit is null ? sandbox.Clock : TimeProvider.System, () => network = new FaultHandler(sandbox.CreateHandler()));
        }
        await session.Workbook.InstallAsync();
        return new Dashboard(sandbox, session, network);
    }

    /// <summary>A name that no other test run uses on the same cloud.</summary>
    public string Name(string name) => _prefix + name;

    public async Task<IPage> OpenAsync(int width = 1440, bool dark = false, bool script = true)
    {
        IBrowserContext context = await Browser.ContextAsync(width, dark, script);
        IPage page = await context.NewPageAsync();
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && message.Text.Contains("Content Security Policy", StringComparison.Ordinal))
                _violations.Enqueue(message.Text);
        };
        await page.GotoAsync(_server.Address.AbsoluteUri);
        await page.WaitForURLAsync("**/");
        return page;
    }

    public Task<BackupSchedule> CreateAsync(string name = "nightly", string pattern = "0 3 * * *", string instance = "m") =>
        Session.Schedules.CreateAsync(new ScheduleRequest { Instance = instance, Name = Name(name), Pattern = pattern });

    /// <summary>The schedules of this test.</summary>
    public async Task<IReadOnlyList<BackupSchedule>> SchedulesAsync() => [.. (await Session.Schedules.ListAsync()).Where(schedule => schedule.Name!.StartsWith(_prefix, StringComparison.Ordinal))];

    public async ValueTask DisposeAsync()
    {
        _server.Dispose();
        await _running;
        if (Sandbox is null)
        {
            foreach (BackupSchedule schedule in await SchedulesAsync())
            {
                await foreach (ScheduleExecution execution in Session.Executions.ListAsync(schedule))
                    await Session.Executions.DeleteAsync(execution, force: true);
                await Session.Schedules.DeleteAsync(schedule);
            }
        }
        Session.Dispose();
        Sandbox?.Dispose();
        Assert.Empty(_violations);
    }
}
