using System;
using System.Collections.Generic;

namespace TroveSchedules;

/// <summary>The Trove workbook as a cloud has it, and what it supports.</summary>
public sealed class InstalledWorkbook
{
    /// <summary>The workbook's name, <c>trove</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The workflow that schedules run, <c>trove.backup_create</c>.</summary>
    public required string Workflow { get; init; }

    /// <summary>Whether the session sees the workflow, its own or a public one.</summary>
    public bool IsInstalled { get; init; }

    /// <summary>Whether it is exactly the workbook of this module. False if the workflow exists without its workbook.</summary>
    public bool IsCurrent { get; init; }

    /// <summary>Whether the cloud's Mistral has the action <c>trove.backups_create</c> (from mistral-extra), without which every execution fails.</summary>
    public bool HasTroveActions { get; init; }

    /// <summary>The workflow's inputs, in its order; empty if it is not installed.</summary>
    public IReadOnlyList<string> Inputs { get; init => field = new TextList<string>(value); } = new TextList<string>([]);

    /// <summary>Whether schedules may name a parent backup (<c>parent_id</c>, as in the spec).</summary>
    public bool AcceptsParentId { get; init; }

    /// <summary>Whether schedules may be incremental (<c>incremental</c>, as python-troveclient sends it).</summary>
    public bool AcceptsIncremental { get; init; }

    /// <summary>Whether the output of executions contains the id of the backup.</summary>
    public bool ReportsBackupId { get; init; }

    /// <summary>The scope: <c>private</c> to the project or <c>public</c>; null if it is not installed.</summary>
    public string? Scope { get; init; }

    /// <summary>The id of the project that owns it; null if it is not installed.</summary>
    public string? ProjectId { get; init; }

    /// <summary>When it was created, in UTC; null if it is not installed.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it was last updated, in UTC; null before the first update.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
}
