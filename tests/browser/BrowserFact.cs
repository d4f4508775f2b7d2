using System;
using System.IO;
using System.Linq;
using Xunit;

namespace TroveSchedules.BrowserTests;

/// <summary>A test that needs Chromium: the program that TROVE_TEST_BROWSER names, or the one of a package.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    private static readonly string[] Packaged = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    public BrowserFactAttribute()
    {
        if (Path is null)
            Skip = "Needs Chromium";
    }

    public static string? Path { get; } = Environment.GetEnvironmentVariable("TROVE_TEST_BROWSER") is { Length: > 0 } named ? named : Packaged.FirstOrDefault(File.Exists);
}
