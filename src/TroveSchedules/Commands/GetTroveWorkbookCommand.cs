using System.Management.Automation;

namespace TroveSchedules.Commands;

/// <summary>Tells which workbook is installed, and what schedules can do with it.</summary>
[Cmdlet(VerbsCommon.Get, "TroveWorkbook")]
[OutputType(typeof(InstalledWorkbook))]
public sealed class GetTroveWorkbookCommand : SessionCmdlet
{
    /// <summary>Writes what is installed.</summary>
    protected override void ProcessRecord() => Try(() => WriteObject(Await(Cloud.Workbook.GetAsync(Cancelled))));
}
