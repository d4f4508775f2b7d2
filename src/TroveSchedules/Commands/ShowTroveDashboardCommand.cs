using System;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Management.Automation;
using System.Text;
using System.Threading.Tasks;
using TroveSchedules.Dashboard;

namespace TroveSchedules.Commands;

/// <summary>Serves the dashboard of a session on this machine until the user presses Ctrl-C.</summary>
[Cmdlet(VerbsCommon.Show, "TroveDashboard")]
[OutputType(typeof(void), typeof(Uri))]
public sealed class ShowTroveDashboardCommand : SessionCmdlet
{
    /// <summary>Writes the address, and opens no browser.</summary>
    [Parameter]
    public SwitchParameter NoBrowser { get; set; }

    /// <summary>Serves it.</summary>
    protected override void ProcessRecord() => RunOrTerminate(() =>
    {
        using DashboardServer dashboard = DashboardServer.Start(Cloud);
        if (NoBrowser)
        {
            WriteObject(dashboard.Address);
            Await(dashboard.RunAsync(Cancelled));
            return;
        }
        string page = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), $"trove-dashboard-{Guid.NewGuid():N}.html");
        try
        {
            Open(page, dashboard);
            WriteInformation(new HostInformationMessage { Message = "The dashboard is open in the browser. Press Ctrl-C to end it." }, ["PSHOST"]);
            Await(dashboard.RunAsync(Cancelled));
        }
        finally
        {
            Delete(page);
        }
    });

    // Other users of the machine can read the arguments of a browser. So the browser gets the name of a file that only this user can read, and which sends it to the address.
    // The file is in the home folder, because a browser that is a snap or a flatpak sees neither the folder for temporary files nor hidden ones.
    private static void Open(string page, DashboardServer dashboard)
    {
        try
        {
            Write(page, $"<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0; url={dashboard.Address}\"><title>Backup schedules</title><a href=\"{dashboard.Address}\">Open the dashboard</a></html>\n");
            _ = dashboard.Opened.ContinueWith(_ => Delete(page), TaskScheduler.Default);
            using Process? browser = Process.Start(new ProcessStartInfo(page) { UseShellExecute = true });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or Win32Exception)
        {
            throw new TroveScheduleException(TroveErrorKind.Failed, $"No browser could be opened: {e.Message}", e) { ErrorId = "NoBrowser", RecommendedAction = "Use -NoBrowser, and open the address that it writes." };
        }
    }

    private static void Write(string page, string text)
    {
#if NET
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(page, options);
#else
        using var file = new FileStream(page, FileMode.CreateNew, FileAccess.Write);
#endif
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        file.Write(bytes, 0, bytes.Length);
    }

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
