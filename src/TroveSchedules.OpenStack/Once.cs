using System;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.OpenStack;

/// <summary>What is looked up when it is first wanted, and once, however many want it at the same time. A look-up that fails is not kept: whoever comes next looks again.</summary>
internal sealed class Once<T>
    where T : class
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private T? _found;

    public async Task<T> GetAsync(Func<Task<T>> look, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _found ??= await look().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Forget() => _found = null;
}
