using System;
using System.Collections.Generic;

namespace TroveSchedules;

/// <summary>The kind of an error. The table in the README gives the cause of each kind and what to do.</summary>
public enum TroveErrorKind
{
    /// <summary>The object does not exist, or belongs to a project that the session does not see.</summary>
    NotFound,

    /// <summary>The name or id is already in use, or the state of the object forbids the request.</summary>
    Conflict,

    /// <summary>The request is invalid. The library found it before sending, or the service refused it.</summary>
    Invalid,

    /// <summary>The credentials are wrong, or have expired and cannot be renewed.</summary>
    Unauthorized,

    /// <summary>The credentials are valid, but the cloud's policy forbids the request.</summary>
    Forbidden,

    /// <summary>A quota of the project is used up.</summary>
    QuotaExceeded,

    /// <summary>The service cannot be reached, or returns an error of its own (5xx).</summary>
    Unavailable,

    /// <summary>No response came in time. The service may or may not have acted.</summary>
    Timeout,

    /// <summary>The response does not match the API's documentation.</summary>
    ProtocolError,

    /// <summary>The service accepted the work, and the work failed later: an execution or its backup.</summary>
    Failed,
}

/// <summary>The base class of all errors that the library raises.</summary>
public class TroveScheduleException : Exception
{
    /// <summary>Makes an error.</summary>
    /// <param name="kind">The kind of the error.</param>
    /// <param name="message">One sentence that names the value, the rule and what happened. Contains no secret. Control characters become blanks.</param>
    /// <param name="innerException">The cause, or null. Its text must not contain a secret. If it is of this type, its service message, status and request id are copied.</param>
    public TroveScheduleException(TroveErrorKind kind, string message, Exception? innerException = null)
        : base(TerminalText.Sanitize(message), innerException)
    {
        Kind = kind;
        ErrorId = kind.ToString();
        if (innerException is TroveScheduleException cause)
        {
            ServerMessage = cause.ServerMessage;
            StatusCode = cause.StatusCode;
            RequestId = cause.RequestId;
        }
    }

    /// <summary><see cref="Problem"/> and <see cref="RecommendedAction"/>.</summary>
    public override string Message => RecommendedAction is null ? Problem : $"{Problem} {RecommendedAction}";

    /// <summary>What went wrong, without <see cref="RecommendedAction"/>.</summary>
    public string Problem => base.Message;

    /// <summary>The kind of the error. It decides the error category in PowerShell.</summary>
    public TroveErrorKind Kind { get; }

    /// <summary>The stable name that scripts may match: the kind's name unless a narrower one is known, such as <c>InvalidCronPattern</c>.</summary>
    public string ErrorId { get; init; }

    /// <summary>The object, id or value that the error is about; null when there is none.</summary>
    public object? Target { get; init; }

    /// <summary>
    /// The service's message (Mistral's <c>faultstring</c>, Trove's and Keystone's <c>message</c>); null if there is none or it may contain a secret. For a login that
    /// Keystone refuses, each secret is replaced by <c>***</c>.
    /// </summary>
    public string? ServerMessage { get; init; }

    /// <summary>The HTTP status of the response; null if there was no response.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The id under which the service logged the request (<c>x-openstack-request-id</c>); null when there is none.</summary>
    public string? RequestId { get; init; }

    /// <summary>
    /// True if the service may have carried out the request, or may still be doing so, despite the error. Check before you repeat the request.
    /// False if it has not.
    /// </summary>
    public bool MayHaveHappened { get; init; }

    /// <summary>What the user can do about it, as one imperative sentence; null if there is no advice beyond the message.</summary>
    public string? RecommendedAction { get; init => field = value is null ? null : TerminalText.SanitizeLine(value); }

    /// <summary>The connection settings by which the user can change the outcome, by their names in clouds.yaml, such as <c>cacert</c>; empty when there are none.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];
}
