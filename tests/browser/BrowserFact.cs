using System;
using Xunit;

namespace TroveSchedules.BrowserTests;

/// <summary>A test that needs Chromium. TROVE_TEST_BROWSER is the path of the program; tests/Run.ps1 looks for it.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        if (Path is null)
            Skip = "Needs Chromium";
    }

    public static string? Path { get; } = Environment.GetEnvironmentVariable("TROVE_TEST_BROWSER") is { Length: > 0 } path ? path : null;
}
