using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.OpenStack.Http;

/// <summary>One page of a listing.</summary>
/// <param name="Rows">The rows, in the order asked for.</param>
/// <param name="HasMore">Whether the service says that a next page may exist. Its link is never followed.</param>
internal readonly record struct Page<T>(IReadOnlyList<T> Rows, bool HasMore);

/// <summary>Walks through a listing page by page, each next page asked for by the id of the last row.</summary>
internal static class Paging
{
    /// <summary>How many rows the first page of a listing has whose rows are wanted as they come: as many as cost Mistral hardly more than one does.</summary>
    public const int Small = 200;

    /// <summary>The most rows that are asked for at once, and the most that newer releases of Mistral give. A listing that is collected whole begins with it.</summary>
    public const int Large = 1000;

    /// <summary>The most rows that a listing has which is collected whole, and so kept in memory. At the pace that the benchmark measured, to make as many schedules takes hours.</summary>
    public const long LongestCollected = 100_000;

    /// <summary>The most rows that a listing has whose rows are wanted as they come. At the pace that the benchmark measured, to read them takes hours.</summary>
    public const long Longest = 10_000_000;

    /// <summary>
    /// Yields the rows that are to be kept as their pages come, each page up to four times the one before. The next page is asked for when half of
    /// the rows of one have been handed out. The last row of a page is handed out only after the next page has come, for whoever gets it may delete
    /// it, and Mistral knows no marker that is gone.
    /// </summary>
    /// <param name="fetch">Gets a page after the row of that id (null: the first), of at most so many rows.</param>
    /// <param name="idOf">A row's id, which is its marker.</param>
    /// <param name="keep">Whether a row is wanted; null for every one.</param>
    /// <param name="marker">Where to begin: after the row of that id; null for the beginning.</param>
    /// <param name="most">How many rows are wanted; null for all.</param>
    /// <param name="size">How many rows the first page is to have; fewer where fewer are wanted.</param>
    /// <param name="cancellationToken">Ends the walk, and the request that is under way.</param>
    /// <exception cref="TroveScheduleException">ProtocolError when a page ends where an earlier one did, or there are more rows than any cloud has: such a listing never ends.</exception>
    public static async IAsyncEnumerable<T> WalkAsync<T>(
        Func<string?, int, CancellationToken, Task<Page<T>>> fetch, Func<T, string> idOf, Func<T, bool>? keep, string? marker, long? most, int size,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var markers = new HashSet<string>(StringComparer.Ordinal);
        long wanted = most ?? long.MaxValue;
        long longest = size < Large ? Longest : LongestCollected, seen = 0;
        bool sifts = false;
        using var walk = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<Page<T>>? next = wanted > 0 ? fetch(marker, NextSize(), walk.Token) : null;
        try
        {
            while (next is not null)
            {
                Page<T> page = await next.ConfigureAwait(false);
                next = null;
                if (page.Rows.Count == 0)
                    yield break;
                List<T> kept = [.. page.Rows.Where(row => keep is null || keep(row)).Take((int)Math.Min(wanted, int.MaxValue))];
                seen += page.Rows.Count;
                wanted -= kept.Count;
                sifts |= kept.Count < page.Rows.Count;
                marker = idOf(page.Rows[page.Rows.Count - 1]);
                bool hasMore = page.HasMore && wanted > 0;

                int half = Math.Max(1, kept.Count / 2);
                for (int i = 0; i < kept.Count; i++)
                {
                    bool closesPage = hasMore && i == kept.Count - 1 && idOf(kept[i]) == marker;
                    if (hasMore && (i == half || closesPage))
                        next ??= NextAsync();
                    if (closesPage)
                        await Settled(next!).ConfigureAwait(false);
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return kept[i];
                }
                if (hasMore)
                    next ??= NextAsync();
            }
        }
        finally
        {
            walk.Cancel();
            if (next is not null)
                await Settled(next).ConfigureAwait(false);
        }

        async Task<Page<T>> NextAsync()
        {
            if (!markers.Add(marker))
                throw Endless($"'{ServiceError.Printable(marker)}' closes a page for the second time");
            if (seen >= longest)
                throw Endless(FormattableString.Invariant($"it goes on after {seen} rows"));
            return await fetch(marker, NextSize(), walk.Token).ConfigureAwait(false);
        }

        int NextSize()
        {
            // Where rows are dropped, a page as small as what is wanted would mean many of them.
            if (!sifts && wanted <= Large)
                return (int)wanted;
            int now = size;
            size = Math.Min(size * 4, Large);
            return now;
        }
    }

    private static TroveScheduleException Endless(string why) => new(TroveErrorKind.ProtocolError, $"The listing does not end: {why}.");

    /// <summary>Ends when a task has ended, however that was. Its failure is left to whoever awaits it, and is not reported as nobody's where none does.</summary>
    private static Task Settled(Task task) =>
        task.ContinueWith(ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
