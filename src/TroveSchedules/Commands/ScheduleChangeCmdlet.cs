using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using TroveSchedules.Binding;
using TroveSchedules.Completion;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Base of cmdlets that change schedules.</summary>
public abstract class ScheduleChangeCmdlet : BulkCmdlet
{
    // Those that have not succeeded.
    private readonly List<Task<BackupSchedule>> _changes = [];

    /// <summary>The schedules, or their ids.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ScheduleIdCompleter))]
    [ScheduleReference]
    public ScheduleReference[] Id { get; set; } = [];

    /// <summary>Writes each schedule as it is afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Instances and parents, requested at most once each.</summary>
    private protected ResourceLookup Lookup { get; private set; } = null!;

    /// <summary>Gets the session.</summary>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        Lookup = Cloud.CreateLookup();
    }

    /// <summary>Changes the schedules.</summary>
    protected override void ProcessRecord() => ChangeEach(Id, PrepareAsync, Confirm, ApplyAsync);

    /// <summary>Checks the change of one schedule, on any thread.</summary>
    private protected abstract Task<PreparedScheduleChange> PrepareAsync(BackupSchedule schedule);

    private async Task<PreparedScheduleChange> PrepareAsync(ScheduleReference reference)
    {
        string id = reference.IdFor(Cloud);
        return await PrepareAsync(reference.Schedule ?? await Cloud.Schedules.GetAsync(id, false, Cancelled).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private bool Confirm(PreparedScheduleChange change)
    {
        if (!change.IsNeeded)
            return true;
        if (change.Differences.Count > 0)
            WarnOfRunningExecutions(change.Schedule, "the old cron trigger", "change");
        return ShouldProcess(change.Schedule.InWords(), change.Differences.Count > 0 ? $"Change {string.Join(", ", change.Differences)}" : "Finish or undo a change that was cut off");
    }

    private async Task<object?> ApplyAsync(PreparedScheduleChange change)
    {
        Task<BackupSchedule> started = Cloud.ScheduleChanges.ApplyAsync(change, Warn, Cancelled);
        _changes.RemoveAll(each => each.Status == TaskStatus.RanToCompletion);
        _changes.Add(started);
        BackupSchedule schedule = await started.ConfigureAwait(false);
        return PassThru ? schedule : null;
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
