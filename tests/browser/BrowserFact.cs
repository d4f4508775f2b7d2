using System;
using Xunit;

namespace TroveSchedules.BrowserTests;

/// <summary>A test that needs Chromium.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Browser.Path is null ? "Needs Chromium" : null;
}

/// <summary>A test that needs Chromium, for several values.</summary>
public sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = Browser.Path is null ? "Needs Chromium" : null;
}
