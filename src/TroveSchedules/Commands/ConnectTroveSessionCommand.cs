using System;
using System.Linq;
using System.Management.Automation;
using System.Net;
using System.Reflection;
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

    /// <summary>The names of clouds in clouds.yaml. The last that connects becomes the process's session.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = FromCloud)]
    [ArgumentCompleter(typeof(CloudCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Cloud { get; set; } = [];

    /// <summary>Keystone's address, with or without /v3.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByPassword), Parameter(Mandatory = true, ParameterSetName = ByApplicationCredential), Parameter(Mandatory = true, ParameterSetName = ByToken)]
    [ValidateNotEmpty]
    [ConnectionSetting(nameof(CloudOverrides.AuthUrl))]
    public Uri? AuthUrl { get; set; }

    /// <summary>The user's name and password.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByPassword)]
    [Credential]
    [ConnectionSetting(nameof(CloudOverrides.UserName), nameof(CloudOverrides.Password))]
    public PSCredential? Credential { get; set; }

    /// <summary>The name of the user's domain.</summary>
    [Parameter(ParameterSetName = ByPassword)]
    [ValidateNotNullOrEmpty]
    [ConnectionSetting(nameof(CloudOverrides.UserDomainName))]
    public string? UserDomainName { get; set; }

    /// <summary>The name of the project to work in.</summary>
    [Parameter(ParameterSetName = FromEnvironment), Parameter(ParameterSetName = FromCloud)]
    [Parameter(ParameterSetName = ByPassword), Parameter(ParameterSetName = ByToken)]
    [ValidateNotNullOrEmpty]
    [ConnectionSetting(nameof(CloudOverrides.ProjectName))]
    public string? ProjectName { get; set; }

    /// <summary>The id of the project to work in.</summary>
    [Parameter(ParameterSetName = FromEnvironment), Parameter(ParameterSetName = FromCloud)]
    [Parameter(ParameterSetName = ByPassword), Parameter(ParameterSetName = ByToken)]
    [ValidateNotNullOrEmpty]
    [ConnectionSetting(nameof(CloudOverrides.ProjectId))]
    public string? ProjectId { get; set; }

    /// <summary>The name of the project's domain.</summary>
    [Parameter(ParameterSetName = FromEnvironment), Parameter(ParameterSetName = FromCloud)]
    [Parameter(ParameterSetName = ByPassword), Parameter(ParameterSetName = ByToken)]
    [ValidateNotNullOrEmpty]
    [ConnectionSetting(nameof(CloudOverrides.ProjectDomainName))]
    public string? ProjectDomainName { get; set; }

    /// <summary>The id of an application credential, which brings its project along.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByApplicationCredential)]
    [ValidateNotNullOrEmpty]
    [ConnectionSetting(nameof(CloudOverrides.ApplicationCredentialId))]
    public string? ApplicationCredentialId { get; set; }

    /// <summary>The application credential's secret.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByApplicationCredential)]
    [ValidateNotEmpty]
    [ConnectionSetting(nameof(CloudOverrides.ApplicationCredentialSecret))]
    public SecureString? ApplicationCredentialSecret { get; set; }

    /// <summary>A token of Keystone's.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByToken)]
    [ValidateNotEmpty]
    [ConnectionSetting(nameof(CloudOverrides.Token))]
    public SecureString? Token { get; set; }

    /// <summary>Creates a cloud in this process for trials. It has the instances m, broken and two called dup, and no real databases.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ToSandbox)]
    public SwitchParameter Sandbox { get; set; }

    /// <summary>How many times faster the sandbox's clock runs: with 60 a minute passes in a second, with 0 only Step-TroveSandbox and a cmdlet that waits move it.</summary>
    [Parameter(ParameterSetName = ToSandbox)]
    [ValidateRange(0.0, 3_600.0)]
    public double SandboxSpeed { get; set; } = 1;

    /// <summary>How many more instances the sandbox has: db-00001, db-00002 …</summary>
    [Parameter(ParameterSetName = ToSandbox)]
    [ValidateRange(0, 100_000)]
    public int SandboxInstances { get; set; }

    /// <summary>The region, case-sensitive; the first that the catalog lists when left out.</summary>
    [Parameter(ParameterSetName = FromEnvironment), Parameter(ParameterSetName = FromCloud)]
    [Parameter(ParameterSetName = ByPassword), Parameter(ParameterSetName = ByApplicationCredential), Parameter(ParameterSetName = ByToken)]
    [ValidateNotNullOrEmpty]
    [ConnectionSetting(nameof(CloudOverrides.Region))]
    public string? Region { get; set; }

    /// <summary>Which of the catalog's endpoints to use.</summary>
    [Parameter(ParameterSetName = FromEnvironment), Parameter(ParameterSetName = FromCloud)]
    [Parameter(ParameterSetName = ByPassword), Parameter(ParameterSetName = ByApplicationCredential), Parameter(ParameterSetName = ByToken)]
    [ValidateSet("Public", "Internal", "Admin")]
    [ConnectionSetting(nameof(CloudOverrides.Interface))]
    public string? Interface { get; set; }

    /// <summary>Mistral's address, in place of the catalog's.</summary>
    [Parameter(ParameterSetName = FromEnvironment), Parameter(ParameterSetName = FromCloud)]
    [Parameter(ParameterSetName = ByPassword), Parameter(ParameterSetName = ByApplicationCredential), Parameter(ParameterSetName = ByToken)]
    [ValidateNotEmpty]
    [ConnectionSetting(nameof(CloudOverrides.WorkflowEndpoint))]
    public Uri? WorkflowEndpoint { get; set; }

    /// <summary>Trove's address, in place of the catalog's.</summary>
    [Parameter(ParameterSetName = FromEnvironment), Parameter(ParameterSetName = FromCloud)]
    [Parameter(ParameterSetName = ByPassword), Parameter(ParameterSetName = ByApplicationCredential), Parameter(ParameterSetName = ByToken)]
    [ValidateNotEmpty]
    [ConnectionSetting(nameof(CloudOverrides.DatabaseEndpoint))]
    public Uri? DatabaseEndpoint { get; set; }

    /// <summary>A PEM file with the authorities that may have signed the cloud's certificates.</summary>
    [Parameter(ParameterSetName = FromEnvironment), Parameter(ParameterSetName = FromCloud)]
    [Parameter(ParameterSetName = ByPassword), Parameter(ParameterSetName = ByApplicationCredential), Parameter(ParameterSetName = ByToken)]
    [ValidateNotNullOrEmpty]
    [ConnectionSetting(nameof(CloudOverrides.CaCertificatePath))]
    public string? CACertificate { get; set; }

    /// <summary>A PEM or PFX file with the certificate to show to the cloud.</summary>
    [Parameter(ParameterSetName = FromEnvironment), Parameter(ParameterSetName = FromCloud)]
    [Parameter(ParameterSetName = ByPassword), Parameter(ParameterSetName = ByApplicationCredential), Parameter(ParameterSetName = ByToken)]
    [ValidateNotNullOrEmpty]
    [ConnectionSetting(nameof(CloudOverrides.ClientCertificatePath))]
    public string? ClientCertificate { get; set; }

    /// <summary>The PEM file of the client certificate's key, where it is not in the same file.</summary>
    [Parameter(ParameterSetName = FromEnvironment), Parameter(ParameterSetName = FromCloud)]
    [Parameter(ParameterSetName = ByPassword), Parameter(ParameterSetName = ByApplicationCredential), Parameter(ParameterSetName = ByToken)]
    [ValidateNotNullOrEmpty]
    [ConnectionSetting(nameof(CloudOverrides.ClientKeyPath))]
    public string? ClientKey { get; set; }

    /// <summary>Takes any certificate for good. Whoever sits between can then read the password.</summary>
    [Parameter(ParameterSetName = FromEnvironment), Parameter(ParameterSetName = FromCloud)]
    [Parameter(ParameterSetName = ByPassword), Parameter(ParameterSetName = ByApplicationCredential), Parameter(ParameterSetName = ByToken)]
    [SwitchCell]
    [ConnectionSetting(nameof(CloudOverrides.SkipCertificateCheck))]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>How many seconds one operation of a service may take in all, its repeats included.</summary>
    [Parameter]
    [ValidateRange(1, 86_400)]
    [ConnectionSetting(nameof(CloudSettings.TimeLimit))]
    public int TimeoutSec { get; set; } = 100;

    /// <summary>Maximum number of retries after a transient failure. 0 disables retries.</summary>
    [Parameter]
    [ValidateRange(0, 20)]
    [ConnectionSetting(nameof(CloudSettings.MaxRetries))]
    public int MaxRetry { get; set; } = CloudSettings.DefaultMaxRetries;

    /// <summary>Connects.</summary>
    protected override void ProcessRecord() => ForEach(ParameterSetName == FromCloud ? Cloud : new string?[] { null }, cloud =>
    {
        TroveSession session = Await(Sandbox
            ? Sandboxes.ConnectAsync(SandboxSpeed, SandboxInstances, Limited, Cancelled)
            : SharedSession.ConnectAsync(Limited(ReadSettings(cloud)), WarnAsync, Cancelled));
        SharedSession.Set(session);
        WriteObject(session);
    });

    /// <summary>A cloud that refuses the credentials is one error among several.</summary>
    internal override bool EndsPipeline(TroveScheduleException error) => Cloud.Length <= 1 && base.EndsPipeline(error);

    private CloudSettings Limited(CloudSettings settings) => settings with
    {
        TimeLimit = TimeSpan.FromSeconds(TimeoutSec),
        MaxRetries = MyInvocation.BoundParameters.ContainsKey(nameof(MaxRetry)) ? MaxRetry : null,
    };

    private CloudSettings ReadSettings(string? cloud)
    {
        var overrides = new CloudOverrides { NameOf = ConnectionParameters.NameOf };
        foreach ((PropertyInfo parameter, string member) in ConnectionParameters.All.Where(each => MyInvocation.BoundParameters.ContainsKey(each.Parameter.Name)))
            typeof(CloudOverrides).GetProperty(member)?.SetValue(overrides, Overriding(member, parameter.Name, parameter.GetValue(this)));
        ConfigurationSources sources = SharedSession.Sources(SessionState);
        return ParameterSetName switch
        {
            FromCloud => CloudConfiguration.FromCloud(cloud!, overrides, sources),
            FromEnvironment => CloudConfiguration.FromEnvironment(overrides, sources),
            _ => CloudConfiguration.FromArguments(overrides, sources),
        };
    }

    // The value of a parameter in the type of the member that it gives.
    private object? Overriding(string member, string parameter, object? value) => (member, value) switch
    {
        (nameof(CloudOverrides.UserName), PSCredential credential) => credential.UserName,
        (nameof(CloudOverrides.Password), PSCredential credential) => credential.GetNetworkCredential().Password,
        (nameof(CloudOverrides.Interface), string name) => Enum.Parse(typeof(EndpointInterface), name, ignoreCase: true),
        (nameof(CloudOverrides.CaCertificatePath) or nameof(CloudOverrides.ClientCertificatePath) or nameof(CloudOverrides.ClientKeyPath), string path) => FilePath(parameter, path),
        (_, Uri url) => url.OriginalString,
        (_, SecureString secret) => new NetworkCredential("", secret).Password,
        (_, SwitchParameter isSet) => isSet.ToBool(),
        _ => value,
    };

    // An error would repeat PEM text that is given as a path. A path of another provider would be read as a file of that name.
    private string FilePath(string parameter, string path)
    {
        if (path.Contains("-----BEGIN"))
            return path;
        string full = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        return provider.Name == "FileSystem" ? full : throw new TroveScheduleException(TroveErrorKind.Invalid, $"-{parameter} is a path of the PowerShell provider '{provider.Name}', not of a file.")
        {
            ErrorId = "InvalidConfiguration",
            RecommendedAction = "Give the path of a file, or PEM text.",
        };
    }
}
