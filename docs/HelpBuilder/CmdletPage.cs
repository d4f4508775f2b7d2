using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Markdig;
using Markdig.Extensions.Yaml;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace TroveSchedules.HelpBuilder;

/// <summary>A page that cannot be understood; the message names the file and the line.</summary>
internal sealed class PageException(string message) : Exception(message);

/// <summary>The page of one cmdlet, in PlatyPS's schema 2024-05-01.</summary>
internal sealed class CmdletPage
{
    private const string Default = " (Default)";
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UseYamlFrontMatter().UsePreciseSourceLocation().Build();
    private static readonly IDeserializer Yaml = new DeserializerBuilder().Build();

    private readonly string _path;

    private CmdletPage(string path)
    {
        _path = path;
        Source = File.ReadAllText(path);
        Blocks = [.. Markdown.Parse(Source, Pipeline)];
    }

    public string Source { get; }
    public IReadOnlyList<Block> Blocks { get; }
    public string Name { get; private set; } = "";
    public string HelpUri { get; private set; } = "";
    public IReadOnlyList<Block> Synopsis { get; private set; } = [];
    public IReadOnlyList<Block> Description { get; private set; } = [];
    public IReadOnlyList<string> Sets { get; private set; } = [];
    public string? DefaultSet { get; private set; }
    public IReadOnlyList<Section> Examples { get; private set; } = [];
    public IReadOnlyList<(CommandParameter Parameter, Section Section)> Parameters { get; private set; } = [];
    public IReadOnlyList<Section> Inputs { get; private set; } = [];
    public IReadOnlyList<Section> Outputs { get; private set; } = [];
    public IReadOnlyList<Block> Notes { get; private set; } = [];
    public IReadOnlyList<LinkInline> Links { get; private set; } = [];

    /// <summary>Reads a page; what the schema wants and the page has not is an error.</summary>
    public static CmdletPage Read(string path)
    {
        var page = new CmdletPage(path);
        Dictionary<string, string> front = page.Parse<Dictionary<string, string>>(page.Blocks.OfType<YamlFrontMatterBlock>().FirstOrDefault() ?? throw page.Wrong("there is no front matter", null));
        page.Name = front.GetValueOrDefault("title") ?? throw page.Wrong("the front matter has no title", null);
        page.HelpUri = front.GetValueOrDefault("HelpUri") ?? "";
        page.Synopsis = page.Chapter("SYNOPSIS").Blocks;
        page.Description = page.Chapter("DESCRIPTION").Blocks;
        string[] sets = [.. page.Sections("SYNTAX").Select(section => section.Title)];
        page.Sets = [.. sets.Select(set => set.Replace(Default, "", StringComparison.Ordinal))];
        page.DefaultSet = sets.FirstOrDefault(set => set.EndsWith(Default, StringComparison.Ordinal))?.Replace(Default, "", StringComparison.Ordinal);
        page.Examples = page.Sections("EXAMPLES");
        page.Parameters = [.. page.Sections("PARAMETERS").Where(section => section.Title.StartsWith('-')).Select(section => (page.ReadParameter(section), section))];
        page.Inputs = page.Sections("INPUTS");
        page.Outputs = page.Sections("OUTPUTS");
        page.Notes = page.Chapter("NOTES").Blocks;
        page.Links = [.. page.Chapter("RELATED LINKS").Blocks.SelectMany(block => block.Descendants<LinkInline>())];
        return page;
    }

    /// <summary>What stands between a heading of the second level and the next.</summary>
    public Section Chapter(string title) =>
        Split(Blocks, 2).FirstOrDefault(section => section.Title == title) ?? throw Wrong($"there is no ## {title}", null);

    /// <summary>The sections of a chapter.</summary>
    public IReadOnlyList<Section> Sections(string chapter) => Split(Chapter(chapter).Blocks, 3);

    /// <summary>The yaml block of a parameter's section.</summary>
    public FencedCodeBlock YamlOf(Section section) =>
        section.Blocks.OfType<FencedCodeBlock>().FirstOrDefault(code => code.Info == "yaml") ?? throw Wrong($"{section.Title} has no yaml block", section.Heading);

    private CommandParameter ReadParameter(Section section)
    {
        CommandParameter parameter = Parse<CommandParameter>(YamlOf(section));
        parameter.Name = section.Title[1..];
        return parameter;
    }

    private T Parse<T>(LeafBlock block)
    {
        try
        {
            return Yaml.Deserialize<T>(block.Lines.ToString());
        }
        catch (YamlException e)
        {
            throw Wrong($"the yaml is not as expected: {e.Message.TrimEnd('.')}", block);
        }
    }

    private PageException Wrong(string what, Block? where) => new($"{_path}{(where is null ? "" : $":{where.Line + 1}")}: {what}.");

    private static List<Section> Split(IEnumerable<Block> blocks, int level)
    {
        var sections = new List<Section>();
        foreach (Block block in blocks)
        {
            if (block is HeadingBlock heading && heading.Level <= level)
            {
                if (heading.Level == level)
                    sections.Add(new Section(Prose.Text(heading.Inline), heading, []));
            }
            else if (sections.Count > 0)
                sections[^1].Blocks.Add(block);
        }
        return sections;
    }
}

/// <summary>A heading and what stands below it.</summary>
internal sealed record Section(string Title, HeadingBlock Heading, List<Block> Blocks)
{
    /// <summary>All but the code.</summary>
    public IEnumerable<Block> Text => Blocks.Where(block => block is not FencedCodeBlock);
}
