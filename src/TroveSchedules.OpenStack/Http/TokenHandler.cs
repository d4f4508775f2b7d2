using System;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Keystone;

namespace TroveSchedules.OpenStack.Http;

/// <summary>Adds the token to each request. After a 401 it retries once with a new token.</summary>
internal sealed class TokenHandler(TokenSource tokens) : DelegatingHandler
{
    // New tokens that a service rejected. Logging in again for each further request would not help.
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

/// <summary>The caller cancelled while it waited for a login, so its request was not sent.</summary>
internal sealed class LoginWaitCanceledException(OperationCanceledException cause, CancellationToken cancellationToken)
    : OperationCanceledException(cause.Message, cause, cancellationToken)
{
    public static bool IsCauseOf(Exception? e) => e is not null && (e is LoginWaitCanceledException || IsCauseOf(e.InnerException));
}

/// <summary>
/// The session's token. Concurrent callers share one login and its failure. A credential that Keystone rejected is not sent
/// again, because repeating a wrong password for each item of a pipeline could lock the user's account.
/// </summary>
internal sealed class TokenSource(Func<CancellationToken, Task<AuthToken>> authenticate, TimeProvider clock) : IDisposable
{
    // If the system clock and the monotonic clock differ by more, the clock was set or the machine slept. Then the cloud's time is unknown until the next login.
    private static readonly TimeSpan LargestDrift = TimeSpan.FromMinutes(1);

    private readonly RequestCoalescer<AuthToken> _login = new();
    private volatile Func<CancellationToken, Task<AuthToken>>? _authenticate = authenticate; // It holds the password. Null after the session has ended.
    private readonly CancellationTokenSource _ended = new();
    private HeldToken? _held;
    private TroveScheduleException? _refusal;

    /// <summary>The newest token; null before the first login and after the session has ended.</summary>
    public AuthToken? Last => Volatile.Read(ref _held)?.Token;

    /// <summary>The current time by the cloud's clock, which can differ from the local clock.</summary>
    public DateTimeOffset CloudTime =>
        Volatile.Read(ref _held) is { Token.IssuedAt: { } issued } held ? issued + clock.GetElapsedTime(held.Start) : clock.GetUtcNow();

    /// <summary>Gets a valid token. If renewal fails, the current token is used until it expires.</summary>
    public async ValueTask<AuthToken> GetAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _held) is not { } held)
            return await LogInAsync(null, cancellationToken).ConfigureAwait(false);
        TimeSpan age = clock.GetElapsedTime(held.Start);
        if (!held.IsRejected && age < held.RenewAfter && (clock.GetUtcNow() - held.StartTime - age).Duration() < LargestDrift)
            return held.Token;
        try
        {
            return await LogInAsync(held.Token, cancellationToken).ConfigureAwait(false);
        }
        catch (TroveScheduleException) when (!held.IsRejected && age < held.Token.Life && !_ended.IsCancellationRequested)
        {
            // Tries again after half of the remaining lifetime, so that not every request waits for a Keystone that is down.
            TimeSpan later = age + TimeSpan.FromTicks((held.Token.Life - age).Ticks / 2);
            Interlocked.CompareExchange(ref _held, held with { RenewAfter = later, StartTime = clock.GetUtcNow() - age }, held);
            return held.Token;
        }
    }

    /// <summary>Gets a newer token than the rejected one.</summary>
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

    // The login in progress may have been started for another rejected token, so this caller repeats if it returns the one that it rejects.
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
                throw _ended.IsCancellationRequested && !cancellationToken.IsCancellationRequested ? CloudSession.Ended(e) : new LoginWaitCanceledException(e, cancellationToken);
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
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token);
        long start = clock.GetTimestamp();
        DateTimeOffset startTime = clock.GetUtcNow();
        AuthToken token;
        try
        {
            token = await authenticate(linked.Token).ConfigureAwait(false);
        }
        catch (TroveScheduleException e) when (e.Kind == TroveErrorKind.Unauthorized)
        {
            _refusal = e;
            throw;
        }
        Volatile.Write(ref _held, new HeldToken(token, start, startTime, token.RenewAfter, IsRejected: false));
        if (!_ended.IsCancellationRequested)
            return token;
        Volatile.Write(ref _held, null);
        throw CloudSession.Ended(null);
    }

    /// <param name="Token">The token.</param>
    /// <param name="Start">Timestamp of the login request, by the monotonic clock.</param>
    /// <param name="StartTime">The same moment by the system clock.</param>
    /// <param name="RenewAfter">The age at which the token is renewed.</param>
    /// <param name="IsRejected">Whether a service rejected it before it expired.</param>
    private sealed record HeldToken(AuthToken Token, long Start, DateTimeOffset StartTime, TimeSpan RenewAfter, bool IsRejected);
}
