using System;
using System.Collections.Generic;

namespace TroveSchedules;

/// <summary>What went wrong, in the terms a caller decides by. The table in the README gives each kind's cause and cure.</summary>
public enum TroveErrorKind
{
    /// <summary>The thing asked for does not exist, or belongs to a project that this session does not see.</summary>
    NotFound,

    /// <summary>Something of that name or id exists already, or is in a state that forbids the request.</summary>
    Conflict,

    /// <summary>The request is malformed: refused here before sending, or by the service.</summary>
    Invalid,

    /// <summary>The credentials are wrong, or have expired beyond renewal.</summary>
    Unauthorized,

    /// <summary>The credentials are good; the cloud's policy says no.</summary>
    Forbidden,

    /// <summary>A quota of the project is used up.</summary>
    QuotaExceeded,

    /// <summary>The service cannot be reached, or answers that it cannot serve.</summary>
    Unavailable,

    /// <summary>No answer came in time. Whether the service acted is unknown.</summary>
    Timeout,

    /// <summary>The answer is not what the API promises.</summary>
    ProtocolError,
}

/// <summary>The one family of errors that this library throws on purpose.</summary>
public class TroveScheduleException : Exception
{
    /// <summary>Makes an error.</summary>
    /// <param name="kind">What went wrong.</param>
    /// <param name="message">One sentence that names the value, the rule and what happened. Holds no secret. What a terminal would obey in it becomes blanks.</param>
    /// <param name="innerException">The cause, or null. Its text must hold no secret either. What a service said stays the same where this only words it better.</param>
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

    /// <summary>What went wrong, and what the user can do about it.</summary>
    public override string Message => RecommendedAction is null ? Problem : $"{Problem} {RecommendedAction}";

    /// <summary>What went wrong, without <see cref="RecommendedAction"/>.</summary>
    public string Problem => base.Message;

    /// <summary>What went wrong.</summary>
    public TroveErrorKind Kind { get; }

    /// <summary>The stable name that scripts may match: the kind's name unless a narrower one is known, such as <c>InvalidCronPattern</c>.</summary>
    public string ErrorId { get; init; }

    /// <summary>The object, id or value that the error is about; null when there is none.</summary>
    public object? Target { get; init; }

    /// <summary>
    /// The service's own words (Mistral's <c>faultstring</c>, Trove's and Keystone's <c>message</c>); null when none were given or they may hold a secret. Of a login that
    /// Keystone refuses, with <c>***</c> for each secret.
    /// </summary>
    public string? ServerMessage { get; init; }

    /// <summary>The HTTP status of the answer; null when there was no answer.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The id under which the service logged the request (<c>x-openstack-request-id</c>); null when there is none.</summary>
    public string? RequestId { get; init; }

    /// <summary>
    /// True where the service may have done what was asked, or may still be doing it, though this says that it failed: look before you repeat it.
    /// False where it has not.
    /// </summary>
    public bool MayHaveHappened { get; init; }

    /// <summary>What the user can do about it, as one imperative sentence; null when nothing better than the message is known.</summary>
    public string? RecommendedAction { get; init => field = value is null ? null : TerminalText.SanitizeLine(value); }

    /// <summary>The connection settings by which the user can change the outcome, by their names in clouds.yaml, such as <c>cacert</c>; empty when there are none.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];
}
