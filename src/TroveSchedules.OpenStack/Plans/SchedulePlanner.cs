using System;
using System.Collections.Generic;
using System.Linq;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.OpenStack;

/// <summary>Compares a plan with the schedules that exist. It sends no request.</summary>
/// <param name="plan">The plan.</param>
/// <param name="mode">Which schedules it may touch.</param>
/// <param name="now">The cloud's time.</param>
/// <param name="projectId">The project of the session.</param>
/// <param name="origin">The cloud of the session.</param>
internal sealed class SchedulePlanner(SchedulePlan plan, ScheduleSyncMode mode, DateTimeOffset now, string projectId, string? origin)
{
    private readonly HashSet<BackupSchedule> _used = [];

    /// <summary>The steps: first those for the plan's schedules, in its order, then the removals, so that a plan that is cut off has removed nothing too early.</summary>
    /// <param name="wanted">The schedules of the plan, each with one of its instances.</param>
    /// <param name="existing">The schedules of the project.</param>
    /// <param name="warn">Gets warnings.</param>
    /// <exception cref="TroveScheduleException">Invalid (<c>InvalidSchedulePlan</c>): two entries describe the same schedule.</exception>
    public IReadOnlyList<PlannedStep> Plan(
        IReadOnlyList<(PlannedSchedule Schedule, Instance Instance)> wanted, IReadOnlyList<(BackupSchedule Schedule, ScheduleMetadata Metadata)> existing, Action<string>? warn = null)
    {
        CheckDuplicates(wanted);
        ILookup<(string, string), Existing> byKey = existing.Select(each => new Existing(each.Schedule, each.Metadata)).ToLookup(each => Key(each.Schedule.InstanceId ?? "", each.Schedule.Name ?? ""));
        Dictionary<string, Existing> byId = byKey.SelectMany(same => same).GroupBy(each => each.Schedule.Id).ToDictionary(same => same.Key, same => same.First());
        var matches = new Existing?[wanted.Count];
        // By id first: a schedule of the plan whose name someone has changed is still the same.
        for (int i = 0; i < wanted.Count; i++)
        {
            if (byId.TryGetValue(IdOf(wanted[i]), out Existing? same) && IsOwned(same) && IsOf(same, wanted[i].Instance))
                Use(matches[i] = same);
        }
        var steps = new List<PlannedStep>();
        for (int i = 0; i < wanted.Count; i++)
        {
            Existing[] others = [.. byKey[Key(wanted[i].Instance.Id, wanted[i].Schedule.Name)].Where(each => !_used.Contains(each.Schedule))];
            Existing[] owned = [.. others.Where(IsOwned)];
            if (mode == ScheduleSyncMode.CreateOnly)
            {
                if ((matches[i] ?? owned.Concat(others).FirstOrDefault() ?? (byId.TryGetValue(IdOf(wanted[i]), out Existing? holder) ? holder : null)) is { } any)
                    steps.Add(KeepOf(wanted[i], any));
                else if (CreationOf(wanted[i], warn) is { } creation)
                    steps.Add(creation);
                continue;
            }
            if (owned.Length + (matches[i] is null ? 0 : 1) > 1)
            {
                steps.Add(ErrorOf(wanted[i], [.. owned, .. matches[i] is { } match ? new[] { match } : []]));
                continue;
            }
            if ((matches[i] ?? owned.FirstOrDefault()) is { } mine)
            {
                steps.Add(ChangeOf(wanted[i], mine));
                continue;
            }
            if (byId.TryGetValue(IdOf(wanted[i]), out Existing? taken) && !others.Contains(taken))
                others = [.. others, taken];
            if (others.Length == 1 && mode == ScheduleSyncMode.Adopt && IsOf(others[0], wanted[i].Instance))
                steps.Add(ChangeOf(wanted[i], others[0]));
            else if (others.Length > 0)
                steps.Add(ErrorOf(wanted[i], others));
            else if (CreationOf(wanted[i], warn) is { } creation)
                steps.Add(creation);
        }
        if (mode == ScheduleSyncMode.CreateOnly)
            return steps;
        ILookup<string, string?> names = wanted.ToLookup(each => each.Instance.Id.ToLowerInvariant(), each => each.Instance.Name);
        steps.AddRange(
            from each in existing
            let schedule = each.Schedule
            where IsOwned(new Existing(schedule, each.Metadata)) && !_used.Contains(schedule)
            orderby schedule.InstanceId, schedule.Name, schedule.Id
            select new PlannedStep(Step(ScheduleSyncAction.Remove, schedule.Name ?? "", schedule.InstanceId ?? "", names[schedule.InstanceId?.ToLowerInvariant() ?? ""].FirstOrDefault(), schedule.Id)) { Schedule = schedule });
        return steps;
    }

    /// <summary>What must change for a schedule to be as the plan says; null if nothing must.</summary>
    /// <param name="wanted">The schedule in the plan.</param>
    /// <param name="schedule">The schedule as it is.</param>
    /// <param name="metadata">Its metadata.</param>
    public ScheduleChange? Compare(PlannedSchedule wanted, BackupSchedule schedule, ScheduleMetadata metadata)
    {
        bool isAdopted = metadata.Owner != plan.Owner;
        var change = new ScheduleChange { AllowSeconds = wanted.AllowSeconds };
        ScheduleChange none = change;
        if (isAdopted)
            change = change with { Owner = new(plan.Owner) };
        if (schedule.Name != wanted.Name)
            change = change with { Name = new(wanted.Name) };
        if (schedule.Pattern != wanted.Pattern)
            change = change with { Pattern = new(wanted.Pattern) };
        if (schedule.Description != wanted.Description)
            change = change with { Description = new(wanted.Description) };
        if ((schedule.Incremental ?? false) != wanted.Incremental)
            change = change with { Incremental = new(wanted.Incremental) };
        if (!string.Equals(schedule.ParentId, wanted.ParentId, StringComparison.OrdinalIgnoreCase))
            change = change with { ParentId = new(wanted.ParentId) };
        if (HasOtherExecutions(wanted, schedule, metadata) || (isAdopted && wanted.RemainingExecutions is not null && wanted.Pattern is not null))
            change = change with { RemainingExecutions = new(wanted.RemainingExecutions) };
        if (HasOtherFirstTime(wanted, schedule, out DateTimeOffset? first))
            change = change with { FirstExecutionTime = new(first) };
        bool isSuspended = schedule.State == ScheduleState.Suspended || (schedule.State == ScheduleState.Interrupted && metadata.Suspension is not null);
        if (wanted.Suspended != isSuspended)
            change = change with { Suspension = new(wanted.Suspended ? wanted.Suspension ?? new NewSuspension() : null) };
        else if (wanted.Suspension is { } suspension && (suspension.Reason != metadata.Suspension?.Reason || suspension.Until != metadata.Suspension?.Until))
            change = change with { Suspension = new(suspension) };
        return change == none ? null : change;
    }

    // The trigger's number counts down, so the number that was asked for is compared, too.
    private static bool HasOtherExecutions(PlannedSchedule wanted, BackupSchedule schedule, ScheduleMetadata metadata) =>
        wanted.Pattern is null
            ? schedule.RemainingExecutions is not (null or 1)
            : schedule.RemainingExecutions != wanted.RemainingExecutions && !(wanted.RemainingExecutions is { } number && metadata.RequestedExecutions == number && schedule.RemainingExecutions < number);

    // Once it has passed, the first time of a pattern means nothing.
    private bool HasOtherFirstTime(PlannedSchedule wanted, BackupSchedule schedule, out DateTimeOffset? first)
    {
        first = ScheduleRules.WholeMinute(wanted.FirstExecutionTime);
        if (first == schedule.FirstExecutionTime)
            return false;
        if (wanted.Pattern is null)
            return true;
        if (ScheduleRules.IsTooEarly(first, now))
            first = null;
        // The first time of a schedule without a pattern is its only one.
        return first != (schedule.FirstExecutionTime <= now ? null : schedule.FirstExecutionTime);
    }

    private void CheckDuplicates(IReadOnlyList<(PlannedSchedule Schedule, Instance Instance)> wanted)
    {
        (long, string)[] duplicates =
        [
            .. from same in wanted.GroupBy(each => Key(each.Instance.Id, each.Schedule.Name))
            where same.Count() > 1
            let lines = same.Select(each => each.Schedule.Line).Distinct().ToArray()
            select (lines.Last(), $"the schedule '{Printable(same.First().Schedule.Name)}' of the instance '{Printable(same.First().Instance.Name ?? same.Key.Item1)}' ({same.Key.Item1}) is listed {(lines.Length == 1 ? "more than once in line " : "in the lines ")}{string.Join(" and ", lines)}. Give each schedule of an instance its own name"),
        ];
        if (duplicates.Length > 0)
            throw new PlanReader(plan.Path ?? "").Invalid(duplicates);
    }

    private PlannedStep? CreationOf((PlannedSchedule Schedule, Instance Instance) wanted, Action<string>? warn)
    {
        if (wanted.Schedule.Pattern is null && ScheduleRules.WholeMinute(wanted.Schedule.FirstExecutionTime) <= now)
        {
            warn?.Invoke(FormattableString.Invariant(
                $"The only time of the schedule '{Printable(wanted.Schedule.Name)}' of the instance '{Printable(wanted.Instance.Name ?? wanted.Instance.Id)}', {wanted.Schedule.FirstExecutionTime:u}, has passed, so it is not created. It can be taken out of the plan (line {wanted.Schedule.Line})."));
            return null;
        }
        return new PlannedStep(StepOf(ScheduleSyncAction.Create, wanted, IdOf(wanted))) { Wanted = wanted.Schedule };
    }

    private PlannedStep KeepOf((PlannedSchedule Schedule, Instance Instance) wanted, Existing existing)
    {
        Use(existing);
        return new PlannedStep(StepOf(ScheduleSyncAction.Keep, wanted, existing.Schedule.Id)) { Wanted = wanted.Schedule, Schedule = existing.Schedule };
    }

    private PlannedStep ChangeOf((PlannedSchedule Schedule, Instance Instance) wanted, Existing existing)
    {
        Use(existing);
        ScheduleChange? change = Compare(wanted.Schedule, existing.Schedule, existing.Metadata);
        bool isCutOff = existing.Schedule.ReplacementTriggerId is not null;
        if (change is null && !isCutOff)
            return KeepOf(wanted, existing);
        bool isOnlySuspension = change is not null && change with { Suspension = null, AllowSeconds = false } == new ScheduleChange() && wanted.Schedule.Suspended != (existing.Schedule.State == ScheduleState.Suspended);
        ScheduleSyncAction action = !isOnlySuspension ? ScheduleSyncAction.Change : wanted.Schedule.Suspended ? ScheduleSyncAction.Suspend : ScheduleSyncAction.Resume;
        return new PlannedStep(StepOf(action, wanted, existing.Schedule.Id)) { Wanted = wanted.Schedule, Schedule = existing.Schedule, Change = change ?? new ScheduleChange() };
    }

    private PlannedStep ErrorOf((PlannedSchedule Schedule, Instance Instance) wanted, IReadOnlyList<Existing> existing)
    {
        foreach (Existing each in existing)
            Use(each);
        string what = $"The schedule '{Printable(wanted.Schedule.Name)}' of the instance '{Printable(wanted.Instance.Name ?? wanted.Instance.Id)}' (line {wanted.Schedule.Line} of the plan)";
        string ids = string.Join(" and ", existing.Select(each => $"'{each.Schedule.Id}'"));
        ScheduleSyncStep step = StepOf(ScheduleSyncAction.Keep, wanted, existing[0].Schedule.Id);
        TroveScheduleException error = existing.Count > 1
            ? new(TroveErrorKind.Conflict, $"{what} exists {existing.Count} times: {ids}.") { ErrorId = "DuplicateSchedule", Target = step, RecommendedAction = "Keep one: delete or rename the others." }
            : new(TroveErrorKind.Conflict, $"{what} exists, and {(existing[0].Metadata.Owner is not { } owner ? "it has no owner" : $"its owner is '{Printable(owner)}'")}, so the plan of '{Printable(plan.Owner)}' does not touch it: {ids}.")
            {
                ErrorId = "ScheduleNotOwned",
                Target = step,
                RecommendedAction = "Adopt it, delete it, or give the schedule in the plan another name.",
            };
        return new PlannedStep(step) { Wanted = wanted.Schedule, Schedule = existing[0].Schedule, Error = error };
    }

    private ScheduleSyncStep StepOf(ScheduleSyncAction action, (PlannedSchedule Schedule, Instance Instance) wanted, string id) =>
        Step(action, wanted.Schedule.Name, wanted.Instance.Id, wanted.Instance.Name, id);

    private ScheduleSyncStep Step(ScheduleSyncAction action, string name, string instanceId, string? instanceName, string id) => new()
    {
        Action = action, Name = name, InstanceId = instanceId, InstanceName = instanceName, ScheduleId = id, Owner = plan.Owner, ProjectId = projectId, Origin = origin,
    };

    private string IdOf((PlannedSchedule Schedule, Instance Instance) wanted) => ScheduleMetadata.PlannedIdOf(projectId, plan.Owner, wanted.Instance.Id, wanted.Schedule.Name);

    private bool IsOwned(Existing existing) => existing.Metadata.Owner == plan.Owner;

    private static bool IsOf(Existing existing, Instance instance) => string.Equals(existing.Schedule.InstanceId, instance.Id, StringComparison.OrdinalIgnoreCase);

    private void Use(Existing existing) => _used.Add(existing.Schedule);

    private static (string, string) Key(string instanceId, string name) => (instanceId.ToLowerInvariant(), name);

    private static string Printable(string text) => ServiceError.Printable(text, 255);

    private sealed record Existing(BackupSchedule Schedule, ScheduleMetadata Metadata);
}
