using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace TroveSchedules.Commands;

/// <summary>Base of cmdlets that list objects. -First, -Skip and -IncludeTotalCount apply to each listing separately, for example to each named instance and to each session.</summary>
public abstract class PagedCmdlet : ListingCmdlet
{
    /// <summary>Maximum number of rows to request, including the skipped ones; null for all.</summary>
    private protected long? RowLimit =>
        PagingParameters.First > long.MaxValue - PagingParameters.Skip ? null : (long)(PagingParameters.First + PagingParameters.Skip);

    /// <summary>Writes the selected rows of a listing whose length is unknown. The listing should yield no more than <see cref="RowLimit"/> rows.</summary>
    private protected void WritePage<T>(IAsyncEnumerable<T> rows)
    {
        WriteTotal(0, accuracy: 0);
        if (PagingParameters.First == 0)
            return;
        ulong skip = PagingParameters.Skip;
        WriteAll(rows, _ => skip == 0 || skip-- == 0);
    }

    /// <summary>Selects rows from a complete listing. With -IncludeTotalCount, its length is written first.</summary>
    private protected IEnumerable<T> PageOf<T>(IReadOnlyCollection<T> rows)
    {
        WriteTotal((ulong)rows.Count, accuracy: 1);
        return Cut(rows);
    }

    /// <summary>Selects rows from named objects, some of which may not exist.</summary>
    private protected IEnumerable<T> PageOfNamed<T>(IReadOnlyCollection<T> named)
    {
        WriteTotal(0, accuracy: 0);
        return Cut(named);
    }

    private IEnumerable<T> Cut<T>(IEnumerable<T> rows) => rows.Skip(Number(PagingParameters.Skip)).Take(Number(PagingParameters.First));

    private void WriteTotal(ulong count, double accuracy)
    {
        if (PagingParameters.IncludeTotalCount)
            WriteObject(PagingParameters.NewTotalCount(count, accuracy));
    }

    private static int Number(ulong number) => number > int.MaxValue ? int.MaxValue : (int)number;
}
