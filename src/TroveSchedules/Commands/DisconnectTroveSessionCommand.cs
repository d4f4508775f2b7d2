using System.Management.Automation;
using TroveSchedules.Binding;

namespace TroveSchedules.Commands;

/// <summary>Ends sessions; by default, the session of the process.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "TroveSession")]
[OutputType(typeof(void))]
public sealed class DisconnectTroveSessionCommand : TroveCmdlet
{
    /// <summary>The sessions to end.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SessionReference]
    public TroveSession[]? Session { get; set; }

    /// <summary>Ends the sessions.</summary>
    protected override void ProcessRecord()
    {
        foreach (TroveSession? session in Session ?? [SharedSession.Current!])
        {
            SharedSession.Remove(session);
            session?.Dispose();
        }
    }
}
