using System;
using System.Linq;
using System.Management.Automation;
using TroveSchedules.Binding;
using TroveSchedules.Completion;
using TroveSchedules.Cron;

namespace TroveSchedules.Commands;

/// <summary>Checks whether a cron pattern is valid, and explains how Mistral reads it.</summary>
[Cmdlet(VerbsDiagnostic.Test, "TroveCronPattern")]
[OutputType(typeof(CronPatternReport), typeof(bool))]
public sealed class TestTroveCronPatternCommand : TroveCmdlet, IDynamicParameters
{
    private bool _patternIsNamed;
    private Quoting.RemainingArguments? _remainingArguments;

    /// <summary>The patterns to check.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PatternCompleter))]
    [AllowEmptyString]
    [PatternReference]
    public string[] Pattern { get; set; } = [];

    /// <summary>Allows a sixth field, which Mistral reads as seconds.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SwitchCell]
    public SwitchParameter AllowSeconds { get; set; }

    /// <summary>Writes only true or false.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    public object? GetDynamicParameters() => _remainingArguments = Quoting.Catch(MyInvocation, Pattern.LastOrDefault());

    /// <summary>Rejects a pattern that PowerShell split into several arguments.</summary>
    protected override void BeginProcessing()
    {
        if (Quoting.Refusal(MyInvocation, _remainingArguments, Pattern.LastOrDefault()) is { } refusal)
            ThrowTerminatingError(refusal);
        _patternIsNamed = Quoting.IsPatternNamed(MyInvocation);
    }

    /// <summary>Writes a report on each pattern.</summary>
    protected override void ProcessRecord()
    {
        foreach (string pattern in Pattern)
        {
            CronPatternReport report = CronPatternReport.Of(pattern, AllowSeconds, DateTimeOffset.UtcNow);
            if (!report.IsValid && _patternIsNamed && Quoting.Advise(pattern) is { } advice)
                report.Reason += " " + advice;
            WriteObject(Quiet ? report.IsValid : report);
        }
    }
}
