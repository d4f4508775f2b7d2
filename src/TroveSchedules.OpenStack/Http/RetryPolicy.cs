using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;
using Polly;
using Polly.Retry;
using TroveSchedules.OpenStack.Keystone;

namespace TroveSchedules.OpenStack.Http;

/// <summary>
/// A failure that may be gone at the next attempt: a connection that broke, an answer that is not the service's, or one that says "not now".
/// </summary>
/// <param name="failure">What the user is told where there is no next attempt.</param>
/// <param name="retryAfter">How long the service asks to wait; null where it does not say.</param>
internal sealed class TransientFailureException(TroveScheduleException failure, TimeSpan? retryAfter) : Exception(null, failure)
{
    public TroveScheduleException Failure => failure;

    public TimeSpan? RetryAfter => retryAfter;
}

/// <summary>
/// Repeats what may be repeated, within one time limit for all attempts, their waits and their answers' bodies. While a service says "not now" to one
/// request, those that others would begin wait too.
/// </summary>
/// <param name="clock">Measures the waits and the limit.</param>
/// <param name="limit">How long an operation may take in all.</param>
/// <param name="maxRetries">Maximum number of retries of an operation; 0 disables retries; null for the default, which depends on whether the host is known to work.</param>
internal sealed class RetryPolicy(TimeProvider clock, TimeSpan limit, int? maxRetries)
{
    // The waits add up to 1.4 to 2.9 s.
    private const int MaxRetriesOfUnknownHost = 3;

    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    // The hosts that have served a request and have not been given up since. The value has no meaning.
    private readonly ConcurrentDictionary<string, bool> _working = new();

    // From when and how long, by the clock that is never set: one that goes back by hours must not make others wait for hours.
    private readonly ConcurrentDictionary<string, (long Since, TimeSpan Wait)> _quiet = new();

    private readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder { TimeProvider = clock }
        .AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = int.MaxValue, // AttemptAsync decides when to give up.
            Delay = ShortestWait,
            MaxDelay = LongestWait,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = new PredicateBuilder().Handle<TransientFailureException>(),
            DelayGenerator = outcome => new ValueTask<TimeSpan?>((outcome.Outcome.Exception as TransientFailureException)?.RetryAfter),
        })
        .Build();

    /// <summary>Attempts what a request is for until it succeeds, fails for good, has been repeated often enough or the time is up.</summary>
    /// <param name="request">Whom it is asked of, and whether it may be repeated.</param>
    /// <param name="attempt">One attempt, which gets the number of those before it; throws <see cref="TransientFailureException"/> for what another may mend.</param>
    /// <param name="cancellationToken">Ends an attempt as well as a wait.</param>
    /// <exception cref="TroveScheduleException">The last failure; where an earlier one leaves it open whether the service acted, that one. Timeout where none came in time.</exception>
    public async Task<T> ExecuteAsync<T>(WireRequest request, Func<int, CancellationToken, Task<T>> attempt, CancellationToken cancellationToken)
    {
        long start = clock.GetTimestamp();
        int attempts = 0;
        TroveScheduleException? worst = null;
#if NET
        using var timer = new CancellationTokenSource(limit, clock);
#else
        using CancellationTokenSource timer = clock.CreateCancellationTokenSource(limit);
#endif
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return await _pipeline.ExecuteAsync(AttemptAsync, either.Token).ConfigureAwait(false);
        }
        catch (TransientFailureException)
        {
            throw worst!;
        }
        catch (TroveScheduleException e) when (!e.MayHaveHappened && worst is { MayHaveHappened: true })
        {
            throw worst; // That this attempt did nothing says nothing of the one before.
        }
        catch (OperationCanceledException e) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            bool isAsked = !LoginWaitException.IsIn(e);
            throw worst ?? new TroveScheduleException(TroveErrorKind.Timeout, isAsked
                ? FormattableString.Invariant($"{request.Service} at {request.Address} gave no answer within {limit.TotalSeconds:0} s.")
                : FormattableString.Invariant($"Keystone gave no new token within {limit.TotalSeconds:0} s, so {request.Service} was not asked."), e)
            {
                Target = request.Target,
                RecommendedAction = isAsked ? request.ConnectionAdvice.Text : "Check the network and whether Keystone is up.",
                Settings = isAsked ? request.ConnectionAdvice.Settings : [],
                MayHaveHappened = isAsked && request.IsChange && attempts > 0,
            };
        }
#if !NET
        finally
        {
            timer.Cancel(); // Disposing of it leaves its timer running.
        }
#endif

        async ValueTask<T> AttemptAsync(CancellationToken token)
        {
            if (attempts == 0 && _quiet.TryGetValue(request.Uri.Authority, out var quiet) && quiet.Wait - clock.GetElapsedTime(quiet.Since) is var rest && rest > TimeSpan.Zero)
                await DelayAsync(rest, token).ConfigureAwait(false);
            try
            {
                T result = await attempt(attempts++, token).ConfigureAwait(false);
                _working[request.Uri.Authority] = true;
                return result;
            }
            catch (TransientFailureException fault)
            {
                if (fault.Failure.StatusCode is 429 or 503 && (fault.RetryAfter ?? ShortestWait) is var wait && wait < limit)
                    _quiet[request.Uri.Authority] = (clock.GetTimestamp(), wait);
                if (worst is not { MayHaveHappened: true } || fault.Failure.MayHaveHappened)
                    worst = fault.Failure;
                if (!request.IsRetryable)
                    throw worst;
                int most = maxRetries ?? (_working.ContainsKey(request.Uri.Authority) ? CloudSettings.DefaultMaxRetries : MaxRetriesOfUnknownHost);
                if (attempts > most || fault.RetryAfter > limit - clock.GetElapsedTime(start))
                {
                    _working.TryRemove(request.Uri.Authority, out _); // The next operations of a bulk must not each wait as long for a host that is down.
                    throw worst;
                }
                throw;
            }
        }
    }

    private Task DelayAsync(TimeSpan wait, CancellationToken cancellationToken) =>
#if NET
        Task.Delay(wait, clock, cancellationToken);
#else
        clock.Delay(wait, cancellationToken);
#endif
}
