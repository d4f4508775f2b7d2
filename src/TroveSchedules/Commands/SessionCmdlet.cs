using System.Management.Automation;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>A cmdlet that works through a session.</summary>
public abstract class SessionCmdlet : TroveCmdlet
{
    /// <summary>The session to use instead of the process's own.</summary>
    [Parameter]
    [ValidateNotNull]
    public TroveSession? Session { get; set; }

    /// <summary>The session to work through, once processing has begun.</summary>
    private protected CloudSession Cloud => (CloudSession)Session!;

    /// <summary>Finds the session; without one nothing can be done, so that ends the pipeline.</summary>
    protected override void BeginProcessing()
    {
        try
        {
            Session ??= Await(SharedSession.GetAsync(SessionState, Cancelled));
        }
        catch (TroveScheduleException e)
        {
            ThrowTerminatingError(ErrorRecords.From(e, null));
        }
        catch (System.OperationCanceledException) when (Cancelled.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }
}
