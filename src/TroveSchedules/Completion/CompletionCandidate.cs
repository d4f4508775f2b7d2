using System.Linq;
using System.Management.Automation;

namespace TroveSchedules.Completion;

/// <summary>A value that completion can insert.</summary>
/// <param name="Value">The value that the cmdlet receives.</param>
/// <param name="Label">The text in the completion menu.</param>
/// <param name="Tip">The tooltip.</param>
internal sealed record CompletionCandidate(string Value, string Label, string Tip)
{
    /// <summary>Whether the value can be typed at a prompt. Empty names and names with control characters cannot.</summary>
    public bool CanBeTyped => IsTypeableText(Value);

    public static bool IsTypeableText(string? value) => !string.IsNullOrWhiteSpace(value) && !value.Any(TerminalText.IsUnsafe);

    public CompletionResult Completing(TypedWord word) =>
        new(word.Quoted(Value), Shown(Label), CompletionResultType.ParameterValue, Shown(Tip));

    private static string Shown(string text) => string.Concat(text.Select(c => TerminalText.IsUnsafe(c) ? '?' : c));
}
