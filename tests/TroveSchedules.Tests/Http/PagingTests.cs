using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;
using Xunit;

namespace TroveSchedules.Tests.Http;

public sealed class PagingTests
{
    private readonly List<(string? After, int Limit)> _asked = [];

    private IAsyncEnumerable<string> Walk(
        Func<string?, int, Page<string>> fetch, Func<string, bool>? keep = null, long? most = null, string? marker = null, CancellationToken cancellationToken = default) =>
        Paging.WalkAsync(
            (after, limit, token) =>
            {
                token.ThrowIfCancellationRequested();
                _asked.Add((after, limit));
                return Task.FromResult(fetch(after, limit));
            },
            row => row, keep, marker, most, cancellationToken);

    /// <summary>A service that has the rows 1 to so many, and gives at most so many a page.</summary>
    private static Func<string?, int, Page<string>> Having(int rows, int pageSize = int.MaxValue) => (after, limit) =>
    {
        int from = after is null ? 0 : int.Parse(after);
        int count = Math.Min(Math.Min(limit, pageSize), rows - from);
        return new Page<string>([.. Enumerable.Range(from + 1, count).Select(i => i.ToString())], count == Math.Min(limit, pageSize));
    };

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(199, 1)]
    [InlineData(200, 2)]
    [InlineData(201, 2)]
    [InlineData(1000, 6)]
    public async Task Every_row_comes_once_in_order_though_the_last_page_may_be_empty(int rows, int pages)
    {
        Assert.Equal(Enumerable.Range(1, rows).Select(i => i.ToString()), await Walk(Having(rows)).ToListAsync());
        Assert.Equal(pages, _asked.Count);
        Assert.All(_asked, page => Assert.Equal(200, page.Limit));
    }

    [Fact]
    public async Task The_next_page_begins_after_the_last_row_of_the_one_before()
    {
        await Walk(Having(45, pageSize: 20)).ToListAsync();
        Assert.Equal([null, "20", "40"], _asked.Select(page => page.After));
    }

    [Fact]
    public async Task A_listing_begins_after_the_marker()
    {
        Assert.Equal(["4", "5"], await Walk(Having(5), marker: "3").ToListAsync());
        Assert.Equal("3", _asked[0].After);
    }

    [Fact]
    public async Task The_last_row_of_a_page_is_handed_out_only_after_the_next_page_has_come()
    {
        var pagesWhen = new List<(string Row, int Pages)>();
        await foreach (string row in Walk(Having(5, pageSize: 2)))
            pagesWhen.Add((row, _asked.Count));
        Assert.Equal([("1", 1), ("2", 2), ("3", 2), ("4", 3), ("5", 3)], pagesWhen);
    }

    [Fact]
    public async Task Rows_that_are_deleted_as_they_come_do_not_end_the_listing()
    {
        var there = new SortedSet<int>(Enumerable.Range(1, 450));
        var deleted = new List<string>();
        await foreach (string row in Walk((after, limit) =>
        {
            // Mistral knows no marker that is gone.
            Assert.True(after is null || there.Contains(int.Parse(after)), $"Marker {after} is gone.");
            string[] rows = [.. there.Where(i => after is null || i > int.Parse(after)).Take(limit).Select(i => i.ToString())];
            return new Page<string>(rows, rows.Length == limit);
        }))
        {
            deleted.Add(row);
            there.Remove(int.Parse(row));
        }
        Assert.Equal(450, deleted.Count);
        Assert.Empty(there);
    }

    [Theory]
    [InlineData(0, new int[0])]
    [InlineData(1, new[] { 1 })]
    [InlineData(199, new[] { 199 })]
    [InlineData(200, new[] { 200 })]
    [InlineData(201, new[] { 200, 1 })]
    [InlineData(450, new[] { 200, 200, 50 })]
    public async Task No_more_is_asked_for_than_is_wanted(int most, int[] limits)
    {
        Assert.Equal(most, (await Walk(Having(1000), most: most).ToListAsync()).Count);
        Assert.Equal(limits, _asked.Select(page => page.Limit));
    }

    [Fact]
    public async Task A_small_listing_that_has_to_be_sifted_goes_on_in_whole_pages()
    {
        List<string> found = await Walk(Having(1000), keep: row => int.Parse(row) % 300 == 0, most: 3).ToListAsync();
        Assert.Equal(["300", "600", "900"], found);
        Assert.Equal([3, 200, 200, 200, 200, 200], _asked.Select(page => page.Limit));
    }

    [Fact]
    public async Task Rows_that_are_not_wanted_do_not_count()
    {
        Assert.Equal(["2", "4", "6"], await Walk(Having(10, pageSize: 3), keep: row => int.Parse(row) % 2 == 0, most: 3).ToListAsync());
        Assert.Equal([null, "3"], _asked.Select(page => page.After));
    }

    [Fact]
    public async Task Pages_of_unwanted_rows_lead_on_to_the_wanted_one()
    {
        Assert.Equal(["9"], await Walk(Having(10, pageSize: 2), keep: row => row == "9").ToListAsync());
        Assert.Equal(6, _asked.Count);
    }

    [Fact]
    public async Task The_first_row_comes_after_the_first_page_and_whoever_stops_early_asks_no_more()
    {
        await foreach (string row in Walk(Having(1000)))
        {
            if (row == "199")
                break;
        }
        Assert.Single(_asked);
    }

    [Fact]
    public async Task Nothing_is_asked_before_someone_listens()
    {
        IAsyncEnumerable<string> rows = Walk(Having(5));
        Assert.Empty(_asked);
        await rows.ToListAsync();
        await rows.ToListAsync();
        Assert.Equal(2, _asked.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task A_listing_that_goes_round_in_circles_is_a_protocol_error_and_no_loop(int round)
    {
        int page = 0;
        TroveScheduleException error = await Assert.ThrowsAsync<TroveScheduleException>(async () => await Walk((_, _) =>
        {
            Assert.InRange(++page, 1, 20);
            return new Page<string>([$"a{page}", $"end{page % round}\u001b"], true);
        }).ToListAsync());
        Assert.Equal(TroveErrorKind.ProtocolError, error.Kind);
        Assert.Equal(round + 1, page);
        Assert.DoesNotContain('\u001b', error.Message);
    }

    [Fact]
    public async Task A_link_to_a_next_page_ends_with_the_rows()
    {
        Assert.Empty(await Walk((_, _) => new Page<string>([], true)).ToListAsync());
        Assert.Single(_asked);
    }

    [Fact]
    public async Task Cancelled_between_two_pages_it_asks_for_no_other()
    {
        using var cancellation = new CancellationTokenSource();
        var rows = new List<string>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (string row in Walk(Having(10, pageSize: 3), cancellationToken: cancellation.Token))
            {
                rows.Add(row);
                cancellation.Cancel();
            }
        });
        Assert.Single(_asked);
    }
}
