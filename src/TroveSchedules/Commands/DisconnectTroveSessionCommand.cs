using System.Management.Automation;

namespace TroveSchedules.Commands;

/// <summary>Ends a session; without one named, the process's own.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "TroveSession")]
[OutputType(typeof(void))]
public sealed class DisconnectTroveSessionCommand : TroveCmdlet
{
    /// <summary>The session to end.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public TroveSession? Session { get; set; }

    /// <summary>Ends it.</summary>
    protected override void ProcessRecord()
    {
        TroveSession? session = Session ?? SharedSession.Current;
        if (session == SharedSession.Current)
            SharedSession.Set(null);
        session?.Dispose();
    }
}
