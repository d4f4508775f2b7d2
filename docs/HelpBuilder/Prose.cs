using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace TroveSchedules.HelpBuilder;

/// <summary>Markdown as plain text, for a terminal.</summary>
internal static class Prose
{
    /// <summary>The paragraphs of some blocks. A list is one, with a line for each item.</summary>
    public static IEnumerable<string> Paragraphs(IEnumerable<Block> blocks) => blocks.Select(block => block switch
    {
        ParagraphBlock paragraph => Text(paragraph.Inline),
        ListBlock list => string.Join('\n', list.Cast<ListItemBlock>().Select((item, i) => (list.IsOrdered ? $"{i + 1}. " : "- ") + string.Join(' ', Paragraphs(item)))),
        _ => throw new PageException($"A {block.GetType().Name} in line {block.Line + 1} has no form in MAML: {block.Span}."),
    });

    /// <summary>The text of inlines on one line.</summary>
    public static string Text(ContainerInline? inlines)
    {
        var text = new StringBuilder();
        foreach (Inline inline in inlines ?? Enumerable.Empty<Inline>())
        {
            text.Append(inline switch
            {
                LiteralInline literal => literal.Content.ToString(),
                CodeInline code => code.Content,
                LineBreakInline => " ",
                AutolinkInline link => link.Url,
                LinkInline { Url: { } url } link when url.StartsWith("https:", StringComparison.Ordinal) => $"{Text(link)} ({url})",
                HtmlEntityInline entity => entity.Transcoded.ToString(),
                ContainerInline container => Text(container),
                _ => throw new PageException($"A {inline.GetType().Name} in line {inline.Line + 1} has no form in plain text."),
            });
        }
        return text.ToString();
    }
}
