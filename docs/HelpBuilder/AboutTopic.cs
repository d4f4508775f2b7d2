using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Markdig;
using Markdig.Syntax;

namespace TroveSchedules.HelpBuilder;

/// <summary>An about_ topic as text of 80 columns, which is the form that Get-Help knows them in.</summary>
internal static class AboutTopic
{
    private const int Width = 80;

    public static string Render(string path)
    {
        var text = new StringBuilder();
        int indent = 0;
        foreach (Block block in Markdown.Parse(File.ReadAllText(path)))
        {
            if (block is HeadingBlock heading)
            {
                indent = (Math.Max(heading.Level, 2) - 2) * 4;
                // Get-Help knows the topic's own name and its short description by these words.
                IEnumerable<string> lines = heading.Level == 1 ? ["TOPIC", "    " + Prose.Text(heading.Inline)] : [Prose.Text(heading.Inline)];
                foreach (string line in lines)
                    text.Append(' ', indent).Append(line).Append('\n');
                indent += 4;
                if (heading.Level > 1)
                    continue;
            }
            else if (block is CodeBlock code)
            {
                foreach (string line in code.Lines.ToString().Split('\n'))
                    text.Append(' ', line.Length == 0 ? 0 : indent + 4).Append(line).Append('\n');
            }
            else
            {
                foreach (string line in Prose.Paragraphs([block]).Single().Split('\n'))
                    Wrap(text, line, indent, line.StartsWith("- ", StringComparison.Ordinal) ? 2 : 0);
            }
            text.Append('\n');
        }
        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static void Wrap(StringBuilder text, string line, int indent, int hanging)
    {
        int begin = text.Length, column = 0;
        foreach (string word in line.Split(' '))
        {
            if (column == 0 || column + 1 + word.Length > Width)
            {
                if (column > 0)
                    text.Append('\n');
                column = text.Length == begin ? indent : indent + hanging;
                text.Append(' ', column);
            }
            else
            {
                text.Append(' ');
                column++;
            }
            text.Append(word);
            column += word.Length;
        }
        text.Append('\n');
    }
}
