using System;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.OpenStack;

/// <summary>
/// What is looked up when it is first wanted, and once, however many want it at the same time. A look-up that fails fails for all who wait for it, and is not kept:
/// whoever comes next looks again.
/// </summary>
internal sealed class Once<T>
    where T : class
{
    private volatile Look _look = new();

    /// <summary>What was found, or is found now. The look-up is given a token of its own, for it goes on while anyone waits.</summary>
    public Task<T> GetAsync(Func<CancellationToken, Task<T>> look, CancellationToken cancellationToken) => _look.GetAsync(look, cancellationToken);

    /// <summary>Forgets what was found, and what is still being looked up.</summary>
    public void Forget() => _look = new();

    private sealed class Look
    {
        private readonly SingleFlight<T> _flight = new();
        private volatile T? _found;

        public async Task<T> GetAsync(Func<CancellationToken, Task<T>> look, CancellationToken cancellationToken) =>
            _found ?? await _flight.JoinAsync(async token => _found ??= await look(token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }
}
