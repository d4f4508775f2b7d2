using System;
using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using TroveSchedules.Binding;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Base of cmdlets that write the health of schedules to a file.</summary>
public abstract class HealthExportCmdlet : SessionCmdlet
{
    private readonly List<ScheduleHealth> _health = [];

    /// <summary>The file. It is replaced in one step.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("LiteralPath", "PSPath", "FullName")]
    [FileReference]
    public string Path { get; set; } = "";

    /// <summary>The health, from Get-TroveScheduleHealth. Default: that of all schedules of the project.</summary>
    [Parameter(ValueFromPipeline = true)]
    [HealthSnapshot]
    public ScheduleHealth[]? Health { get; set; }

    /// <summary>Writes the file object.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>What the file is, for the question whether to write it: "metrics".</summary>
    private protected abstract string Contents { get; }

    /// <summary>The period of the check, if no health is given.</summary>
    private protected virtual TimeSpan Period => TimeSpan.FromDays(7);

    /// <summary>Collects the health.</summary>
    protected override void ProcessRecord() => _health.AddRange(Health ?? []);

    private protected override void ProcessCollected() => RunOrTerminate(() =>
    {
        var file = new LocalFile(this, Path);
        bool isGiven = MyInvocation.ExpectingInput || MyInvocation.BoundParameters.ContainsKey(nameof(Health));
        IReadOnlyCollection<ScheduleHealth> health = isGiven ? _health
            : Await(Cloud.Schedules.CheckHealthAsync(null, new HealthOptions { Since = Cloud.CloudTime - Period }, Warn, Cancelled));
        if (isGiven && health.Count == 0)
        {
            // An error before this cmdlet in the pipeline may be the cause.
            WriteWarning($"There was no health to write, so the file '{file.Path}' was not written.");
            return;
        }
        if (!ShouldProcess($"file '{file.Path}'", $"Write the {Contents} of {health.Count} schedules"))
            return;
        file.Write(stream => Write(stream, health));
        if (PassThru)
            WriteObject(file.Item);
    });

    private protected abstract void Write(Stream stream, IReadOnlyCollection<ScheduleHealth> health);
}
