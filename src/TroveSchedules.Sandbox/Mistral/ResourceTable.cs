using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using TroveSchedules.Sandbox.Keystone;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary>The listing of one resource of Mistral: columns, filters, sorting and paging.</summary>
internal sealed class ResourceTable<T>
    where T : class
{
    private static readonly string[] PageParameters = ["marker", "limit", "sort_keys", "sort_dirs", "fields"];

    /// <summary>The name of the resource in the path and in the response.</summary>
    public required string Name { get; init; }

    /// <summary>The address of the server in links.</summary>
    public required string Server { get; init; }

    /// <summary>All columns, in the order of a response.</summary>
    public required IReadOnlyList<Column<T>> Columns { get; init; }

    /// <summary>Columns that support filters, in their order in the link to the next page.</summary>
    public required IReadOnlyList<string> Filters { get; init; }

    /// <summary>Additional query parameters, which are neither filters nor paging parameters.</summary>
    public IReadOnlyList<string> FlagParameters { get; init; } = [];

    /// <summary>Columns that a list omits unless they are requested.</summary>
    public IReadOnlyList<string> OptionalColumns { get; init; } = [];

    /// <summary>Names that <c>fields</c> accepts although no response has them.</summary>
    public IReadOnlyList<string> ExtraFields { get; init; } = [];

    public string DefaultSortKey { get; init; } = "created_at";

    /// <summary>Finds the row with the id in <c>marker</c>, or throws.</summary>
    public required Func<Token, string, T> FindMarker { get; init; }

    /// <summary>The rows that the caller may see. The result may omit rows that cannot match the query.</summary>
    public required Func<ListQuery<T>, IEnumerable<T>> Rows { get; init; }

    /// <summary>One row, with or without the optional columns.</summary>
    public JsonMap ToJson(T row, bool allColumns = false)
    {
        var view = new JsonMap();
        foreach (Column<T> column in Columns)
        {
            if (allColumns || !OptionalColumns.Contains(column.Name))
                view.Add(column.Name, column.DisplayValue(row));
        }
        return view;
    }

    /// <summary>One row as the response to its POST, which has no <c>updated_at</c>.</summary>
    public JsonMap ToCreatedJson(T row) => ToJson(row).Without("updated_at");

    /// <summary>Lists rows: filters, sorts and pages them.</summary>
    /// <param name="request">The request.</param>
    /// <param name="caller">The caller's token.</param>
    /// <param name="allColumns">Whether to show the optional columns.</param>
    public Response List(Request request, Token caller, bool allColumns = false)
    {
        MistralErrors.RejectUnknownParameters(request, [.. PageParameters, .. Filters, .. FlagParameters]);
        int? limit = ParseLimit(request.QueryParameter("limit"));
        string? marker = request.QueryParameter("marker");
        if (marker is not null && !Filter<T>.IsUuid(marker) && DefaultSortKey != "name")
            throw MistralErrors.ClientError(400, $"Invalid input for field/attribute marker. Value: '{marker}'. unable to convert to uuid. Error: Expected a uuid but received {marker}.");
        List<string> sortKeys = ParseNames(request.QueryParameter("sort_keys") ?? DefaultSortKey);
        List<string> directions = ParseNames(request.QueryParameter("sort_dirs") ?? "asc");
        List<string> fields = ParseNames(request.QueryParameter("fields") ?? "");
        List<Filter<T>> filters =
        [
            .. Filters.Where(name => request.QueryParameter(name) is not null)
                .Select(name => Filter<T>.Parse(Columns.Single(column => column.Name == name), request.QueryParameter(name)!)),
        ];

        // Any value is true, "false" included.
        bool allProjects = FlagParameters.Contains("all_projects") && !string.IsNullOrEmpty(request.QueryParameter("all_projects"));
        if (allProjects && !caller.IsAdmin)
            throw MistralErrors.Forbidden();

        if (fields.Count > 0 && !fields.Contains("id"))
            fields.Insert(0, "id");
        ValidatePaging(limit, sortKeys, directions, fields);
        T? after = marker is null ? null : FindMarker(caller, marker);
        if ((marker is not null || limit is not null) && !sortKeys.Contains("id"))
        {
            sortKeys.Add("id");
            directions.Add("asc");
        }
        Comparison<T> order = CreateComparison(sortKeys, directions);

        bool anyProject = allProjects || (caller.IsAdmin && filters.Exists(filter => filter.Column.Name == "project_id"));
        var query = new ListQuery<T>(caller, filters, anyProject, sortKeys[0], directions[0] == "desc", after);
        IEnumerable<T> rows = Rows(query).Where(query.Matches);
        if (after is not null)
            rows = rows.Where(row => order(row, after) > 0);
        List<T> page = limit is { } pageSize ? TakeFirst(query, rows, order, pageSize) : [.. rows.OrderBy(row => row, Comparer<T>.Create(order))];

        IReadOnlyList<Column<T>> shown = [.. Columns.Where(column => fields.Count > 0
            ? fields.Contains(column.Name)
            : allColumns || !OptionalColumns.Contains(column.Name))];
        var body = new JsonMap { { Name, page.Select(row => SelectColumns(row, shown)) } };
        if (page.Count > 0 && page.Count == limit)
            body.Add("next", Next());
        return Response.Json(200, body);

        // Like Mistral, without URL encoding, include_output and all_projects.
        string Next() =>
            $"{Server}/v2/{Name}?sort_keys={string.Join(",", sortKeys)}&sort_dirs={string.Join(",", directions)}&"
            + string.Concat(filters.Select(filter => filter.QueryText + "&"))
            + FormattableString.Invariant($"limit={limit}&marker={Columns[0].Value(page[page.Count - 1])}")
            + (fields.Count > 0 ? "&fields=" + string.Join(",", fields) : "");
    }

    private static JsonMap SelectColumns(T row, IReadOnlyList<Column<T>> columns)
    {
        var view = new JsonMap(columns.Count);
        foreach (Column<T> column in columns)
            view.Add(column.Name, column.DisplayValue(row));
        return view;
    }

    private void ValidatePaging(int? limit, List<string> sortKeys, List<string> directions, List<string> fields)
    {
        if (limit <= 0)
            throw MistralErrors.ClientError(400, "Limit must be positive.");
        if (sortKeys.Count < directions.Count)
            throw MistralErrors.ClientError(400, "Length of sort_keys must be equal or greater than sort_dirs.");
        while (directions.Count < sortKeys.Count)
            directions.Add("asc");
        if (directions.Exists(direction => direction is not ("asc" or "desc")))
            throw MistralErrors.ClientError(400, "Unknown sort direction, must be 'desc' or 'asc'.");
        IReadOnlyList<string> known = [.. Columns.Select(column => column.Name)];
        List<string> unknown = fields.FindAll(field => !known.Contains(field) && !ExtraFields.Contains(field));
        if (unknown.Count > 0)
        {
            throw MistralErrors.ClientError(400,
                $"Some fields do not exist  [{string.Join(", ", unknown)}], please choose from [{string.Join(", ", AllFields())}]");
        }
    }

    // The field names, in the order of the resource's Python class.
    private IEnumerable<string> AllFields()
    {
        foreach (Column<T> column in Columns)
        {
            if (column.Name == "state" && ExtraFields.Contains("source_execution_id"))
                yield return "source_execution_id";
            yield return column.Name;
        }
        if (ExtraFields.Contains("published_global"))
            yield return "published_global";
    }

    private Comparison<T> CreateComparison(List<string> keys, List<string> directions)
    {
        var columns = new List<(Column<T> Column, int Sign)>();
        for (int i = 0; i < keys.Count; i++)
        {
            Column<T> column = Columns.FirstOrDefault(one => one.Name == keys[i]) ?? throw MistralErrors.ServerError("Sort key supplied is invalid: " + keys[i]);
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
            return id.Compare(a, b); // The database returns equal rows in the order of the primary key.
        };
    }

    // Keeps only one page of rows while it reads, so that a page from 100,000 rows needs no complete sort.
    private List<T> TakeFirst(ListQuery<T> query, IEnumerable<T> rows, Comparison<T> order, int pageSize)
    {
        var first = new List<T>();
        Column<T> key = Columns.Single(column => column.Name == query.SortKey);
        query.IsPastPage = row => first.Count == pageSize && key.Compare(row, first[pageSize - 1]) * (query.Descending ? -1 : 1) > 0;
        Comparer<T> comparer = Comparer<T>.Create(order);
        foreach (T row in rows)
        {
            int place = first.Count == 0 || order(row, first[first.Count - 1]) >= 0 ? first.Count : first.BinarySearch(row, comparer);
            if (place == pageSize)
                continue;
            first.Insert(place < 0 ? ~place : place, row);
            if (first.Count > pageSize)
                first.RemoveAt(pageSize);
        }
        return first;
    }

    private static int? ParseLimit(string? text)
    {
        if (text is null)
            return null;
        return int.TryParse(text.Trim(), NumberStyles.Integer, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw MistralErrors.ClientError(400, $"Invalid input for field/attribute limit. Value: '{text}'. unable to convert to int. Error: invalid literal for int() with base 10: '{text}'");
    }

    private static List<string> ParseNames(string text) =>
        [.. text.Split(',').Select(name => name.Trim().ToLowerInvariant()).Where(name => name.Length > 0)];
}

/// <summary>The parameters of a list request.</summary>
/// <param name="caller">The caller's token.</param>
/// <param name="filters">The filters, which apply to each row.</param>
/// <param name="anyProject">Whether to list the rows of all projects.</param>
/// <param name="sortKey">The first column to sort by.</param>
/// <param name="descending">Whether that column sorts in descending order.</param>
/// <param name="marker">The last row of the previous page; null for the first page. Rows before it may be omitted.</param>
internal sealed class ListQuery<T>(Token caller, List<Filter<T>> filters, bool anyProject, string sortKey, bool descending, T? marker)
    where T : class
{
    public IReadOnlyList<Filter<T>> Filters => filters;

    public string SortKey => sortKey;

    public bool Descending => descending;

    public T? Marker => marker;

    /// <summary>Whether a row, and therefore every later row in the sort order, is after the end of the page. It is set before the rows are read.</summary>
    public Func<T, bool> IsPastPage { get; set; } = _ => false;

    /// <summary>Whether a row matches every filter.</summary>
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
    public bool Includes(IProjectRow row) => anyProject || row.ProjectId == caller.ProjectId || row.Scope == "public";
}

/// <summary>A row that belongs to a project.</summary>
internal interface IProjectRow
{
    string? ProjectId { get; }

    /// <summary>private or public.</summary>
    string Scope { get; }
}
