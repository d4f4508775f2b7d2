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
        string? page = null;
        try
        {
            if (NoBrowser)
                WriteObject(dashboard.Address);
            else
                Open(page = WritePage(dashboard));
            Await(dashboard.RunAsync(Cancelled));
        }
        finally
        {
            Delete(page);
        }
    });

    // Other users of the machine can read the arguments of a browser. So the browser gets the name of a file that only this user can read, and which sends it to the address.
    // The file is in the home folder, because a browser that is a snap or a flatpak sees neither the folder for temporary files nor hidden ones.
    private static string WritePage(DashboardServer dashboard)
    {
        string path = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), $"trove-dashboard-{Guid.NewGuid():N}.html");
#if NET
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
#else
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
#endif
        byte[] text = Encoding.UTF8.GetBytes($"<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0; url={dashboard.Address}\"><title>Backup schedules</title><a href=\"{dashboard.Address}\">Open the dashboard</a></html>\n");
        file.Write(text, 0, text.Length);
        _ = dashboard.Opened.ContinueWith(_ => Delete(path), TaskScheduler.Default);
        return path;
    }

    private static void Delete(string? page)
    {
        try
        {
            if (page is not null)
                File.Delete(page);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The key in it works once.
        }
    }

    private void Open(string page)
    {
        try
        {
            using Process? browser = Process.Start(new ProcessStartInfo(page) { UseShellExecute = true });
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            throw new TroveScheduleException(TroveErrorKind.Failed, $"No browser could be opened: {e.Message}", e) { ErrorId = "NoBrowser", RecommendedAction = "Use -NoBrowser, and open the address that it writes." };
        }
    }
}
