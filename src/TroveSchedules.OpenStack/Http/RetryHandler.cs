using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Security.Authentication;
using System.Threading;
using System.Threading.Tasks;
using Polly;
using Polly.Retry;

namespace TroveSchedules.OpenStack.Http;

/// <summary>
/// Repeats what may be repeated: GET and DELETE, after a connection that broke or an answer that says "not now". A 500 is a definite answer of Mistral
/// and is not repeated, nor is what is to be asked again only after <see cref="LongestWait"/>. A DELETE that finds nothing on a repeated attempt has succeeded before.
/// While a service says "not now" to one request, those that others would begin wait too, of whatever method.
/// </summary>
internal sealed class RetryHandler(TimeProvider clock) : DelegatingHandler
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(0.5);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _quietUntil = new();

    private Repetition? _repetition;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_quietUntil.TryGetValue(request.RequestUri!.Authority, out DateTimeOffset until) && until - clock.GetUtcNow() is var quiet && quiet > TimeSpan.Zero)
            await DelayAsync(quiet, cancellationToken).ConfigureAwait(false);
        Task<HttpResponseMessage> first = AttemptAsync(request, cancellationToken);
        return (request.Method == HttpMethod.Get || request.Method == HttpMethod.Delete) && await HasPassingFaultAsync(first).ConfigureAwait(false)
            ? await RepeatAsync(first, request, cancellationToken).ConfigureAwait(false)
            : await first.ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> AttemptAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode is (HttpStatusCode)429 or HttpStatusCode.ServiceUnavailable && (RetryAfter(response, clock) ?? ShortestWait) is var wait && wait <= LongestWait)
            _quietUntil[request.RequestUri!.Authority] = clock.GetUtcNow() + wait;
        return response;
    }

    private async Task<HttpResponseMessage> RepeatAsync(Task<HttpResponseMessage> first, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        int attempts = 0;
        HttpResponseMessage response = await (_repetition ??= new Repetition(clock)).Pipeline.ExecuteAsync(
            async token => await (attempts++ == 0 ? first : AttemptAsync(request, token)).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        if (attempts > 1 && request.Method == HttpMethod.Delete && response.StatusCode == HttpStatusCode.NotFound)
            response.StatusCode = HttpStatusCode.NoContent;
        return response;
    }

    private Task DelayAsync(TimeSpan wait, CancellationToken cancellationToken) =>
#if NET
        Task.Delay(wait, clock, cancellationToken);
#else
        clock.Delay(wait, cancellationToken);
#endif

    private static async Task<bool> HasPassingFaultAsync(Task<HttpResponseMessage> attempt)
    {
        try
        {
            return IsPassing((await attempt.ConfigureAwait(false)).StatusCode);
        }
        catch (Exception e)
        {
            return IsPassing(e); // Whoever awaits the attempt meets the exception itself.
        }
    }

    private static bool IsPassing(HttpStatusCode status) =>
        status is (HttpStatusCode)429 or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    private static bool IsPassing(Exception? fault) => fault switch
    {
        HttpRequestException e => e.InnerException is not AuthenticationException,
        IOException => true,
        _ => false,
    };

    private static TimeSpan? RetryAfter(HttpResponseMessage? response, TimeProvider clock)
    {
        TimeSpan? wait = response?.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - (response.Headers.Date ?? clock.GetUtcNow()), // Both by the server's clock.
            _ => null,
        };
        return wait > TimeSpan.Zero ? wait : null;
    }

    // Apart, so that Polly is loaded once there is something to repeat: to load it takes longer than most requests do.
    private sealed class Repetition(TimeProvider clock)
    {
        public ResiliencePipeline<HttpResponseMessage> Pipeline { get; } = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = 3,
                Delay = ShortestWait,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = outcome => new ValueTask<bool>(IsPassing(outcome.Outcome) && !(RetryAfter(outcome.Outcome.Result, clock) > LongestWait)),
                DelayGenerator = outcome => new ValueTask<TimeSpan?>(RetryAfter(outcome.Outcome.Result, clock)),
                OnRetry = outcome =>
                {
                    outcome.Outcome.Result?.Dispose();
                    return default;
                },
            })
            .Build();

        private static bool IsPassing(Outcome<HttpResponseMessage> outcome) =>
            outcome.Result is { } response ? RetryHandler.IsPassing(response.StatusCode) : RetryHandler.IsPassing(outcome.Exception);
    }
}
