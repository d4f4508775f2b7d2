using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace TroveSchedules.Commands;

/// <summary>A cmdlet that lists. -First, -Skip and -IncludeTotalCount hold for each listing that it makes: of all, or of each thing that was named.</summary>
public abstract class PagedCmdlet : SessionCmdlet
{
    /// <summary>How many rows are worth asking for, with those that are skipped; null for all.</summary>
    private protected long? RowLimit =>
        PagingParameters.First > long.MaxValue - PagingParameters.Skip ? null : (long)(PagingParameters.First + PagingParameters.Skip);

    /// <summary>Writes what is wanted of a listing that nobody counts; it should yield no more than <see cref="RowLimit"/>.</summary>
    private protected void WritePage<T>(IAsyncEnumerable<T> rows)
    {
        WriteTotal(0, accuracy: 0);
        if (PagingParameters.First == 0)
            return;
        ulong skip = PagingParameters.Skip;
        WriteAll(rows, _ => skip == 0 || skip-- == 0);
    }

    /// <summary>What is wanted of a listing that is there; its length is written first where that is asked for.</summary>
    private protected IEnumerable<T> PageOf<T>(IReadOnlyCollection<T> rows)
    {
        WriteTotal((ulong)rows.Count, accuracy: 1);
        return Cut(rows);
    }

    /// <summary>What is wanted of things that were named, of which some may not be there.</summary>
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
