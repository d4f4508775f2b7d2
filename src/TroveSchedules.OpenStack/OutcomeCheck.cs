using System;
using System.Threading.Tasks;

namespace TroveSchedules.OpenStack;

/// <summary>What there is to know after a change that failed and may have happened all the same: <see cref="TroveScheduleException.MayHaveHappened"/>.</summary>
/// <param name="failure">How it failed.</param>
/// <param name="target">What the error is about.</param>
/// <param name="what">What to look for, such as <c>the schedule '1'</c>.</param>
internal sealed class OutcomeCheck(TroveScheduleException failure, object target, string what)
{
    // Nobody answered, or only a gateway did.
    private bool IsStillAtWork => failure.StatusCode is null or 408 or 502 or 504;

    /// <summary>Looks for what the change was about; null where there is no such thing.</summary>
    /// <param name="find">Looks.</param>
    /// <param name="deed">What may have happened, such as <c>the schedule was created</c>.</param>
    public async Task<T?> CheckAsync<T>(Func<Task<T?>> find, string deed)
        where T : class
    {
        try
        {
            return await find().ConfigureAwait(false);
        }
        catch (TroveScheduleException)
        {
            throw Failed($"It is not known whether {deed}, for Mistral cannot be asked.", $"When Mistral answers again, look for {what} before you repeat the request.", mayHaveHappened: true);
        }
    }

    /// <summary>The error where the look shows that it has not happened.</summary>
    /// <param name="soFar">How things are, where it may yet happen.</param>
    /// <param name="working">What Mistral may still be doing.</param>
    /// <param name="never">How things are, where it will not.</param>
    public TroveScheduleException NotDone(string soFar, string working, string never) => IsStillAtWork
        ? Failed(soFar, $"Mistral may still be {working}: look for {what} before you repeat the request.", mayHaveHappened: true)
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
