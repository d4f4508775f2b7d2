using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.OpenStack;

/// <summary>Makes the schedules of an owner as a plan says: it plans steps, and then prepares and applies each of them. Steps may be prepared and applied concurrently.</summary>
public sealed class ScheduleSync
{
    private readonly CloudSession _session;

    internal ScheduleSync(CloudSession session) => _session = session;

    /// <summary>Compares a plan with the project's schedules. It requests each page of the schedules once, and the instances that the plan needs.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="mode">Which schedules it may touch.</param>
    /// <param name="lookup">The lookup of instances and parents. Use the same one for <see cref="PrepareAsync"/>.</param>
    /// <param name="matcher">Returns a test of whether a name matches a text with wildcards, or null if the text has none; null if no text is a pattern.</param>
    /// <param name="warn">Gets warnings, on any thread; null for none.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>The steps: first those for the plan's schedules, in its order, then the removals.</returns>
    /// <exception cref="TroveScheduleException">
    /// Invalid (<c>InvalidSchedulePlan</c>) if instances do not exist or have the same name, or if two entries describe the same schedule; any kind for other failures of the services.
    /// </exception>
    public async Task<IReadOnlyList<PlannedStep>> PlanAsync(
        SchedulePlan plan, ScheduleSyncMode mode, ResourceLookup lookup, Func<string, Func<string, bool>?>? matcher = null, Action<string>? warn = null, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<(PlannedSchedule, Instance)> wanted = await FindInstancesAsync(plan, lookup, matcher, warn, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<(BackupSchedule, ScheduleMetadata)> existing = await _session.Schedules.CreateListing().ReadAsync(cancellationToken).ConfigureAwait(false);
        return PlannerOf(plan, mode).Plan(wanted, existing, warn);
    }

    /// <summary>Checks a step as far as possible without changing anything.</summary>
    /// <param name="step">The step.</param>
    /// <param name="lookup">The lookup of instances and parents.</param>
    /// <param name="warn">Gets warnings, on any thread; null for none.</param>
    /// <param name="cancellationToken">Cancels the checks.</param>
    /// <returns>The step, for <see cref="ApplyAsync"/>.</returns>
    /// <exception cref="TroveScheduleException">
    /// Conflict for a schedule that another owner or none owns (<c>ScheduleNotOwned</c>) and for one that exists several times (<c>DuplicateSchedule</c>); otherwise as for
    /// <see cref="BackupSchedules.PrepareAsync"/> and <see cref="ScheduleChanges.PrepareAsync"/>.
    /// </exception>
    public async Task<PreparedStep> PrepareAsync(PlannedStep step, ResourceLookup lookup, Action<string>? warn = null, CancellationToken cancellationToken = default)
    {
        if (step.Error is { } error)
            throw error;
        switch (step.Step.Action)
        {
            case ScheduleSyncAction.Create:
                ScheduleRequest request = RequestOf(step.Wanted!) with { Instance = step.Step.InstanceId, Id = step.Step.ScheduleId, Owner = step.Step.Owner };
                return new PreparedStep(step) { Creation = await _session.Schedules.PrepareAsync(request, lookup, warn, cancellationToken).ConfigureAwait(false) };
            case ScheduleSyncAction.Keep or ScheduleSyncAction.Remove:
                return new PreparedStep(step);
            default:
                return new PreparedStep(step) { Change = await _session.ScheduleChanges.PrepareAsync(step.Schedule!, step.Change!, lookup, cancellationToken).ConfigureAwait(false) };
        }
    }

    /// <summary>Applies a step. Another client that applies the same plan at the same time does not disturb it.</summary>
    /// <param name="prepared">The step.</param>
    /// <param name="warn">Gets warnings, on any thread; null for none.</param>
    /// <param name="cancellationToken">Cancels the step, as <see cref="ScheduleChanges.ApplyAsync"/> and <see cref="BackupSchedules.CreateAsync(PreparedSchedule, Action{string}, CancellationToken)"/> describe.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="TroveScheduleException">
    /// Conflict (<c>ScheduleChangeInProgress</c>) if another client creates or changes the schedule in another way at the same time; otherwise as for the operation that the step needs.
    /// </exception>
    public async Task<ScheduleSyncStep> ApplyAsync(PreparedStep prepared, Action<string>? warn = null, CancellationToken cancellationToken = default)
    {
        ScheduleSyncStep step = prepared.Planned.Step;
        if (prepared.Creation is { } creation)
        {
            BackupSchedule created = await _session.Schedules.CreateAsync(creation, warn, cancellationToken).ConfigureAwait(false);
            CheckCreated(prepared.Planned, created);
            return step;
        }
        if (prepared.Change is { } change)
        {
            await _session.ScheduleChanges.ApplyAsync(change, warn, cancellationToken).ConfigureAwait(false);
            return With(step, change.IsNeeded ? step.Action : ScheduleSyncAction.Keep, change.Differences);
        }
        if (step.Action == ScheduleSyncAction.Remove)
        {
            try
            {
                await _session.Schedules.DeleteAsync(prepared.Planned.Schedule!, false, cancellationToken).ConfigureAwait(false);
            }
            catch (TroveScheduleException e) when (e.ErrorId == "ScheduleNotFound")
            {
                // Another client removed it, or its last execution has started.
            }
        }
        return step;
    }

    /// <summary>The plan that describes schedules as they are.</summary>
    /// <param name="schedules">The schedules.</param>
    /// <param name="owner">The owner of the plan; null for the one owner that all the schedules have.</param>
    /// <param name="warn">Gets a warning for each schedule that is left out, because no plan can describe it; null for none.</param>
    /// <param name="cancellationToken">Cancels the listing of instances.</param>
    /// <returns>The plan, ordered by instance and name. It names instances by their names, where these are unique, otherwise by their ids.</returns>
    /// <exception cref="TroveScheduleException">
    /// Invalid (<c>InvalidOwner</c>) for an owner that breaks its rule, and if none is given and the schedules have several or none; Forbidden for a schedule that was read from another cloud (<c>OtherCloud</c>) or
    /// belongs to another project (<c>OtherProject</c>).
    /// </exception>
    public async Task<SchedulePlan> ExportAsync(IReadOnlyCollection<BackupSchedule> schedules, string? owner = null, Action<string>? warn = null, CancellationToken cancellationToken = default)
    {
        foreach (BackupSchedule schedule in schedules)
            _session.CheckOrigin(schedule.Origin, schedule.ProjectId, false, $"The schedule '{schedule.Id}'", schedule);
        owner ??= OwnerOf(schedules);
        if (PlanReader.CheckOwner(owner) is { } problem)
            throw InvalidOwner($"{char.ToUpperInvariant(problem[0])}{problem.Substring(1)}.", owner);
        IReadOnlyList<Instance> instances = schedules.Count == 0 ? [] : await _session.CreateLookup().AllInstancesAsync(cancellationToken).ConfigureAwait(false);
        Dictionary<string, string> texts = TextsOf(instances);
        var planned = new List<PlannedSchedule>();
        var seen = new Dictionary<(string, string), string>();
        foreach (BackupSchedule schedule in schedules.GroupBy(schedule => schedule.Id).Select(same => same.First()).OrderBy(schedule => schedule.CreatedAt).ThenBy(schedule => schedule.Id, StringComparer.Ordinal))
        {
            string? instance = schedule.InstanceId is { } id && texts.TryGetValue(id, out string? text) ? text : null;
            PlannedSchedule entry = EntryOf(schedule, instance ?? "");
            string? reason = instance is null ? "its instance does not exist" : Refusal(entry);
            if (reason is null && seen.TryGetValue((entry.Instance, entry.Name), out string? other))
                reason = $"the schedule '{other}' has the same instance and name";
            if (reason is not null)
            {
                warn?.Invoke($"The schedule '{ServiceError.Printable(schedule.Id, 255)}' is left out: {reason.TrimEnd('.')}.");
                continue;
            }
            seen[(entry.Instance, entry.Name)] = schedule.Id;
            planned.Add(entry);
        }
        return new SchedulePlan { Owner = owner, Schedules = [.. planned.OrderBy(entry => entry.Instance, StringComparer.Ordinal).ThenBy(entry => entry.Name, StringComparer.Ordinal)] };
    }

    internal static ScheduleRequest RequestOf(PlannedSchedule schedule) => new()
    {
        Instance = schedule.Instance,
        Name = schedule.Name,
        Pattern = schedule.Pattern,
        AllowSeconds = schedule.AllowSeconds,
        Description = schedule.Description,
        ParentId = schedule.ParentId,
        Incremental = schedule.Incremental,
        FirstExecutionTime = schedule.FirstExecutionTime,
        MayHaveBegun = true,
        RemainingExecutions = schedule.RemainingExecutions,
        Suspension = schedule.Suspended ? schedule.Suspension ?? new NewSuspension() : null,
    };

    private async Task<IReadOnlyList<(PlannedSchedule, Instance)>> FindInstancesAsync(
        SchedulePlan plan, ResourceLookup lookup, Func<string, Func<string, bool>?>? matcher, Action<string>? warn, CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, IReadOnlyList<Instance>>(StringComparer.Ordinal);
        var problems = new List<(long, string)>();
        var found = new List<(PlannedSchedule, Instance)>();
        foreach (PlannedSchedule schedule in plan.Schedules)
        {
            if (!known.TryGetValue(schedule.Instance, out IReadOnlyList<Instance>? instances))
            {
                try
                {
                    instances = await lookup.MatchInstancesAsync(schedule.Instance, matcher?.Invoke(schedule.Instance), cancellationToken).ConfigureAwait(false);
                }
                catch (TroveScheduleException e) when (e.ErrorId is "InstanceNotFound" or "InvalidInstance" or "InvalidWildcard")
                {
                    problems.Add((schedule.Line, e.Message.TrimEnd('.')));
                    continue;
                }
                known[schedule.Instance] = instances;
                if (instances.Count == 0)
                    warn?.Invoke($"No instance matches '{ServiceError.Printable(schedule.Instance, 255)}' (line {schedule.Line} of the plan).");
            }
            found.AddRange(instances.Select(instance => (schedule, instance)));
        }
        // An empty listing is more likely that of a wrong project or region than a reason to remove all schedules of the owner.
        if (problems.Count == 0 && found.Count == 0 && plan.Schedules.Count > 0)
            problems.Add((plan.Schedules[0].Line, "no instance of the project matches any schedule of the plan"));
        return problems.Count == 0 ? found : throw new PlanReader(plan.Path ?? "").Invalid(problems);
    }

    private SchedulePlanner PlannerOf(SchedulePlan plan, ScheduleSyncMode mode) => new(plan, mode, _session.CloudTime, _session.ProjectId, _session.Origin);

    // If the name of the trigger was taken, it is the schedule that another client created for the same plan, or for a plan that has changed.
    private void CheckCreated(PlannedStep step, BackupSchedule created)
    {
        var metadata = new ScheduleMetadata { Owner = created.Owner, RequestedExecutions = created.RemainingExecutions, Suspension = created.State == ScheduleState.Suspended ? new Suspension(null, created.SuspendedReason, created.SuspendedUntil, null) : null };
        var plan = new SchedulePlan { Owner = step.Step.Owner, Schedules = [] };
        bool isOther = !string.Equals(created.InstanceId, step.Step.InstanceId, StringComparison.OrdinalIgnoreCase);
        if (isOther || PlannerOf(plan, ScheduleSyncMode.Own).Compare(step.Wanted!, created, metadata) is not null)
        {
            throw new TroveScheduleException(TroveErrorKind.Conflict, $"The schedule '{created.Id}' was not created: another client has created it with another definition.")
            {
                ErrorId = "ScheduleChangeInProgress",
                Target = created,
                RecommendedAction = "Apply the plan again.",
            };
        }
    }

    private static string OwnerOf(IReadOnlyCollection<BackupSchedule> schedules)
    {
        string?[] owners = [.. schedules.Select(schedule => schedule.Owner).Distinct()];
        if (owners.Length == 1 && owners[0] is { } owner)
            return owner;
        throw InvalidOwner(owners.All(each => each is null)
            ? "The schedules have no owner, and a plan needs one."
            : $"The schedules have several owners, and a plan has one: {string.Join(", ", owners.OrderBy(each => each, StringComparer.Ordinal).Select(each => each is null ? "none" : $"'{ServiceError.Printable(each, 255)}'"))}.", null);
    }

    private static TroveScheduleException InvalidOwner(string problem, string? owner) =>
        new(TroveErrorKind.Invalid, problem) { ErrorId = "InvalidOwner", Target = owner, RecommendedAction = "Name the owner of the plan." };

    // By id, in the form that the plan uses.
    private static Dictionary<string, string> TextsOf(IReadOnlyList<Instance> instances)
    {
        HashSet<string?> unique = [.. instances.GroupBy(instance => instance.Name).Where(same => same.Count() == 1).Select(same => same.Key)];
        char[] wildcards = ['*', '?', '[', '`'];
        return instances.GroupBy(instance => instance.Id, StringComparer.OrdinalIgnoreCase).ToDictionary(
            same => same.Key,
            same => same.First() is { Name: { } name } && name.Trim().Length > 0 && unique.Contains(name) && name.IndexOfAny(wildcards) < 0 && !ResourceId.IsUuid(name) && !name.Any(TerminalText.IsUnsafe) ? name : same.Key,
            StringComparer.OrdinalIgnoreCase);
    }

    private PlannedSchedule EntryOf(BackupSchedule schedule, string instance) => new()
    {
        Instance = instance,
        Name = schedule.Name ?? "",
        Pattern = schedule.Pattern,
        AllowSeconds = schedule.Pattern is { } pattern && Cron.CronPattern.TryParse(pattern, true, out Cron.CronPattern? read, out _) && read.HasSeconds,
        FirstExecutionTime = schedule.Pattern is not null && schedule.FirstExecutionTime <= _session.CloudTime ? null : schedule.FirstExecutionTime,
        RemainingExecutions = schedule.Pattern is null ? null : schedule.RemainingExecutions,
        Description = schedule.Description,
        Incremental = schedule.Incremental ?? false,
        ParentId = schedule.ParentId,
        Suspended = schedule.State == ScheduleState.Suspended || (schedule.State == ScheduleState.Interrupted && schedule.SuspendedAt is not null),
        Suspension = schedule is { SuspendedReason: null, SuspendedUntil: null } ? null : new NewSuspension { Reason = schedule.SuspendedReason, Until = schedule.SuspendedUntil, MayBeOverdue = true },
    };

    private static string? Refusal(PlannedSchedule entry)
    {
        try
        {
            ScheduleRules.Check(RequestOf(entry), DateTimeOffset.MinValue);
            return null;
        }
        catch (TroveScheduleException e)
        {
            return e.Problem;
        }
    }

    private static ScheduleSyncStep With(ScheduleSyncStep step, ScheduleSyncAction action, IReadOnlyList<string> differences) => new()
    {
        Action = action,
        Name = step.Name,
        InstanceId = step.InstanceId,
        InstanceName = step.InstanceName,
        ScheduleId = step.ScheduleId,
        Changes = differences.Count == 0 ? null : string.Join(", ", differences),
        Owner = step.Owner,
        ProjectId = step.ProjectId,
        Origin = step.Origin,
    };
}
