using System;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Keystone;

namespace TroveSchedules.OpenStack.Http;

/// <summary>Gives each request the token, and after a 401 one more try with a new one.</summary>
internal sealed class TokenHandler(TokenSource tokens) : DelegatingHandler
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        AuthToken token = await tokens.GetAsync(cancellationToken).ConfigureAwait(false);
        HttpResponseMessage response = await SendWithAsync(token).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.Unauthorized)
            return response;
        response.Dispose();
        token = await tokens.RenewAsync(token, cancellationToken).ConfigureAwait(false);
        return await SendWithAsync(token).ConfigureAwait(false);

        Task<HttpResponseMessage> SendWithAsync(AuthToken with)
        {
            request.Headers.Remove("X-Auth-Token");
            request.Headers.Add("X-Auth-Token", with.Value);
            return base.SendAsync(request, cancellationToken);
        }
    }
}

/// <summary>The session's token. Many may ask at once; only one of them logs in.</summary>
internal sealed class TokenSource(Func<CancellationToken, Task<AuthToken>> authenticate, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile Func<CancellationToken, Task<AuthToken>>? _authenticate = authenticate; // It holds the password; null once the session has ended.
    private volatile Held? _held;

    /// <summary>The token as last seen; null before the first login.</summary>
    public AuthToken? Last => _held?.Token;

    /// <summary>What time it is by the cloud's clock, which need not agree with ours.</summary>
    public DateTimeOffset CloudTime =>
        _held is { Token.IssuedAt: { } issued } held ? issued + clock.GetElapsedTime(held.Asked) : clock.GetUtcNow();

    /// <summary>A token that is good for a while.</summary>
    public async ValueTask<AuthToken> GetAsync(CancellationToken cancellationToken) =>
        _held is { } held && clock.GetUtcNow() < held.Token.RenewAt
            ? held.Token
            : await RenewAsync(_held?.Token, cancellationToken).ConfigureAwait(false);

    /// <summary>A newer token than the one that was rejected.</summary>
    public async Task<AuthToken> RenewAsync(AuthToken? rejected, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_held is { } newer && newer.Token != rejected)
                return newer.Token;
            long asked = clock.GetTimestamp();
            AuthToken token = await (_authenticate ?? throw new ObjectDisposedException(nameof(TokenSource)))(cancellationToken).ConfigureAwait(false);
            _held = new Held(token, asked);
            if (_authenticate is null)
                _held = null; // It ended meanwhile, and stays so.
            return token;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _authenticate = null;
        Thread.MemoryBarrier(); // A renewal that is under way sees the one, or is seen below.
        _held = null;
        _one.Dispose();
    }

    private sealed record Held(AuthToken Token, long Asked);
}
