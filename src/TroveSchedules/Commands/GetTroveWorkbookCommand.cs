using System.Management.Automation;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Shows the installed workbook and what schedules can do with it.</summary>
[Cmdlet(VerbsCommon.Get, "TroveWorkbook")]
[OutputType(typeof(InstalledWorkbook))]
public sealed class GetTroveWorkbookCommand : SessionCmdlet
{
    /// <summary>Writes the installed workbook.</summary>
    protected override void ProcessRecord() => Try(() => WriteObject(Await(Cloud.Workbook.GetAsync(Cancelled))));
}
