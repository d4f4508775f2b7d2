using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace TroveSchedules.Dashboard;

/// <summary>A page of a long list, and the addresses of the pages before and after it.</summary>
internal sealed record Paging<T>(IReadOnlyList<T> Rows, int First, int Last, int Total, string? Previous, string? Next)
{
    private const int Size = 200;

    /// <summary>The page that the field "page" of a query names, from 1; the last one if there are fewer.</summary>
    /// <param name="all">The whole list.</param>
    /// <param name="query">The query.</param>
    /// <param name="path">The path of the list.</param>
    /// <param name="filter">The other fields of the query that the addresses keep.</param>
    public static Paging<T> Of(IReadOnlyList<T> all, FormValues query, string path, params string[] filter)
    {
        int last = Math.Max(1, (all.Count + Size - 1) / Size);
        int page = int.TryParse(query["page"], NumberStyles.None, CultureInfo.InvariantCulture, out int asked) ? Math.Min(Math.Max(asked, 1), last) : 1;
        int skipped = (page - 1) * Size;
        List<T> rows = [.. all.Skip(skipped).Take(Size)];
        return new Paging<T>(rows, rows.Count == 0 ? 0 : skipped + 1, skipped + rows.Count, all.Count, page > 1 ? Address(page - 1) : null, page < last ? Address(page + 1) : null);

        string Address(int number) => FormattableString.Invariant($"{query.Address(path, filter)}page={number}");
    }
}
