using System;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.OpenStack;

/// <summary>
/// What several want at the same time is done once, and all of them get what comes of it, a failure too. It belongs to none of them: whoever gives up leaves it to the
/// others, and it is cancelled when nobody waits for it any more. Whoever comes after its end begins anew.
/// </summary>
/// <typeparam name="T">What comes of it.</typeparam>
public sealed class SingleFlight<T>
{
    private readonly object _lock = new();
    private Flight? _flight;

    /// <summary>Joins what is under way, or begins it.</summary>
    /// <param name="work">Does it; called by whoever begins. Its token is cancelled when nobody waits any more.</param>
    /// <param name="cancellationToken">Ends the waiting of this caller.</param>
    /// <returns>What came of it.</returns>
    /// <exception cref="Exception">What the work threw, the same for all who waited.</exception>
    public async Task<T> JoinAsync(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Flight flight;
        bool begins;
        lock (_lock)
        {
            begins = _flight is null;
            flight = _flight ??= new Flight();
            flight.Waiting++;
        }
        try
        {
            if (begins)
                _ = FlyAsync(flight, work);
#if NET
            return await flight.End.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
#else
            return await flight.End.Task.WaitAsync(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(false);
#endif
        }
        finally
        {
            bool isLast;
            lock (_lock)
            {
                isLast = --flight.Waiting == 0;
                if (isLast)
                    Leave(flight);
            }
            if (isLast)
            {
                flight.Abandoned.Cancel();
                await Task.WhenAny(flight.End.Task).ConfigureAwait(false); // When the last has gone, nothing is under way any more.
            }
        }
    }

    private async Task FlyAsync(Flight flight, Func<CancellationToken, Task<T>> work)
    {
        try
        {
            T result = await work(flight.Abandoned.Token).ConfigureAwait(false);
            Land();
            flight.End.SetResult(result);
        }
        catch (Exception e)
        {
            Land();
            flight.End.SetException(e);
            _ = flight.End.Task.Exception; // Seen, even where nobody waits.
        }

        void Land()
        {
            lock (_lock)
                Leave(flight);
        }
    }

    private void Leave(Flight flight)
    {
        if (_flight == flight)
            _flight = null;
    }

    private sealed class Flight
    {
        public TaskCompletionSource<T> End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationTokenSource Abandoned { get; } = new();

        public int Waiting { get; set; }
    }
}
