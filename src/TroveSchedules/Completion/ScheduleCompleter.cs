using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.Binding;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Completion;

/// <summary>Completes schedules, sorted by next time.</summary>
internal abstract class ScheduleCompleterBase : CloudObjectCompleter
{
    private protected sealed override async Task<IEnumerable<CompletionCandidate>> FindAsync(CloudSession session, string typed, CancellationToken limit)
    {
        IReadOnlyList<BackupSchedule> schedules = await Schedules.GetAsync(session, _ => true, int.MaxValue, limit).ConfigureAwait(false);
        var ids = new HashSet<string?>(schedules.Select(schedule => schedule.InstanceId), StringComparer.OrdinalIgnoreCase);
        IReadOnlyList<Instance> instances = await Instances.GetAsync(session, instance => ids.Contains(instance.Id), ids.Count, limit).ConfigureAwait(false);
        ILookup<string?, string?> names = instances.ToLookup(instance => (string?)instance.Id, instance => instance.Name, StringComparer.OrdinalIgnoreCase);
        return Offers(schedules.Select(schedule => new NamedSchedule(schedule, names[schedule.InstanceId].FirstOrDefault())), typed);
    }

    private protected abstract IEnumerable<CompletionCandidate> Offers(IEnumerable<NamedSchedule> schedules, string typed);

    /// <summary>A schedule, and the name of its instance if known.</summary>
    private protected sealed record NamedSchedule(BackupSchedule Schedule, string? InstanceName)
    {
        public string Label => $"{Schedule.Name} ({InstanceName ?? Schedule.InstanceId})".TrimStart();

        public string Tip => FormattableString.Invariant(
            $"{Schedule.Id}: {Label}, {Schedule.Pattern ?? "once"}, {When}");

        private string When => Schedule.State switch
        {
            ScheduleState.Suspended => "suspended",
            ScheduleState.Interrupted => "interrupted",
            ScheduleState.Stuck => FormattableString.Invariant($"stuck since {Schedule.NextExecutionTime:u}"),
            _ => FormattableString.Invariant($"next {Schedule.NextExecutionTime:u}"),
        };
    }
}

/// <summary>Completes ids of schedules from the start of an id, a schedule's name or an instance's name.</summary>
internal sealed class ScheduleIdCompleter : ScheduleCompleterBase
{
    private protected override IEnumerable<CompletionCandidate> Offers(IEnumerable<NamedSchedule> schedules, string typed) =>
        from known in schedules
        where Begins(known.Schedule.Id, typed) || Begins(known.Schedule.Name, typed) || Begins(known.InstanceName, typed)
        select new CompletionCandidate(known.Schedule.Id, known.Label, known.Tip);
}

/// <summary>Completes the names of schedules for a parameter with wildcards. Each name appears once, with its wildcard characters escaped.</summary>
internal sealed class ScheduleNameCompleter : ScheduleCompleterBase
{
    private protected override IEnumerable<CompletionCandidate> Offers(IEnumerable<NamedSchedule> schedules, string typed) =>
        from known in schedules
        where Wildcards.Begins(known.Schedule.Name, typed)
        group known by known.Schedule.Name into named
        select new CompletionCandidate(Wildcards.Escape(named.Key), named.Key, named.Count() == 1 ? named.First().Tip : $"{named.Count()} schedules");
}
