using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;
using TroveSchedules.OpenStack.Http;
using TroveSchedules.OpenStack.Keystone;
using TroveSchedules.OpenStack.Mistral;
using TroveSchedules.OpenStack.Trove;

namespace TroveSchedules.OpenStack;

/// <summary>
/// A session with one cloud. All operations of the session share one token, one catalog and one HTTP pipeline. Thread-safe.
/// </summary>
public sealed class CloudSession : TroveSession
{
    private readonly List<HttpMessageHandler> _primaries = [];
    private readonly TokenSource _tokens;
    private readonly CancellationTokenSource _end = new();
    private string _origin = "";
    // These hold the password or the token. They are null after the session has ended.
    private ServiceProvider? _services;
    private Task<AuthToken>? _login;
    private CloudSettings? _settings;
    private Uri[] _open = [];

    private CloudSession(CloudSettings settings, TimeProvider clock, Func<HttpMessageHandler> primary, CancellationToken cancellationToken)
    {
        _settings = settings;
        Clock = clock;

        var services = new ServiceCollection();
        AddHttpClient("Keystone").ConfigureHttpClient(http => http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json")));
        AddHttpClient("Services", () => new TokenHandler(_tokens!));
        services.RemoveAll<IHttpMessageHandlerBuilderFilter>(); // Removes the factory's own logs and metrics, which are not used.
        _services = services.BuildServiceProvider();

        var policy = new RetryPolicy(clock, settings.TimeLimit, settings.MaxRetries);
        _tokens = new TokenSource(new Identity(Sender("Keystone"), settings, clock).AuthenticateAsync, clock);
        _login = _tokens.GetAsync(cancellationToken).AsTask();
        HttpSender sender = Sender("Services");
        Mistral = new MistralClient(new ServiceClient(sender, "Mistral", MistralAt)); // A lambda would capture the constructor's parameters and keep them alive.
        Trove = new ServiceClient(sender, "Trove", TroveAt);
        Schedules = new BackupSchedules(this);
        ScheduleChanges = new ScheduleChanges(this);
        ScheduleSync = new ScheduleSync(this);
        Executions = new ScheduleExecutions(this);
        Workbook = new Workbook(this);
        Instances = new Instances(this);
        Backups = new Backups(this);

        HttpSender Sender(string name) => new(_services.GetRequiredService<IHttpClientFactory>().CreateClient(name), clock, policy);

        IHttpClientBuilder AddHttpClient(string name, Func<DelegatingHandler>? first = null)
        {
            IHttpClientBuilder builder = services.AddHttpClient(name, http => http.Timeout = Timeout.InfiniteTimeSpan) // The time limit of RetryPolicy covers bodies and retries as well.
                .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
                .ConfigurePrimaryHttpMessageHandler(() =>
                {
                    HttpMessageHandler made = primary();
                    _primaries.Add(made);
                    return made;
                });
            if (first is not null)
                builder.AddHttpMessageHandler(first);
            return builder.AddHttpMessageHandler(() => new RequestLogHandler(clock)); // Last, so that it sees each attempt.
        }
    }

    /// <inheritdoc/>
    public override string? UserName => Token.UserName;

    /// <inheritdoc/>
    public override string? ProjectName => Token.ProjectName;

    /// <inheritdoc/>
    public override string ProjectId => Token.ProjectId;

    /// <inheritdoc/>
    public override Uri WorkflowEndpoint => Token.Catalog.Mistral(_settings ?? throw Ended(null));

    /// <inheritdoc/>
    public override Uri DatabaseEndpoint => Token.Catalog.Trove(_settings ?? throw Ended(null));

    /// <inheritdoc/>
    public override DateTimeOffset TokenExpiresAt => Token.ExpiresAt;

    /// <inheritdoc/>
    public override DateTimeOffset CloudTime
    {
        get
        {
            _ = Token; // Throws if the session has ended.
            return _tokens.CloudTime;
        }
    }

    // CloudSessionOperations makes these public.
    internal BackupSchedules Schedules { get; }
    internal ScheduleChanges ScheduleChanges { get; }
    internal ScheduleSync ScheduleSync { get; }
    internal ScheduleExecutions Executions { get; }
    internal Workbook Workbook { get; }
    internal Instances Instances { get; }
    internal Backups Backups { get; }
    internal TimeProvider Clock { get; }
    internal CancellationToken Closed => _end.Token;
    internal MistralClient Mistral { get; }
    internal ServiceClient Trove { get; }

    /// <summary>Creates a cache of instances and backups for one bulk operation. It requests each of them at most once.</summary>
    /// <param name="allProjects">Whether a lookup by id includes other projects' instances and backups. Only for administrators.</param>
    /// <returns>The lookup. It has not sent a request yet.</returns>
    public ResourceLookup CreateLookup(bool allProjects = false) => new(this, allProjects);

    /// <summary>The inputs of the installed workflow. They are cached until the workbook changes.</summary>
    internal RequestCoalescer<WorkflowInputs> Inputs { get; } = new(keepsResult: true);

    /// <inheritdoc/>
    public override string Origin => _origin;

    internal AuthToken Token => _tokens.Last ?? throw Ended(null);

    /// <summary>Logs in and reads the services' endpoints from the catalog.</summary>
    /// <param name="settings">The cloud and the credentials.</param>
    /// <param name="cancellationToken">Cancels the login.</param>
    /// <returns>A session that is ready for use; dispose it to end it.</returns>
    /// <exception cref="TroveScheduleException">
    /// Unauthorized for wrong credentials and for a token without a project (<c>UnscopedToken</c>); NotFound (<c>NoEndpoint</c>) for a cloud without Mistral;
    /// Unavailable for a Keystone that cannot be reached or whose certificate is not trusted (<c>UntrustedCertificate</c>).
    /// </exception>
    public static Task<CloudSession> ConnectAsync(CloudSettings settings, CancellationToken cancellationToken = default) =>
        ConnectAsync(settings, TimeProvider.System, () => PrimaryHandler.Create(settings), cancellationToken);

    /// <summary>Logs in through the caller's own HTTP handlers: to a cloud inside this process, or through a proxy.</summary>
    /// <param name="settings">The cloud and the credentials.</param>
    /// <param name="clock">The clock for token lifetimes and delays.</param>
    /// <param name="transport">Creates the handler that sends the requests. It is called a few times, and the session disposes each handler. The handler must not follow redirects.</param>
    /// <param name="cancellationToken">Cancels the login.</param>
    /// <returns>A session that is ready for use; dispose it to end it.</returns>
    /// <exception cref="TroveScheduleException">As for <see cref="ConnectAsync(CloudSettings, CancellationToken)"/>.</exception>
    public static async Task<CloudSession> ConnectAsync(
        CloudSettings settings, TimeProvider clock, Func<HttpMessageHandler> transport, CancellationToken cancellationToken = default)
    {
        var session = new CloudSession(settings, clock, transport, cancellationToken)
        {
            Cloud = settings.CloudName,
            AuthUrl = settings.AuthUrl,
            Region = settings.Region,
        };
        try
        {
            await session._login!.ConfigureAwait(false);
            session._login = null;
            session._origin = OriginOf(session.Token.Catalog, settings);
            session._open = [.. session.Endpoints().Where(CloudUrl.IsOpen)];
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static string OriginOf(ServiceCatalog catalog, CloudSettings settings)
    {
        string? region = catalog.RegionOf(settings);
        return CloudUrl.Origin(catalog.Keystone(region) ?? settings.AuthUrl.OriginalString, region);
    }

    /// <summary>The service URLs, at the time of the login, that use plain http to another machine. On the way there, others can read the token.</summary>
    /// <returns>The URL of Mistral, of Trove, both or neither.</returns>
    public IReadOnlyList<Uri> OpenEndpoints() => _open;

    /// <summary>The error for the use of a session that has ended.</summary>
    internal static TroveScheduleException Ended(Exception? cause) => new(TroveErrorKind.Invalid, "The session has been disconnected.", cause)
    {
        ErrorId = "NotConnected",
        RecommendedAction = "Connect again.",
    };

    /// <summary>Whether to return a row. An administrator's token reads the rows of every project, and listings contain public rows of other projects.</summary>
    internal bool IsVisibleProject(string? projectId, bool allProjects) => allProjects || projectId is null || projectId == ProjectId;

    /// <summary>Throws if an object was read from another cloud or belongs to another project. Sends no request.</summary>
    /// <param name="origin">The cloud that it was read from; null if unknown.</param>
    /// <param name="projectId">The project that it belongs to; null if unknown.</param>
    /// <param name="allProjects">Whether to allow other projects. Only for administrators.</param>
    /// <param name="what">The object, as the beginning of a sentence: "The schedule '1'".</param>
    /// <param name="target">What the error is about.</param>
    /// <exception cref="TroveScheduleException">Forbidden: <c>OtherCloud</c> or <c>OtherProject</c>.</exception>
    public void CheckOrigin(string? origin, string? projectId, bool allProjects, string what, object target)
    {
        if (origin is not null && origin != Origin)
        {
            throw new TroveScheduleException(TroveErrorKind.Forbidden,
                $"{what} was read from the cloud {ServiceError.Printable(origin, 1000)}{(projectId is null ? "" : $" (project {ServiceError.Printable(projectId, 255)})")}, not from this session's, {Origin} (project {ProjectName}, {ProjectId}).")
            {
                ErrorId = "OtherCloud",
                Target = target,
                RecommendedAction = "Use the session that it was read through, or read it again through this one.",
            };
        }
        if (IsVisibleProject(projectId, allProjects))
            return;
        throw new TroveScheduleException(TroveErrorKind.Forbidden, $"{what} belongs to the project {ServiceError.Printable(projectId!, 255)}, not to this session's, {ProjectName} ({ProjectId}).")
        {
            ErrorId = "OtherProject",
            Target = target,
            RecommendedAction = "Use a session of that project.",
        };
    }

    // A cloud without Trove is an error only when an operation needs Trove.
    private IEnumerable<Uri> Endpoints()
    {
        yield return WorkflowEndpoint;
        Uri trove;
        try
        {
            trove = DatabaseEndpoint;
        }
        catch (TroveScheduleException)
        {
            yield break;
        }
        yield return trove;
    }

    private Uri MistralAt() => NoWeaker(WorkflowEndpoint);

    private Uri TroveAt() => NoWeaker(DatabaseEndpoint);

    // Each new token has a new catalog. The user is warned of plain http when the session is created, so a later catalog must not introduce it.
    private Uri NoWeaker(Uri endpoint) => !CloudUrl.IsOpen(endpoint) || _open.Any(known => known.Authority == endpoint.Authority)
        ? endpoint
        : throw new TroveScheduleException(TroveErrorKind.Invalid, $"The catalog now names {CloudUrl.Shown(endpoint)}, by plain http. It did not when the session was made, so no token is sent there.")
        {
            ErrorId = "InvalidConfiguration",
            RecommendedAction = "Connect again if that address is right.",
        };

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _tokens.Dispose(); // First, so that callers that wait for a login get the error of an ended session, not a connection error.
        _services?.Dispose();
        _primaries.ForEach(primary => primary.Dispose()); // The factory would keep its handlers and their connections open.
        (_services, _login, _settings) = (null, null, null);
        _end.Cancel();
    }
}

/// <summary>The operations of a session. They are extension members, because PowerShell would display properties of the session and write them to JSON.</summary>
public static class CloudSessionOperations
{
    /// <param name="session">The session to work through.</param>
    extension(CloudSession session)
    {
        /// <summary>The operations on schedules.</summary>
        public BackupSchedules Schedules => session.Schedules;

        /// <summary>Changes, suspensions and resumptions of schedules.</summary>
        public ScheduleChanges ScheduleChanges => session.ScheduleChanges;

        /// <summary>Schedules as a plan says.</summary>
        public ScheduleSync ScheduleSync => session.ScheduleSync;

        /// <summary>The operations on executions.</summary>
        public ScheduleExecutions Executions => session.Executions;

        /// <summary>The operations on the workbook that schedules run.</summary>
        public Workbook Workbook => session.Workbook;

        /// <summary>The database instances.</summary>
        public Instances Instances => session.Instances;

        /// <summary>The backups.</summary>
        public Backups Backups => session.Backups;

        /// <summary>Cancelled when the session has ended.</summary>
        public CancellationToken Closed => session.Closed;
    }
}
