using System;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Management.Automation;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Tasks;
using TroveSchedules.Dashboard;
#if !NET
using Microsoft.Win32.SafeHandles;
#endif

namespace TroveSchedules.Commands;

/// <summary>Serves the dashboard of a session on this machine until the user presses Ctrl-C.</summary>
[Cmdlet(VerbsCommon.Show, "TroveDashboard")]
[OutputType(typeof(string))]
public sealed class ShowTroveDashboardCommand : SessionCmdlet
{
    private const string Ended = "The dashboard has ended, because it was not used for 30 minutes or its session was disconnected.";

    /// <summary>Writes the address, and opens no browser.</summary>
    [Parameter]
    public SwitchParameter NoBrowser { get; set; }

    /// <summary>Serves it.</summary>
    protected override void ProcessRecord() => RunOrTerminate(() =>
    {
        using DashboardServer dashboard = DashboardServer.Start(Cloud);
        if (NoBrowser)
        {
            WriteObject(dashboard.Address.AbsoluteUri); // As text, because PowerShell shows a Uri as a list of its properties.
            Await(dashboard.RunAsync(Cancelled));
            WriteHostMessage(Ended);
            return;
        }
        string page = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), $"trove-dashboard-{Guid.NewGuid():N}.html");
        try
        {
            using Process? browser = Open(page, dashboard);
            WriteHostMessage("The dashboard is open in the browser. Press Ctrl-C to end it.");
            Task running = dashboard.RunAsync(Cancelled), failed = WhenFailed(browser);
            bool isFailed = Await(Task.WhenAny(running, failed)) == failed && !dashboard.Opened.IsCompleted;
            if (isFailed)
                dashboard.Dispose();
            Await(running);
            if (isFailed)
                throw NoBrowserOpened($"{browser!.StartInfo.FileName} could not be opened.", null);
            WriteHostMessage(Ended);
        }
        finally
        {
            Delete(page);
        }
    });

    private void WriteHostMessage(string text) => WriteInformation(new HostInformationMessage { Message = text }, ["PSHOST"]);

    // Other users of the machine can read the arguments of a browser. So the browser gets the name of a file that only this user can read, and which sends it to the address.
    // The file is in the home folder, because a browser that is a snap or a flatpak sees neither the folder for temporary files nor hidden ones.
    private static Process? Open(string page, DashboardServer dashboard)
    {
        try
        {
            Write(page, $"<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0; url={dashboard.Address}\"><title>Backup schedules</title><a href=\"{dashboard.Address}\">Open the dashboard</a></html>\n");
            _ = dashboard.Opened.ContinueWith(_ => Delete(page), TaskScheduler.Default);
            return Process.Start(new ProcessStartInfo(page) { UseShellExecute = true });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or Win32Exception)
        {
            throw NoBrowserOpened(e.Message, e);
        }
    }

    private static TroveScheduleException NoBrowserOpened(string reason, Exception? cause) =>
        new(TroveErrorKind.Failed, $"No browser could be opened: {reason}", cause) { ErrorId = "NoBrowser", RecommendedAction = "Use -NoBrowser, and open the address that it writes." };

    // Completes when the program that opens the browser ends with an error, as xdg-open does on a machine without a browser. On Windows, there may be no such program.
    private static Task WhenFailed(Process? browser)
    {
        var failed = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (browser is not null && !RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
        {
            browser.Exited += (_, _) =>
            {
                try
                {
                    if (browser.ExitCode != 0)
                        failed.TrySetResult(true);
                }
                catch (InvalidOperationException)
                {
                    // The cmdlet has just ended. An exception here would end the process.
                }
            };
            browser.EnableRaisingEvents = true;
        }
        return failed.Task;
    }

    private static void Write(string page, string text)
    {
        using FileStream file = CreatePrivate(page);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        file.Write(bytes, 0, bytes.Length);
    }

#if NET
    private static FileStream CreatePrivate(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }
#else
    private static FileStream CreatePrivate(string path)
    {
        if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
            return new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        int file = CreateFile(Encoding.UTF8.GetBytes(path + '\0'), 0x180); // 0600
        return file >= 0 ? new FileStream(new SafeFileHandle((IntPtr)file, ownsHandle: true), FileAccess.Write) : throw new IOException($"The file {path} could not be created.");
    }

    [DllImport("libc", EntryPoint = "creat", SetLastError = true)]
    private static extern int CreateFile(byte[] path, uint mode);
#endif

    private static void Delete(string page)
    {
        try
        {
            File.Delete(page);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The key in it works once.
        }
    }
}
