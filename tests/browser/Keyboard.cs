using System.Threading.Tasks;
using Microsoft.Playwright;
using Xunit;

namespace TroveSchedules.BrowserTests;

/// <summary>What a user without a mouse does: Tab until something has the focus, then Enter.</summary>
internal static class Keyboard
{
    private const int MaxStops = 500;

    /// <summary>Moves the focus to what a CSS selector selects.</summary>
    public static async Task TabToAsync(this IPage page, string selector)
    {
        for (int i = 0; i < MaxStops; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<bool>("selector => document.activeElement?.matches(selector) ?? false", selector))
                return;
        }
        Assert.Fail($"The keyboard does not reach {selector}.");
    }

    /// <summary>Moves the focus to a link or a button, and presses Enter. If that leads to a page, waits for it.</summary>
    public static async Task EnterAsync(this IPage page, string name)
    {
        await page.Locator("a, button, summary").Filter(new() { HasText = name }).First.WaitForAsync();
        for (int i = 0; i < MaxStops; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<bool>("name => document.activeElement?.innerText?.trim() === name && document.activeElement !== document.body", name))
            {
                await PressAsync(page);
                return;
            }
        }
        Assert.Fail($"The keyboard does not reach '{name}'.");
    }

    private static async Task PressAsync(IPage page)
    {
        // A summary opens its part of the page.
        if (await page.EvaluateAsync<bool>("document.activeElement.matches('summary')"))
        {
            await page.Keyboard.PressAsync("Enter");
            return;
        }
        // WaitForFunctionAsync is of no use: if it has to wait, it calls eval later, which the pages' CSP forbids.
        await page.EvaluateAsync("document.documentElement.classList.add('left')");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("html:not(.left)").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.WaitForLoadStateAsync();
    }
}
