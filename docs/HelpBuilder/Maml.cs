using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Xml;
using Markdig.Syntax;

namespace TroveSchedules.HelpBuilder;

/// <summary>Pages as the XML that Get-Help reads.</summary>
internal sealed class Maml
{
    private const string MamlSpace = "http://schemas.microsoft.com/maml/2004/10";
    private const string CommandSpace = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private const string DevSpace = "http://schemas.microsoft.com/maml/dev/2004/10";

    private readonly XmlWriter _xml;

    private Maml(XmlWriter xml) => _xml = xml;

    /// <summary>Writes the help of all pages into one file.</summary>
    public static void Write(IReadOnlyList<CmdletPage> pages, string path)
    {
        using var xml = XmlWriter.Create(path, new XmlWriterSettings { Indent = true, NewLineChars = "\n", Encoding = new UTF8Encoding(false) });
        xml.WriteStartElement("helpItems", "http://msh");
        xml.WriteAttributeString("schema", "maml");
        foreach (CmdletPage page in pages)
            new Maml(xml).Write(page);
        xml.WriteEndElement();
    }

    private void Write(CmdletPage page)
    {
        _xml.WriteStartElement("command", "command", CommandSpace);
        _xml.WriteAttributeString("xmlns", "maml", null, MamlSpace);
        _xml.WriteAttributeString("xmlns", "dev", null, DevSpace);
        Element("command:details", () =>
        {
            string[] name = page.Name.Split('-');
            Element("command:name", page.Name);
            Element("command:verb", name[0]);
            Element("command:noun", name[1]);
            Paragraphs("maml:description", page.Synopsis);
        });
        Paragraphs("maml:description", page.Description);
        Element("command:syntax", () =>
        {
            foreach (string set in page.Sets.OrderBy(set => set != page.DefaultSet))
            {
                Element("command:syntaxItem", () =>
                {
                    Element("maml:name", page.Name);
                    foreach ((CommandParameter parameter, ParameterInSet own) in CommandParameter.Of(set, page.Parameters.Select(p => p.Parameter)))
                        Parameter(parameter, [own], null);
                });
            }
        });
        Element("command:parameters", () =>
        {
            foreach ((CommandParameter parameter, Section section) in page.Parameters)
                Parameter(parameter, parameter.ParameterSets, section);
        });
        Types("command:inputTypes", "command:inputType", page.Inputs);
        Types("command:returnValues", "command:returnValue", page.Outputs);
        Element("maml:alertSet", () => Paragraphs("maml:alert", page.Notes));
        Element("command:examples", () =>
        {
            foreach (Section example in page.Examples)
            {
                Element("command:example", () =>
                {
                    Element("maml:title", $"--------- {example.Title} ---------");
                    Element("dev:code", string.Join("\n\n", example.Blocks.OfType<FencedCodeBlock>().Select(code => code.Lines.ToString())));
                    // Get-Help puts a blank line after each paragraph only where there are several.
                    string[] remarks = [.. Prose.Paragraphs(example.Text)];
                    Paragraphs("dev:remarks", remarks.Length == 1 ? [.. remarks, ""] : remarks);
                });
            }
        });
        Element("command:relatedLinks", () =>
        {
            if (page.HelpUri.Length > 0)
                Link("Online version:", page.HelpUri);
            // Get-Help -Online opens the first address that it finds here. A page elsewhere is not this one's, so its address is text.
            foreach (var link in page.Links)
                Link(link.Url!.EndsWith(".md", StringComparison.Ordinal) ? Prose.Text(link) : $"{Prose.Text(link)}: {link.Url}", "");
        });
        _xml.WriteEndElement();
    }

    private void Parameter(CommandParameter parameter, IReadOnlyList<ParameterInSet> sets, Section? section) => Element("command:parameter", () =>
    {
        string[] ways = [.. new[]
        {
            sets.Any(set => set.ValueFromPipeline) ? "ByValue" : "",
            sets.Any(set => set.ValueFromPipelineByPropertyName) ? "ByPropertyName" : "",
        }.Where(way => way.Length > 0)];
        _xml.WriteAttributeString("required", Lower(sets.All(set => set.IsRequired)));
        _xml.WriteAttributeString("variableLength", Lower(parameter.Type.EndsWith("[]", StringComparison.Ordinal)));
        _xml.WriteAttributeString("globbing", Lower(parameter.SupportsWildcards));
        _xml.WriteAttributeString("pipelineInput", ways.Length == 0 ? "False" : $"True ({string.Join(", ", ways)})");
        _xml.WriteAttributeString("position", sets[0].Position.ToLowerInvariant());
        _xml.WriteAttributeString("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases));
        Element("maml:name", parameter.Name);
        Paragraphs("maml:description", section?.Text ?? []);
        if (parameter.AcceptedValues.Count > 0 && section is null)
        {
            Element("command:parameterValueGroup", () =>
            {
                foreach (string value in parameter.AcceptedValues)
                    ParameterValue(value, isRequired: false);
            });
        }
        if (!parameter.IsSwitch)
            ParameterValue(parameter.ShortType, isRequired: true);
        Element("dev:type", () => Element("maml:name", parameter.ShortType));
        Element("dev:defaultValue", parameter.DefaultValue);
    });

    private void ParameterValue(string value, bool isRequired) => Element("command:parameterValue", () =>
    {
        _xml.WriteAttributeString("required", Lower(isRequired));
        _xml.WriteAttributeString("variableLength", Lower(value.EndsWith("[]", StringComparison.Ordinal)));
        _xml.WriteString(value);
    });

    private void Types(string list, string item, IReadOnlyList<Section> sections) => Element(list, () =>
    {
        foreach (Section section in sections)
        {
            Element(item, () =>
            {
                Element("dev:type", () => Element("maml:name", section.Title));
                Paragraphs("maml:description", section.Blocks);
            });
        }
    });

    private void Link(string text, string uri) => Element("maml:navigationLink", () =>
    {
        Element("maml:linkText", text);
        Element("maml:uri", uri);
    });

    private void Paragraphs(string name, IEnumerable<Block> blocks) => Paragraphs(name, Prose.Paragraphs(blocks));

    private void Paragraphs(string name, IEnumerable<string> texts) => Element(name, () =>
    {
        foreach (string text in texts)
            Element("maml:para", text);
    });

    private void Element(string name, string text) => Element(name, () => _xml.WriteString(text));

    private void Element(string name, Action content)
    {
        string[] parts = name.Split(':');
        _xml.WriteStartElement(parts[0], parts[1], parts[0] switch { "maml" => MamlSpace, "dev" => DevSpace, _ => CommandSpace });
        content();
        _xml.WriteEndElement();
    }

    private static string Lower(bool value) => value ? "true" : "false";
}
