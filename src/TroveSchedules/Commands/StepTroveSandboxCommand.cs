using System;
using System.Management.Automation;
using TroveSchedules.Binding;

namespace TroveSchedules.Commands;

/// <summary>Advances a sandbox's clock, and runs everything that becomes due.</summary>
[Cmdlet(VerbsCommon.Step, "TroveSandbox")]
[OutputType(typeof(void), typeof(TroveSession))]
public sealed class StepTroveSandboxCommand : SessionCmdlet
{
    /// <summary>The duration, such as 00:10:00.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [DurationCell]
    public TimeSpan By { get; set; }

    /// <summary>Writes the session.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Advances the clock.</summary>
    protected override void ProcessRecord() => Try(() =>
    {
        if (By < TimeSpan.Zero)
        {
            throw new TroveScheduleException(TroveErrorKind.Invalid, $"A sandbox's clock goes forward only, not by {By}.")
            {
                ErrorId = "InvalidTime",
                Target = By,
            };
        }
        (Sandboxes.At(Session!.AuthUrl) ?? throw new TroveScheduleException(TroveErrorKind.Invalid, $"There is no sandbox at {Session.AuthUrl}: it has ended, or it is a real cloud, whose clock nobody moves.")
        {
            ErrorId = "InvalidSession",
            Target = Session,
            RecommendedAction = "Make a sandbox with Connect-TroveSession -Sandbox.",
        }).Step(By);
        if (PassThru)
            WriteObject(Session);
    });
}
