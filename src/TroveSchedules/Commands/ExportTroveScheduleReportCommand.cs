using System;
using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using System.Text;
using TroveSchedules.Reports;

namespace TroveSchedules.Commands;

/// <summary>Writes the health of schedules as one HTML page.</summary>
[Cmdlet(VerbsData.Export, "TroveScheduleReport", SupportsShouldProcess = true)]
[OutputType(typeof(void), typeof(FileInfo))]
public sealed class ExportTroveScheduleReportCommand : HealthExportCmdlet
{
    private protected override string Contents => "report";

    // The length of the strip in the report.
    private protected override TimeSpan Period => TimeSpan.FromDays(14);

    private protected override void Write(Stream stream, IReadOnlyCollection<ScheduleHealth> health)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 4096, leaveOpen: true);
        Await(ScheduleReport.WriteAsync(writer, health, Cloud.ProjectName ?? Cloud.ProjectId));
    }
}
