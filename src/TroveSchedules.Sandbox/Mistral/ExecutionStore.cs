using System;
using System.Collections.Generic;
using System.Linq;
using TroveSchedules.Sandbox.Keystone;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary>
/// All executions, grouped by description and sorted by time within a group. All executions of one trigger have the same description, so a filter by description
/// finds the history of one trigger without reading the others.
/// </summary>
internal sealed class ExecutionStore
{
    private readonly Dictionary<string, Execution> _byId = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<Execution>> _byDescription = new(StringComparer.Ordinal);

    public IEnumerable<Execution> All => _byId.Values;

    /// <summary>The execution with this id if the caller may see it; null otherwise.</summary>
    public Execution? Find(Token caller, string id) => _byId.TryGetValue(id, out Execution? found) && found.IsVisibleTo(caller) ? found : null;

    /// <summary>The executions that may match a listing. If the first sort key is the time, the executions of one description are returned in that order.</summary>
    public IEnumerable<Execution> Query(ListQuery<Execution> query)
    {
        List<Filter<Execution>> described = [.. query.Filters.Where(filter => filter.Column.Name == "description")];
        bool byTime = query.SortKey == "created_at";
        foreach (KeyValuePair<string, List<Execution>> group in _byDescription)
        {
            if (!described.TrueForAll(filter => filter.Matches(group.Key)))
                continue;
            List<Execution> rows = group.Value;
            int step = query.Descending ? -1 : 1;
            int from = query.Descending ? rows.Count - 1 : 0;
            if (byTime && query.Marker is { } after)
                from = query.Descending ? FirstAfter(rows, after.CreatedAt) - 1 : FirstNotBefore(rows, after.CreatedAt);
            for (int i = from; i >= 0 && i < rows.Count; i += step)
            {
                if (byTime && query.IsPastPage(rows[i]))
                    break;
                if (query.Includes(rows[i]))
                    yield return rows[i];
            }
        }
    }

    public void Add(Execution execution)
    {
        _byId[execution.Id] = execution;
        if (!_byDescription.TryGetValue(execution.Description, out List<Execution>? group))
            _byDescription.Add(execution.Description, group = []);
        group.Insert(FirstAfter(group, execution.CreatedAt), execution);
    }

    public void Remove(Execution execution)
    {
        _byId.Remove(execution.Id);
        List<Execution> group = _byDescription[execution.Description];
        group.RemoveAt(group.IndexOf(execution, FirstNotBefore(group, execution.CreatedAt)));
        if (group.Count == 0)
            _byDescription.Remove(execution.Description);
    }

    private static int FirstNotBefore(List<Execution> group, DateTime time) => BinarySearch(group, row => row.CreatedAt < time);

    private static int FirstAfter(List<Execution> group, DateTime time) => BinarySearch(group, row => row.CreatedAt <= time);

    private static int BinarySearch(List<Execution> group, Func<Execution, bool> isBefore)
    {
        int low = 0, high = group.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (isBefore(group[middle]))
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
