using System.Management.Automation;

namespace TroveSchedules.Commands;

/// <summary>Writes the session of the process, or nothing if there is none.</summary>
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
