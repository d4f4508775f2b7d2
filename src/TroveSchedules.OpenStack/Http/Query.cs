using System;
using System.Collections.Generic;

namespace TroveSchedules.OpenStack.Http;

/// <summary>
/// The query of a listing. A filter always has an explicit operator, because Mistral reads <c>in:</c>, <c>has:</c> … at the start of a value
/// as an operator.
/// </summary>
internal sealed class Query
{
    private readonly List<string> _parts = [];

    public Query Equal(string column, string value) => Add(column, "eq:" + value);

    /// <summary>SQL LIKE. It matches substrings, so the caller must check each row again.</summary>
    public Query Has(string column, string value) => Add(column, "has:" + value);

    public Query In(string column, IReadOnlyCollection<string> values) =>
        values.Count == 0 ? this : Add(column, "in:" + string.Join(",", values));

    /// <summary>Rows up to the end of that second. The filter uses the next second, because SQLite compares text and sorts "12:00:00" before "12:00:00.000000".</summary>
    public Query AtOrBefore(string column, DateTimeOffset? time) =>
        time is { } t && t.Year < 9999 ? Add(column, "lt:" + WireTime.Format(t.AddSeconds(1))) : this;

    /// <summary>Rows from the start of that second.</summary>
    public Query AtOrAfter(string column, DateTimeOffset? time) => time is { } t ? Add(column, "gte:" + WireTime.Format(t)) : this;

    public Query Fields(params string[] names) => Add("fields", string.Join(",", names));

    public Query SortBy(string keys, string directions) => Add("sort_keys", keys).Add("sort_dirs", directions);

    public Query AllProjects(bool all) => all ? Add("all_projects", "true") : this;

    public Query Page(string? marker, int limit)
    {
        Add("limit", limit.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return marker is null ? this : Add("marker", marker);
    }

    /// <summary>Adds a parameter that is not a filter.</summary>
    public Query Add(string name, string value)
    {
        _parts.Add(name + "=" + Uri.EscapeDataString(value));
        return this;
    }

    /// <summary>A copy of this query, to which more can be added.</summary>
    public Query Copy()
    {
        var copy = new Query();
        copy._parts.AddRange(_parts);
        return copy;
    }

    public override string ToString() => _parts.Count == 0 ? "" : "?" + string.Join("&", _parts);
}
