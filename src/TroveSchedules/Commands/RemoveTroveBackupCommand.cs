using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using TroveSchedules.Binding;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Deletes backups together with their increments.</summary>
[Cmdlet(VerbsCommon.Remove, "TroveBackup", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void), typeof(Backup))]
public sealed class RemoveTroveBackupCommand : BulkCmdlet
{
    private readonly List<string> _requested = [];

    /// <summary>The backups, their ids, or decisions of Get-TroveBackupRetention.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [RemovableBackup]
    public BackupReference[] Id { get; set; } = [];

    /// <summary>Also deletes the last completed backup of an instance, and increments that were not given.</summary>
    [Parameter]
    [SwitchCell]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes each deleted backup, as it was before.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Collects them. Whether a backup may go depends on what else is deleted, so that the deletion begins after the last.</summary>
    protected override void ProcessRecord() => ForEach(Id, reference =>
    {
        string id = reference.IdFor(Cloud);
        if (reference.IsKept)
            WriteDetail($"The backup '{id}' is kept, because the decision says so.");
        else
            _requested.Add(id);
    });

    private protected override void ProcessCollected()
    {
        if (_requested.Count == 0)
            return;
        IReadOnlyList<BackupRemoval> removals = [];
        Try(() => removals = Await(Cloud.Backups.PrepareRemovalAsync(_requested, Force, Cancelled)));
        CountChanges();
        ChangeEach(removals, CheckAsync, removal => ShouldProcess(InWords(removal), "Delete"), DeleteAsync, removals.Count);
    }

    private static Task<BackupRemoval> CheckAsync(BackupRemoval removal) => removal.Error is null ? Task.FromResult(removal) : Task.FromException<BackupRemoval>(removal.Error);

    private async Task<object?> DeleteAsync(BackupRemoval removal)
    {
        await Cloud.Backups.DeleteAsync(removal.Backup!, Cancelled).ConfigureAwait(false);
        return PassThru ? removal.Increments.Reverse().Append(removal.Backup!).ToArray() : null;
    }

    private static string InWords(BackupRemoval removal)
    {
        Backup backup = removal.Backup!;
        string which = backup.Name is null ? backup.Id : $"'{backup.Name}' ({backup.Id})";
        string when = backup.CreatedAt is { } time ? FormattableString.Invariant($" of {time:u}") : "";
        string size = backup.Size is { } gib ? FormattableString.Invariant($", {gib} GiB") : "";
        string status = backup.Status == "COMPLETED" ? "" : $", {backup.Status}";
        string increments = removal.Increments.Count switch
        {
            0 => "",
            1 => ", and its increment",
            int count => FormattableString.Invariant($", and its {count} increments"),
        };
        return $"backup {which}{when}{(backup.InstanceId is null ? "" : $" of instance {backup.InstanceId}")}{size}{status}{increments}";
    }
}
