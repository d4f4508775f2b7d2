using System.Management.Automation;

namespace TroveSchedules.Commands;

/// <summary>
/// Writes the outcomes of a cmdlet's items. A failure writes one error for its item, and the others continue. Without a valid session every item would fail, so the first such error ends the pipeline.
/// </summary>
internal sealed class OutcomeWriter(TroveCmdlet cmdlet)
{
    private int _changed;
    private bool _isEnding;
    private bool _isSessionDead;

    /// <summary>Writes an outcome.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <param name="queue">The queue that reports it.</param>
    public void Write(WorkOutcome outcome, OrderedWorkQueue queue)
    {
        if (outcome.Error is { } error)
            Write(error, outcome.Item, queue);
        else if (outcome.Result is not null)
            cmdlet.WriteObject(outcome.Result, enumerateCollection: true);
        _changed += outcome.IsChanged ? 1 : 0;
    }

    private void Write(TroveScheduleException error, object? item, OrderedWorkQueue queue)
    {
        if (_isEnding)
        {
            if (!(_isSessionDead && cmdlet.EndsPipeline(error)))
                cmdlet.WriteWarning(error.Message);
            return;
        }
        _isSessionDead = cmdlet.EndsPipeline(error);
        if (_isSessionDead || cmdlet.Preference("ErrorAction", "ErrorActionPreference") is ActionPreference.Stop)
        {
            // This error ends the pipeline, so the outcomes of the changes in progress are written first.
            _isEnding = true;
            queue.FinishStarted();
        }
        ErrorRecord record = ErrorRecords.From(error, item ?? cmdlet.DefaultTarget, cmdlet.MyInvocation.MyCommand, cmdlet.AdviceOn(error));
        if (!_isSessionDead)
        {
            cmdlet.WriteError(record);
            return;
        }
        if (_changed > 0)
            cmdlet.WriteWarning($"{_changed} changes were made before the session ended; the others were not.");
        cmdlet.ThrowTerminatingError(record);
    }
}
