using System;
using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using System.Text;
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
        string id = reference.IdFor(Cloud);
        _schedules.Add(reference.Schedule ?? Await(Cloud.Schedules.GetAsync(id, false, Cancelled)));
    });

    private protected override void ProcessCollected() => RunOrTerminate(() =>
    {
        string file = GetUnresolvedProviderPathFromPSPath(Path);
        if (NoClobber && File.Exists(file))
            throw NotWritten(file, "it exists, and -NoClobber keeps it.", null);
        bool isAll = !MyInvocation.ExpectingInput && !MyInvocation.BoundParameters.ContainsKey(nameof(Id));
        if (!isAll && _schedules.Count == 0)
        {
            // An empty plan removes all schedules of its owner, and the pipeline may be empty by mistake.
            WriteWarning($"There was no schedule to write, so the file '{file}' was not written.");
            return;
        }
        IReadOnlyCollection<BackupSchedule> schedules = isAll ? Await(Cloud.Schedules.ListAsync(cancellationToken: Cancelled)) : _schedules;
        SchedulePlan plan = Await(Cloud.ScheduleSync.ExportAsync(schedules, Owner, Warn, Cancelled));
        if (!ShouldProcess($"file '{file}'", $"Write {plan.Schedules.Count} schedules"))
            return;
        bool isJson = string.Equals(System.IO.Path.GetExtension(file), ".json", StringComparison.OrdinalIgnoreCase);
        WriteFile(file, isJson ? plan.ToJson() : plan.ToYaml());
        if (PassThru)
            WriteObject(new FileInfo(file));
    });

    // In one step, so that a reader sees the old file or the new one.
    private static void WriteFile(string file, string text)
    {
        string unfinished = $"{file}.{Guid.NewGuid():N}";
        try
        {
            File.WriteAllText(unfinished, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            if (File.Exists(file))
                File.Replace(unfinished, file, null);
            else
                File.Move(unfinished, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(file, Directory.Exists(file) ? "it is a folder." : e.Message, e);
        }
        finally
        {
            try
            {
                File.Delete(unfinished);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The error that led here is more important.
            }
        }
    }

    private static TroveScheduleException NotWritten(string file, string reason, Exception? cause) =>
        new(TroveErrorKind.Invalid, $"The file '{file}' was not written: {reason}", cause) { ErrorId = "FileNotWritten", Target = file, RecommendedAction = "Name another file." };
}
