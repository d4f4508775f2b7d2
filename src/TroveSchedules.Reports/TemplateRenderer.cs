using System.Collections.Concurrent;
using System.Globalization;
using System.IO;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Threading.Tasks;
using Fluid;

namespace TroveSchedules.Reports;

/// <summary>Renders the templates among the resources of an assembly. Fluid encodes every value, except those that a template marks with <c>raw</c>: parts that were rendered before, and styles.</summary>
internal sealed class TemplateRenderer(Assembly assembly)
{
    private static readonly TemplateOptions Options = new() { MemberAccessStrategy = new UnsafeMemberAccessStrategy(), CultureInfo = CultureInfo.InvariantCulture };
    private static readonly FluidParser Parser = new();

    private readonly ConcurrentDictionary<string, IFluidTemplate> _templates = new();

    /// <summary>Renders a template as text.</summary>
    /// <param name="template">Its name, without the extension.</param>
    /// <param name="model">The values.</param>
    public string Render(string template, object model) => Template(template).Render(new TemplateContext(model, Options), HtmlEncoder.Default);

    /// <summary>Renders a template to a writer, which stays open.</summary>
    public async Task RenderAsync(TextWriter writer, string template, object model) =>
        await Template(template).RenderAsync(writer, HtmlEncoder.Default, new TemplateContext(model, Options)).ConfigureAwait(false);

    /// <summary>The text of a resource.</summary>
    public string Read(string file)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(file)!);
        return reader.ReadToEnd();
    }

    private IFluidTemplate Template(string name) => _templates.GetOrAdd(name, one => Parser.Parse(Read(one + ".liquid")));
}
