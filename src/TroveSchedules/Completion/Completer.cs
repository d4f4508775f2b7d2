using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace TroveSchedules.Completion;

/// <summary>Completes an argument at the prompt. It never fails: values that it cannot read are left out.</summary>
internal abstract class Completer : IArgumentCompleter
{
    /// <summary>The maximum number of candidates.</summary>
    private protected const int MaxCandidates = 200;

    /// <summary>The clock for the time limits of completion.</summary>
    internal static TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            var word = new TypedWord(wordToComplete);
            return [.. Find(word.Text, commandAst, fakeBoundParameters).Where(offer => offer.CanBeTyped).Take(MaxCandidates).Select(offer => offer.Completing(word))];
        }
        catch (Exception)
        {
            return []; // Not null, for which PowerShell would offer files.
        }
    }

    /// <summary>Finds candidates, best first.</summary>
    /// <param name="typed">What the user has typed of the value so far, without quotes.</param>
    /// <param name="command">The whole command as typed.</param>
    /// <param name="bound">The command's other arguments, as far as they are known before it runs.</param>
    private protected abstract IEnumerable<CompletionCandidate> Find(string typed, CommandAst command, IDictionary bound);

    /// <summary>Whether a value matches what the user has typed so far.</summary>
    private protected static bool Begins(string? value, string typed) => value?.StartsWith(typed, StringComparison.OrdinalIgnoreCase) == true;
}
