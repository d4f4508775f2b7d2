using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using TroveSchedules.Binding;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Base of cmdlets that apply a plan of schedules.</summary>
public abstract class SchedulePlanCmdlet : FinishingCmdlet
{
    /// <summary>The file of the plan, in YAML or JSON.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("LiteralPath", "PSPath", "FullName")]
    [FileReference]
    public string Path { get; set; } = "";

    private bool _hasFailed;

    private protected abstract ScheduleSyncMode Mode { get; }

    /// <summary>Applies the plan.</summary>
    protected override void ProcessRecord()
    {
        IReadOnlyList<PlannedStep> steps = [];
        RunOrTerminate(() =>
        {
            string file = new LocalFile(this, Path).Path;
            SchedulePlan plan = SchedulePlan.Parse(Read(file), file);
            steps = Await(Cloud.ScheduleSync.PlanAsync(plan, Mode, Lookup, Wildcards.Matcher, Warn, Cancelled));
        });
        ChangeEach(InOrder(steps), PrepareAsync, Confirm, ApplyAsync, steps.Count);
    }

    // Creations and changes end before the first removal, so that no instance is without its schedule in between. If one of them failed, a removed schedule could be the only one of its instance.
    private IEnumerable<PlannedStep> InOrder(IReadOnlyList<PlannedStep> steps)
    {
        foreach (PlannedStep step in steps.Where(step => step.Step.Action != ScheduleSyncAction.Remove))
            yield return step;
        List<PlannedStep> removals = [.. steps.Where(step => step.Step.Action == ScheduleSyncAction.Remove)];
        if (removals.Count == 0)
            yield break;
        FinishItems();
        if (_hasFailed)
        {
            WriteWarning($"{(removals.Count == 1 ? "1 schedule that the plan does not list was" : $"{removals.Count} schedules that the plan does not list were")} not removed, because another step failed. Apply the plan again when its cause is removed.");
            yield break;
        }
        foreach (PlannedStep step in removals)
            yield return step;
    }

    private async Task<PreparedStep> PrepareAsync(PlannedStep step)
    {
        try
        {
            return await Cloud.ScheduleSync.PrepareAsync(step, Lookup, Warn, Cancelled).ConfigureAwait(false);
        }
        catch
        {
            _hasFailed = true;
            throw;
        }
    }

    private bool Confirm(PreparedStep prepared)
    {
        if (prepared.Creation is { } creation)
        {
            WriteDetail(creation.Explain());
            return ShouldProcess(creation.InWords(), creation.Operation());
        }
        if (prepared.Change is { IsNeeded: true } change)
            return ConfirmChange(change);
        if (prepared.Planned is { Step.Action: ScheduleSyncAction.Remove, Schedule: { } schedule })
        {
            WarnOfRunningExecutions(schedule, "the schedule", "delete");
            return ShouldProcess(schedule.InWords(), "Delete");
        }
        return !this.IsWhatIf();
    }

    private async Task<object?> ApplyAsync(PreparedStep prepared)
    {
        Task<ScheduleSyncStep> started = Cloud.ScheduleSync.ApplyAsync(prepared, Warn, Cancelled);
        try
        {
            return await (prepared.Change is null ? started : Track(started)).ConfigureAwait(false);
        }
        catch
        {
            _hasFailed = true;
            throw;
        }
    }

    private static byte[] Read(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TroveScheduleException(TroveErrorKind.Invalid, $"The plan cannot be read: {(Directory.Exists(file) ? $"'{file}' is a folder." : e.Message)}", e)
            {
                ErrorId = "InvalidSchedulePlan",
                Target = file,
                RecommendedAction = "Name a file of YAML or JSON.",
            };
        }
    }
}
