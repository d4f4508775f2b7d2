using System;

namespace TroveSchedules.Sandbox;

/// <summary>How a <see cref="SandboxCloud"/> is furnished. Every value has a default.</summary>
public sealed class SandboxOptions
{
    /// <summary>The clock that the sandbox's own runs by. Its time at the start is the sandbox's, too.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>How many times faster the sandbox's clock runs: with 60 a minute passes in a second, with 0 it stands still until <see cref="SandboxCloud.Step"/>.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>How many instances the project demo has besides <c>m</c>, <c>broken</c> and the two <c>dup</c>: <c>db-00001</c> and so on.</summary>
    public int Instances { get; init; }

    /// <summary>What the ids of users, projects, triggers, executions and backups are made from, so that a run can be repeated; null for ids that no other sandbox has.</summary>
    public int? Seed { get; init; }

    /// <summary>How long a token lives.</summary>
    public TimeSpan TokenLife { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a backup runs.</summary>
    public TimeSpan BackupDuration { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The quota of backups of each project, which is Trove's default; -1 for none.</summary>
    public int MaxBackups { get; init; } = 50;

    /// <summary>Where Keystone is said to be, without <c>/v3</c>. Nothing listens there: requests go through <see cref="SandboxCloud.CreateHandler"/>.</summary>
    public Uri KeystoneUrl { get; init; } = new("http://sandbox.invalid:5000");

    /// <summary>Where Mistral is said to be, without <c>/v2</c>.</summary>
    public Uri MistralUrl { get; init; } = new("http://sandbox.invalid:8989");

    /// <summary>Where Trove is said to be, without <c>/v1.0</c>.</summary>
    public Uri TroveUrl { get; init; } = new("http://sandbox.invalid:8779");
}
