using System;
using System.Collections.Generic;

namespace TroveSchedules;

/// <summary>What a cloud has of the Trove workbook, and what can be done with it.</summary>
public sealed class InstalledWorkbook
{
    /// <summary>The workbook's name, <c>trove</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The workflow that schedules run, <c>trove.backup_create</c>.</summary>
    public required string Workflow { get; init; }

    /// <summary>Whether the workflow is there for this session, its own or a public one.</summary>
    public bool IsInstalled { get; init; }

    /// <summary>Whether it is, to the letter, the workbook that comes with this module; false too when the workflow stands there without its workbook.</summary>
    public bool IsCurrent { get; init; }

    /// <summary>Whether the cloud's Mistral has the action <c>trove.backups_create</c> (from mistral-extra), without which every run fails.</summary>
    public bool HasTroveActions { get; init; }

    /// <summary>The workflow's inputs, in its order; empty when it is not installed.</summary>
    public IReadOnlyList<string> Inputs { get; init => field = new Listed<string>(value); } = new Listed<string>([]);

    /// <summary>Whether schedules may name a parent backup (<c>parent_id</c>, as in the spec).</summary>
    public bool AcceptsParentId { get; init; }

    /// <summary>Whether schedules may be incremental (<c>incremental</c>, as python-troveclient sends it).</summary>
    public bool AcceptsIncremental { get; init; }

    /// <summary>Whether executions tell the id of the backup that Trove made.</summary>
    public bool ReportsBackupId { get; init; }

    /// <summary>Who sees it: <c>private</c> to the project or <c>public</c>; null when it is not installed.</summary>
    public string? Scope { get; init; }

    /// <summary>The project that owns it; null when it is not installed.</summary>
    public string? ProjectId { get; init; }

    /// <summary>When it was first loaded, in UTC; null when it is not installed.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it was last updated, in UTC; null when it never was.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
}
