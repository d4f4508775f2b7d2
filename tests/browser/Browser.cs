using System;
using System.Threading.Tasks;
using Microsoft.Playwright;

namespace TroveSchedules.BrowserTests;

/// <summary>One headless Chromium for all tests. Each test has a context of its own: its own cookies.</summary>
public sealed class Browser : IAsyncDisposable
{
    /// <summary>The program, from TROVE_TEST_BROWSER; null if there is none. tests/Run.ps1 looks for it.</summary>
    public static string? Path { get; } = Environment.GetEnvironmentVariable("TROVE_TEST_BROWSER") is { Length: > 0 } path ? path : null;

    /// <summary>How long to wait for a page, in milliseconds. Long, for a busy machine.</summary>
    public const int Limit = 60_000;

    private static readonly Lazy<Task<Browser>> Shared = new(StartAsync);

    private readonly IPlaywright _playwright;
    private readonly IBrowser _chromium;

    private Browser(IPlaywright playwright, IBrowser chromium) => (_playwright, _chromium) = (playwright, chromium);

    public static async Task<IBrowserContext> ContextAsync(int width = 1440, bool dark = false, bool script = true)
    {
        Browser browser = await Shared.Value;
        IBrowserContext context = await browser._chromium.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 900 }, ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light, JavaScriptEnabled = script,
        });
        context.SetDefaultTimeout(Limit);
        return context;
    }

    public async ValueTask DisposeAsync()
    {
        await _chromium.DisposeAsync();
        _playwright.Dispose();
    }

    private static async Task<Browser> StartAsync()
    {
        IPlaywright playwright = await Playwright.CreateAsync();
        // In a container, tests often are root, for whom Chromium refuses its own sandbox, and /dev/shm is small.
        IBrowser chromium = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Path, Args = ["--disable-dev-shm-usage", .. Environment.UserName == "root" ? ["--no-sandbox"] : Array.Empty<string>()] });
        return new Browser(playwright, chromium);
    }
}
