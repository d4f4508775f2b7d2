using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Base of cmdlets whose changes of schedules must be finished, even after Ctrl-C.</summary>
public abstract class FinishingCmdlet : BulkCmdlet
{
    // Those that have not succeeded.
    private readonly List<Task> _changes = [];

    /// <summary>Instances and parents, requested at most once each.</summary>
    private protected ResourceLookup Lookup { get; private set; } = null!;

    /// <summary>Gets the session.</summary>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        Lookup = Cloud.CreateLookup();
    }

    /// <summary>Asks the user whether to change a schedule.</summary>
    private protected bool ConfirmChange(PreparedScheduleChange change)
    {
        if (change.Differences.Count > 0)
            WarnOfRunningExecutions(change.Schedule, "the old cron trigger", "change");
        return ShouldProcess(change.Schedule.InWords(), change.Differences.Count > 0 ? $"Change {string.Join(", ", change.Differences)}" : "Finish or undo a change that was cut off");
    }

    /// <summary>Registers a change that has started. The cmdlet does not end before it.</summary>
    private protected Task<T> Track<T>(Task<T> change)
    {
        _changes.RemoveAll(each => each.Status == TaskStatus.RanToCompletion);
        _changes.Add(change);
        return change;
    }

    // After Ctrl-C, and when a later cmdlet such as Select-Object -First stops the pipeline, a change that has deleted the old trigger goes on. If the process ended now, the schedule would not run.
    private protected override void FinishChanges()
    {
        if (!Stopping && _changes.TrueForAll(change => change.IsCompleted))
            return;
        Task.WhenAny(Task.WhenAll(_changes)).GetAwaiter().GetResult();
        List<TroveScheduleException> cutOff = [.. _changes.Select(change => change.Exception?.InnerException).OfType<TroveScheduleException>()
            .Where(error => error.MayHaveHappened || error.ErrorId == "ScheduleChangeInterrupted")];
        // A stopped pipeline takes no warning.
        foreach (TroveScheduleException error in cutOff)
            Host.UI.WriteWarningLine(TerminalText.SanitizeLine($"{error.Message} {ErrorAdvice.For(error, [])}"));
        if (cutOff.Count == 0 && Stopping)
            Host.UI.WriteWarningLine("The command was stopped. No schedule is left half changed.");
    }
}
