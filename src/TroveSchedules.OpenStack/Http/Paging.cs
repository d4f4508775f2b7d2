using System;
using System.Collections.Generic;
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
    /// <summary>How many rows are asked for at once.</summary>
    public const int Size = 200;

    /// <summary>
    /// Yields the rows that are to be kept as their pages come. The last row of a page is handed out only after the next page has come, for whoever
    /// gets it may delete it, and Mistral knows no marker that is gone.
    /// </summary>
    /// <param name="fetch">Gets a page after the row of that id (null: the first), of at most so many rows.</param>
    /// <param name="idOf">A row's id, which is its marker.</param>
    /// <param name="keep">Whether a row is wanted; null for every one.</param>
    /// <param name="marker">Where to begin: after the row of that id; null for the beginning.</param>
    /// <param name="most">How many rows are wanted; null for all.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <exception cref="TroveScheduleException">ProtocolError when a page ends where an earlier one did: such a listing never ends.</exception>
    public static async IAsyncEnumerable<T> WalkAsync<T>(
        Func<string?, int, CancellationToken, Task<Page<T>>> fetch, Func<T, string> idOf, Func<T, bool>? keep, string? marker, long? most,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var markers = new HashSet<string>(StringComparer.Ordinal);
        long wanted = most ?? long.MaxValue;
        bool sifts = false;
        Page<T> page = wanted > 0 ? await NextAsync().ConfigureAwait(false) : new Page<T>([], false);
        while (page.Rows.Count > 0)
        {
            int end = page.Rows.Count - 1;
            for (int i = 0; i < end; i++)
            {
                if (!IsKept(page.Rows[i]))
                    continue;
                yield return page.Rows[i];
                if (--wanted == 0)
                    yield break;
            }

            T last = page.Rows[end];
            marker = idOf(last);
            if (!markers.Add(marker))
            {
                throw new TroveScheduleException(TroveErrorKind.ProtocolError,
                    $"The listing does not end: '{ServiceError.Printable(marker)}' closes a page for the second time.");
            }
            bool lastIsKept = IsKept(last);
            if (lastIsKept)
                wanted--;
            page = page.HasMore && wanted > 0 ? await NextAsync().ConfigureAwait(false) : new Page<T>([], false);
            if (lastIsKept)
                yield return last;
        }

        bool IsKept(T row)
        {
            bool isKept = keep is null || keep(row);
            sifts |= !isKept;
            return isKept;
        }

        // Where rows are dropped, a page as small as what is wanted would mean many of them.
        Task<Page<T>> NextAsync() => fetch(marker, (int)(sifts ? Size : Math.Min(Size, wanted)), cancellationToken);
    }
}
