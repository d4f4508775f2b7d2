using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using TroveSchedules.OpenStack;
using TroveSchedules.Tests.Contract;
using Xunit;

namespace TroveSchedules.BrowserTests;

/// <summary>The dashboard in Chromium. TROVE_TEST_SCREENSHOTS names a folder for a screenshot of every panel.</summary>
public sealed class DashboardInBrowser
{
    public static TheoryData<string> Clouds => Dashboard.Clouds;

    // These wait, because a click returns before the next page is there.
    private static Task HasHeadingAsync(IPage page, string heading) => Assertions.Expect(page.Locator("h1")).ToHaveTextAsync(heading, new() { Timeout = Browser.Limit });

    private static Task HasRowsAsync(IPage page, int count) => Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(count, new() { Timeout = Browser.Limit });

    private static Task SaysAsync(IPage page, string text) => Assertions.Expect(page.Locator("main")).ToContainTextAsync(text, new() { Timeout = Browser.Limit });

    private static ILocator Link(IPage page, string name) => page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    private static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static Task ChooseAsync(IPage page, string instance) => page.GetByLabel("Instance").SelectOptionAsync(new SelectOptionValue { Label = instance });

    [BrowserTheory]
    [MemberData(nameof(Clouds))]
    public async Task By_mouse_an_instance_leads_to_its_schedules_a_schedule_and_its_executions(string cloud)
    {
        await using Dashboard dashboard = await Dashboard.StartAsync(cloud);
        BackupSchedule schedule = await dashboard.CreateAsync();
        await dashboard.Session.Executions.StartAsync(schedule, Guid.NewGuid().ToString());
        IPage page = await dashboard.OpenAsync();
        await HasHeadingAsync(page, "Instances");
        await Link(page, "m").ClickAsync();
        await HasHeadingAsync(page, "Schedules of m");
        await Link(page, dashboard.Name("nightly")).ClickAsync();
        await HasHeadingAsync(page, dashboard.Name("nightly"));
        Assert.Equal(10, await page.GetByRole(AriaRole.Region, new() { Name = "Next executions" }).GetByRole(AriaRole.Listitem).CountAsync());
        await Link(page, "Executions").ClickAsync();
        await HasHeadingAsync(page, $"Executions of {dashboard.Name("nightly")}");
        await HasRowsAsync(page, 1);
        await SaysAsync(page, "by a user");
    }

    [BrowserTheory]
    [MemberData(nameof(Clouds))]
    public async Task By_keyboard_an_instance_leads_to_its_schedules_a_schedule_and_its_executions(string cloud)
    {
        await using Dashboard dashboard = await Dashboard.StartAsync(cloud);
        BackupSchedule schedule = await dashboard.CreateAsync();
        await dashboard.Session.Executions.StartAsync(schedule, Guid.NewGuid().ToString());
        IPage page = await dashboard.OpenAsync();
        await page.EnterAsync("m");
        await page.EnterAsync(dashboard.Name("nightly"));
        await page.EnterAsync("Executions");
        await HasHeadingAsync(page, $"Executions of {dashboard.Name("nightly")}");
        await HasRowsAsync(page, 1);
    }

    [BrowserTheory]
    [MemberData(nameof(Clouds))]
    public async Task By_mouse_a_schedule_is_created_and_its_pattern_explained_while_it_is_typed(string cloud)
    {
        await using Dashboard dashboard = await Dashboard.StartAsync(cloud);
        IPage page = await dashboard.OpenAsync();
        await Link(page, "New schedule").First.ClickAsync();
        await ChooseAsync(page, "m");
        await page.GetByLabel("Name of each backup").FillAsync(dashboard.Name("weekly"));
        await page.GetByLabel("Cron pattern").FillAsync("0 4 * * 1");
        await page.GetByText("At 04:00 UTC, every Monday").WaitForAsync();
        Assert.Empty(await dashboard.SchedulesAsync());
        await Button(page, "Create the schedule").ClickAsync();
        await page.GetByText("The schedule was created.").WaitForAsync();
        BackupSchedule created = Assert.Single(await dashboard.SchedulesAsync());
        Assert.Equal((dashboard.Name("weekly"), "0 4 * * 1"), (created.Name, created.Pattern));
    }

    [BrowserTheory]
    [MemberData(nameof(Clouds))]
    public async Task By_keyboard_a_schedule_is_created(string cloud)
    {
        await using Dashboard dashboard = await Dashboard.StartAsync(cloud);
        IPage page = await dashboard.OpenAsync();
        await page.EnterAsync("New schedule");
        await page.TabToAsync("#instance");
        await page.Keyboard.TypeAsync("m");
        await page.TabToAsync("#name");
        await page.Keyboard.TypeAsync(dashboard.Name("typed"));
        await page.TabToAsync("#pattern");
        await page.Keyboard.TypeAsync("@daily");
        await page.EnterAsync("Create the schedule");
        await page.GetByText("The schedule was created.").WaitForAsync();
        Assert.Equal(dashboard.Name("typed"), Assert.Single(await dashboard.SchedulesAsync()).Name);
    }

    [BrowserTheory]
    [MemberData(nameof(Clouds))]
    public async Task By_keyboard_a_schedule_is_suspended_resumed_and_deleted(string cloud)
    {
        await using Dashboard dashboard = await Dashboard.StartAsync(cloud);
        await dashboard.CreateAsync();
        IPage page = await dashboard.OpenAsync();
        await page.EnterAsync("m");
        await page.EnterAsync(dashboard.Name("nightly"));
        await page.EnterAsync("Suspend");
        await page.EnterAsync("Suspend"); // The button in the part that opened.
        await page.GetByText("The schedule was suspended.").WaitForAsync();
        Assert.Equal(ScheduleState.Suspended, Assert.Single(await dashboard.SchedulesAsync()).State);
        await page.EnterAsync("Resume");
        await page.GetByText("The schedule was resumed.").WaitForAsync();
        await page.EnterAsync("Delete");
        await SaysAsync(page, $"{dashboard.Name("nightly")} (0 3 * * *) of instance m");
        Assert.Single(await dashboard.SchedulesAsync());
        await page.EnterAsync("Delete");
        await page.GetByText("1 schedule was deleted.").WaitForAsync();
        Assert.Empty(await dashboard.SchedulesAsync());
    }

    [BrowserTheory]
    [MemberData(nameof(Clouds))]
    public async Task By_mouse_selected_schedules_are_deleted_after_a_confirmation_that_names_them(string cloud)
    {
        await using Dashboard dashboard = await Dashboard.StartAsync(cloud);
        foreach (string name in new[] { "reports-1", "reports-2", "other" })
            await dashboard.CreateAsync(name);
        IPage page = await dashboard.OpenAsync();
        await Link(page, "Schedules").ClickAsync();
        await page.GetByLabel("Name or id").FillAsync(dashboard.Name("reports"));
        await Button(page, "Search").ClickAsync();
        await page.GetByLabel("Select all rows of this page").CheckAsync();
        await Button(page, "Delete the selected schedules").ClickAsync();
        await SaysAsync(page, $"{dashboard.Name("reports-1")} (0 3 * * *) of instance m");
        await SaysAsync(page, dashboard.Name("reports-2"));
        Assert.DoesNotContain(dashboard.Name("other"), await page.Locator("main").InnerTextAsync());
        await Button(page, "Delete").ClickAsync();
        await page.GetByText("2 schedules were deleted.").WaitForAsync();
        Assert.Equal(dashboard.Name("other"), Assert.Single(await dashboard.SchedulesAsync()).Name);
    }

    [BrowserTheory]
    [MemberData(nameof(Clouds))]
    public async Task An_execution_is_started_and_deleted_when_it_has_ended(string cloud)
    {
        await using Dashboard dashboard = await Dashboard.StartAsync(cloud);
        BackupSchedule schedule = await dashboard.CreateAsync();
        IPage page = await dashboard.OpenAsync();
        await page.GotoAsync(new Uri(dashboard.Root, $"/schedules/{schedule.Id}").AbsoluteUri);
        await Button(page, "Run now").ClickAsync();
        await page.Locator("tbody tr").WaitForAsync();
        dashboard.Sandbox?.Step(TimeSpan.FromMinutes(5));
        await page.Locator(".SUCCESS").WaitForAsync(); // The page refreshes itself while an execution is running.
        await page.GetByLabel("Select the execution").CheckAsync();
        await Button(page, "Delete the selected executions").ClickAsync();
        await HasHeadingAsync(page, "Delete executions");
        await Button(page, "Delete").ClickAsync();
        await page.GetByText("1 execution was deleted.").WaitForAsync();
        await HasRowsAsync(page, 0);
    }

    [BrowserFact]
    public async Task The_first_stop_of_the_keyboard_skips_to_the_content()
    {
        await using Dashboard dashboard = await Dashboard.StartAsync();
        IPage page = await dashboard.OpenAsync();
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the content", await page.EvaluateAsync<string>("document.activeElement.innerText"));
        Assert.True(await page.Locator(".skip").IsVisibleAsync());
    }

    [BrowserFact]
    public async Task Without_JavaScript_everything_works_but_the_live_parts()
    {
        await using Dashboard dashboard = await Dashboard.StartAsync();
        IPage page = await dashboard.OpenAsync(script: false);
        await Link(page, "New schedule").First.ClickAsync();
        await ChooseAsync(page, "m");
        await page.GetByLabel("Name of each backup").FillAsync("plain");
        await page.GetByLabel("Cron pattern").FillAsync("0 4 * * 1");
        await Button(page, "Explain the pattern").ClickAsync();
        await page.GetByText("At 04:00 UTC, every Monday").WaitForAsync();
        await Button(page, "Create the schedule").ClickAsync();
        await page.GetByText("The schedule was created.").WaitForAsync();
        await Button(page, "Run now").ClickAsync();
        await page.WaitForURLAsync("**/executions");
        dashboard.Sandbox!.Step(TimeSpan.FromMinutes(1)); // A running execution is not deleted.
        await page.ReloadAsync();
        await HasRowsAsync(page, 1);
        await page.GetByLabel("Select the execution").CheckAsync();
        await Button(page, "Delete the selected executions").ClickAsync();
        await HasHeadingAsync(page, "Delete executions");
        await Button(page, "Delete").ClickAsync();
        await page.GetByText("1 execution was deleted.").WaitForAsync();
        await Link(page, "The schedule").ClickAsync();
        await page.GetByText("Suspend", new() { Exact = true }).First.ClickAsync();
        await Button(page, "Suspend").ClickAsync();
        await page.GetByText("The schedule was suspended.").WaitForAsync();
        await Link(page, "Change").ClickAsync();
        await page.GetByLabel("Description").FillAsync("changed");
        await Button(page, "Change the schedule").ClickAsync();
        await page.GetByText("The schedule was changed.").WaitForAsync();
        BackupSchedule changed = Assert.Single(await dashboard.SchedulesAsync());
        Assert.Equal(("changed", ScheduleState.Suspended), (changed.Description, changed.State));
    }

    public static TheoryData<FaultKind> FaultKinds => new(Enum.GetValues<FaultKind>().Where(kind => kind is not (FaultKind.SlowBody or FaultKind.EndlessPaging)));

    [BrowserTheory]
    [MemberData(nameof(FaultKinds))]
    public async Task A_cloud_that_fails_is_a_page_that_says_so_and_the_way_back_works(FaultKind kind)
    {
        await using Dashboard dashboard = await Dashboard.StartAsync(timeLimit: kind == FaultKind.Timeout ? TimeSpan.FromSeconds(1) : null);
        string id = (await dashboard.CreateAsync()).Id;
        IPage page = await dashboard.OpenAsync();
        bool isOn = true;
        dashboard.Network.Inject(new Fault(kind) { Times = int.MaxValue, When = request => isOn && !request.RequestUri!.AbsolutePath.EndsWith("/auth/tokens", StringComparison.Ordinal) });
        foreach (string path in new[] { "/?refresh=1", "/schedules?refresh=1", "/schedules/new", $"/schedules/{id}", $"/schedules/{id}/change", $"/schedules/{id}/executions" })
        {
            await page.GotoAsync(new Uri(dashboard.Root, path).AbsoluteUri);
            await HasHeadingAsync(page, "Error");
            Assert.NotEqual("", await page.GetByRole(AriaRole.Alert).InnerTextAsync());
        }
        isOn = false;
        await Link(page, "Instances").First.ClickAsync();
        await HasHeadingAsync(page, "Instances");
    }

    [BrowserFact]
    public async Task What_was_typed_is_kept_when_it_is_refused()
    {
        await using Dashboard dashboard = await Dashboard.StartAsync();
        IPage page = await dashboard.OpenAsync();
        await Link(page, "New schedule").First.ClickAsync();
        await ChooseAsync(page, "m");
        await page.GetByLabel("Name of each backup").FillAsync("kept");
        await page.GetByLabel("Cron pattern").FillAsync("61 * * * *");
        await Button(page, "Create the schedule").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("61", new() { Timeout = Browser.Limit });
        Assert.Equal("kept", await page.GetByLabel("Name of each backup").InputValueAsync());
    }

    [BrowserFact]
    public async Task Every_panel_meets_WCAG_and_fits_a_phone()
    {
        await using Dashboard dashboard = await Dashboard.StartAsync();
        string id = await SeedAsync(dashboard);
        string[] paths =
        [
            "/", "/?search=nothing", "/schedules", "/schedules?search=nothing", "/schedules/new", $"/schedules/{id}", $"/schedules/{id}/change", $"/schedules/{id}/executions", $"/schedules/{id}/executions?state=PAUSED",
            "/schedules/11111111-1111-4111-8111-111111111111", "/nothing",
        ];
        var found = new List<string>();
        IPage page = await dashboard.OpenAsync();
        IReadOnlyList<BrowserContextCookiesResult> cookies = await page.Context.CookiesAsync();
        foreach (int width in new[] { 360, 1440 })
        {
            foreach (bool dark in new[] { false, true })
            {
                IBrowserContext context = await Browser.ContextAsync(width, dark);
                await context.AddCookiesAsync(cookies.Select(one => new Cookie { Name = one.Name, Value = one.Value, Url = dashboard.Root.AbsoluteUri }));
                IPage one = await context.NewPageAsync();
                foreach (string path in paths)
                {
                    await one.GotoAsync(new Uri(dashboard.Root, path).AbsoluteUri);
                    await InspectAsync(one, path);
                }
                await one.GotoAsync(new Uri(dashboard.Root, "/schedules/new").AbsoluteUri);
                await one.GetByLabel("Cron pattern").FillAsync("0 0 13 * 5");
                await one.GetByText("every Friday").WaitForAsync();
                await InspectAsync(one, "/explained");
                await one.GotoAsync(new Uri(dashboard.Root, "/schedules").AbsoluteUri);
                await one.GetByLabel("Select all rows of this page").CheckAsync();
                await Button(one, "Delete the selected schedules").ClickAsync();
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

    /// <summary>Schedules in all states, with executions of two weeks. Returns the id of the one with the most.</summary>
    private static async Task<string> SeedAsync(Dashboard dashboard)
    {
        BackupSchedule nightly = await dashboard.CreateAsync();
        await dashboard.CreateAsync("hourly-of-a-database-with-a-rather-long-name", "0 * * * *", "broken");
        await dashboard.CreateAsync(new string('w', 255), "15 2 * * *");
        BackupSchedule weekly = await dashboard.CreateAsync("weekly", "0 4 * * 1");
        await dashboard.CreateAsync("<b>markup</b> & \"quotes\"", "30 5 * * *");
        await dashboard.Session.ScheduleChanges.ApplyAsync(await dashboard.Session.ScheduleChanges.PrepareSuspensionAsync(weekly, "new disk"), null);
        for (int day = 0; day < 6; day++)
            dashboard.Sandbox!.Step(TimeSpan.FromDays(1));
        dashboard.Sandbox!.SeedExecutions(nightly.TriggerId, 120, errors: 20);
        return nightly.Id;
    }
}
