using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.Benchmarks;

/// <summary>A process that ran to its end.</summary>
/// <param name="Seconds">The time from before its start to after its end.</param>
/// <param name="Peak">Peak memory, in bytes.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="CutOff">Whether it was killed after the time limit.</param>
internal sealed record Fresh(double Seconds, long Peak, string Output, bool CutOff)
{
    // VmHWM only grows, and disappears with the process, so growth in the last few milliseconds is not measured.
    private static readonly TimeSpan SampleInterval = TimeSpan.FromMilliseconds(10);

    public Sample Sample => new(Seconds) { Peak = Peak, CutOff = CutOff };

    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<Fresh> RunAsync(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, TimeSpan? limit = null)
    {
        ProcessStartInfo start = Start(program, arguments, environment);
        var clock = Stopwatch.StartNew();
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        using var ended = new CancellationTokenSource();
        Task<long> peak = Task.Run(() => WatchAsync(process.Id, ended.Token));
        bool cutOff = false;
        using (var timeout = new CancellationTokenSource(limit ?? Timeout.InfiniteTimeSpan))
        {
            try
            {
                await process.WaitForExitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                cutOff = true;
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
        double seconds = clock.Elapsed.TotalSeconds;
        ended.Cancel();
        if (!cutOff && process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}: {await errors} {await output}");
        return new Fresh(seconds, await peak, await output, cutOff);
    }

    public static ProcessStartInfo Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("OS_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        // Switches off work that should not be measured.
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        start.Environment["POWERSHELL_UPDATECHECK"] = "Off";
        start.Environment["NO_COLOR"] = "1";
        return start;
    }

    private static async Task<long> WatchAsync(int id, CancellationToken ended)
    {
        long peak = 0;
        while (!ended.IsCancellationRequested)
        {
            try
            {
                string? line = File.ReadLines($"/proc/{id}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
                if (line is not null)
                    peak = Math.Max(peak, long.Parse(line[6..^2], CultureInfo.InvariantCulture) * 1024);
                await Task.Delay(SampleInterval, ended);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or UnauthorizedAccessException)
            {
                break;
            }
        }
        return peak;
    }
}

/// <summary>A long-running process that receives one line of JSON per command: warm.ps1 or peer.py.</summary>
internal sealed class Warm : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private Warm(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public static Warm Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment) =>
        new(Process.Start(Fresh.Start(program, arguments, environment))!);

    /// <summary>Sends a command and returns the response; null after a timeout, which ends the process.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public async Task<JsonNode?> SendAsync(JsonNode request, TimeSpan? limit = null)
    {
        await _process.StandardInput.WriteLineAsync(request.ToJsonString());
        await _process.StandardInput.FlushAsync();
        using var timeout = new CancellationTokenSource(limit ?? Timeout.InfiniteTimeSpan);
        string? line;
        try
        {
            line = await _process.StandardOutput.ReadLineAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            return null;
        }
        if (line is null)
            throw new InvalidOperationException($"{_process.StartInfo.FileName} ended: {await _errors}");
        JsonNode response = JsonNode.Parse(line)!;
        return response["error"] is { } error ? throw new InvalidOperationException($"{_process.StartInfo.FileName}: {error}\nasked: {string.Concat(request.ToJsonString().Take(300))}") : response;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }
}
