using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using TroveSchedules.Sandbox.Keystone;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary>A kind of row that Mistral lists: what it shows, what it filters by, how it pages.</summary>
internal sealed class Resource<T>
    where T : class
{
    private static readonly string[] PageParameters = ["marker", "limit", "sort_keys", "sort_dirs", "fields"];

    /// <summary>The name in the path and in the answer.</summary>
    public required string Name { get; init; }

    /// <summary>The server's own address, for links.</summary>
    public required string Server { get; init; }

    /// <summary>Every column, in the order of an answer.</summary>
    public required IReadOnlyList<Column<T>> Columns { get; init; }

    /// <summary>The columns that can be filtered by, in the order in which the server's link repeats them.</summary>
    public required IReadOnlyList<string> Filters { get; init; }

    /// <summary>Parameters that are no filters.</summary>
    public IReadOnlyList<string> Switches { get; init; } = [];

    /// <summary>Columns that are left out of a list where they are not asked for.</summary>
    public IReadOnlyList<string> OnRequest { get; init; } = [];

    /// <summary>Names that <c>fields</c> takes and no answer shows.</summary>
    public IReadOnlyList<string> FieldsWithoutColumn { get; init; } = [];

    public string SortedBy { get; init; } = "created_at";

    /// <summary>Finds the row that a marker names, or refuses.</summary>
    public required Func<Token, string, T> Find { get; init; }

    /// <summary>The rows that may match: all of a project that the caller sees, or all there are. May use the filters to look at fewer.</summary>
    public required Func<ListQuery<T>, IEnumerable<T>> Rows { get; init; }

    /// <summary>One row, with or without the columns on request.</summary>
    public JsonMap View(T row, bool everything = false)
    {
        var view = new JsonMap();
        foreach (Column<T> column in Columns)
        {
            if (everything || !OnRequest.Contains(column.Name))
                view.Add(column.Name, column.Shown(row));
        }
        return view;
    }

    /// <summary>One row as the answer to its creation, which leaves out <c>updated_at</c>.</summary>
    public JsonMap ViewCreated(T row) => View(row).Without("updated_at");

    /// <summary>Answers a listing.</summary>
    /// <param name="ask">The request.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="everything">Whether the columns on request are shown, too.</param>
    public Answer List(Ask ask, Token caller, bool everything = false)
    {
        MistralFault.CheckArguments(ask, [.. PageParameters, .. Filters, .. Switches]);
        int? limit = Number(ask.Parameter("limit"));
        string? marker = ask.Parameter("marker");
        if (marker is not null && !Filter<T>.IsUuid(marker) && SortedBy != "name")
            throw MistralFault.Client(400, $"Invalid input for field/attribute marker. Value: '{marker}'. unable to convert to uuid. Error: Expected a uuid but received {marker}.");
        List<string> sortKeys = Names(ask.Parameter("sort_keys") ?? SortedBy);
        List<string> directions = Names(ask.Parameter("sort_dirs") ?? "asc");
        List<string> fields = Names(ask.Parameter("fields") ?? "");
        List<Filter<T>> filters =
        [
            .. Filters.Where(name => ask.Parameter(name) is not null)
                .Select(name => Filter<T>.Read(Columns.Single(column => column.Name == name), ask.Parameter(name)!)),
        ];

        // Whatever is said for all_projects is true, "false" included.
        bool allProjects = Switches.Contains("all_projects") && !string.IsNullOrEmpty(ask.Parameter("all_projects"));
        if (allProjects && !caller.IsAdmin)
            throw MistralFault.Forbidden();

        if (fields.Count > 0 && !fields.Contains("id"))
            fields.Insert(0, "id");
        Check(limit, sortKeys, directions, fields);
        T? after = marker is null ? null : Find(caller, marker);
        if ((marker is not null || limit is not null) && !sortKeys.Contains("id"))
        {
            sortKeys.Add("id");
            directions.Add("asc");
        }
        Comparison<T> order = Order(sortKeys, directions);

        var query = new ListQuery<T>(caller, filters, allProjects || (caller.IsAdmin && filters.Exists(filter => filter.Column.Name == "project_id")), sortKeys[0], directions[0] == "desc", after);
        IEnumerable<T> rows = Rows(query).Where(query.Matches);
        if (after is not null)
            rows = rows.Where(row => order(row, after) > 0);
        List<T> page = limit is { } most ? First(query, rows, order, most) : [.. rows.OrderBy(row => row, Comparer<T>.Create(order))];

        IReadOnlyList<Column<T>> shown = [.. Columns.Where(column => fields.Count > 0
            ? fields.Contains(column.Name)
            : everything || !OnRequest.Contains(column.Name))];
        var body = new JsonMap { { Name, page.Select(row => Shown(row, shown)) } };
        if (page.Count > 0 && page.Count == limit)
            body.Add("next", Next());
        return Answer.Json(200, body);

        // Not encoded, and without include_output and all_projects: so does the server.
        string Next() =>
            $"{Server}/v2/{Name}?sort_keys={string.Join(",", sortKeys)}&sort_dirs={string.Join(",", directions)}&"
            + string.Concat(filters.Select(filter => filter.Repeated + "&"))
            + FormattableString.Invariant($"limit={limit}&marker={Columns[0].Value(page[page.Count - 1])}")
            + (fields.Count > 0 ? "&fields=" + string.Join(",", fields) : "");
    }

    private static JsonMap Shown(T row, IReadOnlyList<Column<T>> columns)
    {
        var view = new JsonMap(columns.Count);
        foreach (Column<T> column in columns)
            view.Add(column.Name, column.Shown(row));
        return view;
    }

    private void Check(int? limit, List<string> sortKeys, List<string> directions, List<string> fields)
    {
        if (limit <= 0)
            throw MistralFault.Client(400, "Limit must be positive.");
        if (sortKeys.Count < directions.Count)
            throw MistralFault.Client(400, "Length of sort_keys must be equal or greater than sort_dirs.");
        while (directions.Count < sortKeys.Count)
            directions.Add("asc");
        if (directions.Exists(direction => direction is not ("asc" or "desc")))
            throw MistralFault.Client(400, "Unknown sort direction, must be 'desc' or 'asc'.");
        IReadOnlyList<string> known = [.. Columns.Select(column => column.Name)];
        List<string> unknown = fields.FindAll(field => !known.Contains(field) && !FieldsWithoutColumn.Contains(field));
        if (unknown.Count > 0)
        {
            throw MistralFault.Client(400,
                $"Some fields do not exist  [{string.Join(", ", unknown)}], please choose from [{string.Join(", ", AllFields())}]");
        }
    }

    // source_execution_id and published_global stand where the resource's class has them.
    private IEnumerable<string> AllFields()
    {
        foreach (Column<T> column in Columns)
        {
            if (column.Name == "state" && FieldsWithoutColumn.Contains("source_execution_id"))
                yield return "source_execution_id";
            yield return column.Name;
        }
        if (FieldsWithoutColumn.Contains("published_global"))
            yield return "published_global";
    }

    private Comparison<T> Order(List<string> keys, List<string> directions)
    {
        var columns = new List<(Column<T> Column, int Sign)>();
        for (int i = 0; i < keys.Count; i++)
        {
            Column<T> column = Columns.FirstOrDefault(one => one.Name == keys[i]) ?? throw MistralFault.Server("Sort key supplied is invalid: " + keys[i]);
            columns.Add((column, directions[i] == "desc" ? -1 : 1));
        }
        Column<T> id = Columns[0];
        return (a, b) =>
        {
            foreach ((Column<T> column, int sign) in columns)
            {
                int order = column.Compare(a, b) * sign;
                if (order != 0)
                    return order;
            }
            return id.Compare(a, b); // Rows of one place come in the order of the primary key.
        };
    }

    // Keeps no more rows than are wanted: a page of a hundred thousand rows costs one look at each.
    private List<T> First(ListQuery<T> query, IEnumerable<T> rows, Comparison<T> order, int most)
    {
        var first = new List<T>();
        Column<T> key = Columns.Single(column => column.Name == query.SortedBy);
        query.IsBeyond = row => first.Count == most && key.Compare(row, first[most - 1]) * (query.Descending ? -1 : 1) > 0;
        Comparer<T> comparer = Comparer<T>.Create(order);
        foreach (T row in rows)
        {
            int place = first.Count == 0 || order(row, first[first.Count - 1]) >= 0 ? first.Count : first.BinarySearch(row, comparer);
            if (place == most)
                continue;
            first.Insert(place < 0 ? ~place : place, row);
            if (first.Count > most)
                first.RemoveAt(most);
        }
        return first;
    }

    private static int? Number(string? text)
    {
        if (text is null)
            return null;
        return int.TryParse(text.Trim(), NumberStyles.Integer, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw MistralFault.Client(400, $"Invalid input for field/attribute limit. Value: '{text}'. unable to convert to int. Error: invalid literal for int() with base 10: '{text}'");
    }

    private static List<string> Names(string text) =>
        [.. text.Split(',').Select(name => name.Trim().ToLowerInvariant()).Where(name => name.Length > 0)];
}

/// <summary>What a listing wants to look at.</summary>
/// <param name="caller">Who asks.</param>
/// <param name="filters">What the rows must pass; it is checked again on each.</param>
/// <param name="anyProject">Whether other projects' rows are wanted.</param>
/// <param name="sortedBy">The first column that the rows are sorted by.</param>
/// <param name="descending">Whether the greatest come first.</param>
/// <param name="after">The row that the marker names; null for none. What comes before it need not be looked at.</param>
internal sealed class ListQuery<T>(Token caller, List<Filter<T>> filters, bool anyProject, string sortedBy, bool descending, T? after)
    where T : class
{
    public IReadOnlyList<Filter<T>> Filters => filters;

    public string SortedBy => sortedBy;

    public bool Descending => descending;

    public T? After => after;

    /// <summary>Whether a row, and with it all that come after it in the order, is past the end of the page. Known while the rows are being looked at.</summary>
    public Func<T, bool> IsBeyond { get; set; } = _ => false;

    /// <summary>Whether a row passes every filter.</summary>
    public bool Matches(T row)
    {
        foreach (Filter<T> filter in filters)
        {
            if (!filter.Matches(row))
                return false;
        }
        return true;
    }

    /// <summary>Whether the caller may see a row in a list.</summary>
    public bool Sees(IProjectRow row) => anyProject || row.ProjectId == caller.ProjectId || row.Scope == "public";
}

/// <summary>A row that belongs to a project.</summary>
internal interface IProjectRow
{
    string? ProjectId { get; }

    /// <summary>private or public.</summary>
    string Scope { get; }
}
