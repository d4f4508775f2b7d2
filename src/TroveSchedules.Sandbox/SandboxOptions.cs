using System;

namespace TroveSchedules.Sandbox;

/// <summary>Settings of a <see cref="SandboxCloud"/>. Every value has a default.</summary>
public sealed class SandboxOptions
{
    /// <summary>The clock that drives the clock of the sandbox. Both start at the same time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Speed of the sandbox's clock. With 60, a minute takes a second. With 0, only <see cref="SandboxCloud.Step"/> advances it.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>
    /// Number of instances with names like <c>db-00001</c>. The project demo has them in addition to <c>m</c>, <c>broken</c> and two named <c>dup</c>; each of the further projects has as many.
    /// </summary>
    public int Instances { get; init; }

    /// <summary>Number of further projects with names like <c>project-001</c>, up to 4095. Each has a user of the same name with the role member.</summary>
    public int Projects { get; init; }

    /// <summary>The seed of all ids. The same seed and the same requests give the same ids. Null for a random seed.</summary>
    public int? Seed { get; init; }

    /// <summary>Lifetime of a token.</summary>
    public TimeSpan TokenLife { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Duration of a backup.</summary>
    public TimeSpan BackupDuration { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The quota of backups of each project. The default is that of Trove; -1 means no limit.</summary>
    public int MaxBackups { get; init; } = 50;

    /// <summary>The address of Keystone, without <c>/v3</c>. Nothing listens there. Requests must use <see cref="SandboxCloud.CreateHandler"/>.</summary>
    public Uri KeystoneUrl { get; init; } = new("http://sandbox.invalid:5000");

    /// <summary>The address of Mistral, without <c>/v2</c>.</summary>
    public Uri MistralUrl { get; init; } = new("http://sandbox.invalid:8989");

    /// <summary>The address of Trove, without <c>/v1.0</c>.</summary>
    public Uri TroveUrl { get; init; } = new("http://sandbox.invalid:8779");
}
