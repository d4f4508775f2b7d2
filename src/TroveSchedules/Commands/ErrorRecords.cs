using System;
using System.Linq;
using System.Management.Automation;
using TroveSchedules.Binding;

namespace TroveSchedules.Commands;

/// <summary>The one mapping from an error's kind to PowerShell's terms.</summary>
internal static class ErrorRecords
{
    /// <summary>The record of an error; it is about what the error names, else about the item at hand. The advice goes with the error's own.</summary>
    public static ErrorRecord From(TroveScheduleException error, object? item, CommandInfo command, string? advice = null)
    {
        // Of many items that fail for want of a token, each is to be told from the others.
        object? target = ((error.Target is Uri ? null : error.Target) ?? item ?? error.Target) switch
        {
            ScheduleReference reference => reference.Schedule ?? (object)reference.Id,
            ExecutionReference reference => reference.Execution ?? (object)reference.Id,
            Reference reference => reference.Id,
            var other => other,
        };
        var record = new ErrorRecord(error, error.ErrorId, CategoryOf(error.Kind), target)
        {
            // The views show the recommended action on a line of its own.
            ErrorDetails = new ErrorDetails(error.Problem) { RecommendedAction = string.Join(" ", new[] { ErrorAdvice.For(error, command.Parameters.Keys), advice }.Where(action => action is not null)) },
        };
        record.CategoryInfo.TargetName = TerminalText.SanitizeLine(record.CategoryInfo.TargetName);
        record.CategoryInfo.Reason = error.ErrorId; // Else the exception's type, which is the same for all.
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
        _ => ErrorCategory.InvalidData,
    };
}
