using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Markdig.Syntax;
using YamlDotNet.Serialization;

namespace TroveSchedules.HelpBuilder;

/// <summary>
/// Brings what a page repeats of the code up to date: the syntax and the yaml blocks. Prose stays. A parameter or cmdlet that is new gets a place for its prose, in double
/// braces; what is gone stays for whoever wrote it to take away.
/// </summary>
internal static class PageUpdate
{
    private const int Width = 100;
    private static readonly ISerializer Yaml = new SerializerBuilder().WithNewLine("\n").Build();

    public static void Apply(string path, Command command)
    {
        if (!File.Exists(path))
            File.WriteAllText(path, Skeleton(command));
        CmdletPage page = CmdletPage.Read(path);
        var edits = new List<(int Start, int End, string Text)>();

        Section syntax = page.Chapter("SYNTAX");
        Block afterSyntax = page.Blocks.First(block => block is HeadingBlock { Level: 2 } && block.Span.Start > syntax.Heading.Span.Start);
        edits.Add((syntax.Heading.Span.End + 1, afterSyntax.Span.Start, "\n\n" + Syntax(command)));

        IReadOnlyList<Section> sections = page.Sections("PARAMETERS");
        foreach (CommandParameter parameter in command.Parameters)
        {
            if (sections.FirstOrDefault(section => section.Title == "-" + parameter.Name) is { } there)
            {
                FencedCodeBlock yaml = page.YamlOf(there);
                edits.Add((yaml.Span.Start, yaml.Span.End + 1, YamlBlock(parameter)));
            }
            else
            {
                int before = sections.First(section => !section.Title.StartsWith('-') || string.Compare(section.Title, "-" + parameter.Name, StringComparison.OrdinalIgnoreCase) > 0).Heading.Span.Start;
                edits.Add((before, before, $"### -{parameter.Name}\n\n{{{{ Fill {parameter.Name} Description }}}}\n\n{YamlBlock(parameter)}\n\n"));
            }
        }

        var text = new StringBuilder(page.Source);
        foreach ((int start, int end, string replacement) in edits.OrderByDescending(edit => edit.Start).ThenByDescending(edit => edit.Text, StringComparer.OrdinalIgnoreCase))
            text.Remove(start, end - start).Insert(start, replacement);
        if (text.ToString() != page.Source)
            File.WriteAllText(path, text.ToString());
    }

    private static string Syntax(Command command)
    {
        var text = new StringBuilder();
        foreach (string set in command.Sets)
        {
            text.Append("### ").Append(set).Append(set == command.DefaultSet && command.Sets.Length > 1 ? " (Default)" : "").Append("\n\n```\n");
            int column = command.Name.Length;
            text.Append(command.Name);
            foreach (string word in CommandParameter.Of(set, command.Parameters).Select(p => p.Parameter.Syntax(p.In)).Append("[<CommonParameters>]"))
            {
                if (column + 1 + word.Length > Width)
                {
                    text.Append('\n');
                    column = 0;
                }
                text.Append(' ').Append(word);
                column += 1 + word.Length;
            }
            text.Append("\n```\n\n");
        }
        return text.ToString();
    }

    private static string YamlBlock(CommandParameter parameter) => $"```yaml\n{Yaml.Serialize(parameter)}```";

    private static string Skeleton(Command command) => $$$"""
        ---
        document type: cmdlet
        external help file: TroveSchedules.dll-Help.xml
        HelpUri: ''
        Locale: en-US
        Module Name: TroveSchedules
        ms.date: {{{DateTime.UtcNow:MM/dd/yyyy}}}
        PlatyPS schema version: 2024-05-01
        title: {{{command.Name}}}
        ---

        # {{{command.Name}}}

        ## SYNOPSIS

        {{ Fill in the Synopsis }}

        ## SYNTAX

        ## ALIASES

        ## DESCRIPTION

        {{ Fill in the Description }}

        ## EXAMPLES

        ### Example 1: {{ Fill in the Title }}

        ```powershell
        {{ Fill in the Code }}
        ```

        {{ Fill in the Remarks }}

        ## PARAMETERS

        ### CommonParameters

        This cmdlet supports the common parameters: -Debug, -ErrorAction, -ErrorVariable,
        -InformationAction, -InformationVariable, -OutBuffer, -OutVariable, -PipelineVariable,
        -ProgressAction, -Verbose, -WarningAction, and -WarningVariable. For more information, see
        [about_CommonParameters](https://go.microsoft.com/fwlink/?LinkID=113216).

        ## INPUTS

        {{{Types(command.Inputs)}}}

        ## OUTPUTS

        {{{Types(command.Outputs)}}}

        ## NOTES

        {{ Fill in the Notes }}

        ## RELATED LINKS

        - [about_TroveSchedules](about_TroveSchedules.md)

        """;

    private static string Types(string[] names) =>
        string.Join("\n\n", names.DefaultIfEmpty("None").Select(name => $"### {name}\n\n{{{{ Fill in the Description }}}}"));
}
