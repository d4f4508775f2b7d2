using System.Linq;
using System.Management.Automation.Language;

namespace TroveSchedules.Completion;

/// <summary>An argument as typed so far, with its opening quote.</summary>
internal sealed class TypedWord
{
    private const char None = '\0';
    private readonly char _quote;

    /// <summary>Reads a word as PowerShell passes it to completers: with its quotes, but already unescaped.</summary>
    public TypedWord(string? word)
    {
        Text = word ?? "";
        if (Text.Length == 0 || Text[0] is not ('\'' or '"'))
            return;
        _quote = Text[0];
        bool isClosed = Text.Length > 1 && Text[Text.Length - 1] == _quote;
        Text = Text.Substring(1, Text.Length - (isClosed ? 2 : 1));
    }

    /// <summary>What is typed, without quotes.</summary>
    public string Text { get; }

    /// <summary>The value as text that can replace the word: in the user's quotes, or in single quotes if it needs any.</summary>
    public string Quoted(string value) => _quote switch
    {
        '"' => $"\"{string.Concat(value.Select(c => c is '`' or '$' or '"' or '\u201C' or '\u201D' or '\u201E' ? $"`{c}" : $"{c}"))}\"",
        None when IsBareword(value) => value,
        _ => $"'{CodeGeneration.EscapeSingleQuotedStringContent(value)}'",
    };

    // Uses PowerShell's parser: as an argument, the value must be one token that stands for its own text, and not a number, variable, keyword or parameter.
    private static bool IsBareword(string value)
    {
        Parser.ParseInput("x " + value, out Token[] tokens, out ParseError[] errors);
        return errors.Length == 0
            && tokens.Length == 3 // The command, the value and the end.
            && tokens[1].Text == value && value != "--%" // Which would take the rest of the line.
            && (tokens[1].Kind == TokenKind.Identifier || tokens[1] is StringToken word and not StringExpandableToken && word.Value == value);
    }
}
