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
    private readonly List<(string? After, int Limit)> _requestedPages = [];

    private IAsyncEnumerable<string> Walk(
        Func<string?, int, Page<string>> fetch, Func<string, bool>? keep = null, long? maxRows = null, string? marker = null, int size = 50, CancellationToken cancellationToken = default) =>
        Walk((after, limit, _) => Task.FromResult(fetch(after, limit)), keep, maxRows, marker, size, cancellationToken);

    private IAsyncEnumerable<string> Walk(
        Func<string?, int, CancellationToken, Task<Page<string>>> fetch, Func<string, bool>? keep = null, long? maxRows = null, string? marker = null, int size = 50, CancellationToken cancellationToken = default) =>
        Paging.WalkAsync(
            (after, limit, token) =>
            {
                token.ThrowIfCancellationRequested();
                _requestedPages.Add((after, limit));
                return fetch(after, limit, token);
            },
            row => row, keep, marker, maxRows, size, cancellationToken);

    /// <summary>A service with a number of rows, counted from 1, and a maximum page size.</summary>
    private static Func<string?, int, Page<string>> ServiceWithRows(int rows, int pageSize = int.MaxValue) => (after, limit) =>
    {
        int from = after is null ? 0 : int.Parse(after);
        int count = Math.Min(Math.Min(limit, pageSize), rows - from);
        return new Page<string>([.. Enumerable.Range(from + 1, count).Select(i => i.ToString())], count == Math.Min(limit, pageSize));
    };

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(49, 1)]
    [InlineData(50, 2)]
    [InlineData(51, 2)]
    [InlineData(250, 3)]
    [InlineData(1050, 4)]
    [InlineData(2049, 4)]
    [InlineData(2050, 5)]
    public async Task Every_row_is_returned_once_and_in_order_even_if_the_last_page_is_empty(int rows, int pages)
    {
        Assert.Equal(Enumerable.Range(1, rows).Select(i => i.ToString()), await Walk(ServiceWithRows(rows)).ToListAsync());
        Assert.Equal(pages, _requestedPages.Count);
    }

    [Fact]
    public async Task The_page_size_starts_small_and_quadruples_up_to_1000()
    {
        await Walk(ServiceWithRows(4000)).ToListAsync();
        Assert.Equal([50, 200, 800, 1000, 1000, 1000], _requestedPages.Select(page => page.Limit));
    }

    [Fact]
    public async Task A_complete_listing_reads_pages_of_1000()
    {
        await Walk(ServiceWithRows(2500), size: Paging.Large).ToListAsync();
        Assert.Equal([1000, 1000, 1000], _requestedPages.Select(page => page.Limit));
    }

    [Fact]
    public async Task The_marker_of_the_next_page_is_the_last_row_of_the_previous_one()
    {
        await Walk(ServiceWithRows(45, pageSize: 20)).ToListAsync();
        Assert.Equal([null, "20", "40"], _requestedPages.Select(page => page.After));
    }

    [Fact]
    public async Task A_listing_starts_after_the_marker()
    {
        Assert.Equal(["4", "5"], await Walk(ServiceWithRows(5), marker: "3").ToListAsync());
        Assert.Equal("3", _requestedPages[0].After);
    }

    [Fact]
    public async Task The_last_row_of_a_page_is_returned_only_after_the_next_page_arrived()
    {
        var pagesWhen = new List<(string Row, int Pages)>();
        await foreach (string row in Walk(ServiceWithRows(5, pageSize: 2)))
            pagesWhen.Add((row, _requestedPages.Count));
        Assert.Equal([("1", 1), ("2", 2), ("3", 2), ("4", 3), ("5", 3)], pagesWhen);
    }

    [Fact]
    public async Task The_next_page_is_requested_while_rows_are_still_being_returned()
    {
        var gate = new Gate();
        await using IAsyncEnumerator<string> rows = Walk(gate.ServiceWithRows(ServiceWithRows(100))).GetAsyncEnumerator();
        for (int i = 1; i <= 25; i++)
        {
            Assert.True(await rows.MoveNextAsync());
            Assert.Single(_requestedPages);
        }
        for (int i = 26; i <= 49; i++)
        {
            ValueTask<bool> next = rows.MoveNextAsync();
            Assert.True(next.IsCompleted); // Although the second page has not arrived.
            Assert.True(await next);
            Assert.Equal((i.ToString(), 2), (rows.Current, _requestedPages.Count));
        }
        Task<bool> last = rows.MoveNextAsync().AsTask();
        Assert.False(last.IsCompleted);
        gate.Open();
        Assert.True(await last);
        Assert.Equal("50", rows.Current);
        Assert.Equal([(null, 50), ("50", 200)], _requestedPages);
    }

    [Fact]
    public async Task The_next_page_is_requested_after_half_of_the_matching_rows()
    {
        var pagesWhen = new List<(string Row, int Pages)>();
        await foreach (string row in Walk(ServiceWithRows(20, pageSize: 10), keep: row => row is "3" or "5" or "7" or "9" or "12"))
            pagesWhen.Add((row, _requestedPages.Count));
        Assert.Equal([("3", 1), ("5", 1), ("7", 2), ("9", 2), ("12", 2)], pagesWhen);
        Assert.Equal(3, _requestedPages.Count);
    }

    [Fact]
    public async Task Stopping_during_a_page_request_cancels_it_and_waits_for_its_end()
    {
        var gate = new Gate();
        IAsyncEnumerator<string> rows = Walk(gate.ServiceWithRows(ServiceWithRows(100))).GetAsyncEnumerator();
        for (int i = 1; i <= 26; i++)
            Assert.True(await rows.MoveNextAsync());
        Task end = rows.DisposeAsync().AsTask();
        Assert.True(gate.Token.IsCancellationRequested);
        Assert.False(end.IsCompleted);
        gate.Fail(new OperationCanceledException(gate.Token));
        await end;
    }

    [Fact]
    public async Task Cancellation_during_a_page_request_returns_no_more_rows_and_cancels_the_request()
    {
        using var cancellation = new CancellationTokenSource();
        var gate = new Gate();
        IAsyncEnumerator<string> rows = Walk(gate.ServiceWithRows(ServiceWithRows(100)), cancellationToken: cancellation.Token).GetAsyncEnumerator();
        for (int i = 1; i <= 49; i++)
            Assert.True(await rows.MoveNextAsync());
        Task<bool> last = rows.MoveNextAsync().AsTask();
        cancellation.Cancel();
        Assert.True(gate.Token.IsCancellationRequested);
        gate.Fail(new OperationCanceledException(gate.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => last);
    }

    [Fact]
    public async Task If_the_next_page_fails_the_rows_of_the_current_page_come_first()
    {
        var found = new List<string>();
        TroveScheduleException error = await Assert.ThrowsAsync<TroveScheduleException>(async () =>
        {
            await foreach (string row in Walk((after, limit) => after is null ? ServiceWithRows(100)(after, limit) : throw new TroveScheduleException(TroveErrorKind.Unavailable, "down")))
                found.Add(row);
        });
        Assert.Equal("down", error.Message);
        Assert.Equal(Enumerable.Range(1, 50).Select(i => i.ToString()), found);
    }

    [Fact]
    public async Task A_failed_prefetch_after_an_early_stop_is_observed()
    {
        var failure = new TroveScheduleException(TroveErrorKind.Unavailable, "down");
        bool isUnobserved = false;
        void Note(object? sender, UnobservedTaskExceptionEventArgs e) => isUnobserved |= e.Exception.InnerExceptions.Contains(failure);
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            await Abandon();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.False(isUnobserved);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        async Task Abandon()
        {
            await using IAsyncEnumerator<string> rows = Walk((after, limit) => after is null ? ServiceWithRows(100)(after, limit) : throw failure).GetAsyncEnumerator();
            for (int i = 1; i <= 26; i++)
                Assert.True(await rows.MoveNextAsync());
            Assert.Equal(2, _requestedPages.Count);
        }
    }

    [Fact]
    public async Task Deleting_rows_while_listing_does_not_end_the_listing()
    {
        var existing = new SortedSet<int>(Enumerable.Range(1, 1250));
        var deleted = new List<string>();
        await foreach (string row in Walk((after, limit) =>
        {
            // Mistral rejects a marker that does not exist.
            Assert.True(after is null || existing.Contains(int.Parse(after)), $"Marker {after} is gone.");
            string[] rows = [.. existing.Where(i => after is null || i > int.Parse(after)).Take(limit).Select(i => i.ToString())];
            return new Page<string>(rows, rows.Length == limit);
        }))
        {
            deleted.Add(row);
            existing.Remove(int.Parse(row));
        }
        Assert.Equal(1250, deleted.Count);
        Assert.Empty(existing);
    }

    [Theory]
    [InlineData(0, new int[0])]
    [InlineData(1, new[] { 1 })]
    [InlineData(50, new[] { 50 })]
    [InlineData(1000, new[] { 1000 })]
    [InlineData(1001, new[] { 50, 951 })]
    [InlineData(1250, new[] { 50, 200, 1000 })]
    [InlineData(3000, new[] { 50, 200, 800, 1000, 950 })]
    public async Task The_page_limit_does_not_exceed_the_requested_number_of_rows(int maxRows, int[] limits)
    {
        Assert.Equal(maxRows, (await Walk(ServiceWithRows(5000), maxRows: maxRows).ToListAsync()).Count);
        Assert.Equal(limits, _requestedPages.Select(page => page.Limit));
    }

    [Fact]
    public async Task A_filtered_listing_continues_with_growing_pages()
    {
        List<string> found = await Walk(ServiceWithRows(5000), keep: row => int.Parse(row) % 300 == 0, maxRows: 3).ToListAsync();
        Assert.Equal(["300", "600", "900"], found);
        Assert.Equal([3, 50, 200, 800], _requestedPages.Select(page => page.Limit));
    }

    [Fact]
    public async Task Rows_that_the_filter_drops_do_not_count()
    {
        Assert.Equal(["2", "4", "6"], await Walk(ServiceWithRows(10, pageSize: 3), keep: row => int.Parse(row) % 2 == 0, maxRows: 3).ToListAsync());
        Assert.Equal([null, "3"], _requestedPages.Select(page => page.After));
    }

    [Fact]
    public async Task Pages_without_a_match_are_read_until_a_match_is_found()
    {
        Assert.Equal(["9"], await Walk(ServiceWithRows(10, pageSize: 2), keep: row => row == "9").ToListAsync());
        Assert.Equal(6, _requestedPages.Count);
    }

    [Fact]
    public async Task An_early_stop_requests_only_the_first_page()
    {
        await foreach (string row in Walk(ServiceWithRows(1000)))
        {
            if (row == "25")
                break;
        }
        Assert.Single(_requestedPages);
    }

    [Fact]
    public async Task No_request_is_sent_before_enumeration_starts()
    {
        IAsyncEnumerable<string> rows = Walk(ServiceWithRows(5));
        Assert.Empty(_requestedPages);
        await rows.ToListAsync();
        await rows.ToListAsync();
        Assert.Equal(2, _requestedPages.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task A_repeated_marker_is_a_protocol_error_and_not_an_endless_loop(int round)
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
    public async Task An_empty_page_ends_the_listing_despite_a_next_link()
    {
        Assert.Empty(await Walk((_, _) => new Page<string>([], true)).ToListAsync());
        Assert.Single(_requestedPages);
    }

    [Fact]
    public async Task Cancellation_between_two_pages_sends_no_further_request()
    {
        using var cancellation = new CancellationTokenSource();
        var rows = new List<string>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (string row in Walk(ServiceWithRows(10, pageSize: 3), cancellationToken: cancellation.Token))
            {
                rows.Add(row);
                cancellation.Cancel();
            }
        });
        Assert.Single(_requestedPages);
    }

    /// <summary>Delays every page except the first until the test sets the outcome.</summary>
    private sealed class Gate
    {
        private readonly TaskCompletionSource _end = new();

        public CancellationToken Token { get; private set; }

        public void Open() => _end.SetResult();

        public void Fail(Exception error) => _end.SetException(error);

        public Func<string?, int, CancellationToken, Task<Page<string>>> ServiceWithRows(Func<string?, int, Page<string>> rows) => async (after, limit, token) =>
        {
            if (after is not null)
            {
                Token = token;
                await _end.Task;
            }
            return rows(after, limit);
        };
    }
}
