using System;

namespace TroveSchedules.Sandbox;

/// <summary>Settings of a <see cref="SandboxCloud"/>. Every value has a default.</summary>
public sealed class SandboxOptions
{
    /// <summary>The clock that drives the sandbox's clock, which starts at the same time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>How many times faster the sandbox's clock runs. At 60 a minute takes a second; at 0 only <see cref="SandboxCloud.Step"/> moves it.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>How many instances named <c>db-00001</c> and so on the project demo has, besides <c>m</c>, <c>broken</c> and two named <c>dup</c>.</summary>
    public int Instances { get; init; }

    /// <summary>The seed of all ids. The same seed and the same requests give the same ids. Null for a random seed.</summary>
    public int? Seed { get; init; }

    /// <summary>How long a token is valid.</summary>
    public TimeSpan TokenLife { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a backup runs.</summary>
    public TimeSpan BackupDuration { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The quota of backups of each project. The default is Trove's; -1 means no limit.</summary>
    public int MaxBackups { get; init; } = 50;

    /// <summary>Keystone's address, without <c>/v3</c>. Nothing listens there: requests go through <see cref="SandboxCloud.CreateHandler"/>.</summary>
    public Uri KeystoneUrl { get; init; } = new("http://sandbox.invalid:5000");

    /// <summary>Mistral's address, without <c>/v2</c>.</summary>
    public Uri MistralUrl { get; init; } = new("http://sandbox.invalid:8989");

    /// <summary>Trove's address, without <c>/v1.0</c>.</summary>
    public Uri TroveUrl { get; init; } = new("http://sandbox.invalid:8779");
}
