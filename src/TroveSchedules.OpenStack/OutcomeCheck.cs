using System;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.OpenStack;

/// <summary>Finds out whether a change happened although its request failed: <see cref="TroveScheduleException.MayHaveHappened"/>.</summary>
/// <param name="failure">The error of the request.</param>
/// <param name="target">What the error is about.</param>
/// <param name="what">What to look for, such as <c>the schedule '1'</c>.</param>
/// <param name="service">The service that the request was sent to.</param>
/// <param name="isAsynchronous">Whether the service makes such a change after its response, so that it may still happen after any error.</param>
internal sealed class OutcomeCheck(TroveScheduleException failure, object target, string what, string service = "Mistral", bool isAsynchronous = false)
{
    // There was no response, or only a gateway's, or the engine of Mistral gave none to its API.
    private bool IsStillAtWork => isAsynchronous || failure.StatusCode is null or 408 or 502 or 504 || ServiceError.IsEngineTimeout(service, failure.ServerMessage);

    /// <summary>Looks for the resource that the change was about; null if it does not exist.</summary>
    /// <param name="find">Looks for the resource.</param>
    /// <param name="deed">What may have happened, such as <c>the schedule was created</c>.</param>
    /// <param name="repair">What to do if it happened; null for nothing.</param>
    public async Task<T?> CheckAsync<T>(Func<Task<T?>> find, string deed, string? repair = null)
        where T : class
    {
        try
        {
            return await find().ConfigureAwait(false);
        }
        catch (TroveScheduleException)
        {
            throw Failed($"It is not known whether {deed}, because {service} does not respond.", $"When {service} responds again, look for {what} before you repeat the request.{(repair is null ? "" : " " + repair)}", mayHaveHappened: true);
        }
    }

    /// <summary>The error if the check shows that the change has not happened.</summary>
    /// <param name="soFar">The current state, if the change may still happen.</param>
    /// <param name="working">What the service may still be doing, as a participle.</param>
    /// <param name="never">The final state, if the change will not happen.</param>
    public TroveScheduleException NotDone(string soFar, string working, string never) => IsStillAtWork
        ? Failed(soFar, $"{service} may still be {working}: look for {what} before you repeat the request.", mayHaveHappened: true)
        : Failed(never, failure.RecommendedAction, mayHaveHappened: false);

    private TroveScheduleException Failed(string outcome, string? action, bool mayHaveHappened) => new(failure.Kind, $"{outcome} {failure.Problem}", failure)
    {
        ErrorId = failure.ErrorId,
        Target = target,
        RecommendedAction = action,
        Settings = action == failure.RecommendedAction ? failure.Settings : [],
        MayHaveHappened = mayHaveHappened,
    };
}
