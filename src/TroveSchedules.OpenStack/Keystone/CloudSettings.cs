using System;
using System.Collections.Generic;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>Which of a service's endpoints to use. Identity API v3, <c>interface</c> of a catalog's endpoint.</summary>
public enum EndpointInterface
{
    /// <summary>The endpoints for all users.</summary>
    Public,

    /// <summary>The endpoints inside the cloud's network.</summary>
    Internal,

    /// <summary>The endpoints for administrators of the cloud.</summary>
    Admin,
}

/// <summary>The settings of one service, in place of those for all services; null for those that are not set.</summary>
internal sealed record ServiceChoice
{
    public string? Region { get; init; }

    public EndpointInterface? Interface { get; init; }

    /// <summary>The service's type in the catalog.</summary>
    public string? Type { get; init; }

    /// <summary>The service's name in the catalog, to select one of several of the same type.</summary>
    public string? Name { get; init; }
}

/// <summary>How to reach a cloud and log in to it. <see cref="CloudConfiguration"/> creates it from files, variables and the caller's settings.</summary>
public sealed record CloudSettings
{
    /// <summary>Maximum number of retries where <see cref="MaxRetries"/> is null. The waits add up to 15 to 26 s, which is longer than a service takes to restart (Mistral, on two cores: 7 to 12 s).</summary>
    public const int DefaultMaxRetries = 8;

    /// <summary>The cloud's name in <c>clouds.yaml</c>; null when the settings came from elsewhere.</summary>
    public string? CloudName { get; init; }

    /// <summary>Keystone's address, with or without <c>/v3</c> and a final slash; http or https, without user, query or fragment.</summary>
    public required Uri AuthUrl { get; init; }

    /// <summary>Whether others can read the credential and the token on the way to Keystone: the URL uses plain http to another machine.</summary>
    public bool IsAuthUrlOpen => CloudUrl.IsOpen(AuthUrl);

    /// <summary>The credential of the login.</summary>
    public required CloudCredential Credential { get; init; }

    /// <summary>
    /// The project of the token. Null for an application credential, which is bound to its project, and if no project is set: Keystone
    /// then uses the user's default project. It is an error if there is none.
    /// </summary>
    public ProjectScope? Project { get; init; }

    /// <summary>The region whose endpoints are used, case-sensitive; null for the first in the catalog.</summary>
    public string? Region { get; init; }

    /// <summary>Which endpoints are used.</summary>
    public EndpointInterface Interface { get; init; } = EndpointInterface.Public;

    /// <summary>Mistral's address instead of the catalog's, with or without <c>/v2</c>; null to use the catalog.</summary>
    public Uri? WorkflowEndpoint { get; init; }

    /// <summary>Trove's address instead of the catalog's, with or without <c>/v1.0</c> and the project's id; null to use the catalog.</summary>
    public Uri? DatabaseEndpoint { get; init; }

    /// <summary>A PEM file of the authorities to trust <em>instead of</em> the system's; null for the system's. Not read when the check is skipped.</summary>
    public string? CaCertificatePath { get; init; }

    /// <summary>A PEM file (with its chain, and with the key where <see cref="ClientKeyPath"/> is null), or a PFX file by its extension, to show to the servers; null for none.</summary>
    public string? ClientCertificatePath { get; init; }

    /// <summary>The PEM file of the unencrypted key to <see cref="ClientCertificatePath"/>; null when the key stands in that file.</summary>
    public string? ClientKeyPath { get; init; }

    internal ServiceChoice Workflow { get; init; } = new();
    internal ServiceChoice Database { get; init; } = new();

    // The places where the three paths above, or PEM text instead, were set.
    internal PemSource? CaCertificate { get; init; }
    internal PemSource? ClientCertificate { get; init; }
    internal PemSource? ClientKey { get; init; }

    /// <summary>Warnings for the user before the login: settings that are not used, and files that could not be read; without secrets.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>True to accept any certificate of any server. Then an attacker on the network can get the credential.</summary>
    public bool SkipCertificateCheck { get; init; }

    /// <summary>The time limit of one operation, including its retries and the waits between them; more than zero. The slowest page measured on a real cloud took 2 s.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>
    /// Maximum number of retries of an operation after a transient failure. 0 disables retries. Null for <see cref="DefaultMaxRetries"/>, but for 3 where the host
    /// has not yet served a request in this session, or none since an operation failed on it. A request that is not safe to repeat is never retried.
    /// </summary>
    public int? MaxRetries { get; init; }

    /// <summary>A description of the cloud, without secrets.</summary>
    public override string ToString() =>
        $"{(CloudName is null ? "" : $"{CloudName}: ")}{CloudUrl.Shown(AuthUrl)}, {Credential}{(Project is null ? "" : $", {Project}")}";
}
