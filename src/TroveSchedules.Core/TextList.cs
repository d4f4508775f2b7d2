using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;

namespace TroveSchedules;

/// <summary>A list whose text is its items. A cell of a CSV file then contains the items instead of a type name.</summary>
/// <param name="items">The items, which are copied.</param>
internal sealed class TextList<T>(IEnumerable<T> items) : ReadOnlyCollection<T>([.. items])
{
    /// <summary>The items with semicolons between them, times as <see cref="IsoTime"/> writes them.</summary>
    public override string ToString() =>
        string.Join("; ", this.Select(item => item is DateTimeOffset time ? IsoTime.Format(time) : item?.ToString()));
}
