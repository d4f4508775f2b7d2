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
/// A Keystone, a Mistral and a Trove in this process. They answer as Keystone 22, Mistral 15 and Trove 18 do, the releases around 2023.1. The sandbox has no socket, no
/// thread and no timer: each request, and each <see cref="Step"/>, first runs what is due by then. Thread-safe.
/// </summary>
/// <remarks>
/// <para>The sandbox does not have:</para>
/// <list type="bullet">
/// <item>a second region, roles that are withdrawn, instances that change;</item>
/// <item>an execution whose trust is deleted while it runs;</item>
/// <item>Mistral's environments, members, event triggers, sub-workflows, retries and reports;</item>
/// <item>workbooks with more than tasks that call an action with an input and publish values, and YAQL beyond <c>$</c>, <c>task().result</c>, names and constants. It
/// refuses both. It accepts a delay before a task, which has no effect;</item>
/// <item>these parts of cron patterns, which croniter takes: the random <c>R</c>, <c>x#n</c> beside a day of the month or a star, what follows <c>x#n</c>, <c>7</c> beside
/// seconds;</item>
/// <item>the schema that Mistral repeats after the first line of "Invalid DSL";</item>
/// <item>the cache that lets Mistral accept a revoked token for up to five minutes;</item>
/// <item>filters by tags, and MariaDB's comparison of accented letters as plain ones.</item>
/// </list>
/// </remarks>
public sealed class SandboxCloud : IDisposable
{
    private readonly object _gate = new();
    private readonly SandboxOptions _options;
    private readonly Agenda _agenda;
    private readonly KeystoneService _keystone;
    private readonly MistralService _mistral;
    private readonly TroveService _trove;
    private bool _disposed;

    /// <summary>Makes a cloud of its own: no two share anything.</summary>
    /// <param name="options">How it is furnished; null for the defaults.</param>
    public SandboxCloud(SandboxOptions? options = null)
    {
        _options = options ?? new SandboxOptions();
        _agenda = new Agenda(_options.Clock, _options.Speed);
        Clock = new SandboxClock(_agenda);
        var ids = new Ids(_options.Seed ?? Guid.NewGuid().GetHashCode());
        _keystone = new KeystoneService(_options, _agenda, ids);
        _trove = new TroveService(_options, _agenda, ids, _keystone);
        _mistral = new MistralService(_options, _agenda, ids, _keystone, _trove);
    }

    /// <summary>Keystone's address, for <c>auth_url</c>.</summary>
    public Uri AuthUrl => new(_keystone.Url);

    /// <summary>Who can enter: demo, other and admin, each with a project of the same name.</summary>
    public IReadOnlyList<SandboxAccount> Accounts => _keystone.Accounts;

    /// <summary>The sandbox's clock, for whoever has to agree with it on the time. Timers made with it run with the real clock.</summary>
    public TimeProvider Clock { get; }

    /// <summary>
    /// Whether Mistral runs what is due. While it does not, the next times of schedules slip into the past; afterwards each runs once, late, as after an outage.
    /// </summary>
    public bool RunsTriggers
    {
        get => Locked(() => _mistral.Triggers.Run);
        set => Locked(() =>
        {
            _mistral.Triggers.Run = value;
            return true;
        });
    }

    /// <summary>Makes a handler that brings requests to the sandbox. Disposing it leaves the sandbox as it is.</summary>
    /// <returns>A new handler; any number of them reach the same sandbox.</returns>
    public HttpMessageHandler CreateHandler() => new SandboxHandler(this);

    /// <summary>Moves the sandbox's clock, and lets everything that becomes due happen, in order.</summary>
    /// <param name="by">By how much; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public void Step(TimeSpan by)
    {
        if (by < TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(by), by, "The clock goes forward only.");
        Locked(() =>
        {
            _agenda.Step(by);
            _agenda.CatchUp();
            return true;
        });
    }

    /// <summary>From now on backups of an instance end in FAILED, though Trove accepts them: the runs are a SUCCESS, the backups are not.</summary>
    /// <param name="instanceId">The instance's id.</param>
    /// <param name="fails">False to end that.</param>
    public void FailBackups(string instanceId, bool fails = true) => Locked(() => fails ? _trove.Backups.Failing.Add(instanceId) : _trove.Backups.Failing.Remove(instanceId));

    /// <summary>Writes executions as if a trigger had run through the last days: the history of a schedule, without waiting for it.</summary>
    /// <param name="trigger">The name of the cron trigger, or Mistral's id of it.</param>
    /// <param name="count">How many to write in all.</param>
    /// <param name="own">How many of them are the trigger's, evenly spread; the rest belong to a hundred triggers that are gone. Null for all.</param>
    /// <param name="days">Over how many days, the last ones.</param>
    /// <param name="errors">How many of a hundred ended in ERROR.</param>
    /// <exception cref="ArgumentException">There is no such trigger.</exception>
    public void SeedExecutions(string trigger, int count, int? own = null, double days = 30, int errors = 10) => Locked(() =>
    {
        _mistral.Seed(trigger, count, own ?? count, TimeSpan.FromDays(days), errors);
        return true;
    });

    /// <summary>Ends the sandbox: through its handlers nobody answers from now on.</summary>
    public void Dispose() => _disposed = true;

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Ask ask = await Ask.ReadAsync(request).ConfigureAwait(false);
        Func<Ask, Answer> service = ask.Uri.Authority switch
        {
            var place when place == _options.KeystoneUrl.Authority => _keystone.Answer,
            var place when place == _options.MistralUrl.Authority => _mistral.Answer,
            var place when place == _options.TroveUrl.Authority => _trove.Answer,
            var place => throw new HttpRequestException($"Name or service not known ({place})"),
        };
        if (_disposed)
            throw new HttpRequestException("The sandbox has ended.");
        return Locked(() =>
        {
            _agenda.CatchUp();
            return _agenda.Still(() =>
            {
                Answer answer;
                try
                {
                    answer = service(ask);
                }
                catch (Refusal refusal)
                {
                    answer = refusal.Answer;
                }
                return answer.ToResponse(request, _agenda.Now);
            });
        });
    }

    private T Locked<T>(Func<T> what)
    {
        if (_disposed)
            throw new ObjectDisposedException(nameof(SandboxCloud));
        lock (_gate)
            return what();
    }

    private sealed class SandboxHandler(SandboxCloud cloud) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            cloud.SendAsync(request, cancellationToken);
    }
}
