using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.OpenStack;

/// <summary>Which executions of a schedule are kept. With both rules, an execution is kept if either rule keeps it.</summary>
public sealed record ExecutionRetention
{
    /// <summary>Number of the newest executions to keep, in any state, 1 or more; null for no such rule.</summary>
    public int? KeepLast { get; init; }

    /// <summary>The time from which executions are kept: those that started earlier are not; null for no such rule.</summary>
    public DateTimeOffset? OlderThan { get; init; }

    /// <summary>Whether executions that have not finished may go. Otherwise they are kept.</summary>
    public bool IncludeUnfinished { get; init; }

    /// <summary>Whether to include other projects' executions. Only for administrators.</summary>
    public bool AllProjects { get; init; }

    /// <summary>Throws if the rules are not valid. Sends no request.</summary>
    /// <exception cref="TroveScheduleException">Invalid (<c>InvalidRetention</c>): there is no rule, or the number is less than 1.</exception>
    public void Check()
    {
        if (KeepLast is null && OlderThan is null)
            throw Invalid("No rule says which executions are kept.", null, $"Give {nameof(KeepLast)}, {nameof(OlderThan)}, or both.");
        if (KeepLast < 1)
            throw Invalid(FormattableString.Invariant($"{nameof(KeepLast)} is {KeepLast}, which is less than 1."), KeepLast, "Give a number of 1 or more, or leave the rule out.");
    }

    // The newest ones have to be listed to count them.
    internal ExecutionQuery Query => new() { Before = KeepLast is null ? OlderThan : null, AllProjects = AllProjects };

    internal async IAsyncEnumerable<ScheduleExecution> SelectAsync(IAsyncEnumerable<ScheduleExecution> newestFirst, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int kept = 0;
        await foreach (ScheduleExecution execution in newestFirst.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (kept < KeepLast)
            {
                kept++;
                continue;
            }
            bool isOld = OlderThan is null || execution.ExecutionTime < OlderThan;
            if (isOld && (IncludeUnfinished || execution.State is "SUCCESS" or "ERROR" or "CANCELLED"))
                yield return execution;
        }
    }

    private static TroveScheduleException Invalid(string problem, object? value, string action) =>
        new(TroveErrorKind.Invalid, problem) { ErrorId = "InvalidRetention", Target = value, RecommendedAction = action };
}
