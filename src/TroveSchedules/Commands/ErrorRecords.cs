using System;
using System.Linq;
using System.Management.Automation;
using TroveSchedules.Binding;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Maps errors of the library to error records of PowerShell.</summary>
internal static class ErrorRecords
{
    /// <summary>Creates an error record. Its target is that of the error, otherwise the current item. The recommended action combines the error's with the advice.</summary>
    public static ErrorRecord From(TroveScheduleException error, object? item, CommandInfo command, string? advice = null)
    {
        // Many items can fail for lack of a token, so each record contains its item.
        object? target = ((error.Target is Uri ? null : error.Target) ?? item ?? error.Target) switch
        {
            ScheduleReference reference => reference.Schedule ?? (object)reference.Id,
            ExecutionReference reference => reference.Execution ?? (object)reference.Id,
            Reference reference => reference.Id,
            PlannedStep step => step.Step,
            var other => other,
        };
        var record = new ErrorRecord(error, error.ErrorId, CategoryOf(error.Kind), target)
        {
            // The views show the recommended action on a line of its own.
            ErrorDetails = new ErrorDetails(item is PlannedStep { Step: var planned } ? $"{planned} of {planned.InstanceName ?? planned.InstanceId}: {error.Problem}" : error.Problem) { RecommendedAction = string.Join(" ", new[] { ErrorAdvice.For(error, command.Parameters.Keys), advice }.Where(action => action is not null)) },
        };
        record.CategoryInfo.TargetName = TerminalText.SanitizeLine(record.CategoryInfo.TargetName);
        record.CategoryInfo.Reason = error.ErrorId; // The default is the exception's type, which is the same for all errors.
        if (target is TroveSession)
            record.CategoryInfo.TargetType = nameof(TroveSession);
        return record;
    }

    private static ErrorCategory CategoryOf(TroveErrorKind kind) => kind switch
    {
        TroveErrorKind.NotFound => ErrorCategory.ObjectNotFound,
        TroveErrorKind.Conflict => ErrorCategory.ResourceExists,
        TroveErrorKind.Invalid => ErrorCategory.InvalidArgument,
        TroveErrorKind.Unauthorized => ErrorCategory.AuthenticationError,
        TroveErrorKind.Forbidden => ErrorCategory.PermissionDenied,
        TroveErrorKind.QuotaExceeded => ErrorCategory.QuotaExceeded,
        TroveErrorKind.Unavailable => ErrorCategory.ResourceUnavailable,
        TroveErrorKind.Timeout => ErrorCategory.OperationTimeout,
        TroveErrorKind.Failed => ErrorCategory.InvalidResult,
        _ => ErrorCategory.InvalidData,
    };
}
