using System.Collections.Generic;
using System.Linq;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Recommended actions for users of the module: the library's advice, with cmdlets and parameters in place of the library's terms.</summary>
internal static class ErrorAdvice
{
    /// <summary>The recommended action; null for none.</summary>
    /// <param name="error">The error.</param>
    /// <param name="parameters">The names of the parameters of the cmdlet that writes it.</param>
    public static string? For(TroveScheduleException error, ICollection<string> parameters) => error switch
    {
        { MayHaveHappened: true, Target: BackupSchedule schedule } when parameters.Contains("Wait") => $"{error.RecommendedAction} Get-TroveScheduleExecution -Schedule {schedule.Id} shows it.",
        { MayHaveHappened: true } when CommandThatShows(error.Target) is { } command => $"{error.RecommendedAction} {command} shows it.",
        { ErrorId: "NotConnected", Settings.Count: > 0 } => $"{error.RecommendedAction} Use Connect-TroveSession -Cloud NAME, or its other parameters.",
        { Settings.Count: > 0 } => $"{error.RecommendedAction} With Connect-TroveSession: {string.Join(", ", error.Settings.Select(ConnectionParameters.Of).OfType<string>())}.",
        _ => error.ErrorId switch
        {
            "Unauthorized" or "NotConnected" => $"{error.RecommendedAction} Use Connect-TroveSession.",
            "ScheduleNotFound" or "InvalidSchedule" => "Get-TroveBackupSchedule lists the ids.",
            "ScheduleChangeInterrupted" when error.Target is BackupSchedule schedule => $"Resume-TroveBackupSchedule -Id {schedule.Id} finishes the change, and so does the next Set- or Suspend-.",
            "ExecutionNotFound" or "InvalidExecution" => "Get-TroveScheduleExecution lists the executions of a schedule.",
            "InstanceNotFound" => "Get-TroveInstance lists the names and ids.",
            "BackupNotFound" => "Get-TroveBackup lists the ids.",
            "InvalidCronPattern" when error.StatusCode is not null => $"{error.RecommendedAction} Try it with Test-TroveCronPattern.",
            "ExecutionNotFinished" => "Wait until it has ended, or delete it all the same with -Force.",
            "BackupHasIncrements" => "Give its increments to the same command, or delete them with it: -Force.",
            "LastBackup" => "Make a newer backup first, or delete it all the same with -Force.",
            "BackupInProgress" => "Get-TroveBackup -Id shows when it has ended. Then delete it.",
            "InvalidRetention" when parameters.Contains("OlderThan") => "Give -KeepLast with a number of 1 or more, -OlderThan, or both.",
            "InvalidRetention" => "Give at least one of -KeepLast, -KeepHourly, -KeepDaily, -KeepWeekly, -KeepMonthly and -KeepYearly, with a number of 1 or more, or -KeepWithin with a length of time.",
            "BackupUnknown" => "Install-TroveWorkbook loads a workbook that returns it. Get-TroveBackup lists the backups of the instance.",
            "WaitTimeout" => "It goes on. Wait-TroveScheduleExecution waits for it again, Get-TroveScheduleExecution -Id shows its state.",
            "ScheduleNotOwned" => parameters.Contains("Adopt") ? $"{error.RecommendedAction} With -Adopt, the plan takes over every such schedule." : error.RecommendedAction,
            "InvalidOwner" => $"{error.RecommendedAction} Use -Owner.",
            "InvalidForWorkbook" when error.Target is BackupSchedule => "Its own runs fail for the same reason. Install-TroveWorkbook loads the workbook that comes with the module; otherwise create the schedule again.",
            "WorkbookNotInstalled" => "Load the workbook with Install-TroveWorkbook.",
            "InvalidForWorkbook" => $"{Unsupported(error.Target)}Install-TroveWorkbook loads one that takes it.",
            "InvalidWorkbook" => "Without -Path, Install-TroveWorkbook loads the one that comes with the module.",
            "OtherCloud" or "OtherProject" when error.Kind == TroveErrorKind.Forbidden => $"{error.RecommendedAction} -Session names a session.{(error.ErrorId == "OtherProject" && parameters.Contains("AllProjects") ? " As an administrator, use -AllProjects." : "")}",
            "InvalidInstance" => $"{error.RecommendedAction} Get-TroveInstance lists the names and ids.",
            "InvalidParent" when error.Target is not null => $"{error.RecommendedAction} Get-TroveBackup lists the ids.",
            "Conflict" when error.RecommendedAction is not null => $"{error.RecommendedAction} Get-TroveBackupSchedule lists them.",
            _ => error.RecommendedAction,
        },
    };

    // The workflow input that a parameter sets.
    private static string Unsupported(object? input) => input switch
    {
        "parent_id" => "Leave -ParentId out. ",
        "incremental" => "Leave -Incremental out. ",
        "description" => "Leave -Description out. ",
        _ => "",
    };

    // The target of a change whose outcome is unknown: the object itself, a new schedule's id, or the workbook's name.
    private static string? CommandThatShows(object? target) => target switch
    {
        BackupSchedule schedule => $"Get-TroveBackupSchedule -Id {schedule.Id}",
        Backup backup => $"Get-TroveBackup -Id {backup.Id}",
        ScheduleExecution execution => $"Get-TroveScheduleExecution -Id {execution.Id}",
        Workbook.Name => "Get-TroveWorkbook",
        string id => $"Get-TroveBackupSchedule -Id {id}",
        _ => null,
    };
}
