using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using TroveSchedules.Reports;

namespace TroveSchedules.Commands;

/// <summary>Writes the health of schedules as metrics, for the textfile collector of node_exporter.</summary>
[Cmdlet(VerbsData.Export, "TroveScheduleMetric", SupportsShouldProcess = true)]
[OutputType(typeof(void), typeof(FileInfo))]
public sealed class ExportTroveScheduleMetricCommand : HealthExportCmdlet
{
    private protected override string Contents => "metrics";

    private protected override void Write(Stream stream, IReadOnlyCollection<ScheduleHealth> health) => Await(ScheduleMetrics.WriteAsync(stream, health, Cancelled));
}
