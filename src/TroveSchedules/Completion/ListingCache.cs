using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Completion;

/// <summary>What a session's cloud has of one kind, kept for a moment, so that a second Tab asks nobody. It holds no session back from its end.</summary>
internal sealed class ListingCache<T>(Func<CloudSession, CancellationToken, IAsyncEnumerable<T>> list)
{
    // Long enough for a user to type another letter, too short to miss what they have just made.
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(3);

    private readonly ConditionalWeakTable<CloudSession, Kept> _kept = new();

    /// <summary>The rows up to the last that is wanted; where the service failed or took too long, those that came before.</summary>
    /// <param name="session">The session to ask through.</param>
    /// <param name="isWanted">Whether a row is wanted; others are kept and returned all the same.</param>
    /// <param name="enough">How many wanted rows will do.</param>
    /// <param name="limit">Ends the listing.</param>
    public async Task<IReadOnlyList<T>> GetAsync(CloudSession session, Func<T, bool> isWanted, int enough, CancellationToken limit)
    {
        Kept kept = _kept.GetOrCreateValue(session);
        if (kept.Last is { } last && Completer.Clock.GetElapsedTime(last.At) < Life && (!last.HasMore || last.Rows.Count(isWanted) >= enough))
            return last.Rows;

        var rows = new List<T>();
        bool hasMore = false;
        int wanted = 0;
        try
        {
            await foreach (T row in list(session, limit).ConfigureAwait(false))
            {
                rows.Add(row);
                hasMore = isWanted(row) && ++wanted >= enough;
                if (hasMore)
                    break;
            }
        }
        catch (Exception e) when (e is TroveScheduleException or OperationCanceledException)
        {
            // Kept as well: to wait for a dead cloud at each Tab helps nobody.
        }
        kept.Last = new Answer(rows, hasMore, Completer.Clock.GetTimestamp());
        return rows;
    }

    private sealed class Kept
    {
        public Answer? Last { get; set; }
    }

    private sealed record Answer(List<T> Rows, bool HasMore, long At);
}
