using System;
using System.Management.Automation;
using System.Net;
using System.Security;
using TroveSchedules.Binding;
using TroveSchedules.Completion;
using TroveSchedules.OpenStack.Keystone;

namespace TroveSchedules.Commands;

/// <summary>Connects to a cloud, and makes that the process's session.</summary>
[Cmdlet(VerbsCommunications.Connect, "TroveSession", DefaultParameterSetName = FromEnvironment)]
[OutputType(typeof(TroveSession))]
public sealed class ConnectTroveSessionCommand : TroveCmdlet
{
    private const string FromEnvironment = "Environment";
    private const string FromCloud = "Cloud";
    private const string ByPassword = "Password";
    private const string ByApplicationCredential = "ApplicationCredential";
    private const string ByToken = "Token";
    private const string ToSandbox = "Sandbox";

    /// <summary>The name of a cloud in clouds.yaml.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = FromCloud)]
    [ArgumentCompleter(typeof(CloudCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Cloud { get; set; }

    /// <summary>Keystone's address, with or without /v3.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByPassword)]
    [Parameter(Mandatory = true, ParameterSetName = ByApplicationCredential)]
    [Parameter(Mandatory = true, ParameterSetName = ByToken)]
    [ValidateNotEmpty]
    public Uri? AuthUrl { get; set; }

    /// <summary>The user's name and password.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByPassword)]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>The name of the user's domain.</summary>
    [Parameter(ParameterSetName = ByPassword)]
    [ValidateNotNullOrEmpty]
    public string? UserDomainName { get; set; }

    /// <summary>The name of the project to work in.</summary>
    [Parameter(ParameterSetName = FromEnvironment)]
    [Parameter(ParameterSetName = FromCloud)]
    [Parameter(ParameterSetName = ByPassword)]
    [Parameter(ParameterSetName = ByToken)]
    [ValidateNotNullOrEmpty]
    public string? ProjectName { get; set; }

    /// <summary>The id of the project to work in.</summary>
    [Parameter(ParameterSetName = FromEnvironment)]
    [Parameter(ParameterSetName = FromCloud)]
    [Parameter(ParameterSetName = ByPassword)]
    [Parameter(ParameterSetName = ByToken)]
    [ValidateNotNullOrEmpty]
    public string? ProjectId { get; set; }

    /// <summary>The name of the project's domain.</summary>
    [Parameter(ParameterSetName = FromEnvironment)]
    [Parameter(ParameterSetName = FromCloud)]
    [Parameter(ParameterSetName = ByPassword)]
    [Parameter(ParameterSetName = ByToken)]
    [ValidateNotNullOrEmpty]
    public string? ProjectDomainName { get; set; }

    /// <summary>The id of an application credential, which brings its project along.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByApplicationCredential)]
    [ValidateNotNullOrEmpty]
    public string? ApplicationCredentialId { get; set; }

    /// <summary>The application credential's secret.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByApplicationCredential)]
    [ValidateNotEmpty]
    public SecureString? ApplicationCredentialSecret { get; set; }

    /// <summary>A token of Keystone's.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByToken)]
    [ValidateNotEmpty]
    public SecureString? Token { get; set; }

    /// <summary>Makes a cloud in this process to try things out on: instances m, broken and two called dup, and nobody's databases.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ToSandbox)]
    public SwitchParameter Sandbox { get; set; }

    /// <summary>How many times faster the sandbox's clock runs: with 60 a minute passes in a second, with 0 only Step-TroveSandbox moves it.</summary>
    [Parameter(ParameterSetName = ToSandbox)]
    [ValidateRange(0.0, 3_600.0)]
    public double SandboxSpeed { get; set; } = 1;

    /// <summary>How many more instances the sandbox has: db-00001, db-00002 …</summary>
    [Parameter(ParameterSetName = ToSandbox)]
    [ValidateRange(0, 100_000)]
    public int SandboxInstances { get; set; }

    /// <summary>The region, case-sensitive; the first that the catalog lists when left out.</summary>
    [Parameter(ParameterSetName = FromEnvironment)]
    [Parameter(ParameterSetName = FromCloud)]
    [Parameter(ParameterSetName = ByPassword)]
    [Parameter(ParameterSetName = ByApplicationCredential)]
    [Parameter(ParameterSetName = ByToken)]
    [ValidateNotNullOrEmpty]
    public string? Region { get; set; }

    /// <summary>Which of the catalog's endpoints to use.</summary>
    [Parameter(ParameterSetName = FromEnvironment)]
    [Parameter(ParameterSetName = FromCloud)]
    [Parameter(ParameterSetName = ByPassword)]
    [Parameter(ParameterSetName = ByApplicationCredential)]
    [Parameter(ParameterSetName = ByToken)]
    [ValidateSet("Public", "Internal", "Admin")]
    public string? Interface { get; set; }

    /// <summary>Mistral's address, in place of the catalog's.</summary>
    [Parameter(ParameterSetName = FromEnvironment)]
    [Parameter(ParameterSetName = FromCloud)]
    [Parameter(ParameterSetName = ByPassword)]
    [Parameter(ParameterSetName = ByApplicationCredential)]
    [Parameter(ParameterSetName = ByToken)]
    [ValidateNotEmpty]
    public Uri? WorkflowEndpoint { get; set; }

    /// <summary>Trove's address, in place of the catalog's.</summary>
    [Parameter(ParameterSetName = FromEnvironment)]
    [Parameter(ParameterSetName = FromCloud)]
    [Parameter(ParameterSetName = ByPassword)]
    [Parameter(ParameterSetName = ByApplicationCredential)]
    [Parameter(ParameterSetName = ByToken)]
    [ValidateNotEmpty]
    public Uri? DatabaseEndpoint { get; set; }

    /// <summary>A PEM file with the authorities that may have signed the cloud's certificates.</summary>
    [Parameter(ParameterSetName = FromEnvironment)]
    [Parameter(ParameterSetName = FromCloud)]
    [Parameter(ParameterSetName = ByPassword)]
    [Parameter(ParameterSetName = ByApplicationCredential)]
    [Parameter(ParameterSetName = ByToken)]
    [ValidateNotNullOrEmpty]
    public string? CACertificate { get; set; }

    /// <summary>A PEM or PFX file with the certificate to show to the cloud.</summary>
    [Parameter(ParameterSetName = FromEnvironment)]
    [Parameter(ParameterSetName = FromCloud)]
    [Parameter(ParameterSetName = ByPassword)]
    [Parameter(ParameterSetName = ByApplicationCredential)]
    [Parameter(ParameterSetName = ByToken)]
    [ValidateNotNullOrEmpty]
    public string? ClientCertificate { get; set; }

    /// <summary>The PEM file of the client certificate's key, where it is not in the same file.</summary>
    [Parameter(ParameterSetName = FromEnvironment)]
    [Parameter(ParameterSetName = FromCloud)]
    [Parameter(ParameterSetName = ByPassword)]
    [Parameter(ParameterSetName = ByApplicationCredential)]
    [Parameter(ParameterSetName = ByToken)]
    [ValidateNotNullOrEmpty]
    public string? ClientKey { get; set; }

    /// <summary>Takes any certificate for good. Whoever sits between can then read the password.</summary>
    [Parameter(ParameterSetName = FromEnvironment)]
    [Parameter(ParameterSetName = FromCloud)]
    [Parameter(ParameterSetName = ByPassword)]
    [Parameter(ParameterSetName = ByApplicationCredential)]
    [Parameter(ParameterSetName = ByToken)]
    [SwitchCell]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>How many seconds one operation of a service may take in all, its repeats included.</summary>
    [Parameter]
    [ValidateRange(1, 86_400)]
    public int TimeoutSec { get; set; } = 100;

    /// <summary>Maximum number of retries after a transient failure. 0 disables retries.</summary>
    [Parameter]
    [ValidateRange(0, 20)]
    public int MaxRetry { get; set; } = CloudSettings.DefaultMaxRetries;

    /// <summary>Connects.</summary>
    protected override void ProcessRecord() => Try(() =>
    {
        TroveSession session = Await(Sandbox
            ? Sandboxes.ConnectAsync(SandboxSpeed, SandboxInstances, Limited, Cancelled)
            : SharedSession.ConnectAsync(Limited(ReadSettings()), WarnAsync, Cancelled));
        SharedSession.Set(session);
        WriteObject(session);
    });

    private CloudSettings Limited(CloudSettings settings) => settings with
    {
        TimeLimit = TimeSpan.FromSeconds(TimeoutSec),
        MaxRetries = MyInvocation.BoundParameters.ContainsKey(nameof(MaxRetry)) ? MaxRetry : null,
    };

    private CloudSettings ReadSettings()
    {
        var said = new CloudOverrides
        {
            AuthUrl = AuthUrl?.OriginalString,
            UserName = Credential?.UserName,
            Password = Credential?.GetNetworkCredential().Password,
            UserDomainName = UserDomainName,
            ApplicationCredentialId = ApplicationCredentialId,
            ApplicationCredentialSecret = Plain(ApplicationCredentialSecret),
            Token = Plain(Token),
            ProjectName = ProjectName,
            ProjectId = ProjectId,
            ProjectDomainName = ProjectDomainName,
            Region = Region,
            Interface = Interface is null ? null : (EndpointInterface)Enum.Parse(typeof(EndpointInterface), Interface, ignoreCase: true),
            WorkflowEndpoint = WorkflowEndpoint?.OriginalString,
            DatabaseEndpoint = DatabaseEndpoint?.OriginalString,
            CaCertificatePath = FilePath(nameof(CACertificate), CACertificate),
            ClientCertificatePath = FilePath(nameof(ClientCertificate), ClientCertificate),
            ClientKeyPath = FilePath(nameof(ClientKey), ClientKey),
            SkipCertificateCheck = MyInvocation.BoundParameters.ContainsKey(nameof(SkipCertificateCheck)) ? SkipCertificateCheck.ToBool() : null,
        };
        ConfigurationSources sources = SharedSession.Sources(SessionState);
        return ParameterSetName switch
        {
            FromCloud => CloudConfiguration.FromCloud(Cloud!, said, sources),
            FromEnvironment => CloudConfiguration.FromEnvironment(said, sources),
            _ => CloudConfiguration.FromArguments(said, sources),
        };
    }

    // An error would repeat PEM text that is given as a path. A path of another provider would be read as a file of that name.
    private string? FilePath(string parameter, string? path)
    {
        if (path is null || path.Contains("-----BEGIN"))
            return path;
        string full = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        return provider.Name == "FileSystem" ? full : throw new TroveScheduleException(TroveErrorKind.Invalid, $"-{parameter} is a path of the PowerShell provider '{provider.Name}', not of a file.")
        {
            ErrorId = "InvalidConfiguration",
            RecommendedAction = "Give the path of a file, or PEM text.",
        };
    }

    private static string? Plain(SecureString? secret) => secret is null ? null : new NetworkCredential("", secret).Password;
}
