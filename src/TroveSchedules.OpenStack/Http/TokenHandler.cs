using System;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Keystone;

namespace TroveSchedules.OpenStack.Http;

/// <summary>Gives each request the token, and after a 401 one more try with a new one.</summary>
internal sealed class TokenHandler(TokenSource tokens) : DelegatingHandler
{
    // The tokens that a service refused though they were new. To log in for each further request would help nobody.
    private readonly ConcurrentDictionary<string, AuthToken> _refusedNew = new();

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string service = request.RequestUri!.Authority;
        AuthToken token = await tokens.GetAsync(cancellationToken).ConfigureAwait(false);
        HttpResponseMessage response = await SendWithAsync(token).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.Unauthorized || (_refusedNew.TryGetValue(service, out AuthToken? refused) && refused == token))
            return response;
        response.Dispose();
        token = await tokens.RenewAsync(token, cancellationToken).ConfigureAwait(false);
        response = await SendWithAsync(token).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
            _refusedNew[service] = token;
        return response;

        Task<HttpResponseMessage> SendWithAsync(AuthToken with)
        {
            request.Headers.Remove("X-Auth-Token");
            request.Headers.Add("X-Auth-Token", with.Value);
            return base.SendAsync(request, cancellationToken);
        }
    }
}

/// <summary>Whoever waited for a login gave up: what the token was for has not been sent.</summary>
internal sealed class LoginWaitException(OperationCanceledException cause, CancellationToken cancellationToken)
    : OperationCanceledException(cause.Message, cause, cancellationToken)
{
    public static bool IsIn(Exception? e) => e is not null && (e is LoginWaitException || IsIn(e.InnerException));
}

/// <summary>
/// The session's token. Many may ask at once; one login serves them all, and where it fails it fails for all. A credential that Keystone has refused is not shown to it
/// again: a session that repeats a wrong password for each item of a pipeline locks its user out.
/// </summary>
internal sealed class TokenSource(Func<CancellationToken, Task<AuthToken>> authenticate, TimeProvider clock) : IDisposable
{
    // Where the time of day and the time that passed disagree by more, a clock was set or the machine slept: only Keystone can tell then what time it is there.
    private static readonly TimeSpan LargestDrift = TimeSpan.FromMinutes(1);

    private readonly RequestCoalescer<AuthToken> _login = new();
    private volatile Func<CancellationToken, Task<AuthToken>>? _authenticate = authenticate; // It holds the password; null once the session has ended.
    private readonly CancellationTokenSource _ended = new();
    private Held? _held;
    private TroveScheduleException? _refusal;

    /// <summary>The token as last seen; null before the first login, and once the session has ended.</summary>
    public AuthToken? Last => Volatile.Read(ref _held)?.Token;

    /// <summary>What time it is by the cloud's clock, which need not agree with ours.</summary>
    public DateTimeOffset CloudTime =>
        Volatile.Read(ref _held) is { Token.IssuedAt: { } issued } held ? issued + clock.GetElapsedTime(held.Asked) : clock.GetUtcNow();

    /// <summary>A token that is good for a while. Where the next cannot be had yet, the last is used to its end.</summary>
    public async ValueTask<AuthToken> GetAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _held) is not { } held)
            return await LogInAsync(null, cancellationToken).ConfigureAwait(false);
        TimeSpan age = clock.GetElapsedTime(held.Asked);
        if (!held.IsRejected && age < held.RenewAfter && (clock.GetUtcNow() - held.AskedAt - age).Duration() < LargestDrift)
            return held.Token;
        try
        {
            return await LogInAsync(held.Token, cancellationToken).ConfigureAwait(false);
        }
        catch (TroveScheduleException) when (!held.IsRejected && age < held.Token.Life && !_ended.IsCancellationRequested)
        {
            // The rest of its life is halved, so that not every request waits for a Keystone that is down.
            TimeSpan later = age + TimeSpan.FromTicks((held.Token.Life - age).Ticks / 2);
            Interlocked.CompareExchange(ref _held, held with { RenewAfter = later, AskedAt = clock.GetUtcNow() - age }, held);
            return held.Token;
        }
    }

    /// <summary>A newer token than the one that was rejected.</summary>
    public Task<AuthToken> RenewAsync(AuthToken rejected, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _held) is { IsRejected: false } held && held.Token == rejected)
            Interlocked.CompareExchange(ref _held, held with { IsRejected = true }, held);
        return LogInAsync(rejected, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.Cancel();
        _authenticate = null;
        Volatile.Write(ref _held, null);
    }

    // Whoever waits may have another token in mind than the one who began, hence again where it is the old one that comes.
    private async Task<AuthToken> LogInAsync(AuthToken? old, CancellationToken cancellationToken)
    {
        AuthToken token;
        do
        {
            try
            {
                token = await _login.RunAsync(abandoned => NewerAsync(old, abandoned), cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException e)
            {
                throw _ended.IsCancellationRequested && !cancellationToken.IsCancellationRequested ? CloudSession.Ended(e) : new LoginWaitException(e, cancellationToken);
            }
        }
        while (token == old);
        return token;
    }

    private async Task<AuthToken> NewerAsync(AuthToken? old, CancellationToken cancellationToken)
    {
        if (_ended.IsCancellationRequested || _authenticate is not { } authenticate)
            throw CloudSession.Ended(null);
        if (Volatile.Read(ref _held) is { IsRejected: false } newer && newer.Token != old)
            return newer.Token;
        if (_refusal is not null)
            throw _refusal;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token);
        long asked = clock.GetTimestamp();
        DateTimeOffset askedAt = clock.GetUtcNow();
        AuthToken token;
        try
        {
            token = await authenticate(either.Token).ConfigureAwait(false);
        }
        catch (TroveScheduleException e) when (e.Kind == TroveErrorKind.Unauthorized)
        {
            _refusal = e;
            throw;
        }
        Volatile.Write(ref _held, new Held(token, asked, askedAt, token.RenewAfter, IsRejected: false));
        if (!_ended.IsCancellationRequested)
            return token;
        Volatile.Write(ref _held, null);
        throw CloudSession.Ended(null);
    }

    /// <param name="Token">The token.</param>
    /// <param name="Asked">When it was asked for, by the clock that is never set.</param>
    /// <param name="AskedAt">The same by the one that is.</param>
    /// <param name="RenewAfter">At what age the next is asked for.</param>
    /// <param name="IsRejected">Whether a service did not take it though it was not to have ended.</param>
    private sealed record Held(AuthToken Token, long Asked, DateTimeOffset AskedAt, TimeSpan RenewAfter, bool IsRejected);
}
