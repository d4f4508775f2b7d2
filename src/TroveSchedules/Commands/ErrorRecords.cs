using System.Management.Automation;

namespace TroveSchedules.Commands;

/// <summary>The one mapping from an error's kind to PowerShell's terms.</summary>
internal static class ErrorRecords
{
    /// <summary>The record of an error; it is about what the error names, else about the item at hand.</summary>
    public static ErrorRecord From(TroveScheduleException error, object? item) =>
        new(error, error.ErrorId, CategoryOf(error.Kind), error.Target ?? item)
        {
            // The views show the recommended action on a line of its own.
            ErrorDetails = new ErrorDetails(error.Problem) { RecommendedAction = error.RecommendedAction ?? "" },
        };

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
