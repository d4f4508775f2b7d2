using System;
using System.Management.Automation;
using TroveSchedules.Binding;
using TroveSchedules.Completion;
using TroveSchedules.Cron;

namespace TroveSchedules.Commands;

/// <summary>Tells whether a cron pattern is good, and what it means to Mistral.</summary>
[Cmdlet(VerbsDiagnostic.Test, "TroveCronPattern")]
[OutputType(typeof(CronPatternReport), typeof(bool))]
public sealed class TestTroveCronPatternCommand : TroveCmdlet
{
    /// <summary>The patterns to look at.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PatternCompleter))]
    [AllowEmptyString]
    [PatternReference]
    public string[] Pattern { get; set; } = [];

    /// <summary>Allows a sixth field, which Mistral reads as seconds.</summary>
    [Parameter]
    public SwitchParameter AllowSeconds { get; set; }

    /// <summary>Writes true or false and no more.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <summary>Writes what can be said of each pattern.</summary>
    protected override void ProcessRecord()
    {
        foreach (string pattern in Pattern)
        {
            CronPatternReport report = CronPatternReport.Of(pattern, AllowSeconds, DateTimeOffset.UtcNow);
            WriteObject(Quiet ? report.IsValid : report);
        }
    }
}
