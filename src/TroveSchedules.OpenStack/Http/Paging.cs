using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.OpenStack.Http;

/// <summary>One page of a listing.</summary>
/// <param name="Rows">The rows, in the order that the request specified.</param>
/// <param name="HasMore">Whether the service reports a next page. The link that it gives is never followed.</param>
internal readonly record struct Page<T>(IReadOnlyList<T> Rows, bool HasMore);

/// <summary>Reads a listing page by page. The id of the last row is the marker for the next page.</summary>
internal static class Paging
{
    /// <summary>Size of the first page, in rows, of a listing that is streamed. Mistral takes hardly longer for this many rows than for one.</summary>
    public const int FirstPageSize = 200;

    /// <summary>Maximum page size, in rows, which is also the limit of newer releases of Mistral. A listing that is read completely starts with this size.</summary>
    public const int MaxPageSize = 1000;

    /// <summary>Maximum number of rows of a listing that is kept in memory. At the rate in the benchmark, creating that many schedules takes hours.</summary>
    public const long MaxCollectedRows = 100_000;

    /// <summary>Maximum number of rows of a listing that is streamed. At the rate in the benchmark, reading them takes hours.</summary>
    public const long MaxStreamedRows = 10_000_000;

    /// <summary>
    /// Streams the rows that <paramref name="keep"/> accepts. Each page is up to four times as long as the one before. The next page is requested when half of
    /// the rows of a page have been returned. The last row of a page is returned only after the next page has arrived, because the caller may delete
    /// that row, and Mistral rejects a marker that does not exist.
    /// </summary>
    /// <param name="fetch">Gets a page. The arguments are the marker (null for the first page) and the maximum number of rows.</param>
    /// <param name="idOf">Gets a row's id, which is its marker.</param>
    /// <param name="keep">Selects rows; null for all.</param>
    /// <param name="marker">The id of the row after which the listing starts; null for the beginning.</param>
    /// <param name="most">Maximum number of rows; null for all.</param>
    /// <param name="size">Size of the first page, in rows. It is smaller if <paramref name="most"/> is smaller.</param>
    /// <param name="cancellationToken">Cancels the listing and the request in progress.</param>
    /// <exception cref="TroveScheduleException">ProtocolError if a page ends with the same row as an earlier one, or if the listing exceeds its maximum: it may be endless.</exception>
    public static async IAsyncEnumerable<T> WalkAsync<T>(
        Func<string?, int, CancellationToken, Task<Page<T>>> fetch, Func<T, string> idOf, Func<T, bool>? keep, string? marker, long? most, int size,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var markers = new HashSet<string>(StringComparer.Ordinal);
        long remaining = most ?? long.MaxValue;
        long longest = size < MaxPageSize ? MaxStreamedRows : MaxCollectedRows, seen = 0;
        bool sifts = false;
        using var walk = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<Page<T>>? next = remaining > 0 ? fetch(marker, NextSize(), walk.Token) : null;
        try
        {
            while (next is not null)
            {
                Page<T> page = await next.ConfigureAwait(false);
                next = null;
                if (page.Rows.Count == 0)
                    yield break;
                List<T> rows = [.. page.Rows.Where(row => keep is null || keep(row)).Take((int)Math.Min(remaining, int.MaxValue))];
                seen += page.Rows.Count;
                remaining -= rows.Count;
                sifts |= rows.Count < page.Rows.Count;
                marker = idOf(page.Rows[page.Rows.Count - 1]);
                bool hasMore = page.HasMore && remaining > 0;

                int half = Math.Max(1, rows.Count / 2);
                for (int i = 0; i < rows.Count; i++)
                {
                    bool closesPage = hasMore && i == rows.Count - 1 && idOf(rows[i]) == marker;
                    if (hasMore && (i == half || closesPage))
                        next ??= NextAsync();
                    if (closesPage)
                        await Settled(next!).ConfigureAwait(false);
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return rows[i];
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
            // If rows are filtered out, small pages would cost many requests.
            if (!sifts && remaining <= MaxPageSize)
                return (int)remaining;
            int now = size;
            size = Math.Min(size * 4, MaxPageSize);
            return now;
        }
    }

    private static TroveScheduleException Endless(string reason) => new(TroveErrorKind.ProtocolError, $"The listing does not end: {reason}.");

    /// <summary>Completes when a task has completed, failed or been cancelled. It observes the exception, so that the task never raises UnobservedTaskException.</summary>
    private static Task Settled(Task task) =>
        task.ContinueWith(ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
