using System.Management.Automation;

namespace TroveSchedules.Commands;

/// <summary>Shows the process's session; nothing when there is none.</summary>
[Cmdlet(VerbsCommon.Get, "TroveSession")]
[OutputType(typeof(TroveSession))]
public sealed class GetTroveSessionCommand : TroveCmdlet
{
    /// <summary>Writes the session.</summary>
    protected override void EndProcessing()
    {
        if (SharedSession.Current is { } session)
            WriteObject(session);
    }
}
