using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Completion;

/// <summary>Caches a listing of a session's cloud for a few seconds, so that a second Tab sends no request. It does not keep a session alive.</summary>
internal sealed class ListingCache<T>(Func<CloudSession, CancellationToken, IAsyncEnumerable<T>> list)
{
    // Long enough for a user to type another letter, too short to miss what they have just made.
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(3);

    private readonly ConditionalWeakTable<CloudSession, Entry> _entries = new();

    /// <summary>The rows up to the last one needed. If the service fails or takes too long, the rows that had arrived.</summary>
    /// <param name="session">The session to send requests through.</param>
    /// <param name="isWanted">Whether a row counts towards <paramref name="enough"/>. Other rows are cached and returned too.</param>
    /// <param name="enough">The number of matching rows after which the listing stops.</param>
    /// <param name="limit">Ends the listing.</param>
    public async Task<IReadOnlyList<T>> GetAsync(CloudSession session, Func<T, bool> isWanted, int enough, CancellationToken limit)
    {
        Entry entry = _entries.GetOrCreateValue(session);
        if (entry.Last is { } last && Completer.Clock.GetElapsedTime(last.At) < Life && (!last.HasMore || last.Rows.Count(isWanted) >= enough))
            return last.Rows;

        var rows = new List<T>();
        bool hasMore = false;
        int count = 0;
        try
        {
            await foreach (T row in list(session, limit).ConfigureAwait(false))
            {
                rows.Add(row);
                hasMore = isWanted(row) && ++count >= enough;
                if (hasMore)
                    break;
            }
        }
        catch (Exception e) when (e is TroveScheduleException or OperationCanceledException)
        {
            // A failure is cached too, so that not every Tab waits for a cloud that does not respond.
        }
        entry.Last = new Listing(rows, hasMore, Completer.Clock.GetTimestamp());
        return rows;
    }

    private sealed class Entry
    {
        public Listing? Last { get; set; }
    }

    private sealed record Listing(List<T> Rows, bool HasMore, long At);
}
