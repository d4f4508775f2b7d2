using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;
using Polly;
using Polly.Retry;
using TroveSchedules.OpenStack.Keystone;

namespace TroveSchedules.OpenStack.Http;

/// <summary>
/// A failure that a retry may resolve: a broken connection, a response that did not come from the service, or a status such as 429 or 503.
/// </summary>
/// <param name="failure">The error to throw if there is no retry.</param>
/// <param name="retryAfter">The delay that the service requests; null if it gives none.</param>
internal sealed class TransientFailureException(TroveScheduleException failure, TimeSpan? retryAfter) : Exception(null, failure)
{
    public TroveScheduleException Failure => failure;

    public TimeSpan? RetryAfter => retryAfter;
}

/// <summary>
/// Retries requests that are safe to retry. One time limit covers all attempts, the delays, and the reading of the bodies. While a service asks one request
/// to wait (Retry-After), new requests to it wait too.
/// </summary>
/// <param name="clock">Measures the delays and the time limit.</param>
/// <param name="limit">Maximum duration of an operation, including retries.</param>
/// <param name="maxRetries">Maximum number of retries of an operation; 0 disables retries; null for the default, which depends on whether the host is known to work.</param>
internal sealed class RetryPolicy(TimeProvider clock, TimeSpan limit, int? maxRetries)
{
    // The delays add up to between 1.4 and 2.9 s.
    private const int MaxRetriesOfUnknownHost = 3;

    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    // Hosts that answered a request and have not become unreachable since. The value is not used.
    private readonly ConcurrentDictionary<string, bool> _working = new();

    // Start and length of a wait, by the monotonic clock: if the system clock is set back by hours, requests must not wait for hours.
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

    /// <summary>Runs attempts until one succeeds or fails with a permanent error, or until the retries or the time limit are used up.</summary>
    /// <param name="request">The request: its service, and whether it may be retried.</param>
    /// <param name="attempt">Runs one attempt. Its argument is the number of earlier attempts. It throws <see cref="TransientFailureException"/> if a retry may help.</param>
    /// <param name="cancellationToken">Cancels an attempt or a delay.</param>
    /// <exception cref="TroveScheduleException">The last failure, or an earlier one after which the service may have acted. Timeout if the time limit ended the operation.</exception>
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
            throw worst; // This attempt changed nothing, but the earlier one may have.
        }
        catch (OperationCanceledException e) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            bool isAsked = !LoginWaitCanceledException.IsCauseOf(e);
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
            timer.Cancel(); // Dispose alone leaves its timer running.
        }
#endif

        async ValueTask<T> AttemptAsync(CancellationToken token)
        {
            if (attempts == 0 && _quiet.TryGetValue(request.Uri.Authority, out var quiet) && quiet.Wait - clock.GetElapsedTime(quiet.Since) is var rest && rest > TimeSpan.Zero)
                await clock.WaitAsync(rest, token).ConfigureAwait(false);
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
                    _working.TryRemove(request.Uri.Authority, out _); // Otherwise each further operation of a bulk would run all its retries against a host that is down.
                    throw worst;
                }
                throw;
            }
        }
    }
}

/// <summary>Delays by a clock that tests can replace.</summary>
internal static class ClockDelay
{
    /// <summary>Completes after that time.</summary>
    public static Task WaitAsync(this TimeProvider clock, TimeSpan wait, CancellationToken cancellationToken) =>
#if NET
        Task.Delay(wait, clock, cancellationToken);
#else
        clock.Delay(wait, cancellationToken);
#endif
}
