using System;
using System.Diagnostics;
using System.Management.Automation;
using TroveSchedules.Dashboard;

namespace TroveSchedules.Commands;

/// <summary>Serves the dashboard of a session on this machine until the user presses Ctrl-C.</summary>
[Cmdlet(VerbsCommon.Show, "TroveDashboard")]
[OutputType(typeof(Uri))]
public sealed class ShowTroveDashboardCommand : SessionCmdlet
{
    /// <summary>Writes the address, and opens no browser.</summary>
    [Parameter]
    public SwitchParameter NoBrowser { get; set; }

    /// <summary>The dashboard ends when it was not used for this long. Default: 30 minutes.</summary>
    [Parameter]
    [Binding.DurationCell]
    public TimeSpan? IdleLimit { get; set; }

    /// <summary>Serves it.</summary>
    protected override void ProcessRecord() => RunOrTerminate(() =>
    {
        var options = new DashboardOptions();
        if (IdleLimit is { } limit)
            options = options with { IdleLimit = limit };
        using DashboardServer dashboard = DashboardServer.Start(Cloud, options);
        WriteObject(dashboard.Address);
        if (!NoBrowser)
            Open(dashboard.Address);
        Await(dashboard.RunAsync(Cancelled));
    });

    private void Open(Uri address)
    {
        try
        {
            using Process? browser = Process.Start(new ProcessStartInfo(address.AbsoluteUri) { UseShellExecute = true });
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            WriteWarning($"No browser could be opened: {e.Message} Open the address yourself.");
        }
    }
}
