using System.Linq;
using System.Management.Automation;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Base of cmdlets that change many objects, with several concurrent requests.</summary>
public abstract class BulkCmdlet : SessionCmdlet
{
    // Requested once, before the first change. A request per schedule would double the time for thousands of schedules.
    private ILookup<string, ScheduleExecution>? _running;

    /// <summary>Maximum number of concurrent requests. With 1, each item is finished and written before the next one starts.</summary>
    // Mistral is fastest with four: 20 to 25 % faster than with one. Eight and sixteen create schedules more slowly.
    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = 4;

    /// <inheritdoc/>
    private protected override int Concurrency => ThrottleLimit;

    /// <summary>Warns before a cron trigger is deleted whose executions are running, because they use its Keystone trust.</summary>
    /// <param name="schedule">The schedule of the trigger.</param>
    /// <param name="owner">What the trust is deleted with, such as <c>the schedule</c>.</param>
    /// <param name="verb">What happens to the schedule, such as <c>delete</c>.</param>
    /// <param name="allProjects">Whether to include other projects' executions.</param>
    private protected void WarnOfRunningExecutions(BackupSchedule schedule, string owner, string verb, bool allProjects = false)
    {
        try
        {
            _running ??= Await(Cloud.Executions.InFlightAsync(allProjects, Cancelled));
        }
        catch (TroveScheduleException e)
        {
            // The check only adds a warning, so its failure must not prevent the change.
            _running = Enumerable.Empty<ScheduleExecution>().ToLookup(run => run.Id);
            WriteDetail($"It is not known whether executions are running. {e.Message}");
        }
        foreach (ScheduleExecution run in _running[schedule.TriggerId])
        {
            WriteWarning($"An execution of the {schedule.InWords()} is running: {run.Id} ({run.State}). Its Keystone trust is deleted together with {owner}, so it may fail. "
                + $"To let it finish, wait until Get-TroveScheduleExecution -Id {run.Id} shows that it has ended, then {verb} the schedule.");
        }
    }
}
