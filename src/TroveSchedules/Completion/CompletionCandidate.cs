using System.Linq;
using System.Management.Automation;

namespace TroveSchedules.Completion;

/// <summary>A value to put at the prompt.</summary>
/// <param name="Value">The value as the cmdlet shall get it.</param>
/// <param name="Label">What a menu shows for it.</param>
/// <param name="Tip">What a menu tells of it once it is chosen.</param>
internal sealed record CompletionCandidate(string Value, string Label, string Tip)
{
    /// <summary>Whether the value can stand at a prompt: a name may be empty, or hold what a terminal would obey.</summary>
    public bool CanBeTyped => IsTypeable(Value);

    public static bool IsTypeable(string? value) => !string.IsNullOrWhiteSpace(value) && !value.Any(TerminalText.IsUnsafe);

    public CompletionResult Completing(TypedWord word) =>
        new(word.Quoted(Value), Shown(Label), CompletionResultType.ParameterValue, Shown(Tip));

    private static string Shown(string text) => string.Concat(text.Select(c => TerminalText.IsUnsafe(c) ? '?' : c));
}
