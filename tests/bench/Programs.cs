using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading.Tasks;

namespace TroveSchedules.Benchmarks;

/// <summary>The measured programs, and the machine.</summary>
internal static class Programs
{
    /// <summary>Debian's Python, which has python-troveclient and croniter. Another Python on the PATH may not have them.</summary>
    public const string Python = "/usr/bin/python3";

    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();

    /// <summary>One line about the machine, and one with the versions of the installed programs.</summary>
    public static async Task<IReadOnlyList<string>> DescribeAsync()
    {
        string[] packages = ["python3-troveclient", "python3-mistralclient", "python3-croniter", "python3-keystone", "python3-mistral", "python3-trove", "mariadb-server-core", "curl"];
        string[] versions =
        [
            $"module {await TryAsync("git", "-C", Options.Root, "describe", "--always", "--dirty")}",
            $".NET {Environment.Version}",
            await TryAsync("pwsh", "--version"),
            await TryAsync(Python, "--version"),
            .. (await TryAsync("dpkg-query", ["-W", "-f", "${Package} ${Version}\n", .. packages])).Split('\n'),
        ];
        return
        [
            $"{Processor()}, {Environment.ProcessorCount} cores, {Memory()} of memory, {OperatingSystem()}.",
            $"Versions: {string.Join(", ", versions.Where(version => version.Length > 0))}.",
        ];
    }

    private static async Task<string> TryAsync(string program, params string[] arguments)
    {
        try
        {
            return (await Fresh.RunAsync(program, arguments, Nothing)).Output.Trim();
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            return "";
        }
    }

    private static string Processor() => Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static string Memory() => string.Create(CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:0} GB");

    private static string OperatingSystem() => Field("/etc/os-release", "PRETTY_NAME")?.Trim('"') ?? RuntimeInformation.OSDescription;

    private static string? Field(string file, string name) => File.Exists(file)
        ? File.ReadLines(file).Where(line => line.StartsWith(name, StringComparison.Ordinal)).Select(line => line[(line.IndexOfAny([':', '=']) + 1)..].Trim()).FirstOrDefault()
        : null;
}
