using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;

namespace TroveSchedules;

/// <summary>A list that as text is its items, so that a cell of a CSV file holds these and not the name of a type.</summary>
/// <param name="items">The items, which are copied.</param>
internal sealed class Listed<T>(IEnumerable<T> items) : ReadOnlyCollection<T>([.. items])
{
    /// <summary>The items with semicolons between them, times as <see cref="IsoTime"/> writes them.</summary>
    public override string ToString() =>
        string.Join("; ", this.Select(item => item is DateTimeOffset time ? IsoTime.Format(time) : item?.ToString()));
}
