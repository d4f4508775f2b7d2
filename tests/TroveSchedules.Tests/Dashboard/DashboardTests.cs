using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Time.Testing;
using TroveSchedules.Dashboard;
using TroveSchedules.OpenStack;
using TroveSchedules.Sandbox;
using TroveSchedules.Tests.Contract;
using Xunit;

namespace TroveSchedules.Tests.Dashboard;

/// <summary>The dashboard over real sockets, in front of a sandbox: who gets in, and what the panels show and do.</summary>
public sealed class DashboardTests : IAsyncLifetime
{
    private const string Hostile = "1 <script>alert(1)</script>\" onload='x' {{ 7 }}";

    private readonly SandboxCloud _cloud = new(new SandboxOptions { Clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 30, 0, TimeSpan.Zero)), Speed = 0, MaxBackups = -1 });
    private readonly FakeTimeProvider _clock = new();
    private readonly CookieContainer _cookies = new();
    private FaultHandler _network = null!;
    private CloudSession _session = null!;
    private DashboardServer _dashboard = null!;
    private Task _running = null!;
    private HttpClient _browser = null!;
    private Uri _root = null!;

    public Task InitializeAsync() => StartAsync(TimeSpan.FromMinutes(1));

    public async Task DisposeAsync()
    {
        await StopAsync();
        _cloud.Dispose();
    }

    private async Task StartAsync(TimeSpan timeLimit, TimeSpan? waitLimit = null, TimeSpan? transferLimit = null)
    {
        _network = new FaultHandler(_cloud.CreateHandler());
        _session = await CloudSession.ConnectAsync(SandboxUnderTest.Settings(_cloud, "demo") with { MaxRetries = 0, TimeLimit = timeLimit }, TimeProvider.System, () => _network, default);
        await _session.Workbook.InstallAsync();
        _dashboard = DashboardServer.Start(_session, new DashboardOptions { Clock = _clock, TransferLimit = transferLimit ?? TimeSpan.FromMinutes(1), WaitLimit = waitLimit ?? TimeSpan.FromMinutes(1) });
        _running = _dashboard.RunAsync();
        _root = new Uri(_dashboard.Address.GetLeftPart(UriPartial.Authority));
        _browser = new HttpClient(new SocketsHttpHandler { CookieContainer = _cookies, AllowAutoRedirect = false }) { BaseAddress = _root };
    }

    private async Task StopAsync()
    {
        _dashboard.Dispose();
        await _running;
        _browser.Dispose();
        _session.Dispose();
    }

    private async Task OpenAsync() => Assert.Equal(HttpStatusCode.OK, (await _browser.GetAsync(_dashboard.Address)).StatusCode);

    private async Task<string> GetAsync(string path, HttpStatusCode status = HttpStatusCode.OK)
    {
        HttpResponseMessage response = await _browser.GetAsync(path);
        string page = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{response.StatusCode}: {page}");
        return page;
    }

    private static string TokenOf(string page) => Regex.Match(page, "name=\"token\" value=\"([^\"]+)\"").Groups[1].Value;

    private async Task<HttpResponseMessage> PostAsync(string path, string? token, string? origin, params (string Name, string Value)[] fields)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields.Append(("token", token ?? "")).Select(field => KeyValuePair.Create(field.Item1, field.Item2))) };
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        return await _browser.SendAsync(request);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields) =>
        await PostAsync(path, TokenOf(await GetAsync("/schedules/new")), _root.GetLeftPart(UriPartial.Authority), fields);

    private Task<BackupSchedule> ScheduleAsync(string name = "nightly", string pattern = "0 3 * * *") => _session.Schedules.CreateAsync(new ScheduleRequest { Instance = "m", Name = name, Pattern = pattern });

    [Theory]
    [InlineData("/")]
    [InlineData("/schedules")]
    [InlineData("/pattern?pattern=@daily")]
    [InlineData("/dashboard.js")]
    public async Task Without_the_cookie_nobody_gets_in(string path)
    {
        string text = await GetAsync(path, HttpStatusCode.Forbidden);
        Assert.DoesNotContain("<", text);
        _cookies.Add(_root, new Cookie($"trove-dashboard-{_root.Port}", "wrong"));
        await GetAsync(path, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task The_key_works_once_and_becomes_a_cookie()
    {
        Uri address = _dashboard.Address;
        await GetAsync("/open?key=wrong", HttpStatusCode.Forbidden);
        await GetAsync("/open", HttpStatusCode.Forbidden);
        HttpResponseMessage first = await _browser.GetAsync(address);
        Assert.Contains("url=/\"", await first.Content.ReadAsStringAsync());
        Assert.True(_dashboard.Opened.IsCompleted);
        string cookie = Assert.Single(first.Headers.GetValues("Set-Cookie"));
        Assert.EndsWith("; Path=/; HttpOnly; SameSite=Strict", cookie);
        Assert.Contains("Instances", await GetAsync("/"));
        using var other = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        Assert.Equal(HttpStatusCode.Forbidden, (await other.GetAsync(address)).StatusCode);
        Assert.DoesNotContain("key=" + address.Query.Split('=')[1], _dashboard.Address.AbsoluteUri);
    }

    [Fact]
    public async Task Of_many_that_send_the_key_at_once_one_gets_in()
    {
        Uri address = _dashboard.Address;
        using var others = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        HttpStatusCode[] all = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ => (await others.GetAsync(address)).StatusCode));
        Assert.Single(all, status => status == HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost")]
    [InlineData("127.0.0.1:1")]
    [InlineData("127.0.0.1.evil.example")]
    public async Task Another_host_is_refused(string host)
    {
        await OpenAsync();
        var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = host } };
        HttpResponseMessage response = await _browser.SendAsync(request);
        Assert.True((int)response.StatusCode is >= 400 and < 500, $"{response.StatusCode}");
        Assert.DoesNotContain("Instances", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1:1")]
    [InlineData(null)]
    public async Task A_change_from_another_origin_is_refused(string? origin)
    {
        await OpenAsync();
        BackupSchedule schedule = await ScheduleAsync();
        string token = TokenOf(await GetAsync($"/schedules/{schedule.Id}"));
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync("/schedules/delete", token, origin, ("id", schedule.Id), ("confirmed", "1"))).StatusCode);
        Assert.Single(await _session.Schedules.ListAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task A_change_without_the_token_of_a_form_is_refused(string? token)
    {
        await OpenAsync();
        BackupSchedule schedule = await ScheduleAsync();
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync("/schedules/delete", token, _root.GetLeftPart(UriPartial.Authority), ("id", schedule.Id), ("confirmed", "1"))).StatusCode);
        Assert.Single(await _session.Schedules.ListAsync());
    }

    [Fact]
    public async Task Every_response_has_the_headers_that_protect_it()
    {
        await OpenAsync();
        foreach (string path in new[] { "/", "/nothing", "/dashboard.css" })
        {
            HttpResponseMessage response = await _browser.GetAsync(path);
            string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("default-src 'none'", policy);
            Assert.DoesNotContain("unsafe", policy);
            Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        }
    }

    [Theory]
    [InlineData("/../etc/passwd")]
    [InlineData("/schedules/..%2f..%2fetc")]
    [InlineData("/schedules/%3Cscript%3E")]
    [InlineData("/dashboard.css/../../x")]
    [InlineData("/layout.liquid")]
    [InlineData("/schedules/11111111-1111-4111-8111-111111111111")]
    public async Task What_is_not_there_is_a_page_that_says_so(string path)
    {
        await OpenAsync();
        string page = await GetAsync(path, HttpStatusCode.NotFound);
        Assert.DoesNotContain("<script>", page);
        Assert.Contains("role=\"alert\"", page);
    }

    [Fact]
    public async Task Other_methods_are_refused()
    {
        foreach (string method in new[] { "PUT", "DELETE", "TRACE", "OPTIONS" })
            Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _browser.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/"))).StatusCode);
    }

    [Fact]
    public async Task Text_from_the_cloud_is_never_markup_and_secrets_are_on_no_page()
    {
        await OpenAsync();
        BackupSchedule schedule = await ScheduleAsync(Hostile);
        await _session.Executions.StartAsync(schedule, Guid.NewGuid().ToString());
        foreach (string path in new[] { "/", "/schedules", $"/schedules?search={Uri.EscapeDataString(Hostile)}", $"/schedules/{schedule.Id}", $"/schedules/{schedule.Id}/change", $"/schedules/{schedule.Id}/executions" })
        {
            string page = await GetAsync(path);
            Assert.DoesNotContain("<script>", page);
            Assert.DoesNotContain("onload='", page);
            Assert.DoesNotContain("password", page, StringComparison.OrdinalIgnoreCase);
        }
        Assert.Contains("&lt;script&gt;", await GetAsync("/schedules"));
    }

    [Fact]
    public async Task Ten_thousand_requests_at_once_are_all_answered()
    {
        await OpenAsync();
        using var limit = new SemaphoreSlim(500);
        HttpStatusCode[] all = await Task.WhenAll(Enumerable.Range(0, 10_000).Select(async _ =>
        {
            await limit.WaitAsync();
            try
            {
                using HttpResponseMessage response = await _browser.GetAsync("/dashboard.css");
                return response.StatusCode;
            }
            finally
            {
                limit.Release();
            }
        }));
        Assert.All(all, status => Assert.True(status is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{status}"));
        Assert.Contains("Instances", await GetAsync("/"));
    }

    [Fact]
    public async Task A_slow_client_loses_its_connection_and_holds_nobody_up()
    {
        await StopAsync();
        await StartAsync(TimeSpan.FromMinutes(1), transferLimit: TimeSpan.FromSeconds(2));
        await OpenAsync();
        string cookie = _cookies.GetCookieHeader(_root);
        using var slow = new TcpClient();
        await slow.ConnectAsync(IPAddress.Loopback, _root.Port);
        string head = $"POST /schedules/new HTTP/1.1\r\nHost: {_root.Authority}\r\nOrigin: http://{_root.Authority}\r\nCookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\ntoken=";
        await slow.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        Assert.Contains("Instances", await GetAsync("/"));
        // The stream ends only when the server closes the connection. HttpListener sends the status first on Linux and macOS.
        using var reader = new StreamReader(slow.GetStream(), Encoding.ASCII);
        string answer = await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.StartsWith("HTTP/1.1 408 ", answer);
    }

    [Fact]
    public async Task A_form_that_is_too_long_is_refused()
    {
        await OpenAsync();
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PostAsync("/schedules/new", ("name", new string('x', 1_100_000)))).StatusCode);
    }

    [Fact]
    public async Task Two_dashboards_in_one_browser_do_not_disturb_each_other()
    {
        await OpenAsync();
        using DashboardServer other = DashboardServer.Start(_session);
        Task running = other.RunAsync();
        Assert.Equal(HttpStatusCode.OK, (await _browser.GetAsync(other.Address)).StatusCode);
        await GetAsync("/dashboard.css");
        Assert.Equal(HttpStatusCode.OK, (await _browser.GetAsync(new Uri(other.Address, "/dashboard.css"))).StatusCode);
        other.Dispose();
        await running;
    }

    [Fact]
    public async Task It_listens_on_the_loopback_address_only()
    {
        foreach (IPAddress address in (await Dns.GetHostAddressesAsync(Dns.GetHostName())).Where(address => !IPAddress.IsLoopback(address) && address.AddressFamily == AddressFamily.InterNetwork))
        {
            using var other = new TcpClient();
            await Assert.ThrowsAnyAsync<SocketException>(() => other.ConnectAsync(address, _root.Port));
        }
        Assert.Equal("127.0.0.1", _root.Host);
    }

    [Fact]
    public async Task It_ends_when_it_is_not_used()
    {
        await OpenAsync();
        _clock.Advance(TimeSpan.FromMinutes(29));
        await GetAsync("/");
        _clock.Advance(TimeSpan.FromMinutes(29));
        Assert.False(_running.IsCompleted);
        _clock.Advance(TimeSpan.FromMinutes(2));
        await _running.WaitAsync(TimeSpan.FromSeconds(60));
        await Assert.ThrowsAsync<HttpRequestException>(() => _browser.GetAsync("/"));
    }

    [Fact]
    public async Task The_chain_of_the_specification_instance_schedules_schedule_executions()
    {
        await OpenAsync();
        BackupSchedule schedule = await ScheduleAsync();
        await _session.Executions.StartAsync(schedule, Guid.NewGuid().ToString());
        string instances = await GetAsync("/");
        string link = Regex.Match(instances, "href=\"(/schedules\\?instance=[^\"]+)\">m</a>").Groups[1].Value;
        string schedules = await GetAsync(WebUtility.HtmlDecode(link));
        Assert.Contains($"href=\"/schedules/{schedule.Id}\">nightly</a>", schedules);
        string one = await GetAsync($"/schedules/{schedule.Id}");
        Assert.Contains("At 03:00 UTC, every day", one);
        Assert.Equal(10, Regex.Matches(one, "<li>2026-1[12]-\\d\\d 03:00</li>").Count);
        string executions = await GetAsync($"/schedules/{schedule.Id}/executions");
        Assert.Contains("by a user", executions);
    }

    [Fact]
    public async Task A_schedule_is_explained_created_changed_suspended_resumed_started_and_deleted()
    {
        await OpenAsync();
        Instance instance = await _session.Instances.GetAsync("m");
        HttpResponseMessage preview = await PostAsync("/schedules/new", ("instance", instance.Id), ("name", "n"), ("pattern", "0 3 * * 1"), ("preview", "1"));
        Assert.Contains("At 03:00 UTC, every Monday", await preview.Content.ReadAsStringAsync());
        Assert.Empty(await _session.Schedules.ListAsync());

        HttpResponseMessage wrong = await PostAsync("/schedules/new", ("instance", instance.Id), ("name", "n"), ("pattern", "61 3 * * 1"));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("value=\"61 3 * * 1\"", await wrong.Content.ReadAsStringAsync());

        HttpResponseMessage created = await PostAsync("/schedules/new", ("instance", instance.Id), ("name", "n"), ("pattern", "0 3 * * 1"));
        Assert.Equal(HttpStatusCode.SeeOther, created.StatusCode);
        BackupSchedule schedule = Assert.Single(await _session.Schedules.ListAsync());
        Assert.Contains("The schedule was created.", await GetAsync(created.Headers.Location!.OriginalString));

        await PostAsync($"/schedules/{schedule.Id}/change", ("name", "n"), ("pattern", "0 4 * * *"), ("description", "new"));
        await PostAsync($"/schedules/{schedule.Id}/suspend", ("reason", "pause"), ("until", "2026-12-24 00:00"));
        BackupSchedule changed = Assert.Single(await _session.Schedules.ListAsync());
        Assert.Equal(("0 4 * * *", "new", ScheduleState.Suspended, "pause"), (changed.Pattern, changed.Description, changed.State, changed.SuspendedReason));
        await PostAsync($"/schedules/{schedule.Id}/resume");
        await PostAsync($"/schedules/{schedule.Id}/start");
        Assert.Equal(ScheduleState.Active, Assert.Single(await _session.Schedules.ListAsync()).State);

        string confirm = await (await PostAsync("/schedules/delete", ("id", schedule.Id))).Content.ReadAsStringAsync();
        Assert.Contains("n (0 4 * * *)", confirm);
        Assert.Single(await _session.Schedules.ListAsync());
        HttpResponseMessage gone = await PostAsync("/schedules/delete", ("id", schedule.Id), ("confirmed", "1"));
        Assert.Contains("1 schedule was deleted.", await GetAsync(gone.Headers.Location!.OriginalString));
        Assert.Empty(await _session.Schedules.ListAsync());
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("/schedules/delete", ("id", schedule.Id), ("confirmed", "1"))).StatusCode);
    }

    [Fact]
    public async Task Executions_come_page_by_page_and_selected_ones_are_deleted()
    {
        await OpenAsync();
        BackupSchedule schedule = await ScheduleAsync();
        _cloud.SeedExecutions(schedule.TriggerId, 120);
        string path = $"/schedules/{schedule.Id}/executions";
        var seen = new List<string>();
        for (string? next = path; next is not null;)
        {
            string page = await GetAsync(next);
            string[] ids = [.. Regex.Matches(page, "name=\"id\" value=\"([^\"]+)\"").Select(match => match.Groups[1].Value)];
            Assert.InRange(ids.Length, 1, 50);
            seen.AddRange(ids);
            Match older = Regex.Match(page, "href=\"([^\"]+)\">Older");
            next = older.Success ? WebUtility.HtmlDecode(older.Groups[1].Value) : null;
        }
        Assert.Equal(120, seen.Distinct().Count());
        HttpResponseMessage deleted = await PostAsync(path + "/delete", ("id", seen[0]), ("id", seen[1]), ("confirmed", "1"));
        Assert.Equal(HttpStatusCode.SeeOther, deleted.StatusCode);
        string[] left = [.. Regex.Matches(await GetAsync(path), "name=\"id\" value=\"([^\"]+)\"").Select(match => match.Groups[1].Value)];
        Assert.DoesNotContain(seen[0], left);
    }

    [Fact]
    public async Task A_deletion_of_many_goes_on_after_one_that_fails_and_tells_which()
    {
        await OpenAsync();
        BackupSchedule[] schedules = [.. await Task.WhenAll(Enumerable.Range(0, 15).Select(i => ScheduleAsync($"n{i:00}")))];
        _network.Inject(new Fault(FaultKind.ServerError) { Times = int.MaxValue, When = request => request.Method == HttpMethod.Delete && request.RequestUri!.AbsolutePath.EndsWith(schedules[7].Id, StringComparison.Ordinal) });
        HttpResponseMessage job = await PostAsync("/schedules/delete", [.. schedules.Select(one => ("id", one.Id)), ("confirmed", "1")]);
        string page = await GetAsync(job.Headers.Location!.OriginalString);
        Assert.Contains("14 of 15 schedules deleted, 1 not.", page);
        Assert.Contains("n07", page);
        Assert.Equal(schedules[7].Id, Assert.Single(await _session.Schedules.ListAsync()).Id);
    }

    [Fact]
    public async Task A_long_deletion_shows_its_progress_and_is_cancelled_between_two_objects()
    {
        await StopAsync();
        await StartAsync(TimeSpan.FromMinutes(1), waitLimit: TimeSpan.Zero);
        await OpenAsync();
        BackupSchedule[] schedules = [.. await Task.WhenAll(Enumerable.Range(0, 12).Select(i => ScheduleAsync($"n{i:00}")))];
        var held = new SemaphoreSlim(0);
        int begun = 0;
        _network.Before = async request =>
        {
            if (request.Method != HttpMethod.Delete)
                return;
            Interlocked.Increment(ref begun);
            await held.WaitAsync();
        };
        HttpResponseMessage job = await PostAsync("/schedules/delete", [.. schedules.Select(one => ("id", one.Id)), ("confirmed", "1")]);
        string address = job.Headers.Location!.OriginalString;
        Assert.Contains("0 of 12 schedules deleted.", await GetAsync(address));
        Task<HttpResponseMessage> cancelled = PostAsync(address + "/cancel");
        while (!(await GetAsync(address)).Contains("Cancelled", StringComparison.Ordinal))
            await Task.Yield();
        // The dashboard finishes what has begun, and answers then.
        Assert.False(cancelled.IsCompleted);
        held.Release(100);
        await cancelled;
        string end = await GetAsync(address);
        Assert.Contains($"{begun} of 12 schedules deleted. The other {12 - begun} were left as they are.", end);
        Assert.InRange(begun, 1, 11);
        Assert.Equal(12 - begun, (await _session.Schedules.ListAsync()).Count);
    }

    [Fact]
    public async Task An_old_page_changes_only_what_was_changed_in_it()
    {
        await OpenAsync();
        BackupSchedule schedule = await ScheduleAsync();
        (string, string)[] old = [("was", "1"), ("was.name", "nightly"), ("was.pattern", "0 3 * * *"), ("was.remainingExecutions", ""), ("name", "nightly"), ("remainingExecutions", "")];
        await PostAsync($"/schedules/{schedule.Id}/change", ("name", "nightly"), ("pattern", "0 9 * * *"), ("remainingExecutions", "5"));
        Assert.Equal(HttpStatusCode.SeeOther, (await PostAsync($"/schedules/{schedule.Id}/change", [.. old, ("pattern", "0 3 * * *"), ("description", "here")])).StatusCode);
        BackupSchedule changed = Assert.Single(await _session.Schedules.ListAsync());
        Assert.Equal(("0 9 * * *", "here", 5), (changed.Pattern, changed.Description, changed.RemainingExecutions));
        HttpResponseMessage both = await PostAsync($"/schedules/{schedule.Id}/change", [.. old, ("pattern", "0 4 * * *"), ("description", "here")]);
        Assert.Equal(HttpStatusCode.Conflict, both.StatusCode);
        Assert.Contains("The pattern was changed to &#x27;0 9 * * *&#x27; since this page was loaded.", await both.Content.ReadAsStringAsync());
        Assert.Equal("0 9 * * *", Assert.Single(await _session.Schedules.ListAsync()).Pattern);
    }

    [Fact]
    public async Task A_form_that_is_sent_twice_creates_one_schedule_and_starts_one_execution()
    {
        await OpenAsync();
        string instance = Regex.Match(await GetAsync("/schedules/new"), "value=\"([^\"]+)\">m<").Groups[1].Value;
        HttpResponseMessage[] created = [.. await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PostAsync("/schedules/new", ("newId", "5b1a3c1e-6f0d-4d0a-9a53-0f6c7d1b8e42"), ("instance", instance), ("name", "twice"), ("pattern", "0 3 * * *"))))];
        Assert.All(created, response => Assert.Equal("/schedules/5b1a3c1e-6f0d-4d0a-9a53-0f6c7d1b8e42?done=created", response.Headers.Location!.OriginalString));
        BackupSchedule schedule = Assert.Single(await _session.Schedules.ListAsync());
        string execution = Regex.Match(await GetAsync($"/schedules/{schedule.Id}"), "name=\"execution\" value=\"([^\"]+)\"").Groups[1].Value;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PostAsync($"/schedules/{schedule.Id}/start", ("execution", execution))));
        var executions = new List<string>();
        await foreach (ScheduleExecution one in _session.Executions.ListAsync(schedule))
            executions.Add(one.Id);
        Assert.Equal([execution], executions);
    }

    [Theory]
    [InlineData("01/02/2030")]
    [InlineData("11:59 PM")]
    [InlineData("3.4")]
    [InlineData("Jan 2 5")]
    [InlineData("2030-01-02 03:00\0")]
    public async Task A_time_is_ISO_8601_and_an_error_leads_back_to_the_schedule(string text)
    {
        await OpenAsync();
        BackupSchedule schedule = await ScheduleAsync();
        HttpResponseMessage response = await PostAsync($"/schedules/{schedule.Id}/suspend", ("until", text));
        string page = await response.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("is not a time in ISO 8601.", page);
        Assert.Contains("in UTC", page);
        Assert.Contains($"href=\"/schedules/{schedule.Id}\">Back to the schedule", page);
    }

    [Fact]
    public async Task Times_have_seconds_where_they_matter()
    {
        await OpenAsync();
        Assert.Contains("2026-11-23 00:00:02", await GetAsync("/pattern?pattern=0+0+*+*+*+2&allowSeconds=1"));
        Assert.Contains("Next: 2026-11-23 00:00, ", await GetAsync("/pattern?pattern=0+0+*+*+*"));
    }

    [Fact]
    public async Task An_instance_that_does_not_exist_is_an_error()
    {
        await OpenAsync();
        Assert.Contains("No instance of the project has the id &#x27;nope&#x27;.", await GetAsync("/schedules?instance=nope", HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task Instances_show_why_and_are_filtered_by_state()
    {
        await OpenAsync();
        Assert.Contains("no schedule", await GetAsync("/?state=Warning"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("No instance matches.", await GetAsync("/?state=Healthy"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_long_check_says_so_and_the_page_comes_by_itself_with_the_list_or_the_error(bool fails)
    {
        await StopAsync();
        await StartAsync(TimeSpan.FromMinutes(1), waitLimit: TimeSpan.Zero);
        await OpenAsync();
        var held = new SemaphoreSlim(0);
        _network.Before = request => held.WaitAsync();
        HttpResponseMessage response = await _browser.GetAsync("/schedules?refresh=1&search=a%26b");
        Assert.Contains("<h1>Checking the schedules</h1>", await response.Content.ReadAsStringAsync());
        string refresh = Assert.Single(response.Headers.GetValues("Refresh"));
        Assert.Equal("1; url=/schedules?search=a%26b&", refresh);
        int requests = _network.Requests.Count;
        string next = refresh.Substring(refresh.IndexOf('/', StringComparison.Ordinal));
        Assert.Contains("Checking", await GetAsync(next));
        Assert.Equal(requests, _network.Requests.Count); // It is the same check.
        if (fails)
            _network.Inject(new Fault(FaultKind.ServerError) { Times = int.MaxValue });
        held.Release(1_000);
        string page;
        do
            page = await (await _browser.GetAsync(next)).Content.ReadAsStringAsync();
        while (page.Contains("Checking", StringComparison.Ordinal));
        Assert.Contains(fails ? "role=\"alert\"" : "No schedule matches.", page);
    }

    [Fact]
    public async Task The_end_of_the_dashboard_waits_for_a_change_that_has_begun()
    {
        await OpenAsync();
        BackupSchedule schedule = await ScheduleAsync();
        string token = TokenOf(await GetAsync("/schedules/new"));
        var held = new SemaphoreSlim(0);
        var begun = new TaskCompletionSource<bool>();
        _network.Before = async request =>
        {
            if (request.Method != HttpMethod.Post)
                return;
            begun.TrySetResult(true);
            await held.WaitAsync();
        };
        Task<HttpResponseMessage> change = PostAsync($"/schedules/{schedule.Id}/change", token, _root.GetLeftPart(UriPartial.Authority), ("name", "changed"), ("pattern", "0 4 * * *"));
        await begun.Task;
        _dashboard.Dispose();
        Assert.False(_running.IsCompleted);
        held.Release(100);
        await _running;
        Assert.Equal(HttpStatusCode.SeeOther, (await change).StatusCode);
        BackupSchedule left = Assert.Single(await _session.Schedules.ListAsync());
        Assert.Equal(("changed", "0 4 * * *", ScheduleState.Active), (left.Name, left.Pattern, left.State));
    }

    [Fact]
    public async Task It_ends_with_its_session()
    {
        await OpenAsync();
        _session.Dispose();
        await _running.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_page_that_refreshes_itself_does_not_keep_it_alive()
    {
        await OpenAsync();
        for (int i = 0; i < 4; i++)
        {
            _clock.Advance(TimeSpan.FromMinutes(7));
            await _browser.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/schedules") { Headers = { { "X-Refresh", "1" } } });
        }
        Assert.False(_running.IsCompleted);
        _clock.Advance(TimeSpan.FromMinutes(3));
        await _running.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Long_lists_come_in_pages_that_keep_the_filter()
    {
        using var cloud = new SandboxCloud(new SandboxOptions { Clock = _cloud.Clock, Speed = 0, Instances = 450 });
        using CloudSession session = await CloudSession.ConnectAsync(SandboxUnderTest.Settings(cloud, "demo"), cloud.Clock, cloud.CreateHandler, default);
        using DashboardServer dashboard = DashboardServer.Start(session);
        Task running = dashboard.RunAsync();
        using var browser = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(dashboard.Address.GetLeftPart(UriPartial.Authority)) };
        await browser.GetAsync(dashboard.Address);
        var seen = new List<string>();
        for (string? next = "/?search=-"; next is not null;)
        {
            string page = await browser.GetStringAsync(next);
            string[] links = [.. Regex.Matches(page, "href=\"/schedules\\?instance=([^\"]+)\"").Select(match => match.Groups[1].Value)];
            Assert.InRange(links.Length, 1, 200);
            seen.AddRange(links);
            Match later = Regex.Match(page, "href=\"([^\"]+)\">Next page");
            next = later.Success ? WebUtility.HtmlDecode(later.Groups[1].Value) : null;
            Assert.True(next is null || next.Contains("search=-", StringComparison.Ordinal), next);
        }
        Assert.InRange(seen.Count, 400, 460);
        Assert.Equal(seen.Count, seen.Distinct().Count());
        dashboard.Dispose();
        await running;
    }

    [Fact]
    public async Task Lists_share_a_check_for_a_minute_until_something_is_changed()
    {
        await OpenAsync();
        await ScheduleAsync();
        int Checks() => _network.Requests.Count(one => one.Contains("/cron_triggers", StringComparison.Ordinal) && one.StartsWith("GET", StringComparison.Ordinal));
        await GetAsync("/");
        int first = Checks();
        await GetAsync("/schedules");
        await GetAsync("/?search=x");
        Assert.Equal(first, Checks());
        await GetAsync("/schedules?refresh=1");
        Assert.True(Checks() > first);
        int second = Checks();
        _clock.Advance(TimeSpan.FromSeconds(61));
        await GetAsync("/");
        Assert.True(Checks() > second);
        BackupSchedule schedule = Assert.Single(await _session.Schedules.ListAsync());
        await PostAsync("/schedules/delete", ("id", schedule.Id), ("confirmed", "1"));
        Assert.DoesNotContain("nightly", await GetAsync("/schedules"));
    }

    public static TheoryData<FaultKind> FaultKinds => new(Enum.GetValues<FaultKind>().Where(kind => kind is not (FaultKind.SlowBody or FaultKind.EndlessPaging)));

    [Theory]
    [MemberData(nameof(FaultKinds))]
    public async Task Every_fault_of_the_cloud_is_a_page_that_can_be_read_and_the_next_page_works(FaultKind kind)
    {
        if (kind == FaultKind.Timeout)
        {
            await StopAsync();
            await StartAsync(TimeSpan.FromSeconds(1));
        }
        await OpenAsync();
        BackupSchedule schedule = await ScheduleAsync();
        foreach (string path in new[] { "/", "/schedules", $"/schedules/{schedule.Id}", $"/schedules/{schedule.Id}/executions", "/schedules/new" })
        {
            bool isOn = true;
            var tokens = new ConcurrentBag<string>();
            _network.Inject(new Fault(kind) { Times = int.MaxValue, When = request => IsSeen(request) && isOn && !request.RequestUri!.AbsolutePath.EndsWith("/auth/tokens", StringComparison.Ordinal) }); // A credential that Keystone refuses is not sent again.
            HttpResponseMessage response = await _browser.GetAsync(path + (path.Length < 11 ? "?refresh=1" : ""));
            string page = await response.Content.ReadAsStringAsync();
            Assert.True((int)response.StatusCode >= 400, $"{path}: {response.StatusCode}");
            Assert.Contains("role=\"alert\"", page);
            Assert.DoesNotContain("X-Auth-Token", page);
            Assert.NotEmpty(tokens);
            Assert.All(tokens, token => Assert.DoesNotContain(token, page));
            isOn = false;
            string next = await GetAsync(path);
            Assert.All(tokens, token => Assert.DoesNotContain(token, next));

            bool IsSeen(HttpRequestMessage request)
            {
                if (request.Headers.TryGetValues("X-Auth-Token", out IEnumerable<string>? values))
                    tokens.Add(values.First());
                return true;
            }
        }
    }

    [Fact]
    public async Task Six_hundred_slow_forms_hold_nobody_up()
    {
        await OpenAsync();
        string cookie = _cookies.GetCookieHeader(_root);
        var slow = new List<TcpClient>();
        for (int i = 0; i < 600; i++)
        {
            var client = new TcpClient();
            slow.Add(client);
            await client.ConnectAsync(IPAddress.Loopback, _root.Port);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /schedules/new HTTP/1.1\r\nHost: {_root.Authority}\r\nOrigin: http://{_root.Authority}\r\nCookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\ntoken="));
        }
        Assert.Contains("Instances", await GetAsync("/"));
        slow.ForEach(client => client.Dispose());
    }
}
