using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.Commands;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Completion;

/// <summary>Completes from the cloud's objects, if there is a session and the cloud responds in time. It never connects.</summary>
internal abstract class CloudObjectCompleter : Completer
{
    // Some operations ignore cancellation, such as a DNS look-up on .NET Framework. After this time, completion no longer waits for them.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(0.5);

    private protected static readonly ListingCache<Instance> Instances = new((session, limit) => session.Instances.ListAsync(limit));

    private protected static readonly ListingCache<BackupSchedule> Schedules = new(ListSchedulesAsync);

    /// <summary>The maximum time that the prompt waits for the cloud.</summary>
    internal static TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(1);

    private protected sealed override IEnumerable<CompletionCandidate> Find(string typed, CommandAst command, IDictionary bound)
    {
        if (SessionOf(command, bound) is not { } session)
            return [];
        using var limit = new CancellationTokenSource(TimeLimit);
        Task<IEnumerable<CompletionCandidate>> work = Task.Run(() => FindAsync(session, typed, limit.Token));
        return work.Wait(TimeLimit + Grace) ? work.Result : [];
    }

    /// <summary>Finds candidates, best first. Rows that arrive after the limit are left out.</summary>
    private protected abstract Task<IEnumerable<CompletionCandidate>> FindAsync(CloudSession session, string typed, CancellationToken limit);

    // Where the user says another session that is not known before the command runs, the shared one's cloud is the wrong one.
    private static CloudSession? SessionOf(CommandAst command, IDictionary bound)
    {
        if (bound.Contains(nameof(SessionCmdlet.Session)))
            return (bound[nameof(SessionCmdlet.Session)] is PSObject wrapped ? wrapped.BaseObject : bound[nameof(SessionCmdlet.Session)]) as CloudSession;
        return command.CommandElements.OfType<CommandParameterAst>().Any(parameter => Begins(nameof(SessionCmdlet.Session), parameter.ParameterName))
            ? null
            : SharedSession.Current as CloudSession;
    }

    private static async IAsyncEnumerable<BackupSchedule> ListSchedulesAsync(CloudSession session, [EnumeratorCancellation] CancellationToken limit)
    {
        foreach (BackupSchedule schedule in await session.Schedules.ListAsync(null, false, limit).ConfigureAwait(false))
            yield return schedule;
    }
}
