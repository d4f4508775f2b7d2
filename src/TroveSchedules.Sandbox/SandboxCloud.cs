using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.Sandbox.Keystone;
using TroveSchedules.Sandbox.Mistral;
using TroveSchedules.Sandbox.Trove;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox;

/// <summary>
/// A Keystone, a Mistral and a Trove in this process. They behave like Keystone 22, Mistral 15 and Trove 18, the releases around 2023.1. The sandbox has no socket, no
/// thread and no timer. Each request and each <see cref="Step"/> first runs all actions that are due. Thread-safe.
/// </summary>
/// <remarks>
/// <para>The sandbox does not have:</para>
/// <list type="bullet">
/// <item>a second region, changes of roles, changes of instances;</item>
/// <item>an execution whose trust is deleted while it runs;</item>
/// <item>Mistral's environments, members, event triggers, sub-workflows, retries and reports;</item>
/// <item>workbook features other than tasks that call an action with an input and publish values, and YAQL other than <c>$</c>, <c>task().result</c>, names and constants. It
/// refuses both. It accepts a delay before a task, which has no effect;</item>
/// <item>these parts of cron patterns, which croniter accepts: the random <c>R</c>, <c>x#n</c> together with a day of the month or a star, text after <c>x#n</c>, <c>7</c> with
/// seconds;</item>
/// <item>the schema that Mistral repeats after the first line of "Invalid DSL";</item>
/// <item>the cache that lets Mistral accept a revoked token for up to five minutes;</item>
/// <item>filters by tags, and the comparison of MariaDB that ignores accents.</item>
/// </list>
/// </remarks>
public sealed class SandboxCloud : IDisposable
{
    private readonly object _gate = new();
    private readonly SandboxOptions _options;
    private readonly Scheduler _scheduler;
    private readonly KeystoneService _keystone;
    private readonly MistralService _mistral;
    private readonly TroveService _trove;
    private bool _disposed;

    /// <summary>Creates an independent cloud.</summary>
    /// <param name="options">The settings; null for the defaults.</param>
    public SandboxCloud(SandboxOptions? options = null)
    {
        _options = options ?? new SandboxOptions();
        _scheduler = new Scheduler(_options.Clock, _options.Speed);
        Clock = new SandboxClock(_scheduler);
        var ids = new IdGenerator(_options.Seed ?? Guid.NewGuid().GetHashCode());
        _keystone = new KeystoneService(_options, _scheduler, ids);
        _trove = new TroveService(_options, _scheduler, ids, _keystone);
        _mistral = new MistralService(_options, _scheduler, ids, _keystone, _trove);
    }

    /// <summary>The address of Keystone, for <c>auth_url</c>.</summary>
    public Uri AuthUrl => new(_keystone.Url);

    /// <summary>The users demo, other and admin, and those of <see cref="SandboxOptions.Projects"/>. Each has a project of the same name.</summary>
    public IReadOnlyList<SandboxAccount> Accounts => _keystone.Accounts;

    /// <summary>The clock of the sandbox. Timers that it creates use the real clock.</summary>
    public TimeProvider Clock { get; }

    /// <summary>Whether the clock stands still until <see cref="Step"/> moves it.</summary>
    public bool IsStopped => _options.Speed == 0;

    /// <summary>
    /// Whether Mistral fires due triggers. While this is false, the next times of schedules pass without an execution. When it becomes true again, each missed
    /// trigger fires once, as after an outage.
    /// </summary>
    public bool RunsTriggers
    {
        get => Locked(() => _mistral.CronTriggers.IsFiring);
        set => Locked(() =>
        {
            _mistral.CronTriggers.IsFiring = value;
            return true;
        });
    }

    /// <summary>Creates a handler that sends requests to the sandbox. Disposing it does not end the sandbox.</summary>
    /// <returns>A new handler. Any number of handlers can use the same sandbox.</returns>
    public HttpMessageHandler CreateHandler() => new SandboxHandler(this);

    /// <summary>Advances the clock of the sandbox, and runs all actions that become due, in order.</summary>
    /// <param name="by">The time to advance. It must not be negative.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="by"/> is negative.</exception>
    public void Step(TimeSpan by)
    {
        if (by < TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(by), by, "The clock goes forward only.");
        Locked(() =>
        {
            _scheduler.Advance(by);
            _scheduler.RunDue();
            return true;
        });
    }

    /// <summary>Lets later backups of an instance end in FAILED. Trove still accepts them, so the executions end in SUCCESS.</summary>
    /// <param name="instanceId">The instance's id.</param>
    /// <param name="fails">False to let backups succeed again.</param>
    public void FailBackups(string instanceId, bool fails = true) =>
        Locked(() => fails ? _trove.Backups.FailingInstances.Add(instanceId) : _trove.Backups.FailingInstances.Remove(instanceId));

    /// <summary>Adds finished executions, as if a trigger had fired in the past.</summary>
    /// <param name="trigger">The name or the id of the cron trigger in Mistral.</param>
    /// <param name="count">Total number of executions to add.</param>
    /// <param name="own">Number of executions of the trigger, evenly distributed. The others belong to 100 deleted triggers. Null for all.</param>
    /// <param name="days">The length of the history in days. It ends now.</param>
    /// <param name="errors">Percentage of executions in the state ERROR.</param>
    /// <exception cref="ArgumentException">The trigger does not exist.</exception>
    public void SeedExecutions(string trigger, int count, int? own = null, double days = 30, int errors = 10) => Locked(() =>
    {
        _mistral.SeedExecutions(trigger, count, own ?? count, TimeSpan.FromDays(days), errors);
        return true;
    });

    /// <summary>Ends the sandbox. Later requests fail.</summary>
    public void Dispose() => _disposed = true;

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Request request = await Request.ReadAsync(message).ConfigureAwait(false);
        Func<Request, Response> service = request.Uri.Authority switch
        {
            var authority when authority == _options.KeystoneUrl.Authority => _keystone.Handle,
            var authority when authority == _options.MistralUrl.Authority => _mistral.Handle,
            var authority when authority == _options.TroveUrl.Authority => _trove.Handle,
            var authority => throw new HttpRequestException($"Name or service not known ({authority})"),
        };
        if (_disposed)
            throw new HttpRequestException("The sandbox has ended.");
        return Locked(() =>
        {
            _scheduler.RunDue();
            return _scheduler.Freeze(() =>
            {
                Response response;
                try
                {
                    response = service(request);
                }
                catch (ErrorResponseException error)
                {
                    response = error.Response;
                }
                return response.ToResponse(message, _scheduler.Now);
            });
        });
    }

    private T Locked<T>(Func<T> function)
    {
        if (_disposed)
            throw new ObjectDisposedException(nameof(SandboxCloud));
        lock (_gate)
            return function();
    }

    private sealed class SandboxHandler(SandboxCloud cloud) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken) =>
            cloud.SendAsync(message, cancellationToken);
    }
}
