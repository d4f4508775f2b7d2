using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Playwright;
using TroveSchedules.Dashboard;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Keystone;
using TroveSchedules.Sandbox;
using Xunit;

namespace TroveSchedules.BrowserTests;

/// <summary>The dashboard in Chromium, in front of a sandbox. TROVE_TEST_SCREENSHOTS names a folder for a screenshot of every panel.</summary>
public sealed class DashboardInBrowser : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 8, 30, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly Switch _network = new();
    private SandboxCloud _cloud = null!;
    private CloudSession _session = null!;
    private DashboardServer _dashboard = null!;
    private Task _running = null!;

    public async Task InitializeAsync()
    {
        _cloud = new SandboxCloud(new SandboxOptions { Clock = _time, Speed = 0, MaxBackups = -1 });
        SandboxAccount account = _cloud.Accounts.First(one => one.UserName == "demo");
        var settings = new CloudSettings
        {
            AuthUrl = _cloud.AuthUrl, Credential = PasswordCredential.ByName(account.UserName, Domain.ByName(SandboxAccount.Domain), account.Password),
            Project = ProjectScope.ByName(account.ProjectName, Domain.ByName(SandboxAccount.Domain)), MaxRetries = 0,
        };
        _session = await CloudSession.ConnectAsync(settings, _cloud.Clock, () => new SwitchHandler(_network, _cloud.CreateHandler()));
        await _session.Workbook.InstallAsync();
        _dashboard = DashboardServer.Start(_session);
        _running = _dashboard.RunAsync();
    }

    public async Task DisposeAsync()
    {
        _dashboard.Dispose();
        await _running;
        _session.Dispose();
        _cloud.Dispose();
    }

    private async Task<IPage> OpenAsync(int width = 1440, bool dark = false, bool script = true)
    {
        IBrowserContext context = await Browser.ContextAsync(width, dark, script);
        IPage page = await context.NewPageAsync();
        page.Console += (_, message) => Assert.False(message.Type == "error" && message.Text.Contains("Content Security Policy", StringComparison.Ordinal), message.Text);
        await page.GotoAsync(_dashboard.Address.AbsoluteUri);
        await page.WaitForURLAsync("**/");
        return page;
    }

    private async Task<BackupSchedule> ScheduleAsync(string name = "nightly", string pattern = "0 3 * * *", string instance = "m")
    {
        BackupSchedule schedule = await _session.Schedules.CreateAsync(new ScheduleRequest { Instance = instance, Name = name, Pattern = pattern });
        return schedule;
    }

    private static async Task<string> HeadingAsync(IPage page) => await page.Locator("h1").InnerTextAsync();

    private async Task<IReadOnlyList<BackupSchedule>> SchedulesAsync() => await _session.Schedules.ListAsync();

    [BrowserFact]
    public async Task By_mouse_an_instance_leads_to_its_schedules_a_schedule_and_its_executions()
    {
        BackupSchedule schedule = await ScheduleAsync();
        await _session.Executions.StartAsync(schedule, Guid.NewGuid().ToString());
        IPage page = await OpenAsync();
        Assert.Equal("Instances", await HeadingAsync(page));
        await page.GetByRole(AriaRole.Link, new() { Name = "m", Exact = true }).ClickAsync();
        Assert.Equal("Schedules of m", await HeadingAsync(page));
        await page.GetByRole(AriaRole.Link, new() { Name = "nightly" }).ClickAsync();
        Assert.Equal("nightly", await HeadingAsync(page));
        Assert.Equal(10, await page.GetByRole(AriaRole.Region, new() { Name = "Next executions" }).GetByRole(AriaRole.Listitem).CountAsync());
        await page.GetByRole(AriaRole.Link, new() { Name = "Executions", Exact = true }).ClickAsync();
        Assert.Equal("Executions of nightly", await HeadingAsync(page));
        Assert.Equal(1, await page.Locator("tbody tr").CountAsync());
        Assert.Contains("by a user", await page.Locator("tbody").InnerTextAsync());
    }

    [BrowserFact]
    public async Task By_mouse_a_schedule_is_created_and_its_pattern_explained_while_it_is_typed()
    {
        IPage page = await OpenAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "New schedule" }).First.ClickAsync();
        await page.GetByLabel("Instance").SelectOptionAsync(new SelectOptionValue { Label = "m" });
        await page.GetByLabel("Name of each backup").FillAsync("weekly");
        await page.GetByLabel("Cron pattern").FillAsync("0 4 * * 1");
        await page.GetByText("At 04:00 UTC, every Monday").WaitForAsync();
        Assert.Empty(await SchedulesAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the schedule" }).ClickAsync();
        await page.GetByText("The schedule was created.").WaitForAsync();
        Assert.Equal(("weekly", "0 4 * * 1"), ((await SchedulesAsync())[0].Name, (await SchedulesAsync())[0].Pattern));
    }

    [BrowserFact]
    public async Task By_keyboard_alone_a_schedule_is_found_suspended_resumed_and_deleted()
    {
        await ScheduleAsync();
        IPage page = await OpenAsync();
        await FollowAsync(page, "m");
        await FollowAsync(page, "nightly");
        await PressAsync(page, "Suspend");
        await PressAsync(page, "Suspend"); // The button in the part that opened.
        await page.GetByText("The schedule was suspended.").WaitForAsync();
        Assert.Equal(ScheduleState.Suspended, Assert.Single(await SchedulesAsync()).State);
        await PressAsync(page, "Resume");
        await page.GetByText("The schedule was resumed.").WaitForAsync();
        await PressAsync(page, "Delete");
        Assert.Contains("nightly (0 3 * * *)", await page.Locator("main").InnerTextAsync());
        Assert.Single(await SchedulesAsync());
        await PressAsync(page, "Delete");
        await page.GetByText("1 schedule was deleted.").WaitForAsync();
        Assert.Empty(await SchedulesAsync());
    }

    [BrowserFact]
    public async Task By_keyboard_alone_a_schedule_is_created()
    {
        IPage page = await OpenAsync();
        await FollowAsync(page, "New schedule");
        await FocusAsync(page, "#instance");
        await page.Keyboard.TypeAsync("m");
        await FocusAsync(page, "#name");
        await page.Keyboard.TypeAsync("typed");
        await FocusAsync(page, "#pattern");
        await page.Keyboard.TypeAsync("@daily");
        await PressAsync(page, "Create the schedule");
        await page.GetByText("The schedule was created.").WaitForAsync();
        Assert.Equal("typed", Assert.Single(await SchedulesAsync()).Name);
    }

    [BrowserFact]
    public async Task The_first_stop_of_the_keyboard_skips_to_the_content()
    {
        IPage page = await OpenAsync();
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the content", await page.EvaluateAsync<string>("document.activeElement.innerText"));
        Assert.True(await page.Locator(".skip").IsVisibleAsync());
    }

    [BrowserFact]
    public async Task Selected_schedules_are_deleted_after_a_confirmation_that_names_them()
    {
        foreach (string name in new[] { "reports-1", "reports-2", "other" })
            await ScheduleAsync(name);
        IPage page = await OpenAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Schedules", Exact = true }).ClickAsync();
        await page.GetByLabel("Name or id").FillAsync("reports");
        await page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await page.GetByLabel("Select all rows of this page").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete the selected schedules" }).ClickAsync();
        string question = await page.Locator("main").InnerTextAsync();
        Assert.Contains("reports-1", question);
        Assert.Contains("reports-2", question);
        Assert.DoesNotContain("other", question);
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await page.GetByText("2 schedules were deleted.").WaitForAsync();
        Assert.Equal("other", Assert.Single(await SchedulesAsync()).Name);
    }

    [BrowserFact]
    public async Task Without_JavaScript_everything_works_but_the_live_parts()
    {
        IPage page = await OpenAsync(script: false);
        await page.GetByRole(AriaRole.Link, new() { Name = "New schedule" }).First.ClickAsync();
        await page.GetByLabel("Instance").SelectOptionAsync(new SelectOptionValue { Label = "m" });
        await page.GetByLabel("Name of each backup").FillAsync("plain");
        await page.GetByLabel("Cron pattern").FillAsync("0 4 * * 1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Explain the pattern" }).ClickAsync();
        await page.GetByText("At 04:00 UTC, every Monday").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the schedule" }).ClickAsync();
        await page.GetByText("The schedule was created.").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).ClickAsync();
        _cloud.Step(TimeSpan.FromMinutes(1)); // A running execution is not deleted.
        await page.ReloadAsync();
        Assert.Equal(1, await page.Locator("tbody tr").CountAsync());
        await page.GetByLabel("Select the execution").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete the selected executions" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await page.GetByText("1 execution was deleted.").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "The schedule" }).ClickAsync();
        await page.GetByText("Suspend", new() { Exact = true }).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Suspend" }).ClickAsync();
        await page.GetByText("The schedule was suspended.").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Change" }).ClickAsync();
        await page.GetByLabel("Description").FillAsync("changed");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change the schedule" }).ClickAsync();
        await page.GetByText("The schedule was changed.").WaitForAsync();
        Assert.Equal(("changed", ScheduleState.Suspended), ((await SchedulesAsync())[0].Description, (await SchedulesAsync())[0].State));
    }

    [BrowserFact]
    public async Task A_cloud_that_fails_is_a_page_that_says_so_and_the_way_back_works()
    {
        await ScheduleAsync();
        IPage page = await OpenAsync();
        _network.IsDown = true;
        await page.GetByRole(AriaRole.Button, new() { Name = "Check again" }).ClickAsync();
        Assert.Equal("Error", await HeadingAsync(page));
        Assert.True(await page.GetByRole(AriaRole.Alert).IsVisibleAsync());
        _network.IsDown = false;
        await page.GetByRole(AriaRole.Link, new() { Name = "Instances" }).First.ClickAsync();
        Assert.Equal("Instances", await HeadingAsync(page));
    }

    [BrowserFact]
    public async Task What_was_typed_is_kept_when_the_cloud_refuses_it()
    {
        IPage page = await OpenAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "New schedule" }).First.ClickAsync();
        await page.GetByLabel("Instance").SelectOptionAsync(new SelectOptionValue { Label = "m" });
        await page.GetByLabel("Name of each backup").FillAsync("kept");
        await page.GetByLabel("Cron pattern").FillAsync("61 * * * *");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the schedule" }).ClickAsync();
        Assert.Contains("61", await page.GetByRole(AriaRole.Alert).InnerTextAsync());
        Assert.Equal("kept", await page.GetByLabel("Name of each backup").InputValueAsync());
    }

    [BrowserFact]
    public async Task Every_panel_meets_WCAG_and_fits_a_phone()
    {
        string id = await SeedAsync();
        string[] paths =
        [
            "/", "/?search=nothing", "/schedules", "/schedules?search=nothing", "/schedules/new", $"/schedules/{id}", $"/schedules/{id}/change", $"/schedules/{id}/executions", $"/schedules/{id}/executions?state=PAUSED",
            "/schedules/11111111-1111-4111-8111-111111111111", "/nothing",
        ];
        var found = new List<string>();
        IPage page = await OpenAsync();
        IReadOnlyList<BrowserContextCookiesResult> cookies = await page.Context.CookiesAsync();
        Uri root = new(_dashboard.Address.GetLeftPart(UriPartial.Authority));
        foreach (int width in new[] { 360, 1440 })
        {
            foreach (bool dark in new[] { false, true })
            {
                IBrowserContext context = await Browser.ContextAsync(width, dark);
                await context.AddCookiesAsync(cookies.Select(one => new Cookie { Name = one.Name, Value = one.Value, Url = root.AbsoluteUri }));
                IPage one = await context.NewPageAsync();
                foreach (string path in paths)
                {
                    await one.GotoAsync(new Uri(root, path).AbsoluteUri);
                    await InspectAsync(one, path);
                }
                await one.GotoAsync(new Uri(root, "/schedules").AbsoluteUri);
                await one.GetByLabel("Select all rows of this page").CheckAsync();
                await one.GetByRole(AriaRole.Button, new() { Name = "Delete the selected schedules" }).ClickAsync();
                await InspectAsync(one, "/confirm");
                await context.CloseAsync();

                async Task InspectAsync(IPage at, string path)
                {
                    AxeResult result = await at.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] } });
                    found.AddRange(result.Violations.Select(violation => $"{path} at {width}{(dark ? ", dark" : "")}: {violation.Id}: {violation.Help}: {string.Join("; ", violation.Nodes.Take(3).Select(node => node.Html))}"));
                    int tooWide = await at.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
                    if (tooWide > 0)
                        found.Add($"{path} at {width}: {tooWide} pixels too wide");
                    if (Environment.GetEnvironmentVariable("TROVE_TEST_SCREENSHOTS") is { Length: > 0 } folder)
                        await at.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{string.Concat(path.Replace(id, "ID", StringComparison.Ordinal).Select(c => char.IsLetterOrDigit(c) ? c : '-'))}-{width}{(dark ? "-dark" : "")}.png"), FullPage = true });
                }
            }
        }
        Assert.Empty(found);
    }

    /// <summary>Schedules in all states, with executions of two weeks.</summary>
    private async Task<string> SeedAsync()
    {
        BackupSchedule nightly = await ScheduleAsync();
        await ScheduleAsync("hourly-of-a-database-with-a-rather-long-name", "0 * * * *", "broken");
        BackupSchedule weekly = await ScheduleAsync("weekly", "0 4 * * 1");
        await ScheduleAsync("<b>markup</b> & \"quotes\"", "30 5 * * *");
        await _session.ScheduleChanges.ApplyAsync(await _session.ScheduleChanges.PrepareSuspensionAsync(weekly, "new disk"), null);
        for (int day = 0; day < 6; day++)
            _cloud.Step(TimeSpan.FromDays(1));
        _cloud.SeedExecutions(nightly.TriggerId, 120, errors: 20);
        return nightly.Id;
    }

    private static async Task FocusAsync(IPage page, string selector)
    {
        for (int i = 0; i < 200; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<bool>("selector => document.activeElement?.matches(selector) ?? false", selector))
                return;
        }
        Assert.Fail($"The keyboard does not reach {selector}.");
    }

    private static async Task FocusNamedAsync(IPage page, string name)
    {
        ILocator named = page.Locator("a, button, summary").Filter(new() { HasText = name });
        await named.First.WaitForAsync();
        for (int i = 0; i < 200; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<bool>("name => document.activeElement?.innerText?.trim() === name && document.activeElement !== document.body", name))
                return;
        }
        Assert.Fail($"The keyboard does not reach '{name}'.");
    }

    private static async Task FollowAsync(IPage page, string link) => await PressAsync(page, link);

    private static async Task PressAsync(IPage page, string name)
    {
        await FocusNamedAsync(page, name);
        // A summary opens its part of the page; everything else leads to a page.
        if (await page.EvaluateAsync<bool>("document.activeElement.matches('summary')"))
            await page.Keyboard.PressAsync("Enter");
        else
        {
            Task<IResponse> next = page.WaitForResponseAsync(response => response.Request.IsNavigationRequest && response.Status == 200);
            await page.Keyboard.PressAsync("Enter");
            await next;
            await page.WaitForLoadStateAsync();
        }
    }

    private sealed class Switch
    {
        public bool IsDown { get; set; }
    }

    private sealed class SwitchHandler(Switch network, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            network.IsDown ? throw new HttpRequestException("Connection refused") : base.SendAsync(request, cancellationToken);
    }
}
