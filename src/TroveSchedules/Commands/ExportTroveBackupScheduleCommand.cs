using System;
using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using TroveSchedules.Binding;
using TroveSchedules.Completion;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Writes schedules to the file of a plan.</summary>
[Cmdlet(VerbsData.Export, "TroveBackupSchedule", SupportsShouldProcess = true)]
[OutputType(typeof(void), typeof(FileInfo))]
public sealed class ExportTroveBackupScheduleCommand : SessionCmdlet
{
    private readonly List<BackupSchedule> _schedules = [];
    private int _requested;

    /// <summary>The file. It is JSON if its extension is .json, otherwise YAML.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("LiteralPath", "PSPath", "FullName")]
    [FileReference]
    public string Path { get; set; } = "";

    /// <summary>The schedules, or their ids. Default: all schedules of the project.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ScheduleIdCompleter))]
    [ScheduleReference]
    public ScheduleReference[]? Id { get; set; }

    /// <summary>The owner of the plan. Default: the one owner that all the schedules have.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Owner { get; set; }

    /// <summary>Keeps a file that exists, and writes an error.</summary>
    [Parameter]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Writes the file.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Collects the schedules.</summary>
    protected override void ProcessRecord() => ForEach(Id ?? [], reference =>
    {
        _requested++;
        string id = reference.IdFor(Cloud);
        _schedules.Add(reference.Schedule ?? Await(Cloud.Schedules.GetAsync(id, false, Cancelled)));
    });

    private protected override void ProcessCollected() => RunOrTerminate(() =>
    {
        var file = new LocalFile(this, Path);
        if (NoClobber && File.Exists(file.Path))
            throw file.NotWritten("it exists, and -NoClobber keeps it.", null);
        if (_schedules.Count < _requested)
        {
            WriteWarning($"A schedule could not be read, so the file '{file.Path}' was not written.");
            return;
        }
        bool isAll = !MyInvocation.ExpectingInput && !MyInvocation.BoundParameters.ContainsKey(nameof(Id));
        if (!isAll && _schedules.Count == 0)
        {
            // An empty plan removes all schedules of its owner, and the pipeline may be empty by mistake.
            WriteWarning($"There was no schedule to write, so the file '{file.Path}' was not written.");
            return;
        }
        IReadOnlyCollection<BackupSchedule> schedules = isAll ? Await(Cloud.Schedules.ListAsync(cancellationToken: Cancelled)) : _schedules;
        SchedulePlan plan = Await(Cloud.ScheduleSync.ExportAsync(schedules, Owner, Warn, Cancelled));
        if (!ShouldProcess($"file '{file.Path}'", $"Write {plan.Schedules.Count} schedules"))
            return;
        bool isJson = string.Equals(System.IO.Path.GetExtension(file.Path), ".json", StringComparison.OrdinalIgnoreCase);
        file.Write(isJson ? plan.ToJson() : plan.ToYaml());
        if (PassThru)
            WriteObject(file.Item);
    });
}
